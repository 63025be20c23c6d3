"""What the forms of a challenge show before anything is changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from laureate.recipe.problem.queries import ChallengeView
from laureate.web.problem.clocks import local_text


def problem_of(challenge: ChallengeView) -> dict[str, Any]:
    """Return the texts of a challenge."""
    return {
        name: getattr(challenge, name)
        for name in ("title", "summary", "sponsor", "field", "language", "brief")
    }


def measure_of(challenge: ChallengeView) -> dict[str, Any]:
    """Return how entries are measured, as the form writes it."""
    return {
        "metric": challenge.metric,
        "options": "\n".join(f"{name}={value}" for name, value in challenge.options.items()),
        "id_column": challenge.id_column,
        "targets": ", ".join(challenge.targets),
    }


def calendar_of(challenge: ChallengeView) -> dict[str, Any]:
    """Return the limits, with the freeze date on the host's clocks."""
    limits = challenge.limits
    names = ("entries_per_day", "entries_per_team", "final_selections", "team_size")
    zone, freeze = challenge.time_zone, limits.teams_freeze_at
    return {name: getattr(limits, name) for name in names} | _shown("teams_freeze_at", freeze, zone)


def phases_of(challenge: ChallengeView) -> list[dict[str, Any]]:
    """Return the phases on the host's clocks."""
    zone = challenge.time_zone
    return [
        {"key": p.key, "title": p.title}
        | _shown("opens", p.opens_at, zone)
        | _shown("closes", p.closes_at, zone)
        for p in challenge.phases
    ]


def _shown(name: str, instant: datetime | None, zone: str) -> dict[str, Any]:
    """Return an instant as its field shows it, beside the instant itself."""
    return {name: local_text(instant, zone), f"{name}_stored": instant, "time_zone": zone}
