"""A solver's way by API alone: from opening an account to reading the private score."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.people import PASSWORD
from support.running import Server

from .solving import KIT, figures, sha256_of, write_csv, write_parquet
from .terminals import Terminal

SLUG = "claims-by-api"
WAIT = 30


def good(answer: httpx.Response, status: int = 200) -> Any:
    """Check the status of an answer and return its JSON."""
    assert answer.status_code == status, answer.text
    return answer.json()


def signed_up(platform: Server) -> httpx.Client:
    """Open an account, issue a token with it, and return a program that bears the token."""
    with platform.api() as stranger:
        account = {"email": "ada@example.org", "name": "Ada Solver", "password": PASSWORD}
        assert good(stranger.post("/accounts", json=account), 201)["name"] == "Ada Solver"
        asked = {"name": "notebook", "scopes": ["read", "submit"], "email": account["email"]}
        wrong = stranger.post("/tokens", json=asked | {"password": "not hers at all"})
        assert good(wrong, 401)["errors"][0]["rule"] == "wrong_password"
        token = good(stranger.post("/tokens", json=asked | {"password": PASSWORD}), 201)["token"]
    return platform.api(token)


def downloaded(ada: httpx.Client, folder: Path) -> Path:
    """Download all data of the challenge and check them; return the folder."""
    page = good(ada.get(f"/challenges/{SLUG}"))
    assert page["metric"] == "normalized_gini"
    assert page["brief"].startswith((KIT / "brief.md").read_text("utf-8")[:200])
    assert "solution" not in page
    assert "baselines" not in page
    for file in [*page["data"], page["sample"]]:
        answer = ada.get(httpx.URL(str(ada.base_url)).join(file["url"]))
        assert answer.status_code == 200
        target = folder / file["path"]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(answer.content)
        assert sha256_of(target) == file["sha256"] == sha256_of(KIT / file["path"])
    return folder


def submitted(ada: httpx.Client, file: Path, note: str) -> dict[str, Any]:
    """Hand a file in and return the entry when it is scored."""
    with file.open("rb") as content:
        form = {"files": {"file": (file.name, content)}, "data": {"note": note}}
        received = good(ada.post(f"/challenges/{SLUG}/entries", **form), 201)
    assert received["state"] == "received"
    assert received["receipt"]["sha256"] == sha256_of(file)
    assert received["receipt"]["size"] == file.stat().st_size
    entry: dict[str, Any] = good(ada.get(f"/entries/{received['id']}", params={"wait": WAIT}))
    assert entry["state"] == "scored", entry
    assert entry["sha256"] == received["receipt"]["sha256"]
    assert ada.get(f"/entries/{received['id']}/file").content == file.read_bytes()
    return entry


@pytest.fixture
def ada(platform: Server, kit: Callable[..., Path]) -> Any:
    """Give a solver's program; the challenge is open."""
    assert platform.publish(kit(SLUG)) == SLUG
    with signed_up(platform) as program:
        yield program


def test_a_solver_takes_part_by_api(
    ada: httpx.Client, platform: Server, terminal: Callable[[str], Terminal], tmp_path: Path
) -> None:
    assert SLUG in [row["slug"] for row in good(ada.get("/challenges", params={"state": "open"}))["items"]]
    assert good(ada.get(f"/challenges/{SLUG}/standing"))["may_join"] is True
    assert good(ada.post(f"/challenges/{SLUG}/join"), 201)["allowance"]["left"] == 5
    data = downloaded(ada, tmp_path / "claims")
    files = [
        write_csv(data, tmp_path / "nine.csv", features=9),
        write_parquet(data, tmp_path / "three.parquet", features=3),
    ]
    entries = [submitted(ada, file, file.stem) for file in files]
    assert good(ada.get(f"/challenges/{SLUG}/standing"))["allowance"]["left"] == 3

    home = [terminal(file.stem).scored(file) for file in files]
    assert home[0]["public"]["score"] > home[1]["public"]["score"] > 0.1
    for entry, scored in zip(entries, home, strict=True):
        assert set(entry["score"]) == {"public"}
        assert figures(entry["score"]["public"]) == figures(scored["public"])
    look_at_boards(ada, home)

    closed_for_all(platform)
    listed = good(ada.get(f"/challenges/{SLUG}/entries"))["items"]
    assert [entry["note"] for entry in listed] == ["three", "nine"]
    for entry, scored in zip(reversed(listed), home, strict=True):
        for side in ("public", "private"):
            assert figures(entry["score"][side]) == figures(scored[side])
    private = good(ada.get(f"/challenges/{SLUG}/board", params={"kind": "private"}))
    (ours,) = [row for row in private["rows"] if row["ours"]]
    assert (ours["rank"], ours["score"]) == (1, home[0]["private"]["score"])


def look_at_boards(ada: httpx.Client, home: list[dict[str, Any]]) -> None:
    """Check the public board with its baseline, and that nobody sees the private one."""
    board = good(ada.get(f"/challenges/{SLUG}/board"))
    assert board["rows_evaluated"] == home[0]["public"]["rows"]
    (ours,) = [row for row in board["rows"] if row["ours"]]
    assert (ours["team"], ours["rank"], ours["entries"]) == ("Ada Solver", 1, 2)
    assert ours["score"] == home[0]["public"]["score"], "the best entry counts, with all its digits"
    assert ours["interval"] == home[0]["public"]["interval"]
    (baseline,) = [row for row in board["rows"] if row["baseline"]]
    assert (baseline["team"], baseline["rank"]) == ("Incumbent's model", None)
    hidden = ada.get(f"/challenges/{SLUG}/board", params={"kind": "private"})
    assert good(hidden, 403)["errors"]
    listed = good(ada.get(f"/challenges/{SLUG}/entries"))["items"]
    assert all(set(entry["score"]) == {"public"} for entry in listed)


def closed_for_all(platform: Server) -> None:
    """Let the host close the challenge, after which nothing more is received."""
    with platform.program() as host:
        assert good(host.post(f"/challenges/{SLUG}/close"))["state"] == "closed"


def test_a_mended_file_costs_one_entry(platform: Server, kit: Callable[..., Path], tmp_path: Path) -> None:
    slug = platform.publish(kit("claims-mended"))
    with platform.open_account("bob@example.org", "Bob Solver") as bob:
        good(bob.post(f"/challenges/{slug}/join"), 201)
        broken = write_csv(KIT, tmp_path / "broken.csv", features=2).read_bytes().replace(b"\n4,", b"\n5,", 1)
        received = good(bob.post(f"/challenges/{slug}/entries", files={"file": ("b.csv", broken)}), 201)
        entry = good(bob.get(f"/entries/{received['id']}", params={"wait": WAIT}))
        assert (entry["state"], entry["score"]) == ("refused", None)
        assert {fault["rule"] for fault in entry["faults"]} == {"missing_ids", "extra_ids"}
        assert good(bob.get(f"/challenges/{slug}/standing"))["allowance"]["left"] == 5
        mended = broken.replace(b"\n5,", b"\n4,", 1)
        received = good(bob.post(f"/challenges/{slug}/entries", files={"file": ("b.csv", mended)}), 201)
        entry = good(bob.get(f"/entries/{received['id']}", params={"wait": WAIT}))
        assert entry["state"] == "scored"
        assert good(bob.get(f"/challenges/{slug}/standing"))["allowance"]["left"] == 4
