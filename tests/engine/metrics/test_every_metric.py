"""What every metric promises: order of rows, bounds, best and worst inputs, weights, options."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from laureate.engine.faults import BadInputError
from laureate.engine.metrics import Metric, all_metrics, get_metric

METRICS = all_metrics()
SEEDS = range(3)


def drawn(metric: Metric, seed: int, rows: int = 60) -> tuple[Any, Any]:
    """A truth and a prediction that the metric takes, with many ties."""
    rng = np.random.default_rng(seed)
    if metric.name == "map_at_k":
        items = np.array(list("abcdefgh"))
        lists = [
            [" ".join(rng.choice(items, size=rng.integers(1, 8))) for _ in range(rows)] for _ in range(2)
        ]
        return np.array(lists[0], object), np.array(lists[1], object)
    if metric.prediction.kind == "label":
        return rng.integers(0, 3, rows), rng.integers(0, 3, rows)
    if metric.prediction.integer:
        return rng.integers(1, 6, rows), rng.integers(1, 6, rows)
    if metric.truth.integer:
        return (rng.random(rows) < 0.4).astype(float), rng.integers(0, 11, rows) / 10
    return rng.integers(1, 9, rows) / 2, rng.integers(1, 9, rows) / 2


@pytest.fixture(params=METRICS, ids=lambda metric: metric.name)
def metric(request: pytest.FixtureRequest) -> Metric:
    return request.param


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_rows_does_not_matter(metric: Metric, seed: int) -> None:
    truth, guess = drawn(metric, seed)
    weight = np.random.default_rng(seed).random(len(truth))
    order = np.random.default_rng(seed + 100).permutation(len(truth))
    plain, shuffled = metric.compute(truth, guess), metric.compute(truth[order], guess[order])
    assert shuffled == pytest.approx(plain, rel=1e-12, abs=1e-12)
    weighted = metric.compute(truth, guess, weight)
    assert metric.compute(truth[order], guess[order], weight[order]) == pytest.approx(weighted, rel=1e-12)
    assert weighted != pytest.approx(plain, rel=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_scores_stay_within_the_bounds(metric: Metric, seed: int) -> None:
    low, high = metric.bounds
    for rows in (12, 60):
        score = metric.compute(*drawn(metric, seed, rows))
        assert low <= score <= high


def test_a_perfect_prediction_scores_best_and_no_other_scores_better(metric: Metric) -> None:
    truth, guess = drawn(metric, 7)
    best = metric.compute(truth, truth)
    bound = metric.bounds[1] if metric.direction == "higher" else metric.bounds[0]
    if metric.name == "map_at_k":
        # Its best list has each relevant item once.
        best = metric.compute(truth, np.array([" ".join(dict.fromkeys(t.split())) for t in truth], object))
    assert best == pytest.approx(bound, abs=1e-12)
    other = metric.compute(truth, guess)
    assert other < best if metric.direction == "higher" else other > best


WORST = {
    "auc": ([0, 1, 0, 1], [0.9, 0.1, 0.8, 0.2], 0.0),
    "normalized_gini": ([0.0, 1.0, 2.0, 5.0], [9, 7, 3, 1], -1.0),
    "log_loss": ([0, 1], [1.0, 0.0], -math.log(1e-15)),
    "rmse": ([1.0, 1.0], [1e100, 1e100], 1e100),
    "mae": ([1.0, 1.0], [1e100, 1e100], 1e100),
    "rmsle": ([0.0, 0.0], [1e100, 1e100], math.log(1e100)),
    "mape": ([1.0, -1.0], [1e100, 1e100], 1e100),
    "r2": ([0.0, 1.0], [1e100, 1e100], -4e200),
    "accuracy": (["a", "b"], ["b", "a"], 0.0),
    "f1": ([1, 0], [0, 1], 0.0),
    "f1_macro": (["a", "b"], ["b", "a"], 0.0),
    "f1_micro": (["a", "b"], ["b", "a"], 0.0),
    "quadratic_weighted_kappa": ([1, 5, 1, 5], [5, 1, 5, 1], -1.0),
    "map_at_k": (["a", "b c"], ["x y", "z"], 0.0),
}


def test_the_worst_prediction_scores_worst(metric: Metric) -> None:
    truth, guess, worst = WORST[metric.name]
    assert metric.compute(truth, guess) == pytest.approx(worst, rel=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_weight_is_a_number_of_repetitions(metric: Metric, seed: int) -> None:
    truth, guess = drawn(metric, seed, 40)
    times = np.random.default_rng(seed).integers(0, 4, len(truth))
    weighted = metric.compute(truth, guess, times)
    assert weighted == pytest.approx(
        metric.compute(np.repeat(truth, times), np.repeat(guess, times)), rel=1e-11, abs=1e-12
    )


def test_each_says_what_it_is(metric: Metric) -> None:
    assert metric.doc.splitlines()[0].endswith((".", ":")) or ":" in metric.doc.splitlines()[0]
    for word in ("Weights", "Interval", "Edges"):
        assert word in metric.doc or "Edges, weights and interval" in metric.doc
    assert any(year in metric.source for year in map(str, range(1950, 2027)))
    assert get_metric(metric.name) is metric
    assert metric.needs


def test_an_unknown_metric_names_its_neighbours() -> None:
    with pytest.raises(BadInputError) as caught:
        get_metric("normalised-gini")
    assert caught.value.faults[0].rule == "unknown_metric"
    assert "normalized_gini" in caught.value.faults[0].mend()
    with pytest.raises(BadInputError) as caught:
        get_metric("zzzz")
    assert "rmse" in caught.value.faults[0].mend()


def test_options_are_read_and_refused_all_at_once() -> None:
    metric = get_metric("map_at_k")
    assert metric.settings == {"k": 5}
    assert metric.with_options({"k": "3"}).settings == {"k": 3}
    with pytest.raises(BadInputError) as caught:
        metric.with_options({"k": "0", "kk": 2})
    assert [fault.rule for fault in caught.value.faults] == ["bad_option", "unknown_option"]
    assert "k?" in caught.value.faults[1].mend()
