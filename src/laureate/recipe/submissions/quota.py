"""The quota: how many entries are left, and taking one of them.

A slot is a row under database constraints, so two simultaneous entries can never take the
last one both: the second insert fails and is told so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.db import IntegrityError, transaction

from laureate.base.people.viewer import RefusedError
from laureate.engine.faults import Fault, mark
from laureate.recipe.problem.models import Challenge
from laureate.recipe.submissions.choices import TOTAL
from laureate.recipe.submissions.models import Entry, Slot, Team


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a team may still hand in: of the day, and over the whole challenge (None: no limit)."""

    left_today: int
    per_day: int
    left_total: int | None
    total: int | None
    now: datetime
    next_at: datetime

    @property
    def left(self) -> int:
        """Return how many entries can be handed in now."""
        return self.left_today if self.left_total is None else min(self.left_today, self.left_total)

    @property
    def wait_minutes(self) -> int:
        """Return whole minutes until the day's quota is full again, rounded up."""
        return -int((self.now - self.next_at).total_seconds() // 60)


def windows_of(challenge: Challenge, instant: datetime) -> dict[str, int]:
    """Return the windows in which an entry of ``instant`` takes a slot, with their ceilings."""
    windows = {day_of(instant): challenge.entries_per_day}
    if challenge.entries_per_team is not None:
        windows[TOTAL] = challenge.entries_per_team
    return windows


def day_of(instant: datetime) -> str:
    """Return the UTC day, such as ``2026-11-24``."""
    return instant.astimezone(UTC).date().isoformat()


def allowance_of(team: Team, challenge: Challenge, instant: datetime) -> Allowance:
    """Return what the team may still hand in at ``instant``."""
    used = dict.fromkeys(windows_of(challenge, instant), 0)
    for window in (
        Slot.objects.filter(team=team, window__in=used).order_by("id").values_list("window", flat=True)
    ):
        used[window] += 1
    midnight = datetime.combine(instant.astimezone(UTC).date() + timedelta(days=1), time(), UTC)
    total = challenge.entries_per_team
    return Allowance(
        left_today=max(0, challenge.entries_per_day - used[day_of(instant)]),
        per_day=challenge.entries_per_day,
        left_total=None if total is None else max(0, total - used[TOTAL]),
        total=total,
        now=instant,
        next_at=midnight,
    )


def quota_refusal(allowance: Allowance) -> RefusedError:
    """Return the refusal that says what is left and when more comes."""
    hours, minutes = divmod(allowance.wait_minutes, 60)
    if allowance.left_total == 0:
        fault = Fault(
            "quota",
            mark("0 of %(total)d entries left in this challenge."),
            mark("Choose your final selections among the entries you have."),
            {"total": allowance.total or 0},
        )
    else:
        fault = Fault(
            "quota",
            mark("0 of %(per_day)d left today, next in %(hours)d h %(minutes)d min."),
            mark("Come back then; the quota is counted by UTC days."),
            {"per_day": allowance.per_day, "hours": hours, "minutes": minutes},
        )
    return RefusedError("quota", fault)


def take_slots(entry: Entry, challenge: Challenge, instant: datetime) -> None:
    """Take one slot for the entry in each window, inside the caller's transaction.

    Raises:
        RefusedError: kind ``quota`` when a window is full.

    """
    for window, ceiling in windows_of(challenge, instant).items():
        if not _take(entry, window, ceiling):
            raise quota_refusal(allowance_of(entry.team, challenge, instant))


def _take(entry: Entry, window: str, ceiling: int) -> bool:
    for _ in range(ceiling):
        taken = set(
            Slot.objects.filter(team_id=entry.team_id, window=window)
            .order_by("id")
            .values_list("number", flat=True)
        )
        number = next((n for n in range(1, ceiling + 1) if n not in taken), None)
        if number is None:
            return False
        try:
            with transaction.atomic():
                Slot.objects.create(
                    team_id=entry.team_id, window=window, number=number, ceiling=ceiling, entry=entry
                )
            return True
        except IntegrityError:
            continue  # somebody else took this number a moment ago: look again
    return False


def give_slots_back(entry: Entry) -> None:
    """Free the slots of an entry that does not count."""
    Slot.objects.filter(entry=entry).delete()


def move_slots(source: Team, target: Team, ceilings: dict[str, int]) -> bool:
    """Move all slots of ``source`` to ``target``; return False when a present window overflows.

    Slots of past days only document what happened: where both teams filled a day, the later
    ones are dropped, for no limit applies to the past.
    """
    for slot in Slot.objects.filter(team=source).select_related("entry").order_by("id"):
        window, ceiling = slot.window, ceilings.get(slot.window, slot.ceiling)
        entry = slot.entry
        slot.delete()
        entry.team = target
        if not _take(entry, window, ceiling) and window in ceilings:
            return False
    return True
