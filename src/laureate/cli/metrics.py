"""``laureate metrics``: the metrics, their options and their sources."""

from __future__ import annotations

import math

import click

from laureate.cli.output import json_option, print_json, print_table
from laureate.engine.metrics import all_metrics


@click.command("metrics")
@json_option
def metrics(as_json: bool) -> None:
    """List the metrics that “laureate score” knows."""
    if as_json:
        print_json([metric.as_dict() for metric in all_metrics()])
        return
    print_table(
        ["name", "title", "better", "bounds", "options"],
        [
            [
                metric.name,
                metric.title,
                metric.direction,
                " to ".join(_spoken(bound) for bound in metric.bounds),
                ", ".join(f"{option.name}={_default(option.default)}" for option in metric.options) or "–",
            ]
            for metric in all_metrics()
        ],
    )


def _spoken(bound: float) -> str:
    if math.isinf(bound):
        return "∞" if bound > 0 else "−∞"
    return f"{bound:g}"


def _default(value: object) -> str:
    return "…" if value in (None, "") else str(value)
