"""Commands that could do harm, and options that are read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

LAUREATE = Path(sys.executable).with_name("laureate")


def settings_with(folder: Path, wanted: str, **options: str) -> str:
    """Return a setting as a fresh process reads it."""
    environ = {"PATH": os.environ["PATH"], "LAUREATE_DATA": str(folder)}
    environ |= {f"LAUREATE_{name.upper()}": value for name, value in options.items()}
    code = f"from laureate.config import settings; print(settings.{wanted})"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_a_fresh_demo_throws_away_nothing_but_a_demo(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    (real / "laureate.sqlite3").write_bytes(b"years of work")
    kit = Path(__file__).parents[2] / "kits" / "claims"
    done = subprocess.run(
        [LAUREATE, "demo", "--fresh", "--data", real, "--kit", kit],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "holds no demo" in done.stderr
    assert (real / "laureate.sqlite3").read_bytes() == b"years of work"


@pytest.mark.parametrize(
    ("options", "wanted", "read"),
    [
        ({"public_url": "https://prizes.example.org/"}, "PUBLIC_URL", "https://prizes.example.org"),
        ({"host": "::1"}, "PUBLIC_URL", "http://[::1]:8000"),
        ({"email_url": "smtp://me%40x:p%40ss@mail:587?tls=1"}, "EMAIL_HOST_PASSWORD", "p@ss"),
        ({"email_url": "smtp://me%40x:p%40ss@mail:587?tls=1"}, "EMAIL_HOST_USER", "me@x"),
    ],
)
def test_addresses_are_read_as_they_are_meant(
    tmp_path: Path, options: dict[str, str], wanted: str, read: str
) -> None:
    assert settings_with(tmp_path, wanted, **options) == read
