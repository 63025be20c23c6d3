"""Bytes by the API: sent as pages send them, refused as the API refuses."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from laureate.api.errors import problem
from laureate.base.files import serving
from laureate.engine.faults import Fault, mark

NO_SUCH_RANGE = Fault(
    "no_such_range",
    mark("The file has only %(size)d bytes."),
    mark("Ask for a part that begins before its end."),
)

DESCRIPTION = {
    "responses": {
        200: {
            "description": "The bytes",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        },
        206: {
            "description": "The part that the header Range asks for",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        },
        304: {"description": "Unchanged since the ETag that the header If-None-Match names"},
        416: {"description": "The part lies beyond the end"},
    }
}
"""How the API's description tells of such an answer."""


def send_file(request: HttpRequest, path: Path, *, name: str, sha256: str) -> HttpResponseBase:
    """Return a file as an answer, or the one part of it that the request asks for."""
    response = serving.send_file(request, path, name=name, sha256=sha256)
    if response.status_code != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        return response
    params = {"size": path.stat().st_size}
    fault = Fault(NO_SUCH_RANGE.rule, NO_SUCH_RANGE.message, NO_SUCH_RANGE.fix, params)
    refusal = problem(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, [fault])
    refusal["Content-Range"] = response["Content-Range"]
    return refusal
