"""Solutions: columns by role, splits, and the faults of a host's file."""

from __future__ import annotations

import hashlib
import pickle
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from laureate.engine.faults import BadInputError
from laureate.engine.tables import compile_solution, read_entry

from .files import GOOD, SOLUTION, gzipped, put, solution, zipped


def test_columns_have_their_roles(tmp_path: Path) -> None:
    content = "weight,y,key,group,Usage\n2,1,a,g,PUBLIC\n1,0,b,g, private \n0.5,1,c,g,Ignored\n"
    path = put(tmp_path, content, "truth.csv")
    compiled = compile_solution(path, metric="rmse", id_column="key")
    assert (compiled.id_column, compiled.targets, compiled.rows) == ("key", ("y",), 3)
    assert compiled.splits == ("public", "private")
    assert compiled.counts == {"public": 1, "private": 1}
    assert compiled.sha256 == hashlib.sha256(content.encode()).hexdigest()
    assert compiled.weight is not None and compiled.weight.tolist() == [2, 1, 0.5]
    assert list(compiled.ids) == ["a", "b", "c"]


def test_without_usage_there_is_one_split(tmp_path: Path) -> None:
    compiled = solution(tmp_path, "id,y\na,1\nb,0\n", "auc")
    assert (compiled.splits, compiled.counts, compiled.weight) == (("all",), {"all": 2}, None)


def test_targets_can_be_named(tmp_path: Path) -> None:
    path = put(tmp_path, "id,x,y\na,1,0\nb,2,1\n", "s.csv")
    assert compile_solution(path, metric="auc", targets=["y"]).targets == ("y",)
    assert compile_solution(path, metric="rmse").targets == ("x", "y")


def test_the_truth_of_an_ignored_row_is_not_read(tmp_path: Path) -> None:
    content = "id,y,Usage\na,1,Public\nb,3,Private\nc,1,Public\nd,5,Private\ne,,Ignored\n"
    compiled = solution(tmp_path, content, "rmse")
    assert compiled.counts == {"public": 2, "private": 2}
    labels = solution(tmp_path, content.replace("e,,", "e,99,"), "accuracy")
    assert labels.labels == ("1", "3", "5")


def test_a_solution_can_be_pickled_and_used(tmp_path: Path) -> None:
    again = pickle.loads(pickle.dumps(solution(tmp_path)))
    assert read_entry(put(tmp_path, GOOD), again).rows == 5


@pytest.mark.parametrize("kind", ["gzip", "zip", "parquet", "untidy"])
def test_every_kind_of_file_compiles_alike(tmp_path: Path, kind: str) -> None:
    plain = solution(tmp_path)
    if kind == "parquet":
        path = tmp_path / "s.parquet"
        pyarrow.parquet.write_table(
            pa.table(
                {
                    "id": list("abcde"),
                    "target": [0, 1, 0, 1, 1],
                    "Usage": ["Public", "Public", "Private", "Private", "Ignored"],
                }
            ),
            path,
        )
    else:
        untidy = SOLUTION.replace("a,0", " a , +0. ").replace(",", ";")
        content = {"gzip": gzipped(SOLUTION), "zip": zipped({"s.csv": SOLUTION}), "untidy": untidy}[kind]
        path = put(tmp_path, content, "s")
    other = compile_solution(path, metric="log_loss")
    assert list(other.ids) == list(plain.ids)
    assert np.array_equal(other.truth, plain.truth)
    assert other.counts == plain.counts


BROKEN = {
    "no target": ("id\na\n", "rmse", {"no_target"}),
    "no rows": ("id,y\n", "rmse", {"no_rows"}),
    "two targets": ("id,y,z\na,1,0\n", "auc", {"too_many_targets"}),
    "one class": ("id,y\na,1\nb,1\n", "auc", {"one_class"}),
    "constant": ("id,y\na,2\nb,2\n", "normalized_gini", {"constant_truth"}),
    "constant r2": ("id,y\na,2\nb,2\n", "r2", {"constant_truth"}),
    "zero": ("id,y\na,2\nb,0\n", "mape", {"zero_truth"}),
    "negative": ("id,y\na,2\nb,-1\n", "rmsle", {"out_of_range"}),
    "not binary": ("id,y\na,2\nb,0.5\n", "auc", {"out_of_range", "not_whole"}),
    "words": ("id,y\na,x\nb,\n", "rmse", {"not_a_number", "missing_values"}),
    "no positive": ("id,y\na,x\nb,y\n", "f1", {"no_positive"}),
    "one-hot": ("id,y,z\na,1,1\nb,0,0\n", "log_loss", {"not_one_class"}),
    "weights": ("id,y,weight\na,1,-1\nb,1,x\n", "rmse", {"bad_weight"}),
    "no weight": ("id,y,weight\na,1,0\nb,1,0\n", "rmse", {"zero_weight"}),
    "split": ("id,y,Usage\na,1,Public\nb,1,Public\n", "rmse", {"empty_split"}),
    "empty list": ("id,y\na,x y\nb, \n", "map_at_k", {"missing_values"}),
    "everything": (
        "id,y,Usage\na,1,Public\na,nan,Private\nb,inf,Pubic\n,1,Private\nc,1\n",
        "rmse",
        {"duplicate_ids", "nan", "bad_usage", "missing_values", "wrong_field_count"},
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_solution_says_all_that_is_wrong(tmp_path: Path, name: str) -> None:
    content, metric, rules = BROKEN[name]
    with pytest.raises(BadInputError) as caught:
        solution(tmp_path, content, metric)
    assert {fault.rule for fault in caught.value.faults} == rules
    for fault in caught.value.faults:
        assert "%" not in fault.said() + fault.mend()
        assert fault.file == "solution.csv"


def test_a_bad_usage_has_its_line(tmp_path: Path) -> None:
    with pytest.raises(BadInputError) as caught:
        solution(tmp_path, SOLUTION.replace("c,0,Private", "c,0,Secret"))
    (fault,) = caught.value.faults
    assert (fault.rule, fault.line) == ("bad_usage", 4)
    assert fault.examples == ({"line": 4, "value": "Secret"},)


def test_a_fault_names_its_split(tmp_path: Path) -> None:
    with pytest.raises(BadInputError) as caught:
        solution(tmp_path, SOLUTION.replace("d,1", "d,0"), "auc")
    (fault,) = caught.value.faults
    assert "private" in fault.said()


def test_columns_that_are_not_there(tmp_path: Path) -> None:
    path = put(tmp_path, SOLUTION, "s.csv")
    with pytest.raises(BadInputError) as caught:
        compile_solution(path, metric="auc", id_column="Id", targets=["targt"])
    (fault,) = caught.value.faults
    assert fault.rule == "wrong_header"
    assert "“id” → “Id”" in fault.mend() and "“target” → “targt”" in fault.mend()
