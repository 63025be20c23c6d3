"""The brief: long enough to be one, and Markdown alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from laureate.engine.faults import MAX_EXAMPLES
from laureate.engine.problem.notes import Notes, fault, shown

LEAST = 200

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9-]*(?:\s+[A-Za-z_:][^<>]*|\s*/?)>|<!--")


def check_brief(text: str, file: str, notes: Notes) -> None:
    """Warn of a brief that is too short to be understood, and of HTML, which is not rendered."""
    length = len(text.strip())
    if length < LEAST:
        notes.add(fault("short_brief", file=file, line=1, length=length, low=LEAST))
    tags = list(_tags(text))
    if tags:
        shown_tags: list[dict[str, str | int]] = [
            {"line": line, "value": shown(tag)} for line, tag in tags[:MAX_EXAMPLES]
        ]
        notes.add(fault("raw_html", file=file, line=tags[0][0], count=len(tags), examples=shown_tags))


def _tags(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of each HTML tag outside code; autolinks are no tags."""
    fence = ""
    for number, line in enumerate(text.split("\n"), start=1):
        opening = _FENCE.match(line)
        if fence:
            if opening is not None and opening.group(1).startswith(fence) and not line.strip(" `~"):
                fence = ""
            continue
        if opening is not None:
            fence = opening.group(1)
            continue
        for tag in _TAG.finditer(_CODE.sub("", line)):
            yield number, tag.group()
