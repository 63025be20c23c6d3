"""Pages of problems for those who read them: landing, list, brief, data, metrics."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from laureate.base.files.queries import blob_path
from laureate.base.files.serving import send_file
from laureate.base.people.queries import is_set_up
from laureate.engine.metrics import all_metrics, get_metric
from laureate.engine.problem import FIELDS
from laureate.recipe.problem import queries
from laureate.recipe.submissions.queries import turnouts
from laureate.web.challenge import challenge_frame
from laureate.web.problem.forms import SearchForm
from laureate.web.reader import viewer_in
from laureate.web.scoring.drawing import drawn_course
from laureate.web.ui.paging import last_seen

PER_PAGE = 30


@require_GET
def landing(request: HttpRequest) -> HttpResponse:
    """Show what this place is, and what is asked now."""
    viewer = viewer_in(request)
    rows = queries.challenges(viewer, limit=12)
    if not rows and not is_set_up():
        return redirect("found_platform")
    running = [row for row in rows if row.state == "open"]
    over = [row for row in rows if row.state != "open"][:4]
    featured = running[0] if running else None
    context = {
        "running": running,
        "over": over,
        "turnouts": turnouts(viewer, [row.slug for row in rows]),
        "fields": FIELDS,
        "featured": featured,
        "chart": drawn_course(viewer, featured.slug) if featured else None,
    }
    return render(request, "problem/landing.html", context)


@require_GET
def challenges(request: HttpRequest) -> HttpResponse:
    """Show the public challenges, searched and filtered."""
    form = SearchForm(request.GET or None)
    asked = form.cleaned_data if form.is_valid() else {}
    viewer = viewer_in(request)
    rows = queries.challenges(
        viewer,
        words=asked.get("words", ""),
        field=asked.get("field", ""),
        state=asked.get("state", ""),
        after=last_seen(request) or 0,
        limit=PER_PAGE + 1,
    )
    more = len(rows) > PER_PAGE
    rows = rows[:PER_PAGE]
    query = request.GET.copy()
    if more:
        query["after"] = str(rows[-1].id)
    context = {
        "rows": rows,
        "turnouts": turnouts(viewer, [row.slug for row in rows]),
        "form": form,
        "asked": any(asked.values()),
        "next": query.urlencode() if more else "",
        "fields": FIELDS,
    }
    return render(request, "problem/challenges.html", context)


@require_GET
def challenge_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what is asked: the brief, the calendar, the limits."""
    frame = challenge_frame(viewer_in(request), slug)
    name = frame["challenge"].metric
    metric = get_metric(name) if any(name == known.name for known in all_metrics()) else None
    return render(request, "problem/challenge_page.html", frame | {"metric": metric, "fields": FIELDS})


@require_GET
def challenge_data(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the files that solvers may download."""
    return render(request, "problem/challenge_data.html", challenge_frame(viewer_in(request), slug))


@require_http_methods(["GET", "HEAD"])
def challenge_file(request: HttpRequest, slug: str, file_id: int) -> HttpResponseBase:
    """Send the bytes of a file of a challenge."""
    file = queries.find_file(viewer_in(request), slug, file_id)
    return send_file(request, blob_path(file.sha256), name=file.name, sha256=file.sha256)


@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Show every measure of success with its rules."""
    return render(request, "problem/metrics.html", {"metrics": all_metrics()})


@require_GET
def api_guide(request: HttpRequest) -> HttpResponse:
    """Show how programs and terminals use this platform."""
    return render(request, "problem/api_guide.html")
