"""Labels: when two texts name the same class."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
"""The numbers that every reader takes alike; narrower than ``float()``, which also takes 1_000."""

MAX_LABEL_DIGITS = 40


def _value(label: str) -> float | None:
    if len(label) <= MAX_LABEL_DIGITS and NUMBER.fullmatch(label):
        return float(label)
    return None


@dataclass(frozen=True, slots=True)
class LabelBook:
    """The labels of a solution, each with its code.

    Where every label is a number, labels compare by value, so that ``1`` and ``1.0`` are one
    class; otherwise they compare as exact text.
    """

    labels: tuple[str, ...]
    numeric: bool
    code_of: dict[str | float, int] = field(repr=False)

    @classmethod
    def of(cls, texts: Iterable[str]) -> LabelBook:
        """Return the book of the distinct labels among ``texts``, in sorted order."""
        distinct = set(texts)
        values = {text: _value(text) for text in distinct}
        numbers = {value: text for text, value in sorted(values.items()) if value is not None}
        if distinct and None not in values.values():
            labels = tuple(numbers[value] for value in sorted(numbers))
            return cls(labels, True, {value: code for code, value in enumerate(sorted(numbers))})
        labels = tuple(sorted(distinct))
        return cls(labels, False, {label: code for code, label in enumerate(labels)})

    def code(self, text: str) -> int | None:
        """Return the code of a label, None where the book does not know it."""
        if not self.numeric:
            return self.code_of.get(text)
        value = _value(text)
        return None if value is None else self.code_of.get(value)

    def codes(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Return the codes of labels that are all known; raises KeyError."""
        found = {text: self.code(text) for text in set(texts)}
        if None in found.values():
            raise KeyError(next(text for text, code in found.items() if code is None))
        return np.array([found[text] for text in texts], dtype=np.int64)


def label_texts(labels: ArrayLike) -> list[str]:
    """Return labels of any kind as text, whole numbers without a decimal point."""
    return [
        str(int(label)) if isinstance(label, float) and label.is_integer() else str(label)
        for label in np.asarray(labels).tolist()
    ]
