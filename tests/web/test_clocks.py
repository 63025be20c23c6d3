"""Times that hosts type are read back as they were shown."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from laureate.web.problem.clocks import NoSuchTimeError, local_text, read_local
from laureate.web.problem.forms import PhaseForm
from laureate.web.problem.initial import _shown

PARIS = "Europe/Paris"


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (datetime(2026, 7, 1, 10, tzinfo=UTC), "2026-07-01T12:00"),
        (datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), "2027-01-01T00:59:59"),
    ],
)
def test_there_and_back(instant: datetime, text: str) -> None:
    assert local_text(instant, PARIS) == text
    assert read_local(text, PARIS) == instant


def test_an_hour_that_the_clocks_skip_is_refused() -> None:
    with pytest.raises(NoSuchTimeError):
        read_local("2026-03-29T02:30", PARIS)


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "9999-12-31T23:59", "1999-12-31T23:59", "2026-01-01T00:00Z"]
)
def test_what_is_no_time_of_a_challenge_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_local(text, PARIS)


def test_what_was_not_touched_stays_to_the_second_also_in_the_hour_that_strikes_twice() -> None:
    opens = datetime(2026, 10, 25, 1, 30, 7, 250_000, tzinfo=UTC)  # the second 02:30 in Paris
    closes = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
    initial = {"key": "all", "title": "All"} | _shown("opens", opens, PARIS) | _shown("closes", closes, PARIS)
    sent = {name: initial[name] for name in ("key", "title", "opens", "closes")}
    form = PhaseForm(sent, initial=initial)
    assert form.is_valid()
    phase = form.phase(PARIS)
    assert phase is not None
    assert (phase.opens, phase.closes) == (opens, closes)
    moved = PhaseForm(sent | {"opens": "2026-10-20T08:00"}, initial=initial)
    assert moved.is_valid()
    changed = moved.phase(PARIS)
    assert changed is not None
    assert (changed.opens, changed.closes) == (datetime(2026, 10, 20, 6, tzinfo=UTC), closes)
