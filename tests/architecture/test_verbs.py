"""Law 6: one verb, one string. An action asks the rule of its name, and its page bears that name."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from .sources import Function, Module, dotted, modules

FAMILIES: dict[str, frozenset[str]] = {
    # One rule for several verbs, where all ask the same question.
    "may_move_challenge": frozenset({"publish_challenge", "close_challenge", "withdraw_challenge"}),
    "may_revise_challenge": frozenset(
        {"revise_challenge", "plan_phases", "attach_file", "detach_file", "check_challenge"}
    ),
    "may_run_challenge": frozenset({"export_challenge", "staff"}),
    "may_appoint_staff": frozenset({"dismiss_staff"}),
    "may_host": frozenset({"draft_challenge", "import_challenge"}),
    "may_operate": frozenset({"found_organisation"}),
    "may_change_team": frozenset({"rename_team", "invite_member", "propose_merge", "answer_merge"}),
    "may_grow": frozenset({"accept_invitation"}),
    "may_select_entry": frozenset({"release_entry"}),
    "may_use": frozenset({"appoint_member", "read_inbox"}),
}

ASKING_NOBODY: dict[str, str] = {
    "settle_reader": "a person's own account",
    "read_invitation": "whoever holds the code may read what it leads to",
}
"""Actions that ask no rule, each with the reason why none is needed."""

OTHER_PAGES: dict[str, str] = {}
"""Actions whose page has another name, each with that name."""

ACTIONS = [
    (module, name, function)
    for module in modules()
    if module.name.rsplit(".", 1)[-1] in {"actions", "teaming", "staffing"}
    for name, function in module.functions.items()
    if not name.startswith("_") and function.args.args and function.args.args[0].arg == "viewer"
]
NAMES = {name for _, name, _ in ACTIONS}


def rules_asked(module: Module, function: Function, seen: frozenset[str] = frozenset()) -> set[str]:
    """Return the rules that an action asks, itself or through functions of its module."""
    found: set[str] = set()
    for node in ast.walk(function):
        if not isinstance(node, ast.Call):
            continue
        called = dotted(node.func).split(".")[-1]
        if called == "move_challenge":
            found.add("may_move_challenge")  # it asks for whoever moves a challenge
        elif called.startswith("may_"):
            found.add(called)
        elif called in module.functions and called not in seen:
            found |= rules_asked(module, module.functions[called], seen | {called})
    return found


@pytest.mark.parametrize(("module", "name", "function"), ACTIONS, ids=[name for _, name, _ in ACTIONS])
def test_an_action_asks_its_rule(module: Module, name: str, function: Function) -> None:
    asked = rules_asked(module, function)
    family = {rule for rule, members in FAMILIES.items() if name in members}
    if name in ASKING_NOBODY:
        assert not asked and not family, "it asks a rule after all: take it off the list"
        return
    expected = family or {f"may_{name}"}
    assert expected <= asked, f"{name} asks {asked or 'nobody'}, not {expected}"


def test_every_rule_is_asked_and_every_declaration_holds() -> None:
    rules = {
        name
        for module in modules()
        if module.name.endswith(".rules")
        for name in module.functions
        if name.startswith("may_")
    }
    assert set(FAMILIES) <= rules
    declared = set().union(*FAMILIES.values()) | set(ASKING_NOBODY)
    assert declared - NAMES == set(), "declared, but no longer an action"
    called = {
        dotted(node.func).split(".")[-1]
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
    }
    assert rules - called == set(), "rules that nobody asks"


def test_rules_answer_with_a_verdict() -> None:
    for module in modules():
        if module.name.endswith(".rules"):
            for name, function in module.functions.items():
                if name.startswith("may_"):
                    assert isinstance(function.returns, ast.Name) and function.returns.id == "Verdict", name


def url_names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from url_names(pattern.url_patterns)
        elif pattern.name:
            yield pattern.name


def test_every_action_of_a_person_has_a_page_of_its_name() -> None:
    named = set(url_names(get_resolver().url_patterns))
    assert {name for name in NAMES if name not in named} == set(OTHER_PAGES)
    assert set(OTHER_PAGES.values()) <= named
