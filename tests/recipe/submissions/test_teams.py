"""Teams: invitations, size, freeze, merges and their quota arithmetic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from laureate.base.journal.clock import now
from laureate.base.people.viewer import RefusedError
from laureate.base.post.queries import inbox
from laureate.recipe.problem.actions import close_challenge, withdraw_challenge
from laureate.recipe.problem.models import Challenge
from laureate.recipe.submissions.actions import join_challenge, select_entry, settle_entry, submit_entry
from laureate.recipe.submissions.models import Entry, FinalSelection, Invitation, Member, Merge, Slot, Team
from laureate.recipe.submissions.queries import entries, standing
from laureate.recipe.submissions.quota import move_slots, windows_of
from laureate.recipe.submissions.teaming import (
    INVITATION_LASTS,
    accept_invitation,
    answer_merge,
    invite_member,
    propose_merge,
    read_invitation,
    rename_team,
)
from support.claims import predictions
from support.people import People

pytestmark = pytest.mark.django_db


def refusal_of(act: Callable[..., Any], *args: Any, **named: Any) -> RefusedError:
    with pytest.raises(RefusedError) as refusal:
        act(*args, **named)
    assert all(fault.said() and fault.mend() for fault in refusal.value.faults)
    return refusal.value


def rule_of(act: Callable[..., Any], *args: Any, **named: Any) -> str:
    return refusal_of(act, *args, **named).faults[0].rule


@pytest.fixture
def joined(open_challenge: Challenge, people: People, viewer: Callable) -> Challenge:
    for user in (people.solver, people.rival):
        join_challenge(viewer(user), "claims")
    return open_challenge


def merge_of(people: People, viewer: Callable) -> Merge:
    """Propose that the rival's team becomes part of the solver's."""
    return propose_merge(viewer(people.rival), "claims", Team.objects.get(captain=people.solver).name)


def accept(people: People, viewer: Callable, merge: Merge) -> None:
    answer_merge(viewer(people.solver), "claims", merge.pk, accept=True)


def test_an_invitation_lets_one_person_in(joined: Challenge, people: People, viewer: Callable) -> None:
    code = invite_member(viewer(people.solver), "claims")
    assert code not in str(vars(Invitation.objects.get()))
    view = read_invitation(viewer(None), code)
    assert (view.challenge, view.team, view.members) == ("claims", "Sara Solver", ("Sara Solver",))
    accept_invitation(viewer(people.mate), code)
    team = standing(viewer(people.mate), "claims").team
    assert team is not None
    assert [(m.name, m.captain) for m in team.members] == [("Sara Solver", True), ("Max Mate", False)]
    assert "Max Mate joined your team" in inbox(viewer(people.solver))[0].subject
    for act in (accept_invitation, read_invitation):
        assert refusal_of(act, viewer(people.rival), code).kind == "unknown"


def test_who_cannot_accept(joined: Challenge, people: People, viewer: Callable, submit: Callable) -> None:
    code = invite_member(viewer(people.solver), "claims")
    assert refusal_of(accept_invitation, viewer(None), code).kind == "sign_in"
    assert rule_of(accept_invitation, viewer(people.host), code) == "host_enters"
    assert rule_of(accept_invitation, viewer(people.mate, frozenset({"read"})), code) == "missing_scope"
    for wrong in ("", "wrong", "a\0b", "a\ud800"):
        assert refusal_of(accept_invitation, viewer(people.mate), wrong).kind == "unknown"
    submit(people.rival, "claims", predictions())
    assert rule_of(accept_invitation, viewer(people.rival), code) == "has_team"
    assert read_invitation(viewer(None), code).team == "Sara Solver"


def test_one_s_own_invitation_does_not_dissolve_the_team(
    joined: Challenge, people: People, viewer: Callable
) -> None:
    code = invite_member(viewer(people.solver), "claims")
    refused = refusal_of(accept_invitation, viewer(people.solver), code)
    assert (refused.kind, refused.faults[0].rule) == ("conflict", "already_joined")
    assert Team.objects.filter(captain=people.solver).exists()
    accept_invitation(viewer(people.mate), code)
    other = invite_member(viewer(people.solver), "claims")
    assert rule_of(accept_invitation, viewer(people.mate), other) == "already_joined"


def test_an_empty_team_is_given_up_for_another(joined: Challenge, people: People, viewer: Callable) -> None:
    code = invite_member(viewer(people.solver), "claims")
    accept_invitation(viewer(people.rival), code)
    assert [team.name for team in Team.objects.filter(baseline=False)] == ["Sara Solver"]
    assert Member.objects.filter(team__captain=people.solver).count() == 2


def test_an_invitation_ends(joined: Challenge, people: People, viewer: Callable, frozen: Callable) -> None:
    code = invite_member(viewer(people.solver), "claims")
    end = Invitation.objects.get().expires_at
    assert abs(end - now() - INVITATION_LASTS) < timedelta(minutes=1)
    with frozen(end):
        assert refusal_of(accept_invitation, viewer(people.mate), code).kind == "unknown"
    with frozen(end - timedelta(seconds=1)):
        accept_invitation(viewer(people.mate), code)


def test_an_invitation_to_a_withdrawn_challenge_says_nothing(
    joined: Challenge, people: People, viewer: Callable
) -> None:
    code = invite_member(viewer(people.solver), "claims")
    withdraw_challenge(viewer(people.host), "claims")
    for act in (read_invitation, accept_invitation):
        assert refusal_of(act, viewer(people.mate), code).kind == "unknown"


def test_a_team_grows_to_its_limit(
    publish: Callable[..., Challenge], people: People, viewer: Callable
) -> None:
    publish(team_size=2)
    join_challenge(viewer(people.solver), "claims")
    first, second = (invite_member(viewer(people.solver), "claims") for _ in range(2))
    accept_invitation(viewer(people.mate), first)
    assert rule_of(accept_invitation, viewer(people.rival), second) == "team_full"
    assert rule_of(invite_member, viewer(people.solver), "claims") == "team_full"
    join_challenge(viewer(people.rival), "claims")
    assert rule_of(merge_of, people, viewer) == "team_full"


def test_teams_freeze(
    publish: Callable[..., Challenge], people: People, viewer: Callable, frozen: Callable, submit: Callable
) -> None:
    freeze = now().replace(microsecond=0) + timedelta(days=3)
    publish(freeze=freeze)
    for user in (people.solver, people.rival):
        join_challenge(viewer(user), "claims")
    code = invite_member(viewer(people.solver), "claims")
    merge = merge_of(people, viewer)
    with frozen(freeze):
        assert rule_of(accept_invitation, viewer(people.mate), code) == "teams_frozen"
        assert rule_of(invite_member, viewer(people.solver), "claims") == "teams_frozen"
        assert rule_of(merge_of, people, viewer) == "teams_frozen"
        assert rule_of(accept, people, viewer, merge) == "teams_frozen"
        found = standing(viewer(people.solver), "claims").team
        assert found is not None
        assert (found.may_change, getattr(found.why_not, "rule", None)) == (False, "teams_frozen")
        submit(people.solver, "claims", predictions())
    with frozen(freeze - timedelta(seconds=1)):
        accept_invitation(viewer(people.mate), code)


def test_only_the_captain_changes_a_team(joined: Challenge, people: People, viewer: Callable) -> None:
    accept_invitation(viewer(people.mate), invite_member(viewer(people.solver), "claims"))
    mate = viewer(people.mate)
    merge = merge_of(people, viewer)
    assert rule_of(invite_member, mate, "claims") == "not_captain"
    assert rule_of(rename_team, mate, "claims", "Mine") == "not_captain"
    assert rule_of(propose_merge, mate, "claims", "Rita Rival") == "not_captain"
    assert rule_of(answer_merge, mate, "claims", merge.pk, accept=True) == "not_captain"
    assert rule_of(rename_team, viewer(people.host), "claims", "Mine") == "not_joined"
    assert refusal_of(rename_team, viewer(None), "claims", "Mine").kind == "sign_in"


def test_a_team_has_a_name_of_its_own(joined: Challenge, people: People, viewer: Callable) -> None:
    rename_team(viewer(people.solver), "claims", "  The Claimers ")
    assert Team.objects.get(captain=people.solver).name == "The Claimers"
    assert rule_of(rename_team, viewer(people.rival), "claims", "The Claimers") == "name_taken"
    for name in ("", "  "):
        assert rule_of(rename_team, viewer(people.rival), "claims", name) == "name"
    for name in ("a\0b", "a\nb", "a\ud800"):
        assert rule_of(rename_team, viewer(people.rival), "claims", name) == "control_characters"
    assert Team.objects.get(captain=people.rival).name == "Rita Rival"


def test_two_teams_become_one(
    joined: Challenge, people: People, viewer: Callable, submit: Callable, work: Callable[[], int]
) -> None:
    ours = submit(people.solver, "claims", predictions(1))
    theirs = submit(people.rival, "claims", predictions(2))
    work()
    select_entry(viewer(people.rival), theirs.pk)
    invitation = invite_member(viewer(people.rival), "claims")
    merge = merge_of(people, viewer)
    assert "Rita Rival proposes" in inbox(viewer(people.solver))[0].subject
    team = standing(viewer(people.solver), "claims").team
    assert team is not None
    assert [(m.source, m.ours_to_answer) for m in team.merges] == [("Rita Rival", True)]
    accept(people, viewer, merge)
    for user in (people.solver, people.rival):
        assert {e.id for e in entries(viewer(user), "claims")} == {ours.pk, theirs.pk}
        found = standing(viewer(user), "claims")
        assert found.allowance is not None
        assert found.allowance.left_today == 3
        assert found.team is not None
        assert found.team.merges == ()
    assert not FinalSelection.objects.exists()
    assert refusal_of(accept_invitation, viewer(people.mate), invitation).kind == "unknown"
    source = Team.objects.get(captain=people.rival)
    assert source.merged_into == Team.objects.get(captain=people.solver)
    assert "is now part of Sara Solver" in inbox(viewer(people.rival))[0].subject
    assert refusal_of(accept, people, viewer, merge).kind == "unknown"
    # Its name is free again.
    rename_team(viewer(people.solver), "claims", "Rita Rival")


def test_a_declined_merge_changes_nothing_and_can_be_proposed_again(
    joined: Challenge, people: People, viewer: Callable
) -> None:
    merge = merge_of(people, viewer)
    assert merge_of(people, viewer) == merge
    assert refusal_of(answer_merge, viewer(people.rival), "claims", merge.pk, accept=True).kind == "unknown"
    answer_merge(viewer(people.solver), "claims", merge.pk, accept=False)
    assert Member.objects.filter(team__captain=people.rival).count() == 1
    assert refusal_of(accept, people, viewer, merge).kind == "unknown"
    accept(people, viewer, merge_of(people, viewer))


def test_a_merge_needs_another_team(
    joined: Challenge, people: People, viewer: Callable, work: Callable[[], int]
) -> None:
    work()
    for name in ("Rita Rival", "Nobody", "", "a\0b", "a\ud800", "Incumbent"):
        assert rule_of(propose_merge, viewer(people.rival), "claims", name) == "no_such_team"


def test_a_team_merges_once(joined: Challenge, people: People, viewer: Callable) -> None:
    join_challenge(viewer(people.mate), "claims")
    to_solver = merge_of(people, viewer)
    to_mate = propose_merge(viewer(people.rival), "claims", "Max Mate")
    to_rival = propose_merge(viewer(people.mate), "claims", "Rita Rival")
    accept(people, viewer, to_solver)
    assert refusal_of(answer_merge, viewer(people.mate), "claims", to_mate.pk, accept=True).kind == "unknown"
    assert (
        refusal_of(answer_merge, viewer(people.solver), "claims", to_rival.pk, accept=True).kind == "unknown"
    )
    assert Team.objects.get(captain=people.rival).merged_into == Team.objects.get(captain=people.solver)
    mine = standing(viewer(people.mate), "claims").team
    assert mine is not None
    assert mine.merges == ()
    # Even a proposal that was overlooked cannot move a team twice.
    Merge.objects.filter(pk=to_mate.pk).update(state="proposed")
    assert refusal_of(answer_merge, viewer(people.mate), "claims", to_mate.pk, accept=True).kind == "unknown"


def test_together_no_more_than_one_team_could_have(
    publish: Callable[..., Challenge], people: People, viewer: Callable, submit: Callable, frozen: Callable
) -> None:
    start = now().replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=1)
    publish(per_day=2, opens=start - timedelta(hours=1))
    with frozen(start):
        for user in (people.solver, people.rival):
            for _ in range(2):
                submit(user, "claims", predictions())
        refused = refusal_of(merge_of, people, viewer)
        assert refused.kind == "conflict"
        assert refused.faults[0].params == {"entered": 4, "possible": 2}
    with frozen(start + timedelta(days=1)):
        accept(people, viewer, merge_of(people, viewer))
        found = standing(viewer(people.solver), "claims").allowance
        assert found is not None
        assert found.left_today == 2
    assert Entry.objects.filter(team__captain=people.solver).count() == 4


def test_together_no_more_than_the_total(
    publish: Callable[..., Challenge], people: People, viewer: Callable, submit: Callable, frozen: Callable
) -> None:
    publish(per_day=3, per_team=3)
    for day, user in enumerate([people.solver, people.solver, people.rival, people.rival]):
        with frozen(now() + timedelta(days=day)):
            entry = submit(user, "claims", predictions())
    with frozen(now() + timedelta(days=5)):
        assert refusal_of(merge_of, people, viewer).faults[0].params == {"entered": 4, "possible": 3}
        settle_entry(entry.pk, "refuse", [])
        accept(people, viewer, merge_of(people, viewer))
        found = standing(viewer(people.solver), "claims").allowance
        assert found is not None
        assert (found.left_total, found.left) == (0, 0)
    assert Counter(Slot.objects.filter(window="total").values_list("team__captain", flat=True)) == {
        people.solver.pk: 3
    }


def test_the_present_day_must_fit(
    publish: Callable[..., Challenge], people: People, viewer: Callable, submit: Callable, frozen: Callable
) -> None:
    start = now().replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=2)
    publish(per_day=3, opens=start - timedelta(days=2))
    with frozen(start):
        for user in (people.solver, people.rival):
            for _ in range(2):
                submit(user, "claims", predictions())
        merge = merge_of(people, viewer)
        assert rule_of(accept, people, viewer, merge) == "merge_over_day"
        assert Slot.objects.filter(team__captain=people.rival).count() == 2, "nothing moved"
        assert Merge.objects.get().state == "proposed"
    with frozen(start + timedelta(days=1)):
        accept(people, viewer, merge)
        assert standing(viewer(people.rival), "claims").allowance.left_today == 3  # type: ignore[union-attr]


def test_slots_move_with_new_numbers_and_past_overflow_is_dropped(
    publish: Callable[..., Challenge], people: People, submit: Callable, frozen: Callable
) -> None:
    challenge = publish(per_day=3)
    yesterday, today = now() - timedelta(days=1), now()
    for instant, each in [(yesterday, 2), (today, 1)]:
        with frozen(instant):
            for user in (people.solver, people.rival):
                for _ in range(each):
                    submit(user, "claims", predictions())
    source, target = Team.objects.get(captain=people.rival), Team.objects.get(captain=people.solver)
    assert move_slots(source, target, windows_of(challenge, today))
    assert not Slot.objects.filter(team=source).exists()
    kept = Slot.objects.filter(team=target).order_by("window", "number").values_list("window", "number")
    days = [yesterday.date().isoformat(), today.date().isoformat()]
    assert list(kept) == [(days[0], 1), (days[0], 2), (days[0], 3), (days[1], 1), (days[1], 2)]


def test_an_upload_during_which_the_team_merges_goes_to_the_united_team(
    joined: Challenge, people: People, viewer: Callable
) -> None:
    merge = merge_of(people, viewer)

    def slow() -> Iterator[bytes]:
        yield predictions()
        accept(people, viewer, merge)

    entry = submit_entry(viewer(people.rival), "claims", slow(), "e.csv")
    assert entry.team.captain == people.solver
    assert Slot.objects.get().team.captain == people.solver


def test_a_closed_challenge_leaves_teams_as_they_are(
    joined: Challenge, people: People, viewer: Callable
) -> None:
    code = invite_member(viewer(people.solver), "claims")
    close_challenge(viewer(people.host), "claims")
    assert rule_of(accept_invitation, viewer(people.mate), code) == "teams_frozen"
    assert rule_of(rename_team, viewer(people.solver), "claims", "X") == "teams_frozen"
