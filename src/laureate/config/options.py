"""The options of a Laureate server: one table, read from one file or the environment.

``laureate up --help`` and ``docs/reference/options.md`` are printed from :data:`OPTIONS`,
so an option that is not documented does not exist.
"""

from __future__ import annotations

import os
import secrets
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_data_path


def _flag(text: str) -> bool:
    words = {
        "1": True,
        "true": True,
        "yes": True,
        "on": True,
        "0": False,
        "false": False,
        "no": False,
        "off": False,
    }
    try:
        return words[text.strip().lower()]
    except KeyError:
        raise ValueError(f"'{text}' is neither true nor false") from None


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


@dataclass(frozen=True, slots=True)
class Option:
    """One option: its key in ``laureate.toml``, its default and what it means."""

    key: str
    default: str
    meaning: str
    parse: Callable[[str], Any] = str

    @property
    def variable(self) -> str:
        """Return the name of the environment variable that sets this option."""
        return f"LAUREATE_{self.key.upper()}"


OPTIONS = (
    Option(
        "database_url",
        "",
        "Database. Empty: SQLite in the data folder. Else postgresql://user:password@host:port/name.",
    ),
    Option("host", "127.0.0.1", "Address to listen on."),
    Option("port", "8000", "Port to listen on.", int),
    Option(
        "public_url",
        "",
        "Address that people type, e.g. https://prizes.example.org. Empty: http://HOST:PORT.",
    ),
    Option("allowed_hosts", "", "Further host names to answer to, separated by commas.", _words),
    Option("secret_key", "", "Key that signs sessions. Empty: one is made and kept in the data folder."),
    Option(
        "trust_proxy", "false", "Trust X-Forwarded-Proto and X-Forwarded-For of one reverse proxy.", _flag
    ),
    Option("workers", "1", "Number of worker processes that score entries.", int),
    Option("upload_mb", "512", "Largest file that may be uploaded, in MB.", int),
    Option(
        "email_url", "", "Mail server: smtp://user:password@host:587?tls=1. Empty: no mail, the inbox only."
    ),
    Option("email_from", "laureate@localhost", "Sender of mails."),
    Option("time_zone", "UTC", "Zone in which strangers read times."),
    Option("debug", "false", "Show details of faults in the browser. Never on a public address.", _flag),
    Option("log_level", "INFO", "DEBUG, INFO, WARNING or ERROR."),
)


class OptionsError(Exception):
    """Raised with every wrong option at once, a sentence each."""

    def __init__(self, mistakes: list[str]) -> None:
        self.mistakes = mistakes
        super().__init__("\n".join(mistakes))


def data_folder(environ: Mapping[str, str] | None = None) -> Path:
    """Return the folder that holds database, files and key; not created here."""
    chosen = (os.environ if environ is None else environ).get("LAUREATE_DATA")
    return Path(chosen).expanduser().resolve() if chosen else user_data_path("laureate", appauthor=False)


def load_options(environ: Mapping[str, str], data: Path) -> dict[str, Any]:
    """Return all options by key: environment first, then ``laureate.toml`` in ``data``, then defaults.

    Raises:
        OptionsError: naming each unknown key and each value that cannot be read.

    """
    file = data / "laureate.toml"
    mistakes: list[str] = []
    written: dict[str, Any] = {}
    if file.is_file():
        try:
            written = tomllib.loads(file.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise OptionsError([f"{file}: {error}"]) from error
    known = {option.key for option in OPTIONS}
    mistakes += [
        f"{file}: unknown option '{key}'. Known: {', '.join(sorted(known))}."
        for key in written
        if key not in known
    ]
    options: dict[str, Any] = {}
    for option in OPTIONS:
        text = environ.get(option.variable, _as_text(written.get(option.key, option.default)))
        try:
            options[option.key] = option.parse(text)
        except ValueError as error:
            mistakes.append(f"{option.variable} (or {option.key} in {file}): {error}. {option.meaning}")
    if mistakes:
        raise OptionsError(mistakes)
    return options


def _as_text(value: object) -> str:
    if isinstance(value, list):
        return ",".join(str(part) for part in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def secret_key(data: Path) -> str:
    """Return the key kept in ``data/secret.key``, made on first use, readable by its owner only."""
    file = data / "secret.key"
    if not file.exists():
        data.mkdir(parents=True, exist_ok=True)
        made = secrets.token_urlsafe(64)
        try:
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
                out.write(made)
        except FileExistsError:
            pass  # another process made it between the look and the write
    return file.read_text("utf-8").strip()
