"""A challenge as one file, ``challenge.toml``, and a folder: read, checked, written back, packed."""

from __future__ import annotations

from laureate.engine.problem.bundle import pack_bundle, unpack_bundle
from laureate.engine.problem.digest import digest_problem
from laureate.engine.problem.fields import FIELDS, LANGUAGES
from laureate.engine.problem.listing import digest_file
from laureate.engine.problem.model import (
    BRIEF,
    MANIFEST,
    Baseline,
    DataFile,
    FileRef,
    Limits,
    Phase,
    Problem,
)
from laureate.engine.problem.reading import check_problem, read_problem
from laureate.engine.problem.writing import write_problem

__all__ = [
    "BRIEF",
    "FIELDS",
    "LANGUAGES",
    "MANIFEST",
    "Baseline",
    "DataFile",
    "FileRef",
    "Limits",
    "Phase",
    "Problem",
    "check_problem",
    "digest_file",
    "digest_problem",
    "pack_bundle",
    "read_problem",
    "unpack_bundle",
    "write_problem",
]
