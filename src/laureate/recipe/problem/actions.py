"""Verbs of a problem: draft, revise, attach, publish, close, finalise, withdraw."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction

from laureate.base.files.actions import store_path, store_stream
from laureate.base.files.models import Blob
from laureate.base.journal.actions import record
from laureate.base.journal.clock import now
from laureate.base.people.rules import may_host
from laureate.base.people.viewer import RefusedError, Viewer, unknown
from laureate.engine.faults import Fault, mark
from laureate.engine.problem import Phase as ProblemPhase
from laureate.engine.problem import Problem, check_problem, read_problem
from laureate.engine.timeline import CHALLENGE, next_state
from laureate.recipe.problem.bundles import lay_out
from laureate.recipe.problem.choices import ChallengeState, FileKind
from laureate.recipe.problem.models import Challenge, ChallengeFile, Phase
from laureate.recipe.problem.queries import find_challenge
from laureate.recipe.problem.rules import may_move_challenge, may_revise_challenge, may_run_challenge

REVISABLE = frozenset(
    {
        "title", "language", "summary", "brief", "field", "sponsor", "time_zone", "metric", "options", "id_column",
        "targets", "entries_per_day", "entries_per_team", "final_selections", "team_size", "teams_freeze_at",
    }
)  # fmt: skip


def _slug_taken(slug: str) -> RefusedError:
    fault = Fault(
        "slug_taken",
        mark("There is already a challenge with the address '%(slug)s'."),
        mark("Choose another slug."),
        {"slug": slug},
        column="slug",
    )
    return RefusedError("conflict", fault)


def draft_challenge(viewer: Viewer, organisation_id: int, slug: str, values: Mapping[str, Any]) -> Challenge:
    """Start a draft and return it.

    Raises:
        RefusedError: when the viewer is no host there, or the slug is taken.

    """
    may_host(viewer, organisation_id).require()
    try:
        with transaction.atomic():
            challenge = Challenge.objects.create(organisation_id=organisation_id, slug=slug, **_known(values))
            record("problem.challenge_drafted", actor=viewer.user_id, about=challenge)
    except IntegrityError:
        raise _slug_taken(slug) from None
    return challenge


def revise_challenge(viewer: Viewer, slug: str, values: Mapping[str, Any]) -> Challenge:
    """Change fields of a draft."""
    with transaction.atomic():
        challenge = _draft(viewer, slug)
        for name, value in _known(values).items():
            setattr(challenge, name, value)
        challenge.save()
        record("problem.challenge_revised", actor=viewer.user_id, about=challenge, payload={"fields": sorted(values)})
    return challenge


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    foreign = set(values) - REVISABLE
    if foreign:
        raise KeyError(f"not fields of a challenge: {sorted(foreign)}")
    return dict(values)


def _draft(viewer: Viewer, slug: str) -> Challenge:
    challenge = find_challenge(viewer, slug)
    may_revise_challenge(viewer, challenge).require()
    return challenge


def plan_phases(viewer: Viewer, slug: str, phases: Iterable[ProblemPhase]) -> None:
    """Replace the phases of a draft."""
    with transaction.atomic():
        challenge = _draft(viewer, slug)
        _plan(challenge, phases)
        record("problem.phases_planned", actor=viewer.user_id, about=challenge)


def _plan(challenge: Challenge, phases: Iterable[ProblemPhase]) -> None:
    challenge.phases.all().delete()
    Phase.objects.bulk_create(
        Phase(challenge=challenge, position=n, key=p.key, title=p.title, opens_at=p.opens, closes_at=p.closes)
        for n, p in enumerate(phases)
    )


def attach_file(
    viewer: Viewer, slug: str, kind: str, path: str, chunks: Iterable[bytes], *, title: str = "", description: str = ""
) -> ChallengeFile:
    """Attach a file to a draft; one of the same kind and path, and a single solution or sample, is replaced."""
    _draft(viewer, slug)
    blob = store_stream(chunks)
    with transaction.atomic():
        challenge = _draft(viewer, slug)
        file = _attach(challenge, kind, path, blob, title, description)
        record("problem.file_attached", actor=viewer.user_id, about=file, payload={"sha256": blob.pk, "kind": kind})
    return file


def _attach(challenge: Challenge, kind: str, path: str, blob: Blob, title: str, description: str) -> ChallengeFile:
    replaced = ChallengeFile.objects.filter(challenge=challenge, kind=kind)
    if kind in (FileKind.DATA, FileKind.BASELINE):
        replaced = replaced.filter(path=path)
    replaced.delete()
    last = ChallengeFile.objects.filter(challenge=challenge).order_by("-position").first()
    return ChallengeFile.objects.create(
        challenge=challenge,
        kind=kind,
        path=path,
        blob=blob,
        title=title,
        description=description,
        position=last.position + 1 if last else 0,
    )


def detach_file(viewer: Viewer, slug: str, file_id: int) -> None:
    """Take a file off a draft."""
    with transaction.atomic():
        challenge = _draft(viewer, slug)
        gone, _ = ChallengeFile.objects.filter(challenge=challenge, pk=file_id).delete()
        if not gone:
            raise unknown()
        record("problem.file_detached", actor=viewer.user_id, about=challenge, payload={"file": file_id})


def check_challenge(viewer: Viewer, slug: str) -> list[Fault]:
    """Return every error and warning of a challenge as it would be published."""
    challenge = find_challenge(viewer, slug)
    may_revise_challenge(viewer, challenge).require()
    with tempfile.TemporaryDirectory() as folder:
        lay_out(challenge, Path(folder))
        return check_problem(Path(folder))


def publish_challenge(viewer: Viewer, slug: str) -> Challenge:
    """Open a draft to the world, if it has no error.

    Raises:
        RefusedError: with all errors of the challenge at once.

    """
    may_move_challenge(viewer, find_challenge(viewer, slug), "publish").require()
    errors = [fault for fault in check_challenge(viewer, slug) if fault.severity == "error"]
    if errors:
        raise RefusedError("invalid", *errors)
    return _move(viewer, slug, "publish", "problem.challenge_published", published_at=now())


def close_challenge(viewer: Viewer, slug: str) -> Challenge:
    """End the receiving of entries now and reveal the private leaderboard."""
    return _move(viewer, slug, "close", "problem.challenge_closed", closed_at=now())


def finalise_challenge(viewer: Viewer, slug: str) -> Challenge:
    """Declare the private ranking of a closed challenge final."""
    return _move(viewer, slug, "finalise", "problem.challenge_finalised")


def withdraw_challenge(viewer: Viewer, slug: str) -> Challenge:
    """Take a challenge back: it disappears from all public pages, its records stay."""
    return _move(viewer, slug, "withdraw", "problem.challenge_withdrawn")


def _move(viewer: Viewer, slug: str, verb: str, event: str, **stamps: Any) -> Challenge:
    with transaction.atomic():
        challenge = Challenge.objects.select_for_update().get(pk=find_challenge(viewer, slug).pk)
        may_move_challenge(viewer, challenge, verb).require()
        challenge.state = next_state(CHALLENGE, verb, challenge.state)
        for name, value in stamps.items():
            setattr(challenge, name, value)
        challenge.save(update_fields=["state", *stamps])
        record(event, actor=viewer.user_id, about=challenge)
    return challenge


def close_due_challenges() -> int:
    """Close each open challenge whose last phase is over; return how many. Run by the schedule."""
    instant = now()
    open_ones = Challenge.objects.filter(state=ChallengeState.OPEN)
    due = [c.pk for c in open_ones.exclude(phases__closes_at__gt=instant).order_by("id")]
    for challenge_id in due:
        with transaction.atomic():
            challenge = Challenge.objects.select_for_update().get(pk=challenge_id)
            if challenge.state == ChallengeState.OPEN:
                challenge.state = next_state(CHALLENGE, "close", challenge.state)
                challenge.closed_at = instant
                challenge.save(update_fields=["state", "closed_at"])
                record("problem.challenge_closed", actor=None, about=challenge)
    return len(due)


def import_challenge(viewer: Viewer, organisation_id: int, folder: Path) -> Challenge:
    """Make a draft from a folder with ``challenge.toml``.

    Raises:
        RefusedError: not a host, or slug taken.
        BadInputError: with every mistake of the folder.

    """
    may_host(viewer, organisation_id).require()
    problem = read_problem(folder)
    blobs = {path: store_path(folder / path) for path in _paths(problem)}
    try:
        with transaction.atomic():
            challenge = Challenge.objects.create(organisation_id=organisation_id, **_columns(problem))
            _plan(challenge, problem.phases)
            _attach_all(challenge, problem, blobs)
            record("problem.challenge_drafted", actor=viewer.user_id, about=challenge)
    except IntegrityError:
        raise _slug_taken(problem.slug) from None
    return challenge


def _paths(problem: Problem) -> set[str]:
    listed = [data.file for data in problem.data] + [baseline.file for baseline in problem.baselines]
    return {problem.solution, problem.sample, *listed}


def _columns(problem: Problem) -> dict[str, Any]:
    same = ("slug", "title", "language", "summary", "brief", "field", "sponsor", "time_zone", "metric", "id_column")
    limits = problem.limits
    return {name: getattr(problem, name) for name in same} | {
        "options": dict(problem.options),
        "targets": list(problem.targets),
        "entries_per_day": limits.entries_per_day,
        "entries_per_team": limits.entries_per_team,
        "final_selections": limits.final_selections,
        "team_size": limits.team_size,
        "teams_freeze_at": limits.teams_freeze,
    }


def _attach_all(challenge: Challenge, problem: Problem, blobs: Mapping[str, Blob]) -> None:
    _attach(challenge, FileKind.SOLUTION, problem.solution, blobs[problem.solution], "", "")
    _attach(challenge, FileKind.SAMPLE, problem.sample, blobs[problem.sample], "", "")
    for data in problem.data:
        _attach(challenge, FileKind.DATA, data.file, blobs[data.file], data.title, data.description)
    for baseline in problem.baselines:
        _attach(challenge, FileKind.BASELINE, baseline.file, blobs[baseline.file], baseline.name, baseline.description)


def export_challenge(viewer: Viewer, slug: str, folder: Path) -> None:
    """Write the whole challenge, solution included, into a folder; for its hosts."""
    challenge = find_challenge(viewer, slug)
    may_run_challenge(viewer, challenge).require()
    lay_out(challenge, folder)
