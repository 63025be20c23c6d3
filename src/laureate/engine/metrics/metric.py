"""What a metric is: a formula with its direction, bounds, options, edge rules and source."""

from __future__ import annotations

import difflib
import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from laureate.engine.faults import BadInputError, Fault, mark
from laureate.engine.metrics.labels import LabelBook, label_texts

Floats = NDArray[np.float64]
Direction = Literal["higher", "lower"]
Kind = Literal["number", "label", "list"]

# Squares of numbers up to this one, summed over a billion rows, are still finite doubles.
LARGEST = 1e100


@dataclass(frozen=True, slots=True)
class Need:
    """What a cell must hold: a number in ``[low, high]``, a label, or a space-separated list."""

    kind: Kind
    said: str
    low: float = -LARGEST
    high: float = LARGEST
    integer: bool = False
    smallest: float = 0.0
    """The least absolute value; above 0 it keeps zeros out."""

    def refusal(self, value: float) -> str | None:
        """Return the rule that a finite number breaks in such a cell, None if it may stand."""
        if not self.low <= value <= self.high:
            return "out_of_range"
        if abs(value) < self.smallest:
            return "zero_truth"
        return "not_whole" if self.integer and not value.is_integer() else None

    def admits_all(self, values: Floats) -> bool:
        """Tell whether every number of an array may stand in such a cell; NaN may not."""
        if values.size == 0:
            return True
        # A NaN makes both comparisons false, an infinity one of them.
        if not (values.min() >= self.low and values.max() <= self.high):
            return False
        if self.smallest and bool((np.abs(values) < self.smallest).any()):
            return False
        return not self.integer or bool((values == np.floor(values)).all())


ANY_NUMBER = Need("number", mark("a number"))
PROBABILITY = Need("number", mark("a probability between 0 and 1"), low=0.0, high=1.0)
NOT_NEGATIVE = Need("number", mark("a number of at least 0"), low=0.0)
NOT_ZERO = Need("number", mark("a number other than 0"), smallest=1e-100)
ZERO_OR_ONE = Need("number", mark("0 or 1"), low=0.0, high=1.0, integer=True)
WHOLE = Need("number", mark("a whole number"), low=-1e9, high=1e9, integer=True)
LABEL = Need("label", mark("a label"))
LIST = Need("list", mark("a list of items separated by spaces"))


@dataclass(frozen=True, slots=True)
class Rows:
    """The aligned rows of one split, in the solution's order.

    ``truth`` and ``prediction`` are arrays of one length: numbers, label codes (positions
    in ``labels``), or texts that hold lists; two-dimensional when a metric takes several
    target columns together. ``weight`` is one non-negative number a row, or None for ones.
    """

    truth: NDArray[Any]
    prediction: NDArray[Any]
    weight: Floats | None = None
    labels: tuple[str, ...] = ()

    def mean(self, values: Floats) -> float:
        """Return the weighted mean of one value a row."""
        if self.weight is None:
            return float(values.mean())
        return float((values * self.weight).sum() / self.weight.sum())


class Measured(NamedTuple):
    """A score, and each row's influence on it (None where it is not known or not asked)."""

    score: float
    influence: Floats | None


Settings = Mapping[str, Any]
Measure = Callable[[Rows, Settings, bool], Measured]
Demand = Callable[[Rows, Settings], Sequence[Fault]]


@dataclass(frozen=True, slots=True)
class Option:
    """A setting of a metric: its default and what it means; text is read by ``read``."""

    name: str
    default: Any
    meaning: str
    read: Callable[[str], Any] = str


def whole_above_zero(text: str) -> int:
    """Read a whole number of at least 1; raises ValueError."""
    number = int(text)
    if not 1 <= number <= 1_000_000:
        raise ValueError(text)
    return number


def finite(text: str) -> float:
    """Read a finite number; raises ValueError."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


@dataclass(frozen=True, slots=True)
class Metric:
    """A measure of success: everything a page, a command or a server needs to know about it."""

    name: str
    family: str
    title: str
    direction: Direction
    bounds: tuple[float, float]
    precision: int
    source: str
    truth: Need
    prediction: Need
    measure: Measure
    demand: Demand | None = None
    options: tuple[Option, ...] = ()
    columns: Literal["one", "mean", "joint"] = "one"
    """How several target columns are taken: refused, scored one by one, or all together."""
    chosen: Settings = field(default_factory=dict)

    @property
    def doc(self) -> str:
        """The formula with its tie and edge rules, in words."""
        return inspect.getdoc(self.measure) or ""

    @property
    def needs(self) -> str:
        """What a prediction must hold, in words."""
        return self.prediction.said

    @property
    def settings(self) -> dict[str, Any]:
        """All options with the values in force."""
        return {option.name: option.default for option in self.options} | dict(self.chosen)

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON answer of ``laureate metrics``; an infinite bound is None, for JSON has no infinity."""
        return {
            "name": self.name,
            "family": self.family,
            "direction": self.direction,
            "bounds": [bound if math.isfinite(bound) else None for bound in self.bounds],
            "options": {
                option.name: {"default": option.default, "meaning": option.meaning} for option in self.options
            },
            "source": self.source,
        }

    def with_options(self, options: Mapping[str, object] | None) -> Metric:
        """Return the metric with ``options`` set; text values are read.

        Raises BadInputError naming every unknown option and every value that does not fit.
        """
        known = {option.name: option for option in self.options}
        faults: list[Fault] = []
        chosen: dict[str, Any] = {}
        for name, value in (options or {}).items():
            if name not in known:
                faults.append(_unknown_option(self, str(name)))
                continue
            try:
                chosen[name] = known[name].read(str(value))
            except ValueError:
                faults.append(
                    Fault(
                        "bad_option",
                        mark("The option %(option)s of %(metric)s cannot be “%(value)s”."),
                        mark("Give another value: %(meaning)s"),
                        {
                            "option": name,
                            "metric": self.name,
                            "value": str(value)[:80],
                            "meaning": known[name].meaning,
                        },
                    )
                )
        if faults:
            raise BadInputError(faults)
        return replace(self, chosen=chosen)

    def compute(self, truth: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None = None) -> float:
        """Return the score of ``prediction`` against ``truth``, arrays of one length.

        Numbers for number metrics (two-dimensional for several classes), labels of any kind
        for label metrics, texts of items separated by spaces for list metrics. Values are
        taken as valid: validation belongs to :mod:`laureate.engine.tables`.
        """
        weights = None if weight is None else np.asarray(weight, dtype=np.float64)
        if self.prediction.kind == "number":
            rows = Rows(np.asarray(truth, np.float64), np.asarray(prediction, np.float64), weights)
        elif self.prediction.kind == "label":
            truths, guesses = label_texts(truth), label_texts(prediction)
            book = LabelBook.of([*truths, *guesses])
            rows = Rows(book.codes(truths), book.codes(guesses), weights, book.labels)
        else:
            rows = Rows(np.asarray(truth, object), np.asarray(prediction, object), weights)
        return self.measure(rows, self.settings, False).score


def _unknown_option(metric: Metric, name: str) -> Fault:
    names = [option.name for option in metric.options]
    near = difflib.get_close_matches(name, names, n=1)
    params = {
        "option": name[:80],
        "metric": metric.name,
        "names": ", ".join(names),
        "near": near[0] if near else "",
    }
    if near:
        fix = mark("Did you mean %(near)s?")
    elif names:
        fix = mark("Its options are: %(names)s.")
    else:
        fix = mark("Leave the option out: this metric has none.")
    return Fault("unknown_option", mark("%(metric)s has no option named “%(option)s”."), fix, params)
