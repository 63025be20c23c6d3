"""Answers to what is refused: every rule that says no becomes a page that says why and what to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http import HTTPStatus
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from laureate.base.files.limits import size_fault
from laureate.base.people.viewer import STATUS, UNKNOWN, RefusedError
from laureate.engine.faults import BadInputError, Fault


class RefusalMiddleware:
    """Turns the refusals that pages let pass into answers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Here, before the check of the form's token reads what was not taken in. The API says it its own way.
        fault = None if request.path.startswith("/api/") else size_fault(request.META)
        if fault is not None:
            return refusal_page(request, STATUS["invalid"], [fault])
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a refusal; anything else is a fault of ours and goes on its way."""
        if isinstance(error, RefusedError):
            if error.kind == "sign_in" and request.method == "GET":
                return sign_in_first(request)
            return refusal_page(request, STATUS[error.kind], error.faults)
        if isinstance(error, BadInputError):
            return refusal_page(request, HTTPStatus.UNPROCESSABLE_ENTITY, error.faults)
        return None


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """Send a stranger to the sign-in page, and from there back to where they were."""
    query = urlencode({"next": request.get_full_path()})
    return HttpResponseRedirect(f"{resolve_url('account_login')}?{query}")


def refusal_page(request: HttpRequest, status: HTTPStatus, faults: Sequence[Fault]) -> HttpResponse:
    """Return the page that lists why something was refused."""
    titles = {
        HTTPStatus.NOT_FOUND: _("There is nothing here"),
        HTTPStatus.UNAUTHORIZED: _("Please sign in"),
        HTTPStatus.FORBIDDEN: _("This is not for you"),
        HTTPStatus.CONFLICT: _("This cannot be done now"),
        HTTPStatus.TOO_MANY_REQUESTS: _("The quota is used up"),
        HTTPStatus.UNPROCESSABLE_ENTITY: _("Please mend this first"),
    }
    context = {"title": titles[status], "faults": faults, "status": int(status)}
    return render(request, "refusal.html", context, status=status)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Return the page for an address that leads nowhere."""
    return refusal_page(request, HTTPStatus.NOT_FOUND, [UNKNOWN])


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Return the page for a form that came without its token."""
    fault = Fault(
        "csrf",
        _("The form was not sent from this site, or its page was open for too long."),
        _("Go back, reload the page and send the form again."),
    )
    return refusal_page(request, HTTPStatus.FORBIDDEN, [fault])


def server_fault(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Return the page for a fault of ours; it leans on nothing that may be broken."""
    return HttpResponse(render_to_string("fault.html"), status=HTTPStatus.INTERNAL_SERVER_ERROR)
