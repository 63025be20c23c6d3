"""Publishing and exporting: checked at home, packed, sent; fetched, unpacked with distrust."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from laureate.engine.problem import pack_bundle, read_problem

from .pieces import challenge
from .serving import Api, Reply, problem


@pytest.fixture
def hosting(api: Api) -> Api:
    """Give a server that takes a challenge."""
    api.on("POST", "/challenges", Reply(challenge(state="draft"), 201))
    api.on("POST", "/challenges/claims/publish", challenge())
    return api


def test_a_folder_is_published(
    hosting: Api, claims: Callable[..., Path], answer: Callable[..., Any], tmp_path: Path
) -> None:
    folder = claims()
    assert answer("publish", str(folder), "--organisation", "acme")["state"] == "open"
    sent, published = hosting.asked
    assert (sent.method, published.path) == ("POST", "/api/v1/challenges/claims/publish")
    assert set(sent.form) == {"bundle", "organisation"}
    assert sent.form["organisation"] == (None, b"acme")
    pack_bundle(folder, tmp_path / "expected.zip")
    assert sent.form["bundle"][1] == (tmp_path / "expected.zip").read_bytes()


def test_a_zip_gives_the_same_bytes(
    hosting: Api, claims: Callable[..., Path], answer: Callable[..., Any], tmp_path: Path
) -> None:
    folder = claims()
    pack_bundle(folder, tmp_path / "c.zip")
    answer("publish", str(tmp_path / "c.zip"), "--draft")
    assert hosting.lines == ["POST /challenges"]
    assert list(hosting.asked[0].form) == ["bundle"]
    assert hosting.asked[0].form["bundle"][1] == (tmp_path / "c.zip").read_bytes()


def test_mistakes_are_told_at_home_all_at_once(
    hosting: Api, claims: Callable[..., Path], refused: Callable[..., Any]
) -> None:
    folder = claims()
    (folder / "sample.csv").unlink()
    (folder / "solution.csv").write_text("customer,claim,Usage\n1,x,Public\n2,1,Private\n")
    found = refused("publish", str(folder))
    assert {"file_missing", "not_a_number"} <= set(found)
    assert found["not_a_number"]["file"] == "solution.csv"
    assert hosting.asked == []


def test_warnings_do_not_hinder(
    hosting: Api, claims: Callable[..., Path], run: Callable[..., Result]
) -> None:
    result = run("publish", str(claims()), "--draft")
    assert result.exit_code == 0
    assert "short_brief" in result.stderr
    assert f"{hosting.url}/challenges/claims" in result.stdout


def test_what_is_no_challenge(hosting: Api, refused: Callable[..., Any]) -> None:
    Path("empty").mkdir()
    assert set(refused("publish", "empty")) == {"unknown_format"}
    Path("x.zip").write_text("no zip")
    assert set(refused("publish", "x.zip")) == {"unknown_format"}
    assert set(refused("publish", "no/such")) == {"unreadable_path"}
    assert hosting.asked == []


def test_a_draft_that_the_server_will_not_publish(
    hosting: Api, claims: Callable[..., Path], run: Callable[..., Result]
) -> None:
    past = {"rule": "all_past", "message": "All phases are over.", "fix": "Plan others."}
    hosting.on("POST", "/challenges/claims/publish", problem(422, past))
    result = run("publish", str(claims()))
    assert result.exit_code == 2
    assert "All phases are over." in result.stderr and "laureate publish claims" in result.stderr


def test_a_draft_is_published_by_its_name(hosting: Api, answer: Callable[..., Any]) -> None:
    assert answer("publish", "claims")["state"] == "open"
    assert hosting.lines == ["POST /challenges/claims/publish"]


@pytest.fixture
def exported(api: Api, claims: Callable[..., Path], tmp_path: Path) -> bytes:
    """Give the zip that the server exports."""
    pack_bundle(claims(), tmp_path / "exported.zip")
    content = (tmp_path / "exported.zip").read_bytes()
    api.on("GET", "/challenges/claims/export", Reply(content, headers={"Content-Type": "application/zip"}))
    return content


def test_a_challenge_is_exported_as_zip(
    exported: bytes, answer: Callable[..., Any], refused: Callable[..., Any]
) -> None:
    said = answer("export", "claims")
    assert said["path"] == "claims.zip" and set(said) == {"challenge", "path", "sha256"}
    assert Path("claims.zip").read_bytes() == exported
    Path("claims.zip").write_text("mine")
    assert set(refused("export", "claims")) == {"already_there"}
    assert Path("claims.zip").read_text() == "mine"
    answer("export", "claims", "--overwrite")
    assert Path("claims.zip").read_bytes() == exported
    assert [path.name for path in Path().iterdir()] == ["claims.zip"]


def test_a_challenge_is_exported_as_folder_and_is_still_the_same(
    exported: bytes, answer: Callable[..., Any], refused: Callable[..., Any], tmp_path: Path
) -> None:
    assert answer("export", "claims", "--to", "mine")["path"] == "mine"
    assert read_problem(Path("mine")).slug == "claims"
    pack_bundle(Path("mine"), tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == exported
    assert set(refused("export", "claims", "--to", "mine")) == {"already_there"}


def test_a_hostile_zip_writes_nothing_outside(api: Api, refused: Callable[..., Any]) -> None:
    zipped = BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("../evil.txt", "x")
    api.on("GET", "/challenges/claims/export", Reply(zipped.getvalue()))
    assert set(refused("export", "claims", "--to", "sub/mine")) == {"unsafe_member"}
    assert not any(path.name == "evil.txt" for path in Path().rglob("*"))


def test_an_export_that_is_not_for_them(api: Api, refused: Callable[..., Any]) -> None:
    unknown = {"rule": "unknown", "message": "There is nothing here.", "fix": "Check the address."}
    api.on("GET", "/challenges/claims/export", problem(404, unknown))
    assert refused("export", "claims") == {"unknown": unknown}
    assert list(Path().iterdir()) == []
