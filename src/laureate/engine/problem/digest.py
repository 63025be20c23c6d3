"""What a challenge means, as one digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from laureate.engine.problem.document import tidy
from laureate.engine.problem.model import Problem
from laureate.engine.problem.writing import canonical_options


def digest_problem(problem: Problem, file_digests: Mapping[str, str]) -> str:
    """Return the SHA-256, as 64 hexadecimal digits, of what a challenge means.

    ``file_digests`` gives the SHA-256 of each path in ``problem.files``; raises KeyError where
    one is absent. Two exports have the same digest exactly when they are equal in meaning:
    formatting, order of keys, line ends, the way an instant or an option is written and files
    that are not named make no difference. The order of data files, phases and baselines is
    that in which people see them, and counts.
    """
    meaning = asdict(problem)
    meaning = _plain(meaning) | {"options": canonical_options(problem)}
    meaning["files"] = {path: file_digests[path].lower() for path in problem.files}
    meaning["format"] = "laureate-challenge-1"
    canonical = json.dumps(meaning, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return tidy(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
