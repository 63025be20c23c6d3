"""Requests reach Django whole: a body is taken in before a thread begins to work on it.

A thread that waits for a slow client serves nobody else, and a client that leaves in the middle
looks to Django like one whose file ends there. Here a slow body costs a connection and a few
kilobytes, and what never arrives in full never reaches a page.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from io import BytesIO
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from laureate.base.files.serving import CHUNK, ERRAND, Errand

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]

IN_MEMORY = 262_144
"""Bytes of a body that are kept in memory; the rest lies in a file without a name."""
SILENCE_SECONDS = 60.0
"""How long a client may say nothing in the middle of its request."""
STRANGER_BYTES = 1_000_000
"""How long a body may be that comes with neither cookie nor token: forms of strangers are short."""
BODY = "laureate.body"
TIMED_OUT = b"The request did not arrive in time.\n"


class ClientGoneError(Exception):
    """Raised when a client leaves before its request is complete."""


class WholeRequests:
    """Takes in the body of each request, up to ``limit`` bytes, and only then asks the application.

    A body that is announced as longer, or turns out longer, is not taken in: the application
    hears of its length and refuses it.
    """

    def __init__(self, application: Application, limit: int, folder: Path) -> None:
        self.application, self.limit, self.folder = application, limit, folder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            errand = Errand()
            scope, send = {**scope, ERRAND: errand}, _running(errand, send)
        headers = dict(scope.get("headers", ()))
        announced = _number(headers.get(b"content-length"))
        in_chunks = b"transfer-encoding" in headers
        if scope["type"] != "http" or (not announced and not in_chunks):
            await self.application(scope, receive, send)
        elif announced > (limit := self.limit if _is_known(headers) else min(self.limit, STRANGER_BYTES)):
            await self.application({**scope, BODY: BytesIO()}, receive, send)
        else:
            await self._ask_with_body(scope, receive, send, limit)

    async def _ask_with_body(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        with SpooledTemporaryFile(IN_MEMORY, dir=str(self.folder)) as body:
            try:
                size = await _take_in(receive, body, limit)
            except ClientGoneError:
                return
            except TimeoutError:
                await _give_up(send)
                return
            body.seek(0)
            if size > limit:
                send = _hanging_up(send)
            await self.application(_with_length(scope, size) | {BODY: body}, receive, send)


async def _take_in(receive: Receive, body: IO[bytes], limit: int) -> int:
    """Return the size of the body, or of its beginning when it is longer than the limit.

    Raises:
        ClientGoneError: when the client left.
        TimeoutError: when it fell silent.

    """
    size, more = 0, True
    while more and size <= limit:
        message = await asyncio.wait_for(receive(), SILENCE_SECONDS)
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        chunk: bytes = message.get("body", b"")
        body.write(chunk)
        size += len(chunk)
        more = message.get("more_body", False)
    return size


def with_whole_body(application: Wsgi) -> Wsgi:
    """Let a WSGI application read the body that :class:`WholeRequests` took in, straight from its file.

    A HEAD is asked as the GET that it stands for: every page that can be read can be asked for its
    headers, and nothing that would be sent is read from the disk.
    """

    def ask(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = environ["asgi.scope"].get(BODY)
        environ["wsgi.input"] = BytesIO() if body is None else body
        if environ["REQUEST_METHOD"] != "HEAD":
            return application({**environ, ERRAND: environ["asgi.scope"].get(ERRAND)}, start_response)
        answer = application({**environ, "REQUEST_METHOD": "GET"}, start_response)
        getattr(answer, "close", bool)()
        return ()

    return ask


def _is_known(headers: Mapping[bytes, bytes]) -> bool:
    """Tell whether a request comes with a cookie or a token, right or wrong."""
    return b"cookie" in headers or b"authorization" in headers


def _number(text: bytes | None) -> int:
    return int(text) if text is not None and text.isdigit() else 0


def _with_length(scope: Scope, size: int) -> dict[str, Any]:
    """Return the scope of the same request with its length told, also where it came in chunks."""
    framing = (b"content-length", b"transfer-encoding")
    headers = [(name, value) for name, value in scope["headers"] if name not in framing]
    return {**scope, "headers": [*headers, (b"content-length", str(size).encode())]}


def _hanging_up(send: Send) -> Send:
    """Return a sender that closes the connection after the answer: the rest of the body is unwanted."""

    async def send_and_close(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), (b"connection", b"close")]
        await send(message)

    return send_and_close


def _running(errand: Errand, send: Send) -> Send:
    """Return a sender that sends the file of an errand in the place of the answer's end."""

    async def send_with_file(message: Message) -> None:
        ends = message["type"] == "http.response.body" and not message.get("more_body", False)
        if not ends or errand.source is None:
            await send(message)
            return
        with errand.source as source:
            while errand.left > 0:
                chunk = await asyncio.to_thread(source.read, min(CHUNK, errand.left))
                if not chunk:
                    break
                errand.left -= len(chunk)
                body = {"type": "http.response.body", "body": chunk, "more_body": True}
                await asyncio.wait_for(send(body), SILENCE_SECONDS)
        await send({"type": "http.response.body", "body": b""})

    return send_with_file


async def _give_up(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 408, "headers": headers})
    await send({"type": "http.response.body", "body": TIMED_OUT})
