"""One entry, read, validated, aligned and scored on both splits: Laureate against pandas + scikit-learn.

    python benchmarks/scoring/compare.py [--rows 100000 1000000] [--repeats 5]

Both sides run in one warm process; the figure is CPU time, the least of several runs, printed as
a ratio. Laureate keeps the compiled solution, as its server does; pandas is measured twice,
reading the solution file for each entry (what peers do) and keeping the solution indexed. Digits are
compared: a score that differs by more than 1e-12 stops the run.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn import metrics as peer

from laureate.engine.scoring import score_entry
from laureate.engine.tables import Solution, compile_solution

Scores = dict[str, float]


def peer_gini(truth: pd.Series, guess: pd.Series) -> float:
    """The usual published formula, ties of the prediction averaged by rank."""

    def raw(values: pd.Series) -> float:
        return float((truth * (values.rank(method="average") - (len(truth) + 1) / 2)).sum())

    return raw(guess) / raw(truth)


PEERS: dict[str, Callable[[pd.Series, pd.Series], float]] = {
    "auc": peer.roc_auc_score,
    "rmse": peer.root_mean_squared_error,
    "normalized_gini": peer_gini,
    "log_loss": peer.log_loss,
    "f1_macro": lambda truth, guess: peer.f1_score(truth, guess, average="macro"),
    "quadratic_weighted_kappa": lambda truth, guess: peer.cohen_kappa_score(
        truth, guess, weights="quadratic"
    ),
}


def score_with_pandas(entry: Path, solution: pd.DataFrame | Path, metric: str) -> Scores:
    """Read, validate, align by merge and score, as a careful host writes it."""
    if isinstance(solution, Path):
        solution = pd.read_csv(solution)
    given = pd.read_csv(entry)
    if list(given.columns) != ["id", "prediction"]:
        raise ValueError("wrong header")
    if given["id"].duplicated().any():
        raise ValueError("duplicate ids")
    if not np.isfinite(given["prediction"].to_numpy()).all():
        raise ValueError("missing or infinite values")
    merged = solution.merge(given, on="id", how="outer", suffixes=("_truth", ""), indicator=True)
    if not (merged["_merge"] == "both").all():
        raise ValueError("missing or extra ids")
    return {
        split: float(PEERS[metric](rows["prediction_truth"], rows["prediction"]))
        for split, rows in ((name.lower(), merged[merged["Usage"] == name]) for name in ("Public", "Private"))
    }


def score_with_laureate(entry: Path, solution: Solution, intervals: bool) -> Scores:
    """The same job by the engine."""
    scored = score_entry(entry, solution, intervals=intervals)
    return {name: split.score for name, split in scored.splits.items()}


def cpu_seconds(job: Callable[[], object], repeats: int) -> float:
    """Return the least CPU time of several runs, after one to warm up."""
    job()
    least = float("inf")
    for _ in range(repeats):
        start = time.process_time()
        job()
        least = min(least, time.process_time() - start)
    return least


def write_files(folder: Path, rows: int, metric: str) -> tuple[Path, Path, Path]:
    """Write a solution, an entry in its order, and the same entry shuffled."""
    rng = np.random.default_rng(28)
    if metric in {"auc", "log_loss"}:
        truth = (rng.random(rows) < 0.3).astype(int)
        guess = np.clip(rng.random(rows) * 0.8 + 0.15 * truth, 1e-6, 1 - 1e-6)
    elif metric in {"f1_macro", "quadratic_weighted_kappa"}:
        truth = rng.integers(0, 5, rows)
        guess = np.where(rng.random(rows) < 0.6, truth, rng.integers(0, 5, rows))
    else:
        truth = np.round(rng.gamma(0.4, 5.0, rows))
        guess = truth * 0.3 + rng.random(rows)
    usage = np.where(rng.random(rows) < 0.3, "Public", "Private")
    frame = pd.DataFrame({"id": np.arange(rows) + 1, "prediction": guess})
    paths = (folder / "solution.csv", folder / "entry.csv", folder / "shuffled.csv")
    frame.assign(prediction=truth, Usage=usage).to_csv(paths[0], index=False)
    frame.to_csv(paths[1], index=False)
    frame.iloc[rng.permutation(rows)].to_csv(paths[2], index=False)
    return paths


def compare(rows: int, metric: str, repeats: int) -> None:
    """Print the ratios for one size and one metric."""
    with tempfile.TemporaryDirectory() as name:
        source, same, shuffled = write_files(Path(name), rows, metric)
        solution = compile_solution(source, metric=metric)
        kept = pd.read_csv(source)
        for label, entry in (("same order", same), ("shuffled", shuffled)):
            ours, theirs = score_with_laureate(entry, solution, True), score_with_pandas(entry, kept, metric)
            for split, score in ours.items():
                if abs(score - theirs[split]) > 1e-12 * max(1.0, abs(score)):
                    raise SystemExit(f"{metric} {split}: {score!r} is not {theirs[split]!r}")
            plain = cpu_seconds(lambda e=entry: score_with_laureate(e, solution, False), repeats)
            full = cpu_seconds(lambda e=entry: score_with_laureate(e, solution, True), repeats)
            read = cpu_seconds(lambda e=entry: score_with_pandas(e, source, metric), repeats)
            keep = cpu_seconds(lambda e=entry: score_with_pandas(e, kept, metric), repeats)
            print(
                f"{rows:>9,}  {metric:<25} {label:<11} {plain * 1000:8.1f} ms  "
                f"{read / plain:6.1f} x {keep / plain:6.1f} x   with interval {keep / full:5.1f} x"
            )


def main() -> None:
    """Run all comparisons."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--metrics", nargs="+", default=list(PEERS), choices=list(PEERS))
    parser.add_argument("--repeats", type=int, default=5)
    chosen = parser.parse_args()
    print("     rows  metric                    order          Laureate  pandas: reads all, keeps solution")
    for rows in chosen.rows:
        for metric in chosen.metrics:
            compare(rows, metric, chosen.repeats)


if __name__ == "__main__":
    main()
