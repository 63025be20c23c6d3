"""The frame that all pages of one challenge share: its head, its tabs, the viewer's place in it."""

from __future__ import annotations

from typing import Any

from django.utils.functional import SimpleLazyObject

from laureate.base.people.viewer import Viewer
from laureate.recipe.problem.queries import challenge_page
from laureate.recipe.submissions.queries import allowance, place_in, turnout


def challenge_frame(viewer: Viewer, slug: str) -> dict[str, Any]:
    """Return what the head of every page of a challenge shows, and, asked for only where shown, counts.

    Raises:
        RefusedError: when the challenge is unknown to the viewer.

    """
    return {
        "challenge": challenge_page(viewer, slug),
        "place": place_in(viewer, slug),
        "turnout": SimpleLazyObject(lambda: turnout(viewer, slug)),
        "allowance": SimpleLazyObject(lambda: allowance(viewer, slug)),
    }
