"""Law 12 and law 6: names that say what is meant."""

from __future__ import annotations

import ast
import re

import pytest

from .sources import ROOT, modules

NO_ANSWER = re.compile(r"(?:.*_)?(?:utils?|commons?|helpers?|misc|shared|stuff)(?:_.*)?")
EMPTY_VERBS = re.compile(r"(?:create|update|process|handle|manage|do|perform|execute)_")


def test_no_module_is_a_drawer_for_everything() -> None:
    parts = {part for module in modules() for part in module.name.split(".")}
    for folder in ("tests", "tools", "benchmarks", "kits"):
        for path in (ROOT / folder).rglob("*.py"):
            parts |= set(path.relative_to(ROOT).with_suffix("").parts)
    assert [part for part in sorted(parts) if NO_ANSWER.fullmatch(part)] == []
    assert NO_ANSWER.fullmatch("utils") and NO_ANSWER.fullmatch("test_helpers")


@pytest.mark.parametrize("kind", ["actions", "rules", "teaming"])
def test_verbs_say_what_happens(kind: str) -> None:
    named = [
        f"{module.name}.{name}"
        for module in modules()
        if module.name.endswith(f".{kind}")
        for name in module.functions
    ]
    assert named
    assert [name for name in named if EMPTY_VERBS.match(name.rsplit(".", 1)[1].removeprefix("may_"))] == []


def test_each_module_says_in_a_sentence_what_it_is() -> None:
    # An app's declaration says all there is to say; so does an empty module.
    silent = [
        module.name
        for module in modules()
        if module.tree.body
        and not module.name.endswith(".apps")
        and not (ast.get_docstring(module.tree) or "").split("\n")[0].strip()
    ]
    assert silent == []
