"""A solution file, compiled once: ids, truth, splits and weights, ready for many entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from laureate.engine.metrics import Metric, Need, Rows, get_metric
from laureate.engine.metrics.labels import LabelBook
from laureate.engine.tables.arrays import bytes_of, whole_numbers_of

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class IdList:
    """The ids in the solution's order, as one run of UTF-8 bytes with the ends of each."""

    data: bytes
    offsets: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, row: int) -> str:
        return self.data[self.offsets[row] : self.offsets[row + 1]].decode()

    def __iter__(self) -> Iterator[str]:
        return (self[row] for row in range(len(self)))

    @classmethod
    def of(cls, texts: list[str]) -> IdList:
        """Return the list of ids given as text."""
        encoded = [text.encode() for text in texts]
        ends = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
        return cls(b"".join(encoded), ends)

    @classmethod
    def of_arrow(cls, array: Any) -> IdList:
        """Return the list of ids in an Arrow chunked array of large binary."""
        pieces, ends, total = [], [np.zeros(1, np.int64)], 0
        for data, offsets in bytes_of(array):
            pieces.append(data.tobytes())
            ends.append(offsets[1:] + total)
            total += len(data)
        return cls(b"".join(pieces), np.concatenate(ends))

    def arrow(self) -> Any:
        """Return the ids as an Arrow chunked array of large binary, without a copy."""
        import pyarrow as pa

        buffers = [None, pa.py_buffer(self.offsets.data), pa.py_buffer(self.data)]
        whole: Any = pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(self), buffers)
        return pa.chunked_array([whole])

    def places_of(self, ids: Any) -> NDArray[np.intp] | slice | None:
        """Return the solution row of each id of an Arrow array as long as this list.

        A full slice when the order is the same; None when the ids are not these, each once.
        """
        if len(ids) != len(self):
            return None
        if self._is_in_order(ids):
            return slice(None)
        by_number = self._places_by_number(ids)
        if by_number is not None:
            return by_number
        from pyarrow import compute

        found = compute.index_in(ids, value_set=self.arrow().chunk(0))
        if found.null_count:
            return None
        places = whole_numbers_of(found.cast("int64")).astype(np.intp, copy=False)
        return places if self._is_each_once(places) else None

    def _is_each_once(self, places: NDArray[np.intp]) -> bool:
        seen = np.zeros(len(self), dtype=bool)
        seen[places] = True
        return bool(seen.all())

    def _places_by_number(self, ids: Any) -> NDArray[np.intp] | None:
        """Return the places of ids that are whole numbers in a dense range; None to give up.

        Ids are exact text: “007” is not “7”. But where both sides hold the same numbers, each
        once, and as many bytes, no text can be longer than another writing of its number.
        """
        if self._bytes_of(ids) != len(self.data):
            return None
        own, other = _as_numbers(self.arrow()), _as_numbers(ids)
        if own is None or other is None:
            return None
        low, high = int(own.min()), int(own.max())
        if high - low > 8 * len(own) or int(other.min()) < low or int(other.max()) > high:
            return None
        row_of = np.full(high - low + 1, -1, dtype=np.intp)
        row_of[own - low] = np.arange(len(own))
        places = row_of[other - low]
        if int(places.min()) < 0 or not self._is_each_once(places):
            return None
        return places

    @staticmethod
    def _bytes_of(ids: Any) -> int:
        return sum(len(data) for data, _ in bytes_of(ids))

    def _is_in_order(self, ids: Any) -> bool:
        own = np.frombuffer(self.data, np.uint8)
        row = 0
        for data, offsets in bytes_of(ids):
            start = self.offsets[row]
            expected = self.offsets[row : row + len(offsets)] - start
            if not np.array_equal(expected, offsets):
                return False
            if not np.array_equal(own[start : start + len(data)], data):
                return False
            row += len(offsets) - 1
        return True


def _as_numbers(ids: Any) -> NDArray[np.int64] | None:
    import pyarrow as pa

    try:
        return whole_numbers_of(ids.cast(pa.large_string()).cast(pa.int64()))
    except pa.ArrowException:
        return None


@dataclass(frozen=True, slots=True)
class Solution:
    """The compiled solution of a challenge; it can be pickled and kept.

    ``splits`` names the scored splits: ("public", "private"), or ("all",) without a column
    Usage. Arrays are in the order of the file and hold all its rows, ignored ones included.
    """

    metric_name: str
    options: Mapping[str, Any]
    id_column: str
    targets: tuple[str, ...]
    sha256: str
    ids: IdList = field(repr=False)
    truth: tuple[NDArray[Any], ...] = field(repr=False)
    weight: Floats | None = field(repr=False)
    places: Mapping[str, NDArray[np.intp] | None] = field(repr=False)
    """The rows of each split; None stands for all rows."""
    book: LabelBook | None = field(default=None, repr=False)
    need: Need = field(kw_only=True, repr=False)
    """What a cell of an entry must hold."""

    @property
    def rows(self) -> int:
        """How many rows an entry must have."""
        return len(self.ids)

    @property
    def splits(self) -> tuple[str, ...]:
        """The names of the scored splits."""
        return tuple(self.places)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows each split has."""
        return {name: self.rows if rows is None else len(rows) for name, rows in self.places.items()}

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that an entry may use; empty where values are no labels."""
        return () if self.book is None else self.book.labels

    @property
    def metric(self) -> Metric:
        """The metric with the options of this solution."""
        return get_metric(self.metric_name).with_options(self.options)

    def rows_of(self, split: str, values: tuple[NDArray[Any], ...]) -> list[Rows]:
        """Return what the metric sees of one split: one for all columns, or one a column."""
        places = self.places[split]
        chosen: Any = slice(None) if places is None else places
        weight = None if self.weight is None else self.weight[chosen]
        if get_metric(self.metric_name).columns == "joint" and len(self.targets) > 1:
            truth = np.column_stack([column[chosen] for column in self.truth])
            guess = np.column_stack([column[chosen] for column in values])
            return [Rows(truth, guess, weight, self.labels)]
        return [
            Rows(truth[chosen], guess[chosen], weight, self.labels)
            for truth, guess in zip(self.truth, values, strict=True)
        ]
