"""The page of the leaderboard."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from laureate.recipe.scoring import queries
from laureate.web.challenge import challenge_frame
from laureate.web.reader import viewer_in
from laureate.web.scoring.drawing import drawn_course
from laureate.web.ui.charts import interval_axis

KINDS = ("public", "private")


@require_GET
def leaderboard(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who stands where, how sure that is, and how the field moved."""
    viewer = viewer_in(request)
    frame = challenge_frame(viewer, slug)
    challenge = frame["challenge"]
    asked = request.GET.get("kind", "")
    kind = asked if asked in KINDS else ("private" if challenge.revealed else "public")
    board = queries.leaderboard(viewer, slug, kind)
    mark = board.baseline.score if board.baseline else None
    axis = interval_axis(
        [(row.score, row.low, row.high) for row in board.rows], higher=board.higher, mark=mark
    )
    context = frame | {
        "board": board,
        "chart": drawn_course(viewer, slug),
        "axis": axis,
        "private_open": challenge.revealed or challenge.runs,
    }
    return render(request, "scoring/leaderboard.html", context)
