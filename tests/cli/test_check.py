"""``laureate check``: each exit code, for folders and zips."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from click.testing import Result

from laureate.engine.problem import pack_bundle

CLEAR = "# Claims\n\n" + "Say what each customer will claim, and how you came to think so. " * 8


def test_a_good_challenge_is_ok(claims: Callable[..., Path], answer: Callable[..., Any]) -> None:
    said = answer("check", str(claims(brief=CLEAR)))
    assert (said["ok"], said["format"]) == (True, "laureate")
    # It runs already, which is worth a word and no error.
    assert [found["severity"] for found in said["problems"]] == ["warning"]


def test_a_zip_is_checked_as_its_folder(
    claims: Callable[..., Path], answer: Callable[..., Any], tmp_path: Path
) -> None:
    folder = claims()
    pack_bundle(folder, tmp_path / "c.zip")
    assert answer("check", str(tmp_path / "c.zip")) == answer("check", str(folder))


def test_every_mistake_is_told_at_once(
    claims: Callable[..., Path], answer: Callable[..., Any], run: Callable[..., Result]
) -> None:
    folder = claims()
    manifest = folder / "challenge.toml"
    manifest.write_text(manifest.read_text().replace('"rmse"', '"rsme"').replace("data/train.csv", "no.csv"))
    said = answer("check", str(folder), code=1)
    assert said["ok"] is False
    errors = {found["rule"]: found for found in said["problems"] if found["severity"] == "error"}
    assert set(errors) == {"unknown_metric", "file_missing"}
    for found in errors.values():
        assert found["file"] == "challenge.toml" and found["message"] and found["fix"]
        assert "rsme" in manifest.read_text().splitlines()[errors["unknown_metric"]["line"] - 1]
    result = run("check", str(folder))
    assert result.exit_code == 1
    assert f"challenge.toml:{errors['unknown_metric']['line']}: error unknown_metric" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("2 errors, ")


def test_a_baseline_that_cannot_be_scored_is_an_error(
    claims: Callable[..., Path], answer: Callable[..., Any]
) -> None:
    files = {"baselines/incumbent.csv": b"customer,claim\n1,x\n"}
    said = answer("check", str(claims(files=files)), code=1)
    rules = {found["rule"] for found in said["problems"] if found.get("file") == "baselines/incumbent.csv"}
    assert {"not_a_number", "missing_ids"} <= rules


def test_what_holds_no_challenge(refused: Callable[..., Any], run: Callable[..., Result]) -> None:
    Path("empty").mkdir()
    Path("text.zip").write_text("no zip")
    with zipfile.ZipFile("other.zip", "w") as archive:
        archive.writestr("readme.txt", "x")
    for name in ("empty", "text.zip", "other.zip"):
        assert name in refused("check", name)["unknown_format"]["message"]
    result = run("check", "empty")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "unknown_format" in result.stderr


def test_what_cannot_be_read(refused: Callable[..., Any]) -> None:
    assert set(refused("check", "no/such")) == {"unreadable_path"}


def test_a_zip_that_would_write_elsewhere(refused: Callable[..., Any]) -> None:
    with zipfile.ZipFile("evil.zip", "w") as archive:
        archive.writestr("../challenge.toml", "x")
    assert set(refused("check", "evil.zip")) == {"unsafe_member"}
    assert not Path("../challenge.toml").exists()
