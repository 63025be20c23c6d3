"""What waits is done, once, whoever died or slept meanwhile; and the terminal's way back into an account."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.claims import predictions, write_claims
from support.people import PASSWORD
from support.running import HOST, LAUREATE, SECONDS, Server, alive, eventually, running

SLUG = "claims"
MANY = 20


@pytest.fixture(scope="module")
def crew(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give a server with two workers and an open challenge."""
    folder = tmp_path_factory.mktemp("crew")
    with running(folder, workers="2") as server:
        server.set_up()
        server.publish(write_claims(folder / "challenge", datetime.now(UTC), per_day=1000, baselines=()))
        yield server


@pytest.fixture(scope="module")
def solver(crew: Server) -> Iterator[httpx.Client]:
    """Give the program of a solver who takes part."""
    with crew.open_account("sara@example.org", "Sara Solver") as program:
        assert program.post(f"/challenges/{SLUG}/join").status_code == 201
        yield program


@contextmanager
def asleep(*pids: int) -> Iterator[None]:
    """Let processes sleep for the length of the block."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def workers_of(server: Server) -> list[int]:
    """Return the workers, once all processes of the tree are there and the web process answers."""
    eventually(lambda: len(server.children()) == 3, "all are there again")
    server.wait()
    return [pid for pid in server.children() if not serves(pid)]


def serves(pid: int) -> bool:
    """Return whether a process watches connections: the web process does, a worker has no need to."""
    files = Path(f"/proc/{pid}/fd").iterdir()
    return any("eventpoll" in str(file.readlink()) for file in files if file.is_symlink())


def enter(program: httpx.Client, off: float) -> int:
    """Hand in an entry that is wrong by ``off`` in each row; return its number."""
    answer = program.post(
        f"/challenges/{SLUG}/entries",
        files={"file": ("entry.csv", predictions(off))},
        data={"note": repr(off)},
    )
    assert answer.status_code == 201, answer.text
    number: int = answer.json()["id"]
    return number


def seen(program: httpx.Client, entry: int) -> dict[str, Any]:
    """Return an entry as its solver sees it now."""
    answer = program.get(f"/entries/{entry}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def all_scored(program: httpx.Client, entries: list[int]) -> None:
    """Check that every entry gets the score of its own file."""
    for entry in entries:
        eventually(lambda e=entry: seen(program, e)["state"] != "received", f"entry {entry} is judged")
        found = seen(program, entry)
        assert found["state"] == "scored", found
        assert found["score"]["public"]["score"] == pytest.approx(float(found["note"]))


def rows(server: Server, question: str) -> list[tuple[Any, ...]]:
    """Ask the server's database, whichever it is."""
    if not server.database:
        with closing(sqlite3.connect(server.data / "laureate.sqlite3", timeout=SECONDS)) as connection:
            return connection.execute(question).fetchall()
    import psycopg

    with psycopg.connect(server.database) as connection:
        return connection.execute(question).fetchall()


def each_scored_once(server: Server, entries: list[int]) -> None:
    """Check that no entry has two scores, that each was announced once, and that nothing is left to do."""
    numbers = ",".join(map(str, entries))
    scores = rows(server, f"SELECT entry_id FROM scoring_score WHERE entry_id IN ({numbers})")
    assert sorted(entry for (entry,) in scores) == sorted(entries)
    announced = rows(server, "SELECT object_id FROM journal_event WHERE verb = 'submissions.entry_scored'")
    said = [int(entry) for (entry,) in announced if int(entry) in entries]
    assert sorted(said) == sorted(entries)
    unfinished = "SELECT id FROM journal_task WHERE handler = 'score_entry' AND state <> 'done'"
    assert rows(server, unfinished) == []


def test_two_workers_share_the_work(crew: Server, solver: httpx.Client) -> None:
    workers = workers_of(crew)
    assert len(workers) == 2
    with asleep(*workers), ThreadPoolExecutor(4) as threads:
        entries = list(threads.map(lambda n: enter(solver, 1 + n / 100), range(MANY)))
        assert {seen(solver, entry)["state"] for entry in entries} == {"received"}
    all_scored(solver, entries)
    each_scored_once(crew, entries)
    did = rows(crew, "SELECT DISTINCT worker FROM journal_task WHERE handler = 'score_entry'")
    assert len(did) == 2, did


def test_an_entry_that_arrives_while_all_workers_are_dead(crew: Server, solver: httpx.Client) -> None:
    workers = workers_of(crew)
    # The root sleeps, so that the dead stay dead for as long as this takes.
    with asleep(crew.process.pid):
        for pid in workers:
            os.kill(pid, signal.SIGKILL)
        eventually(lambda: not any(alive(pid) for pid in workers), "the workers are dead")
        entry = enter(solver, 2.5)
        assert seen(solver, entry)["state"] == "received"
    all_scored(solver, [entry])
    each_scored_once(crew, [entry])


def test_an_entry_that_arrives_while_the_web_is_dead(crew: Server, solver: httpx.Client) -> None:
    with ThreadPoolExecutor(1) as threads, asleep(crew.process.pid):
        web, *_ = crew.children()
        os.kill(web, signal.SIGKILL)
        eventually(lambda: not alive(web), "the web process is dead")
        # The root holds the port: whoever knocks now waits at the door instead of being sent away.
        with crew.api(solver.headers["Authorization"].removeprefix("Bearer ")) as program:
            knocking = threads.submit(enter, program, 2.75)
            with pytest.raises(TimeoutError):
                knocking.result(0.3)
            os.kill(crew.process.pid, signal.SIGCONT)
            entry = knocking.result(SECONDS)
    all_scored(solver, [entry])
    each_scored_once(crew, [entry])


def test_workers_that_die_in_the_midst_of_it_leave_nothing_undone(crew: Server, solver: httpx.Client) -> None:
    entries = []
    for number in range(MANY):
        entries.append(enter(solver, 3 + number / 100))
        if number % 10 == 5:
            os.kill(workers_of(crew)[-1], signal.SIGKILL)
    all_scored(solver, entries)
    each_scored_once(crew, entries)
    eventually(lambda: len(crew.children()) == 3, "all are there again")


def renew(server: Server, email: str) -> subprocess.CompletedProcess[str]:
    """Run ``laureate password`` beside the running server."""
    return subprocess.run(
        [LAUREATE, "password", email, "--data", server.data],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        env=server.environ,
        check=False,
    )


def sign_in(server: Server, password: str) -> int:
    """Return the status of signing in by API as ``HOST``."""
    asked = {"email": HOST, "password": password, "name": "tests", "scopes": ["read"]}
    return httpx.post(f"{server.url}/api/v1/tokens", json=asked, timeout=SECONDS).status_code


def test_a_new_password_from_the_terminal(crew: Server) -> None:
    assert sign_in(crew, PASSWORD) == 201
    done = renew(crew, HOST)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    made = done.stdout.strip()
    assert len(made) >= 12
    assert sign_in(crew, made) == 201
    assert sign_in(crew, PASSWORD) == 401
    assert made not in crew.said


def test_no_password_for_nobody(crew: Server) -> None:
    done = renew(crew, "nobody@example.org")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "nobody@example.org" in done.stderr
    assert "Traceback" not in done.stderr
