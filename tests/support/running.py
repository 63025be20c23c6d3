"""A real server in a process tree of its own: ``laureate up`` on a fresh data folder and database."""

from __future__ import annotations

import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx

from support.ground import URL
from support.people import PASSWORD

LAUREATE = Path(sys.executable).with_name("laureate")
"""The command as it was installed beside this Python."""
SECONDS = 60
"""How long anything may take before a test gives up; nothing is said about how long it should."""
HOST = "host@example.org"


def free_port() -> int:
    """Return a port on which nobody listens at this moment."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def eventually(true: Callable[[], Any], what: str, seconds: float = SECONDS) -> Any:
    """Return the first value of ``true()`` that counts as true; fail when there is none in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := true():
            return found
        time.sleep(0.05)
    raise AssertionError(f"it never came true that {what}")


@contextmanager
def fresh_database() -> Iterator[str]:
    """Give the address of an empty database on the ground of the tests; empty text means SQLite."""
    ground = os.environ.get(URL, "")
    if not ground:
        yield ""
        return
    import psycopg

    name = f"laureate_{secrets.token_hex(6)}"
    with psycopg.connect(ground, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlunsplit(urlsplit(ground)._replace(path=f"/{name}"))
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def environment(**changes: str) -> dict[str, str]:
    """Return the environment of a terminal in which nobody has set anything for Laureate."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("LAUREATE_", "DJANGO_"))
    }
    return {**kept, "PYTHONUNBUFFERED": "1", "LANG": "C.UTF-8", **changes}


@dataclass
class Server:
    """A platform that somebody runs with ``laureate up``."""

    data: Path
    port: int
    database: str = ""
    options: dict[str, str] = field(default_factory=dict)
    process: Any = None

    @property
    def url(self) -> str:
        """Return the address of the landing page, without a stroke at its end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """Return the file that holds all the server said, on both of its channels."""
        return self.data.with_name(f"{self.data.name}.log")

    @property
    def said(self) -> str:
        """Return all that the server said so far."""
        return self.log.read_text("utf-8") if self.log.exists() else ""

    @property
    def environ(self) -> dict[str, str]:
        """Return the environment in which its commands run."""
        return environment(**({URL: self.database} if self.database else {}), **self.options)

    def start(self) -> Server:
        """Start the tree, without waiting for it."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [LAUREATE, "up", "--data", self.data, "--port", str(self.port)],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env=self.environ,
                start_new_session=True,
            )
        return self

    def wait(self) -> Server:
        """Return when a page is answered."""
        eventually(self.answers, f"the server answers; it said: {self.said}")
        return self

    def answers(self) -> bool:
        """Return whether a page is answered now."""
        assert self.process.poll() is None, f"the server ended: {self.said}"
        try:
            return httpx.get(f"{self.url}/metrics", timeout=10).status_code == 200
        except httpx.TransportError:
            return False

    def children(self) -> list[int]:
        """Return the processes of the tree below its root, oldest first: web, then the worker."""
        return children_of(self.process.pid)

    def stop(self) -> int:
        """Ask the tree to stop; return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        code: int = self.process.wait(SECONDS)
        return code

    def end(self) -> None:
        """End the tree, whatever state it is in, so that nothing outlives the test."""
        if self.process is None:
            return
        if self.process.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                self.stop()
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(SECONDS)

    def wizard(self) -> str:
        """Return the address of the first-run wizard as the server printed it."""
        found = re.search(r"First run: open (\S+) ", self.said)
        assert found, self.said
        return found[1]

    def browser(self) -> httpx.Client:
        """Return somebody who reads pages and keeps cookies."""
        return httpx.Client(base_url=self.url, timeout=SECONDS, follow_redirects=True)

    def set_up(self) -> None:
        """Make the administrator by the wizard: ``HOST``, who hosts for Acme Insurance."""
        form = {"name": "Hanna Host", "email": HOST, "password": PASSWORD, "organisation": "Acme Insurance"}
        with self.browser() as browser:
            answer = fill_in(browser, self.wizard(), form)
            assert answer.status_code == 200, answer.text
            assert answer.url.path == "/host", answer.text

    def program(self, email: str = HOST, *scopes: str) -> httpx.Client:
        """Return a program with a token of its own (of all scopes where none is named)."""
        asked = {"email": email, "password": PASSWORD, "name": "tests"}
        asked |= {"scopes": scopes or ("read", "submit", "host")}  # type: ignore[dict-item]
        answer = httpx.post(f"{self.url}/api/v1/tokens", json=asked, timeout=SECONDS)
        assert answer.status_code == 201, answer.text
        return self.api(answer.json()["token"])

    def api(self, token: str = "") -> httpx.Client:
        """Return a program that speaks to the API, as a stranger where it has no token."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(base_url=f"{self.url}/api/v1", headers=headers, timeout=SECONDS)

    def open_account(self, email: str, name: str) -> httpx.Client:
        """Open an account by API and return a program of its owner."""
        asked = {"email": email, "name": name, "password": PASSWORD}
        answer = httpx.post(f"{self.url}/api/v1/accounts", json=asked, timeout=SECONDS)
        assert answer.status_code == 201, answer.text
        return self.program(email)

    def publish(self, folder: Path) -> str:
        """Publish the challenge in a folder as ``HOST``; return its slug."""
        from laureate.engine.problem import pack_bundle

        bundle = folder.with_suffix(".zip")
        pack_bundle(folder, bundle)
        with self.program() as host, bundle.open("rb") as packed:
            answer = host.post("/challenges", files={"bundle": ("challenge.zip", packed)})
            assert answer.status_code == 201, answer.text
            slug: str = answer.json()["slug"]
            answer = host.post(f"/challenges/{slug}/publish")
            assert answer.status_code == 200, answer.text
        return slug


@contextmanager
def running(folder: Path, **options: str) -> Iterator[Server]:
    """Give a server that answers; nothing of it is left afterwards. Options are LAUREATE_… by key."""
    variables = {f"LAUREATE_{key.upper()}": value for key, value in options.items()}
    with fresh_database() as database:
        server = Server(folder / "data", free_port(), database, variables)
        try:
            yield server.start().wait()
        finally:
            server.end()


def fill_in(browser: httpx.Client, address: str, form: dict[str, Any], **more: Any) -> httpx.Response:
    """Read a page and send its form, as a person does who has no script."""
    page = browser.get(address)
    assert page.status_code == 200, page.text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token, page.text
    return browser.post(address, data={"csrfmiddlewaretoken": token[1], **form}, **more)


def children_of(pid: int) -> list[int]:
    """Return the living children of a process, oldest first."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and (status := _status(int(folder.name))) is not None:
            state, parent, started = status
            if parent == pid and state != "Z":
                found.append((started, int(folder.name)))
    return [child for _, child in sorted(found)]


def alive(pid: int) -> bool:
    """Return whether a process runs; one that only waits to be buried does not."""
    status = _status(pid)
    return status is not None and status[0] != "Z"


def memory_of(pid: int) -> int:
    """Return how many bytes of memory a process has held at most."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1]) * 1024


def _status(pid: int) -> tuple[str, int, int] | None:
    """Return state, parent and time of start of a process; None when there is none."""
    try:
        line = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    parts = line.rpartition(")")[2].split()
    return parts[0], int(parts[1]), int(parts[19])
