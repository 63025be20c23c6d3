"""Faults: said in any language, kept and said again later, never more than ten examples."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest

import laureate.engine
from laureate.engine.faults import MAX_EXAMPLES, BadInputError, Fault, mark
from laureate.engine.problem.rules import DID_YOU_MEAN, WRONG_TYPES
from laureate.engine.problem.rules import RULES as PROBLEM_RULES
from laureate.engine.tables.rules import RULES as TABLE_RULES

FULL = Fault(
    "nan",
    "Cells that are NaN in the column “%(column)s”: %(count)s.",
    "Replace each NaN in “%(column)s”.",
    {"column": "target", "count": 12},
    file="entry.csv",
    line=3,
    column="target",
    count=12,
    examples=tuple({"line": line, "id": "a"} for line in range(3, 15)),
)
FRENCH = {FULL.message: "%(count)s cases NaN dans « %(column)s ».", FULL.fix: "À remplacer."}


def test_a_fault_is_said_in_the_reader_s_language() -> None:
    assert FULL.said() == "Cells that are NaN in the column “target”: 12."
    assert FULL.mend() == "Replace each NaN in “target”."
    assert FULL.said(FRENCH.__getitem__) == "12 cases NaN dans « target »."
    assert FULL.as_dict(FRENCH.__getitem__)["fix"] == "À remplacer."


def test_percent_signs_in_values_are_only_text() -> None:
    fault = Fault("x", "“%(value)s” is no number.", "100 %% sure.", {"value": "%(count)s %d %"})
    assert fault.said() == "“%(count)s %d %” is no number."
    assert fault.mend() == "100 % sure."


def test_a_fault_is_plain_json() -> None:
    found = FULL.as_dict()
    assert json.loads(json.dumps(found)) == found
    assert list(found) == [
        *("severity", "rule", "message", "fix", "file", "line", "column", "count", "examples"),
    ]
    assert len(found["examples"]) == MAX_EXAMPLES == 10
    assert Fault("x", "m", "f").as_dict() == {"severity": "error", "rule": "x", "message": "m", "fix": "f"}
    assert Fault("x", "m", "f", line=0, count=0).as_dict()["line"] == 0


def test_a_fault_is_kept_untranslated_and_comes_back() -> None:
    plain = json.loads(json.dumps(FULL.to_plain()))
    back = Fault.from_plain(plain)
    assert plain["message"] == FULL.message
    assert back.as_dict() == FULL.as_dict()
    assert back.said(FRENCH.__getitem__) == FULL.said(FRENCH.__getitem__)
    warning = Fault("x", "m", "f", severity="warning")
    assert Fault.from_plain(warning.to_plain()).severity == "warning"


def test_an_error_says_all_its_faults() -> None:
    error = BadInputError([FULL, Fault("x", "More.", "Mend.")])
    assert [fault.rule for fault in error.faults] == ["nan", "x"]
    assert str(error) == f"{FULL.said()}; More."


def test_marking_changes_nothing() -> None:
    assert mark("A %(template)s.") == "A %(template)s."


def templates() -> Iterator[tuple[str, str]]:
    yield "did you mean", DID_YOU_MEAN
    for rule, (message, fix) in TABLE_RULES.items():
        yield rule, message
        yield rule, fix
    for rule, wording in [*PROBLEM_RULES.items(), *WRONG_TYPES.items()]:
        yield rule, wording.message
        yield rule, wording.fix


@pytest.mark.parametrize(("rule", "template"), list(templates()))
def test_each_template_is_a_sentence_with_named_places_only(rule: str, template: str) -> None:
    assert re.fullmatch(r"[a-z0-9_ ]+", rule)
    names = re.findall(r"%\((\w+)\)s", template)
    assert (template % dict.fromkeys(names, "x") and template[0].isupper()) or template[0] in "“%"
    assert template.rstrip("”")[-1] in ".?" and "  " not in template
    assert template.count("%") == len(names)


def _marked() -> Iterator[tuple[str, ast.Call]]:
    for module in pkgutil.walk_packages(laureate.engine.__path__, "laureate.engine."):
        source = inspect.getsource(importlib.import_module(module.name)) or ""
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "mark":
                yield module.name, node


def test_what_is_marked_can_be_collected_for_translation() -> None:
    found: list[Any] = list(_marked())
    assert len(found) > 150
    for module, call in found:
        (argument,) = call.args
        assert isinstance(argument, ast.Constant) and isinstance(argument.value, str), (module, call.lineno)
