"""The claims kit: a challenge without fault, an honest split, entries that are what they say."""

from __future__ import annotations

import csv
import hashlib
import importlib.util
import itertools
import json
import subprocess
import sys
import zoneinfo
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from laureate.config.demo import Predictions
from laureate.engine.faults import BadInputError
from laureate.engine.problem import Problem, check_problem, read_problem
from laureate.engine.scoring import Scored, score_entry
from laureate.engine.tables import Solution, compile_solution

KIT = Path(__file__).parents[2] / "kits" / "claims"
BEFORE = datetime(2026, 11, 25, tzinfo=UTC)
PRINTED = """
import sys
sys.modules.update(dict.fromkeys(["sklearn", "pandas", "statsmodels", "scipy"]))
from pathlib import Path
import django
django.setup()
from laureate.config.demo import Predictions
from laureate.engine.problem import read_problem
kit = Path(sys.argv[1])
predictions = Predictions(kit, read_problem(kit))
print(len(predictions.file(0, "a.csv")), len(predictions.file(0, "a.parquet")))
"""


@pytest.fixture(scope="module")
def problem() -> Problem:
    return read_problem(KIT)


@pytest.fixture(scope="module")
def solution(problem: Problem) -> Solution:
    return compile_solution(
        KIT / problem.solution, metric=problem.metric, options={}, id_column="id", targets=["mdvis"]
    )


@pytest.fixture(scope="module")
def predictions(problem: Problem) -> Predictions:
    return Predictions(KIT, problem)


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    return dict(json.loads((KIT / "teams.json").read_text("utf-8")))


def rows(path: str) -> list[dict[str, str]]:
    with (KIT / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def usage_of(number: str) -> str:
    share = int(hashlib.sha256(f"claims:{number}".encode()).hexdigest()[:8], 16) / 2**32
    return "Train" if share < 0.60 else "Public" if share < 0.72 else "Private"


def test_nothing_is_wrong_with_the_challenge_before_it_opens() -> None:
    assert check_problem(KIT, now=BEFORE) == []


def test_the_rows_are_split_by_the_hash_of_their_id() -> None:
    train, test, answers = rows("data/train.csv"), rows("data/test.csv"), rows("hidden/solution.csv")
    assert {usage_of(row["id"]) for row in train} == {"Train"}
    assert [(row["id"], row["Usage"]) for row in answers] == [
        (row["id"], usage_of(row["id"])) for row in test
    ]
    assert sorted(int(row["id"]) for row in [*train, *test]) == list(range(1, 20_191))


def test_solvers_are_not_given_the_answers() -> None:
    assert "mdvis" not in rows("data/test.csv")[0]
    assert len({row["mdvis"] for row in rows("data/sample_submission.csv")}) == 1


def test_the_id_says_nothing_about_the_row() -> None:
    # In the source the years of one person stand next to each other.
    features = [tuple(row.values())[1:-1] for row in rows("data/train.csv")]
    alike = sum(one == other for one, other in itertools.pairwise(features))
    assert alike / len(features) < 0.02


@pytest.mark.slow
def test_the_kit_is_built_again_from_its_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build = load_script("build")
    monkeypatch.setattr(build, "HERE", tmp_path)
    build.main()
    for path in ("data/train.csv", "data/test.csv", "data/sample_submission.csv", "hidden/solution.csv"):
        assert (tmp_path / path).read_bytes() == (KIT / path).read_bytes(), path
    kept, again = (
        [float(line.split(",")[1]) for line in (folder / "hidden/incumbent.csv").read_text().splitlines()[1:]]
        for folder in (KIT, tmp_path)
    )
    assert again == pytest.approx(kept, abs=0.0011)


def load_script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"claims_{name}", KIT / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_start_given_in_the_brief_beats_the_incumbent(
    problem: Problem, solution: Solution, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = problem.brief.split("```python\n")[1].split("```")[0]
    for file in ("train.csv", "test.csv"):
        (tmp_path / file).symlink_to(KIT / "data" / file)
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "brief.md", "exec"), {})
    ours, incumbent = (
        score_entry(path, solution) for path in (tmp_path / "entry.csv", KIT / "hidden/incumbent.csv")
    )
    assert public(ours) > public(incumbent)


def public(scored: Scored) -> float:
    return scored.splits["public"].score


def scored(predictions: Predictions, entry: dict[str, Any], solution: Solution, folder: Path) -> Scored:
    path = folder / entry["file"]
    path.write_bytes(predictions.file(entry["line"], entry["file"], entry.get("flaw", "")))
    return score_entry(path, solution)


def test_boards_have_a_top_an_incumbent_and_a_bottom(
    predictions: Predictions, script: dict[str, Any], solution: Solution, tmp_path: Path
) -> None:
    last = [team["entries"][-1] for team in script["teams"] if team["challenge"] == "claims"]
    scores = [public(scored(predictions, entry, solution, tmp_path)) for entry in last]
    incumbent = public(score_entry(KIT / "hidden/incumbent.csv", solution))
    sample = public(score_entry(KIT / "data/sample_submission.csv", solution))
    assert max(scores) > incumbent + 0.15
    assert incumbent > sample + 0.2
    better = sum(score > incumbent for score in scores)
    assert 0.6 * len(scores) < better < 0.98 * len(scores)
    assert max(scores) < 0.6, "a score that no honest model of these columns reaches"


def test_a_prediction_is_the_same_in_each_format(
    predictions: Predictions, solution: Solution, tmp_path: Path
) -> None:
    found = {
        public(scored(predictions, {"line": 40, "file": f"entry.{end}"}, solution, tmp_path))
        for end in ("csv", "csv.gz", "parquet")
    }
    assert len(found) == 1


@pytest.mark.parametrize(
    ("flaw", "rule"),
    [("missing_rows", "missing_ids"), ("wrong_header", "wrong_header"), ("empty_cells", "missing_values")],
)
def test_spoiled_files_are_refused_for_their_flaw(
    flaw: str, rule: str, predictions: Predictions, solution: Solution, tmp_path: Path
) -> None:
    with pytest.raises(BadInputError) as refused:
        scored(predictions, {"line": 40, "file": "entry.csv", "flaw": flaw}, solution, tmp_path)
    assert [fault.rule for fault in refused.value.faults] == [rule]


def test_the_script_has_each_flaw_once_and_the_solver_has_one(script: dict[str, Any]) -> None:
    flaws = Counter(entry["flaw"] for team in script["teams"] for entry in team["entries"] if "flaw" in entry)
    assert flaws == {"missing_rows": 1, "wrong_header": 2, "empty_cells": 1}


def test_the_cast_is_plausible_and_within_the_limits(script: dict[str, Any], problem: Problem) -> None:
    people, teams = script["people"], [team for team in script["teams"] if team["challenge"] == "claims"]
    assert len({person["email"] for person in people}) == len(people)
    assert all(person["email"].isascii() and person["email"].endswith("@demo.example") for person in people)
    assert {person["time_zone"] for person in people} <= zoneinfo.available_timezones()
    assert len({person["country"] for person in people}) >= 40
    assert 95 <= len(teams) <= 110
    assert 350 <= sum(len(team["entries"]) for team in teams) <= 500
    assert len({team["name"] for team in teams}) == len(teams)
    members = Counter(member for team in teams for member in team["members"])
    assert set(members.values()) == {1}
    assert {len(team["members"]) for team in teams} == {1, 2, 3}
    for team in teams:
        days = Counter(entry.get("day", "today") for entry in team["entries"] if "flaw" not in entry)
        assert max(days.values()) <= problem.limits.entries_per_day
        assert all(entry["by"] < len(team["members"]) for entry in team["entries"])


def test_every_line_of_predictions_is_somebodys(predictions: Predictions, script: dict[str, Any]) -> None:
    used = {entry["line"] for team in script["teams"] for entry in team["entries"]}
    assert used == set(range(len(predictions.values)))
    assert (KIT / "entries.npz").stat().st_size < 6_000_000


def test_entries_load_on_a_server_without_the_science_packages() -> None:
    told = subprocess.run(
        [sys.executable, "-W", "error", "-c", PRINTED, str(KIT)], capture_output=True, text=True, timeout=60
    )
    assert told.returncode == 0, told.stderr
    assert all(int(size) > 10_000 for size in told.stdout.split())
