"""Questions about teams and entries; nothing here knows a score."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db.models import Count, Max, QuerySet

from laureate.base.files.queries import blob_path
from laureate.base.journal.clock import now
from laureate.base.people.viewer import Viewer, unknown
from laureate.engine.faults import Fault
from laureate.recipe.problem.models import Challenge
from laureate.recipe.problem.queries import find_challenge
from laureate.recipe.problem.rules import audiences
from laureate.recipe.submissions.choices import EntryState, MergeState
from laureate.recipe.submissions.models import Entry, FinalSelection, Member, Merge, Team
from laureate.recipe.submissions.quota import Allowance, allowance_of
from laureate.recipe.submissions.rules import (
    may_change_team,
    may_join_challenge,
    may_see_entry,
    may_submit_entry,
)


@dataclass(frozen=True, slots=True)
class MemberView:
    """A member of a team."""

    name: str
    captain: bool


@dataclass(frozen=True, slots=True)
class MergeView:
    """An open proposal to merge."""

    id: int
    source: str
    target: str
    ours_to_answer: bool


@dataclass(frozen=True, slots=True)
class TeamView:
    """A team as its own members see it."""

    id: int
    name: str
    challenge: str
    members: tuple[MemberView, ...]
    captain: bool
    """Whether the viewer is the captain."""
    may_change: bool
    why_not: Fault | None
    merges: tuple[MergeView, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """How the viewer stands in a challenge: team, what is left, whether an entry may be handed in."""

    team: TeamView | None
    allowance: Allowance | None
    may_join: bool
    may_submit: bool
    why_not: Fault | None


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry with its receipt, as its team or a host sees it."""

    id: int
    challenge: str
    challenge_title: str
    team_id: int
    team: str
    author: str
    file_name: str
    size: int
    sha256: str
    note: str
    received_at: datetime
    judged_at: datetime | None
    state: str
    faults: tuple[Fault, ...]
    selected: bool
    ours: bool
    """Whether the viewer is a member of its team."""


def team_of(user_id: int | None, challenge: Challenge) -> Team | None:
    """Return the team in which this person takes part, or None."""
    if user_id is None:
        return None
    member = Member.objects.select_related("team__challenge").filter(challenge=challenge, user_id=user_id).first()
    return member.team if member else None


def invitation_digest(code: str) -> str:
    """Return the SHA-256 under which an invitation is kept."""
    return hashlib.sha256(code.encode()).hexdigest()


def standing(viewer: Viewer, slug: str) -> Standing:
    """Return how the viewer stands in a challenge."""
    challenge, instant = find_challenge(viewer, slug), now()
    team = team_of(viewer.user_id, challenge)
    submit = may_submit_entry(viewer, challenge, team, instant)
    return Standing(
        team=_team_view(viewer, team, instant) if team else None,
        allowance=allowance_of(team, challenge, instant) if team else None,
        may_join=bool(may_join_challenge(viewer, challenge, team, hosts="host" in audiences(viewer, challenge))),
        may_submit=bool(submit),
        why_not=submit.reason,
    )


def _team_view(viewer: Viewer, team: Team, instant: datetime) -> TeamView:
    change = may_change_team(viewer, team, instant)
    members = Member.objects.filter(team=team).select_related("user").order_by("id")
    merges = Merge.objects.filter(state=MergeState.PROPOSED).select_related("source", "target").order_by("id")
    return TeamView(
        id=team.pk,
        name=team.name,
        challenge=team.challenge.slug,
        members=tuple(MemberView(m.user.name, m.user_id == team.captain_id) for m in members),
        captain=team.captain_id == viewer.user_id,
        may_change=bool(change),
        why_not=change.reason,
        merges=tuple(
            MergeView(m.pk, m.source.name, m.target.name, m.target_id == team.pk)
            for m in merges.filter(target=team) | merges.filter(source=team)
        ),
    )


@dataclass(frozen=True, slots=True)
class InvitationView:
    """What an invitation link leads to."""

    challenge: str
    challenge_title: str
    team: str
    members: tuple[str, ...]


def _seen(viewer: Viewer) -> QuerySet[Entry]:
    return Entry.objects.select_related("challenge__organisation", "team", "author", "blob").prefetch_related(
        "challenge__appointments"
    )


def find_entry(viewer: Viewer, entry_id: int) -> tuple[Entry, bool, bool]:
    """Return an entry's row, whether the viewer is of its team, and whether a host of its challenge.

    Raises:
        RefusedError: kind ``unknown`` when it does not exist or is not for them.

    """
    entry = _seen(viewer).filter(pk=entry_id).first()
    if entry is None:
        raise unknown()
    member = viewer.signed_in and Member.objects.filter(team_id=entry.team_id, user_id=viewer.user_id).exists()
    hosts = "host" in audiences(viewer, entry.challenge)
    may_see_entry(viewer, entry, member=member, hosts=hosts).require()
    return entry, member, hosts


def entry_page(viewer: Viewer, entry_id: int) -> EntryView:
    """Return an entry as its team or a host may see it."""
    entry, member, _ = find_entry(viewer, entry_id)
    selected = FinalSelection.objects.filter(entry=entry).exists()
    return _entry_view(entry, selected=selected, ours=member)


def _entry_view(entry: Entry, *, selected: bool, ours: bool) -> EntryView:
    return EntryView(
        id=entry.pk,
        challenge=entry.challenge.slug,
        challenge_title=entry.challenge.title,
        team_id=entry.team_id,
        team=entry.team.name,
        author=entry.author.name if entry.author else "",
        file_name=entry.file_name,
        size=entry.blob.size,
        sha256=entry.blob_id,
        note=entry.note,
        received_at=entry.received_at,
        judged_at=entry.judged_at,
        state=entry.state,
        faults=tuple(Fault.from_plain(plain) for plain in entry.faults),
        selected=selected,
        ours=ours,
    )


def entries(viewer: Viewer, slug: str, *, after: int = 0, limit: int = 100) -> list[EntryView]:
    """Return the entries of the viewer's team in a challenge (all teams' for its hosts), newest first."""
    challenge = find_challenge(viewer, slug)
    viewer.require_user()
    found = _seen(viewer).filter(challenge=challenge).order_by("-id")
    team = team_of(viewer.user_id, challenge)
    if "host" not in audiences(viewer, challenge):
        found = found.filter(team=team) if team else found.none()
    if after:
        found = found.filter(pk__lt=after)
    rows = list(found[:limit])
    selected = set(FinalSelection.objects.filter(entry__in=rows).values_list("entry_id", flat=True))
    return [_entry_view(e, selected=e.pk in selected, ours=team is not None and e.team_id == team.pk) for e in rows]


@dataclass(frozen=True, slots=True)
class ParticipationRow:
    """A challenge in which the viewer takes part."""

    slug: str
    title: str
    state: str
    team: str
    closes_at: datetime | None
    entries: int


def participations(viewer: Viewer) -> list[ParticipationRow]:
    """Return the challenges in which the viewer takes part, latest joined first."""
    members = (
        Member.objects.filter(user_id=viewer.require_user())
        .select_related("challenge", "team")
        .annotate(closes=Max("challenge__phases__closes_at"), handed_in=Count("team__entries", distinct=True))
        .order_by("-id")
    )
    return [
        ParticipationRow(m.challenge.slug, m.challenge.title, m.challenge.state, m.team.name, m.closes, m.handed_in)
        for m in members
    ]


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many take part in a challenge: counts only."""

    teams: int
    solvers: int
    entries: int


def turnout(viewer: Viewer, slug: str) -> Turnout:
    """Return how many teams, solvers and entries a challenge has; baselines do not count."""
    return turnout_of(find_challenge(viewer, slug))


def turnout_of(challenge: Challenge) -> Turnout:
    """Return the turnout of a challenge already found."""
    entered = Entry.objects.filter(challenge=challenge, team__baseline=False)
    return Turnout(
        teams=Team.objects.filter(challenge=challenge, baseline=False, merged_into=None).count(),
        solvers=Member.objects.filter(challenge=challenge).count(),
        entries=entered.exclude(state__in=[EntryState.CANCELLED, EntryState.FAILED]).count(),
    )


def entry_file(viewer: Viewer, entry_id: int) -> tuple[EntryView, Path]:
    """Return an entry and where its bytes are, for those who may see it."""
    view = entry_page(viewer, entry_id)
    return view, blob_path(view.sha256)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An entry that waits for the machines."""

    entry_id: int
    challenge: Challenge
    path: Path
    file_name: str


def waiting_entry(entry_id: int) -> Waiting | None:
    """Return what the machines need to judge an entry, or None when it no longer waits."""
    entry = Entry.objects.select_related("challenge").filter(pk=entry_id, state=EntryState.RECEIVED).first()
    return Waiting(entry.pk, entry.challenge, blob_path(entry.blob_id), entry.file_name) if entry else None
