"""Clients that are slow, large, rude or gone: none may harm another, and none leaves half an entry."""

from __future__ import annotations

import hashlib
import re
import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
import pytest

from support.claims import predictions
from support.running import SECONDS, Server, eventually, memory_of

from .conftest import LIMIT_MB, SLUG

MB = 1_000_000
MORE_THAN_THREADS = 48
BOUNDARY = "tests-boundary"
ENTRIES = f"/api/v1/challenges/{SLUG}/entries"
PATIENCE = 20


def form(content: bytes) -> bytes:
    """Return the body of an upload."""
    disposition = 'Content-Disposition: form-data; name="file"; filename="entry.csv"'
    head = f"--{BOUNDARY}\r\n{disposition}\r\nContent-Type: text/csv\r\n\r\n"
    return head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def head(sara: httpx.Client, path: str, length: int | None) -> bytes:
    """Return the first lines of an upload that announces ``length`` bytes; None sends it in chunks."""
    size = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: localhost",
        f"Authorization: {sara.headers['Authorization']}",
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}",
        size,
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


@contextmanager
def line_to(server: Server) -> Iterator[socket.socket]:
    """Give an open connection."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as line:
        yield line


def answer_to(line: socket.socket) -> bytes:
    """Return an answer with its body, or what there is of it when the connection ends."""
    answer = b""
    while part := line.recv(65536):
        answer += part
        before, blank, body = answer.partition(b"\r\n\r\n")
        length = re.search(rb"\r\ncontent-length: (\d+)", before.lower())
        if blank and len(body) >= (int(length[1]) if length else 0):
            break
    return answer


def used(sara: httpx.Client) -> tuple[int, int]:
    """Return how many entries there are, and how many slots of the day are left."""
    left = sara.get(f"/challenges/{SLUG}/standing").json()["allowance"]["left_today"]
    return len(sara.get(f"/challenges/{SLUG}/entries").json()["items"]), left


def judged(sara: httpx.Client, entry: int) -> dict[str, Any]:
    """Return an entry as soon as it is judged."""

    def look() -> dict[str, Any] | None:
        found: dict[str, Any] = sara.get(f"/entries/{entry}", params={"wait": 10}).json()
        return found if found["state"] != "received" else None

    found: dict[str, Any] = eventually(look, "the entry is judged")
    return found


def left_behind(server: Server) -> list[str]:
    """Return the names of files of uploads that are under way."""
    folders = (server.data / "uploading", server.data / "files" / "incoming")
    return [path.name for folder in folders if folder.is_dir() for path in folder.iterdir()]


@pytest.mark.parametrize("path", [ENTRIES, "/accounts/login/"])
def test_slow_bodies_do_not_block_others(platform: Server, sara: httpx.Client, path: str) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(line_to(platform)) for _ in range(MORE_THAN_THREADS)]
        for line in slow:
            line.sendall(head(sara, path, 5000))
        for byte in form(b"customer,claim\n")[:3]:
            for line in slow:
                line.sendall(bytes([byte]))
            answer = httpx.get(f"{platform.url}/metrics", timeout=PATIENCE)
            assert answer.status_code == 200
    eventually(lambda: not left_behind(platform), "nothing is left of uploads that ended early")


def test_slow_headers_do_not_block_others(platform: Server) -> None:
    with ExitStack() as stack:
        for _ in range(MORE_THAN_THREADS):
            stack.enter_context(line_to(platform)).sendall(b"GET /metrics HTTP/1.1\r\nHost: loc")
        assert httpx.get(f"{platform.url}/metrics", timeout=PATIENCE).status_code == 200


def test_a_slow_upload_arrives(platform: Server, sara: httpx.Client) -> None:
    content = predictions(1.0)
    body = form(content)
    with line_to(platform) as line:
        line.sendall(head(sara, ENTRIES, len(body)))
        for start in range(0, len(body), 97):
            line.sendall(body[start : start + 97])
        assert answer_to(line).startswith(b"HTTP/1.1 201 ")
    newest = sara.get(f"/challenges/{SLUG}/entries").json()["items"][0]
    assert newest["sha256"] == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("rude", [False, True], ids=["closed", "reset"])
@pytest.mark.parametrize("part", [0.0, 0.5, 0.999])
def test_a_cut_upload_leaves_nothing(platform: Server, sara: httpx.Client, part: float, rude: bool) -> None:
    before = used(sara)
    body = form(predictions(2.0) * 200)
    with line_to(platform) as line:
        line.sendall(head(sara, ENTRIES, len(body)) + body[: int(len(body) * part)])
        if rude:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    eventually(lambda: not left_behind(platform), "nothing is left of the upload")
    assert httpx.get(f"{platform.url}/metrics", timeout=PATIENCE).status_code == 200
    assert used(sara) == before


def test_a_cut_upload_in_chunks_leaves_nothing(platform: Server, sara: httpx.Client) -> None:
    before = used(sara)
    body = form(predictions(2.0))[:-200]
    with line_to(platform) as line:
        line.sendall(head(sara, ENTRIES, None) + f"{len(body):x}\r\n".encode() + body + b"\r\n")
    assert httpx.get(f"{platform.url}/metrics", timeout=PATIENCE).status_code == 200
    eventually(lambda: not left_behind(platform), "nothing is left of the upload")
    assert used(sara) == before


def test_an_upload_in_chunks_arrives(platform: Server, sara: httpx.Client) -> None:
    content = predictions(3.0)
    body = form(content)
    parts = iter([body[start : start + 1000] for start in range(0, len(body), 1000)])
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    answer = sara.post(f"/challenges/{SLUG}/entries", content=parts, headers=kind)
    assert answer.status_code == 201, answer.text
    assert answer.json()["receipt"]["sha256"] == hashlib.sha256(content).hexdigest()


def test_a_large_upload_is_streamed(platform: Server, sara: httpx.Client) -> None:
    web = platform.children()[0]
    lines = predictions(2.0).splitlines()
    # A column too many is left alone, however long: the entry is good.
    content = b"".join(
        [lines[0], b",remark\n", *(line + b"," + b"x" * (MB // 2) + b"\n" for line in lines[1:])]
    )
    before = memory_of(web)
    answer = sara.post(f"/challenges/{SLUG}/entries", files={"file": ("large.csv", content)})
    assert answer.status_code == 201, answer.text
    assert answer.json()["receipt"]["sha256"] == hashlib.sha256(content).hexdigest()
    grown = memory_of(web) - before
    sys.stdout.write(f"the web process grew by {grown / MB:.0f} MB for {len(content) / MB:.0f} MB\n")
    assert len(content) > 60 * MB
    assert grown < 120 * MB
    entry = judged(sara, answer.json()["id"])
    assert entry["state"] == "scored", entry["faults"]
    assert entry["score"]["public"]["score"] == pytest.approx(2.0)


@pytest.mark.parametrize("path", [ENTRIES, f"/challenges/{SLUG}/submit", "/accounts/login/"])
def test_what_is_too_large_is_refused_before_it_is_sent(
    platform: Server, sara: httpx.Client, path: str
) -> None:
    before = used(sara)
    with line_to(platform) as line:
        line.sendall(head(sara, path, (LIMIT_MB + 20) * MB) + b"--")
        answer = answer_to(line)
    assert answer.split(b" ", 2)[1] in (b"413", b"422"), answer[:300]
    assert f"{LIMIT_MB} MB".encode() in answer
    if path.startswith("/api/"):
        assert b"application/problem+json" in answer
    assert used(sara) == before


def test_what_is_too_large_is_refused_in_chunks_too(platform: Server, sara: httpx.Client) -> None:
    block = b"x" * MB
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        yield form(b"")[:-30]
        while sent < 4 * LIMIT_MB:
            sent += 1
            yield block

    try:
        answer = sara.post(f"/challenges/{SLUG}/entries", content=endless(), headers=kind)
        assert answer.status_code in (413, 422), answer.text
    except httpx.TransportError:
        pass  # the server hung up on us while we were talking
    assert sent < 2 * LIMIT_MB
    eventually(lambda: not left_behind(platform), "nothing is left of the upload")


def test_head_and_keep_alive(platform: Server, sara: httpx.Client) -> None:
    for path in ("/", "/accounts/login/", "/api/v1/metrics", "/nothing-here"):
        there, whole = (httpx.request(verb, platform.url + path, timeout=SECONDS) for verb in ("HEAD", "GET"))
        assert there.status_code == whole.status_code
        assert there.headers["Content-Type"] == whole.headers["Content-Type"]
        assert there.content == b""
    file = sara.get(f"/challenges/{SLUG}").json()["data"][0]
    assert sara.head(file["url"].removeprefix("/api/v1")).headers["Content-Length"] == str(file["size"])
    with line_to(platform) as line:
        line.sendall(b"HEAD /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
        first = line.recv(65536)
        assert first.startswith(b"HTTP/1.1 200 ")
        assert first.endswith(b"\r\n\r\n"), "a HEAD has no body"
        line.sendall(b"GET /api/v1/metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert answer_to(line).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "line",
    [
        b"GET /challenges?words=\xe9t\xe9 HTTP/1.1",
        "GET /challenges?words=été HTTP/1.1".encode(),
        b"GET /challenges/%ff%fe HTTP/1.1",
        b"GET /challenges?words=%00%ff HTTP/1.1",
        b"GET /challenges?after=" + b"9" * 4000 + b" HTTP/1.1",
        b"GET //challenges/../../etc/passwd HTTP/1.1",
        b"GET http://elsewhere.example/ HTTP/1.1",
        b"BREW /metrics HTTP/1.1",
        b"OPTIONS * HTTP/1.1",
        b"GET /metrics HTTP/1.1\r\nContent-Length: -5",
        b"GET /metrics HTTP/1.1\r\nContent-Length: x",
        b"GET /metrics HTTP/1.1\r\nCookie: sessionid=\xff\x00",
        b"GET /metrics HTTP/1.1\r\nAccept-Language: " + b"x," * 3000,
        b"POST /language HTTP/1.1\r\nContent-Type: multipart/form-data\r\nContent-Length: 0",
        b"\x16\x03\x01\x02\x00\x01\x00\x01",
    ],
    ids=range(15),
)
def test_odd_requests_are_answered_without_a_fault(platform: Server, line: bytes) -> None:
    with line_to(platform) as connection:
        connection.sendall(line + b"\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        answer = answer_to(connection)
    assert not answer.startswith(b"HTTP/1.1 5"), answer[:300]
    assert httpx.get(f"{platform.url}/metrics", timeout=PATIENCE).status_code == 200


def test_a_foreign_host_name_is_refused(platform: Server) -> None:
    answer = httpx.get(f"{platform.url}/", headers={"Host": "elsewhere.example"}, timeout=SECONDS)
    assert answer.status_code == 400


def test_slow_readers_do_not_block_others(platform: Server, sara: httpx.Client) -> None:
    data = b"x," * (12 * MB)
    files = {"file": ("big.csv", data)}
    entry = sara.post(f"/challenges/{SLUG}/entries", files=files).json()
    path = f"/api/v1/entries/{entry['id']}/file"
    with ExitStack() as stack:
        for _ in range(MORE_THAN_THREADS):
            line = stack.enter_context(line_to(platform))
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.sendall(
                f"GET {path} HTTP/1.1\r\nHost: localhost\r\n"
                f"Authorization: {sara.headers['Authorization']}\r\n\r\n".encode()
            )
            assert line.recv(12) == b"HTTP/1.1 200"  # the answer has begun; its reader does not go on
        answer = httpx.get(f"{platform.url}/metrics", timeout=PATIENCE)
        assert answer.status_code == 200
    whole = sara.get(f"/entries/{entry['id']}/file")
    assert whole.content == data
    part = sara.get(f"/entries/{entry['id']}/file", headers={"Range": "bytes=5-9"})
    assert (part.status_code, part.content) == (206, data[5:10])
