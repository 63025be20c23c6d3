"""Verbs of a problem: draft, revise, attach, publish, close, finalise, withdraw."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from laureate.base.files.actions import store_path, store_stream
from laureate.base.files.models import Blob
from laureate.base.journal.actions import record
from laureate.base.journal.clock import now
from laureate.base.people.rules import may_host
from laureate.base.people.texts import line_faults, require_texts, text_faults
from laureate.base.people.viewer import RefusedError, Viewer, unknown
from laureate.engine.faults import Fault, mark
from laureate.engine.problem import Phase as ProblemPhase
from laureate.engine.problem import Problem, check_problem, read_problem
from laureate.engine.problem.rules import RULES
from laureate.engine.problem.values import is_slug
from laureate.engine.timeline import CHALLENGE, next_state
from laureate.recipe.problem.bundles import lay_out, problem_of
from laureate.recipe.problem.choices import ChallengeState, FileKind
from laureate.recipe.problem.models import Challenge, ChallengeFile, Phase
from laureate.recipe.problem.moves import lock_challenge, move_challenge
from laureate.recipe.problem.queries import find_challenge
from laureate.recipe.problem.rules import may_move_challenge, may_revise_challenge, may_run_challenge

REVISABLE = frozenset(
    {
        "title", "language", "summary", "brief", "field", "sponsor", "time_zone", "metric", "options", "id_column",
        "targets", "entries_per_day", "entries_per_team", "final_selections", "team_size", "teams_freeze_at",
    }
)  # fmt: skip


ALL_OVER = Fault(
    "all_over",
    mark("All phases are over: the challenge would close as soon as it opens."),
    mark("Give at least one phase a close that is yet to come."),
)
PATH_TAKEN = (
    mark("Another file of the challenge, of another kind, is already called “%(path)s”."),
    mark("Give one of the two files another name."),
)
CHANGED = Fault(
    "changed",
    mark("The challenge was changed while it was being checked."),
    mark("Look at the change, then publish again."),
)


def _slug_refused(slug: str, error: IntegrityError) -> RefusedError:
    """Return that the slug is taken; raise what it was instead."""
    if not Challenge.objects.filter(slug=slug).exists():
        raise error
    return _slug_taken(slug)


def _slug_taken(slug: str) -> RefusedError:
    fault = Fault(
        "slug_taken",
        mark("There is already a challenge with the address '%(slug)s'."),
        mark("Choose another slug."),
        {"slug": slug},
        column="slug",
    )
    return RefusedError("conflict", fault)


def _bad_slug(slug: str) -> Fault:
    rule = RULES["bad_slug"]
    return Fault("bad_slug", rule.message, rule.fix, {"value": slug[:50]}, column="slug")


def draft_challenge(viewer: Viewer, organisation_id: int, slug: str, values: Mapping[str, Any]) -> Challenge:
    """Start a draft and return it.

    Raises:
        RefusedError: when the viewer is no host there, or the slug is taken.

    """
    may_host(viewer, organisation_id).require()
    require_texts(line_faults("slug", slug), [] if is_slug(slug) else [_bad_slug(slug)])
    try:
        with transaction.atomic():
            challenge = Challenge.objects.create(organisation_id=organisation_id, slug=slug, **_known(values))
            record("problem.challenge_drafted", actor=viewer.user_id, about=challenge)
    except IntegrityError as error:
        raise _slug_refused(slug, error) from None
    return challenge


def revise_challenge(viewer: Viewer, slug: str, values: Mapping[str, Any]) -> Challenge:
    """Change fields of a draft."""
    with transaction.atomic():
        challenge = _held_draft(viewer, slug)
        changes = _known(values)
        for name, value in changes.items():
            setattr(challenge, name, value)
        challenge.save(update_fields=[*changes])
        record(
            "problem.challenge_revised",
            actor=viewer.user_id,
            about=challenge,
            payload={"fields": sorted(values)},
        )
    return challenge


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    foreign = set(values) - REVISABLE
    if foreign:
        raise KeyError(f"not fields of a challenge: {sorted(foreign)}")
    require_texts(*(text_faults(name, value) for name, value in values.items() if isinstance(value, str)))
    return dict(values)


def _held_draft(viewer: Viewer, slug: str) -> Challenge:
    """Return a draft that nobody else can change or publish until the transaction ends."""
    challenge = lock_challenge(viewer, slug)
    may_revise_challenge(viewer, challenge).require()
    return challenge


def plan_phases(
    viewer: Viewer, slug: str, phases: Iterable[ProblemPhase], limits: Mapping[str, Any] | None = None
) -> None:
    """Replace the phases of a draft and, where given, its ``limits``: both or neither."""
    with transaction.atomic():
        challenge = _held_draft(viewer, slug)
        _plan(challenge, phases)
        if limits:
            revise_challenge(viewer, slug, limits)
        record("problem.phases_planned", actor=viewer.user_id, about=challenge)


def _plan(challenge: Challenge, phases: Iterable[ProblemPhase]) -> None:
    challenge.phases.all().delete()
    Phase.objects.bulk_create(
        Phase(challenge=challenge, position=n, key=p.key, title=p.title, opens_at=p.opens, closes_at=p.closes)
        for n, p in enumerate(phases)
    )


def attach_file(
    viewer: Viewer,
    slug: str,
    kind: str,
    path: str,
    chunks: Iterable[bytes],
    *,
    title: str = "",
    description: str = "",
) -> ChallengeFile:
    """Attach a file to a draft; one of the same kind and path, and a single solution or sample, is replaced."""
    may_revise_challenge(viewer, find_challenge(viewer, slug)).require()
    require_texts(
        line_faults("path", path), text_faults("title", title), text_faults("description", description)
    )
    blob = store_stream(chunks)
    with transaction.atomic():
        challenge = _held_draft(viewer, slug)
        file = _attach(challenge, kind, path, blob, title, description)
        record(
            "problem.file_attached",
            actor=viewer.user_id,
            about=file,
            payload={"sha256": blob.pk, "kind": kind},
        )
    return file


def _attach(
    challenge: Challenge, kind: str, path: str, blob: Blob, title: str, description: str
) -> ChallengeFile:
    other = ChallengeFile.objects.filter(challenge=challenge, path=path).exclude(kind=kind).exclude(blob=blob)
    if other.exists():
        params = {"path": path}
        raise RefusedError(
            "conflict", Fault("path_taken", PATH_TAKEN[0], PATH_TAKEN[1], params, column="file")
        )
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
        challenge = _held_draft(viewer, slug)
        gone, _ = ChallengeFile.objects.filter(challenge=challenge, pk=file_id).delete()
        if not gone:
            raise unknown()
        record("problem.file_detached", actor=viewer.user_id, about=challenge, payload={"file": file_id})


def check_challenge(viewer: Viewer, slug: str) -> list[Fault]:
    """Return every error and warning of a challenge as it would be published now."""
    challenge, instant = find_challenge(viewer, slug), now()
    may_revise_challenge(viewer, challenge).require()
    with tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
        lay_out(challenge, Path(folder))
        found = check_problem(Path(folder), now=instant)
    closes = [phase.closes_at for phase in challenge.phases.all()]
    return [*found, ALL_OVER] if closes and max(closes) <= instant else found


def publish_challenge(viewer: Viewer, slug: str) -> Challenge:
    """Open a draft to the world, if it has no error.

    Raises:
        RefusedError: with all errors of the challenge at once; or because it changed during the check.

    """
    challenge = find_challenge(viewer, slug)
    may_move_challenge(viewer, challenge, "publish").require()
    checked = _content_of(challenge)
    errors = [fault for fault in check_challenge(viewer, slug) if fault.severity == "error"]
    if errors:
        raise RefusedError("invalid", *errors)
    with transaction.atomic():
        # The check reads the files and takes its time: what is published is what was checked.
        if _content_of(lock_challenge(viewer, slug)) != checked:
            raise RefusedError("conflict", CHANGED)
        return move_challenge(viewer, slug, "publish", "problem.challenge_published", published_at=now())


def _content_of(challenge: Challenge) -> tuple[Problem, frozenset[tuple[str, str, str]]]:
    files = challenge.files.order_by("id").values_list("kind", "path", "blob_id")
    return problem_of(challenge), frozenset(files)


def close_challenge(viewer: Viewer, slug: str) -> Challenge:
    """End the receiving of entries now and reveal the private leaderboard."""
    return move_challenge(viewer, slug, "close", "problem.challenge_closed", closed_at=now())


def withdraw_challenge(viewer: Viewer, slug: str) -> Challenge:
    """Take a challenge back: it disappears from all public pages, its records stay."""
    return move_challenge(viewer, slug, "withdraw", "problem.challenge_withdrawn")


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
    except IntegrityError as error:
        raise _slug_refused(problem.slug, error) from None
    return challenge


def _paths(problem: Problem) -> set[str]:
    listed = [data.file for data in problem.data] + [baseline.file for baseline in problem.baselines]
    return {problem.solution, problem.sample, *listed}


def _columns(problem: Problem) -> dict[str, Any]:
    same = (
        "slug",
        "title",
        "language",
        "summary",
        "brief",
        "field",
        "sponsor",
        "time_zone",
        "metric",
        "id_column",
    )
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
        _attach(
            challenge,
            FileKind.BASELINE,
            baseline.file,
            blobs[baseline.file],
            baseline.name,
            baseline.description,
        )


def export_challenge(viewer: Viewer, slug: str, folder: Path) -> None:
    """Write the whole challenge, solution included, into a folder; for its hosts."""
    challenge = find_challenge(viewer, slug)
    may_run_challenge(viewer, challenge).require()
    lay_out(challenge, folder)
