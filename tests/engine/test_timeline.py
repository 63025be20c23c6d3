"""Lives as tables: what may follow what, and nothing else."""

from __future__ import annotations

from itertools import product

import pytest

from laureate.engine.timeline import (
    CHALLENGE,
    ENTRY,
    TRANSITIONS,
    NoTransitionError,
    Table,
    next_state,
    states_of,
    verbs_from,
)

FINAL = {"challenge": {"final", "withdrawn"}, "entry": {"scored", "refused", "failed", "cancelled"}}
START = {"challenge": "draft", "entry": "received"}


@pytest.mark.parametrize("name", TRANSITIONS)
def test_each_life_starts_once_and_ends(name: str) -> None:
    table = TRANSITIONS[name]
    states = states_of(table)
    assert states[0] == START[name]
    assert {state for state in states if not verbs_from(table, state)} == FINAL[name]
    reached, left = {START[name]}, [START[name]]
    while left:
        state = left.pop()
        new = {next_state(table, verb, state) for verb in verbs_from(table, state)} - reached
        reached |= new
        left += new
    assert reached == set(states)


@pytest.mark.parametrize("name", TRANSITIONS)
def test_a_verb_leads_to_one_state(name: str) -> None:
    table = TRANSITIONS[name]
    keys = [(move.verb, move.source) for move in table]
    assert len(set(keys)) == len(keys)
    assert all(move.source != move.target for move in table)


@pytest.mark.parametrize("name", TRANSITIONS)
def test_what_is_not_in_the_table_is_refused_with_what_is(name: str) -> None:
    table = TRANSITIONS[name]
    listed = {(move.verb, move.source) for move in table}
    verbs = {move.verb for move in table} | {"reopen"}
    for verb, state in product(verbs, [*states_of(table), "unheard of"]):
        if (verb, state) in listed:
            continue
        with pytest.raises(NoTransitionError) as caught:
            next_state(table, verb, state)
        error = caught.value
        assert (error.verb, error.state, error.possible) == (verb, state, verbs_from(table, state))
        assert ("nothing" in str(error)) == (not error.possible)


def test_a_revealed_board_is_never_covered_again() -> None:
    for state in ("closed", "final", "withdrawn"):
        assert "open" not in {next_state(CHALLENGE, verb, state) for verb in verbs_from(CHALLENGE, state)}
    assert verbs_from(CHALLENGE, "closed") == ("finalise",)
    assert verbs_from(CHALLENGE, "open") == ("close", "withdraw")


def test_an_entry_that_is_settled_stays_settled() -> None:
    for verb, target in {"score": "scored", "refuse": "refused", "fail": "failed"}.items():
        assert next_state(ENTRY, verb, "received") == next_state(ENTRY, verb, "running") == target
        assert verbs_from(ENTRY, target) == ()
    with pytest.raises(NoTransitionError):
        next_state(ENTRY, "cancel", "running")


def test_an_empty_table_has_no_life() -> None:
    empty: Table = ()
    assert states_of(empty) == verbs_from(empty, "draft") == ()
