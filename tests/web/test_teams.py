"""Teams by page: invitation, acceptance, name, merge."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from laureate.recipe.problem.models import Challenge
from laureate.recipe.submissions.models import Merge, Team
from support.claims import predictions
from support.people import People

from .browser import Browser
from .test_host_flow import complaints

pytestmark = pytest.mark.django_db
Browse = Callable[[str], Browser]
TEAM = "/challenges/claims/team"


@pytest.fixture
def captain(browse: Browse, open_challenge: Challenge) -> Browser:
    """Give the browser of a captain."""
    browser = browse("solver")
    browser.send("/challenges/claims/join")
    return browser


def invite(captain: Browser) -> str:
    """Make an invitation and return its path."""
    page = captain.send(f"{TEAM}/invite", 200)
    link = re.search(r"https?://[^/\s]+(/invitations/[-\w]+)", page.text)
    assert link, page.text
    return link[1]


def test_invitation_from_link_to_member(captain: Browser, browse: Browse) -> None:
    link = invite(captain)
    assert link not in captain.page(TEAM).text
    stranger = browse("stranger").page(link)
    assert "Join the team Sara Solver" in stranger.text
    assert any(f"next={link}" in (a.get("href") or "") for a in stranger.all("a"))
    mate = browse("mate")
    assert "Join this team" in mate.page(link).text
    assert mate.send(f"{link}/accept") == TEAM
    assert "Max Mate" in captain.page(TEAM).text
    assert "joined your team" in captain.page("/inbox").text
    assert "Only the captain" in mate.page(TEAM).text
    browse("rival").page(link, 404)
    browse("rival").send(f"{link}/accept", 404)


def test_members_only_see_their_team(captain: Browser, browse: Browse) -> None:
    rival = browse("rival").page(TEAM)
    assert "You have not joined this challenge" in rival.text
    assert "Sara Solver" not in rival.text
    assert browse("stranger").get(TEAM)["Location"] == f"/accounts/login/?next={TEAM.replace('/', '%2F')}"


def test_a_full_team_invites_nobody(
    browse: Browse, publish: Callable[..., Challenge], people: People
) -> None:
    publish(team_size=1)
    captain = browse("solver")
    captain.send("/challenges/claims/join")
    assert "the limit is 1" in captain.send(f"{TEAM}/invite", 409).text


def test_renaming(captain: Browser, browse: Browse) -> None:
    browse("rival").send("/challenges/claims/join")
    assert captain.send(f"{TEAM}/name", name="Nine “Boats” & <co>") == TEAM
    assert "Nine “Boats” & <co>" in captain.page(TEAM).text
    response = captain.post(f"{TEAM}/name", {"name": "Rita Rival"})
    assert response.status_code == 409
    assert "Another team has this name" in complaints(response)["name"]
    empty = captain.post(f"{TEAM}/name", {"name": "  "})
    assert empty.status_code == 422
    assert complaints(empty)["name"]


@pytest.mark.parametrize("answer", ["accept", "decline"])
def test_merging(captain: Browser, browse: Browse, people: People, answer: str) -> None:
    rival = browse("rival")
    rival.send("/challenges/claims/join")
    assert rival.send(f"{TEAM}/merge", team="Sara Solver") == TEAM
    assert "Their captain decides" in rival.page(TEAM).text
    assert "proposes to merge with you" in captain.page(TEAM).text
    merge = Merge.objects.get()
    rival.send(f"{TEAM}/merge/{merge.pk}", 404, answer="accept")
    assert captain.send(f"{TEAM}/merge/{merge.pk}", answer=answer) == TEAM
    assert Team.objects.filter(merged_into=None, baseline=False).count() == (1 if answer == "accept" else 2)
    assert ("Rita Rival" in captain.page(TEAM).text) == (answer == "accept")
    captain.send(f"{TEAM}/merge/{merge.pk}", 404, answer=answer)


def test_merging_with_nobody(captain: Browser) -> None:
    response = captain.post(f"{TEAM}/merge", {"team": "No such team"})
    assert response.status_code == 422
    assert "no other team" in complaints(response)["team"]


def test_teams_are_frozen_after_the_close(captain: Browser, browse: Browse) -> None:
    browse("host").send("/host/claims/close")
    response = captain.post(f"{TEAM}/name", {"name": "Too late"})
    assert response.status_code == 409
    assert "can no longer change" in response.content.decode()


def test_whoever_has_entries_does_not_change_teams(
    captain: Browser, browse: Browse, people: People, submit: Any
) -> None:
    submit(people.rival, "claims", predictions(1.0))
    page = browse("rival").send(f"{invite(captain)}/accept", 409)
    assert "Let the captains merge" in page.text
