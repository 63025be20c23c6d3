"""The addresses of the API: ``v1/`` and, for whatever else is asked, an answer that programs can read."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, re_path
from django.views.decorators.http import require_safe

from laureate.api.errors import NOT_ALLOWED, answer_not_found, problem
from laureate.api.v1 import api
from laureate.engine.faults import Fault

View = Callable[..., HttpResponseBase]


def _in_full(view: View) -> View:
    """Let a view of the framework answer HEAD as GET, and a method it does not know as a problem."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        method = request.method
        if method == "HEAD":
            request.method = "GET"  # servers leave the body out
        response = view(request, *args, **kwargs)
        request.method = method
        if isinstance(response, HttpResponseNotAllowed):
            allowed = ", ".join(sorted(response["Allow"].split(", ")))
            params = {"method": method or "", "allowed": allowed}
            fault = Fault(NOT_ALLOWED.rule, NOT_ALLOWED.message, NOT_ALLOWED.fix, params)
            response = problem(HTTPStatus.METHOD_NOT_ALLOWED, [fault])
            response["Allow"] = allowed
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-cache"
        return response

    return answered


_patterns, _app, _namespace = api.urls
for _pattern in _patterns:
    if isinstance(_pattern, URLPattern):
        if _pattern.name == "openapi-json":
            _pattern.callback = require_safe(_pattern.callback)  # the framework would answer any method
        _pattern.callback = _in_full(_pattern.callback)

urlpatterns = [
    path("v1/", (_patterns, _app, _namespace)),
    re_path(r"", answer_not_found, name="api_not_found"),
]
