"""The process tree of ``laureate up``: how it starts, dies, mends itself and stops."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from laureate.config.options import OPTIONS
from support.people import PASSWORD
from support.running import (
    HOST,
    LAUREATE,
    SECONDS,
    Server,
    alive,
    environment,
    eventually,
    free_port,
    running,
)


def call(*arguments: str | Path, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [LAUREATE, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        env=environment(**changes),
        check=False,
    )


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Give a server on an empty folder; how long its first page took is printed, not judged."""
    began = time.perf_counter()
    with running(tmp_path) as server:
        sys.stdout.write(f"first page after {time.perf_counter() - began:.1f} s\n")
        yield server


def test_first_run_and_clean_stop(server: Server) -> None:
    wizard = server.wizard()
    assert httpx.get(f"{server.url}/setup", timeout=SECONDS).status_code == 403
    server.set_up()
    assert httpx.get(wizard, timeout=SECONDS).status_code == 409
    with server.program() as host:
        me = host.get("/me").json()
    assert (me["email"], me["operator"]) == (HOST, True)
    assert [organisation["name"] for organisation in me["organisations"]] == ["Acme Insurance"]

    children = server.children()
    assert len(children) == 2
    assert server.stop() == 0
    assert [pid for pid in children if alive(pid)] == []
    assert "Traceback" not in server.said
    assert PASSWORD not in server.said

    before = server.said
    server.start().wait()
    assert "First run" not in server.said.removeprefix(before)
    with server.program(HOST) as host:
        assert host.get("/me").status_code == 200


def test_nobody_is_orphaned_by_sigkill(server: Server) -> None:
    children = server.children()
    assert len(children) == 2
    server.process.kill()
    server.process.wait(SECONDS)
    eventually(lambda: not any(alive(pid) for pid in children), "the children end by themselves")
    # The port is free again: the same server starts on it.
    server.start().wait()


def test_dead_children_are_replaced(server: Server) -> None:
    server.set_up()
    web, worker = server.children()
    os.kill(web, signal.SIGKILL)
    eventually(lambda: not alive(web) and len(server.children()) == 2, "the web process is started again")
    server.wait()
    os.kill(worker, signal.SIGTERM)
    eventually(
        lambda: not alive(worker) and len(server.children()) == 2, "the worker process is started again"
    )
    assert not {web, worker} & set(server.children())
    # The new worker works: its welcome arrives.
    with server.open_account("sara@example.org", "Sara Solver") as sara:
        eventually(lambda: sara.get("/inbox").json()["items"], "the worker does its tasks")
    assert server.stop() == 0


def test_a_taken_port(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = call("up", "--data", tmp_path / "data", "--port", str(port))
    assert done.returncode not in (0, None)
    assert f"cannot listen on 127.0.0.1:{port}" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "data" / "laureate.sqlite3").exists()


def test_wrong_options_are_told_all_at_once(tmp_path: Path) -> None:
    written = 'colour = "blue"\nworkers = "many"\n'
    (tmp_path / "laureate.toml").write_text(written)
    done = call("up", "--data", tmp_path, LAUREATE_PORT="x")
    assert done.returncode == 2
    complaints = done.stderr.splitlines()
    assert len(complaints) == 3
    for word in ("colour", "workers", "LAUREATE_PORT"):
        assert any(word in complaint for complaint in complaints), complaints
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["laureate.toml"]


def test_a_broken_file_of_options(tmp_path: Path) -> None:
    (tmp_path / "laureate.toml").write_text("port = = 1\n")
    done = call("up", "--data", tmp_path)
    assert done.returncode == 2
    assert "laureate.toml" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_of_options_is_obeyed(tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "laureate.toml").write_text("workers = 2\n")
    server = Server(tmp_path / "data", port)
    try:
        server.start().wait()
        assert len(server.children()) == 3
    finally:
        server.end()


def test_help_names_every_option() -> None:
    done = call("up", "--help")
    assert done.returncode == 0
    words = " ".join(done.stdout.split())
    for option in OPTIONS:
        assert option.variable in done.stdout
        assert " ".join(option.meaning.split()) in words, option.key
    for flag in ("--data", "--host", "--port", "--workers"):
        assert flag in done.stdout


def test_two_trees_on_one_folder(server: Server) -> None:
    """A second server on the same data is refused its port, or works beside the first."""
    done = call("up", "--data", server.data, "--port", str(server.port), **server.environ)
    assert done.returncode != 0
    assert "cannot listen" in done.stderr
    assert server.answers()
    assert len(server.children()) == 2

    other = Server(server.data, free_port(), server.database)
    server.set_up()
    try:
        other.start().wait()
        with server.open_account("sara@example.org", "Sara Solver") as sara:
            eventually(lambda: sara.get("/inbox").json()["items"], "a worker does its tasks")
            token = sara.headers["Authorization"].removeprefix("Bearer ")
            with other.api(token) as same:
                assert same.get("/inbox").json() == sara.get("/inbox").json()
                assert len(same.get("/inbox").json()["items"]) == 1
        assert other.stop() == 0
    finally:
        other.end()
    assert server.answers()
