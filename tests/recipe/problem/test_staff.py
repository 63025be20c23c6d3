"""The staff of one challenge: who gives roles, what they open, and what they close."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from laureate.base.people.viewer import RefusedError
from laureate.recipe.problem.models import Challenge
from laureate.recipe.problem.queries import find_challenge, hosted_challenges
from laureate.recipe.problem.rules import audiences
from laureate.recipe.problem.staffing import appoint_staff, dismiss_staff, staff
from laureate.recipe.submissions.actions import join_challenge, submit_entry
from support.claims import predictions
from support.people import People

pytestmark = pytest.mark.django_db


def test_a_host_of_the_challenge_gives_and_takes_roles(
    open_challenge: Challenge, people: People, viewer: Callable
) -> None:
    host, rival = viewer(people.host), people.rival
    assert staff(host, "claims") == []
    appoint_staff(host, "claims", "RIVAL@example.org", "reader")
    appoint_staff(host, "claims", rival.email, "host")  # the second word counts
    assert [(row.user_id, row.role) for row in staff(host, "claims")] == [(rival.pk, "host")]
    assert "host" in audiences(viewer(rival), find_challenge(viewer(rival), "claims"))
    assert [row.slug for row in hosted_challenges(viewer(rival))] == ["claims"]
    appoint_staff(viewer(rival), "claims", people.mate.email, "reader")  # a host is a host
    dismiss_staff(host, "claims", rival.pk)
    assert "host" not in audiences(viewer(rival), find_challenge(viewer(rival), "claims"))
    with pytest.raises(RefusedError) as refused:
        dismiss_staff(host, "claims", rival.pk)
    assert refused.value.kind == "unknown"


def test_others_neither_see_nor_give_roles(
    open_challenge: Challenge, people: People, viewer: Callable
) -> None:
    appoint_staff(viewer(people.host), "claims", people.mate.email, "reader")
    for user in (None, people.solver, people.other_host, people.mate):
        for act in (
            lambda who: staff(who, "claims"),
            lambda who: appoint_staff(who, "claims", people.rival.email, "host"),
            lambda who: dismiss_staff(who, "claims", people.mate.pk),
        ):
            with pytest.raises(RefusedError) as refused:
                act(viewer(user))
            assert refused.value.kind == ("sign_in" if user is None else "forbidden")


def test_all_mistakes_are_said_at_once(open_challenge: Challenge, people: People, viewer: Callable) -> None:
    with pytest.raises(RefusedError) as refused:
        appoint_staff(viewer(people.host), "claims", "nobody@example.org", "emperor")
    assert [fault.rule for fault in refused.value.faults] == ["no_such_person", "no_such_role"]


def test_whoever_becomes_a_host_enters_no_more(
    open_challenge: Challenge, people: People, viewer: Callable
) -> None:
    join_challenge(viewer(people.solver), "claims")
    appoint_staff(viewer(people.host), "claims", people.solver.email, "host")
    with pytest.raises(RefusedError) as refused:
        submit_entry(viewer(people.solver), "claims", [predictions()], "e.csv")
    assert refused.value.faults[0].rule == "host_enters"
