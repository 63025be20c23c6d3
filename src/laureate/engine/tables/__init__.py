"""Predictions and solutions: read, validate, align."""

from __future__ import annotations

from laureate.engine.tables.compiling import compile_solution
from laureate.engine.tables.entry import Entry, read_entry
from laureate.engine.tables.opening import MAX_BYTES, absent_file
from laureate.engine.tables.solution import Solution

__all__ = ["MAX_BYTES", "Entry", "Solution", "absent_file", "compile_solution", "read_entry"]
