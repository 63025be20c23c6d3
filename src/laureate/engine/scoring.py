"""Score one entry: the same few lines for a solver's laptop and for a server."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from laureate.engine.faults import BadInputError
from laureate.engine.metrics import Measured, Metric, Rows
from laureate.engine.metrics.metric import Direction
from laureate.engine.tables import MAX_BYTES, Solution, read_entry
from laureate.engine.tables.findings import Findings
from laureate.engine.uncertainty import normal_interval


@dataclass(frozen=True, slots=True)
class SplitScore:
    """The score of one split, on how many rows, with its 95 % interval."""

    score: float
    rows: int
    interval: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Scored:
    """What an entry is worth on each split of the solution."""

    metric: str
    direction: Direction
    splits: dict[str, SplitScore]

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON answer of ``laureate score``."""
        return {
            "metric": self.metric,
            "direction": self.direction,
            "splits": {
                name: {
                    "score": split.score,
                    "rows": split.rows,
                    "interval": None if split.interval is None else list(split.interval),
                }
                for name, split in self.splits.items()
            },
        }


def score_entry(
    path: Path,
    solution: Solution,
    *,
    name: str | None = None,
    intervals: bool = True,
    max_bytes: int = MAX_BYTES,
) -> Scored:
    """Read, validate, align and score the entry at ``path`` on every split.

    Raises BadInputError with all faults of the entry. The result does not depend on the order
    of its rows: they are put in the solution's order first.
    """
    entry = read_entry(path, solution, name=name, max_bytes=max_bytes)
    metric = solution.metric
    splits: dict[str, SplitScore] = {}
    findings = Findings(entry.name)
    for split, count in solution.counts.items():
        rows = solution.rows_of(split, entry.values)
        measured = _measured(metric, rows, intervals)
        if not math.isfinite(measured.score):
            findings.add(findings.fault("score_not_finite", split=split))
            continue
        interval = None
        if measured.influence is not None:
            interval = normal_interval(
                measured.score, measured.influence, rows[0].weight, bounds=metric.bounds
            )
        splits[split] = SplitScore(measured.score, count, interval)
    if findings:
        raise BadInputError(findings.faults())
    return Scored(metric.name, metric.direction, splits)


def _measured(metric: Metric, columns: Sequence[Rows], intervals: bool) -> Measured:
    """Return the score over the target columns: the only one's, or the mean of all."""
    with np.errstate(all="ignore"):
        parts = [metric.measure(rows, metric.settings, intervals) for rows in columns]
        if len(parts) == 1:
            return parts[0]
        score = math.fsum(part.score for part in parts) / len(parts)
        pulls = [part.influence for part in parts if part.influence is not None]
        if len(pulls) < len(parts):
            return Measured(score, None)
        return Measured(score, np.mean(pulls, axis=0))
