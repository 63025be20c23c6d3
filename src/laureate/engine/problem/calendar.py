"""Phases and limits: what must hold between them."""

from __future__ import annotations

from datetime import datetime

from laureate.engine.problem.notes import Notes, shown
from laureate.engine.problem.sheets import Sheet, Sheets

MANY_SELECTIONS = 5


def check_phases(sheets: Sheets, notes: Notes, now: datetime | None) -> None:
    """Note what is wrong with the phases; those in the past are warned of where ``now`` is given."""
    if not sheets.phases:
        # Of tables that were found but could not be read, something has been said already.
        if not any(
            found.rule == "not_many_tables" and found.params["table"] == "phases" for found in notes.faults
        ):
            notes.at(("phases",))("no_phase")
        return
    keys: set[str] = set()
    for phase in sheets.phases:
        key = phase["key"]
        if key is not None and key in keys:
            notes.at(phase.path("key"))("duplicate_phase", value=shown(key))
        keys.add(key)
        _check_window(phase, notes, now)


def _check_window(phase: Sheet, notes: Notes, now: datetime | None) -> None:
    opens, closes = phase["opens"], phase["closes"]
    name = shown(phase["key"] or phase["title"] or "")
    if opens is not None and closes is not None and closes <= opens:
        notes.at(phase.path("closes"))("phase_order", phase=name)
    elif now is not None and closes is not None and closes <= now:
        notes.at(phase.path("closes"))("phase_over", phase=name)
    elif now is not None and opens is not None and opens < now:
        notes.at(phase.path("opens"))("phase_begun", phase=name)


def check_limits(sheets: Sheets, notes: Notes, now: datetime | None) -> None:
    """Note limits that contradict each other or the phases."""
    limits = sheets.limits
    selections, entries = limits["final_selections"], limits["entries_per_team"]
    note = notes.at(limits.path("final_selections"))
    if selections is not None and entries is not None and selections > entries:
        note("selections_above_entries", selections=selections, entries=entries)
    elif selections is not None and selections > MANY_SELECTIONS:
        note("many_selections", selections=selections, high=MANY_SELECTIONS)
    freeze = limits["teams_freeze"]
    if freeze is None:
        return
    opens = [phase["opens"] for phase in sheets.phases if phase["opens"] is not None]
    closes = [phase["closes"] for phase in sheets.phases if phase["closes"] is not None]
    note = notes.at(limits.path("teams_freeze"))
    if opens and closes and not min(opens) <= freeze <= max(closes):
        note("freeze_outside")
    elif now is not None and freeze <= now:
        note("freeze_past")
