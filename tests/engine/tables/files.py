"""Small files for the tests of tables."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

from laureate.engine.faults import BadInputError, Fault
from laureate.engine.tables import Solution, compile_solution, read_entry

SOLUTION = "id,target,Usage\na,0,Public\nb,1,Public\nc,0,Private\nd,1,Private\ne,1,Ignored\n"
GOOD = "id,target\na,0.1\nb,0.75\nc,0.25\nd,1\ne,0.5\n"


def put(folder: Path, content: str | bytes, name: str = "entry.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def solution(folder: Path, content: str = SOLUTION, metric: str = "log_loss", **options: object) -> Solution:
    return compile_solution(put(folder, content, "solution.csv"), metric=metric, options=options)


def faults_of(folder: Path, content: str | bytes, against: Solution, **limits: int) -> dict[str, Fault]:
    """The faults of an entry by rule; the test fails where there are none."""
    try:
        read_entry(put(folder, content), against, **limits)
    except BadInputError as error:
        found = {fault.rule: fault for fault in error.faults}
        for fault in error.faults:
            assert "%" not in fault.said(), fault.said()
            assert fault.mend()
            assert fault.file == "entry.csv"
        return found
    raise AssertionError("the entry was accepted")


def zipped(files: dict[str, str | bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


def gzipped(content: str) -> bytes:
    return gzip.compress(content.encode(), mtime=0)
