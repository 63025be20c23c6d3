"""How sure a score is."""

from __future__ import annotations

from laureate.engine.uncertainty.intervals import normal_interval, standard_error

__all__ = ["normal_interval", "standard_error"]
