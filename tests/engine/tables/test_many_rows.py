"""A file with far too many rows is not read to its end: a small archive may hold a hundred million."""

from __future__ import annotations

from pathlib import Path

import pytest

from laureate.engine.faults import BadInputError
from laureate.engine.tables import compile_solution, entry, read_entry

from .broken import METRIC, SOLUTION_CSV, VALID_CSV, parquet, zipped

MOST = 100
ROWS = SOLUTION_CSV.count("\n") - 1


def faults_of(folder: Path, content: bytes) -> dict[str, int | None]:
    """Return what is wrong with an entry: rules with their counts."""
    (folder / "solution.csv").write_text(SOLUTION_CSV)
    (folder / "entry").write_bytes(content)
    solution = compile_solution(folder / "solution.csv", metric=METRIC)
    with pytest.raises(BadInputError) as caught:
        read_entry(folder / "entry", solution)
    return {fault.rule: fault.count for fault in caught.value.faults}


def extra(rows: int) -> bytes:
    """Return the valid entry with so many rows more."""
    return (VALID_CSV + "".join(f"x{row},1\n" for row in range(rows))).encode()


def test_a_few_too_many_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry, "MOST_ROWS_TOO_MANY", MOST)
    assert faults_of(tmp_path, extra(MOST + ROWS)) == {"extra_ids": MOST + ROWS}


@pytest.mark.parametrize("kind", ["text", "zip", "parquet"])
def test_reading_ends_at_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(entry, "MOST_ROWS_TOO_MANY", MOST)
    many = extra(50 * MOST)
    ids = [line.partition(",")[0] for line in many.decode().splitlines()[1:]]
    content = {
        "text": many,
        "zip": zipped([("entry.csv", many)]),
        "parquet": parquet({"id": ids, "target": [1.0] * len(ids)}),
    }[kind]
    found = faults_of(tmp_path, content)
    assert found == {"too_many_rows": None, "extra_ids": MOST + ROWS}
