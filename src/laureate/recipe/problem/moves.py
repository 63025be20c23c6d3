"""Moving a challenge from one state to the next, under a lock on its row."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from laureate.base.journal.actions import record
from laureate.base.people.viewer import Viewer
from laureate.engine.timeline import CHALLENGE, next_state
from laureate.recipe.problem.models import Challenge
from laureate.recipe.problem.queries import find_challenge
from laureate.recipe.problem.rules import may_move_challenge


def lock_challenge(viewer: Viewer, slug: str) -> Challenge:
    """Return the row of a challenge, locked for the caller's transaction."""
    return Challenge.objects.select_for_update().get(pk=find_challenge(viewer, slug).pk)


def move_challenge(viewer: Viewer, slug: str, verb: str, event: str, **stamps: Any) -> Challenge:
    """Lead a challenge by ``verb`` to its next state and record the event.

    Raises:
        RefusedError: when the viewer may not, or the verb does not apply in its state.

    """
    with transaction.atomic():
        challenge = lock_challenge(viewer, slug)
        may_move_challenge(viewer, challenge, verb).require()
        challenge.state = next_state(CHALLENGE, verb, challenge.state)
        for name, value in stamps.items():
            setattr(challenge, name, value)
        challenge.save(update_fields=["state", *stamps])
        record(event, actor=viewer.user_id, about=challenge)
    return challenge
