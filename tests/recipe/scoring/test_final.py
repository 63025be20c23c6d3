"""Final means that nothing waits any more."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from laureate.base.people.viewer import RefusedError
from laureate.recipe.problem.actions import close_challenge
from laureate.recipe.problem.models import Challenge
from laureate.recipe.submissions.actions import finalise_challenge
from support.claims import predictions
from support.people import People

pytestmark = pytest.mark.django_db


def test_a_ranking_is_final_only_when_every_entry_has_its_score(
    open_challenge: Challenge, people: People, viewer: Callable, submit: Callable, work: Callable
) -> None:
    submit(people.solver, "claims", predictions())
    host = viewer(people.host)
    close_challenge(host, "claims")
    with pytest.raises(RefusedError) as refused:
        finalise_challenge(host, "claims")
    assert (refused.value.kind, refused.value.faults[0].rule) == ("conflict", "entries_wait")
    work()
    assert finalise_challenge(host, "claims").state == "final"


def test_a_solver_cannot_fill_the_disk_with_what_gives_its_slot_back(
    publish: Callable, people: People, viewer: Callable, submit: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    from laureate.recipe.submissions import actions

    monkeypatch.setattr(actions, "ATTEMPTS_PER_ENTRY", 2)
    monkeypatch.setattr(actions, "LEAST_ATTEMPTS", 1)
    publish(per_day=2)
    for _ in range(4):
        entry = submit(people.solver, "claims", b"broken")
        actions.settle_entry(entry.pk, "refuse")
    with pytest.raises(RefusedError) as refused:
        submit(people.solver, "claims", b"broken")
    assert (refused.value.kind, refused.value.faults[0].rule) == ("quota", "too_many_attempts")
