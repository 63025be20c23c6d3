"""Bodies are taken in before anyone works on them: what arrives is whole, silence and absence end early."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from laureate.base.files.serving import ERRAND
from laureate.config import whole
from laureate.config.whole import BODY, WholeRequests, with_whole_body

LIMIT = 10_000_000
GONE = {"type": "http.disconnect"}


def part(body: bytes, *, more: bool) -> dict[str, Any]:
    """Return a message with a part of a body."""
    return {"type": "http.request", "body": body, "more_body": more}


class Exchange:
    """One request: what the client sends (``None`` is silence), and what it and the application get."""

    def __init__(self, folder: Path, messages: Iterable[dict[str, Any] | None], **headers: str) -> None:
        self.messages = list(messages)
        self.answers: list[Any] = []
        self.scopes: list[Any] = []
        self.bodies: list[bytes] = []
        named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": "POST", "headers": named}
        application = WholeRequests(self.answer, LIMIT, folder)
        asyncio.run(application(scope, self.receive, self.send))

    async def receive(self) -> dict[str, Any]:
        """Give the next message, or wait for ever."""
        message = self.messages.pop(0)
        if message is None:
            await asyncio.sleep(3600)
        assert message is not None
        return message

    async def send(self, message: Any) -> None:
        """Note what the client gets."""
        self.answers.append(message)

    async def answer(self, scope: Any, receive: Any, send: Any) -> None:
        """Be the application: read all and say so."""
        self.scopes.append(scope)
        self.bodies.append(scope[BODY].read() if BODY in scope else b"")
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"good"})

    @property
    def headers(self) -> dict[bytes, bytes]:
        """Return the headers of the request as the application got them."""
        return dict(self.scopes[0]["headers"])


@pytest.mark.parametrize("size", [1, whole.IN_MEMORY, whole.IN_MEMORY + 1, 3_000_000])
def test_a_body_arrives_whole(tmp_path: Path, size: int) -> None:
    body = bytes(number % 251 for number in range(size))
    parts = [part(body[start : start + 65_536], more=True) for start in range(0, size, 65_536)]
    exchange = Exchange(tmp_path, [*parts, part(b"", more=False)], content_length=str(size), cookie="any")
    assert exchange.bodies == [body]
    assert exchange.headers[b"content-length"] == str(size).encode()
    assert list(tmp_path.iterdir()) == []


def test_a_body_in_chunks_gets_a_length(tmp_path: Path) -> None:
    messages = [part(b"ab", more=True), part(b"cde", more=False)]
    exchange = Exchange(tmp_path, messages, transfer_encoding="chunked", content_type="text/csv")
    assert exchange.bodies == [b"abcde"]
    assert exchange.headers == {b"content-length": b"5", b"content-type": b"text/csv"}


def test_a_request_without_a_body_is_passed_on(tmp_path: Path) -> None:
    exchange = Exchange(tmp_path, [])
    assert exchange.bodies == [b""]
    assert [answer["type"] for answer in exchange.answers] == ["http.response.start", "http.response.body"]


def test_who_leaves_is_not_answered(tmp_path: Path) -> None:
    exchange = Exchange(tmp_path, [part(b"id,target\n1,2\n", more=True), GONE], content_length="99")
    assert exchange.scopes == []
    assert exchange.answers == []


def test_who_falls_silent_is_sent_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole, "SILENCE_SECONDS", 0.05)
    exchange = Exchange(tmp_path, [part(b"id,", more=True), None], content_length="99")
    assert exchange.scopes == []
    assert exchange.answers[0]["status"] == 408
    assert (b"connection", b"close") in exchange.answers[0]["headers"]


def test_what_is_announced_as_too_long_is_not_taken_in(tmp_path: Path) -> None:
    exchange = Exchange(tmp_path, [], content_length=str(LIMIT + 1))
    assert exchange.bodies == [b""]
    assert exchange.headers[b"content-length"] == str(LIMIT + 1).encode()


@pytest.mark.parametrize("framing", ["content_length", "transfer_encoding"])
def test_a_stranger_is_given_little_room(tmp_path: Path, framing: str) -> None:
    size = whole.STRANGER_BYTES + 500_000
    messages = [part(b"x" * 250_000, more=True) for _ in range(size // 250_000)] + [part(b"", more=False)]
    headers = {framing: str(size) if framing == "content_length" else "chunked"}
    stranger = Exchange(tmp_path, messages, **headers)
    assert len(stranger.bodies[0]) <= whole.STRANGER_BYTES + 250_000
    assert len(stranger.bodies[0]) < size
    known = Exchange(tmp_path, messages, **headers, cookie="sessionid=any")
    assert len(known.bodies[0]) == size


def test_what_turns_out_too_long_is_cut_and_told(tmp_path: Path) -> None:
    endless = (part(b"x" * 1_000_000, more=True) for _ in range(100))
    exchange = Exchange(tmp_path, endless, transfer_encoding="chunked", authorization="Bearer any")
    assert int(exchange.headers[b"content-length"]) > LIMIT
    assert len(exchange.messages) > 80, "the rest was not read"
    assert (b"connection", b"close") in exchange.answers[0]["headers"]


def test_a_head_is_a_get_of_which_nothing_is_read() -> None:
    class Answer:
        closed = False

        def __iter__(self) -> Any:
            raise AssertionError("somebody reads what nobody wants")

        def close(self) -> None:
            self.closed = True

    answer, asked = Answer(), []

    def application(environ: dict[str, Any], start_response: Any) -> Any:
        asked.append(environ["REQUEST_METHOD"])
        return answer

    environ = {"REQUEST_METHOD": "HEAD", "asgi.scope": {BODY: BytesIO(b"x")}}
    assert list(with_whole_body(application)(environ, None)) == []
    assert asked == ["GET"]
    assert answer.closed


class Download:
    """One answer whose page left a file to be sent."""

    def __init__(self, file: Path, length: int, *, slow: bool = False) -> None:
        self.sent, self.slow = bytearray(), slow
        self.file, self.length, self.source = file, length, None

    async def run(self) -> None:
        """Ask."""
        scope = {"type": "http", "method": "GET", "headers": []}
        await WholeRequests(self.answer, LIMIT, self.file.parent)(scope, self.receive, self.send)

    async def receive(self) -> dict[str, Any]:
        """Say nothing."""
        raise AssertionError("nobody listens to a request without a body")

    async def send(self, message: Any) -> None:
        """Take a part, or stop taking any."""
        self.sent += message.get("body", b"")
        if self.slow and message.get("body"):
            await asyncio.sleep(3600)

    async def answer(self, scope: Any, receive: Any, send: Any) -> None:
        """Be the page: leave the errand and go."""
        errand = scope[ERRAND]
        self.source = errand.source = self.file.open("rb")
        errand.source.seek(3)
        errand.left = self.length
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@pytest.mark.parametrize("length", [0, 1, 700_000])
def test_the_part_that_a_page_left_is_sent_and_the_file_closed(tmp_path: Path, length: int) -> None:
    content = bytes(number % 251 for number in range(900_000))
    file = tmp_path / "file"
    file.write_bytes(content)
    download = Download(file, length)
    asyncio.run(download.run())
    assert bytes(download.sent) == content[3 : 3 + length]
    assert download.source.closed  # type: ignore[attr-defined]


def test_who_does_not_read_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole, "SILENCE_SECONDS", 0.05)
    file = tmp_path / "file"
    file.write_bytes(b"x" * 900_000)
    download = Download(file, 900_000, slow=True)
    with pytest.raises(TimeoutError):
        asyncio.run(download.run())
    assert download.source.closed  # type: ignore[attr-defined]
