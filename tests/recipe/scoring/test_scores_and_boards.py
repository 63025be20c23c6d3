"""Scores and boards: the engine's digits, ranks, and what stays hidden until the close."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from laureate.base.files.queries import blob_path
from laureate.base.journal.clock import now
from laureate.base.people.viewer import RefusedError, Viewer
from laureate.base.post.queries import inbox
from laureate.engine.faults import BadInputError
from laureate.engine.scoring import score_entry
from laureate.engine.tables import compile_solution
from laureate.recipe.problem.actions import close_challenge, withdraw_challenge
from laureate.recipe.problem.models import Challenge
from laureate.recipe.problem.queries import challenge_page
from laureate.recipe.scoring.models import Score
from laureate.recipe.scoring.queries import course, entry_score, entry_scores, leaderboard
from laureate.recipe.submissions.actions import cancel_entry, finalise_challenge, join_challenge, select_entry
from laureate.recipe.submissions.choices import EntryState
from laureate.recipe.submissions.models import Entry
from laureate.recipe.submissions.queries import entries, entry_page, standing
from laureate.recipe.submissions.teaming import accept_invitation, invite_member
from support.claims import CUSTOMERS, is_public, predictions, solution, table, truth
from support.people import People

pytestmark = pytest.mark.django_db
HIDDEN = 77.25  # about how far off private rows are: must show nowhere before the close


def refusal_of(act: Callable[..., Any], *args: Any, **named: Any) -> RefusedError:
    with pytest.raises(RefusedError) as refusal:
        act(*args, **named)
    return refusal.value


def numbers_in(value: Any) -> Iterator[float]:
    """Yield every number anywhere in an answer."""
    if is_dataclass(value):
        for field in fields(value):
            yield from numbers_in(getattr(value, field.name))
    elif isinstance(value, dict):
        for part in value.values():
            yield from numbers_in(part)
    elif isinstance(value, list | tuple | set | frozenset):
        for part in value:
            yield from numbers_in(part)
    elif isinstance(value, int | float):
        yield value


@pytest.fixture
def scored(open_challenge: Challenge, people: People, submit: Callable, work: Callable[[], int]) -> Entry:
    """Give a scored entry of the solver: 2 off in public rows, far off in private ones."""
    rows = [[n, truth(n) + (2.0 if is_public(n) else HIDDEN + math.sin(n))] for n in range(1, CUSTOMERS + 1)]
    entry = submit(people.solver, "claims", table(["customer", "claim"], rows))
    work()
    return entry


@pytest.mark.parametrize("metric", ["rmse", "mae", "normalized_gini", "r2", "mape"])
def test_the_digits_are_those_of_the_engine(
    publish: Callable[..., Challenge],
    people: People,
    viewer: Callable,
    submit: Callable,
    work: Callable[[], int],
    tmp_path: Path,
    metric: str,
) -> None:
    publish(metric=metric)
    rows = [[n, repr(truth(n) + math.sin(n * n))] for n in range(120, 0, -1)]
    entry = submit(people.solver, "claims", table(["claim", "customer"], [row[::-1] for row in rows]))
    work()
    (tmp_path / "solution.csv").write_bytes(solution())
    at_home = score_entry(
        blob_path(entry.blob_id),
        compile_solution(
            tmp_path / "solution.csv", metric=metric, options={}, id_column="customer", targets=["claim"]
        ),
        name="e.csv",
    )
    score = Score.objects.get(entry=entry)
    for side in ("public", "private"):
        split = at_home.splits[side]
        assert (getattr(score, side), getattr(score, f"{side}_rows")) == (split.score, 60)
        interval = (getattr(score, f"{side}_low"), getattr(score, f"{side}_high"))
        assert interval == (split.interval or (None, None))
    seen = entry_score(viewer(people.solver), entry.pk)
    assert seen is not None
    assert seen.public == at_home.splits["public"].score


def test_a_broken_entry_is_refused_with_its_faults(
    open_challenge: Challenge, people: People, viewer: Callable, submit: Callable, work: Callable[[], int]
) -> None:
    broken = {
        "nul": b"customer,claim\n1,\x002\n",
        "empty": b"",
        "text": b"customer,claim\n1,much\n",
        "latin": b"customer,claim\n1,\xe9\n",
        "binary": bytes(range(256)),
    }
    made = {}
    for name, data in broken.items():
        made[name] = submit(people.solver, "claims", data, f"{name}.csv")
    work()
    for name, entry in made.items():
        page = entry_page(viewer(people.solver), entry.pk)
        assert page.state == EntryState.REFUSED, name
        assert page.faults
        assert all(fault.said() and fault.mend() for fault in page.faults)
        assert entry_score(viewer(people.solver), entry.pk) is None
    left = standing(viewer(people.solver), "claims").allowance
    assert left is not None
    assert left.left == left.per_day == 5
    assert "could not be scored" in inbox(viewer(people.solver))[0].subject


def test_the_result_is_told_and_kept_once(scored: Entry, people: People, viewer: Callable) -> None:
    assert entry_page(viewer(people.solver), scored.pk).state == EntryState.SCORED
    subjects = [row.subject for row in inbox(viewer(people.solver))]
    assert subjects.count(f"Entry {scored.pk} of Claims of next year is scored") == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Score.objects.create(entry=scored, solution_sha256="x", engine="x")


def test_a_solution_without_secret_rows_is_not_taken(publish: Callable[..., Challenge]) -> None:
    with pytest.raises(BadInputError, match="no column Usage"):
        publish(usage=False)


def answers(who: Viewer, entry: Entry) -> Iterator[Any]:
    """Yield every answer of the steps so far that speaks of a challenge or its entries."""
    asks: list[Callable[[], Any]] = [
        lambda: challenge_page(who, "claims"),
        lambda: standing(who, "claims"),
        lambda: entries(who, "claims"),
        lambda: entry_page(who, entry.pk),
        lambda: entry_score(who, entry.pk),
        lambda: entry_scores(who, "claims"),
        lambda: leaderboard(who, "claims"),
        lambda: leaderboard(who, "claims", "private"),
        lambda: course(who, "claims"),
        lambda: inbox(who),
    ]
    for ask in asks:
        try:
            yield ask()
        except RefusedError as refusal:
            yield refusal.faults


def shows_private(who: Viewer, entry: Entry) -> bool:
    score = Score.objects.get(entry=entry)
    secrets = {score.private, score.private_low, score.private_high} - {None}
    assert len(secrets) == 3
    return bool(secrets & {number for answer in answers(who, entry) for number in numbers_in(answer)})


@pytest.mark.parametrize("role", ["stranger", "solver", "mate", "rival", "other_host"])
def test_a_private_score_is_in_no_answer_before_the_close(
    scored: Entry, people: People, viewer: Callable, role: str
) -> None:
    accept_invitation(viewer(people.mate), invite_member(viewer(people.solver), "claims"))
    join_challenge(viewer(people.rival), "claims")
    who = viewer(None if role == "stranger" else getattr(people, role))
    assert not shows_private(who, scored)
    refused = refusal_of(leaderboard, who, "claims", "private")
    assert (refused.kind, refused.faults[0].rule) == ("forbidden", "not_revealed")
    close_challenge(viewer(people.host), "claims")
    assert shows_private(who, scored)
    finalise_challenge(viewer(people.host), "claims")
    assert shows_private(who, scored)


@pytest.mark.parametrize("role", ["host", "operator"])
def test_hosts_see_private_scores_while_it_runs(
    scored: Entry, people: People, viewer: Callable, role: str
) -> None:
    who = viewer(getattr(people, role))
    assert shows_private(who, scored)
    seen = entry_score(who, scored.pk)
    assert seen is not None
    assert seen.private == pytest.approx(HIDDEN, abs=1)
    assert [row.team for row in leaderboard(who, "claims", "private").ranked] == ["Sara Solver"]


def test_members_see_their_own_public_score(scored: Entry, people: People, viewer: Callable) -> None:
    seen = entry_score(viewer(people.solver), scored.pk)
    assert seen is not None
    assert (seen.public, seen.public_rows) == (pytest.approx(2.0), 60)
    assert (seen.private, seen.private_low, seen.private_high, seen.private_rows) == (None,) * 4
    assert entry_scores(viewer(people.solver), "claims") == {scored.pk: seen}
    assert entry_scores(viewer(people.rival), "claims") == {}
    assert set(entry_scores(viewer(people.host), "claims")) > {scored.pk}
    assert refusal_of(entry_scores, viewer(None), "claims").kind == "sign_in"
    for user in (people.rival, people.other_host):
        assert refusal_of(entry_score, viewer(user), scored.pk).kind == "unknown"
    assert refusal_of(entry_score, viewer(None), scored.pk).kind == "sign_in"


def test_after_the_close_others_scores_stay_on_the_board_only(
    scored: Entry, people: People, viewer: Callable
) -> None:
    close_challenge(viewer(people.host), "claims")
    seen = entry_score(viewer(people.solver), scored.pk)
    assert seen is not None
    assert seen.private == pytest.approx(HIDDEN, abs=1)
    assert refusal_of(entry_score, viewer(people.rival), scored.pk).kind == "unknown"


def test_a_withdrawn_challenge_has_no_boards_and_reveals_nothing(
    scored: Entry, people: People, viewer: Callable
) -> None:
    withdraw_challenge(viewer(people.host), "claims")
    for user in (None, people.solver, people.rival):
        for ask in (leaderboard, course):
            assert refusal_of(ask, viewer(user), "claims").kind == "unknown"
    assert not shows_private(viewer(people.solver), scored)


@pytest.mark.parametrize("kind", ["secret", "", "pk", "a\0b"])
def test_a_board_that_does_not_exist_is_unknown(
    open_challenge: Challenge, people: People, viewer: Callable, kind: str
) -> None:
    for user in (None, people.host):
        assert refusal_of(leaderboard, viewer(user), "claims", kind).kind == "unknown"


@pytest.fixture
def race(
    open_challenge: Challenge, people: People, submit: Callable, work: Callable[[], int], frozen: Callable
) -> datetime:
    """Give three teams: rival leads in public, mate ties with solver but came later."""
    start = now() - timedelta(hours=5)
    for hour, user, off, hidden in [
        (0, people.solver, 4.0, 1.0),
        (1, people.solver, 2.0, 6.0),
        (2, people.mate, 2.0, 5.0),
        (3, people.rival, 1.0, 9.0),
        (4, people.rival, 3.0, 2.0),
    ]:
        with frozen(start + timedelta(hours=hour)):
            submit(user, "claims", predictions(off, private_off=hidden))
            work()
    work()
    return start


def test_the_public_board_ranks_best_entries_and_earlier_ones_on_ties(
    race: datetime, people: People, viewer: Callable
) -> None:
    board = leaderboard(viewer(people.mate), "claims")
    rows = [(r.rank, r.team, r.entries, r.ours, r.members) for r in board.rows]
    assert rows == [
        (1, "Rita Rival", 2, False, 1),
        (2, "Sara Solver", 2, False, 1),
        (3, "Max Mate", 1, True, 1),
        (None, "Incumbent", 1, False, 0),
    ]
    assert [row.score for row in board.rows] == [pytest.approx(n) for n in (1, 2, 2, 3)]
    assert [row.achieved_at - race for row in board.ranked] == [timedelta(hours=n) for n in (3, 1, 2)]
    assert all(row.low is not None and row.low <= row.score <= (row.high or 0) for row in board.rows)
    trail = board.rows[1].trail
    assert [(point.time - race, point.score) for point in trail] == [
        (timedelta(hours=0), pytest.approx(4.0)),
        (timedelta(hours=1), pytest.approx(2.0)),
    ]
    assert (board.higher, board.evaluated_rows) == (False, 60)
    assert board.baseline is not None
    assert board.ours == board.rows[2]
    assert leaderboard(viewer(None), "claims").ours is None


def test_baselines_stand_between_ranks_without_taking_one(
    publish: Callable[..., Challenge],
    people: People,
    viewer: Callable,
    submit: Callable,
    work: Callable[[], int],
) -> None:
    publish(baseline_off=1.5)
    for user, off in [(people.solver, 1.0), (people.rival, 2.0)]:
        submit(user, "claims", predictions(off))
    work()
    rows = leaderboard(viewer(None), "claims").rows
    assert [(row.rank, row.baseline) for row in rows] == [(1, False), (None, True), (2, False)]


def test_where_higher_is_better_the_order_turns(
    publish: Callable[..., Challenge],
    people: People,
    viewer: Callable,
    submit: Callable,
    work: Callable[[], int],
) -> None:
    publish(metric="r2")
    for user, off in [(people.solver, 9.0), (people.rival, 1.0)]:
        submit(user, "claims", predictions(off))
    work()
    board = leaderboard(viewer(None), "claims")
    assert board.higher
    assert [row.team for row in board.ranked] == ["Rita Rival", "Sara Solver"]


def test_the_private_board_judges_selected_entries_and_fills_up_by_public_score(
    publish: Callable[..., Challenge],
    people: People,
    viewer: Callable,
    submit: Callable,
    work: Callable[[], int],
) -> None:
    publish(selections=2, per_day=10)
    # (public, private): the solver's third entry would be best in private, but nothing chooses it.
    made = [
        submit(people.solver, "claims", predictions(public, private_off=private))
        for public, private in [(1.0, 8.0), (2.0, 7.0), (5.0, 1.0)]
    ]
    submit(people.rival, "claims", predictions(6.0, private_off=6.5))
    work()
    host = viewer(people.host)
    scores = {r.team: r.score for r in leaderboard(host, "claims", "private").ranked}
    assert scores == {"Sara Solver": pytest.approx(7.0), "Rita Rival": pytest.approx(6.5)}
    select_entry(viewer(people.solver), made[2].pk)
    close_challenge(host, "claims")
    board = leaderboard(viewer(None), "claims", "private")
    assert [(r.rank, r.team, r.score) for r in board.ranked] == [
        (1, "Sara Solver", pytest.approx(1.0)),
        (2, "Rita Rival", pytest.approx(6.5)),
    ]
    # With both selections made, the first entry fills up nothing.
    Score.objects.filter(entry=made[0]).update(private=0.5)
    assert leaderboard(host, "claims", "private").ranked[0].score == pytest.approx(0.5), "it fills up"
    from laureate.recipe.submissions.models import FinalSelection

    FinalSelection.objects.create(team=made[1].team, number=2, ceiling=2, entry=made[1])
    assert leaderboard(host, "claims", "private").ranked[0].score == pytest.approx(1.0)


def test_absent_scores_never_rank_on_either_database(
    race: datetime, people: People, viewer: Callable
) -> None:
    Score.objects.filter(entry__team__captain=people.rival).update(public=None)
    board = leaderboard(viewer(None), "claims")
    assert [row.team for row in board.ranked] == ["Sara Solver", "Max Mate"]
    Score.objects.update(public=None)
    assert leaderboard(viewer(None), "claims").rows == ()
    assert course(viewer(None), "claims").points == ()
    close_challenge(viewer(people.host), "claims")
    assert len(leaderboard(viewer(None), "claims", "private").ranked) == 3
    Score.objects.update(private=None)
    assert leaderboard(viewer(None), "claims", "private").rows == ()


def test_boards_of_a_new_challenge_are_empty(open_challenge: Challenge, viewer: Callable) -> None:
    board = leaderboard(viewer(None), "claims")
    assert (board.rows, board.ranked, board.ours, board.baseline, board.evaluated_rows) == (
        (),
        (),
        None,
        None,
        0,
    )
    assert course(viewer(None), "claims").best == ()


def test_the_course_shows_each_entry_and_the_best_so_far(race: datetime, viewer: Callable) -> None:
    found = course(viewer(None), "claims")
    assert [point.score for point in found.points] == [pytest.approx(n) for n in (4, 2, 2, 1, 3)]
    assert [point.score for point in found.best] == [pytest.approx(n) for n in (4, 2, 1)]
    times = [point.time for point in found.points]
    assert times == sorted(times)


def test_cancelled_and_refused_entries_are_on_no_board(
    open_challenge: Challenge, people: People, viewer: Callable, submit: Callable, work: Callable[[], int]
) -> None:
    work()
    cancelled = submit(people.solver, "claims", predictions(0.5))
    submit(people.solver, "claims", b"nonsense")
    cancel_entry(viewer(people.solver), cancelled.pk)
    work()
    board = leaderboard(viewer(None), "claims")
    assert (board.ranked, len(course(viewer(None), "claims").points)) == ((), 0)


def test_each_challenge_has_its_own_boards(
    publish: Callable[..., Challenge],
    people: People,
    viewer: Callable,
    submit: Callable,
    work: Callable[[], int],
) -> None:
    publish()
    publish(slug="other", title="Other")
    submit(people.solver, "claims", predictions(1.0))
    submit(people.rival, "other", predictions(2.0))
    work()
    assert [row.team for row in leaderboard(viewer(None), "claims").ranked] == ["Sara Solver"]
    assert [row.team for row in leaderboard(viewer(None), "other").ranked] == ["Rita Rival"]
