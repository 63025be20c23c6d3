"""Boards by API, and the catalogue of metrics."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Field, Query, Router

from laureate.api.auth import ANYONE, Asking
from laureate.api.shapes import Answer, Interval, Slug, Sought
from laureate.engine.metrics import all_metrics
from laureate.recipe.scoring import queries

router = Router(tags=["boards"])

Side = Literal["public", "private"]
Direction = Literal["higher", "lower"]


class BoardSought(Sought):
    """Which board is wanted."""

    kind: Side = Field("public", description="The private board opens when the challenge closes.")


class BoardRow(Answer):
    """A line of a leaderboard; baselines have no rank."""

    rank: int | None
    team: str
    score: float
    interval: Interval | None
    entries: int
    members: int
    time: datetime
    baseline: bool
    ours: bool


class Board(Answer):
    """A leaderboard at a moment; scores are shown with ``precision`` decimals."""

    kind: Side
    metric: str
    direction: Direction
    precision: int
    at: datetime
    rows_evaluated: int
    rows: list[BoardRow]


class Point(Answer):
    """The public score of an entry, and when it was received."""

    time: datetime
    score: float


class Course(Answer):
    """A challenge over time: each entry, and the best so far."""

    points: list[Point]
    best: list[Point]


class Option(Answer):
    """A setting of a metric."""

    default: Any
    meaning: str


class Metric(Answer):
    """A measure of success; an infinite bound is null."""

    name: str
    family: str
    direction: Direction
    bounds: Annotated[list[float | None], Field(min_length=2, max_length=2)]
    options: dict[str, Option]
    source: str


@router.get("/challenges/{slug}/board", auth=ANYONE, response=Board)
def leaderboard(request: Asking, slug: Slug, sought: Query[BoardSought]) -> Board:
    """Show the public leaderboard, or the private one once the challenge is closed."""
    board = queries.leaderboard(request.auth, slug, sought.kind)
    return Board(
        kind=sought.kind,
        metric=board.metric,
        direction="higher" if board.higher else "lower",
        precision=board.precision,
        at=board.at,
        rows_evaluated=board.evaluated_rows,
        rows=[_row(row) for row in board.rows],
    )


def _row(row: queries.BoardRow) -> BoardRow:
    return BoardRow(
        rank=row.rank,
        team=row.team,
        score=row.score,
        interval=None if row.low is None or row.high is None else [row.low, row.high],
        entries=row.entries,
        members=row.members,
        time=row.achieved_at,
        baseline=row.baseline,
        ours=row.ours,
    )


@router.get("/challenges/{slug}/course", auth=ANYONE, response=Course)
def course(request: Asking, slug: Slug) -> Course:
    """Show how the public scores of a challenge went over time."""
    found = queries.course(request.auth, slug)
    return Course(
        points=[Point.model_validate(point) for point in found.points],
        best=[Point.model_validate(point) for point in found.best],
    )


@router.get("/metrics", auth=ANYONE, response=list[Metric])
def metrics(request: Asking) -> list[Metric]:  # noqa: ARG001 – the framework knows it by this name
    """List the metrics that this server knows."""
    return [Metric(**metric.as_dict()) for metric in all_metrics()]
