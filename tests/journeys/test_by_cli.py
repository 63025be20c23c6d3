"""A solver's and a host's way by the command line alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from support.running import HOST, Server

from .solving import KIT, figures, sha256_of, write_csv, write_parquet
from .terminals import Terminal

SLUG = "claims-by-cli"


@pytest.fixture
def host(platform: Server, kit: Callable[..., Path], terminal: Callable[[str], Terminal]) -> Terminal:
    """Give the terminal of a host who has signed in and published the challenge."""
    hanna = terminal("hanna")
    assert f"as {HOST}" in hanna.said("login", "--url", platform.url, "--email", HOST)
    folder = kit(SLUG, final_selections=1)
    assert hanna.answer("check", folder)["ok"] is True
    assert hanna.answer("publish", folder)["state"] == "open"
    return hanna


@pytest.fixture
def grace(platform: Server, terminal: Callable[[str], Terminal]) -> Terminal:
    """Give the terminal of a solver who has opened an account."""
    opened = terminal("grace")
    opened.run("signup", "--url", platform.url, "--email", "grace@example.org", "--name", "Grace Solver")
    return opened


def test_a_solver_takes_part_by_terminal(host: Terminal, grace: Terminal, platform: Server) -> None:
    assert SLUG in [row["slug"] for row in grace.answer("challenges", "--state", "open")]
    assert "Predict doctor visits" in grace.said("show", SLUG)
    assert grace.answer("join", SLUG)["allowance"]["left"] == 5
    grace.run("data", SLUG, "--to", "claims")
    data = grace.here / "claims"
    for name in ("train.csv", "test.csv", "sample_submission.csv"):
        assert sha256_of(data / "data" / name) == sha256_of(KIT / "data" / name)

    first = write_csv(data, grace.here / "nine.csv", features=9)
    second = write_parquet(data, grace.here / "three.parquet", features=3)
    home = {file: grace.scored(file) for file in (first, second)}
    numbers = {}
    for left, file in ((4, first), (3, second)):
        entry = grace.answer("submit", SLUG, file, "--note", file.stem, "--receipt", "receipt.json")
        assert entry["state"] == "scored"
        assert set(entry["score"]) == {"public"}
        assert figures(entry["score"]["public"]) == figures(home[file]["public"])
        receipt = json.loads((grace.here / "receipt.json").read_text("utf-8"))
        assert receipt["sha256"] == entry["sha256"] == sha256_of(file)
        assert (entry["rank"], entry["allowance"]["left"]) == (1, left)
        numbers[file] = entry["id"]

    board = grace.answer("board", SLUG)
    (ours,) = [row for row in board["rows"] if row["ours"]]
    assert (ours["team"], ours["rank"], ours["entries"]) == ("Grace Solver", 1, 2)
    assert ours["score"] == home[first]["public"]["score"]
    assert f"{home[first]['public']['score']:.{board['precision']}f}" in grace.said("board", SLUG)
    refusal = grace.answer("board", SLUG, "--kind", "private", code=2)
    assert refusal["errors"][0]["fix"]
    grace.run("select", numbers[second])

    assert host.answer("close", SLUG, code=2)["errors"][0]["rule"] == "not_confirmed"
    assert host.answer("close", SLUG, "--yes")["state"] == "closed"
    late = grace.answer("submit", SLUG, first, code=2)
    assert late["errors"]
    for file, number in numbers.items():
        entry = grace.answer("entry", number, "--to", "back")
        assert (grace.here / "back").read_bytes() == file.read_bytes()
        (grace.here / "back").unlink()
        for side in ("public", "private"):
            assert figures(entry["score"][side]) == figures(home[file][side])
    private = grace.answer("board", SLUG, "--kind", "private")
    (ours,) = [row for row in private["rows"] if row["ours"]]
    assert ours["score"] == home[second]["private"]["score"], "the entry that was selected counts"
    look_at_logout(grace, platform)


def look_at_logout(grace: Terminal, platform: Server) -> None:
    """Check that signing out forgets the token on the machine and ends it on the server."""
    kept = grace.config / "laureate" / "login.json"
    token = json.loads(kept.read_text("utf-8"))["token"]
    with platform.api(token) as program:
        assert program.get("/me").json()["email"] == "grace@example.org"
        assert grace.answer("logout")["revoked"] is True
        assert program.get("/me").status_code == 401
    assert not kept.exists()
