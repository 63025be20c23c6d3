"""Verbs of teams: rename, invite, join by invitation, propose and answer a merge."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from laureate.base.journal.actions import record
from laureate.base.journal.clock import now
from laureate.base.people.rules import may_use
from laureate.base.people.texts import keepable, line_faults, require_texts
from laureate.base.people.viewer import SIGN_IN, RefusedError, Viewer, unknown
from laureate.base.post.actions import tell
from laureate.engine.faults import Fault, mark
from laureate.recipe.problem.models import Challenge
from laureate.recipe.problem.queries import find_challenge
from laureate.recipe.problem.rules import audiences
from laureate.recipe.submissions.actions import lock_teams
from laureate.recipe.submissions.choices import COUNTED_STATES, MergeState
from laureate.recipe.submissions.models import Entry, FinalSelection, Invitation, Member, Merge, Team
from laureate.recipe.submissions.queries import InvitationView, invitation_digest, team_of
from laureate.recipe.submissions.quota import move_slots, windows_of
from laureate.recipe.submissions.rules import (
    ALREADY_JOINED,
    HOSTS_DO_NOT_ENTER,
    NOT_JOINED,
    fits_team,
    may_change_team,
    may_grow,
)

INVITATION_LASTS = timedelta(days=14)


def _own_team(viewer: Viewer, slug: str) -> Team:
    team = team_of(viewer.require_user(), find_challenge(viewer, slug))
    if team is None:
        raise RefusedError("forbidden", NOT_JOINED)
    may_change_team(viewer, team, now()).require()
    return team


def rename_team(viewer: Viewer, slug: str, name: str) -> None:
    """Give the viewer's team another name; its captain may."""
    team, wanted = _own_team(viewer, slug), name.strip()[:60]
    require_texts(line_faults("name", wanted))
    if not wanted:
        fault = Fault(
            "name", mark("The name is missing or too long."), mark("Write 1 to 60 characters."), column="name"
        )
        raise RefusedError("invalid", fault)
    try:
        with transaction.atomic():
            Team.objects.filter(pk=team.pk).update(name=wanted)
            record("submissions.team_renamed", actor=viewer.user_id, about=team)
    except IntegrityError:
        fault = Fault(
            "name_taken", mark("Another team has this name."), mark("Choose another one."), column="name"
        )
        raise RefusedError("conflict", fault) from None


def invite_member(viewer: Viewer, slug: str) -> str:
    """Make an invitation for one person and return its code, which is shown this once."""
    team = _own_team(viewer, slug)
    fits_team(team.challenge, Member.objects.filter(team=team).count() + 1).require()
    code = secrets.token_urlsafe(24)
    with transaction.atomic():
        invitation = Invitation.objects.create(
            team=team, digest=invitation_digest(code), expires_at=now() + INVITATION_LASTS
        )
        record("submissions.member_invited", actor=viewer.user_id, about=invitation)
    return code


def _open_invitation(code: str, instant: datetime) -> Invitation:
    invitation = (
        Invitation.objects.select_related("team__challenge")
        .filter(digest=invitation_digest(code), used_by=None, expires_at__gt=instant, team__merged_into=None)
        .first()
    )
    if invitation is None:
        raise unknown()
    return invitation


def read_invitation(viewer: Viewer, code: str) -> InvitationView:
    """Return what an invitation leads to, for whoever holds its link."""
    team = _open_invitation(code, now()).team
    find_challenge(viewer, team.challenge.slug)  # unknown once the challenge is withdrawn
    members = Member.objects.filter(team=team).select_related("user").order_by("id")
    return InvitationView(
        team.challenge.slug, team.challenge.title, team.name, tuple(member.user.name for member in members)
    )


def accept_invitation(viewer: Viewer, code: str) -> Team:
    """Join the team of an invitation; somebody without a team only, for entries cannot be split."""
    if not viewer.signed_in:
        raise RefusedError("sign_in", SIGN_IN)
    may_use(viewer, "submit").require()
    try:
        with transaction.atomic():
            return _enter_team(viewer, code, now())
    except IntegrityError:
        # The same person did something else at the same moment: joined, or handed in an entry.
        raise RefusedError("conflict", ALREADY_JOINED) from None


def _enter_team(viewer: Viewer, code: str, instant: datetime) -> Team:
    wanted = _open_invitation(code, instant).team
    challenge = find_challenge(viewer, wanted.challenge.slug)
    own = team_of(viewer.user_id, challenge)
    team = lock_teams(wanted.pk, *([own.pk] if own else [])).get(wanted.pk)
    if team is None:
        raise unknown()
    invitation = _open_invitation(code, instant)  # still open, now that nobody else can use it
    may_grow(challenge, instant).require()
    if "host" in audiences(viewer, challenge):
        raise RefusedError("forbidden", HOSTS_DO_NOT_ENTER)
    fits_team(challenge, Member.objects.filter(team=team).count() + 1).require()
    _leave_empty_team(viewer, challenge, team)
    Member.objects.create(team=team, challenge=challenge, user_id=viewer.require_user(), joined_at=instant)
    invitation.used_by_id = viewer.user_id
    invitation.save(update_fields=["used_by"])
    record("submissions.member_joined", actor=viewer.user_id, about=team)
    if team.captain_id is not None:
        tell(
            team.captain_id,
            "member_joined",
            {"member": viewer.name, "challenge": challenge.title},
            path=f"/challenges/{challenge.slug}/team",
            dedupe_key=f"joined:{team.pk}:{viewer.user_id}",
        )
    return team


def _leave_empty_team(viewer: Viewer, challenge: Challenge, wanted: Team) -> None:
    """Give up a team of one without entries; refuse when there is more to lose, or nothing to win."""
    team = team_of(viewer.user_id, challenge)
    if team is None:
        return
    if team.pk == wanted.pk:
        raise RefusedError("conflict", ALREADY_JOINED)
    if Member.objects.filter(team=team).count() > 1 or Entry.objects.filter(team=team).exists():
        fault = Fault(
            "has_team",
            mark("You already take part with entries or team-mates."),
            mark("Let the captains merge the two teams instead."),
        )
        raise RefusedError("conflict", fault)
    team.delete()


def propose_merge(viewer: Viewer, slug: str, target_name: str) -> Merge:
    """Propose that the viewer's team becomes part of the team called ``target_name``."""
    source = _own_team(viewer, slug)
    target = (
        Team.objects.filter(challenge=source.challenge, baseline=False, merged_into=None)
        .filter(name=target_name.strip() if keepable(target_name) else "")
        .exclude(pk=source.pk)
        .first()
    )
    if target is None or target.captain_id is None:
        fault = Fault(
            "no_such_team",
            mark("There is no other team called '%(team)s' in this challenge."),
            mark("Copy the name from the leaderboard."),
            {"team": target_name},
            column="team",
        )
        raise RefusedError("invalid", fault)
    _may_be_one(source, target, now())
    with transaction.atomic():
        merge, new = Merge.objects.get_or_create(source=source, target=target, state=MergeState.PROPOSED)
        if new:
            record("submissions.merge_proposed", actor=viewer.user_id, about=merge)
            tell(
                target.captain_id,
                "merge_proposed",
                {"team": source.name, "challenge": source.challenge.title},
                path=f"/challenges/{slug}/team",
                dedupe_key=f"merge:{merge.pk}",
            )
    return merge


def _may_be_one(source: Team, target: Team, instant: datetime) -> None:
    """Refuse a merge that breaks the limits of size or of quota.

    Quota arithmetic: together they may have handed in at most what one team could have by now.
    """
    challenge = target.challenge
    may_grow(challenge, instant).require()
    fits_team(challenge, Member.objects.filter(team__in=[source, target]).count()).require()
    entered = Entry.objects.filter(team__in=[source, target], state__in=COUNTED_STATES).count()
    opened = min((phase.opens_at for phase in challenge.phases.all()), default=instant)
    possible = challenge.entries_per_day * max(1, (instant.date() - opened.date()).days + 1)
    if challenge.entries_per_team is not None:
        possible = min(possible, challenge.entries_per_team)
    if entered > possible:
        fault = Fault(
            "merge_over_quota",
            mark("Together you have %(entered)d entries; one team could have %(possible)d by now."),
            mark("Wait until the quota has grown, or go on apart."),
            {"entered": entered, "possible": possible},
        )
        raise RefusedError("conflict", fault)


def answer_merge(viewer: Viewer, slug: str, merge_id: int, *, accept: bool) -> None:
    """Accept or decline a proposal, as captain of the team that would grow."""
    target = _own_team(viewer, slug)
    with transaction.atomic():
        proposed = Merge.objects.filter(pk=merge_id, target=target, state=MergeState.PROPOSED)
        teams = lock_teams(target.pk, *proposed.values_list("source_id", flat=True))
        merge = proposed.select_for_update().first()
        if merge is None or any(team.merged_into_id is not None for team in teams.values()):
            raise unknown()
        merge.state = MergeState.ACCEPTED if accept else MergeState.DECLINED
        merge.save(update_fields=["state"])
        if accept:
            _unite(teams[merge.source_id], target)
        record(f"submissions.merge_{merge.state}", actor=viewer.user_id, about=merge)


def _unite(source: Team, target: Team) -> None:
    instant, challenge = now(), target.challenge
    list(Entry.objects.select_for_update().filter(team=source).order_by("id"))
    _may_be_one(source, target, instant)
    if not move_slots(source, target, windows_of(challenge, instant)):
        fault = Fault(
            "merge_over_day",
            mark("Together you have handed in more today than one team may."),
            mark("Accept the merge tomorrow (the quota is counted by UTC days)."),
        )
        raise RefusedError("conflict", fault)
    joining = list(Member.objects.filter(team=source).values_list("user_id", flat=True))
    Member.objects.filter(team=source).update(team=target)
    Entry.objects.filter(team=source).update(team=target)
    FinalSelection.objects.filter(team=source).delete()  # the united team chooses anew
    Invitation.objects.filter(team=source).delete()
    for role in ("source", "target"):
        Merge.objects.filter(**{role: source}, state=MergeState.PROPOSED).update(state=MergeState.DECLINED)
    source.merged_into = target
    source.save(update_fields=["merged_into"])
    for user_id in joining:
        tell(
            user_id,
            "teams_merged",
            {"team": target.name, "challenge": challenge.title},
            path=f"/challenges/{challenge.slug}/team",
            dedupe_key=f"united:{source.pk}",
        )
