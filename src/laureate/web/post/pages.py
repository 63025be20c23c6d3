"""The inbox."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from laureate.base.post import actions, queries
from laureate.web.reader import viewer_in
from laureate.web.ui.paging import last_seen

PER_PAGE = 50


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Show the viewer's messages, newest first."""
    rows = queries.inbox(viewer_in(request), PER_PAGE + 1, last_seen(request, "before"))
    context = {"rows": rows[:PER_PAGE], "next": rows[PER_PAGE - 1].id if len(rows) > PER_PAGE else None}
    return render(request, "post/inbox.html", context)


@require_POST
def read_inbox(request: HttpRequest) -> HttpResponse:
    """Mark all messages as read."""
    actions.read_inbox(viewer_in(request))
    return redirect("inbox")
