"""Hundreds of broken uploads: each is refused in words, none gets a score, nothing else comes out."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from laureate.engine.faults import MAX_EXAMPLES, BadInputError, Fault
from laureate.engine.scoring import score_entry
from laureate.engine.tables import Solution, compile_solution
from laureate.engine.tables.rules import RULES

from . import broken
from .files import put

LIMIT = 3_500_000
"""Bytes that an upload may hold here: more than any but the bombs."""

UPLOADS = dict(broken.broken_uploads())

ELSEWHERE = {
    "file_not_found": "a path, not an upload: test_entry",
    "not_a_file": "a path, not an upload: test_entry",
    "unreadable_file": "a path, not an upload: test_entry",
    "too_many_rows": "takes a million rows: test_many_rows",
    "score_not_finite": "cannot be reached with RMSE: test_scoring",
}


@pytest.fixture(scope="module")
def solution(tmp_path_factory: pytest.TempPathFactory) -> Solution:
    path = put(tmp_path_factory.mktemp("hostile"), broken.SOLUTION_CSV, "solution.csv")
    return compile_solution(path, metric=broken.METRIC)


def refused(path: Path, against: Solution, name: str = "upload") -> tuple[Fault, ...]:
    """The faults of a refused upload, each of them fit to be shown; fails where it gets a score."""
    with pytest.raises(BadInputError) as caught:
        score_entry(path, against, name=name, max_bytes=LIMIT)
    for fault in caught.value.faults:
        assert fault.rule in RULES
        assert fault.severity == "error"
        assert fault.file == name
        for said in (fault.said(), fault.mend()):
            assert said.strip() and len(said) < 4000
            assert said.isprintable()
        assert len(fault.as_dict().get("examples", ())) <= MAX_EXAMPLES
        assert Fault.from_plain(fault.to_plain()).as_dict() == fault.as_dict()
    rules = [(fault.rule, fault.column) for fault in caught.value.faults]
    assert rules and len(set(rules)) == len(rules)
    return caught.value.faults


@pytest.mark.parametrize("kind", ["csv", "gzip", "zip", "parquet"])
def test_what_they_were_made_from_gets_a_score(tmp_path: Path, solution: Solution, kind: str) -> None:
    import gzip

    plain = broken.VALID_CSV.encode()
    content = {
        "csv": plain,
        "gzip": gzip.compress(plain),
        "zip": broken.zipped([("a.csv", plain)]),
        "parquet": broken.valid_parquet(),
    }[kind]
    scored = score_entry(put(tmp_path, content), solution, max_bytes=LIMIT)
    assert scored.splits["public"].score == scored.splits["private"].score == 0.25


@pytest.mark.parametrize("name", UPLOADS)
def test_each_is_refused_in_words(tmp_path: Path, solution: Solution, name: str) -> None:
    started = time.perf_counter()
    faults = refused(put(tmp_path, UPLOADS[name], "bytes"), solution)
    family = name.split("/")[0]
    assert family in broken.FREE_OF_RULE or family in {fault.rule for fault in faults}
    assert time.perf_counter() - started < 10


def test_they_are_many_different_and_the_same_each_time() -> None:
    assert len(UPLOADS) >= 300
    assert len(set(UPLOADS.values())) > 0.95 * len(UPLOADS)
    names = Counter(name for name, _ in broken.broken_uploads())
    assert set(names.values()) == {1}
    # What Parquet's writer puts into its files is not ours to fix, the rest is.
    again = dict(broken.broken_uploads())
    assert {name for name in UPLOADS if UPLOADS[name] != again[name]} == set()


def test_thousands_of_wrong_rows_are_counted_and_ten_are_placed(tmp_path: Path, solution: Solution) -> None:
    (fault,) = refused(put(tmp_path, UPLOADS["extra_ids/4000"]), solution)
    assert (fault.rule, fault.count, fault.line) == ("extra_ids", 4000, 42)
    assert [example["line"] for example in fault.examples] == list(range(42, 52))
    both = {f.rule: f for f in refused(put(tmp_path, UPLOADS["not_a_number/3000 rows"]), solution)}
    assert both["not_a_number"].count == both["extra_ids"].count == 3000
    assert [example["line"] for example in both["not_a_number"].examples] == list(range(42, 52))


SOLUTIONS: dict[str, tuple[str, str]] = {
    "bad_usage": ("rmse", "id,y,Usage\na,1,Public\nb,2,Privat\n"),
    "empty_split": ("rmse", "id,y,Usage\na,1,Public\nb,2,Ignored\n"),
    "bad_weight": ("rmse", "id,y,weight\na,1,1\nb,2,-1\n"),
    "zero_weight": ("rmse", "id,y,weight\na,1,0\nb,2,0\n"),
    "no_target": ("rmse", "id,Usage\na,Public\nb,Private\n"),
    "too_many_targets": ("auc", "id,y,z\na,1,0\nb,0,1\n"),
    "zero_truth": ("mape", "id,y\na,1\nb,0\n"),
}


@pytest.mark.parametrize("rule", SOLUTIONS)
def test_broken_solutions_are_refused(tmp_path: Path, rule: str) -> None:
    metric, content = SOLUTIONS[rule]
    with pytest.raises(BadInputError) as caught:
        compile_solution(put(tmp_path, content), metric=metric)
    assert [fault.rule for fault in caught.value.faults] == [rule]
    assert all(fault.said() and fault.mend() for fault in caught.value.faults)


OTHERS: dict[str, tuple[str, str, str]] = {
    "not_whole": ("quadratic_weighted_kappa", "id,y\na,1\nb,4\n", "id,y\na,1.5\nb,4\n"),
    "unknown_label": ("accuracy", "id,y\na,cat\nb,dog\n", "id,y\na,cat\nb,cow\n"),
    "zero_row_sum": ("log_loss", "id,p,q\na,1,0\nb,0,1\n", "id,p,q\na,0,0\nb,0,1\n"),
}


@pytest.mark.parametrize("rule", OTHERS)
def test_entries_that_other_metrics_refuse(tmp_path: Path, rule: str) -> None:
    metric, truth, content = OTHERS[rule]
    against = compile_solution(put(tmp_path, truth, "solution.csv"), metric=metric)
    assert [fault.rule for fault in refused(put(tmp_path, content), against)] == [rule]


def test_every_rule_of_tables_is_broken_by_something() -> None:
    families = {name.split("/")[0] for name in UPLOADS} - broken.FREE_OF_RULE
    assert families | set(SOLUTIONS) | set(OTHERS) | set(ELSEWHERE) == set(RULES)
    assert not families & set(ELSEWHERE)
