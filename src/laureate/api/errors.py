"""What goes wrong, as ``application/problem+json`` (RFC 9457) with every fault at once."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from laureate.base.people.viewer import SIGN_IN, STATUS, UNKNOWN, RefusedError
from laureate.engine.faults import BadInputError, Fault, mark

PROBLEM = "application/problem+json"

UNREADABLE = Fault(
    "unreadable_request",
    mark("The body of the request cannot be read."),
    mark("Send valid JSON, or a well-formed multipart form, as the API's description says."),
)
NOT_ALLOWED = Fault(
    "method_not_allowed",
    mark("This address does not know the method %(method)s."),
    mark("Use one of: %(allowed)s."),
)
MISSING = (mark("“%(field)s” is missing."), mark("Add it to the request."))
EXTRA = (mark("There is no “%(field)s” here."), mark("Leave it out, or look for a slip of the pen."))
EXTRAS = (
    mark("The query has unknown parts. %(reason)s."),
    mark("Leave them out, or look for a slip of the pen."),
)
MISFIT = (mark("“%(field)s” does not fit: %(reason)s."), mark("Send what the API's description asks for."))


def problem(status: HTTPStatus, faults: Sequence[Fault]) -> HttpResponse:
    """Return the answer that lists the faults in the reader's language."""
    said = [fault.as_dict(gettext) for fault in faults]
    for entry in said:
        entry.pop("severity", None)
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": int(status),
        "detail": " ".join(dict.fromkeys(entry["message"] for entry in said[:3])),
        "errors": said,
    }
    response = JsonResponse(body, status=status, content_type=PROBLEM)
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    wait = retry_after(faults)
    if status == HTTPStatus.TOO_MANY_REQUESTS and wait is not None:
        response["Retry-After"] = str(wait)
    return response


def retry_after(faults: Sequence[Fault]) -> int | None:
    """Return the seconds after which a refused request may succeed, None if it never will."""
    for fault in faults:
        params = fault.params
        if "seconds" in params:
            return int(params["seconds"])
        if "hours" in params and "minutes" in params:
            return (int(params["hours"]) * 60 + int(params["minutes"])) * 60
    return None


def answer_not_found(_: HttpRequest) -> HttpResponse:
    """Answer an address that the API does not have."""
    return problem(HTTPStatus.NOT_FOUND, [UNKNOWN])


def answer_errors(api: NinjaAPI) -> None:
    """Let ``api`` answer every foreseen error as a problem; the rest are faults of ours."""

    def bad_input(_: HttpRequest, error: Any) -> HttpResponse:
        status = STATUS[error.kind] if isinstance(error, RefusedError) else HTTPStatus.UNPROCESSABLE_ENTITY
        return problem(status, error.faults)

    def invalid(_: HttpRequest, error: Any) -> HttpResponse:
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, [_misfit(found) for found in error.errors])

    def by_status(_: HttpRequest, error: Any) -> HttpResponse:
        status = HTTPStatus(error.status_code)
        return problem(status, [SIGN_IN if status == HTTPStatus.UNAUTHORIZED else UNREADABLE])

    def unreadable(_: HttpRequest, _error: Any) -> HttpResponse:
        return problem(HTTPStatus.BAD_REQUEST, [UNREADABLE])

    def unknown(_: HttpRequest, _error: Any) -> HttpResponse:
        return problem(HTTPStatus.NOT_FOUND, [UNKNOWN])

    api.add_exception_handler(BadInputError, bad_input)
    api.add_exception_handler(ValidationError, invalid)
    api.add_exception_handler(HttpError, by_status)
    api.add_exception_handler(Http404, unknown)
    for broken in (MultiPartParserError, SuspiciousOperation, BadRequest, UnreadablePostError):
        api.add_exception_handler(broken, unreadable)


def _misfit(found: dict[str, Any]) -> Fault:
    """Return one finding of the validation as a fault; it stands in ``column`` by its dotted name."""
    source, *parts = found["loc"]
    if source == "body" and len(parts) > 1:
        parts = parts[1:]  # the first one is our own name for the body
    place = ".".join(str(part) for part in parts)[:200]
    rule, reason = str(found["type"]), str(found["msg"])[:200]
    if rule == "missing":
        message, fix = MISSING
    elif rule == "extra_forbidden":
        message, fix = EXTRAS if "names" in found.get("ctx", {}) else EXTRA
    else:
        message, fix = MISFIT
    params = {"field": place or str(source), "reason": reason}
    return Fault(rule, message, fix, params, column=place or None)
