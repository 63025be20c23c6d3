"""Who reacts to which event: this page says it all.

A handler has two halves. ``think`` reads and computes outside any transaction, as long as it
takes; ``act`` writes the result inside the transaction that also marks the task as done. Both
may run again after a crash, so ``act`` is idempotent. ``give_up`` runs when all tries failed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from laureate.base.files.actions import sweep_incoming
from laureate.base.journal.choices import LEASE_SECONDS
from laureate.base.journal.leases import forget_done_tasks
from laureate.base.post.actions import note_delivery, send_mail, tell
from laureate.recipe.problem.actions import close_due_challenges
from laureate.recipe.scoring.actions import fail_entry, keep_score, measure_entry
from laureate.recipe.submissions.actions import announce_close, enter_baselines

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Handler:
    """How one kind of task is done."""

    act: Callable[[Payload, Any], object]
    think: Callable[[Payload], Any] | None = None
    give_up: Callable[[Payload, int], None] | None = None
    lease_seconds: int = LEASE_SECONDS


def _score(payload: Payload) -> Any:
    return measure_entry(int(payload["object_id"]))


def _keep(_payload: Payload, measured: Any) -> None:
    if measured is not None:
        keep_score(measured)


def _fail(payload: Payload, tries: int) -> None:
    fail_entry(int(payload["object_id"]), tries)


def _welcome(payload: Payload, _: Any) -> None:
    tell(
        int(payload["object_id"]),
        "welcome",
        {"platform": "Laureate"},
        path="/challenges",
        dedupe_key="welcome",
    )


HANDLERS: Mapping[str, Handler] = {
    "score_entry": Handler(think=_score, act=_keep, give_up=_fail, lease_seconds=300),
    "enter_baselines": Handler(act=lambda payload, _: enter_baselines(int(payload["object_id"]))),
    "announce_close": Handler(act=lambda payload, _: announce_close(int(payload["object_id"]))),
    "welcome": Handler(act=_welcome),
    "deliver_mail": Handler(
        think=lambda payload: send_mail(int(payload["mail"])),
        act=lambda payload, _: note_delivery(int(payload["mail"])),
    ),
    "close_due_challenges": Handler(act=lambda _payload, _: close_due_challenges()),
    "sweep_incoming": Handler(act=lambda _payload, _: sweep_incoming()),
    "forget_done_tasks": Handler(act=lambda _payload, _: forget_done_tasks()),
}

REACTIONS: Mapping[str, tuple[str, ...]] = {
    "people.account_opened": ("welcome",),
    "problem.challenge_published": ("enter_baselines",),
    "problem.challenge_closed": ("announce_close",),
    "submissions.entry_submitted": ("score_entry",),
}

# Periodic tasks: handler and seconds between two ticks.
SCHEDULE: Mapping[str, int] = {"close_due_challenges": 30, "forget_done_tasks": 3600, "sweep_incoming": 3600}
