"""The reader of a page: who is looking, in which language and on which clocks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from laureate import __version__
from laureate.base.memory import one_reading
from laureate.base.people.queries import viewer_of
from laureate.base.people.viewer import Viewer
from laureate.base.post.queries import unread_count
from laureate.engine.problem.values import zone_of

ZONE_COOKIE = "zone"
"""Set by the page's script for strangers: the time zone of their browser."""


class ReaderRequest(HttpRequest):
    """A request that has passed :class:`ReaderMiddleware`: it knows its viewer."""

    viewer: Viewer
    if TYPE_CHECKING:
        htmx: Any


def viewer_in(request: HttpRequest) -> Viewer:
    """Return who is looking."""
    return cast("ReaderRequest", request).viewer


class ReaderMiddleware:
    """Puts the viewer on the request and speaks the reader's language on the reader's clocks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        viewer = viewer_of(request.user)
        cast("ReaderRequest", request).viewer = viewer
        zone = viewer.time_zone or request.COOKIES.get(ZONE_COOKIE, "")
        if viewer.locale and not request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME):
            translation.activate(viewer.locale)
            request.LANGUAGE_CODE = viewer.locale
        reads = request.method in ("GET", "HEAD") and not request.path.startswith("/api/")
        with timezone.override(zone_of(zone) if zone else None), one_reading() if reads else nullcontext():
            return self.get_response(request)


def reader(request: HttpRequest) -> dict[str, Any]:
    """Return what every page's frame shows: the viewer and their unread messages."""
    viewer = getattr(request, "viewer", Viewer())
    return {
        "viewer": viewer,
        "unread": unread_count(viewer),
        "languages": settings.LANGUAGES,
        "version": __version__,
        "mail_on": settings.MAIL_ON,
    }
