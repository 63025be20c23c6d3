"""Metrics that look only at the order of the predictions: AUC and the normalized Gini."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from laureate.engine.faults import Fault, mark
from laureate.engine.metrics.metric import (
    ANY_NUMBER,
    ZERO_OR_ONE,
    Measured,
    Metric,
    Rows,
    Settings,
)
from laureate.engine.metrics.ranks import Ladder

Floats = NDArray[np.float64]


def auc(rows: Rows, _settings: Settings, influence: bool) -> Measured:
    """Area under the ROC curve: the chance that a random 1 is predicted above a random 0.

    The truth is 0 or 1; a prediction is any number, only the order counts.
    Ties: a pair with equal predictions counts one half.
    Edges: with one class only the area is undefined, so such a solution is refused. A constant
    prediction scores 0.5.
    Weights: a pair counts as the product of its two weights.
    Interval: the structural components of DeLong, DeLong and Clarke-Pearson (1988); none where
    a class has a single row.
    """
    positive = rows.truth > 0.5
    if not influence and rows.weight is None:
        return Measured(_auc_by_two_sorts(rows.prediction[positive], rows.prediction[~positive]), None)
    weight = np.ones(len(positive)) if rows.weight is None else rows.weight
    weight_up = float(weight[positive].sum())
    weight_down = float(weight[~positive].sum())
    ladder = Ladder.of(rows.prediction)
    downs_below = ladder.mass_below(np.where(positive, 0.0, weight))
    # Without weights both are counts of halves, so that this is the very value of the two sorts.
    score = float((downs_below * weight)[positive].sum() / (weight_up * weight_down))
    if not influence:
        return Measured(score, None)
    ups_below = ladder.mass_below(np.where(positive, weight, 0.0))
    beaten = np.where(positive, downs_below / weight_down, 1.0 - ups_below / weight_up)
    return Measured(score, _delong(beaten - score, positive, weight))


def _auc_by_two_sorts(ups: Floats, downs: Floats) -> float:
    """Return the same area without weights: counts of pairs are whole, so the sum is exact."""
    swapped = len(ups) > len(downs)
    few, many = (np.sort(downs), np.sort(ups)) if swapped else (np.sort(ups), np.sort(downs))
    # Twice the pairs in which the row of the smaller class stands above, ties counting once.
    below = np.searchsorted(many, few, side="left")
    tied = few[many[np.minimum(below, len(many) - 1)] == few]
    ties = np.searchsorted(many, tied, side="right") - np.searchsorted(many, tied, side="left")
    above = 2 * int(below.sum()) + int(ties.sum())
    pairs = 2 * len(few) * len(many)
    return (pairs - above if swapped else above) / pairs


def _delong(centred: Floats, positive: NDArray[np.bool_], weight: Floats) -> Floats | None:
    """Scale the components so that the variance of their mean is DeLong's, class by class."""
    count, ups = len(positive), int(positive.sum())
    downs = count - ups
    if min(ups, downs) < 2:
        return None
    total = float(weight.sum())
    shrink = (count - 1) / count
    up = total / float(weight[positive].sum()) * np.sqrt(ups / (ups - 1) * shrink)
    down = total / float(weight[~positive].sum()) * np.sqrt(downs / (downs - 1) * shrink)
    return np.asarray(centred * np.where(positive, up, down), dtype=np.float64)


def normalized_gini(rows: Rows, _settings: Settings, influence: bool) -> Measured:
    """Normalized Gini: how well the predictions sort the truth, against the perfect order.

    Rows are sorted by prediction and the Gini index of the truth along that order is divided by
    its value when rows are sorted by the truth itself: 1 is the perfect order, 0 a random one,
    -1 the reverse. With a truth of 0 and 1 it equals 2 · AUC - 1.
    Ties: the mean over all orders of the tied rows, computed exactly with mid-ranks, so the score
    never depends on the order of the file. (Formulas that break ties by file order differ here.)
    Edges: a constant truth has no order, so such a solution is refused. A constant prediction
    scores 0. The truth may be any number, negative ones included.
    Weights: a row of weight w stands for w equal rows.
    Interval: the influence function of this ratio of two covariances with a rank.
    """
    weight = np.ones(len(rows.truth)) if rows.weight is None else rows.weight
    by_guess, by_truth = Ladder.of(rows.prediction), Ladder.of(rows.truth)
    total = float(weight.sum())
    mass = weight * rows.truth
    guess_share = by_guess.mass_below(rows.weight) / total
    truth_share = by_truth.mass_below(rows.weight) / total
    reached = float((mass * (guess_share - 0.5)).sum() / total)
    possible = float((mass * (truth_share - 0.5)).sum() / total)
    score = reached / possible
    if not influence:
        return Measured(score, None)
    mean = float(mass.sum() / total)
    pulls = [
        rows.truth * (share - 0.5)
        + (mean - ladder.mass_below(mass) / total)
        - 2.0 * (value + mean / 2.0)
        + mean / 2.0
        for ladder, share, value in (
            (by_guess, guess_share, reached),
            (by_truth, truth_share, possible),
        )
    ]
    return Measured(score, (pulls[0] - score * pulls[1]) / possible)


def _both_classes(rows: Rows, _settings: Settings) -> Sequence[Fault]:
    weight = np.ones(len(rows.truth)) if rows.weight is None else rows.weight
    if weight[rows.truth > 0.5].sum() > 0 and weight[rows.truth <= 0.5].sum() > 0:
        return ()
    return [
        Fault(
            "one_class",
            mark("All rows of the %(split)s split have the same class: this metric is undefined there."),
            mark("Put rows with 0 and rows with 1 into each split."),
        )
    ]


def varied_truth(rows: Rows, _settings: Settings) -> Sequence[Fault]:
    """Demand at least two different true values in a split."""
    counted = rows.truth if rows.weight is None else rows.truth[rows.weight > 0]
    if len(counted) and counted.min() < counted.max():
        return ()
    return [
        Fault(
            "constant_truth",
            mark("The truth is the same in all rows of the %(split)s split: this metric is undefined there."),
            mark("Put rows with different true values into each split."),
        )
    ]


AUC = Metric(
    name="auc",
    family="ranking",
    title=mark("Area under the ROC curve"),
    direction="higher",
    bounds=(0.0, 1.0),
    precision=5,
    source="Hanley and McNeil (1982), Radiology 143; DeLong et al. (1988), Biometrics 44",
    truth=ZERO_OR_ONE,
    prediction=ANY_NUMBER,
    measure=auc,
    demand=_both_classes,
)
NORMALIZED_GINI = Metric(
    name="normalized_gini",
    family="ranking",
    title=mark("Normalized Gini"),
    direction="higher",
    bounds=(-1.0, 1.0),
    precision=5,
    source="Frees, Meyers and Cummings (2011), JASA 106; Lerman and Yitzhaki (1984), Economics Letters 15",
    truth=ANY_NUMBER,
    prediction=ANY_NUMBER,
    measure=normalized_gini,
    demand=varied_truth,
)
METRICS = (AUC, NORMALIZED_GINI)
