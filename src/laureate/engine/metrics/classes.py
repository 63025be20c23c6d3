"""Metrics of labels: accuracy and the F1 scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from laureate.engine.faults import Fault, mark
from laureate.engine.metrics.labels import LabelBook
from laureate.engine.metrics.metric import LABEL, Floats, Measured, Metric, Option, Rows, Settings

LABELS = Option(
    "labels",
    "",
    "all labels an entry may use, separated by commas; those of the solution when empty",
)
POSITIVE = Option("positive", "1", "the label counted as positive")


def accuracy(rows: Rows, _settings: Settings, influence: bool) -> Measured:
    """Accuracy: the share of rows whose label is right.

    Edges: labels compare by value where all labels of the solution are numbers (1 and 1.0 are
    one class), as exact text otherwise. A label that the solution does not know is refused;
    the option ``labels`` declares more.
    Weights: the share of the weight.
    Interval: normal, from the rows' hits.
    """
    hits = np.asarray(rows.truth == rows.prediction, dtype=np.float64)
    score = rows.mean(hits)
    return Measured(score, hits - score if influence else None)


def f1(rows: Rows, settings: Settings, influence: bool) -> Measured:
    """F1 of the positive label: 2 TP / (2 TP + FP + FN), the harmonic mean of precision and recall.

    The option ``positive`` names the label; all others count as negative.
    Edges: 0 when no row of the positive label is found. A split in which the positive label does
    not occur is refused in the solution.
    Weights: TP, FP and FN are sums of weights.
    Interval: normal, by the delta method for a ratio of means.
    """
    code = LabelBook.of(rows.labels).code(str(settings["positive"]))
    return _f1_of(rows, -1 if code is None else code, influence)


def _f1_of(rows: Rows, code: int, influence: bool) -> Measured:
    """Return F1 of one label; its influence is that of a ratio of two means."""
    truly = np.asarray(rows.truth == code, dtype=np.float64)
    guessed = np.asarray(rows.prediction == code, dtype=np.float64)
    twice_hit, named = 2.0 * truly * guessed, truly + guessed
    below = rows.mean(named)
    score = rows.mean(twice_hit) / below if below else 0.0
    if not influence:
        return Measured(score, None)
    return Measured(score, (twice_hit - score * named) / below if below else np.zeros(len(named)))


def f1_macro(rows: Rows, _settings: Settings, influence: bool) -> Measured:
    """Macro F1: the plain mean of the F1 of each label.

    Edges: the mean runs over the labels that occur in the truth or in the predictions of the
    split; a label never hit counts 0.
    Weights: within each label, TP, FP and FN are sums of weights; labels count alike.
    Interval: normal, from the mean of the labels' influences.
    """
    counted = slice(None) if rows.weight is None else rows.weight > 0
    codes = np.union1d(rows.truth[counted], rows.prediction[counted])
    if not influence:
        return Measured(_macro_by_counts(rows, len(rows.labels), codes), None)
    parts = [_f1_of(rows, int(code), True) for code in codes]
    pull: Floats = np.zeros(len(rows.truth))
    for part in parts:
        if part.influence is not None:
            pull += part.influence
    return Measured(_macro_by_counts(rows, len(rows.labels), codes), pull / len(parts))


def _macro_by_counts(rows: Rows, size: int, codes: np.ndarray) -> float:
    hit = rows.truth == rows.prediction
    weight = rows.weight
    truly = np.bincount(rows.truth, weight, size)
    guessed = np.bincount(rows.prediction, weight, size)
    both = np.bincount(rows.truth[hit], None if weight is None else weight[hit], size)
    return float((2.0 * both[codes] / (truly + guessed)[codes]).mean())


def f1_micro(rows: Rows, settings: Settings, influence: bool) -> Measured:
    """Micro F1: 2 TP / (2 TP + FP + FN) with TP, FP and FN summed over all labels.

    With one label a row every error is one FP and one FN, so it equals accuracy; it is kept
    under its own name because challenges ask for it by name.
    Edges, weights and interval: those of accuracy.
    """
    return accuracy(rows, settings, influence)


def _positive_occurs(rows: Rows, settings: Settings) -> Sequence[Fault]:
    code = LabelBook.of(rows.labels).code(str(settings["positive"]))
    counted = rows.truth if rows.weight is None else rows.truth[rows.weight > 0]
    if code is not None and bool((counted == code).any()):
        return ()
    return [
        Fault(
            "no_positive",
            mark("The positive label “%(positive)s” does not occur in the %(split)s split."),
            mark("Name the positive label with the option positive, or put such rows into each split."),
            {"positive": str(settings["positive"])[:80]},
        )
    ]


SOKOLOVA = "Sokolova and Lapalme (2009), Information Processing and Management 45"
ACCURACY = Metric(
    name="accuracy",
    family="classification",
    title=mark("Accuracy"),
    direction="higher",
    bounds=(0.0, 1.0),
    precision=5,
    source=SOKOLOVA,
    truth=LABEL,
    prediction=LABEL,
    measure=accuracy,
    options=(LABELS,),
)
F1 = Metric(
    name="f1",
    family="classification",
    title=mark("F1 of the positive label"),
    direction="higher",
    bounds=(0.0, 1.0),
    precision=5,
    source="van Rijsbergen (1979), Information Retrieval",
    truth=LABEL,
    prediction=LABEL,
    measure=f1,
    demand=_positive_occurs,
    options=(POSITIVE, LABELS),
)
F1_MACRO = Metric(
    name="f1_macro",
    family="classification",
    title=mark("Macro F1"),
    direction="higher",
    bounds=(0.0, 1.0),
    precision=5,
    source=SOKOLOVA,
    truth=LABEL,
    prediction=LABEL,
    measure=f1_macro,
    options=(LABELS,),
)
F1_MICRO = Metric(
    name="f1_micro",
    family="classification",
    title=mark("Micro F1"),
    direction="higher",
    bounds=(0.0, 1.0),
    precision=5,
    source=SOKOLOVA,
    truth=LABEL,
    prediction=LABEL,
    measure=f1_micro,
    options=(LABELS,),
)
METRICS = (ACCURACY, F1, F1_MACRO, F1_MICRO)
