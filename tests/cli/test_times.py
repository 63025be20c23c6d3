"""Times as people read them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from laureate.cli.server.sentences import bytes_said
from laureate.cli.times import distance, local, local_with_distance, read_time

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def paris(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the machine stand in Paris."""
    monkeypatch.setenv("TZ", "Europe/Paris")
    time.tzset()
    yield
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(hours=4, minutes=12), "in 4 h 12 min"),
        (timedelta(hours=4, minutes=11, seconds=1), "in 4 h 12 min"),
        (timedelta(hours=4), "in 4 h"),
        (timedelta(minutes=59, seconds=59), "in 1 h"),
        (timedelta(seconds=1), "in 1 min"),
        (timedelta(days=3, hours=4, minutes=30), "in 3 d 4 h"),
        (timedelta(days=1), "in 1 d"),
        (timedelta(0), "0 min ago"),
        (-timedelta(hours=1, minutes=5), "1 h 5 min ago"),
    ],
)
def test_distances(length: timedelta, said: str) -> None:
    assert distance(NOW + length, NOW) == said


def test_times_are_said_in_the_local_zone(paris: None) -> None:
    assert local("2026-01-01T12:00:00Z") == "2026-01-01 13:00 CET"
    assert local_with_distance("2026-07-01T12:00:00Z", NOW) == "2026-07-01 14:00 CEST, in 181 d"


def test_what_is_no_time_is_said_as_it_is() -> None:
    assert local(None) == "–" and local_with_distance("") == "–"
    assert local("soon") == "soon" and local_with_distance("soon", NOW) == "soon"
    assert read_time("2026-01-01") == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (99_400, "99.4 kB"),
        (120_000, "120 kB"),
        (999_600, "1.0 MB"),
        (5 * 10**9, "5.0 GB"),
        (3 * 10**12, "3.0 TB"),
    ],
)
def test_sizes(size: int, said: str) -> None:
    assert bytes_said(size) == said
