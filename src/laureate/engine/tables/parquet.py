"""Parquet files: columns by name, expanded only within the limit on bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from laureate.engine.tables.findings import Findings
from laureate.engine.tables.sources import Row, Wanted
from laureate.engine.tables.text import MAX_COLUMNS

BATCH = 1 << 16


@dataclass(frozen=True, slots=True)
class ParquetSource:
    """A Parquet file whose header was read."""

    file: Any
    findings: Findings
    max_bytes: int
    names: Sequence[str]
    unit: Literal["line", "row"] = "row"

    @classmethod
    def of(cls, data: bytes, findings: Findings, max_bytes: int) -> ParquetSource:
        """Open the bytes of a Parquet file; raises BadInputError."""
        import pyarrow as pa
        from pyarrow import parquet

        # Arrow answers hostile bytes with errors of many kinds: all mean the same here.
        try:
            plain = parquet.ParquetFile(pa.BufferReader(data))
            schema = plain.schema_arrow
            names = list(schema.names)
            texts = [field.name for field in schema if _is_text(field.type)]
            file = parquet.ParquetFile(pa.BufferReader(data), read_dictionary=texts)
            rows = int(file.metadata.num_rows)
        except Exception:
            raise findings.refuse("damaged_parquet") from None
        if not names:
            raise findings.refuse("empty_file")
        if len(names) > MAX_COLUMNS:
            raise findings.refuse("too_many_columns", columns=len(names), limit=MAX_COLUMNS)
        # Eight bytes a row is the least that a column of values takes.
        if rows * 8 > max_bytes:
            raise findings.refuse("too_large", limit=max_bytes)
        return cls(file, findings, max_bytes, names)

    def _arrays(self, wanted: Sequence[int]) -> dict[int, Any]:
        import pyarrow as pa

        names = [self.names[at] for at in wanted]
        chunks: dict[str, list[Any]] = {name: [] for name in names}
        size = 0
        try:
            for batch in self.file.iter_batches(batch_size=BATCH, columns=names, use_threads=False):
                for name in names:
                    array = batch.column(batch.schema.get_field_index(name))
                    size += _expanded_bytes(array)
                    if size > self.max_bytes:
                        break
                    chunks[name].append(_plain(array))
                if size > self.max_bytes:
                    break
            else:
                types = {name: _plain_type(self.file.schema_arrow.field(name).type) for name in names}
                return {
                    at: pa.chunked_array(chunks[self.names[at]], type=types[self.names[at]]) for at in wanted
                }
        except Exception:
            raise self.findings.refuse("damaged_parquet") from None
        raise self.findings.refuse("too_large", limit=self.max_bytes)

    def columns(self, wanted: Mapping[int, Wanted]) -> dict[int, Any] | None:
        """Return the wanted columns; None where a type needs the row-by-row reading."""
        import pyarrow as pa

        arrays = self._arrays(list(wanted))
        found: dict[int, Any] = {}
        for at, kind in wanted.items():
            array = arrays[at]
            if array.null_count:
                return None
            if kind == "text" and (_is_text(array.type) or pa.types.is_integer(array.type)):
                found[at] = array.cast(pa.large_string()).cast(pa.large_binary())
            elif kind == "number" and (pa.types.is_integer(array.type) or pa.types.is_floating(array.type)):
                found[at] = array.cast(pa.float64(), safe=False)
            else:
                return None
        return found

    def rows(self, wanted: Sequence[int]) -> Iterator[Row]:
        """Yield every row as text cells; the first wanted column is the id, which is no fraction."""
        import pyarrow as pa

        arrays = self._arrays(wanted)
        for at in wanted:
            kind = arrays[at].type
            fraction_as_id = at == wanted[0] and not (_is_text(kind) or pa.types.is_integer(kind))
            if fraction_as_id or pa.types.is_nested(kind) or not _is_readable(kind):
                raise self.findings.refuse("wrong_column_type", column=self.names[at], type=str(kind))
        try:
            lists = [[_cell(value) for value in arrays[at].to_pylist()] for at in wanted]
        except Exception:
            raise self.findings.refuse("damaged_parquet") from None
        for place, cells in enumerate(zip(*lists, strict=True), start=1):
            yield Row(place, cells)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return repr(value)
    return str(value).strip(" \t")


def _is_text(kind: Any) -> bool:
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_readable(kind: Any) -> bool:
    import pyarrow as pa

    numeric = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    return bool(numeric or pa.types.is_boolean(kind) or pa.types.is_null(kind) or _is_text(kind))


def _plain_type(kind: Any) -> Any:
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return pa.large_string() if _is_text(kind) else kind


def _plain(array: Any) -> Any:
    return array.cast(_plain_type(array.type)) if _plain_type(array.type) != array.type else array


def _expanded_bytes(array: Any) -> int:
    """Return the bytes that an array takes once its dictionary is written out."""
    import pyarrow as pa
    from pyarrow import compute

    if not pa.types.is_dictionary(array.type) or not _is_text(array.type):
        return int(array.nbytes)
    lengths = compute.binary_length(array.dictionary).cast(pa.int64())
    return int(compute.sum(lengths.take(array.indices)).as_py() or 0) + 8 * len(array)
