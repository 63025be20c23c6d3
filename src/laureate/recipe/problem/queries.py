"""Questions about challenges: each says who is looking."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Min, Q, QuerySet

from laureate.base.files.queries import blob_path
from laureate.base.journal.clock import now
from laureate.base.memory import recall
from laureate.base.people.texts import keepable
from laureate.base.people.viewer import Viewer, unknown
from laureate.engine.tables import Solution
from laureate.recipe.problem.choices import PUBLIC_STATES, ChallengeState, FileKind
from laureate.recipe.problem.models import Challenge, ChallengeFile, Phase
from laureate.recipe.problem.rules import (
    FIELDS,
    audiences,
    may_download_file,
    may_run_challenge,
    may_see_challenge,
)


@dataclass(frozen=True, slots=True)
class PhaseView:
    """A phase and how it stands at the moment of asking."""

    key: str
    title: str
    opens_at: datetime
    closes_at: datetime
    standing: str
    """``coming``, ``running`` or ``over``."""


@dataclass(frozen=True, slots=True)
class FileView:
    """A file of a challenge as listed on its page."""

    id: int
    kind: str
    path: str
    title: str
    description: str
    size: int
    sha256: str

    @property
    def name(self) -> str:
        """Return the file's name without its folder."""
        return self.path.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class LimitsView:
    """How much a team may hand in."""

    entries_per_day: int
    entries_per_team: int | None
    final_selections: int
    team_size: int
    teams_freeze_at: datetime | None


@dataclass(frozen=True, slots=True)
class ChallengeView:
    """A challenge as one viewer may see it: what they may not see is None."""

    id: int
    now: datetime
    audiences: frozenset[str]
    slug: str
    title: str
    language: str
    summary: str
    brief: str
    field: str
    sponsor: str
    organisation: str
    time_zone: str
    state: str
    metric: str
    options: dict[str, Any]
    id_column: str
    targets: tuple[str, ...]
    limits: LimitsView
    phases: tuple[PhaseView, ...]
    data: tuple[FileView, ...]
    sample: FileView | None
    published_at: datetime | None
    closed_at: datetime | None
    solution: FileView | None
    baselines: tuple[FileView, ...] | None

    @property
    def runs(self) -> bool:
        """Return whether the viewer is a host of this challenge."""
        return "host" in self.audiences

    @property
    def opens_at(self) -> datetime | None:
        """Return when the first phase opens."""
        return min((phase.opens_at for phase in self.phases), default=None)

    @property
    def closes_at(self) -> datetime | None:
        """Return when the last phase closes."""
        return max((phase.closes_at for phase in self.phases), default=None)

    @property
    def running(self) -> bool:
        """Return whether entries are received at this moment."""
        return self.state == ChallengeState.OPEN and any(phase.standing == "running" for phase in self.phases)

    @property
    def revealed(self) -> bool:
        """Return whether the private leaderboard is open."""
        return self.state in (ChallengeState.CLOSED, ChallengeState.FINAL)


def _whole(challenges: QuerySet[Challenge]) -> QuerySet[Challenge]:
    # Not the files: each entry is received with this query, and only pages of the challenge show them.
    return challenges.select_related("organisation").prefetch_related("appointments", "phases")


def visible_to(viewer: Viewer) -> QuerySet[Challenge]:
    """Return the challenges whose existence the viewer may know, before any field is shown."""
    if viewer.operator:
        return Challenge.objects.all()
    mine = Q(organisation_id__in=viewer.reading)
    if viewer.user_id is not None:
        mine |= Q(pk__in=Challenge.objects.filter(appointments__user_id=viewer.user_id).values("pk"))
    return Challenge.objects.filter(Q(state__in=PUBLIC_STATES) | mine)


def find_challenge(viewer: Viewer, slug: str) -> Challenge:
    """Return the row of a challenge, for this step's and later steps' actions.

    Raises:
        RefusedError: kind ``unknown`` when it does not exist or may not be known.

    """
    challenge = recall(("challenge", slug), lambda: _found(slug))
    if challenge is None or not may_see_challenge(viewer, challenge):
        raise unknown()
    return challenge


def _found(slug: str) -> Challenge | None:
    return _whole(Challenge.objects.filter(slug=slug)).first() if keepable(slug) else None


def challenge_page(viewer: Viewer, slug: str) -> ChallengeView:
    """Return everything about a challenge that the viewer may see."""
    return view_of(viewer, find_challenge(viewer, slug), now())


def phase_views(phases: Iterable[Phase], instant: datetime) -> tuple[PhaseView, ...]:
    """Return phases with how they stand at ``instant``."""
    return tuple(
        PhaseView(phase.key, phase.title, phase.opens_at, phase.closes_at, standing_of(phase, instant))
        for phase in phases
    )


def standing_of(phase: Phase, instant: datetime) -> str:
    """Return ``coming``, ``running`` or ``over``; the window is half-open."""
    if instant < phase.opens_at:
        return "coming"
    return "running" if instant < phase.closes_at else "over"


def view_of(viewer: Viewer, challenge: Challenge, instant: datetime) -> ChallengeView:
    """Return the view of a loaded challenge."""
    present = audiences(viewer, challenge)
    if not viewer.holds("host"):
        present -= {"host"}
    files = [
        FileView(f.pk, f.kind, f.path, f.title, f.description, f.blob.size, f.blob_id)
        for f in challenge.files.select_related("blob")
    ]
    of_kind = {kind: tuple(f for f in files if f.kind == kind) for kind in FileKind.values}
    values: dict[str, Any] = {
        name: getattr(challenge, name)
        for name in (
            "slug", "title", "language", "summary", "brief", "field", "sponsor", "time_zone", "state",
            "metric", "options", "id_column", "published_at", "closed_at",
        )
    }  # fmt: skip
    values |= {
        "organisation": challenge.organisation.name,
        "targets": tuple(challenge.targets),
        "limits": LimitsView(
            challenge.entries_per_day,
            challenge.entries_per_team,
            challenge.final_selections,
            challenge.team_size,
            challenge.teams_freeze_at,
        ),
        "phases": phase_views(challenge.phases.all(), instant),
        "data": of_kind[FileKind.DATA],
        "sample": next(iter(of_kind[FileKind.SAMPLE]), None),
        "solution": next(iter(of_kind[FileKind.SOLUTION]), None),
        "baselines": of_kind[FileKind.BASELINE],
    }
    return ChallengeView(id=challenge.pk, now=instant, audiences=present, **FIELDS.shown(values, present))


@dataclass(frozen=True, slots=True)
class ChallengeRow:
    """A challenge in a list."""

    id: int
    slug: str
    title: str
    summary: str
    field: str
    sponsor: str
    state: str
    language: str
    opens_at: datetime | None
    closes_at: datetime | None


def challenges(
    viewer: Viewer,  # noqa: ARG001 – every question says who is looking; this list is the same for all
    *,
    words: str = "",
    field: str = "",
    state: str = "",
    after: int = 0,
    limit: int = 50,
) -> list[ChallengeRow]:
    """Return the public challenges, newest first; ``after`` is the last id already seen."""
    if not keepable(words + field + state):
        return []
    found = Challenge.objects.filter(state__in=PUBLIC_STATES)
    for word in words.split()[:8]:
        found = found.filter(
            Q(title__icontains=word) | Q(summary__icontains=word) | Q(sponsor__icontains=word)
        )
    if field:
        found = found.filter(field=field)
    if state:
        found = found.filter(state=state)
    if after:
        found = found.filter(pk__lt=after)
    return _rows(found.order_by("-id")[:limit])


def hosted_challenges(viewer: Viewer) -> list[ChallengeRow]:
    """Return the challenges that the viewer runs or may read as staff, newest first."""
    user_id = viewer.require_user()
    found = Challenge.objects.all()
    if not viewer.operator:
        appointed = Challenge.objects.filter(appointments__user_id=user_id).values("pk")
        found = found.filter(Q(organisation_id__in=viewer.reading) | Q(pk__in=appointed))
    return _rows(found.order_by("-id")[:200])


def _rows(found: QuerySet[Challenge]) -> list[ChallengeRow]:
    spans = found.annotate(opens=Min("phases__opens_at"), closes=Max("phases__closes_at"))
    return [
        ChallengeRow(
            c.pk, c.slug, c.title, c.summary, c.field, c.sponsor, c.state, c.language, c.opens, c.closes
        )
        for c in spans
    ]


def find_file(viewer: Viewer, slug: str, file_id: int) -> FileView:
    """Return a file that the viewer may download.

    Raises:
        RefusedError: when it does not exist or is not for them.

    """
    challenge = find_challenge(viewer, slug)
    for file in challenge.files.select_related("blob"):
        if file.pk == file_id:
            may_download_file(viewer, challenge, file).require()
            return FileView(
                file.pk, file.kind, file.path, file.title, file.description, file.blob.size, file.blob_id
            )
    raise unknown()


def run_by(viewer: Viewer, slug: str) -> ChallengeView:
    """Return the view of a challenge that the viewer runs.

    Raises:
        RefusedError: when it is unknown to them or they are not its host.

    """
    challenge = find_challenge(viewer, slug)
    may_run_challenge(viewer, challenge).require()
    return view_of(viewer, challenge, now())


def solution_of(challenge: Challenge) -> tuple[str, Solution]:
    """Return digest and compiled solution of a challenge, for the machines that score."""
    file = ChallengeFile.objects.get(challenge=challenge, kind=FileKind.SOLUTION)
    return file.blob_id, _compiled(
        file.blob_id,
        challenge.metric,
        tuple(sorted(challenge.options.items())),
        challenge.id_column,
        tuple(challenge.targets),
    )


_KEPT: dict[tuple[Any, ...], Solution] = {}
MOST_KEPT = 8


def _compiled(
    sha256: str, metric: str, options: tuple[tuple[str, Any], ...], id_column: str, targets: tuple[str, ...]
) -> Solution:
    # A warm worker scores many entries against one solution: compile it once per process.
    from laureate.engine.tables import compile_solution

    key = (sha256, metric, options, id_column, targets)
    if key not in _KEPT:
        if len(_KEPT) >= MOST_KEPT:
            _KEPT.pop(next(iter(_KEPT)))
        _KEPT[key] = compile_solution(
            blob_path(sha256),
            metric=metric,
            options=dict(options),
            id_column=id_column,
            targets=list(targets),
        )
    return _KEPT[key]
