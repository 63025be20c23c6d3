"""Rows below and rows tied: the counting that Gini and AUC share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ladder:
    """Values in ascending order, with the blocks of ties among them."""

    order: NDArray[np.intp]
    starts: NDArray[np.intp]
    ends: NDArray[np.intp]

    @classmethod
    def of(cls, values: Floats) -> Ladder:
        """Sort ``values`` once; every count below is then linear."""
        order = np.argsort(values)
        ordered = values[order]
        steps = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
        return cls(
            order,
            np.concatenate((np.zeros(1, np.intp), steps)),
            np.concatenate((steps, np.full(1, len(values), np.intp))),
        )

    def mass_below(self, mass: Floats | None) -> Floats:
        """Return, a row, the mass of the rows with a smaller value plus half that of its ties.

        ``mass`` is one number a row; None stands for ones, so that the answer is then the
        mid-rank minus one half. A row counts among its own ties.
        """
        if mass is None:
            middle = (self.starts + self.ends) / 2.0
        else:
            so_far = np.concatenate((np.zeros(1), np.cumsum(mass[self.order])))
            middle = (so_far[self.starts] + so_far[self.ends]) / 2.0
        below = np.empty(len(self.order), dtype=np.float64)
        below[self.order] = np.repeat(middle, self.ends - self.starts)
        return below
