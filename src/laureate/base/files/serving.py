"""Bytes as they were handed in: always as a download, whole or in part, never as active content."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header, parse_etags

CHUNK = 1 << 18
ERRAND = "laureate.errand"
"""The key in the request's environment under which a server offers to send a file by itself."""


@dataclass(slots=True)
class Errand:
    """A file to be sent by the server when the page is done: an open file, and how many bytes of it.

    A thread that feeds a slow reader serves nobody else, so the embedded server sends files from
    its event loop. Other servers offer no errand and get the bytes from the page.
    """

    source: BinaryIO | None = None
    left: int = 0


_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


def send_file(request: HttpRequest, path: Path, *, name: str, sha256: str) -> HttpResponseBase:
    """Return a file as an answer, or the one part of it that the request asks for."""
    etag = f'"{sha256}"'
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if "*" in known or etag in (tag.removeprefix("W/") for tag in known):
        return _labelled(HttpResponseNotModified(), etag)
    size = path.stat().st_size
    wanted = _wanted(request, etag, size)
    if wanted is None:
        return _bytes(request, path, name, etag, range(size), HTTPStatus.OK)
    if not wanted:
        refusal = HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
        refusal["Content-Range"] = f"bytes */{size}"
        return refusal
    response = _bytes(request, path, name, etag, wanted, HTTPStatus.PARTIAL_CONTENT)
    response["Content-Range"] = f"bytes {wanted.start}-{wanted.stop - 1}/{size}"
    return response


def _wanted(request: HttpRequest, etag: str, size: int) -> range | None:
    """Return the wanted part, empty where there is no such; None for the whole file.

    What cannot be read, several parts, and parts of another version all mean the whole file.
    """
    found = _RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if found is None or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = found.groups()
    if first:
        start, stop = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            return None
        return range(start, stop) if start < size else range(0)
    return range(max(0, size - int(last)), size) if last else None


def _bytes(
    request: HttpRequest, path: Path, name: str, etag: str, part: range, status: HTTPStatus
) -> HttpResponseBase:
    source = path.open("rb")
    source.seek(part.start)
    response = StreamingHttpResponse(
        _content(request, source, len(part)), status=status, content_type="application/octet-stream"
    )
    response["Content-Length"] = str(len(part))
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Accept-Ranges"] = "bytes"
    return _labelled(response, etag)


def _labelled(response: HttpResponseBase, etag: str) -> HttpResponseBase:
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _content(request: HttpRequest, source: BinaryIO, length: int) -> Iterable[bytes]:
    """Return the bytes to send from here; none where the server takes over, so that no thread waits."""
    errand: Errand | None = request.META.get(ERRAND)
    if errand is None:
        return _read(source, length)
    errand.source, errand.left = source, length
    return ()


def _read(source: BinaryIO, left: int) -> Iterator[bytes]:
    with source:
        while left > 0 and (chunk := source.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk


def send_once(request: HttpRequest, path: Path, name: str) -> HttpResponseBase:
    """Return a file made for this answer alone; it is opened now, so its folder may go at once."""
    size = path.stat().st_size
    response = StreamingHttpResponse(_content(request, path.open("rb"), size), content_type="application/zip")
    response["Content-Length"] = str(size)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
