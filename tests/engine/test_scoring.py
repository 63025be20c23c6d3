"""Whole entries: splits, weights, several columns, and what is answered."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from sklearn import metrics as peer

from laureate.engine.faults import BadInputError
from laureate.engine.metrics import all_metrics
from laureate.engine.scoring import score_entry
from laureate.engine.tables import Solution, compile_solution


def written(path: Path, header: str, rows: list[str]) -> Path:
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def compiled(folder: Path, header: str, rows: list[str], metric: str, **options: object) -> Solution:
    return compile_solution(written(folder / "s.csv", header, rows), metric=metric, options=options)


def test_both_splits_are_those_of_scikit_learn(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    truth, guess = (rng.random(500) < 0.4).astype(int), np.round(rng.random(500), 2)
    usage = rng.choice(["Public", "Private", "Ignored"], 500)
    solution = compiled(
        tmp_path,
        "id,y,Usage",
        [f"r{row},{value},{part}" for row, (value, part) in enumerate(zip(truth, usage, strict=True))],
        "auc",
    )
    order = rng.permutation(500)
    entry = written(tmp_path / "e.csv", "y,id", [f"{guess[row]},r{row}" for row in order])
    scored = score_entry(entry, solution)
    for split in ("public", "private"):
        rows = usage == split.capitalize()
        found = scored.splits[split]
        assert found.score == pytest.approx(peer.roc_auc_score(truth[rows], guess[rows]), rel=1e-12)
        assert found.rows == rows.sum()
        assert found.interval is not None and found.interval[0] < found.score < found.interval[1]
    answer = scored.as_dict()
    assert list(answer) == ["metric", "direction", "splits"]
    assert list(answer["splits"]["public"]) == ["score", "rows", "interval"]
    assert json.loads(json.dumps(answer, allow_nan=False)) == answer


def cell(metric: str, rng: np.random.Generator) -> str:
    if metric == "map_at_k":
        return " ".join(rng.choice(list("abcdef"), 3))
    if metric in {"auc", "log_loss"}:
        return f"{rng.random():.3f}"
    return str(rng.integers(1, 5))


@pytest.mark.parametrize("metric", [metric.name for metric in all_metrics()])
def test_digits_do_not_depend_on_the_order_of_rows(tmp_path: Path, metric: str) -> None:
    rng = np.random.default_rng(8)
    truths = [str(row % 2) if metric in {"auc", "log_loss"} else cell(metric, rng) for row in range(300)]
    solution = compiled(
        tmp_path,
        "id,y,Usage,weight",
        [
            f"{row},{text},{('Public', 'Private')[row % 3 > 0]},{1 + row % 4}"
            for row, text in enumerate(truths)
        ],
        metric,
    )
    rows = [f"{row},{cell(metric, rng)}" for row in range(300)]
    first = score_entry(written(tmp_path / "e.csv", "id,y", rows), solution)
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(300)
        shuffled = written(tmp_path / "e.csv", "id,y", [rows[row] for row in order])
        assert score_entry(shuffled, pickle.loads(pickle.dumps(solution))) == first
    plain = score_entry(tmp_path / "e.csv", solution, intervals=False)
    for split, found in plain.splits.items():
        assert found.interval is None
        assert found.score == first.splits[split].score


def test_several_columns_count_alike(tmp_path: Path) -> None:
    solution = compiled(tmp_path, "id,p,q", ["a,0,0", "b,0,0", "c,0,0"], "mae")
    found = score_entry(written(tmp_path / "e.csv", "id,q,p", ["a,1,2", "b,1,2", "c,4,2"]), solution)
    assert found.splits["all"].score == 2.0
    low, high = found.splits["all"].interval or (0, 0)
    # The columns' errors average to 1.5, 1.5 and 3 in the three rows.
    spread = 1.959963984540054 * np.std([1.5, 1.5, 3], ddof=1) / np.sqrt(3)
    assert (low, high) == (pytest.approx(2 - spread), pytest.approx(2 + spread))


def test_weights_of_zero_leave_rows_out(tmp_path: Path) -> None:
    solution = compiled(tmp_path, "id,y,weight", ["a,1,1", "b,1,0", "c,1,3"], "mae")
    entry = written(tmp_path / "e.csv", "id,y", ["a,1", "b,900", "c,3"])
    assert score_entry(entry, solution).splits["all"].score == 1.5


def test_the_positive_label_is_an_option(tmp_path: Path) -> None:
    rows = ["a,no", "b,yes", "c,yes", "d,no"]
    entry = written(tmp_path / "e.csv", "id,y", ["a,yes", "b,yes", "c,no", "d,no"])
    found = score_entry(entry, compiled(tmp_path, "id,y", rows, "f1", positive="yes"))
    assert found.splits["all"].score == 0.5


def test_a_single_row_has_no_interval(tmp_path: Path) -> None:
    solution = compiled(tmp_path, "id,y", ["a,1"], "rmse")
    scored = score_entry(written(tmp_path / "e.csv", "id,y", ["a,3"]), solution)
    assert scored.as_dict()["splits"]["all"] == {"score": 2.0, "rows": 1, "interval": None}


def test_a_score_beyond_numbers_is_refused(tmp_path: Path) -> None:
    solution = compiled(tmp_path, "id,y", ["a,0", "b,1e-90"], "r2")
    entry = written(tmp_path / "e.csv", "id,y", ["a,1e99", "b,1e99"])
    with pytest.raises(BadInputError) as caught:
        score_entry(entry, solution, name="far.csv")
    (fault,) = caught.value.faults
    assert (fault.rule, fault.file) == ("score_not_finite", "far.csv")
    assert "all" in fault.said()


def test_a_large_entry_of_words_is_aligned_by_hash(tmp_path: Path) -> None:
    names = [f"user-{row:x}" for row in range(3000)]
    solution = compiled(tmp_path, "id,y", [f"{name},{row}" for row, name in enumerate(names)], "mae")
    rows = [f"{names[row]},{row + 1}" for row in np.random.default_rng(0).permutation(3000)]
    assert score_entry(written(tmp_path / "e.csv", "id,y", rows), solution).splits["all"].score == 1.0
