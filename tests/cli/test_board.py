"""``laureate board`` at home: a history becomes a ranking."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

HISTORY = """\
score,team,time,note
0.70,b,2026-01-01T10:00:00Z,x
0.80,a,2026-01-02T10:00:00Z,x
0.8004,b,2026-01-03T10:00:00Z,x
,c,2026-01-03T10:00:00Z,no score
0.60,a,2026-01-04T10:00:00+02:00,x
"""


@pytest.fixture
def history() -> Callable[[str], str]:
    """Give ``history(text)``: write a CSV file and return its name."""

    def write(text: str) -> str:
        Path("h.csv").write_text(text, "utf-8")
        return "h.csv"

    return write


def ranking(lines: list[dict[str, Any]]) -> list[tuple[int, str, float]]:
    return [(line["rank"], line["team"], line["score"]) for line in lines]


def test_the_best_entry_of_each_team_counts(
    history: Callable[[str], str], answer: Callable[..., Any]
) -> None:
    found = answer("board", history(HISTORY))
    assert found == [
        {"rank": 1, "team": "b", "score": 0.8004, "time": "2026-01-03T10:00:00Z", "entries": 2},
        {"rank": 2, "team": "a", "score": 0.8, "time": "2026-01-02T10:00:00Z", "entries": 2},
    ]


def test_rounded_improvements_that_are_noise_do_not_count(
    history: Callable[[str], str], answer: Callable[..., Any]
) -> None:
    name = history(HISTORY)
    found = answer("board", name, "--mode", "rounded")
    assert ranking(found) == [(1, "a", 0.8), (2, "b", 0.8)]
    assert ranking(answer("board", name, "--mode", "rounded", "--decimals", "4"))[0] == (1, "b", 0.8004)
    assert ranking(answer("board", name, "--mode", "rounded", "--decimals", "0"))[0] == (1, "b", 1.0)


def test_lower_is_better_where_said(history: Callable[[str], str], answer: Callable[..., Any]) -> None:
    assert ranking(answer("board", history(HISTORY), "--lower")) == [(1, "a", 0.6), (2, "b", 0.7)]


def test_as_it_stood_at_a_time(history: Callable[[str], str], answer: Callable[..., Any]) -> None:
    name = history(HISTORY)
    assert ranking(answer("board", name, "--at", "2026-01-02T09:59:59Z")) == [(1, "b", 0.7)]
    assert ranking(answer("board", name, "--at", "2026-01-02T11:00:00+01:00")) == [
        (1, "a", 0.8),
        (2, "b", 0.7),
    ]
    assert ranking(answer("board", name, "--at", "2026-01-02")) == [(1, "b", 0.7)]
    assert answer("board", name, "--at", "2025-01-01") == []


def test_equal_scores_and_times_keep_the_order_of_the_file(
    history: Callable[[str], str], answer: Callable[..., Any]
) -> None:
    name = history("team,time,score\nz,5,1\na,5,1\nm,4,1\n")
    assert [line["team"] for line in answer("board", name)] == ["m", "z", "a"]
    assert answer("board", name)[0]["time"] == "4"


def test_numbers_are_times_too(history: Callable[[str], str], answer: Callable[..., Any]) -> None:
    name = history("team,time,score\na,1,0.5\na,2.5,0.7\n")
    assert ranking(answer("board", name, "--at", "2")) == [(1, "a", 0.5)]


def test_all_mistakes_of_a_history_are_told(
    history: Callable[[str], str], refused: Callable[..., Any]
) -> None:
    text = 'team,time,score\n"a\nb",2026-01-01,0.5\n,2026-01-01,inf\n\nb,yesterday,1_0\nc,17,0.5\n'
    found = refused("board", history(text))
    assert set(found) == {"no_team", "not_a_time", "not_a_number", "mixed_times"}
    assert found["not_a_number"]["count"] == 2
    assert found["not_a_number"]["examples"] == [{"line": 4, "value": "inf"}, {"line": 6, "value": "1_0"}]
    assert (found["no_team"]["file"], found["no_team"]["line"]) == ("h.csv", 4)
    assert found["mixed_times"]["line"] == 7


def test_only_ten_examples_are_shown(history: Callable[[str], str], refused: Callable[..., Any]) -> None:
    text = "team,time,score\n" + "a,2026-01-01,x\n" * 2000
    found = refused("board", history(text))["not_a_number"]
    assert found["count"] == 2000 and len(found["examples"]) == 10


@pytest.mark.parametrize("text", ["", "team;time;score\n", "Team,time,score\n"])
def test_a_header_that_is_wrong(
    text: str, history: Callable[[str], str], refused: Callable[..., Any]
) -> None:
    assert set(refused("board", history(text))) == {"wrong_header"}


def test_a_byte_order_mark_is_no_part_of_a_name(
    history: Callable[[str], str], answer: Callable[..., Any]
) -> None:
    assert ranking(answer("board", history("\ufeffteam,time,score\na,2026-01-01,1\n"))) == [(1, "a", 1.0)]


@pytest.mark.parametrize("content", [b"team,time,score\n\xff\xfe,1,1\n", b'team,time,score\n"a"b,1,1\n'])
def test_bytes_that_are_no_table(content: bytes, refused: Callable[..., Any]) -> None:
    Path("h.csv").write_bytes(content)
    assert set(refused("board", "h.csv")) == {"unreadable_file"}


def test_a_target_that_is_neither(refused: Callable[..., Any], history: Callable[[str], str]) -> None:
    assert "no file" in refused("board", "no/such.csv")["usage"]["message"]
    assert "no time" in refused("board", history(HISTORY), "--at", "soon")["usage"]["message"]
    assert set(refused("board", history(HISTORY), "--mode", "ladder")) == {"usage"}


def test_the_table_is_readable(history: Callable[[str], str], run: Callable[..., Result]) -> None:
    lines = run("board", history(HISTORY)).stdout.splitlines()
    assert lines[0].split() == ["rank", "team", "score", "time", "entries"]
    assert lines[1].split() == ["1", "b", "0.8004", "2026-01-03T10:00:00Z", "2"]
    assert run("board", "h.csv", "--at", "2025-01-01").stdout == "No entry with a score.\n"
