"""Questions about teams and entries; nothing here knows a score."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from laureate.base.files.queries import blob_path
from laureate.base.journal.clock import now
from laureate.base.memory import recall
from laureate.base.people.viewer import Viewer, unknown
from laureate.engine.faults import Fault
from laureate.recipe.problem.choices import ChallengeState
from laureate.recipe.problem.models import Challenge
from laureate.recipe.problem.queries import find_challenge, visible_to
from laureate.recipe.problem.rules import audiences, sees_as_host
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
class Place:
    """The viewer's place in a challenge: the name of their team, empty for none, and what they may do."""

    team: str
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
    return recall(("team", user_id, challenge.pk), lambda: _team_of(user_id, challenge))


def _team_of(user_id: int, challenge: Challenge) -> Team | None:
    member = Member.objects.select_related("team").filter(challenge=challenge, user_id=user_id).first()
    if member is None:
        return None
    member.team.challenge = challenge  # it is at hand; a second copy would only cost a join
    return member.team


def invitation_digest(code: str) -> str:
    """Return the SHA-256 under which an invitation is kept."""
    return hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()


def standing(viewer: Viewer, slug: str) -> Standing:
    """Return how the viewer stands in a challenge."""
    challenge, instant = find_challenge(viewer, slug), now()
    team = team_of(viewer.user_id, challenge)
    place = place_in(viewer, slug)
    return Standing(
        team=_team_view(viewer, team, instant) if team else None,
        allowance=allowance(viewer, slug),
        may_join=place.may_join,
        may_submit=place.may_submit,
        why_not=place.why_not,
    )


def allowance(viewer: Viewer, slug: str) -> Allowance | None:
    """Return what the viewer's team may still hand in; None for those without a team."""
    challenge = find_challenge(viewer, slug)
    team = team_of(viewer.user_id, challenge)
    if team is None:
        return None
    return recall(("allowance", team.pk), lambda: allowance_of(team, challenge, now()))


def place_in(viewer: Viewer, slug: str) -> Place:
    """Return the viewer's place in a challenge: the short form of :func:`standing`."""
    challenge, instant = find_challenge(viewer, slug), now()
    team = team_of(viewer.user_id, challenge)
    submit = may_submit_entry(viewer, challenge, team, instant)
    return Place(
        team=team.name if team else "",
        may_join=bool(
            may_join_challenge(viewer, challenge, team, hosts="host" in audiences(viewer, challenge))
        ),
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


def _seen() -> QuerySet[Entry]:
    return Entry.objects.select_related("challenge__organisation", "team", "author", "blob").prefetch_related(
        "challenge__appointments"
    )


def find_entry(viewer: Viewer, entry_id: int) -> tuple[Entry, bool, bool]:
    """Return an entry's row, whether the viewer is of its team, and whether a host of its challenge.

    Raises:
        RefusedError: kind ``sign_in`` for strangers, whom a mail's link may have led here; kind
            ``unknown`` when it does not exist or is not for them.

    """
    viewer.require_user()
    entry = recall(("entry", entry_id), lambda: _seen().filter(pk=entry_id).first())
    if entry is None:
        raise unknown()
    own = team_of(viewer.user_id, entry.challenge)
    member = own is not None and own.pk == entry.team_id
    hosts = sees_as_host(viewer, entry.challenge)
    may_see_entry(viewer, member=member, hosts=hosts).require()
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
    found = Entry.objects.select_related("team", "author", "blob").filter(challenge=challenge).order_by("-id")
    team = team_of(viewer.user_id, challenge)
    if not sees_as_host(viewer, challenge):
        found = found.filter(team=team) if team else found.none()
    if after:
        found = found.filter(pk__lt=after)
    chosen = Exists(FinalSelection.objects.filter(entry=OuterRef("pk")))
    rows = list(found.annotate(is_selected=chosen)[:limit])
    for row in rows:
        row.challenge = challenge  # it is at hand
    return [
        _entry_view(row, selected=row.is_selected, ours=team is not None and row.team_id == team.pk)
        for row in rows
    ]


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
        .exclude(challenge__state=ChallengeState.WITHDRAWN)
        .select_related("challenge", "team")
        .annotate(closes=Max("challenge__phases__closes_at"), handed_in=Count("team__entries", distinct=True))
        .order_by("-id")
    )
    return [
        ParticipationRow(
            m.challenge.slug, m.challenge.title, m.challenge.state, m.team.name, m.closes, m.handed_in
        )
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
    challenge = find_challenge(viewer, slug)
    return _counted(Challenge.objects.filter(pk=challenge.pk))[challenge.slug]


def turnouts(viewer: Viewer, slugs: Sequence[str]) -> dict[str, Turnout]:
    """Return the turnout of several challenges by slug; those unknown to the viewer are left out."""
    return _counted(visible_to(viewer).filter(slug__in=slugs))


def _counted(challenges: QuerySet[Challenge]) -> dict[str, Turnout]:
    """Return the turnout of each challenge by slug, asked for in one go."""
    entered = Entry.objects.filter(team__baseline=False)
    counts = challenges.order_by("id").values_list(
        "slug",
        _count(Team.objects.filter(baseline=False, merged_into=None)),
        _count(Member.objects.all()),
        _count(entered.exclude(state__in=[EntryState.CANCELLED, EntryState.FAILED])),
    )
    return {slug: Turnout(teams, solvers, entries) for slug, teams, solvers, entries in counts}


def _count(rows: QuerySet[Any]) -> Coalesce:
    """Return how many rows belong to the challenge of the outer query."""
    mine = rows.filter(challenge=OuterRef("pk")).order_by().values("challenge")
    return Coalesce(Subquery(mine.annotate(n=Count("id")).values("n")), 0)


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
