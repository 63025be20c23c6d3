"""The demo, loaded: what strangers, its solver and its host find there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.test import override_settings

from laureate.base.journal.models import Event, Task
from laureate.base.people.models import User
from laureate.base.people.queries import hosted_organisations, viewer_of
from laureate.base.people.viewer import STRANGER, RefusedError, Viewer
from laureate.base.post.models import Message
from laureate.config.demo import HOST, SOLVER, DemoAccounts, load_demo, ready_accounts
from laureate.recipe.problem.models import Challenge
from laureate.recipe.problem.queries import find_challenge
from laureate.recipe.scoring.queries import course, leaderboard
from laureate.recipe.submissions.models import Entry, FinalSelection, Member, Team
from laureate.recipe.submissions.queries import team_of
from laureate.recipe.submissions.quota import allowance_of

KIT = Path(__file__).parents[2] / "kits" / "claims"
TODAY = datetime(2027, 3, 18, 14, 30, tzinfo=UTC)
TEAMS = 12


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[DemoAccounts]:
    """Give a demo with few teams, loaded once for the module and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        yield load_demo(KIT, today=TODAY, most_teams=TEAMS)
        transaction.set_rollback(True)


def person(email: str) -> Viewer:
    return viewer_of(User.objects.get(email=email))


def test_the_board_is_alive_and_beats_the_incumbent(demo: DemoAccounts) -> None:
    board = leaderboard(STRANGER, "claims")
    assert len(board.ranked) == TEAMS
    assert board.baseline is not None and board.baseline.team == "Incumbent's model"
    assert board.ranked[0].score > board.baseline.score > 0.2
    assert board.evaluated_rows == 2455
    assert sum(len(row.trail) > 1 for row in board.ranked) > TEAMS / 2
    assert any(row.members > 1 for row in board.ranked)


def test_entries_are_spread_over_the_calendar_and_none_is_of_the_future(demo: DemoAccounts) -> None:
    points = course(STRANGER, "claims").points
    days = {(TODAY - point.time).days for point in points}
    assert max(days) > 45 and min(days) == 0 and len(days) > 15
    assert max(point.time for point in points) <= TODAY
    assert Event.objects.filter(at__gt=TODAY).count() == 0


def test_the_contest_is_in_its_last_weeks(demo: DemoAccounts) -> None:
    (phase,) = find_challenge(STRANGER, "claims").phases.all()
    assert (TODAY.date() - phase.opens_at.date(), phase.closes_at.date() - TODAY.date()) == (
        timedelta(days=75),
        timedelta(days=16),
    )


def test_a_second_challenge_is_closed_and_shows_its_private_board(demo: DemoAccounts) -> None:
    assert {c.slug: c.state for c in Challenge.objects.order_by("id")} == {
        "claims": "open",
        "claims-pilot": "closed",
    }
    board = leaderboard(STRANGER, "claims-pilot", "private")
    assert not board.higher and len(board.ranked) >= 8
    with pytest.raises(RefusedError):
        leaderboard(person(SOLVER), "claims", "private")


def test_the_solver_has_entries_one_refused_and_three_left_today(demo: DemoAccounts) -> None:
    solver = person(SOLVER)
    challenge = find_challenge(solver, "claims")
    team = team_of(solver.user_id, challenge)
    assert team is not None and team.captain_id == solver.user_id
    allowance = allowance_of(team, challenge, TODAY)
    assert (allowance.left_today, allowance.per_day) == (3, 5)
    entries = list(Entry.objects.filter(team=team).order_by("received_at"))
    assert [entry.state for entry in entries].count("scored") == 5
    (refused,) = [entry for entry in entries if entry.state == "refused"]
    assert [fault["rule"] for fault in refused.faults] == ["wrong_header"]
    assert FinalSelection.objects.filter(team=team).count() == 1
    assert leaderboard(solver, "claims").ours is not None
    assert Message.objects.filter(recipient_id=solver.user_id, read_at=None).exists()


def test_the_host_runs_the_sponsor_and_the_platform(demo: DemoAccounts) -> None:
    host = person(HOST)
    assert host.operator
    assert [organisation.name for organisation in hosted_organisations(host)] == ["Meridian Mutual"]
    assert find_challenge(host, "claims").organisation_id in host.hosting


def test_only_the_ready_accounts_can_sign_in(demo: DemoAccounts) -> None:
    for account in (demo.host, demo.solver):
        assert User.objects.get(email=account.email).check_password(account.password)
        assert account.password in demo.said() and account.email in demo.said()
    others = User.objects.exclude(email__in=[HOST, SOLVER])
    assert others.count() > TEAMS
    assert not any(user.has_usable_password() for user in others)


def test_passwords_are_of_this_installation(demo: DemoAccounts) -> None:
    assert demo.host.password != demo.solver.password
    with override_settings(SECRET_KEY="another"):
        assert ready_accounts().host.password != demo.host.password


def test_team_mates_joined_by_invitation(demo: DemoAccounts) -> None:
    team = Team.objects.filter(challenge__slug="claims", name="Zero-Inflated Optimists").get()
    assert Member.objects.filter(team=team).count() == 3
    assert Message.objects.filter(recipient_id=team.captain_id, kind="member_joined").count() == 2


def test_nothing_is_left_to_do(demo: DemoAccounts) -> None:
    assert set(Task.objects.values_list("state", flat=True).distinct()) == {"done"}
    assert Entry.objects.filter(state__in=["received", "failed"]).count() == 0


def test_a_second_load_changes_nothing(demo: DemoAccounts) -> None:
    before = Event.objects.count()
    assert load_demo(KIT, today=TODAY + timedelta(days=3)) == demo
    assert Event.objects.count() == before


def test_people_have_joined_before_they_handed_in(demo: DemoAccounts) -> None:
    for entry in Entry.objects.filter(author__isnull=False).select_related("author"):
        assert entry.author is not None and entry.author.joined_at < entry.received_at
