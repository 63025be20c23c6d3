"""Pages of the operator: health, queue, what was set aside, what happened."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from laureate.base.journal import leases, queries
from laureate.base.people.queries import hosted_organisations
from laureate.base.people.rules import may_operate
from laureate.web.reader import viewer_in


@require_GET
def operate(request: HttpRequest) -> HttpResponse:
    """Show how the platform fares, each ill with what mends it."""
    may_operate(viewer_in(request)).require()
    context = {
        "queue": queries.queue_health(),
        "parked": queries.parked_tasks(),
        "events": queries.latest_events(30),
        "health": queries.surroundings(),
        "organisations": hosted_organisations(viewer_in(request)),
    }
    return render(request, "journal/operate.html", context)


@require_POST
def retry_task(request: HttpRequest, task_id: int) -> HttpResponse:
    """Give a task that was set aside three new tries."""
    may_operate(viewer_in(request)).require()
    if leases.retry_task(task_id):
        messages.success(request, _("The task will be tried again."))
    return redirect("operate")
