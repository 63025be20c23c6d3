"""Intervals against a plain bootstrap, and at their edges."""

from __future__ import annotations

import numpy as np
import pytest

from laureate.engine.metrics import Metric, Rows, all_metrics, get_metric
from laureate.engine.uncertainty import normal_interval, standard_error

ROWS = 400


def rows_for(metric: Metric, rng: np.random.Generator) -> Rows:
    if metric.name == "map_at_k":
        items = np.array(list("abcdef"))
        texts = [np.array([" ".join(rng.permutation(items)[:3]) for _ in range(ROWS)], object) for _ in "tp"]
        return Rows(texts[0], texts[1])
    if metric.prediction.kind == "label":
        truth = rng.integers(0, 3, ROWS)
        return Rows(
            truth, np.where(rng.random(ROWS) < 0.6, truth, rng.integers(0, 3, ROWS)), None, ("0", "1", "2")
        )
    if metric.prediction.integer:
        truth = rng.integers(1, 6, ROWS).astype(float)
        return Rows(truth, np.clip(truth + rng.integers(-1, 2, ROWS), 1, 5))
    if metric.truth.integer:
        truth = (rng.random(ROWS) < 0.4).astype(float)
        return Rows(truth, np.round(np.clip(0.2 + 0.6 * rng.random(ROWS) + 0.15 * truth, 0, 1), 2))
    truth = np.round(rng.gamma(2.0, 3.0, ROWS) + 0.5, 1)
    return Rows(truth, np.round(truth * rng.lognormal(0.0, 0.3, ROWS), 1))


@pytest.mark.parametrize("metric", all_metrics(), ids=lambda metric: metric.name)
def test_the_standard_error_is_that_of_a_bootstrap(metric: Metric) -> None:
    rng = np.random.default_rng(4)
    rows = rows_for(metric, rng)
    measured = metric.measure(rows, metric.settings, True)
    assert measured.influence is not None
    assert abs(measured.influence.mean()) < 1e-9
    assert measured.score == metric.measure(rows, metric.settings, False).score
    replicates = []
    for _ in range(400):
        picked = rng.integers(0, ROWS, ROWS)
        again = Rows(rows.truth[picked], rows.prediction[picked], None, rows.labels)
        replicates.append(metric.measure(again, metric.settings, False).score)
    assert standard_error(measured.influence) == pytest.approx(np.std(replicates), rel=0.15)


@pytest.mark.parametrize("metric", all_metrics(), ids=lambda metric: metric.name)
def test_the_influence_is_the_derivative_by_a_row_s_weight(metric: Metric) -> None:
    rows = rows_for(metric, np.random.default_rng(9))
    weight = np.random.default_rng(2).random(ROWS) + 0.5
    weighted = Rows(rows.truth, rows.prediction, weight, rows.labels)
    influence = metric.measure(weighted, metric.settings, True).influence
    assert influence is not None
    for row in (0, 17, 201):
        scores = []
        for step in (1e-4, -1e-4):
            moved = weight.copy()
            moved[row] += step
            again = Rows(rows.truth, rows.prediction, moved, rows.labels)
            scores.append(metric.measure(again, metric.settings, False).score)
        slope = (scores[0] - scores[1]) / 2e-4 * weight.sum()
        # AUC's components carry the small correction of each class's count.
        assert influence[row] == pytest.approx(slope, rel=6e-3, abs=1e-5)


def test_auc_has_the_variance_of_delong() -> None:
    rng = np.random.default_rng(1)
    ups, downs = np.round(rng.normal(1, 1, 30), 1), np.round(rng.normal(0, 1, 45), 1)
    wins = (ups[:, None] > downs).astype(float) + 0.5 * (ups[:, None] == downs)
    variance = wins.mean(axis=1).var(ddof=1) / 30 + wins.mean(axis=0).var(ddof=1) / 45
    rows = Rows(np.repeat([1.0, 0.0], [30, 45]), np.concatenate((ups, downs)))
    measured = get_metric("auc").measure(rows, {}, True)
    assert measured.score == pytest.approx(wins.mean())
    assert measured.influence is not None
    assert standard_error(measured.influence) == pytest.approx(np.sqrt(variance), rel=1e-12)


def test_the_mean_has_the_usual_interval_cut_to_the_bounds() -> None:
    values = np.array([1.0, 0.0, 1.0, 1.0])
    low, high = normal_interval(0.75, values - 0.75) or (0, 0)
    assert (high - low) / 2 == pytest.approx(1.959963984540054 * values.std(ddof=1) / 2)
    assert normal_interval(0.75, values - 0.75, bounds=(0.0, 1.0)) == (pytest.approx(low), 1.0)
    wide = normal_interval(0.75, values - 0.75, level=0.99) or (0, 0)
    assert wide[0] < low


def test_one_row_has_no_interval_and_rows_without_weight_do_not_count() -> None:
    assert normal_interval(1.0, np.zeros(1)) is None
    values = np.array([0.5, -0.5, 3.0])
    assert standard_error(values, np.array([1.0, 1.0, 0.0])) == standard_error(values[:2])
    one_positive = Rows(np.array([1.0, 0.0, 0.0]), np.array([3.0, 1.0, 2.0]))
    assert get_metric("auc").measure(one_positive, {}, True).influence is None
