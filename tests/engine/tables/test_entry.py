"""Entries: what is accepted, what is refused, and that every fault is said at once."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from laureate.engine.tables import Solution, read_entry

from .files import GOOD, faults_of, gzipped, put, solution, zipped

EXPECTED = [0.1, 0.75, 0.25, 1.0, 0.5]


@pytest.fixture
def truth(tmp_path: Path) -> Solution:
    return solution(tmp_path)


def parquet(**columns: object) -> bytes:
    held = io.BytesIO()
    pyarrow.parquet.write_table(pa.table(columns), held)
    return held.getvalue()


ACCEPTED: dict[str, str | bytes] = {
    "plain": GOOD,
    "no last line end": GOOD.rstrip("\n"),
    "CRLF": GOOD.replace("\n", "\r\n"),
    "old line ends": GOOD.replace("\n", "\r"),
    "BOM": "\ufeff" + GOOD,
    "semicolons": GOOD.replace(",", ";"),
    "tabs": GOOD.replace(",", "\t"),
    "bars": GOOD.replace(",", "|"),
    "empty lines": "\n\n" + GOOD.replace("\n", "\n\n"),
    "quotes": "".join(",".join(f'"{cell}"' for cell in line.split(",")) + "\n" for line in GOOD.splitlines()),
    "spaces": GOOD.replace("b,0.75", " b ,  0.75 "),
    "other order": "target,id\n1,d\n0.5,e\n0.25,c\n0.75,b\n0.1,a\n",
    "extra columns": "note,id,more,target\n"
    + "".join(f'"x, ""y""\nz",{i},,{p}\n' for i, p in zip("abcde", EXPECTED, strict=True)),
    "other numbers": GOOD.replace("0.1", "1e-1").replace("0.75", "+.75").replace("d,1", "d,1."),
    "gzip": gzipped(GOOD),
    "two gzip members": gzipped(GOOD[:20]) + gzipped(GOOD[20:]),
    "zip": zipped({"folder/entry.csv": GOOD, "__MACOSX/folder/._entry.csv": b"\x00", ".DS_Store": "x"}),
    "parquet": parquet(id=list("abcde"), target=EXPECTED),
    "parquet of categories": parquet(id=pa.array(list("edcba")).dictionary_encode(), target=EXPECTED[::-1]),
    "parquet of text": parquet(target=[str(value) for value in EXPECTED], id=list("abcde")),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_these_are_the_same_entry(tmp_path: Path, truth: Solution, name: str) -> None:
    entry = read_entry(put(tmp_path, ACCEPTED[name]), truth, name="mine.csv")
    assert entry.values[0].tolist() == EXPECTED
    assert (entry.name, entry.rows) == ("mine.csv", 5)


REFUSED: dict[str, tuple[str | bytes, str]] = {
    "nothing": (b"", "empty_file"),
    "white space": (" \n\t\n", "empty_file"),
    "a header alone": ("id,target\n", "no_rows"),
    "UTF-16": (GOOD.encode("utf-16"), "utf16"),
    "UTF-16 without mark": (GOOD.encode("utf-16-le"), "utf16"),
    "a NUL byte": (GOOD.replace("c,", "c\0,"), "nul_bytes"),
    "Latin-1": ("id,target\né,1\n".encode("latin-1"), "not_utf8"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "excel_workbook"),
    "a new workbook": (zipped({"[Content_Types].xml": "", "xl/workbook.xml": ""}), "excel_workbook"),
    "a zip without CSV": (zipped({"model.bin": "x"}), "zip_without_csv"),
    "an empty zip": (zipped({}), "zip_without_csv"),
    "a zip of two": (zipped({"a.csv": GOOD, "b.csv": GOOD}), "too_many_files"),
    "a zip in gzip": (gzipped("PK\x03\x04"), "nested_archive"),
    "a cut gzip": (gzipped(GOOD)[:-5], "damaged_gzip"),
    "a wrong gzip": (b"\x1f\x8b" + b"\x08" * 40, "damaged_gzip"),
    "a cut zip": (zipped({"a.csv": GOOD})[:-9], "damaged_zip"),
    "a wrong zip": (zipped({"a.csv": GOOD * 9}).replace(b"\x08\x00", b"\x0b\x00"), "damaged_zip"),
    "a cut parquet": (parquet(id=["a"], target=[1.0])[:-9], "damaged_parquet"),
    "a wrong parquet": (b"PAR1" + bytes(range(256)) + b"PAR1", "damaged_parquet"),
    "other names": ("ID,Target\na,1\n", "wrong_header"),
    "a column too few": ("id\na\n", "wrong_header"),
    "no header": (GOOD.split("\n", 1)[1], "wrong_header"),
    "the target twice": ("id,target,target\na,1,1\n", "duplicate_column"),
    "spaces between": (GOOD.replace(",", " "), "wrong_delimiter"),
    "rows unlike the header": (GOOD.replace(",", ";").replace("id;", "id,"), "wrong_delimiter"),
    "many columns": (",".join(["id", "target", *map(str, range(1000))]) + "\n", "too_many_columns"),
    "an open quote": (GOOD.replace("c,", 'c,"'), "bad_quotes"),
    "text after a quote": (GOOD.replace("0.25", '"0.25"0'), "bad_quotes"),
    "a quote in the header": ('id,"target\na,1\n', "bad_quotes"),
    "a decimal comma": (GOOD.replace(",", ";").replace(".", ","), "decimal_comma"),
    "three fields": (GOOD.replace("0.25", "0,25"), "wrong_field_count"),
    "one field": (GOOD.replace("c,0.25", "c"), "wrong_field_count"),
    "one id too few": (GOOD.replace("c,0.25\n", ""), "missing_ids"),
    "an id too many": (GOOD + "zz,1\n", "extra_ids"),
    "an id with a zero": (GOOD.replace("a,", "0a,"), "extra_ids"),
    "an id twice": (GOOD + "a,0.1\n", "duplicate_ids"),
    "an empty cell": (GOOD.replace("0.25", ""), "missing_values"),
    "NA": (GOOD.replace("0.25", "NA"), "missing_values"),
    "no id": (GOOD.replace("c,", ","), "missing_values"),
    "a word": (GOOD.replace("0.25", "high"), "not_a_number"),
    "Python's own numbers": (GOOD.replace("0.25", "0_1"), "not_a_number"),
    "other digits": (GOOD.replace("0.25", "١"), "not_a_number"),
    "NaN": (GOOD.replace("0.25", "NaN"), "nan"),
    "infinity": (GOOD.replace("0.25", "-Infinity"), "infinity"),
    "too large": (GOOD.replace("0.25", "1e999"), "infinity"),
    "no probability": (GOOD.replace("0.25", "1.0001"), "out_of_range"),
    "NaN in parquet": (parquet(id=list("abcde"), target=[0.1, float("nan"), 1, 1, 1]), "nan"),
    "nothing in parquet": (parquet(id=list("abcde"), target=[0.1, None, 1, 1, 1]), "missing_values"),
    "an id of parquet": (parquet(id=list("abcdd"), target=EXPECTED), "duplicate_ids"),
    "fractions as ids": (parquet(id=[0.5, 1.5], target=[1.0, 1.0]), "wrong_column_type"),
    "lists in parquet": (parquet(id=["a"], target=[[1.0]]), "wrong_column_type"),
    "another parquet": (parquet(key=["a"], target=[1.0]), "wrong_header"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_these_are_refused_by_name(tmp_path: Path, truth: Solution, name: str) -> None:
    content, rule = REFUSED[name]
    assert rule in faults_of(tmp_path, content, truth)


def test_all_rules_are_said_at_once_with_counts_and_places(tmp_path: Path, truth: Solution) -> None:
    content = "id,target\na,nan\nb,inf\na,0.5\n\nzz,x\nc,2,2\nd,\n"
    found = faults_of(tmp_path, content, truth)
    assert {rule: (fault.count, fault.line) for rule, fault in found.items()} == {
        "wrong_field_count": (1, 7),
        "duplicate_ids": (1, 4),
        "extra_ids": (1, 6),
        "missing_ids": (1, None),
        "missing_values": (1, 8),
        "not_a_number": (1, 6),
        "nan": (1, 2),
        "infinity": (1, 3),
    }
    assert found["nan"].examples == ({"line": 2, "id": "a", "value": "nan"},)
    assert found["nan"].column == "target"
    assert found["missing_ids"].examples == ({"id": "e"},)
    assert found["extra_ids"].as_dict()["examples"] == [{"line": 6, "id": "zz"}]


def test_thousands_of_bad_rows_are_counted_and_ten_shown(tmp_path: Path) -> None:
    against = solution(tmp_path, "id,y\n" + "".join(f"{row},1.5\n" for row in range(5000)), "rmse")
    rows = ["x" if row % 2 else f"{row}.5" for row in range(5000)]
    found = faults_of(
        tmp_path, "id,y\n" + "".join(f"{row},{cell}\n" for row, cell in enumerate(rows)), against
    )
    assert list(found) == ["not_a_number"]
    assert found["not_a_number"].count == 2500
    assert [example["line"] for example in found["not_a_number"].examples] == list(range(3, 23, 2))


def test_lines_are_counted_through_quoted_line_ends(tmp_path: Path, truth: Solution) -> None:
    content = 'id,note,target\na,"one\ntwo\r\nthree",0.5\nb,x,bad\n' + "c,,1\nd,,1\ne,,1\n"
    assert faults_of(tmp_path, content, truth)["not_a_number"].line == 5


def test_a_wrong_header_says_what_to_rename(tmp_path: Path, truth: Solution) -> None:
    fault = faults_of(tmp_path, "ID; Target\na;1\n", truth)["wrong_header"]
    assert "“ID”" in fault.said() and "“;”" in fault.said()
    assert "“ID” → “id”" in fault.mend() and "“ Target” → “target”" in fault.mend()
    assert "header line above" in faults_of(tmp_path, "a,0.5\nb,1\n", truth)["wrong_header"].mend()


def test_the_limit_is_on_uncompressed_bytes(tmp_path: Path, truth: Solution) -> None:
    long = GOOD + "\n" * 100_000
    for content in (long, gzipped(long), zipped({"a.csv": long})):
        assert list(faults_of(tmp_path, content, truth, max_bytes=50_000)) == ["too_large"]
    assert len(gzipped(long)) < 1000
    repeated = parquet(id=["a" * 1000] * 10_000, target=[1.0] * 10_000)
    assert len(repeated) < 50_000
    assert list(faults_of(tmp_path, repeated, truth, max_bytes=5_000_000)) == ["too_large"]
    read_entry(put(tmp_path, GOOD), truth, max_bytes=len(GOOD))


def test_a_zip_that_lies_about_its_size_is_stopped(tmp_path: Path, truth: Solution) -> None:
    honest = zipped({"a.csv": GOOD + "\n" * 100_000})
    size = (len(GOOD) + 100_000).to_bytes(4, "little")
    lying = honest.replace(size, (10).to_bytes(4, "little"))
    assert lying != honest
    assert set(faults_of(tmp_path, lying, truth)) <= {"damaged_zip", "missing_ids"}


@pytest.mark.parametrize("path", ["absent.csv", ".", "a\0b"])
def test_a_path_that_is_no_file(tmp_path: Path, truth: Solution, path: str) -> None:
    from laureate.engine.faults import BadInputError

    with pytest.raises(BadInputError) as caught:
        read_entry(tmp_path / path, truth)
    rules = {"absent.csv": "file_not_found", ".": "not_a_file", "a\0b": "unreadable_file"}
    assert [fault.rule for fault in caught.value.faults] == [rules[path]]


def test_ids_are_text_even_where_they_look_like_numbers(tmp_path: Path) -> None:
    against = solution(tmp_path, "id,y\n7,1\n007,2\n10,3\n", "rmse")
    entry = read_entry(put(tmp_path, "id,y\n007,20\n10,30\n7,10\n"), against)
    assert entry.values[0].tolist() == [10, 20, 30]
    assert set(faults_of(tmp_path, "id,y\n7,1\n07,2\n10,3\n", against)) == {"extra_ids", "missing_ids"}
    whole = solution(tmp_path, "id,y\n1,1\n2,2\n10,3\n", "rmse")
    assert set(faults_of(tmp_path, "id,y\n2,1\n01,2\n10,3\n", whole)) == {"extra_ids", "missing_ids"}
    numbers = parquet(id=pa.array([10, 2, 1], pa.int32()), y=pa.array([3, 2, 1], pa.int8()))
    assert read_entry(put(tmp_path, numbers), whole).values[0].tolist() == [1, 2, 3]


def test_numbers_are_those_of_python(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    texts = [repr(float(value)) for value in rng.standard_normal(300) * 10.0 ** rng.integers(-90, 90, 300)]
    texts += ["1e-400", "4.9e-324", "2.2250738585072011e-308", "9007199254740993", "0.1" + "0" * 50 + "1"]
    texts += [f"{value:.20g}" for value in rng.random(200)]
    against = solution(tmp_path, "id,y\n" + "".join(f"{row},{row}\n" for row in range(len(texts))), "rmse")
    content = "id,y\n" + "".join(f"{row},{text}\n" for row, text in enumerate(texts))
    expected = [float(text) for text in texts]
    assert read_entry(put(tmp_path, content), against).values[0].tolist() == expected
    assert read_entry(put(tmp_path, content.replace("\n0,", "\n 0,")), against).values[0].tolist() == expected


def test_labels_compare_by_value_only_where_all_are_numbers(tmp_path: Path) -> None:
    numbers = solution(tmp_path, "id,y\na,1\nb,2\n", "accuracy")
    assert read_entry(put(tmp_path, "id,y\na,1.0\nb,02\n"), numbers).values[0].tolist() == [0, 1]
    words = solution(tmp_path, "id,y\na,1\nb,two\n", "accuracy")
    fault = faults_of(tmp_path, "id,y\na,1.0\nb,two\n", words)["unknown_label"]
    assert "1, two" in fault.mend()
    more = solution(tmp_path, "id,y\na,1\nb,two\n", "accuracy", labels="three, four")
    read_entry(put(tmp_path, "id,y\na,three\nb,two\n"), more)


def test_several_classes_need_a_row_above_zero(tmp_path: Path) -> None:
    against = solution(tmp_path, "id,p,q\na,1,0\nb,0,1\n", "log_loss")
    fault = faults_of(tmp_path, "id,q,p\na,0,0\nb,1,0\n", against)["zero_row_sum"]
    assert fault.examples == ({"id": "a"},)


def test_ratings_stay_on_the_scale(tmp_path: Path) -> None:
    against = solution(tmp_path, "id,y\na,1\nb,4\n", "quadratic_weighted_kappa")
    found = faults_of(tmp_path, "id,y\na,5\nb,1.5\n", against)
    assert set(found) == {"out_of_range", "not_whole"}
    wider = solution(tmp_path, "id,y\na,1\nb,4\n", "quadratic_weighted_kappa", high="5")
    read_entry(put(tmp_path, "id,y\na,5\nb,2\n"), wider)


def test_what_is_quoted_back_cannot_command_a_terminal(tmp_path: Path, truth: Solution) -> None:
    found = faults_of(tmp_path, GOOD.replace("0.25", "\x1b[31mred" + "x" * 500), truth)
    value = found["not_a_number"].examples[0]["value"]
    assert isinstance(value, str) and value.isprintable() and len(value) < 100
