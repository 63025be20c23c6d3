"""What is imported when: a light web process, an engine without Django, commands at home."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = (
    *("scipy", "sklearn", "polars", "pyarrow", "boto3", "pyhanko", "typst", "pandas", "statsmodels"),
    *("matplotlib", "playwright", "hypothesis", "pytest", "click", "rich"),
)
"""What the web never imports at module level: the first for their weight, the last as of other doors."""


def run(program: str, data: Path, *arguments: str) -> str:
    """Run a program in a process of its own; return its last line."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LAUREATE_")}
    environment |= {"LAUREATE_DATA": str(data), "DJANGO_SETTINGS_MODULE": "laureate.config.settings"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


WEB = """
import sys, django
django.setup()
from django.urls import get_resolver
assert get_resolver().url_patterns
import laureate.config.wsgi
print(sorted(set(sys.argv[1:]) & set(sys.modules)))
"""


def test_the_web_keeps_its_diet(tmp_path: Path) -> None:
    assert run(WEB, tmp_path, *HEAVY) == "[]"


BLOCKER = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"django", "ninja", "allauth", "csp", "django_htmx", "pydantic", "uvicorn"}:
            raise ModuleNotFoundError(f"No module named {name!r} (blocked)", name=name)
sys.meta_path.insert(0, Blocker())
"""
ENGINE = """
import importlib, pkgutil
import laureate.engine, laureate.cli
for package in (laureate.engine, laureate.cli):
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(found.name)
print(len([name for name in sys.modules if name.startswith("laureate.")]))
"""


def test_engine_and_terminal_import_without_the_server(tmp_path: Path) -> None:
    assert int(run(BLOCKER + ENGINE, tmp_path)) > 50


SCORE = """
import json
from laureate.config.entry import main
sys.argv = ["laureate", "score", *sys.argv[1:]]
try:
    main()
except SystemExit as end:
    assert not end.code
"""


@pytest.mark.parametrize("blocked", [True, False])
def test_an_entry_is_scored_at_home_without_the_server(tmp_path: Path, blocked: bool) -> None:
    (tmp_path / "s.csv").write_text("id,y,Usage\na,1,Public\nb,2,Private\n")
    (tmp_path / "e.csv").write_text("id,y\nb,4\na,2\n")
    program = (BLOCKER if blocked else "import sys\n") + SCORE
    arguments = [str(tmp_path / "e.csv"), "--solution", str(tmp_path / "s.csv"), "--metric", "rmse", "--json"]
    assert '"score": 2.0' in run(program, tmp_path, *arguments).replace("\n", "")


def test_scoring_imports_no_science_beyond_numpy_and_arrow(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("id,y\na,1\nb,2\n")
    program = f"""
import sys
from pathlib import Path
from laureate.engine.scoring import score_entry
from laureate.engine.tables import compile_solution
assert "pyarrow" not in sys.modules
path = Path({str(tmp_path / "s.csv")!r})
score_entry(path, compile_solution(path, metric="rmse"))
assert "pyarrow" in sys.modules
print(sorted({{"scipy", "sklearn", "pandas", "polars", "django", "statsmodels"}} & set(sys.modules)))
"""
    assert run(program, tmp_path) == "[]"
