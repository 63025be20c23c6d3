"""Who may join, enter, merge and choose, and why not."""

from __future__ import annotations

from datetime import datetime

from laureate.base.people.rules import may_use
from laureate.base.people.viewer import SIGN_IN, UNKNOWN, YES, Verdict, Viewer, no
from laureate.engine.faults import Fault, mark
from laureate.recipe.problem.choices import ChallengeState
from laureate.recipe.problem.models import Challenge, Phase
from laureate.recipe.problem.rules import audiences, may_move_challenge, may_see_challenge
from laureate.recipe.submissions.choices import EntryState
from laureate.recipe.submissions.models import Entry, Team

NOT_RUNNING = Fault(
    "not_running",
    mark("This challenge does not receive entries now."),
    mark("Look at its phases for the next opening."),
)
NOT_JOINED = Fault(
    "not_joined",
    mark("You have not joined this challenge."),
    mark("Join it on its page, then hand in your entry."),
)
ALREADY_JOINED = Fault(
    "already_joined", mark("You already take part in this challenge."), mark("Go to your team's page.")
)
TEAMS_FROZEN = Fault(
    "teams_frozen",
    mark("Teams can no longer change in this challenge."),
    mark("Go on with the team you have."),
)
TEAM_FULL = Fault(
    "team_full",
    mark("The team would have %(size)d members; the limit is %(limit)d."),
    mark("Form a smaller team."),
)
NOT_CAPTAIN = Fault(
    "not_captain", mark("Only the captain of the team can do this."), mark("Ask your captain.")
)
NOT_WAITING = Fault(
    "not_waiting",
    mark("The entry is %(state)s and can no longer be cancelled."),
    mark("Hand in another entry."),
)
NOT_SCORED = Fault(
    "not_scored", mark("Only a scored entry can be a final selection."), mark("Choose a scored entry.")
)
ENTRIES_WAIT = Fault(
    "entries_wait",
    mark("Some entries still wait for their score."),
    mark("Try again when all are scored; the page of entries shows which wait."),
)
HOSTS_DO_NOT_ENTER = Fault(
    "host_enters",
    mark("Hosts of a challenge see its solution and cannot take part."),
    mark("Add your own model as a baseline instead."),
)


def running_phase(challenge: Challenge, instant: datetime) -> Phase | None:
    """Return the running phase that closes first, or None."""
    running = [p for p in challenge.phases.all() if p.opens_at <= instant < p.closes_at]
    return min(running, key=lambda phase: phase.closes_at, default=None)


def may_join_challenge(viewer: Viewer, challenge: Challenge, team: Team | None, *, hosts: bool) -> Verdict:
    """Return whether the viewer may start to take part."""
    visible = may_see_challenge(viewer, challenge)
    if not visible:
        return visible
    if not viewer.signed_in:
        return no("sign_in", SIGN_IN)
    if hosts:
        return no("forbidden", HOSTS_DO_NOT_ENTER)
    if team is not None:
        return no("conflict", ALREADY_JOINED)
    if challenge.state != ChallengeState.OPEN:
        return no("conflict", NOT_RUNNING)
    return may_use(viewer, "submit")


def may_submit_entry(viewer: Viewer, challenge: Challenge, team: Team | None, instant: datetime) -> Verdict:
    """Return whether the viewer may hand in an entry now, quota aside."""
    visible = may_see_challenge(viewer, challenge)
    if not visible:
        return visible
    if not viewer.signed_in:
        return no("sign_in", SIGN_IN)
    if "host" in audiences(viewer, challenge):
        return no("forbidden", HOSTS_DO_NOT_ENTER)  # also those who became hosts after they had joined
    if team is None:
        return no("forbidden", NOT_JOINED)
    if challenge.state != ChallengeState.OPEN or running_phase(challenge, instant) is None:
        return no("conflict", NOT_RUNNING)
    return may_use(viewer, "submit")


def may_finalise_challenge(viewer: Viewer, challenge: Challenge) -> Verdict:
    """Return whether the viewer may declare the ranking final: not while an entry waits for its score."""
    verdict = may_move_challenge(viewer, challenge, "finalise")
    if verdict and Entry.objects.filter(challenge=challenge, state=EntryState.RECEIVED).exists():
        return no("conflict", ENTRIES_WAIT)
    return verdict


def may_see_entry(viewer: Viewer, *, member: bool, hosts: bool) -> Verdict:
    """Return whether the viewer may see an entry: its team and the hosts of its challenge."""
    return YES if viewer.signed_in and (member or hosts) else no("unknown", UNKNOWN)


def may_cancel_entry(viewer: Viewer, entry: Entry, *, member: bool) -> Verdict:
    """Return whether the viewer may take back an entry that still waits."""
    if not (viewer.signed_in and member):
        return no("unknown", UNKNOWN)
    if entry.state != EntryState.RECEIVED:
        return no(
            "conflict", Fault(NOT_WAITING.rule, NOT_WAITING.message, NOT_WAITING.fix, {"state": entry.state})
        )
    if entry.challenge.state != ChallengeState.OPEN:
        return no("conflict", NOT_RUNNING)
    return may_use(viewer, "submit")


def may_select_entry(viewer: Viewer, entry: Entry, *, member: bool) -> Verdict:
    """Return whether the viewer may choose the entry as a final selection."""
    if not (viewer.signed_in and member):
        return no("unknown", UNKNOWN)
    if entry.challenge.state != ChallengeState.OPEN:
        return no("conflict", NOT_RUNNING)
    if entry.state != EntryState.SCORED:
        return no("conflict", NOT_SCORED)
    return may_use(viewer, "submit")


def may_change_team(viewer: Viewer, team: Team, instant: datetime) -> Verdict:
    """Return whether the viewer, as captain, may invite, rename or merge now."""
    if not viewer.signed_in or team.captain_id != viewer.user_id:
        return no("forbidden", NOT_CAPTAIN)
    return may_grow(team.challenge, instant) and may_use(viewer, "submit")


def may_grow(challenge: Challenge, instant: datetime) -> Verdict:
    """Return whether teams may still change."""
    freeze = challenge.teams_freeze_at
    if challenge.state != ChallengeState.OPEN or (freeze is not None and instant >= freeze):
        return no("conflict", TEAMS_FROZEN)
    return YES


def fits_team(challenge: Challenge, size: int) -> Verdict:
    """Return whether a team of ``size`` members is within the limit."""
    limit = challenge.team_size
    if size <= limit:
        return YES
    return no(
        "conflict", Fault(TEAM_FULL.rule, TEAM_FULL.message, TEAM_FULL.fix, {"size": size, "limit": limit})
    )
