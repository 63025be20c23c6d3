"""A person's terminal: the installed command in a process of its own."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.people import PASSWORD
from support.running import LAUREATE, SECONDS, environment

from .solving import METRIC, SOLUTION


@dataclass(frozen=True)
class Terminal:
    """A shell in the folder ``here``, of somebody whose settings are in ``config``."""

    here: Path
    config: Path

    def run(self, *arguments: object, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run ``laureate`` with these arguments; it must end with ``code``."""
        done = subprocess.run(
            [LAUREATE, *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            cwd=self.here,
            env=environment(XDG_CONFIG_HOME=str(self.config), LAUREATE_PASSWORD=PASSWORD, TZ="UTC"),
            check=False,
        )
        assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def said(self, *arguments: object) -> str:
        """Return what a command says to a person."""
        return self.run(*arguments).stdout

    def answer(self, *arguments: object, code: int = 0) -> Any:
        """Return the one JSON value that a command prints with ``--json``."""
        return json.loads(self.run(*arguments, "--json", code=code).stdout)

    def scored(self, entry: Path) -> dict[str, Any]:
        """Return the score of an entry as computed at home, by split."""
        splits = self.answer("score", entry, "--solution", SOLUTION, "--metric", METRIC)["splits"]
        return dict(splits)
