"""Downloads: whole or not at all, resumed by Range, verified by SHA-256."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from laureate.cli.server.transfers import progress

from .pieces import SAMPLE, TRAIN, challenge, file
from .serving import Api, Asked, Reply

TRAIN_SHA = file(1, "", TRAIN)["sha256"]
PART = f"claims/data/train.csv.{TRAIN_SHA[:12]}.part"


def ranged(content: bytes) -> Callable[[Asked], Reply]:
    """Return a file as the API gives it, with Range and If-Range."""

    def give(asked: Asked) -> Reply:
        wanted = asked.headers.get("range")
        if wanted is None:
            return Reply(content)
        start = int(wanted.removeprefix("bytes=").removesuffix("-"))
        if start >= len(content):
            return Reply(b"", 416, {"Content-Range": f"bytes */{len(content)}"})
        said = f"bytes {start}-{len(content) - 1}/{len(content)}"
        return Reply(content[start:], 206, {"Content-Range": said})

    return give


@pytest.fixture
def files(api: Api) -> Api:
    """Give a challenge with a data file and a sample."""
    api.on("GET", "/challenges/claims", challenge())
    api.on("GET", "/challenges/claims/files/1", ranged(TRAIN))
    api.on("GET", "/challenges/claims/files/2", ranged(SAMPLE))
    return api


def test_all_files_are_downloaded(files: Api, answer: Callable[..., Any]) -> None:
    done = answer("data", "claims")
    assert [one["file"] for one in done] == ["data/train.csv", "sample.csv"]
    assert done[0]["sha256"] == TRAIN_SHA and done[0]["kept"] is False
    assert Path("claims/data/train.csv").read_bytes() == TRAIN
    assert Path("claims/sample.csv").read_bytes() == SAMPLE
    found = sorted(path.name for path in Path("claims").rglob("*") if path.is_file())
    assert found == ["sample.csv", "train.csv"]


def test_what_is_there_is_left_alone(files: Api, answer: Callable[..., Any]) -> None:
    answer("data", "claims")
    asked = len(files.asked)
    assert all(one["kept"] for one in answer("data", "claims"))
    assert files.lines[asked:] == ["GET /challenges/claims"]


def test_one_file_by_its_name(files: Api, answer: Callable[..., Any], refused: Callable[..., Any]) -> None:
    assert [one["path"] for one in answer("data", "claims", "--to", "d", "--file", "train.csv")] == [
        "d/data/train.csv"
    ]
    assert not Path("d/sample.csv").exists()
    found = refused("data", "claims", "--file", "tain.csv")["unknown_file"]
    assert "data/train.csv, sample.csv" in found["fix"]


def test_a_broken_download_is_continued(
    files: Api, answer: Callable[..., Any], refused: Callable[..., Any]
) -> None:
    files.on("GET", "/challenges/claims/files/1", Reply(TRAIN, cut=70_000))
    assert set(refused("data", "claims", "--file", "train.csv")) == {"server_unreachable"}
    assert not Path("claims/data/train.csv").exists()
    held = Path(PART).stat().st_size
    assert 0 < held <= 70_000 and TRAIN.startswith(Path(PART).read_bytes())
    files.on("GET", "/challenges/claims/files/1", ranged(TRAIN))
    answer("data", "claims", "--file", "train.csv")
    headers = files.asked[-1].headers
    assert headers["range"] == f"bytes={held}-"
    assert headers["if-range"] == f'"{TRAIN_SHA}"'
    assert Path("claims/data/train.csv").read_bytes() == TRAIN
    assert not Path(PART).exists()


def test_a_server_that_ignores_ranges_sends_all_anew(files: Api, answer: Callable[..., Any]) -> None:
    Path(PART).parent.mkdir(parents=True)
    Path(PART).write_bytes(TRAIN[:500])
    files.on("GET", "/challenges/claims/files/1", Reply(TRAIN))
    answer("data", "claims", "--file", "train.csv")
    assert Path("claims/data/train.csv").read_bytes() == TRAIN


def test_a_whole_part_is_only_verified(files: Api, answer: Callable[..., Any]) -> None:
    Path(PART).parent.mkdir(parents=True)
    Path(PART).write_bytes(TRAIN)
    answer("data", "claims", "--file", "train.csv")
    assert files.lines == ["GET /challenges/claims"]
    assert Path("claims/data/train.csv").read_bytes() == TRAIN


@pytest.mark.parametrize("held", [b"wrong", TRAIN[:-1] + b"!", b""])
def test_wrong_bytes_are_deleted(held: bytes, files: Api, refused: Callable[..., Any]) -> None:
    if held:
        Path(PART).parent.mkdir(parents=True)
        Path(PART).write_bytes(held)
    else:
        files.on("GET", "/challenges/claims/files/1", Reply(TRAIN.replace(b"2", b"3")))
    assert set(refused("data", "claims")) == {"sha256_mismatch"}
    assert not Path("claims/data/train.csv").exists() and not Path(PART).exists()


def test_own_work_is_not_overwritten(
    files: Api, answer: Callable[..., Any], refused: Callable[..., Any]
) -> None:
    Path("claims").mkdir()
    Path("claims/sample.csv").write_text("my own")
    assert "claims/sample.csv" in refused("data", "claims")["other_content"]["message"]
    assert Path("claims/sample.csv").read_text() == "my own"
    assert not Path("claims/data").exists()
    answer("data", "claims", "--overwrite")
    assert Path("claims/sample.csv").read_bytes() == SAMPLE


@pytest.mark.parametrize("name", ["../evil.csv", "/etc/evil", "a/../../b", "C:\\x"])
def test_a_name_that_leads_out_of_the_folder(name: str, api: Api, refused: Callable[..., Any]) -> None:
    api.on("GET", "/challenges/claims", challenge(data=[file(1, name, TRAIN)]))
    assert set(refused("data", "claims")) == {"unsafe_name"}
    assert not Path("claims").exists()


def test_a_folder_that_cannot_be_written(files: Api, refused: Callable[..., Any]) -> None:
    Path("claims").mkdir()
    Path("claims/data").write_text("in the way")
    assert set(refused("data", "claims", "--file", "train.csv")) == {"cannot_write"}


def test_the_table_says_where_they_are(files: Api, run: Callable[..., Result]) -> None:
    result = run("data", "claims")
    assert "claims/data/train.csv" in result.stdout and "downloaded" in result.stdout
    assert result.stderr == ""


class Terminal(io.StringIO):
    """A standard error that is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("made", [Terminal, io.StringIO])
def test_progress_is_for_terminals_and_goes_to_standard_error(
    made: type[io.StringIO], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    errors = made()
    monkeypatch.setattr(sys, "stderr", errors)
    monkeypatch.setenv("TERM", "xterm")
    with progress("train.csv [b]", 1000) as advance:
        advance(500)
    assert ("train.csv [b]" in errors.getvalue()) == (made is Terminal)
    assert capsys.readouterr().out == ""
