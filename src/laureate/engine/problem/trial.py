"""A trial run: the solution is compiled, the sample and each baseline are scored against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from laureate.engine.faults import BadInputError, Fault
from laureate.engine.metrics import Metric, get_metric
from laureate.engine.problem.listing import Listing
from laureate.engine.problem.model import MANIFEST
from laureate.engine.problem.notes import Notes, fault
from laureate.engine.problem.sheets import Sheets
from laureate.engine.scoring import score_entry
from laureate.engine.tables import Solution, compile_solution


def check_measure(sheets: Sheets, notes: Notes) -> Metric | None:
    """Note what is wrong with metric, options and columns; return the metric where it can be used."""
    evaluation = sheets.evaluation
    targets, column = evaluation["target"] or (), evaluation["id"]
    for name in sorted({name for name in targets if targets.count(name) > 1}):
        notes.at(evaluation.path("target"))("duplicate_target", name=name)
    if column in targets:
        notes.at(evaluation.path("target"))("target_is_id", name=column)
    if evaluation["metric"] is None:
        return None
    try:
        metric = get_metric(evaluation["metric"])
    except BadInputError as error:
        line = notes.lines.of(*evaluation.path("metric"))
        notes.faults += [replace(found, file=MANIFEST, line=line) for found in error.faults]
        return None
    return _with_options(metric, sheets.options, notes)


def _with_options(metric: Metric, options: Mapping[str, Any], notes: Notes) -> Metric | None:
    faults: list[Fault] = []
    for name, value in options.items():
        # One at a time, so that each fault has its own line.
        try:
            metric.with_options({name: value})
        except BadInputError as error:
            line = notes.lines.of("evaluation", "options", name)
            faults += [replace(found, file=MANIFEST, line=line) for found in error.faults]
    notes.faults += faults
    return None if faults else metric.with_options(options)


def run_trial(sheets: Sheets, metric: Metric, listing: Listing, notes: Notes) -> None:
    """Compile the solution and score what must be scorable; faults keep the name of their file."""
    evaluation = sheets.evaluation
    path = evaluation["solution"]
    if path not in listing.found or evaluation["id"] is None or evaluation["target"] is None:
        return
    solution = _compiled(listing.found[path], path, metric, sheets, notes)
    if solution is None:
        return
    entries = [evaluation["sample_submission"], *(sheet["file"] for sheet in sheets.baselines)]
    for entry in dict.fromkeys(entries):
        if entry in listing.found:
            _score(listing.found[entry], entry, solution, notes)


def _compiled(file: Path, path: str, metric: Metric, sheets: Sheets, notes: Notes) -> Solution | None:
    evaluation = sheets.evaluation
    try:
        solution = compile_solution(
            file,
            metric=metric.name,
            options=metric.chosen,
            id_column=evaluation["id"],
            targets=list(dict.fromkeys(evaluation["target"])),
        )
    except BadInputError as error:
        notes.faults += [replace(found, file=path) for found in error.faults]
        return None
    if solution.splits == ("all",):
        notes.add(fault("no_usage", file=path, line=1))
    return solution


def _score(file: Path, path: str, solution: Solution, notes: Notes) -> None:
    try:
        score_entry(file, solution, name=path, intervals=False)
    except BadInputError as error:
        notes.faults += [replace(found, file=path) for found in error.faults]
