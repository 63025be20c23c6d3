"""Metrics of numeric error: RMSE, MAE, RMSLE, MAPE, R²."""

from __future__ import annotations

import math

import numpy as np

from laureate.engine.faults import mark
from laureate.engine.metrics.metric import (
    ANY_NUMBER,
    NOT_NEGATIVE,
    NOT_ZERO,
    Floats,
    Measured,
    Metric,
    Rows,
    Settings,
)
from laureate.engine.metrics.ranking import varied_truth


def _mean(rows: Rows, losses: Floats, influence: bool) -> Measured:
    score = rows.mean(losses)
    return Measured(score, losses - score if influence else None)


def _root_of_mean(rows: Rows, squares: Floats, influence: bool) -> Measured:
    mean = rows.mean(squares)
    root = math.sqrt(mean)
    if not influence:
        return Measured(root, None)
    return Measured(root, (squares - mean) / (2.0 * root) if root else np.zeros(len(squares)))


def rmse(rows: Rows, _settings: Settings, influence: bool) -> Measured:
    """Root mean squared error: the square root of the mean of (prediction - truth)².

    Several target columns: the mean of the columns' scores.
    Edges: none; 0 is a perfect prediction.
    Weights: a weighted mean of the squares.
    Interval: normal, from the rows' squares by the delta method.
    """
    return _root_of_mean(rows, (rows.prediction - rows.truth) ** 2, influence)


def mae(rows: Rows, _settings: Settings, influence: bool) -> Measured:
    """Mean absolute error: the mean of |prediction - truth|.

    Several target columns: the mean of the columns' scores.
    Edges: none; 0 is a perfect prediction.
    Weights: a weighted mean.
    Interval: normal, from the rows' errors.
    """
    return _mean(rows, np.abs(rows.prediction - rows.truth), influence)


def rmsle(rows: Rows, _settings: Settings, influence: bool) -> Measured:
    """Root mean squared logarithmic error: RMSE between log(1 + prediction) and log(1 + truth).

    Several target columns: the mean of the columns' scores.
    Edges: truth and prediction must be at least 0; a negative one is refused.
    Weights: a weighted mean of the squares.
    Interval: normal, from the rows' squares by the delta method.
    """
    return _root_of_mean(rows, (np.log1p(rows.prediction) - np.log1p(rows.truth)) ** 2, influence)


def mape(rows: Rows, _settings: Settings, influence: bool) -> Measured:
    """Mean absolute percentage error: the mean of |prediction - truth| / |truth|, as a fraction.

    0.1 means 10 %. Several target columns: the mean of the columns' scores.
    Edges: a true value of 0 (below 1e-100) is refused in the solution.
    Weights: a weighted mean.
    Interval: normal, from the rows' errors.
    """
    return _mean(rows, np.abs(rows.prediction - rows.truth) / np.abs(rows.truth), influence)


def r2(rows: Rows, _settings: Settings, influence: bool) -> Measured:
    """Coefficient of determination: 1 - (squared error) / (squared deviation from the mean truth).

    1 is perfect, 0 what the mean of the split's truth would score, negative what is worse.
    Several target columns: the mean of the columns' scores.
    Edges: a constant truth has no deviation, so such a solution is refused.
    Weights: weighted means, the mean of the truth included.
    Interval: normal, by the delta method for a ratio of means.
    """
    squares = (rows.prediction - rows.truth) ** 2
    deviations = (rows.truth - rows.mean(rows.truth)) ** 2
    spread = rows.mean(deviations)
    ratio = rows.mean(squares) / spread
    return Measured(1.0 - ratio, (ratio * deviations - squares) / spread if influence else None)


RMSE = Metric(
    name="rmse",
    family="error",
    title=mark("Root mean squared error"),
    direction="lower",
    bounds=(0.0, math.inf),
    precision=5,
    source="Hyndman and Koehler (2006), International Journal of Forecasting 22",
    truth=ANY_NUMBER,
    prediction=ANY_NUMBER,
    measure=rmse,
    columns="mean",
)
MAE = Metric(
    name="mae",
    family="error",
    title=mark("Mean absolute error"),
    direction="lower",
    bounds=(0.0, math.inf),
    precision=5,
    source="Hyndman and Koehler (2006), International Journal of Forecasting 22",
    truth=ANY_NUMBER,
    prediction=ANY_NUMBER,
    measure=mae,
    columns="mean",
)
RMSLE = Metric(
    name="rmsle",
    family="error",
    title=mark("Root mean squared logarithmic error"),
    direction="lower",
    bounds=(0.0, math.inf),
    precision=5,
    source="Tofallis (2015), Journal of the Operational Research Society 66",
    truth=NOT_NEGATIVE,
    prediction=NOT_NEGATIVE,
    measure=rmsle,
    columns="mean",
)
MAPE = Metric(
    name="mape",
    family="error",
    title=mark("Mean absolute percentage error"),
    direction="lower",
    bounds=(0.0, math.inf),
    precision=5,
    source="de Myttenaere et al. (2016), Neurocomputing 192",
    truth=NOT_ZERO,
    prediction=ANY_NUMBER,
    measure=mape,
    columns="mean",
)
R2 = Metric(
    name="r2",
    family="error",
    title=mark("Coefficient of determination (R²)"),
    direction="higher",
    bounds=(-math.inf, 1.0),
    precision=5,
    source="Kvålseth (1985), The American Statistician 39",
    truth=ANY_NUMBER,
    prediction=ANY_NUMBER,
    measure=r2,
    demand=varied_truth,
    columns="mean",
)
METRICS = (RMSE, MAE, RMSLE, MAPE, R2)
