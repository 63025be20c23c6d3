"""Write a challenge as a folder: the same challenge always gives the same text."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from laureate.engine.faults import BadInputError, Fault
from laureate.engine.metrics import get_metric
from laureate.engine.problem.document import tidy
from laureate.engine.problem.keys import MAX_PATH, TABLES
from laureate.engine.problem.model import BRIEF, MANIFEST, Problem
from laureate.engine.problem.notes import fault, shown
from laureate.engine.problem.paths import is_reserved, path_fault
from laureate.engine.problem.values import zone_of

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPED = re.compile(r'[\x00-\x1f"\\\x7f-\x9f\u2028\u2029]')
_SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def write_problem(problem: Problem, folder: Path, files: Mapping[str, Path]) -> None:
    """Write ``challenge.toml``, the brief and copies of ``files`` (path in the folder to source).

    A draft that lacks things is written without them: checking the folder says what is missing.
    Raises BadInputError, before anything is written, for paths that would leave the folder,
    overwrite Laureate's own texts or stand in each other's way.
    """
    faults = _path_faults(files)
    if faults:
        raise BadInputError(faults)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).write_text(manifest_text(problem), encoding="utf-8", newline="\n")
    brief = tidy(problem.brief)
    (folder / BRIEF).write_text(f"{brief}\n" if brief else "", encoding="utf-8", newline="\n")
    for path, source in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def _path_faults(paths: Iterable[str]) -> list[Fault]:
    plain = {str(PurePosixPath(path)) for path in paths}
    faults = []
    for path in paths:
        rule = path_fault(path)
        if rule is None and is_reserved(str(PurePosixPath(path))):
            rule = "reserved_path"
        if rule is None and any(str(parent) in plain for parent in PurePosixPath(path).parents):
            rule = "bad_path"
        if rule is not None:
            faults.append(fault(rule, path=shown(path), high=MAX_PATH))
    return faults


def manifest_text(problem: Problem) -> str:
    """Return the text of ``challenge.toml``: tables and keys in the order of the reference.

    Instants are written on the clocks of the host's zone, with their offset. Texts that are
    empty, numbers that are absent and defaults of optional texts are left out.
    """
    limits = problem.limits
    blocks = [
        _block(
            "[challenge]",
            {
                "slug": problem.slug,
                "title": problem.title,
                "summary": problem.summary,
                "brief": BRIEF,
                "field": problem.field,
                "sponsor": problem.sponsor,
            },
            always={"language": problem.language, "time_zone": problem.time_zone},
        ),
        _block(
            "[evaluation]",
            {
                "metric": problem.metric,
                "id": problem.id_column,
                "target": problem.targets[0] if len(problem.targets) == 1 else list(problem.targets),
                "solution": problem.solution,
                "sample_submission": problem.sample,
            },
        ),
    ]
    options = canonical_options(problem)
    if options:
        names = sorted(options)
        blocks.append(_block("[evaluation.options]", {}, always={name: options[name] for name in names}))
    for data in problem.data:
        values = {"file": data.file, "title": data.title, "description": data.description}
        blocks.append(_block("[[data]]", values))
    for phase in problem.phases:
        instants = {
            name: _local(at, problem) for name, at in (("opens", phase.opens), ("closes", phase.closes))
        }
        blocks.append(_block("[[phases]]", {"key": phase.key, "title": phase.title, **instants}))
    numbers = {name: getattr(limits, name) for name in TABLES["limits"].names if name != "teams_freeze"}
    freeze = None if limits.teams_freeze is None else _local(limits.teams_freeze, problem)
    blocks.append(_block("[limits]", {**numbers, "teams_freeze": freeze}))
    for baseline in problem.baselines:
        values = {"name": baseline.name, "file": baseline.file, "description": baseline.description}
        blocks.append(_block("[[baselines]]", values))
    return "\n".join(blocks)


def canonical_options(problem: Problem) -> dict[str, Any]:
    """Return the options as the metric reads them (“10” is 10); as they are where it refuses them."""
    try:
        return dict(get_metric(problem.metric).with_options(problem.options).chosen)
    except BadInputError:
        return dict(problem.options)


def _block(header: str, values: Mapping[str, Any], always: Mapping[str, Any] | None = None) -> str:
    """Return one table; keys come in the order of the reference, empty values of ``values`` are left out."""
    kept = {name: _tidied(value) for name, value in values.items() if value not in (None, "", [])}
    kept |= always or {}
    table = TABLES.get(header.strip("[]"))
    names = [name for name in (table.names if table else kept) if name in kept]
    lines = [f"{_name(name)} = {toml_value(kept[name])}" for name in names]
    return "\n".join([header, *lines, ""])


def _tidied(value: Any) -> Any:
    if isinstance(value, list):
        return [_tidied(item) for item in value]
    return tidy(value) if isinstance(value, str) else value


def _local(instant: datetime, problem: Problem) -> datetime:
    return instant.astimezone(zone_of(problem.time_zone) or UTC)


def _name(name: str) -> str:
    return name if _BARE.fullmatch(name) else _quoted(name)


def _quoted(text: str) -> str:
    return '"' + _ESCAPED.sub(lambda found: _escape(found.group()), text) + '"'


def _escape(sign: str) -> str:
    return _SHORT.get(sign) or f"\\u{ord(sign):04X}"


def toml_value(value: Any) -> str:
    """Return a value as TOML: text, number, truth, aware instant, or a list of these."""
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, datetime):
        written = value.isoformat()
        return written.removesuffix("+00:00") + "Z" if written.endswith("+00:00") else written
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml_value(item) for item in value) + "]"
    raise TypeError(f"no TOML for {type(value).__name__}")
