"""A challenge as a folder: written out for checking and export, read in for publishing."""

from __future__ import annotations

from pathlib import Path

from laureate.base.files.queries import blob_path
from laureate.engine.problem import Baseline, DataFile, Limits, Problem, write_problem
from laureate.engine.problem import Phase as ProblemPhase
from laureate.recipe.problem.choices import FileKind
from laureate.recipe.problem.models import Challenge, ChallengeFile


def problem_of(challenge: Challenge) -> Problem:
    """Return the challenge as the engine's plain value; missing parts are empty."""
    files = list(challenge.files.all())
    of_kind = {kind: [f for f in files if f.kind == kind] for kind in FileKind.values}
    return Problem(
        slug=challenge.slug,
        title=challenge.title,
        language=challenge.language,
        summary=challenge.summary,
        brief=challenge.brief,
        field=challenge.field,
        sponsor=challenge.sponsor,
        time_zone=challenge.time_zone,
        metric=challenge.metric,
        options=dict(challenge.options),
        id_column=challenge.id_column,
        targets=tuple(challenge.targets),
        solution=_path(of_kind[FileKind.SOLUTION]),
        sample=_path(of_kind[FileKind.SAMPLE]),
        data=tuple(DataFile(f.path, f.title, f.description) for f in of_kind[FileKind.DATA]),
        phases=tuple(ProblemPhase(p.key, p.title, p.opens_at, p.closes_at) for p in challenge.phases.all()),
        limits=Limits(
            entries_per_day=challenge.entries_per_day,
            entries_per_team=challenge.entries_per_team,
            final_selections=challenge.final_selections,
            team_size=challenge.team_size,
            teams_freeze=challenge.teams_freeze_at,
        ),
        baselines=tuple(Baseline(f.title, f.path, f.description) for f in of_kind[FileKind.BASELINE]),
    )


def _path(files: list[ChallengeFile]) -> str:
    return files[0].path if files else ""


def lay_out(challenge: Challenge, folder: Path) -> None:
    """Write ``challenge.toml``, the brief and all files of the challenge into ``folder``."""
    files = {file.path: blob_path(file.blob_id) for file in challenge.files.all()}
    write_problem(problem_of(challenge), folder, files)
