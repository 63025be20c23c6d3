"""One server for the tests that do not hurt it, with a challenge that it runs."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from support.claims import write_claims
from support.running import Server, running

SLUG = "claims"
LIMIT_MB = 80
logging.getLogger("httpx").setLevel(logging.WARNING)


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give a server with an open challenge and a small limit of uploads; it must not log any fault."""
    folder = tmp_path_factory.mktemp("server")
    with running(folder, upload_mb=str(LIMIT_MB)) as server:
        server.set_up()
        server.publish(write_claims(folder / "challenge", datetime.now(UTC), per_day=1000))
        yield server
        assert "Traceback" not in server.said, server.said
        assert "ERROR" not in server.said, server.said


@pytest.fixture(scope="module")
def sara(platform: Server) -> Iterator[httpx.Client]:
    """Give the program of a solver who takes part."""
    with platform.open_account("sara@example.org", "Sara Solver") as program:
        assert program.post(f"/challenges/{SLUG}/join").status_code == 201
        yield program
