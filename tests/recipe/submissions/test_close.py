"""The close is announced to everybody who took part, once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from laureate.base.post.models import Message
from laureate.recipe.problem.actions import close_challenge
from laureate.recipe.problem.models import Challenge
from laureate.recipe.submissions.actions import announce_close, join_challenge
from support.people import People

pytestmark = pytest.mark.django_db


def test_everybody_who_took_part_is_told_once(
    open_challenge: Challenge, people: People, viewer: Callable, work: Callable[[], object]
) -> None:
    for user in (people.solver, people.rival):
        join_challenge(viewer(user), "claims")
    close_challenge(viewer(people.host), "claims")
    work()
    announce_close(open_challenge.pk)  # as after a crash between doing and marking
    told = Message.objects.filter(kind="challenge_closed").order_by("id")
    assert [message.recipient_id for message in told] == [people.solver.pk, people.rival.pk]
    assert {message.path for message in told} == {"/challenges/claims/board"}
