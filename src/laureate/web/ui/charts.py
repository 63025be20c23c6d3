"""Charts drawn on the server: SVG values that print, scale and need no script.

A chart is a frozen value with plain numbers. Small ones, of which a page has hundreds, draw
themselves; large ones are put into a template of ``templates/ui/charts/``. Each chart stands beside the
table of the same figures.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear map from values ``low``..``high`` to pixels ``start``..``end``."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the pixel of a value, rounded to a tenth; the middle where there is no span."""
        if self.high == self.low:
            return round((self.start + self.end) / 2, 1)
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + min(1.0, max(0.0, share)) * (self.end - self.start), 1)


def nice_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Return at most ``most`` + 1 round values that cover ``low``..``high``.

    Steps are 1, 2 or 5 times a power of ten (Heckbert 1990, "Nice numbers for graph labels").
    """
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return [low]
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(n * step, 12) for n in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A team's trail: its scores as faint dots, the best so far as a line."""

    width: int
    height: int
    line: str
    dots: tuple[tuple[float, float], ...]
    last: tuple[float, float] | None

    def as_svg(self, label: str) -> SafeString:
        """Return the drawing; a board has hundreds of them, so no template is asked."""
        dots = "".join(f'<circle cx="{x}" cy="{y}" r="1.5" class="dot"/>' for x, y in self.dots)
        last = f'<circle cx="{self.last[0]}" cy="{self.last[1]}" r="2.5" class="last"/>' if self.last else ""
        return mark_safe(  # noqa: S308 – numbers of ours; the label is escaped
            f'<svg class="sparkline" width="{self.width}" height="{self.height}" '
            f'viewBox="0 0 {self.width} {self.height}" role="img" aria-label="{escape(label)}">'
            f'{dots}<path d="{self.line}" class="line"/>{last}</svg>'
        )


def sparkline(
    values: Sequence[tuple[datetime, float]], *, higher: bool, width: int = 96, height: int = 24
) -> Sparkline:
    """Return the sparkline of scores in time order; better is always up."""
    if not values:
        return Sparkline(width, height, "", (), None)
    x, y = _axes(values, [], higher, (3.0, width - 4.0), (height - 3.0, 3.0))
    dots = tuple((x(time.timestamp()), y(score)) for time, score in values)
    best = running_best(values, higher=higher)
    return Sparkline(width, height, _steps(best, x, y, x.end), dots, (x.end, y(best[-1][1])))


def running_best(values: Iterable[tuple[datetime, float]], *, higher: bool) -> list[tuple[datetime, float]]:
    """Return the points at which the best value so far improved."""
    best: list[tuple[datetime, float]] = []
    for time, score in values:
        if not best or (score > best[-1][1] if higher else score < best[-1][1]):
            best.append((time, score))
    return best


def _axes(
    values: Sequence[tuple[datetime, float]],
    marks: Sequence[float],
    higher: bool,
    across: tuple[float, float],
    up: tuple[float, float],
) -> tuple[Scale, Scale]:
    scores = [score for _, score in values] + list(marks)
    times = [time.timestamp() for time, _ in values]
    low, high = (min(scores), max(scores)) if higher else (max(scores), min(scores))
    return Scale(min(times), max(times), *across), Scale(low, high, *up)


def _steps(best: Sequence[tuple[datetime, float]], x: Scale, y: Scale, end: float) -> str:
    path = ""
    for at, (time, score) in enumerate(best):
        px, py = x(time.timestamp()), y(score)
        path += f"M{px} {py}" if at == 0 else f"H{px}V{py}"
    return f"{path}H{end}"


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled place on an axis."""

    at: float
    value: float | datetime


@dataclass(frozen=True, slots=True)
class CourseChart:
    """Score over time for a whole challenge: every entry, the best so far, the baseline."""

    width: int
    height: int
    left: float
    right: float
    top: float
    bottom: float
    dots: tuple[tuple[float, float], ...]
    ours: tuple[tuple[float, float], ...]
    line: str
    best: Tick
    baseline: Tick | None
    rows: tuple[Tick, ...]
    columns: tuple[Tick, ...]


def course_chart(
    points: Sequence[tuple[datetime, float]],
    *,
    higher: bool,
    baseline: float | None = None,
    ours: Sequence[tuple[datetime, float]] = (),
    width: int = 720,
    height: int = 300,
) -> CourseChart | None:
    """Return the chart, or None where fewer than two entries leave nothing to show.

    Scores far worse than the rest would flatten the picture: the axis starts at the 5th
    percentile (of better-is-up values) or the baseline, whichever is lower; dots below it sit on the edge.
    """
    if len(points) < 2:
        return None
    left, right, top, bottom = 56.0, width - 96.0, 16.0, height - 32.0
    scores = sorted((score for _, score in points), reverse=not higher)
    worst, finest = scores[len(scores) // 20], scores[-1]
    if baseline is not None:
        worst = min(worst, baseline) if higher else max(worst, baseline)
    times = [time.timestamp() for time, _ in points]
    margin = (finest - worst) * 0.06
    x = Scale(min(times), max(times), left, right)
    y = Scale(worst - margin, finest + margin, bottom, top)
    best = running_best(points, higher=higher)
    low, high = sorted((y.low, y.high))
    return CourseChart(
        width, height, left, right, top, bottom,
        dots=_places(points, x, y),
        ours=_places(ours, x, y),
        line=_steps(best, x, y, right),
        best=Tick(y(best[-1][1]), best[-1][1]),
        baseline=None if baseline is None else Tick(y(baseline), baseline),
        rows=tuple(Tick(y(value), value) for value in nice_ticks(low, high, 5)),
        columns=tuple(_days(points[0][0], max(time for time, _ in points), x)),
    )  # fmt: skip


def _places(points: Sequence[tuple[datetime, float]], x: Scale, y: Scale) -> tuple[tuple[float, float], ...]:
    return tuple((x(time.timestamp()), y(score)) for time, score in points)


def _days(first: datetime, last: datetime, x: Scale) -> list[Tick]:
    days = max(1, (last - first).days)
    step = next((n for n in (1, 2, 7, 14, 28, 91, 182) if days / n <= 6), 364)
    start = first.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    ticks = [start + timedelta(days=n) for n in range(0, days + 1, step)]
    return [Tick(x(tick.timestamp()), tick) for tick in ticks if tick <= last]


@dataclass(frozen=True, slots=True)
class IntervalBar:
    """A score with its interval on a scale that all rows of a board share."""

    width: int
    height: int
    low: float
    high: float
    at: float
    mark: float | None

    def as_svg(self) -> SafeString:
        """Return the drawing; the figures stand beside it as text."""
        mark = "" if self.mark is None else f'<line x1="{self.mark}" x2="{self.mark}" y2="18" class="mark"/>'
        return mark_safe(  # noqa: S308 – numbers of ours
            f'<svg class="interval" width="{self.width}" height="{self.height}" '
            f'viewBox="0 0 {self.width} {self.height}" aria-hidden="true">{mark}'
            f'<line x1="{self.low}" x2="{self.high}" y1="9" y2="9" class="band"/>'
            f'<circle cx="{self.at}" cy="9" r="3.5" class="at"/></svg>'
        )


@dataclass(frozen=True, slots=True)
class IntervalAxis:
    """The shared scale of a board's intervals."""

    scale: Scale
    mark: float | None
    width: int = 168
    height: int = 18

    def bar(self, score: float, low: float | None, high: float | None) -> IntervalBar:
        """Return one row's bar."""
        ends = sorted(
            (self.scale(score if low is None else low), self.scale(score if high is None else high))
        )
        mark = None if self.mark is None else self.scale(self.mark)
        return IntervalBar(self.width, self.height, ends[0], ends[1], self.scale(score), mark)


def interval_axis(
    rows: Sequence[tuple[float, float | None, float | None]], *, higher: bool, mark: float | None = None
) -> IntervalAxis:
    """Return the scale for rows of (score, low, high): better is to the right.

    It spans the better nine tenths of the field and the mark, so that a few very bad scores do
    not hide the differences that matter.
    """
    if not rows:
        return IntervalAxis(Scale(0.0, 1.0, 4.0, 164.0), mark)
    scores = sorted((row[0] for row in rows), reverse=not higher)
    shown = scores[len(scores) // 10 :] + ([] if mark is None else [mark])
    seen = set(shown)
    edges = [edge for row in rows if row[0] in seen for edge in row[1:] if edge is not None]
    low, high = min([*shown, *edges]), max([*shown, *edges])
    return IntervalAxis(Scale(low, high, 4.0, 164.0) if higher else Scale(high, low, 4.0, 164.0), mark)
