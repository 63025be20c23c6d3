"""Who may see which score. A private score is for hosts alone until the challenge is closed."""

from __future__ import annotations

from laureate.base.people.viewer import FieldPolicy, Verdict, Viewer, no
from laureate.engine.faults import Fault, mark
from laureate.recipe.problem.choices import REVEALED_STATES
from laureate.recipe.problem.models import Challenge
from laureate.recipe.problem.rules import may_see_challenge, sees_as_host

NOT_REVEALED = Fault(
    "not_revealed",
    mark("The private leaderboard opens when the challenge closes."),
    mark("Look at the public leaderboard until then."),
)

_PUBLIC = frozenset({"team", "host", "revealed"})
_PRIVATE = frozenset({"host", "revealed"})

# Audiences of an entry's score: its own ``team``, a ``host``, and ``revealed`` after the close.
FIELDS = FieldPolicy(
    {
        "public": _PUBLIC,
        "public_low": _PUBLIC,
        "public_high": _PUBLIC,
        "public_rows": _PUBLIC,
        "private": _PRIVATE,
        "private_low": _PRIVATE,
        "private_high": _PRIVATE,
        "private_rows": _PRIVATE,
    }
)


def revealed(challenge: Challenge) -> bool:
    """Return whether the private figures of a challenge are out."""
    return challenge.state in REVEALED_STATES


def score_audiences(challenge: Challenge, *, member: bool, hosts: bool) -> frozenset[str]:
    """Return the audiences to which somebody belongs who looks at an entry's score."""
    present = {"team": member, "host": hosts, "revealed": revealed(challenge) and (member or hosts)}
    return frozenset(name for name, holds in present.items() if holds)


def may_see_board(viewer: Viewer, challenge: Challenge, kind: str) -> Verdict:
    """Return whether the viewer may see the ``public`` or ``private`` leaderboard."""
    visible = may_see_challenge(viewer, challenge)
    if not visible or kind == "public":
        return visible
    if revealed(challenge) or sees_as_host(viewer, challenge):
        return visible
    return no("forbidden", NOT_REVEALED)
