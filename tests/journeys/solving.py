"""What a solver does at home with the claims kit: fit small models and score them."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet

KIT = Path(__file__).parents[2] / "kits" / "claims"
SOLUTION = KIT / "hidden" / "solution.csv"
METRIC = "normalized_gini"
TARGET = "mdvis"


def columns(path: Path) -> dict[str, list[str]]:
    """Return the columns of a CSV file by name."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return dict(zip(header, map(list, zip(*rows, strict=True)), strict=True))


def fitted(folder: Path, features: int) -> tuple[list[int], np.ndarray]:
    """Return ids and predictions of least squares on the first features of the data in ``folder``."""
    train, test = columns(folder / "data" / "train.csv"), columns(folder / "data" / "test.csv")
    names = [name for name in test if name != "id"][:features]

    def design(table: dict[str, list[str]]) -> np.ndarray:
        parts = [np.array(table[name], dtype=float) for name in names]
        return np.column_stack([np.ones(len(table["id"])), *parts])

    weights, *_ = np.linalg.lstsq(design(train), np.array(train[TARGET], dtype=float), rcond=None)
    return [int(number) for number in test["id"]], design(test) @ weights


def write_csv(folder: Path, target: Path, features: int) -> Path:
    """Write the predictions of a model as CSV, with all digits of each."""
    ids, values = fitted(folder, features)
    lines = [f"{number},{float(value)!r}" for number, value in zip(ids, values, strict=True)]
    target.write_text("\n".join([f"id,{TARGET}", *lines]) + "\n", "utf-8")
    return target


def write_parquet(folder: Path, target: Path, features: int) -> Path:
    """Write the predictions of a model as Parquet, in another order of rows."""
    ids, values = fitted(folder, features)
    pyarrow.parquet.write_table(pa.table({TARGET: values[::-1], "id": ids[::-1]}), target)
    return target


def sha256_of(path: Path) -> str:
    """Return the digest of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def figures(score: dict[str, Any]) -> dict[str, Any]:
    """Return a score without what is said only by one of both doors."""
    return {name: score[name] for name in ("score", "rows", "interval")}
