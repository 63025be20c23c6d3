"""What is published is what was checked; what would be no use is not published."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError

from laureate.base.journal.clock import now
from laureate.base.people.viewer import RefusedError
from laureate.recipe.problem import actions
from laureate.recipe.problem.choices import ChallengeState
from laureate.recipe.problem.models import Challenge
from support.people import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(claims: Callable, people: People, viewer: Callable) -> Challenge:
    return actions.import_challenge(viewer(people.host), people.organisation, claims())


def test_a_change_during_the_check_holds_the_publication_back(
    draft: Challenge, people: People, viewer: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    host, check = viewer(people.host), actions.check_challenge

    def checked_while_somebody_types(*args: object) -> object:
        found = check(*args)  # type: ignore[arg-type]
        actions.revise_challenge(host, "claims", {"title": "Another question altogether"})
        return found

    monkeypatch.setattr(actions, "check_challenge", checked_while_somebody_types)
    with pytest.raises(RefusedError) as refused:
        actions.publish_challenge(host, "claims")
    assert (refused.value.kind, refused.value.faults[0].rule) == ("conflict", "changed")
    draft.refresh_from_db()
    assert draft.state == ChallengeState.DRAFT
    monkeypatch.undo()
    assert actions.publish_challenge(host, "claims").state == ChallengeState.OPEN


def test_a_late_change_does_not_bring_a_published_challenge_back(
    draft: Challenge, people: People, viewer: Callable
) -> None:
    host = viewer(people.host)
    actions.publish_challenge(host, "claims")
    for change in (
        lambda: actions.revise_challenge(host, "claims", {"title": "Another title"}),
        lambda: actions.plan_phases(host, "claims", []),
        lambda: actions.attach_file(host, "claims", "data", "data/late.csv", [b"id\n1\n"]),
    ):
        with pytest.raises(RefusedError) as refused:
            change()
        assert refused.value.faults[0].rule == "not_a_draft"
    draft.refresh_from_db()
    assert (draft.state, draft.phases.count()) == (ChallengeState.OPEN, 1)


def test_a_challenge_whose_phases_are_over_is_not_published(
    claims: Callable, people: People, viewer: Callable
) -> None:
    over = now() - timedelta(days=1)
    folder = claims(opens=over - timedelta(days=9), closes=over)
    actions.import_challenge(viewer(people.host), people.organisation, folder)
    found = {fault.rule: fault.severity for fault in actions.check_challenge(viewer(people.host), "claims")}
    assert (found["phase_over"], found["all_over"]) == ("warning", "error")
    with pytest.raises(RefusedError) as refused:
        actions.publish_challenge(viewer(people.host), "claims")
    assert [fault.rule for fault in refused.value.faults] == ["all_over"]


def test_two_files_of_different_content_never_share_a_path(
    draft: Challenge, people: People, viewer: Callable
) -> None:
    host = viewer(people.host)
    path = draft.files.get(kind="solution").path
    with pytest.raises(RefusedError) as refused:
        actions.attach_file(host, "claims", "baseline", path, [b"customer,claim\n1,2\n"], title="Same name")
    assert (refused.value.kind, refused.value.faults[0].rule) == ("conflict", "path_taken")
    assert not draft.files.filter(kind="baseline", title="Same name").exists()


@pytest.mark.parametrize("slug", ["new", "import", "My_Slug", "ab", "x" * 51])
def test_slugs_that_lead_nowhere_are_refused(people: People, viewer: Callable, slug: str) -> None:
    with pytest.raises(RefusedError) as refused:
        actions.draft_challenge(viewer(people.host), people.organisation, slug, {"title": "Any title"})
    assert refused.value.faults[0].rule == "bad_slug"


def test_only_a_taken_slug_is_called_taken(draft: Challenge) -> None:
    error = IntegrityError("FOREIGN KEY constraint failed")
    assert actions._slug_refused("claims", error).faults[0].rule == "slug_taken"
    with pytest.raises(IntegrityError):
        actions._slug_refused("another-slug", error)
