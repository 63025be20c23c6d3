"""Entries by API: join, submit, follow, choose."""

from __future__ import annotations

import time
from typing import Annotated, Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from ninja import File, Form, Query, Router, Status, UploadedFile

from laureate.api import submissions_schemas as shapes
from laureate.api.auth import ANYONE, Asking
from laureate.api.limits import place_to_wait
from laureate.api.paging import Items, Page, page_of
from laureate.api.serve import DESCRIPTION, send_file
from laureate.api.shapes import Id, Slug
from laureate.base.memory import one_reading
from laureate.base.people.viewer import Viewer
from laureate.engine.faults import Fault, mark
from laureate.recipe.scoring.queries import ScoreView, entry_score, entry_scores
from laureate.recipe.submissions import actions, queries
from laureate.recipe.submissions.choices import EntryState
from laureate.recipe.submissions.quota import Allowance

router = Router(tags=["entries"])

LEFT_TODAY = mark("%(left)d of %(of)d left, next in %(hours)d h %(minutes)d min")
LEFT_IN_ALL = mark("%(left)d of %(of)d left in this challenge")
FIRST_LOOK, SLOWEST_LOOK = 0.05, 0.5
SLOWER = 1.25
"""How many times longer each pause is than the one before: the answer is late by a quarter of the wait at most."""


@router.post("/challenges/{slug}/join", response={201: shapes.Standing}, exclude_unset=True)
def join_challenge(request: Asking, slug: Slug) -> Status[shapes.Standing]:
    """Take part in a challenge, with a team of one."""
    actions.join_challenge(request.auth, slug)
    return Status(201, standing_in(request.auth, slug))


@router.get("/challenges/{slug}/standing", auth=ANYONE, response=shapes.Standing, exclude_unset=True)
def standing(request: Asking, slug: Slug) -> shapes.Standing:
    """Tell how the caller stands in a challenge: team, quota, and what they may do now."""
    return standing_in(request.auth, slug)


def standing_in(viewer: Viewer, slug: str) -> shapes.Standing:
    """Return how the viewer stands in a challenge, as the API says it."""
    found = queries.standing(viewer, slug)
    return shapes.Standing(
        team=_team(found.team) if found.team else None,
        allowance=_allowance(found.allowance) if found.allowance else None,
        may_join=found.may_join,
        may_submit=found.may_submit,
        why_not=_fault(found.why_not) if found.why_not else None,
    )


def _team(team: queries.TeamView) -> shapes.Team:
    return shapes.Team(
        id=team.id,
        name=team.name,
        captain=team.captain,
        members=[shapes.Member(name=member.name, captain=member.captain) for member in team.members],
        may_change=team.may_change,
        merges=[shapes.Merge.model_validate(merge) for merge in team.merges],
    )


def _allowance(allowance: Allowance) -> shapes.Allowance:
    same = ("left", "left_today", "per_day", "left_total", "total", "next_at")
    return shapes.Allowance(said=_said(allowance), **{name: getattr(allowance, name) for name in same})


def _said(allowance: Allowance) -> str:
    if allowance.left_total is not None and allowance.left_total <= allowance.left_today:
        return gettext(LEFT_IN_ALL) % {"left": allowance.left_total, "of": allowance.total}
    hours, minutes = divmod(allowance.wait_minutes, 60)
    params = {"left": allowance.left, "of": allowance.per_day, "hours": hours, "minutes": minutes}
    return gettext(LEFT_TODAY) % params


def _fault(fault: Fault) -> shapes.Fault:
    said = fault.as_dict(gettext)
    said.pop("severity", None)
    return shapes.Fault(**said)


@router.post("/challenges/{slug}/entries", response={201: shapes.Received}, exclude_unset=True)
def submit_entry(
    request: Asking,
    response: HttpResponse,
    slug: Slug,
    file: Annotated[UploadedFile, File(description="CSV, CSV.gz, a zip of one CSV, or Parquet.")],
    note: Annotated[str, Form(max_length=280, description="A reminder to yourself.")] = "",
) -> Status[shapes.Received]:
    """Hand in an entry: it is received now and judged in a moment."""
    entry = actions.submit_entry(request.auth, slug, file.chunks(), file.name or "entry", note)
    with one_reading():  # all is written: what the receipt says need not be looked up twice
        view = queries.entry_page(request.auth, entry.pk)
        allowance = queries.allowance(request.auth, slug)
    response["Location"] = reverse("api:entry_page", kwargs={"id": view.id})
    receipt = shapes.Receipt(id=view.id, sha256=view.sha256, received_at=view.received_at, size=view.size)
    received = shapes.Received(
        **_entry_values(view, None), receipt=receipt, allowance=_allowance(allowance) if allowance else None
    )
    return Status(201, received)


@router.get("/challenges/{slug}/entries", response=Items[shapes.Entry], exclude_unset=True)
def entries(request: Asking, slug: Slug, page: Query[Page]) -> Items[shapes.Entry]:
    """List the entries of the caller's team, newest first; of all teams for hosts."""
    found = queries.entries(request.auth, slug, after=page.after, limit=page.limit + 1)
    rows, following = page_of(found, page.limit)
    scores = entry_scores(request.auth, slug, [row.id for row in rows])
    items = [shapes.Entry(**_entry_values(row, scores.get(row.id))) for row in rows]
    return Items[shapes.Entry](items=items, next=following)


@router.get("/entries/{id}", response=shapes.Entry, exclude_unset=True)
def entry_page(request: Asking, id: Id, sought: Query[shapes.EntrySought]) -> shapes.Entry:  # noqa: A002
    """Tell of an entry and its result; with ``wait``, answer as soon as it is judged."""
    if sought.wait:
        _wait_for_result(request.auth, id, sought.wait)
    return _entry(request.auth, id)


def _wait_for_result(viewer: Viewer, entry_id: int, seconds: int) -> None:
    deadline, pause = time.monotonic() + seconds, FIRST_LOOK
    with place_to_wait() as admitted:
        while admitted and queries.entry_page(viewer, entry_id).state == EntryState.RECEIVED:
            left = deadline - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(pause, left))
            pause = min(pause * SLOWER, SLOWEST_LOOK)


def _entry(viewer: Viewer, entry_id: int) -> shapes.Entry:
    with one_reading():
        view = queries.entry_page(viewer, entry_id)
        return shapes.Entry(**_entry_values(view, entry_score(viewer, entry_id)))


def _entry_values(view: queries.EntryView, score: ScoreView | None) -> dict[str, Any]:
    same = (
        "id", "challenge", "team", "author", "file_name", "size", "sha256", "note", "received_at",
        "judged_at", "state", "selected", "ours",
    )  # fmt: skip
    values: dict[str, Any] = {name: getattr(view, name) for name in same}
    return values | {"faults": [_fault(fault) for fault in view.faults], "score": _score(score)}


def _score(view: ScoreView | None) -> shapes.Score | None:
    """Return the sides of a score that the query shows; a side that it hides is no key at all."""
    if view is None:
        return None
    sides = {
        "public": _figures(view.public, view.public_low, view.public_high, view.public_rows),
        "private": _figures(view.private, view.private_low, view.private_high, view.private_rows),
    }
    return shapes.Score(**{side: figures for side, figures in sides.items() if figures is not None})


def _figures(
    score: float | None, low: float | None, high: float | None, rows: int | None
) -> shapes.Figures | None:
    if score is None:
        return None
    interval = None if low is None or high is None else [low, high]
    return shapes.Figures(score=score, interval=interval, rows=rows or 0)


@router.get("/entries/{id}/file", response={200: None}, openapi_extra=DESCRIPTION)
def entry_file(request: Asking, id: Id) -> HttpResponseBase:  # noqa: A002
    """Give the bytes of an entry as they were handed in."""
    view, path = queries.entry_file(request.auth, id)
    return send_file(request, path, name=view.file_name, sha256=view.sha256)


@router.post("/entries/{id}/cancel", response=shapes.Entry, exclude_unset=True)
def cancel_entry(request: Asking, id: Id) -> shapes.Entry:  # noqa: A002
    """Take back an entry that still waits; its slot of the quota is free again."""
    actions.cancel_entry(request.auth, id)
    return _entry(request.auth, id)


@router.post("/entries/{id}/select", response=shapes.Entry, exclude_unset=True)
def select_entry(request: Asking, id: Id) -> shapes.Entry:  # noqa: A002
    """Choose an entry as one of the team's final selections."""
    actions.select_entry(request.auth, id)
    return _entry(request.auth, id)


@router.post("/entries/{id}/release", response=shapes.Entry, exclude_unset=True)
def release_entry(request: Asking, id: Id) -> shapes.Entry:  # noqa: A002
    """Take an entry off the team's final selections."""
    actions.release_entry(request.auth, id)
    return _entry(request.auth, id)
