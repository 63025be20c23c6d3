"""Ranking teams by their entries: best or chosen entry, earlier entry first on a tie.

An entry without a score never ranks. Two teams are never given the same rank: with equal
scores the team whose counting entry came earlier stands first (time, then number of the
entry), which is the tie rule of the boards and is stated on them.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Played:
    """One scored entry as a board sees it: ``score`` decides, ``number`` breaks ties of time."""

    team: int
    number: int
    time: datetime
    score: float | None
    chosen_by: float | None = None
    """The figure by which the best entries are chosen where a team has selected none."""
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """A team's place: its rank from 1, the entry that counts and how many it handed in."""

    rank: int
    team: int
    counting: Played
    entries: int


def merit(score: float | None, higher: bool) -> float:
    """Return a key that sorts better scores first and absent ones last."""
    if score is None or math.isnan(score):
        return math.inf
    return -score if higher else score


def best_first(entries: Iterable[Played], higher: bool) -> list[Played]:
    """Return the entries that have a score, best first, earlier first on a tie."""
    scored = [e for e in entries if e.score is not None and not math.isnan(e.score)]
    return sorted(scored, key=lambda e: (merit(e.score, higher), e.time, e.number))


def rank_teams(entries: Collection[Played], *, higher: bool) -> list[Placed]:
    """Return teams ranked by their best entry."""
    counts: dict[int, int] = {}
    for entry in entries:
        counts[entry.team] = counts.get(entry.team, 0) + 1
    placed: list[Placed] = []
    seen: set[int] = set()
    for entry in best_first(entries, higher):
        if entry.team not in seen:
            seen.add(entry.team)
            placed.append(Placed(len(placed) + 1, entry.team, entry, counts[entry.team]))
    return placed


def finalists(entries: Sequence[Played], *, selections: int, higher: bool) -> list[Played]:
    """Return the entries by which teams are finally judged.

    A team is judged by the entries it selected; where it selected fewer than ``selections``,
    its best remaining ones by ``chosen_by`` (the public score) fill up.
    """
    by_team: dict[int, list[Played]] = {}
    for entry in entries:
        by_team.setdefault(entry.team, []).append(entry)
    judged: list[Played] = []
    for own in by_team.values():
        order = sorted(own, key=lambda e: (not e.selected, merit(e.chosen_by, higher), e.time, e.number))
        judged += order[:selections]
    return judged


def running_best(entries: Iterable[Played], *, higher: bool) -> list[Played]:
    """Return, in time order, each entry that improved on all before it."""
    best: list[Played] = []
    for entry in sorted(entries, key=lambda e: (e.time, e.number)):
        if merit(entry.score, higher) < (merit(best[-1].score, higher) if best else math.inf):
            best.append(entry)
    return best
