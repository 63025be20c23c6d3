"""The files that a challenge names: present, inside the folder, and none that gives the solution away."""

from __future__ import annotations

import hashlib
from pathlib import Path

from laureate.engine.problem.lines import Path as Place
from laureate.engine.problem.notes import Notes, shown
from laureate.engine.problem.paths import find_file, is_reserved
from laureate.engine.problem.sheets import Sheet, Sheets

CHUNK = 1 << 20


class Listing:
    """Finds each named file once; what cannot be used is noted at the key that names it."""

    def __init__(self, folder: Path, notes: Notes) -> None:
        self.folder, self.notes = folder, notes
        self.found: dict[str, Path] = {}

    def find_all(self, sheets: Sheets) -> None:
        """Find the solution, the sample, the data files and the baselines."""
        for key in ("solution", "sample_submission"):
            self._find(sheets.evaluation, key)
        for table in (sheets.data, sheets.baselines):
            seen: set[str] = set()
            for sheet in table:
                self._refuse_second(sheet, seen)
                self._find(sheet, "file")
        self._refuse_published_solution(sheets)
        if not sheets.data and not any(found.params.get("table") == "data" for found in self.notes.faults):
            self.notes.at(("data",))("no_data")

    def _find(self, sheet: Sheet, key: str) -> None:
        path = sheet[key]
        if path is None:
            return
        note = self.notes.at(sheet.path(key))
        if is_reserved(path):
            note("reserved_path", path=shown(path))
        elif path not in self.found:
            file = find_file(self.folder, path, note)
            if file is not None:
                self.found[path] = file

    def _refuse_second(self, sheet: Sheet, seen: set[str]) -> None:
        path = sheet["file"]
        if path is None:
            return
        # Capitals make no difference where the folder may be unpacked one day.
        if path.casefold() in seen:
            self.notes.at(sheet.path("file"))("duplicate_file", path=shown(path))
        seen.add(path.casefold())

    def _refuse_published_solution(self, sheets: Sheets) -> None:
        evaluation = sheets.evaluation
        solution, sample = evaluation["solution"], evaluation["sample_submission"]
        public: list[tuple[str | None, Place]] = [(sample, evaluation.path("sample_submission"))]
        for sheet in sheets.data:
            public.append((sheet["file"], sheet.path("file")))
            if sample is not None and sheet["file"] == sample:
                self.notes.at(sheet.path("file"))("sample_listed", path=shown(sample))
        for path, place in public:
            if path is not None and solution is not None and self._is_same(path, solution):
                self.notes.at(place)("solution_published", path=shown(path))

    def _is_same(self, path: str, solution: str) -> bool:
        """Tell whether two paths lead to the same bytes."""
        if path == solution:
            return True
        one, other = self.found.get(path), self.found.get(solution)
        if one is None or other is None or one.stat().st_size != other.stat().st_size:
            return False
        return one == other or digest_file(one) == digest_file(other)


def digest_file(path: Path) -> str:
    """Return the SHA-256 of a file, read in chunks."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
