"""The measures of success that Laureate knows: one small file per family, one registry."""

from __future__ import annotations

import difflib

from laureate.engine.faults import BadInputError, Fault, mark
from laureate.engine.metrics import agreement, classes, errors, likelihood, ranking, retrieval
from laureate.engine.metrics.metric import Measured, Metric, Need, Option, Rows

__all__ = ["Measured", "Metric", "Need", "Option", "Rows", "all_metrics", "get_metric"]

_FAMILIES = (ranking, likelihood, errors, classes, agreement, retrieval)
_BY_NAME: dict[str, Metric] = {metric.name: metric for family in _FAMILIES for metric in family.METRICS}


def all_metrics() -> tuple[Metric, ...]:
    """Return every metric, family by family."""
    return tuple(_BY_NAME.values())


def get_metric(name: str) -> Metric:
    """Return the metric of that name; raises BadInputError naming the nearest ones."""
    if name in _BY_NAME:
        return _BY_NAME[name]
    near = difflib.get_close_matches(name.lower().replace("-", "_"), _BY_NAME, n=3, cutoff=0.5)
    names = ", ".join(near or _BY_NAME)
    fix = mark("Did you mean: %(names)s?") if near else mark("The metrics are: %(names)s.")
    message = mark("There is no metric named “%(name)s”.")
    raise BadInputError([Fault("unknown_metric", message, fix, {"name": name[:80], "names": names})])
