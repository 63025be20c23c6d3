"""Pages of submissions: join, hand in, entries, one entry with its receipt."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from laureate.base.files.serving import send_file
from laureate.base.people.viewer import STATUS, RefusedError
from laureate.engine.metrics import get_metric
from laureate.recipe.scoring.queries import entry_score, entry_scores, leaderboard
from laureate.recipe.submissions import actions, queries
from laureate.web.blame import blame
from laureate.web.challenge import challenge_frame
from laureate.web.problem.host_pages import workspace
from laureate.web.reader import viewer_in
from laureate.web.submissions.forms import EntryForm
from laureate.web.ui.paging import last_seen

PER_PAGE = 100


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """Show the challenges in which the viewer takes part."""
    return render(request, "submissions/mine.html", {"rows": queries.participations(viewer_in(request))})


@require_POST
def join_challenge(request: HttpRequest, slug: str) -> HttpResponse:
    """Take part in a challenge."""
    actions.join_challenge(viewer_in(request), slug)
    messages.success(request, _("You take part. Download the data, then hand in a first entry."))
    return redirect("challenge_data", slug)


@require_http_methods(["GET", "POST"])
def submit_entry(request: HttpRequest, slug: str) -> HttpResponse:
    """Hand in an entry."""
    viewer = viewer_in(request)
    viewer.require_user()
    form, status = EntryForm(request.POST or None, request.FILES or None), HTTPStatus.OK
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            entry = actions.submit_entry(viewer, slug, file.chunks(), file.name, form.cleaned_data["note"])
            return redirect("entry_page", entry.pk)
        except RefusedError as error:
            if error.kind == "unknown":
                raise
            blame(form, error)
            status = STATUS[error.kind]
    elif form.errors:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = challenge_frame(viewer, slug) | {"form": form}
    return render(request, "submissions/submit_entry.html", context, status=status)


@require_GET
def entries(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the entries of the viewer's team."""
    viewer = viewer_in(request)
    frame = challenge_frame(viewer, slug)
    rows = queries.entries(viewer, slug, after=last_seen(request) or 0, limit=PER_PAGE + 1)
    context = frame | {
        "rows": rows[:PER_PAGE],
        "next": rows[PER_PAGE - 1].id if len(rows) > PER_PAGE else None,
        "scores": entry_scores(viewer, slug, [row.id for row in rows[:PER_PAGE]]),
    }
    return render(request, "submissions/entries.html", context)


@require_GET
def received_entries(request: HttpRequest, slug: str) -> HttpResponse:
    """Show all entries of a challenge to its host."""
    viewer = viewer_in(request)
    context = workspace(request, slug, "received_entries")
    rows = queries.entries(viewer, slug, after=last_seen(request) or 0, limit=PER_PAGE + 1)
    context |= {
        "rows": rows[:PER_PAGE],
        "next": rows[PER_PAGE - 1].id if len(rows) > PER_PAGE else None,
        "scores": entry_scores(viewer, slug, [row.id for row in rows[:PER_PAGE]]),
        "turnout": queries.turnout(viewer, slug),
    }
    return render(request, "submissions/received_entries.html", context)


@require_GET
def entry_page(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Show what an entry is worth, how it ranks, what is wrong with it, and its receipt."""
    viewer = viewer_in(request)
    entry = queries.entry_page(viewer, entry_id)
    frame = challenge_frame(viewer, entry.challenge)
    score = entry_score(viewer, entry_id)
    board = leaderboard(viewer, entry.challenge) if score is not None else None
    ranked = next((row for row in board.rows if row.team_id == entry.team_id), None) if board else None
    context = frame | {
        "entry": entry,
        "score": score,
        "metric": get_metric(frame["challenge"].metric),
        "board": board,
        "ranked": ranked,
        "counts": ranked is not None and score is not None and ranked.score == score.public,
    }
    return render(request, "submissions/entry_page.html", context)


@require_GET
def receipt(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Send the receipt of an entry as a file."""
    entry = queries.entry_page(viewer_in(request), entry_id)
    values = {
        "id": entry.id,
        "challenge": entry.challenge,
        "team": entry.team,
        "file_name": entry.file_name,
        "size": entry.size,
        "sha256": entry.sha256,
        "received_at": entry.received_at.isoformat().replace("+00:00", "Z"),
    }
    response = JsonResponse(values, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="receipt-{entry.id}.json"'
    return response


@require_http_methods(["GET", "HEAD"])
def entry_file(request: HttpRequest, entry_id: int) -> HttpResponseBase:
    """Send the bytes of an entry as they were handed in."""
    entry, path = queries.entry_file(viewer_in(request), entry_id)
    return send_file(request, path, name=entry.file_name or f"entry-{entry.id}", sha256=entry.sha256)


@require_POST
def cancel_entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Take back an entry that still waits."""
    actions.cancel_entry(viewer_in(request), entry_id)
    messages.success(request, _("The entry is cancelled; its slot is free again."))
    return redirect("entry_page", entry_id)


@require_POST
def select_entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Choose an entry as a final selection."""
    actions.select_entry(viewer_in(request), entry_id)
    messages.success(request, _("The entry is one of your final selections."))
    return redirect("entry_page", entry_id)


@require_POST
def release_entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Take an entry off the final selections."""
    actions.release_entry(viewer_in(request), entry_id)
    messages.success(request, _("The entry is no longer a final selection."))
    return redirect("entry_page", entry_id)
