"""Who is looking, and what the answer to "may I" is.

Every query takes a :class:`Viewer`; every rule answers with a :class:`Verdict`; every
door turns a :class:`RefusedError` into its own kind of answer. A :class:`FieldPolicy`
says who may see which field: a field that it does not name is shown to nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal

from laureate.engine.faults import BadInputError, Fault, mark

Kind = Literal["unknown", "sign_in", "forbidden", "conflict", "quota", "invalid"]

STATUS: dict[Kind, HTTPStatus] = {
    "unknown": HTTPStatus.NOT_FOUND,
    "sign_in": HTTPStatus.UNAUTHORIZED,
    "forbidden": HTTPStatus.FORBIDDEN,
    "conflict": HTTPStatus.CONFLICT,
    "quota": HTTPStatus.TOO_MANY_REQUESTS,
    "invalid": HTTPStatus.UNPROCESSABLE_ENTITY,
}
"""The status by which pages and API answer each kind of refusal."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person (or stranger) on whose behalf a question is asked."""

    user_id: int | None = None
    name: str = ""
    email: str = ""
    locale: str = ""
    """The language this person chose; empty for a stranger."""
    time_zone: str = ""
    """The clocks on which this person reads times; empty for a stranger."""
    operator: bool = False
    hosting: frozenset[int] = field(default_factory=frozenset)
    """Ids of the organisations in which this person is owner or host."""
    reading: frozenset[int] = field(default_factory=frozenset)
    """Ids of the organisations whose drafts this person may read."""
    scopes: frozenset[str] | None = None
    """Scopes of the API token in use; None in a browser session, where all hold."""
    token: int | None = None
    """The number of the API token in use."""

    @property
    def signed_in(self) -> bool:
        """Return whether this is a person with an account."""
        return self.user_id is not None

    @property
    def hosts(self) -> bool:
        """Return whether this person can run challenges of at least one organisation."""
        return self.operator or bool(self.hosting)

    def holds(self, scope: str) -> bool:
        """Return whether the session or token in use covers ``scope``."""
        return self.scopes is None or scope in self.scopes

    def require_user(self) -> int:
        """Return the user's id.

        Raises:
            RefusedError: kind ``sign_in`` for a stranger.

        """
        if self.user_id is None:
            raise RefusedError("sign_in", SIGN_IN)
        return self.user_id


STRANGER = Viewer()
SIGN_IN = Fault("sign_in", mark("You are not signed in."), mark("Sign in, or give a valid API token."))
UNKNOWN = Fault(
    "unknown", mark("There is nothing here."), mark("Check the address; it may be private or gone.")
)


class RefusedError(BadInputError):
    """Raised when a rule says no: the kind decides the status, the faults say why and what to do."""

    def __init__(self, kind: Kind, *faults: Fault) -> None:
        self.kind = kind
        super().__init__(faults)


def unknown() -> RefusedError:
    """Return the refusal that does not tell whether the thing exists."""
    return RefusedError("unknown", UNKNOWN)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer of a rule: yes, or no with its kind and the reason."""

    kind: Kind | None = None
    fault: Fault | None = None

    def __bool__(self) -> bool:
        return self.kind is None

    @property
    def reason(self) -> Fault | None:
        """Return why not, or None."""
        return self.fault

    def require(self) -> None:
        """Raise :class:`RefusedError` unless the answer is yes."""
        if self.kind is not None and self.fault is not None:
            raise RefusedError(self.kind, self.fault)


YES = Verdict()


def no(kind: Kind, fault: Fault) -> Verdict:
    """Return a negative verdict."""
    return Verdict(kind, fault)


@dataclass(frozen=True, slots=True)
class FieldPolicy:
    """Which audiences may see which field; deny by default.

    ``table`` maps a field to the audiences that may see it. Asking to show a field that the
    table does not name is a programming error, not a leak.
    """

    table: Mapping[str, frozenset[str]]

    def shown(self, values: Mapping[str, Any], audiences: Iterable[str]) -> dict[str, Any]:
        """Return ``values`` with None in the place of what none of ``audiences`` may see.

        Raises:
            KeyError: when a field is not declared in the policy.

        """
        present = frozenset(audiences)
        return {name: value if self.table[name] & present else None for name, value in values.items()}
