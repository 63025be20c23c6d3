"""Terminals of the tests: a server of canned answers, a home of their own, no settings from outside."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from laureate.cli.main import cli

from .serving import Api

TOKEN = "lau_secret"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the configuration folder of the test; the working directory is empty."""
    for name in ("LAUREATE_URL", "LAUREATE_TOKEN", "LAUREATE_PASSWORD", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("TZ", "UTC")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "config" / "laureate"


@pytest.fixture
def stranger_api() -> Iterator[Api]:
    """Give a server with which nobody has signed in."""
    api = Api()
    thread = threading.Thread(target=api.serve, daemon=True)
    thread.start()
    yield api
    api.stop()
    thread.join(5)


@pytest.fixture
def api(stranger_api: Api, monkeypatch: pytest.MonkeyPatch) -> Api:
    """Give a server to which the environment leads, with a token."""
    monkeypatch.setenv("LAUREATE_URL", stranger_api.url)
    monkeypatch.setenv("LAUREATE_TOKEN", TOKEN)
    return stranger_api


@pytest.fixture
def run() -> Callable[..., Result]:
    """Give ``run(*arguments, input=None)``: one call of the command line."""

    def call(*arguments: str, input: str | None = None) -> Result:  # noqa: A002
        return CliRunner().invoke(cli, arguments, input=input, catch_exceptions=False)

    return call


@pytest.fixture
def answer(run: Callable[..., Result]) -> Callable[..., Any]:
    """Give ``answer(*arguments, code=0)``: the one JSON value that a command prints with --json."""

    def call(*arguments: str, code: int = 0, input: str | None = None) -> Any:  # noqa: A002
        result = run(*arguments, "--json", input=input)
        assert result.exit_code == code, result.output
        return json.loads(result.stdout)

    return call


@pytest.fixture
def refused(answer: Callable[..., Any]) -> Callable[..., dict[str, dict[str, Any]]]:
    """Give ``refused(*arguments)``: the errors of a refused command, by rule."""

    def call(*arguments: str, input: str | None = None) -> dict[str, dict[str, Any]]:  # noqa: A002
        errors = answer(*arguments, code=2, input=input)["errors"]
        assert errors
        for error in errors:
            assert {"rule", "message", "fix"} <= set(error)
            assert set(error) <= {"rule", "message", "fix", "file", "line", "column", "count", "examples"}
        return {error["rule"]: error for error in errors}

    return call
