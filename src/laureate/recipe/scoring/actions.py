"""The verb of scoring: measure an entry and keep the result, once."""

from __future__ import annotations

from dataclasses import dataclass

from laureate import __version__
from laureate.base.journal.actions import record
from laureate.base.journal.clock import now
from laureate.engine.faults import BadInputError, Fault, mark
from laureate.engine.scoring import Scored, score_entry
from laureate.recipe.problem.queries import solution_of
from laureate.recipe.scoring.models import Score
from laureate.recipe.submissions.actions import settle_entry
from laureate.recipe.submissions.queries import waiting_entry

DIED = Fault(
    "run_died",
    mark("The platform failed to score this entry %(tries)d times."),
    mark("Hand it in again; your quota was not used. The operator has been told."),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """What the machines found: a score, or the mistakes of the file."""

    entry_id: int
    solution_sha256: str
    scored: Scored | None
    faults: tuple[Fault, ...]


def measure_entry(entry_id: int) -> Measured | None:
    """Read and score a waiting entry without touching the database; None when it no longer waits."""
    waiting = waiting_entry(entry_id)
    if waiting is None:
        return None
    digest, solution = solution_of(waiting.challenge)
    try:
        return Measured(entry_id, digest, score_entry(waiting.path, solution, name=waiting.file_name), ())
    except BadInputError as error:
        return Measured(entry_id, digest, None, error.faults)


def keep_score(measured: Measured) -> None:
    """Write the result of :func:`measure_entry`, in the caller's transaction."""
    if measured.scored is None:
        settle_entry(measured.entry_id, "refuse", measured.faults)
        return
    entry = settle_entry(measured.entry_id, "score")
    if entry is None:
        return
    score = Score(entry=entry, solution_sha256=measured.solution_sha256, engine=__version__, scored_at=now())
    # Without a Usage column every row is public: there is nothing left to keep private.
    for name, split in measured.scored.splits.items():
        side = "public" if name == "all" else name
        setattr(score, side, split.score)
        setattr(score, f"{side}_rows", split.rows)
        if split.interval is not None:
            setattr(score, f"{side}_low", split.interval[0])
            setattr(score, f"{side}_high", split.interval[1])
    score.save(force_insert=True)
    record("scoring.entry_scored", actor=None, about=score, payload={"entry": entry.pk})


def fail_entry(entry_id: int, tries: int) -> None:
    """Settle an entry whose runs kept dying, with a typed cause, in the caller's transaction."""
    settle_entry(entry_id, "fail", [Fault(DIED.rule, DIED.message, DIED.fix, {"tries": tries})])
