"""Read a challenge from its folder, or say everything that is wrong with it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from laureate.engine.faults import BadInputError, Fault
from laureate.engine.metrics import Metric
from laureate.engine.problem.brief import check_brief
from laureate.engine.problem.calendar import check_limits, check_phases
from laureate.engine.problem.document import read_document, read_text, tidy
from laureate.engine.problem.listing import Listing
from laureate.engine.problem.model import MANIFEST, Baseline, DataFile, Limits, Phase, Problem
from laureate.engine.problem.notes import Notes, shown
from laureate.engine.problem.paths import find_file
from laureate.engine.problem.sheets import Sheets, read_sheets
from laureate.engine.problem.trial import check_measure, run_trial


def check_problem(folder: Path, *, now: datetime | None = None) -> list[Fault]:
    """Return every error and every warning of a challenge, in the order of reading.

    The solution is compiled; the sample submission and each baseline are scored against it.
    Dates in the past are warned of where ``now``, an aware instant, is given.
    """
    return _examined(folder, now)[1]


def read_problem(folder: Path) -> Problem:
    """Return the challenge of a folder.

    Raises BadInputError with all its errors, the same that :func:`check_problem` returns;
    warnings do not raise.
    """
    problem, faults = _examined(folder, None)
    if problem is None:
        raise BadInputError([found for found in faults if found.severity == "error"])
    return problem


def _examined(folder: Path, now: datetime | None) -> tuple[Problem | None, list[Fault]]:
    try:
        document = read_document(folder)
    except BadInputError as error:
        return None, list(error.faults)
    notes = Notes(document.lines)
    sheets = read_sheets(document, notes)
    brief = _read_brief(folder, sheets, notes)
    check_phases(sheets, notes, now)
    check_limits(sheets, notes, now)
    _refuse_same_names(sheets, notes)
    listing = Listing(folder, notes)
    listing.find_all(sheets)
    metric = check_measure(sheets, notes)
    if metric is not None:
        run_trial(sheets, metric, listing, notes)
    if notes.has_errors or metric is None:
        return None, notes.in_order()
    return _problem(sheets, brief, metric), notes.in_order()


def _read_brief(folder: Path, sheets: Sheets, notes: Notes) -> str:
    path = sheets.challenge["brief"]
    if path is None:
        return ""
    note = notes.at(sheets.challenge.path("brief"))
    if path.casefold() == MANIFEST:
        note("reserved_path", path=path)
        return ""
    if (folder / path).is_file() and not (folder / path).stat().st_size:
        # An empty brief is a warning of its own, not an empty file.
        check_brief("", path, notes)
        return ""
    file = find_file(folder, path, note)
    if file is None:
        return ""
    try:
        text = read_text(file, path)
    except BadInputError as error:
        notes.faults += error.faults
        return ""
    if "\0" in text:
        note("control_characters", key="challenge.brief")
    check_brief(text, path, notes)
    return tidy(text)


def _refuse_same_names(sheets: Sheets, notes: Notes) -> None:
    seen: set[str] = set()
    for sheet in sheets.baselines:
        name = sheet["name"]
        if name is None:
            continue
        if name.casefold() in seen:
            notes.at(sheet.path("name"))("duplicate_baseline", value=shown(name))
        seen.add(name.casefold())


def _problem(sheets: Sheets, brief: str, metric: Metric) -> Problem:
    """Return the value of tables in which nothing is wrong."""
    challenge, evaluation, limits = sheets.challenge, sheets.evaluation, sheets.limits
    return Problem(
        slug=challenge["slug"],
        title=challenge["title"],
        language=challenge["language"],
        summary=challenge["summary"],
        brief=brief,
        field=challenge["field"],
        sponsor=challenge["sponsor"],
        time_zone=challenge["time_zone"],
        metric=metric.name,
        options=dict(metric.chosen),
        id_column=evaluation["id"],
        targets=evaluation["target"],
        solution=evaluation["solution"],
        sample=evaluation["sample_submission"],
        data=tuple(DataFile(s["file"], s["title"], s["description"]) for s in sheets.data),
        phases=tuple(Phase(s["key"], s["title"], s["opens"], s["closes"]) for s in sheets.phases),
        limits=Limits(**limits.values),
        baselines=tuple(Baseline(s["name"], s["file"], s["description"]) for s in sheets.baselines),
    )
