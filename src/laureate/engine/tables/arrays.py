"""Arrow columns as numpy arrays, from their buffers.

Arrow's own ``to_numpy`` of a chunked array imports pandas where it is installed, for half a
second of nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray


def floats_of(column: Any) -> NDArray[np.float64]:
    """Return the values of a chunked array of float64 without nulls."""
    return np.concatenate([np.zeros(0), *(_values(chunk, np.float64) for chunk in column.chunks)])


def whole_numbers_of(column: Any) -> NDArray[np.int64]:
    """Return the values of a chunked array of int64 without nulls."""
    empty = np.zeros(0, np.int64)
    return np.concatenate([empty, *(_values(chunk, np.int64) for chunk in column.chunks)])


def words_of(column: Any) -> tuple[list[str], NDArray[np.int64]]:
    """Return the distinct texts of a chunked array of large binary, stripped, and where each stands."""
    words = column.combine_chunks().dictionary_encode()
    texts = [word.decode().strip(" \t") for word in words.dictionary.to_pylist()]
    return texts, _values(words.indices, np.int32).astype(np.int64)


def bytes_of(column: Any) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.int64]]]:
    """Yield the bytes and the offsets, from 0, of each chunk of large binary."""
    for chunk in column.chunks:
        if not len(chunk):
            continue
        _, ends, data = chunk.buffers()
        offsets = np.frombuffer(ends, np.int64)[chunk.offset : chunk.offset + len(chunk) + 1]
        content = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
        yield content[offsets[0] : offsets[-1]], offsets - offsets[0]


def _values(chunk: Any, kind: type[np.generic]) -> NDArray[Any]:
    if not len(chunk):
        return np.zeros(0, kind)
    return np.frombuffer(chunk.buffers()[1], kind)[chunk.offset : chunk.offset + len(chunk)]
