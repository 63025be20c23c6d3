"""Pieces of the API's answers."""

from __future__ import annotations

import hashlib
from typing import Any

TRAIN, SAMPLE = b"id,x\n" + b"1,2\n" * 30_000, b"id,y\n1,0\n"


def file(number: int, path: str, content: bytes, title: str = "") -> dict[str, Any]:
    """Return a file as a challenge lists it."""
    return {
        "id": number,
        "kind": "data",
        "path": path,
        "title": title,
        "description": "",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "url": f"/api/v1/challenges/claims/files/{number}",
    }


def challenge(**changes: Any) -> dict[str, Any]:
    """Return a challenge as a solver sees it."""
    return {
        "id": 3,
        "slug": "claims",
        "title": "Claims of next year",
        "language": "en",
        "summary": "Predict what each customer will claim.",
        "brief": "# Claims\n\nPredict *well*.",
        "field": "insurance",
        "sponsor": "Acme",
        "organisation": "Acme Insurance",
        "time_zone": "UTC",
        "state": "open",
        "metric": "rmse",
        "options": {},
        "id_column": "id",
        "targets": ["y"],
        "limits": {
            "entries_per_day": 5,
            "entries_per_team": None,
            "final_selections": 2,
            "team_size": 5,
            "teams_freeze_at": None,
        },
        "phases": [
            {
                "key": "main",
                "title": "Main phase",
                "opens_at": "2026-01-01T00:00:00Z",
                "closes_at": "2126-01-01T00:00:00Z",
                "standing": "running",
            }
        ],
        "data": [file(1, "data/train.csv", TRAIN, "Training rows")],
        "sample": file(2, "sample.csv", SAMPLE),
        "published_at": "2026-01-01T00:00:00Z",
        "closed_at": None,
        "opens_at": "2026-01-01T00:00:00Z",
        "closes_at": "2126-01-01T00:00:00Z",
        "running": True,
        **changes,
    }


ALLOWANCE = {
    "left": 3,
    "left_today": 3,
    "per_day": 5,
    "left_total": None,
    "total": None,
    "next_at": "2026-01-02T00:00:00Z",
    "said": "3 of 5 left, next in 4 h 12 min",
}


def standing(**changes: Any) -> dict[str, Any]:
    """Return how a solver stands in a challenge."""
    team = {
        "id": 4,
        "name": "Ada's team",
        "captain": True,
        "members": [{"name": "Ada", "captain": True}, {"name": "Bob", "captain": False}],
        "may_change": True,
        "merges": [
            {"id": 8, "source": "Others", "target": "Ada's team", "ours_to_answer": True},
            {"id": 9, "source": "Ada's team", "target": "Third", "ours_to_answer": False},
        ],
    }
    return {
        "team": team,
        "allowance": ALLOWANCE,
        "may_join": False,
        "may_submit": True,
        "why_not": None,
        **changes,
    }


def entry(content: bytes = b"", **changes: Any) -> dict[str, Any]:
    """Return an entry that waits."""
    return {
        "id": 12,
        "challenge": "claims",
        "team": "Ada's team",
        "author": "Ada",
        "file_name": "entry.csv",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "note": "",
        "received_at": "2026-01-01T10:00:00Z",
        "judged_at": None,
        "state": "received",
        "faults": [],
        "selected": False,
        "ours": True,
        "score": None,
        **changes,
    }


SCORE = {"public": {"score": 0.4512345678, "interval": [0.41, 0.49], "rows": 60}}
SCORED = {"state": "scored", "judged_at": "2026-01-01T10:00:01Z", "score": SCORE}


def board(**changes: Any) -> dict[str, Any]:
    """Return a public board on which the solver's team is second."""
    row = {"interval": None, "entries": 1, "members": 1, "time": "2026-01-01T10:00:00Z"}
    return {
        "kind": "public",
        "metric": "rmse",
        "direction": "lower",
        "precision": 4,
        "at": "2026-01-01T11:00:00Z",
        "rows_evaluated": 60,
        "rows": [
            {**row, "rank": 1, "team": "Others", "score": 0.4, "baseline": False, "ours": False},
            {**row, "rank": None, "team": "Incumbent", "score": 0.44, "baseline": True, "ours": False},
            {**row, "rank": 2, "team": "Ada's team", "score": 0.45123, "interval": [0.41, 0.49]}
            | {"baseline": False, "ours": True},
        ],
        **changes,
    }
