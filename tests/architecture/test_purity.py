"""Law 4: the engine is plain functions on plain values, without clock, chance, network or Django."""

from __future__ import annotations

import ast

import pytest

from .sources import Module, dotted, imported, modules

FORBIDDEN_IMPORTS = frozenset(
    {
        *("django", "ninja", "allauth", "pydantic", "click", "rich", "httpx", "platformdirs"),
        *("asyncio", "http", "multiprocessing", "random", "secrets", "socket", "ssl", "subprocess"),
        *("tempfile", "threading", "time", "urllib", "uuid"),
    }
)
FORBIDDEN_USES = frozenset(
    {
        *("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "datetime.datetime.now"),
        *("os.environ", "os.getenv", "os.putenv", "os.urandom", "os.getpid", "os.getcwd"),
        *("np.random.seed", "np.random.rand", "np.random.random", "np.random.shuffle", "numpy.random.seed"),
        *("Path.cwd", "Path.home", "sys.argv", "sys.stdin", "sys.stdout", "sys.stderr"),
    }
)
BUILT_IN = frozenset({"print", "input", "exec", "eval", "hash", "__import__"})
"""``hash`` of a text differs from run to run."""

ENGINE = modules("laureate.engine")


@pytest.mark.parametrize("module", ENGINE, ids=lambda module: module.name)
def test_the_engine_is_pure(module: Module) -> None:
    tops = [(name.split(".")[0], node) for name, node in imported(module.tree)]
    assert [module.place(node) for top, node in tops if top in FORBIDDEN_IMPORTS] == []
    uses = [node for node in ast.walk(module.tree) if isinstance(node, ast.Attribute | ast.Name)]
    assert [module.place(node) for node in uses if dotted(node) in FORBIDDEN_USES] == []
    calls = [node for node in ast.walk(module.tree) if isinstance(node, ast.Call)]
    assert [module.place(call) for call in calls if dotted(call.func) in BUILT_IN] == []
    unseeded = [call for call in calls if dotted(call.func).endswith("default_rng") and not call.args]
    assert [module.place(call) for call in unseeded] == []


@pytest.mark.parametrize("module", ENGINE, ids=lambda module: module.name)
def test_the_engine_keeps_nothing_between_calls(module: Module) -> None:
    assert [module.place(n) for n in ast.walk(module.tree) if isinstance(n, ast.Global | ast.Nonlocal)] == []


def test_the_scan_sees_what_it_forbids() -> None:
    tree = ast.parse("import os\ndef f():\n    import random\n    return datetime.now(), os.environ['x']\n")
    assert "random" in {name for name, _ in imported(tree)}
    assert {dotted(node) for node in ast.walk(tree)} >= {"datetime.now", "os.environ"}
    assert len(ENGINE) > 30
