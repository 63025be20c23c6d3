"""Guard-rails: classes of bugs that fail any test in which they show."""

from __future__ import annotations

import socket
import sys
from typing import Any

import pytest

OURS = "laureate/web/templates"
_connect = socket.socket.connect


class NetworkError(RuntimeError):
    """Raised when a test, or what it calls, reaches out beyond this machine."""


def block_network() -> None:
    """Let sockets connect to this machine only."""

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
            raise NetworkError(f"a test connects to {address[0]}")
        _connect(self, address)

    socket.socket.connect = connect  # type: ignore[method-assign]


def _is_loopback(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")


class UnknownVariable(str):
    """Stands for a variable that a template names and its page does not give: fails the test.

    Templates of other packages may rely on absent variables being empty; ours may not.
    """

    __slots__ = ()

    def __mod__(self, name: object) -> str:
        """Return nothing for a foreign template; fail for one of ours."""
        template = _template_in_use()
        if OURS in template:
            pytest.fail(f"{template}: unknown variable '{name}'", pytrace=False)
        return ""


def _template_in_use() -> str:
    frame = sys._getframe(2)
    context = frame.f_locals.get("context")
    template = getattr(getattr(context, "render_context", None), "template", None)
    origin = getattr(template, "origin", None)
    return str(getattr(origin, "name", origin))
