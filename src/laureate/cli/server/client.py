"""The REST API as commands use it: every failure is a fault, whatever the server answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import httpx

from laureate import __version__
from laureate.cli.server.keeping import Login, current_login
from laureate.engine.faults import BadInputError, Fault, mark

PAGE = 200
MAX_PAGES = 500
TIMEOUT = httpx.Timeout(60.0, connect=10.0)


class Server:
    """A connection to one server; used in a ``with`` block."""

    def __init__(self, login: Login) -> None:
        self.login = login
        headers = {"User-Agent": f"laureate/{__version__}", "Accept-Language": "en"}
        if login.token:
            headers["Authorization"] = f"Bearer {login.token}"
        try:
            self._http = httpx.Client(base_url=f"{login.url}/api/v1", headers=headers, timeout=TIMEOUT)
        except (httpx.InvalidURL, UnicodeError, ValueError):
            raise BadInputError([_bad_address(login.url)]) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    @property
    def signed_in(self) -> bool:
        """Return whether requests carry a token."""
        return bool(self.login.token)

    def get(self, path: str, **params: str | int | None) -> Any:
        """Return the JSON answer to a question; parameters without a value are left out.

        Raises BadInputError with the server's faults, or with why there was no answer.
        """
        return self.send(
            "GET", path, params={key: value for key, value in params.items() if value not in (None, "")}
        )

    def send(self, method: str, path: str, **request: Any) -> Any:
        """Return the JSON answer to a request, None where it has no body; raises as :meth:`get`."""
        with self._guarded():
            answer = self._http.request(method, path, **request)
        self._refuse(answer)
        if answer.status_code == httpx.codes.NO_CONTENT:
            return None
        try:
            return answer.json()
        except ValueError:
            raise BadInputError([self._not_laureate()]) from None

    def items(
        self, path: str, *, most: int | None = None, **params: str | int | None
    ) -> list[dict[str, Any]]:
        """Return the items of all pages of a list, at most ``most``; raises as :meth:`get`."""
        found: list[dict[str, Any]] = []
        after: Any = None
        for _ in range(MAX_PAGES):
            wanted = PAGE if most is None else min(PAGE, most - len(found))
            page = self.get(path, **params, after=after, limit=wanted)
            found += page["items"]
            after = page.get("next")
            if after is None or (most is not None and len(found) >= most):
                break
        return found

    @contextmanager
    def stream(self, path: str, headers: Mapping[str, str] | None = None) -> Iterator[httpx.Response]:
        """Open an answer whose bytes are read piece by piece; raises as :meth:`get`.

        Status 416 is the caller's to judge. Addresses of other servers get no token.
        """
        with self._guarded(), self._http.stream("GET", path, headers=dict(headers or {})) as answer:
            if answer.is_error and answer.status_code != httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                answer.read()
            self._refuse(answer)
            yield answer

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Turn what can go wrong on the way into faults."""
        try:
            yield
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            raise BadInputError([_bad_address(self.login.url)]) from None
        except httpx.HTTPError as error:
            raise BadInputError([self._unreachable(error)]) from None

    def _unreachable(self, error: httpx.HTTPError) -> Fault:
        reason = "no answer in time" if isinstance(error, httpx.TimeoutException) else str(error)
        return Fault(
            "server_unreachable",
            mark("The server at %(url)s cannot be reached, or broke off: %(reason)s."),
            mark("Check the address and that it runs; “laureate login --url ADDRESS” sets another address."),
            {"url": self.login.url, "reason": reason or type(error).__name__},
        )

    def _refuse(self, answer: httpx.Response) -> None:
        """Raise BadInputError where the answer is a refusal, a redirection or a failure."""
        if answer.is_success or answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            return
        if answer.is_redirect:
            raise BadInputError([self._moved(answer.headers.get("Location", ""))])
        faults = _faults_of(answer)
        if answer.status_code == httpx.codes.UNAUTHORIZED and not _is_login(answer.request):
            raise BadInputError([self._sign_in(faults)])
        raise BadInputError(faults or [self._failed(answer)])

    def _sign_in(self, faults: list[Fault]) -> Fault:
        if self.login.from_environment:
            fix = mark("Check LAUREATE_TOKEN: it may have been revoked or belong to another server.")
        else:
            fix = mark("Run “laureate login”.")
        if faults and not self.signed_in:
            return Fault("sign_in", faults[0].message, fix)
        if not self.signed_in:
            return Fault("sign_in", mark("This is for people who are signed in."), fix)
        return Fault("sign_in", mark("The server does not accept this token."), fix)

    def _moved(self, location: str) -> Fault:
        return Fault(
            "server_moved",
            mark("%(url)s sends on to %(location)s."),
            mark("Use the address that the server has now: “laureate login --url ADDRESS”."),
            {"url": self.login.url, "location": location},
        )

    def _failed(self, answer: httpx.Response) -> Fault:
        wait = answer.headers.get("Retry-After", "")
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS and wait.isdigit():
            return Fault(
                "too_many_requests",
                mark("The server has had too many requests from you."),
                mark("Try again in %(seconds)d s."),
                {"seconds": int(wait)},
            )
        if answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE:
            return Fault(
                "too_large",
                mark("The file is larger than this server takes."),
                mark("Compress it, or ask the operator for the limit."),
            )
        if answer.status_code == httpx.codes.NOT_FOUND and not _is_problem(answer):
            return self._not_laureate()
        return Fault(
            "server_failed",
            mark("The server at %(url)s answered with status %(status)d."),
            mark("Try again later; if it lasts, tell its operator."),
            {"url": self.login.url, "status": answer.status_code},
        )

    def _not_laureate(self) -> Fault:
        return Fault(
            "not_laureate",
            mark("What answers at %(url)s is no Laureate server, or one of another version."),
            mark("Check the address; “laureate login --url ADDRESS” sets another."),
            {"url": self.login.url},
        )


def connect(login: Login | None = None) -> Server:
    """Return a connection to the server of the current login."""
    return Server(current_login() if login is None else login)


def _bad_address(url: str) -> Fault:
    return Fault(
        "bad_address",
        mark("“%(url)s” is no address of a server."),
        mark("Write it like https://prizes.example.org."),
        {"url": url},
    )


def _is_login(request: httpx.Request) -> bool:
    """Tell whether a request brings its own proof of identity, so that its refusal is about that."""
    return (
        request.method == "POST"
        and "Authorization" not in request.headers
        and request.url.path.endswith("/tokens")
    )


def _is_problem(answer: httpx.Response) -> bool:
    kind: str = answer.headers.get("Content-Type", "")
    return kind.startswith("application/problem+json")


def _faults_of(answer: httpx.Response) -> list[Fault]:
    """Return the faults of a problem+json answer; none where it is something else."""
    if not _is_problem(answer):
        return []
    try:
        problem = answer.json()
    except ValueError:
        return []
    if not isinstance(problem, dict):
        return []
    faults = faults_of(problem.get("errors"))
    said = problem.get("detail") or problem.get("title")
    if faults or not said:
        return faults
    return [Fault("refused", _template(said), mark("“laureate COMMAND --help” explains how it is called."))]


def faults_of(errors: Any) -> list[Fault]:
    """Return the faults that an answer lists; their texts are said as they come."""
    return [
        Fault(
            rule=str(error.get("rule", "refused")),
            message=_template(error.get("message", "")),
            fix=_template(error.get("fix", "")),
            file=error.get("file"),
            line=error.get("line"),
            column=error.get("column"),
            count=error.get("count"),
            examples=tuple(error.get("examples") or ()),
            severity="warning" if error.get("severity") == "warning" else "error",
        )
        for error in (errors if isinstance(errors, list) else [])
        if isinstance(error, dict)
    ]


def _template(text: Any) -> str:
    # The text is already filled in: a per cent sign in it is one.
    return str(text).replace("%", "%%")
