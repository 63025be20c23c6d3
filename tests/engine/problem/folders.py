"""A valid challenge as a folder, and ways to spoil it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

NOW = datetime(2026, 8, 1, tzinfo=UTC)
"""Before the valid challenge opens."""

MANIFEST = """\
[challenge]
slug = "claims"
title = "Predict insurance claims"
summary = "Say how often each person will see a doctor next year."
brief = "brief.md"
field = "insurance"
time_zone = "Europe/Paris"

[evaluation]
metric = "map_at_k"
id = "id"
target = "target"
solution = "private/solution.csv"
sample_submission = "sample.csv"

[evaluation.options]
k = 3

[[data]]
file = "data/train.csv"
title = "Training rows"

[[phases]]
key = "main"
title = "Main phase"
opens = 2026-09-01T00:00:00
closes = 2026-12-01T00:00:00+01:00

[limits]
entries_per_day = 5
final_selections = 2

[[baselines]]
name = "Last year's model"
file = "private/baseline.csv"
"""

FILES: dict[str, str | bytes] = {
    "brief.md": "# Claims\n\n" + "Say what will happen, and how sure you are of it. " * 8 + "\n",
    "private/solution.csv": "id,target,Usage\na,x y,Public\nb,y,Private\n",
    "sample.csv": "id,target\na,x\nb,x\n",
    "private/baseline.csv": "id,target\na,y x\nb,y x\n",
    "data/train.csv": "id,target\nc,x\n",
}


def build(
    folder: Path, *changes: tuple[str, str], files: Mapping[str, str | bytes | None] | None = None
) -> Path:
    """Write the valid challenge with ``changes`` (old, new) to its text and ``files`` added (None: left out).

    Each old text must stand there exactly once, so that no test spoils less than it means to.
    """
    text = MANIFEST
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return lay(folder, {"challenge.toml": text, **FILES, **(files or {})})


def lay(folder: Path, files: Mapping[str, str | bytes | None]) -> Path:
    """Write files below a folder; None leaves one out."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        if content is not None:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder
