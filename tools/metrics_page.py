"""Write docs/reference/metrics.md from the metrics' own words."""

from __future__ import annotations

import math
from pathlib import Path

from laureate.engine.metrics import Metric, all_metrics

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "metrics.md"

LABELS = {"Ties", "Edges", "Weights", "Interval", "Edges, weights and interval", "Several target columns"}

INTRODUCTION = """\
# Metrics

This page is written by `tools/metrics_page.py` from the docstrings of `laureate.engine.metrics`.

Every metric is computed on the rows of one split, aligned by id and put in the order of the
solution, so that the digits never depend on the order of the upload. Rows with the Usage Ignored
are validated and not scored. `laureate score` gives each score with a 95 % interval, cut to the
metric's bounds: it speaks of rows drawn like these, and has no width where no row differs from
the mean. A single row has none.

A number is written with ASCII digits and a decimal point; it is the same double as Python's
`float()` and at most 1e100 in size. NaN and infinities are refused.
"""


def page() -> str:
    """Return the whole page as Markdown."""
    table = ["| name | family | better | bounds | prediction |", "|---|---|---|---|---|"]
    table += [
        f"| [{metric.name}](#{metric.name}) | {metric.family} | {metric.direction} "
        f"| {_bounds(metric)} | {metric.needs} |"
        for metric in all_metrics()
    ]
    parts = [INTRODUCTION, "\n".join(table) + "\n", *(_section(metric) for metric in all_metrics())]
    return "\n".join(parts)


def _section(metric: Metric) -> str:
    lines = [f"## {metric.name}", "", f"{metric.title}. {metric.direction.capitalize()} is better.", ""]
    lines += _as_list(metric.doc)
    lines += [f"- Prediction: {metric.needs}; truth: {metric.truth.said}", f"- Bounds: {_bounds(metric)}"]
    lines += [f"- Shown with {metric.precision} decimals"]
    lines += [
        f"- Option `{option.name}` (default `{option.default!r}`): {option.meaning}"
        for option in metric.options
    ]
    lines += [f"- Source: {metric.source}", ""]
    return "\n".join(lines)


def _as_list(doc: str) -> list[str]:
    """Turn the lines of a docstring that begin with “Edges:” and the like into list items."""
    items: list[str] = []
    listing = False
    for line in doc.splitlines():
        label, colon, rest = line.partition(": ")
        if colon and label in LABELS:
            items += [] if listing else [""]
            items.append(f"- **{label}**: {rest}")
            listing = True
        else:
            items.append(f"  {line}" if listing else line)
    return items


def _bounds(metric: Metric) -> str:
    return " to ".join(
        f"{bound:g}" if math.isfinite(bound) else ("∞" if bound > 0 else "−∞") for bound in metric.bounds
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
