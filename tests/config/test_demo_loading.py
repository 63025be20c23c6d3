"""Loading the demo: all at once or not at all, and only into an empty platform."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from laureate.base.journal.models import Event, Task
from laureate.base.people.actions import found_platform
from laureate.base.people.models import User
from laureate.base.people.queries import viewer_of
from laureate.base.people.viewer import STRANGER, RefusedError
from laureate.config.demo import SOLVER, load_demo
from laureate.recipe.problem.queries import find_challenge
from laureate.recipe.scoring.queries import leaderboard
from laureate.recipe.submissions.models import Entry
from laureate.recipe.submissions.queries import team_of
from laureate.recipe.submissions.quota import allowance_of

KIT = Path(__file__).parents[2] / "kits" / "claims"
TODAY = datetime(2027, 3, 18, 14, 30, tzinfo=UTC)


@pytest.mark.django_db
def test_a_platform_that_was_set_up_is_left_alone() -> None:
    found_platform("boss@real.example", "Boss", "a real long password", "Real Ltd")
    with pytest.raises(RefusedError) as refused:
        load_demo(KIT, today=TODAY, most_teams=2)
    assert [fault.rule for fault in refused.value.faults] == ["already_set_up"]
    assert list(User.objects.values_list("email", flat=True)) == ["boss@real.example"]


@pytest.mark.django_db
def test_a_load_that_breaks_leaves_nothing(tmp_path: Path) -> None:
    kit = Path(shutil.copytree(KIT, tmp_path / "kit"))
    script = json.loads((kit / "teams.json").read_text("utf-8"))
    script["teams"][0]["entries"][-1]["line"] = 10**6
    (kit / "teams.json").write_text(json.dumps(script), encoding="utf-8")
    with pytest.raises(IndexError):
        load_demo(kit, today=TODAY, most_teams=2)
    assert User.objects.count() == 0 and Event.objects.count() == 0


@pytest.mark.django_db
def test_just_after_midnight_the_day_is_short_but_the_quota_is_the_same() -> None:
    instant = TODAY.replace(hour=0, minute=1)
    load_demo(KIT, today=instant, most_teams=2)
    solver = viewer_of(User.objects.get(email=SOLVER))
    challenge = find_challenge(solver, "claims")
    team = team_of(solver.user_id, challenge)
    assert team is not None
    assert allowance_of(team, challenge, instant).left_today == 3


@pytest.mark.slow
@pytest.mark.django_db
def test_the_whole_demo_loads() -> None:
    said: list[str] = []
    load_demo(KIT, today=TODAY, say=said.append)
    board = leaderboard(STRANGER, "claims")
    assert len(board.ranked) > 95
    assert board.baseline is not None
    assert sum(row.score > board.baseline.score for row in board.ranked) > 60
    states = Entry.objects.filter(challenge__slug="claims").values_list("state", flat=True)
    assert list(states).count("refused") == 4
    handed_in = Entry.objects.filter(team__baseline=False).count()
    assert f"{handed_in} entries" in said[-1]
    assert set(Task.objects.values_list("state", flat=True).distinct()) == {"done"}
