"""A server of canned answers that writes down what it was asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

PROBLEM = "application/problem+json"


@dataclass
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, tuple[str | None, bytes]]:
        """Return the parts of a multipart form: file name (None for a text field) and bytes."""
        head = f"Content-Type: {self.headers['content-type']}\r\n\r\n".encode()
        message = BytesParser().parsebytes(head + self.body)
        return {
            str(part.get_param("name", header="content-disposition")): (
                part.get_filename(),
                part.get_payload(decode=True),
            )
            for part in message.get_payload()
        }


@dataclass
class Reply:
    """An answer; ``cut`` closes the connection after that many bytes."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None

    def bytes(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return b"" if self.body is None else json.dumps(self.body).encode()


def problem(status: int, *errors: dict[str, Any], **headers: str) -> Reply:
    """Return a refusal of the API."""
    body = {"type": "about:blank", "title": "Refused", "status": status, "detail": "", "errors": [*errors]}
    return Reply(body, status, {"Content-Type": PROBLEM, **headers})


class Api:
    """Answers by (method, path below /api/v1); what is not laid out is a 404 that no server gives."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], list[Reply | Callable[[Asked], Reply]]] = {}
        self.asked: list[Asked] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def on(self, method: str, path: str, *replies: Any) -> None:
        """Lay out answers, given in turn, the last one for ever; a plain value is a JSON answer."""
        self.answers[method, f"/api/v1{path}"] = [
            reply if isinstance(reply, Reply) or callable(reply) else Reply(reply) for reply in replies
        ]

    @property
    def lines(self) -> list[str]:
        """Return the requests as “GET /challenges”."""
        return [f"{asked.method} {asked.path.removeprefix('/api/v1')}" for asked in self.asked]

    def serve(self) -> None:
        self._server.serve_forever(poll_interval=0.01)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        replies = self.answers.get((asked.method, asked.path))
        if replies is None:
            return Reply(b"nothing laid out", 404)
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        return reply if isinstance(reply, Reply) else reply(asked)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _do(self) -> None:
                parts = urlsplit(self.path)
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = self._chunks() if "transfer-encoding" in headers else self._plain(headers)
                asked = Asked(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body)
                reply = api.answer(asked)
                content = reply.bytes()
                self.send_response(reply.status)
                for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                    self.send_header(name, value)
                if reply.status != 204:
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content if reply.cut is None else content[: reply.cut])
                self.close_connection = self.close_connection or reply.cut is not None

            def _plain(self, headers: dict[str, str]) -> bytes:
                return self.rfile.read(int(headers.get("content-length", 0)))

            def _chunks(self) -> bytes:
                body = b""
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return body

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        for method in ("GET", "POST", "PATCH", "PUT", "DELETE"):
            setattr(Handler, f"do_{method}", Handler._do)
        return Handler
