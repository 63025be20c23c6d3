"""What several commands say of an entry, a score, a quota or a file."""

from __future__ import annotations

from typing import Any

from laureate.cli.output import decimals

NO_SCORE = "–"


def allowance_said(allowance: dict[str, Any] | None) -> str:
    """Return “3 of 5 left, next in 4 h 12 min”; empty where there is no quota to speak of."""
    return str(allowance.get("said", "")) if allowance else ""


def score_said(score: dict[str, Any] | None, precision: int) -> str:
    """Return a score with as many decimals as its metric shows."""
    return decimals(score.get("score"), precision) if score else NO_SCORE


def interval_said(interval: list[float] | None, precision: int) -> str:
    """Return “0.41 to 0.48”; a dash where the interval is not known."""
    if not interval:
        return NO_SCORE
    low, high = interval
    return f"{decimals(low, precision)} to {decimals(high, precision)}"


def split_of(entry: dict[str, Any], split: str) -> dict[str, Any] | None:
    """Return the score of an entry on a split; None where it is not known or not to be known."""
    found: dict[str, Any] | None = (entry.get("score") or {}).get(split)
    return found


def bytes_said(size: int) -> str:
    """Return a size such as “1.3 MB”, in powers of 1000."""
    amount = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 999.5:
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 99.5 else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"
