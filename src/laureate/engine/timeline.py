"""Lives of things as tables of transitions: ``(verb, from, to)``.

Whoever changes a state asks :func:`next_state`; whoever draws buttons asks :func:`verbs_from`.
What is not in a table does not happen: a closed challenge is not reopened, because its private
leaderboard has been seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Transition(NamedTuple):
    """One line of a table: ``verb`` leads from ``source`` to ``target``."""

    verb: str
    source: str
    target: str


Table = Sequence[Transition]

CHALLENGE: Table = (
    Transition("publish", "draft", "open"),
    Transition("close", "open", "closed"),
    Transition("finalise", "closed", "final"),
    Transition("withdraw", "draft", "withdrawn"),
    Transition("withdraw", "open", "withdrawn"),
)
"""The life of a challenge: draft, open, closed, final, or withdrawn."""

ENTRY: Table = (
    Transition("start", "received", "running"),
    Transition("cancel", "received", "cancelled"),
    Transition("retry", "running", "received"),
    Transition("score", "running", "scored"),
    Transition("refuse", "running", "refused"),
    Transition("fail", "running", "failed"),
    # Where the lease of a task says that an entry is being scored, the entry itself still reads
    # "received" and goes to its final state in one step, together with the result.
    Transition("score", "received", "scored"),
    Transition("refuse", "received", "refused"),
    Transition("fail", "received", "failed"),
)
"""The life of an entry: received, running, then scored, refused (its fault), failed (ours) or cancelled."""

TRANSITIONS: dict[str, Table] = {"challenge": CHALLENGE, "entry": ENTRY}
"""All tables by the name of the thing that lives."""


class NoTransitionError(Exception):
    """Raised when a verb does not apply in a state; ``possible`` lists the verbs that do."""

    def __init__(self, verb: str, state: str, possible: tuple[str, ...]) -> None:
        self.verb = verb
        self.state = state
        self.possible = possible
        offered = ", ".join(possible) or "nothing"
        super().__init__(f"cannot {verb} what is {state}; possible: {offered}")


def states_of(table: Table) -> tuple[str, ...]:
    """Return every state that a table names, in the order of first mention."""
    return tuple(dict.fromkeys(state for move in table for state in (move.source, move.target)))


def verbs_from(table: Table, state: str) -> tuple[str, ...]:
    """Return the verbs that apply in ``state``, in the table's order; none in a final or unknown state."""
    return tuple(move.verb for move in table if move.source == state)


def next_state(table: Table, verb: str, state: str) -> str:
    """Return the state to which ``verb`` leads from ``state``.

    Raises NoTransitionError, which names the verbs that are possible there.
    """
    for move in table:
        if move.verb == verb and move.source == state:
            return move.target
    raise NoTransitionError(verb, state, verbs_from(table, state))
