"""Metrics of agreement between two raters: quadratic weighted kappa."""

from __future__ import annotations

from laureate.engine.faults import mark
from laureate.engine.metrics.metric import WHOLE, Measured, Metric, Option, Rows, Settings, finite
from laureate.engine.metrics.ranking import varied_truth


def quadratic_weighted_kappa(rows: Rows, _settings: Settings, influence: bool) -> Measured:
    """Quadratic weighted kappa: agreement of two ratings beyond chance, errors squared.

    1 - (mean squared difference) / (the same if both ratings were independent). Ratings are
    whole numbers and their difference is the difference of their values, so that 1 against 3
    weighs four times as much as 1 against 2 even where nobody gave a 2.
    Edges: a constant truth leaves no agreement beyond chance, so such a solution is refused; a
    constant prediction scores 0. A rating outside the scale is refused; the scale runs from the
    solution's smallest to its largest rating, or from the option ``low`` to the option ``high``.
    Weights: weighted means.
    Interval: normal, by the delta method for a ratio of functions of means.
    """
    # Kappa does not move with the origin of the scale; a centred one keeps digits.
    origin = rows.mean(rows.truth)
    truth, guess = rows.truth - origin, rows.prediction - origin
    squares = (guess - truth) ** 2
    mean_truth, mean_guess = rows.mean(truth), rows.mean(guess)
    own = truth**2 + guess**2
    by_chance = rows.mean(own) - 2.0 * mean_truth * mean_guess
    ratio = rows.mean(squares) / by_chance
    if not influence:
        return Measured(1.0 - ratio, None)
    chance_pull = own - 2.0 * (mean_truth * guess + mean_guess * truth - mean_truth * mean_guess) - by_chance
    pull = (squares - rows.mean(squares) - ratio * chance_pull) / by_chance
    return Measured(1.0 - ratio, -pull)


QUADRATIC_WEIGHTED_KAPPA = Metric(
    name="quadratic_weighted_kappa",
    family="agreement",
    title=mark("Quadratic weighted kappa"),
    direction="higher",
    bounds=(-1.0, 1.0),
    precision=5,
    source="Cohen (1968), Psychological Bulletin 70; Fleiss et al. (1969), Psychological Bulletin 72",
    truth=WHOLE,
    prediction=WHOLE,
    measure=quadratic_weighted_kappa,
    demand=varied_truth,
    options=(
        Option("low", None, "the smallest rating of the scale; the solution's when not given", finite),
        Option("high", None, "the largest rating of the scale; the solution's when not given", finite),
    ),
)
METRICS = (QUADRATIC_WEIGHTED_KAPPA,)
