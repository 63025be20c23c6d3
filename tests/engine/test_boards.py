"""Boards: best or chosen entry, earlier entry first, absent scores nowhere, whatever the order of rows."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laureate.engine.boards import Placed, Played, best_first, finalists, merit, rank_teams, running_best

START = datetime(2026, 9, 1, tzinfo=UTC)


def played(
    team: int,
    number: int,
    score: float | None,
    *,
    day: float = 0,
    chosen_by: float | None = None,
    selected: bool = False,
) -> Played:
    return Played(team, number, START + timedelta(days=day), score, chosen_by, selected)


def ranking(placed: list[Placed]) -> list[tuple[int, int, int, int]]:
    return [(place.rank, place.team, place.counting.number, place.entries) for place in placed]


def test_a_team_stands_by_its_best_entry() -> None:
    entries = [played(1, 1, 0.5), played(2, 2, 0.7), played(1, 3, 0.9), played(2, 4, 0.1), played(1, 5, 0.2)]
    assert ranking(rank_teams(entries, higher=True)) == [(1, 1, 3, 3), (2, 2, 2, 2)]
    assert ranking(rank_teams(entries, higher=False)) == [(1, 2, 4, 2), (2, 1, 5, 3)]


def test_on_a_tie_the_earlier_entry_stands_first() -> None:
    later, earlier = played(1, 1, 0.5, day=2), played(2, 2, 0.5, day=1)
    assert ranking(rank_teams([later, earlier], higher=True)) == [(1, 2, 2, 1), (2, 1, 1, 1)]
    # The same instant: the lower number came first. No two teams share a rank.
    same = [played(3, 9, 0.5), played(1, 7, 0.5), played(2, 8, 0.5)]
    assert ranking(rank_teams(same, higher=True)) == [(1, 1, 7, 1), (2, 2, 8, 1), (3, 3, 9, 1)]
    # Of a team's own equal entries the earlier one counts.
    own = [played(1, 2, 0.5, day=2), played(1, 1, 0.5, day=1)]
    assert ranking(rank_teams(own, higher=False)) == [(1, 1, 1, 2)]
    # Zero is zero, whatever its sign.
    zeros = [played(1, 1, 0.0, day=1), played(2, 2, -0.0, day=0)]
    assert [place.team for place in rank_teams(zeros, higher=True)] == [2, 1]
    assert [place.team for place in rank_teams(zeros, higher=False)] == [2, 1]


@pytest.mark.parametrize("higher", [True, False])
@pytest.mark.parametrize("absent", [None, math.nan])
def test_absent_scores_never_rank(higher: bool, absent: float | None) -> None:
    entries = [played(1, 1, absent), played(2, 2, 0.5), played(2, 3, absent), played(3, 4, absent)]
    assert ranking(rank_teams(entries, higher=higher)) == [(1, 2, 2, 2)]
    assert rank_teams([played(1, 1, absent)], higher=higher) == []
    assert running_best(entries, higher=higher) == [entries[1]]
    assert best_first(entries, higher) == [entries[1]]
    assert merit(absent, higher) == math.inf > merit(-1e300, higher)


def test_nobody_is_ranked_on_an_empty_board() -> None:
    assert rank_teams([], higher=True) == finalists([], selections=2, higher=True) == []
    assert running_best([], higher=True) == []


def test_extreme_scores_rank_in_order() -> None:
    scores = [-1e300, -1.0, -5e-324, 0.0, 5e-324, 1.0, 1e300]
    entries = [played(team, team, score) for team, score in enumerate(scores)]
    assert [place.team for place in rank_teams(entries, higher=True)] == [6, 5, 4, 3, 2, 1, 0]
    assert [place.team for place in rank_teams(entries, higher=False)] == [0, 1, 2, 3, 4, 5, 6]


def numbers(entries: list[Played]) -> list[int]:
    return sorted(entry.number for entry in entries)


def test_teams_are_judged_by_what_they_selected() -> None:
    entries = [
        played(1, 1, 0.9, chosen_by=0.9),
        played(1, 2, 0.1, chosen_by=0.1, selected=True),
        played(1, 3, 0.2, chosen_by=0.2, selected=True),
    ]
    assert numbers(finalists(entries, selections=2, higher=True)) == [2, 3]


def test_too_few_selections_are_filled_up_by_the_best_public_scores() -> None:
    entries = [
        played(1, 1, 0.9, chosen_by=0.3),
        played(1, 2, 0.1, chosen_by=0.1, selected=True),
        played(1, 3, 0.2, chosen_by=0.7),
        played(1, 4, 0.2, chosen_by=None),
        played(2, 5, 0.5, chosen_by=0.4),
        played(2, 6, 0.5, chosen_by=0.6),
        played(2, 7, 0.5, chosen_by=0.5),
        played(3, 8, 0.5, chosen_by=0.5),
    ]
    assert numbers(finalists(entries, selections=2, higher=True)) == [2, 3, 6, 7, 8]
    assert numbers(finalists(entries, selections=2, higher=False)) == [1, 2, 5, 7, 8]
    # The private score has no say in what fills up, only in who then stands where.
    assert 1 not in numbers(finalists(entries, selections=2, higher=True))


def test_equal_public_scores_fill_up_by_the_earlier_entry() -> None:
    entries = [played(1, n, 0.5, day=9 - n, chosen_by=0.5) for n in range(1, 6)]
    assert numbers(finalists(entries, selections=2, higher=True)) == [4, 5]
    same = [played(1, n, 0.5, chosen_by=0.5) for n in (4, 3, 2, 1)]
    assert numbers(finalists(same, selections=2, higher=True)) == [1, 2]


def test_selections_beyond_the_limit_do_not_count() -> None:
    entries = [played(1, n, n / 10, chosen_by=n / 10, selected=True) for n in range(1, 6)]
    assert numbers(finalists(entries, selections=2, higher=True)) == [4, 5]


def test_running_best_is_each_entry_that_improved() -> None:
    entries = [
        played(n, n, score, day=n) for n, score in enumerate([0.3, 0.2, 0.3, None, 0.5, 0.5, 0.4, 0.6])
    ]
    assert [e.number for e in running_best(entries, higher=True)] == [0, 4, 7]
    assert [e.number for e in running_best(entries, higher=False)] == [0, 1]
    assert [e.number for e in running_best(reversed(entries), higher=True)] == [0, 4, 7]


scores = st.none() | st.just(math.nan) | st.sampled_from([0.0, -0.0, 0.5, 1.0, 2.0]) | st.floats(-1e9, 1e9)


@st.composite
def boards(draw: st.DrawFn) -> list[Played]:
    count = draw(st.integers(0, 12))
    return [
        played(
            draw(st.integers(1, 4)),
            number,
            draw(scores),
            day=draw(st.integers(0, 3)),
            chosen_by=draw(scores),
            selected=draw(st.booleans()),
        )
        for number in range(count)
    ]


@settings(max_examples=150, deadline=None)
@given(entries=boards(), higher=st.booleans(), selections=st.integers(1, 3), data=st.data())
def test_the_order_of_rows_makes_no_difference(
    entries: list[Played], higher: bool, selections: int, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(entries))
    placed = rank_teams(entries, higher=higher)
    assert rank_teams(shuffled, higher=higher) == placed
    assert running_best(shuffled, higher=higher) == running_best(entries, higher=higher)
    judged = finalists(entries, selections=selections, higher=higher)
    assert numbers(finalists(shuffled, selections=selections, higher=higher)) == numbers(judged)

    assert [place.rank for place in placed] == list(range(1, len(placed) + 1))
    teams = [place.team for place in placed]
    assert sorted(teams) == sorted(
        {e.team for e in entries if e.score is not None and not math.isnan(e.score)}
    )
    merits = [merit(place.counting.score, higher) for place in placed]
    assert merits == sorted(merits)
    for team in {entry.team for entry in entries}:
        own = [entry for entry in entries if entry.team == team]
        assert sum(entry.team == team for entry in judged) == min(selections, len(own))
