"""``laureate score`` and ``laureate metrics``: the contract to the letter."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from laureate.cli.metrics import metrics
from laureate.cli.score import score

SOLUTION = "key,target,Usage\na,0,Public\nb,1,Public\nc,0,Private\nd,1,Private\n"
ENTRY = "key,target\na,0.5\nb,0.75\nc,0.5\nd,0.25\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "s.csv").write_text(SOLUTION)
    (tmp_path / "e.csv").write_text(ENTRY)
    return tmp_path


def run(folder: Path, *arguments: str, entry: str = "e.csv", solution: str = "s.csv") -> Result:
    command = [str(folder / entry), "--solution", str(folder / solution), *arguments]
    return CliRunner().invoke(score, command, catch_exceptions=False)


def test_the_answer_is_one_json_object(folder: Path) -> None:
    result = run(folder, "--metric", "mae", "--json")
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert (answer["metric"], answer["direction"]) == ("mae", "lower")
    assert answer["splits"]["public"]["score"] == 0.375
    assert answer["splits"]["private"]["score"] == 0.625
    assert set(answer["splits"]["private"]) == {"score", "rows", "interval"}
    assert len(answer["splits"]["private"]["interval"]) == 2


def test_the_table_is_readable(folder: Path) -> None:
    result = run(folder, "--metric", "log_loss")
    assert result.exit_code == 0
    assert "lower is better" in result.stdout
    (line,) = (line for line in result.stdout.splitlines() if line.startswith("private"))
    assert line.split()[1] == "1.03972" and line.split()[-1] == "2"


def test_options_reach_the_metric(folder: Path) -> None:
    (folder / "s.csv").write_text("list,key\nx y,a\n")
    (folder / "e.csv").write_text("key,list\na,q x\n")
    for depth, expected in {"1": 0.0, "2": 0.25}.items():
        result = run(folder, "--metric", "map_at_k", "--id", "key", "--option", f"k={depth}", "--json")
        assert json.loads(result.stdout)["splits"]["all"]["score"] == expected


def errors(result: Result) -> dict[str, dict[str, object]]:
    assert result.exit_code == 2
    found = json.loads(result.stdout)["errors"]
    for error in found:
        assert {"rule", "message", "fix"} <= set(error)
        assert set(error) <= {"rule", "message", "fix", "file", "line", "column", "count", "examples"}
    return {error["rule"]: error for error in found}


def test_all_mistakes_of_an_entry_are_told(folder: Path) -> None:
    (folder / "e.csv").write_text("key,target\na,0.5\nb,x\nb,2\nc,\n")
    found = errors(run(folder, "--metric", "log_loss", "--json"))
    assert set(found) == {"duplicate_ids", "missing_ids", "missing_values", "not_a_number", "out_of_range"}
    assert found["not_a_number"] == {
        "rule": "not_a_number",
        "message": "Cells that are not numbers in the column “target”: 1.",
        "fix": "Write plain numbers such as 12, 0.5 or 1e-3.",
        "file": "e.csv",
        "line": 3,
        "column": "target",
        "count": 1,
        "examples": [{"line": 3, "id": "b", "value": "x"}],
    }


def test_mistakes_in_words_go_to_standard_error(folder: Path) -> None:
    (folder / "e.csv").write_text("key,target\n" + "".join(f"[red]{row},1\n" for row in range(12)))
    result = run(folder, "--metric", "log_loss")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "e.csv:2: extra_ids: Rows with an id that is not asked for: 12." in result.stderr
    assert "line 2, id [red]0" in result.stderr
    assert "… and 2 more" in result.stderr


def test_all_mistakes_of_a_command_are_told(folder: Path) -> None:
    result = run(folder, "--metric", "acuracy", "--option", "k", "--json", entry="no.csv", solution=".")
    found = errors(result)
    assert set(found) == {"option_form", "file_not_found", "unknown_metric", "not_a_file"}
    assert "accuracy" in str(found["unknown_metric"]["fix"])
    assert set(errors(run(folder, "--metric", "auc", "--option", "k=2", "--json"))) == {"unknown_option"}
    assert set(errors(run(folder, "--metric", "auc", "--id", "no", "--json"))) == {"wrong_header"}
    assert set(errors(run(folder, "--metric", "auc", "--json", entry="."))) == {"not_a_file"}


def test_metrics_are_listed() -> None:
    result = CliRunner().invoke(metrics, ["--json"], catch_exceptions=False)
    listed = {entry["name"]: entry for entry in json.loads(result.stdout)}
    for entry in listed.values():
        assert list(entry) == ["name", "family", "direction", "bounds", "options", "source"]
    assert listed["rmse"]["bounds"] == [0.0, None]
    assert listed["map_at_k"]["options"]["k"]["default"] == 5
    table = CliRunner().invoke(metrics, [], catch_exceptions=False)
    assert "quadratic_weighted_kappa" in table.stdout and "k=5" in table.stdout


def test_the_engine_at_home_needs_neither_django_nor_scipy(folder: Path) -> None:
    program = (
        "import sys\n"
        "from laureate.cli.metrics import metrics\n"
        "from laureate.cli.score import score\n"
        "assert 'pyarrow' not in sys.modules\n"
        "try: score(sys.argv[1:])\n"
        "finally: print(sorted({'django', 'scipy', 'sklearn', 'pandas'} & set(sys.modules)))\n"
    )
    arguments = [str(folder / "e.csv"), "--solution", str(folder / "s.csv"), "--metric", "rmse"]
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
