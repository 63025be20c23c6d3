"""The fast reading and the row-by-row reading are one; nothing but BadInputError comes out."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laureate.engine.faults import BadInputError
from laureate.engine.tables import Solution, entry, read_entry
from laureate.engine.tables.findings import Findings
from laureate.engine.tables.header import places_of
from laureate.engine.tables.opening import MAX_BYTES, open_table
from laureate.engine.tables.sources import open_source

from .files import GOOD, SOLUTION, gzipped, put, solution, zipped
from .test_entry import parquet

FOLDER = Path(tempfile.mkdtemp(prefix="laureate-tables-"))
NUMBERS = solution(FOLDER, SOLUTION.replace("a,", "7,").replace("b,", '"x ""y""\nz",'), "rmse")
LABELS = solution(FOLDER, SOLUTION, "accuracy")
LISTS = solution(FOLDER, SOLUTION.replace("a,0", "a,p q"), "map_at_k")
SOLUTIONS = {"numbers": NUMBERS, "labels": LABELS, "lists": LISTS}

CELLS = (
    """7¦007¦ 7 ¦a¦b¦"x ""y""\nz"¦"b"¦"b" ¦b"¦"b"b¦""¦""a¦c¦d¦e¦zz¦0.5¦+1¦-.5¦1.¦1e5¦1E-3¦0x1¦1_0¦nan¦inf"""
    """¦1e400¦1e-400¦1,5¦1d3¦¦ ¦\t¦"¦"\n"¦"1\r\n"¦١¦é¦p q¦"p q"¦" 1 "¦1\x0b¦\u2028¦NA¦"0.5"¦0.5"¦"0".5¦1e"""
)
cells = st.sampled_from(CELLS.split("¦"))
ends = st.sampled_from(["\n", "\n", "\n", "\r\n", "\r", "\n\n", ""])
loose = st.lists(st.tuples(st.lists(cells, min_size=1, max_size=3), ends), max_size=7)
paired = st.permutations(["7", '"x ""y""\nz"', "c", "d", "e"]).flatmap(
    lambda ids: st.tuples(*(st.tuples(st.tuples(st.just(name), cells).map(list), ends) for name in ids)).map(
        list
    )
)
lines = loose | paired
delimiters = st.sampled_from([",", ",", ";", "\t", "|"])


def both(path: Path, against: Solution) -> tuple[object, object]:
    """What the fast reading says (None: it gave up), and what the other says (None: refused)."""
    findings = Findings("entry.csv")
    needed = [against.id_column, *against.targets]
    source = open_source(open_table(path, findings, MAX_BYTES), findings, needed, MAX_BYTES)
    columns = places_of(source, needed, findings)
    fast = entry._aligned_fast(source, columns, against)
    try:
        slow = entry._Inspection(source, columns, against, findings).values()
    except BadInputError:
        slow = None
    return fast, slow


@pytest.mark.parametrize("name", SOLUTIONS)
@settings(max_examples=150, deadline=None)
@given(
    lines=lines, delimiter=delimiters, header=st.sampled_from(["id,target", '"id","target"', "target,x,id"])
)
def test_both_readings_agree(name: str, lines: list, delimiter: str, header: str) -> None:
    body = "".join(delimiter.join(row) + end for row, end in lines)
    path = put(FOLDER, header.replace(",", delimiter) + "\n" + body)
    try:
        fast, slow = both(path, SOLUTIONS[name])
    except BadInputError:
        return
    if fast is not None:
        assert slow is not None
        assert np.array_equal(fast, slow)


valid = st.permutations(["7", '"x ""y""\nz"', "c", "d", "e"])
values = st.lists(
    st.floats(-1e90, 1e90).map(repr) | st.sampled_from(['"0.5"', " 1 ", "+2", "5."]), min_size=5, max_size=5
)


@settings(max_examples=60, deadline=None)
@given(ids=valid, values=values, end=st.sampled_from(["\n", "\r\n", "\r"]))
def test_valid_entries_in_any_order_and_dress_are_read_alike(ids: list, values: list, end: str) -> None:
    rows = [f"{name},{value}" for name, value in zip(ids, values, strict=True)]
    path = put(FOLDER, end.join(["id,target", *rows]) + end)
    got = read_entry(path, NUMBERS).values[0]
    order = [ids.index(name) for name in ["7", '"x ""y""\nz"', "c", "d", "e"]]
    assert got.tolist() == [float(values[at].strip('"')) for at in order]
    fast, slow = both(path, NUMBERS)
    assert slow is not None and (fast is None or np.array_equal(fast, slow))


def refused_or_read(content: bytes) -> None:
    path = put(FOLDER, content, "any")
    for against in SOLUTIONS.values():
        try:
            read_entry(path, against, max_bytes=1 << 24)
        except BadInputError as error:
            for fault in error.faults:
                assert fault.said() and fault.mend() and fault.as_dict()


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=200), st.sampled_from([b"", b"id,target\n", b"\x1f\x8b\x08", b"PK\x03\x04", b"PAR1"])
)
def test_any_bytes(content: bytes, magic: bytes) -> None:
    refused_or_read(magic + content)


SEEDS = {
    "text": GOOD.encode(),
    "gzip": gzipped(GOOD),
    "zip": zipped({"a.csv": GOOD, "__MACOSX/a.csv": b"x"}),
    "parquet": parquet(id=list("abcde"), target=[0.5] * 5),
}


@pytest.mark.parametrize("kind", SEEDS)
@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_any_damage_to_a_good_file(kind: str, data: st.DataObject) -> None:
    content = bytearray(SEEDS[kind])
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)) | st.just(len(content)))
    refused_or_read(bytes(content[:cut]))
