"""Compile a solution file: read it fast, or row by row where something needs to be said."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from laureate.engine.faults import BadInputError
from laureate.engine.metrics import Metric, Need, get_metric
from laureate.engine.metrics.labels import LabelBook
from laureate.engine.metrics.metric import NOT_NEGATIVE
from laureate.engine.tables.arrays import floats_of, words_of
from laureate.engine.tables.cells import MISSING, read_number
from laureate.engine.tables.findings import Findings
from laureate.engine.tables.header import listed, places_of
from laureate.engine.tables.opening import CHUNK, MAX_BYTES, open_table
from laureate.engine.tables.solution import IdList, Solution
from laureate.engine.tables.sources import Source, Wanted, open_source

USAGES = {"public": 0, "private": 1, "ignored": 2}
IGNORED = USAGES["ignored"]
RESERVED = ("usage", "weight", "group")


@dataclass(frozen=True, slots=True)
class Roles:
    """Which column of the solution plays which part."""

    id: int
    targets: tuple[int, ...]
    usage: int | None
    weight: int | None

    @property
    def all(self) -> list[int]:
        """The positions of the columns to read, the id first."""
        extra = [at for at in (self.usage, self.weight) if at is not None]
        return [self.id, *self.targets, *extra]


@dataclass(slots=True)
class Read:
    """The columns of a solution as arrays, before the metric has its say."""

    ids: IdList
    usage: NDArray[np.int64] | None
    weight: NDArray[np.float64] | None
    truth: list[NDArray[Any]]
    book: LabelBook | None = None


def compile_solution(
    source: Path,
    *,
    metric: str,
    options: Mapping[str, object] | None = None,
    id_column: str | None = None,
    targets: Sequence[str] | None = None,
    max_bytes: int = MAX_BYTES,
) -> Solution:
    """Read a solution file for a metric.

    The id is the first column unless ``id_column`` names it; the targets are all others except
    ``Usage``, ``weight`` and ``group`` unless ``targets`` names them. ``Usage`` holds Public,
    Private or Ignored in any case; the truth of an ignored row is not read.
    Raises BadInputError with all faults of the file.
    """
    chosen = get_metric(metric).with_options(options)
    findings = Findings(source.name)
    opened = open_table(source, findings, max_bytes)
    table = open_source(opened, findings, [name for name in (id_column, *(targets or ())) if name], max_bytes)
    roles = _roles(table, chosen, id_column, targets, findings)
    read = _read_fast(table, roles, chosen) or _read_slowly(table, roles, chosen, findings)
    solution = Solution(
        metric_name=metric,
        options=dict(chosen.chosen),
        id_column=table.names[roles.id],
        targets=tuple(table.names[at] for at in roles.targets),
        sha256=_digest(source),
        ids=read.ids,
        truth=tuple(read.truth),
        weight=read.weight,
        places=_splits(read, findings),
        book=read.book,
        need=_entry_need(chosen, read),
    )
    _check_splits(solution, chosen, findings)
    return solution


def _digest(source: Path) -> str:
    digest = hashlib.sha256()
    with source.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _roles(
    table: Source, metric: Metric, id_column: str | None, targets: Sequence[str] | None, findings: Findings
) -> Roles:
    names = list(table.names)
    id_name = names[0] if id_column is None else id_column
    places_of(table, [id_name, *dict.fromkeys(targets or ())], findings)
    reserved: dict[str, str] = {}
    for name in names:
        if name != id_name and name not in (targets or ()) and name.strip().lower() in RESERVED:
            reserved.setdefault(name.strip().lower(), name)
    if targets is None:
        targets = [name for name in names if name != id_name and name not in reserved.values()]
    if not targets:
        raise findings.refuse("no_target")
    if len(targets) > 1 and metric.columns == "one":
        raise findings.refuse(
            "too_many_targets", metric=metric.name, count=len(targets), names=listed(list(targets))
        )
    extra = [reserved[role] for role in ("usage", "weight") if role in reserved]
    places = places_of(table, [id_name, *dict.fromkeys(targets), *extra], findings)
    place = dict(zip([id_name, *dict.fromkeys(targets), *extra], places, strict=True))
    return Roles(
        place[id_name],
        tuple(place[name] for name in dict.fromkeys(targets)),
        place[reserved["usage"]] if "usage" in reserved else None,
        place[reserved["weight"]] if "weight" in reserved else None,
    )


def _read_fast(table: Source, roles: Roles, metric: Metric) -> Read | None:
    """Read columns as arrays; None where anything at all is out of the ordinary."""
    from pyarrow import compute

    kind: Wanted = "number" if metric.truth.kind == "number" else "text"
    wanted: dict[int, Wanted] = {roles.id: "text", **dict.fromkeys(roles.targets, kind)}
    if roles.usage is not None:
        wanted[roles.usage] = "text"
    if roles.weight is not None:
        wanted[roles.weight] = "number"
    columns = table.columns(wanted)
    if columns is None or not len(columns[roles.id]):
        return None
    ids = columns[roles.id]
    text = ids.cast("large_string")
    tidy = compute.equal(compute.utf8_trim(text, characters=" \t"), text)
    if not compute.all(tidy).as_py() or len(compute.unique(ids)) != len(ids):
        return None
    if compute.min(compute.binary_length(ids)).as_py() == 0:
        return None
    usage = None if roles.usage is None else _usage_codes(columns[roles.usage])
    weight = None if roles.weight is None else floats_of(columns[roles.weight])
    if roles.usage is not None and usage is None:
        return None
    if weight is not None and not NOT_NEGATIVE.admits_all(weight):
        return None
    read = Read(IdList.of_arrow(ids), usage, weight, [])
    arrays = [columns[at] for at in roles.targets]
    return read if _truth_fast(read, arrays, metric) else None


def _usage_codes(column: Any) -> NDArray[np.int64] | None:
    words, indices = words_of(column)
    codes = [USAGES.get(word.lower(), -1) for word in words]
    if -1 in codes:
        return None
    return np.take(np.array(codes, dtype=np.int64), indices)


def _truth_fast(read: Read, arrays: Sequence[Any], metric: Metric) -> bool:
    if metric.truth.kind == "number":
        read.truth = [floats_of(array) for array in arrays]
        scored = slice(None) if read.usage is None else read.usage != IGNORED
        return all(metric.truth.admits_all(values[scored]) for values in read.truth)
    texts, indices = words_of(arrays[0])
    if any(text.lower() in MISSING for text in texts):
        return False
    _take_words(read, texts, indices, metric)
    return True


def _take_words(read: Read, texts: list[str], indices: NDArray[Any], metric: Metric) -> None:
    """Keep labels as codes of the book of all scored ones, lists as texts."""
    if metric.truth.kind == "list":
        read.truth = [np.array(texts, dtype=object)[indices]]
        return
    used = indices if read.usage is None else indices[read.usage != IGNORED]
    declared = [label.strip() for label in str(metric.settings["labels"]).split(",") if label.strip()]
    book = LabelBook.of([texts[at] for at in np.unique(used)] + declared)
    codes = np.array([-1 if (code := book.code(text)) is None else code for text in texts], dtype=np.int64)
    read.book, read.truth = book, [codes[indices]]


def _read_slowly(table: Source, roles: Roles, metric: Metric, findings: Findings) -> Read:
    """Read row by row; raises BadInputError with everything that is wrong."""
    ids: dict[str, int] = {}
    usages: list[int] = []
    weights: list[float] = []
    cells: list[list[Any]] = [[] for _ in roles.targets]
    wanted = roles.all
    for flaw in ("bad_quotes", "wrong_field_count"):
        findings.explain(flaw, expected=len(table.names))
    for at in roles.targets:
        findings.explain("out_of_range", table.names[at], low=metric.truth.low, high=metric.truth.high)
    for row in table.rows(wanted):
        where: Mapping[str, int] = {table.unit: row.place}
        if row.flaw is not None:
            findings.note(row.flaw, **where, found=row.fields)
            continue
        _note_id(row.cells[0], ids, table.names[roles.id], where, findings)
        rest = list(row.cells[1 + len(roles.targets) :])
        usage = _usage(rest.pop(0), where, findings) if roles.usage is not None else 0
        usages.append(usage)
        if roles.weight is not None:
            weights.append(_weight(rest.pop(0), where, findings))
        for at, values in enumerate(cells):
            text = row.cells[1 + at]
            column = table.names[roles.targets[at]]
            values.append(_true_value(text, metric.truth, usage, column, where, findings))
    if not usages and not findings:
        raise findings.refuse("no_rows")
    findings.raise_if_any()
    read = Read(
        IdList.of(list(ids)),
        None if roles.usage is None else np.array(usages, dtype=np.int64),
        None if roles.weight is None else np.array(weights),
        [],
    )
    if metric.truth.kind == "number":
        read.truth = [np.array(values, dtype=np.float64) for values in cells]
    else:
        code_of: dict[str, int] = {}
        indices = np.array([code_of.setdefault(text, len(code_of)) for text in cells[0]], dtype=np.int64)
        _take_words(read, list(code_of), indices, metric)
    return read


def _note_id(
    text: str, ids: dict[str, int], column: str, where: Mapping[str, int], findings: Findings
) -> None:
    if not text:
        findings.note("missing_values", column, **where)
    elif text in ids:
        findings.note("duplicate_ids", **where, id=text)
    else:
        ids[text] = len(ids)


def _usage(text: str, where: Mapping[str, int], findings: Findings) -> int:
    usage = USAGES.get(text.lower())
    if usage is None:
        findings.note("bad_usage", **where, value=text)
        return IGNORED
    return usage


def _weight(text: str, where: Mapping[str, int], findings: Findings) -> float:
    value, rule = read_number(text, NOT_NEGATIVE)
    if rule is not None:
        findings.note("bad_weight", **where, value=text)
    return value


def _true_value(
    text: str, need: Need, usage: int, column: str, where: Mapping[str, int], findings: Findings
) -> Any:
    """Return the truth of one cell: a number, or the text of a label or a list."""
    rule: str | None = None
    value: Any = text
    if need.kind == "number":
        value, rule = read_number(text, need)
    elif text.lower() in MISSING:
        rule = "missing_values"
    if rule is not None and usage != IGNORED:
        findings.note(rule, column, **where, value=text)
    return value


def _splits(read: Read, findings: Findings) -> dict[str, NDArray[np.intp] | None]:
    if read.usage is None:
        return {"all": None}
    places = {name: np.flatnonzero(read.usage == USAGES[name]) for name in ("public", "private")}
    faults = [
        findings.fault("empty_split", usage=name.capitalize())
        for name, rows in places.items()
        if not len(rows)
    ]
    if faults:
        raise BadInputError(faults)
    return dict(places)


def _entry_need(metric: Metric, read: Read) -> Need:
    """Return what an entry's cell must hold; a scale of ratings runs as the solution's does."""
    need = metric.prediction
    if not need.integer:
        return need
    scored = slice(None) if read.usage is None else read.usage != IGNORED
    values = np.concatenate([column[scored] for column in read.truth])
    if not len(values):
        return need
    low, high = metric.settings.get("low"), metric.settings.get("high")
    return replace(
        need,
        low=float(values.min()) if low is None else min(low, float(values.min())),
        high=float(values.max()) if high is None else max(high, float(values.max())),
    )


def _check_splits(solution: Solution, metric: Metric, findings: Findings) -> None:
    """Ask of each split what the metric demands of a truth; raises BadInputError."""
    for split in solution.splits:
        for rows in solution.rows_of(split, solution.truth):
            if rows.weight is not None and not rows.weight.sum() > 0:
                findings.add(findings.fault("zero_weight", split=split))
                break
            for fault in metric.demand(rows, metric.settings) if metric.demand else ():
                params = dict(fault.params) | {"split": split}
                findings.add(replace(fault, params=params, file=findings.file))
    findings.raise_if_any()
