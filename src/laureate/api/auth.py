"""Who asks: the bearer of a token, the person of a browser's session, or a stranger."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.middleware.csrf import CsrfViewMiddleware
from ninja.errors import AuthenticationError
from ninja.security import HttpBearer
from ninja.security.base import AuthBase

from laureate.api.limits import count_known, count_stranger, require_size
from laureate.base.journal.clock import now
from laureate.base.people.actions import note_token_use
from laureate.base.people.queries import token_in_use, viewer_of
from laureate.base.people.rules import may_use
from laureate.base.people.viewer import STRANGER, RefusedError, Viewer
from laureate.engine.faults import Fault, mark

CSRF = Fault(
    "csrf",
    mark("The request was not sent from a page of this site."),
    mark("Send the token of the cookie csrftoken as header X-CSRFToken, or use an API token."),
)


class Asking(HttpRequest):
    """A request whose sender is known: ``auth`` is the viewer."""

    auth: Viewer


class Bearer(HttpBearer):
    """A token in the header ``Authorization: Bearer lau_…``; a wrong one is refused, never ignored."""

    def authenticate(self, request: HttpRequest, token: str) -> Viewer:
        """Return the viewer with the scopes of the token.

        Raises:
            AuthenticationError: for a token that is unknown, revoked or expired.

        """
        require_size(request)
        instant = now()
        found = token_in_use(token, instant)
        if found is None:
            count_stranger(request)
            raise AuthenticationError
        count_known(f"token:{found.pk}")
        note_token_use(found, instant)
        viewer = viewer_of(found.user, frozenset(found.scopes), found.pk)
        if request.method in ("GET", "HEAD"):
            may_use(viewer, "read").require()
        return viewer


class Session(AuthBase):
    """The cookie of a browser that has signed in; what changes something needs the CSRF token too."""

    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name: str = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Viewer | None:
        """Return the viewer of the session, None where nobody has signed in."""
        viewer = viewer_of(request.user)
        if not viewer.signed_in:
            return None
        require_size(request)
        count_known(f"user:{viewer.user_id}")
        _require_csrf_token(request)
        return viewer


class _CsrfCheck(CsrfViewMiddleware):
    """The framework's check, without the page that it would answer with."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponseForbidden:  # noqa: ARG002
        return HttpResponseForbidden()


def _require_csrf_token(request: HttpRequest) -> None:
    check = _CsrfCheck(lambda _: HttpResponse())
    # The middleware has let this view pass, as one that may be called with a token instead.
    request.csrf_processing_done = False  # type: ignore[attr-defined]
    check.process_request(request)
    if check.process_view(request, lambda _: HttpResponse(), (), {}) is not None:
        raise RefusedError("forbidden", CSRF)


def stranger(request: HttpRequest) -> Viewer:
    """Return the viewer that anybody is."""
    require_size(request)
    count_stranger(request)
    return STRANGER


SIGNED_IN: list[Any] = [Bearer(), Session()]
"""For what no stranger can do."""
ANYONE: list[Any] = [*SIGNED_IN, stranger]
"""For what a stranger may ask too; the rules of each thing say what they get."""
