"""Intervals of a score from each row's influence on it."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def standard_error(influence: Floats, weight: Floats | None = None) -> float | None:
    """Return the standard error of a score, in the score's unit; None below two rows.

    ``influence`` holds one value a row, centred on 0: the derivative of the score when that row
    gains weight (Hampel 1974, "The influence curve and its role in robust estimation", JASA 69).
    The score then varies like the weighted mean of these values, drawn with their weights.
    """
    if weight is not None:
        # Rows without weight are not part of the sample.
        counted = weight > 0
        influence, weight = influence[counted], weight[counted]
    count = len(influence)
    if count < 2:
        return None
    if weight is None:
        spread = float(np.dot(influence, influence)) / count**2
    else:
        pulled = influence * weight
        spread = float(np.dot(pulled, pulled)) / float(weight.sum()) ** 2
    return math.sqrt(spread * count / (count - 1))


def normal_interval(
    score: float,
    influence: Floats,
    weight: Floats | None = None,
    *,
    bounds: tuple[float, float] = (-math.inf, math.inf),
    level: float = 0.95,
) -> tuple[float, float] | None:
    """Return the normal interval of a score at ``level``, cut to the metric's bounds.

    Sources: for means, the central limit theorem; for ratios and roots, the delta method; for
    AUC the components of DeLong, DeLong and Clarke-Pearson (1988); for Gini, the influence
    function of a rank covariance. None where two rows or more are lacking. The interval speaks of
    rows drawn like these; a score without any spread (all rows predicted alike well) gets an
    interval of no width, which understates what is unknown on few rows.
    """
    error = standard_error(influence, weight)
    if error is None or not math.isfinite(error):
        return None
    reach = NormalDist().inv_cdf(0.5 + level / 2.0) * error
    low, high = bounds
    return max(low, score - reach), min(high, score + reach)
