"""``laureate metrics``: the catalogue, as JSON and as a table."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from click.testing import Result

from laureate.engine.metrics import all_metrics


def test_every_metric_is_listed_once_as_the_contract_says(answer: Callable[..., Any]) -> None:
    found = answer("metrics")
    assert [one["name"] for one in found] == [metric.name for metric in all_metrics()]
    for one, metric in zip(found, all_metrics(), strict=True):
        assert list(one) == ["name", "family", "direction", "bounds", "options", "source"]
        assert one["direction"] in ("higher", "lower") and one["source"]
        for shown, bound in zip(one["bounds"], metric.bounds, strict=True):
            assert shown == (bound if math.isfinite(bound) else None)
        for name, option in one["options"].items():
            assert name and set(option) == {"default", "meaning"}


def test_the_table_names_bounds_and_options(run: Callable[..., Result]) -> None:
    lines = run("metrics").stdout.splitlines()
    assert lines[0].split() == ["name", "title", "better", "bounds", "options"]
    assert len(lines) == 1 + len(list(all_metrics()))
    by_name = {line.split()[0]: line for line in lines[1:]}
    assert "0 to ∞" in by_name["rmse"] and "k=5" in by_name["map_at_k"] and "−∞ to 1" in by_name["r2"]


def test_it_takes_nothing_else(refused: Callable[..., Any]) -> None:
    assert set(refused("metrics", "rmse")) == {"usage"}
