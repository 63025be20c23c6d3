"""Metrics of probabilities: log loss, for two classes or more."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from laureate.engine.faults import Fault, mark
from laureate.engine.metrics.metric import PROBABILITY, ZERO_OR_ONE, Measured, Metric, Rows, Settings

EPS = 1e-15
"""The probability given to what happened is clipped to [EPS, 1 - EPS] before the logarithm."""


def log_loss(rows: Rows, _settings: Settings, influence: bool) -> Measured:
    """Log loss: the mean of -log(probability that the prediction gave to what happened).

    One target column: truth 0 or 1, prediction the probability of 1. Several target columns:
    one a class, truth 1 in the row's class and 0 elsewhere, predictions divided by their sum in
    the row; a row whose predictions sum to 0 is refused.
    Edges: the probability of what happened is clipped to [EPS, 1 - EPS] with EPS = 1e-15, so
    that the loss of one row is at most 34.54. A prediction outside [0, 1] is refused.
    Weights: a weighted mean.
    Interval: normal, from the rows' losses.
    """
    if rows.truth.ndim == 1:
        given = np.where(rows.truth > 0.5, rows.prediction, 1.0 - rows.prediction)
    else:
        given = (rows.prediction * rows.truth).sum(axis=1) / rows.prediction.sum(axis=1)
    losses = -np.log(np.clip(given, EPS, 1.0 - EPS))
    score = rows.mean(losses)
    return Measured(score, losses - score if influence else None)


def _one_class_a_row(rows: Rows, _settings: Settings) -> Sequence[Fault]:
    if rows.truth.ndim == 1:
        return ()
    wrong = int((rows.truth.sum(axis=1) != 1.0).sum())
    if not wrong:
        return ()
    return [
        Fault(
            "not_one_class",
            mark("Rows of the %(split)s split without exactly one class: %(count)s."),
            mark("Write 1 in the column of the row's class and 0 in the other target columns."),
            {"count": wrong},
            count=wrong,
        )
    ]


LOG_LOSS = Metric(
    name="log_loss",
    family="likelihood",
    title=mark("Log loss"),
    direction="lower",
    bounds=(0.0, -math.log(EPS)),
    precision=5,
    source="Good (1952), Journal of the Royal Statistical Society B 14",
    truth=ZERO_OR_ONE,
    prediction=PROBABILITY,
    measure=log_loss,
    demand=_one_class_a_row,
    columns="joint",
)
METRICS = (LOG_LOSS,)
