"""Questions about scores and boards. What a viewer may not see never leaves this module."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from laureate.base.journal.clock import now
from laureate.base.memory import recall
from laureate.base.people.viewer import Viewer, unknown
from laureate.engine.boards import Played, best_first, finalists, rank_teams, running_best
from laureate.engine.metrics import get_metric
from laureate.recipe.problem.models import Challenge
from laureate.recipe.problem.queries import find_challenge
from laureate.recipe.problem.rules import sees_as_host
from laureate.recipe.scoring.models import Score
from laureate.recipe.scoring.rules import FIELDS, may_see_board, score_audiences
from laureate.recipe.submissions.choices import EntryState
from laureate.recipe.submissions.models import FinalSelection, Member, Team
from laureate.recipe.submissions.queries import find_entry, team_of


@dataclass(frozen=True, slots=True)
class ScoreView:
    """An entry's figures as one viewer may see them; what they may not see is None."""

    entry: int
    public: float | None
    public_low: float | None
    public_high: float | None
    public_rows: int | None
    private: float | None
    private_low: float | None
    private_high: float | None
    private_rows: int | None


@dataclass(frozen=True, slots=True)
class Point:
    """One entry on a chart."""

    time: datetime
    score: float


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A line of a leaderboard; baselines have no rank."""

    rank: int | None
    team_id: int
    team: str
    members: int
    baseline: bool
    ours: bool
    score: float
    low: float | None
    high: float | None
    entries: int
    achieved_at: datetime
    trail: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """A leaderboard at a moment, with what is needed to read it."""

    kind: str
    challenge: str
    metric: str
    metric_title: str
    higher: bool
    precision: int
    rows: tuple[BoardRow, ...]
    at: datetime
    evaluated_rows: int
    baseline: BoardRow | None

    @property
    def ours(self) -> BoardRow | None:
        """Return the line of the viewer's own team."""
        return next((row for row in self.rows if row.ours), None)

    @property
    def ranked(self) -> tuple[BoardRow, ...]:
        """Return the lines that have a rank."""
        return tuple(row for row in self.rows if row.rank is not None)


@dataclass(frozen=True, slots=True)
class Course:
    """A challenge over time on the public rows: every entry, the best so far, the viewer's own, the baseline."""

    points: tuple[Point, ...]
    best: tuple[Point, ...]
    ours: tuple[Point, ...]
    baseline: float | None
    higher: bool


def entry_score(viewer: Viewer, entry_id: int) -> ScoreView | None:
    """Return the score of an entry as the viewer may see it; None while there is none."""
    entry, member, hosts = find_entry(viewer, entry_id)
    score = Score.objects.filter(entry=entry).first()
    return (
        None
        if score is None
        else _score_view(score, score_audiences(entry.challenge, member=member, hosts=hosts))
    )


def _score_view(score: Score, present: frozenset[str]) -> ScoreView:
    values = {name: getattr(score, name) for name in FIELDS.table}
    return ScoreView(entry=score.entry_id, **FIELDS.shown(values, present))


def entry_scores(viewer: Viewer, slug: str, only: Collection[int] | None = None) -> dict[int, ScoreView]:
    """Return, by entry, the scores of the viewer's own team (of all teams for a host), or of ``only`` these."""
    challenge = find_challenge(viewer, slug)
    viewer.require_user()
    hosts, team = sees_as_host(viewer, challenge), team_of(viewer.user_id, challenge)
    scores = Score.objects.filter(entry__challenge=challenge).order_by("id")
    if not hosts:
        scores = scores.filter(entry__team=team) if team else scores.none()
    if only is not None:
        scores = scores.filter(entry__in=list(only))
    present = score_audiences(challenge, member=team is not None, hosts=hosts)
    return {score.entry_id: _score_view(score, present) for score in scores}


def leaderboard(viewer: Viewer, slug: str, kind: str = "public") -> Board:
    """Return the public or private leaderboard.

    Raises:
        RefusedError: when the challenge is unknown to the viewer, or the private board not yet open.

    """
    challenge = find_challenge(viewer, slug)
    if kind not in ("public", "private"):
        raise unknown()
    may_see_board(viewer, challenge, kind).require()
    if not challenge.metric:
        # A draft whose measure is not chosen yet: nothing was scored, and nothing can be ordered.
        return Board(kind, challenge.slug, "", "", True, 0, (), now(), 0, None)
    metric = get_metric(challenge.metric)
    higher = metric.direction == "higher"
    scores = _scores_of(challenge)
    trails = _trails(scores)
    if kind == "public":
        played = [_played(score, score.public) for score in scores]
    else:
        selected = set(
            FinalSelection.objects.filter(team__challenge=challenge).values_list("entry_id", flat=True)
        )
        candidates = [_played(s, s.private, s.public, s.entry_id in selected) for s in scores]
        played = finalists(candidates, selections=challenge.final_selections, higher=higher)
    rows = _rows(viewer, challenge, scores, played, trails, kind=kind, higher=higher)
    baselines = [row for row in rows if row.baseline]
    evaluated = (scores[0].public_rows if kind == "public" else scores[0].private_rows) if scores else 0
    return Board(
        kind=kind,
        challenge=challenge.slug,
        metric=metric.name,
        metric_title=metric.title,
        higher=higher,
        precision=metric.precision,
        rows=rows,
        at=now(),
        evaluated_rows=evaluated,
        baseline=baselines[0] if baselines else None,
    )


def _teams_of(challenge: Challenge) -> dict[int, Team]:
    return recall(
        ("teams", challenge.pk), lambda: Team.objects.filter(challenge=challenge).order_by("id").in_bulk()
    )


def _scores_of(challenge: Challenge) -> list[Score]:
    return recall(("scores", challenge.pk), lambda: _scores(challenge))


def _scores(challenge: Challenge) -> list[Score]:
    found = Score.objects.filter(entry__challenge=challenge, entry__state=EntryState.SCORED)
    return list(found.select_related("entry").order_by("entry__received_at", "entry_id"))


def _played(
    score: Score, value: float | None, chosen_by: float | None = None, selected: bool = False
) -> Played:
    entry = score.entry
    return Played(entry.team_id, entry.pk, entry.received_at, value, chosen_by, selected)


def _trails(scores: list[Score]) -> dict[int, list[Point]]:
    # A trail is always public: it shows a team's path on the public rows.
    trails: dict[int, list[Point]] = {}
    for score in scores:
        if score.public is not None:
            trails.setdefault(score.entry.team_id, []).append(Point(score.entry.received_at, score.public))
    return trails


def _rows(
    viewer: Viewer,
    challenge: Challenge,
    scores: list[Score],
    played: list[Played],
    trails: dict[int, list[Point]],
    *,
    kind: str,
    higher: bool,
) -> tuple[BoardRow, ...]:
    teams = _teams_of(challenge)
    sizes: dict[int, int] = {}
    for team_id in (
        Member.objects.filter(challenge=challenge).order_by("id").values_list("team_id", flat=True)
    ):
        sizes[team_id] = sizes.get(team_id, 0) + 1
    own = team_of(viewer.user_id, challenge)
    by_entry = {score.entry_id: score for score in scores}
    counts: dict[int, int] = {}
    for score in scores:
        counts[score.entry.team_id] = counts.get(score.entry.team_id, 0) + 1
    rows: list[BoardRow] = []
    rank = 0
    for placed in rank_teams(played, higher=higher):
        team, score = teams[placed.team], by_entry[placed.counting.number]
        rank += not team.baseline
        rows.append(
            BoardRow(
                rank=None if team.baseline else rank,
                team_id=team.pk,
                team=team.name,
                members=sizes.get(team.pk, 0),
                baseline=team.baseline,
                ours=own is not None and own.pk == team.pk,
                score=placed.counting.score or 0.0,
                low=getattr(score, f"{kind}_low"),
                high=getattr(score, f"{kind}_high"),
                entries=counts[team.pk],
                achieved_at=placed.counting.time,
                trail=tuple(trails.get(team.pk, ())),
            )
        )
    return tuple(rows)


def course(viewer: Viewer, slug: str) -> Course:
    """Return the public scores of a challenge over time; baselines only as the best score of theirs."""
    challenge = find_challenge(viewer, slug)
    may_see_board(viewer, challenge, "public").require()
    if not challenge.metric:
        return Course((), (), (), None, higher=True)
    higher = get_metric(challenge.metric).direction == "higher"
    own = team_of(viewer.user_id, challenge)
    teams = _teams_of(challenge)
    played = [
        (_played(score, score.public), teams[score.entry.team_id].baseline)
        for score in _scores_of(challenge)
        if score.public is not None
    ]
    entered = [entry for entry, base in played if not base]
    baselines = best_first([entry for entry, base in played if base], higher)
    return Course(
        points=_points(entered),
        best=_points(running_best(entered, higher=higher)),
        ours=_points([entry for entry in entered if own is not None and entry.team == own.pk]),
        baseline=baselines[0].score if baselines else None,
        higher=higher,
    )


def _points(played: list[Played]) -> tuple[Point, ...]:
    return tuple(Point(entry.time, entry.score) for entry in played if entry.score is not None)
