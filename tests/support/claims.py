"""A small claims challenge: 120 customers, half of them public, and predictions for it."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from laureate.engine.problem import Baseline, DataFile, Limits, Phase, Problem, write_problem

CUSTOMERS = 120
BRIEF_TEXT = "# Claims\n\nPredict what each customer will *claim*. One row per customer."


def truth(customer: int) -> float:
    """Return what a customer really claimed."""
    return round(50 + 40 * math.sin(customer) + customer / 3, 4)


def table(header: list[str], rows: list[list[Any]]) -> bytes:
    """Return a table as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue().encode()


def predictions(off: float = 0.0, *, private_off: float | None = None) -> bytes:
    """Return an entry that is wrong by ``off`` in each row (by ``private_off`` in private rows).

    Its RMSE is exactly as far off, up to rounding of floats.
    """
    hidden = off if private_off is None else private_off
    rows = [[n, repr(truth(n) + (off if is_public(n) else hidden))] for n in range(1, CUSTOMERS + 1)]
    return table(["customer", "claim"], rows)


def is_public(customer: int) -> bool:
    """Return whether a customer is scored on the public board; ``solution`` says the same."""
    return customer % 2 == 1


def solution(usage: bool = True) -> bytes:
    """Return the solution file; without ``usage`` it has no secret rows."""
    header = ["customer", "claim", "Usage"][: 3 if usage else 2]
    rows = [
        [n, repr(truth(n)), "Public" if is_public(n) else "Private"][: len(header)]
        for n in range(1, CUSTOMERS + 1)
    ]
    return table(header, rows)


def sample() -> bytes:
    """Return the sample submission."""
    return table(["customer", "claim"], [[n, 0] for n in range(1, CUSTOMERS + 1)])


def training() -> bytes:
    """Return a data file for solvers."""
    return table(["age", "visits"], [[20 + n, n % 7] for n in range(30)])


def problem(opens: datetime, closes: datetime, **changes: Any) -> Problem:
    """Return the claims challenge as a plain value."""
    values: dict[str, Any] = {
        "slug": "claims",
        "title": "Claims of next year",
        "language": "en",
        "summary": "Predict what each customer will claim.",
        "brief": BRIEF_TEXT,
        "field": "insurance",
        "sponsor": "Acme Insurance",
        "time_zone": "Europe/Paris",
        "metric": "rmse",
        "options": {},
        "id_column": "customer",
        "targets": ("claim",),
        "solution": "solution.csv",
        "sample": "sample.csv",
        "data": (DataFile("data/train.csv", "Customers of last year", "One row per customer."),),
        "phases": (Phase("main", "Main phase", opens, closes),),
        "limits": Limits(),
        "baselines": (Baseline("Incumbent", "baselines/incumbent.csv", "The model in use."),),
    }
    return Problem(**values | changes)


def write_claims(
    folder: Path,
    now: datetime,
    *,
    per_day: int = 5,
    per_team: int | None = None,
    selections: int = 2,
    team_size: int = 5,
    freeze: datetime | None = None,
    opens: datetime | None = None,
    closes: datetime | None = None,
    usage: bool = True,
    baseline_off: float = 3.0,
    files: Mapping[str, bytes] | None = None,
    **changes: Any,
) -> Path:
    """Write the claims challenge into ``folder``, running at ``now`` unless dates say otherwise."""
    limits = Limits(per_day, per_team, selections, team_size, freeze)
    made = problem(
        opens or now.replace(microsecond=0) - timedelta(days=2),
        closes or now.replace(microsecond=0) + timedelta(days=30),
        **{"limits": limits, **changes},
    )
    contents = {
        "solution.csv": solution(usage),
        "sample.csv": sample(),
        "data/train.csv": training(),
        "baselines/incumbent.csv": predictions(baseline_off),
        **(files or {}),
    }
    sources = folder.with_name(f"{folder.name}-sources")
    for path in made.files:
        (sources / path).parent.mkdir(parents=True, exist_ok=True)
        (sources / path).write_bytes(contents[path])
    write_problem(made, folder, {path: sources / path for path in made.files})
    return folder
