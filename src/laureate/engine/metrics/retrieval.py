"""Metrics of ranked lists: mean average precision at K."""

from __future__ import annotations

import numpy as np

from laureate.engine.faults import mark
from laureate.engine.metrics.metric import LIST, Measured, Metric, Option, Rows, Settings, whole_above_zero


def map_at_k(rows: Rows, settings: Settings, influence: bool) -> Measured:
    """Mean average precision at K: how early the relevant items stand in each row's list.

    A prediction cell is a list of items separated by spaces, best first; the truth cell is the
    list of the relevant items, in any order. A row's average precision is the sum, over its
    first K places that hold a relevant item, of the share of relevant items up to that place,
    divided by the smaller of K and the number of relevant items.
    Ties: there are none, a list is an order. A repeated item counts once, at its first place; the
    repetition still occupies its place. Repeated relevant items count once.
    Edges: places after K are not read. An empty cell is refused, in the solution as in an entry.
    Weights: a weighted mean over rows.
    Interval: normal, from the rows' average precisions.
    """
    depth = int(settings["k"])
    values = np.fromiter(
        (
            average_precision(str(truth).split(), str(guess).split(), depth)
            for truth, guess in zip(rows.truth.tolist(), rows.prediction.tolist(), strict=True)
        ),
        dtype=np.float64,
        count=len(rows.truth),
    )
    score = rows.mean(values)
    return Measured(score, values - score if influence else None)


def average_precision(relevant: list[str], ranked: list[str], depth: int) -> float:
    """Return the average precision of one ranked list at ``depth``; ``relevant`` is not empty."""
    wanted = set(relevant)
    places = min(depth, len(wanted))
    found = 0
    total = 0.0
    for place, item in enumerate(ranked[:depth], start=1):
        if item in wanted:
            wanted.remove(item)
            found += 1
            total += found / place
    return total / places


MAP_AT_K = Metric(
    name="map_at_k",
    family="retrieval",
    title=mark("Mean average precision at K"),
    direction="higher",
    bounds=(0.0, 1.0),
    precision=5,
    source="Manning, Raghavan and Schütze (2008), Introduction to Information Retrieval, chapter 8",
    truth=LIST,
    prediction=LIST,
    measure=map_at_k,
    options=(Option("k", 5, "how many places of each list count", whole_above_zero),),
)
METRICS = (MAP_AT_K,)
