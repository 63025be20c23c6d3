"""The people of the tests: made by the product's own actions."""

from __future__ import annotations

from dataclasses import dataclass

from laureate.base.people.actions import found_organisation, found_platform, open_account
from laureate.base.people.models import User
from laureate.base.people.queries import viewer_of
from laureate.base.people.viewer import STRANGER, Viewer

PASSWORD = "quiet harbour of nine boats"


@dataclass(frozen=True, slots=True)
class People:
    """Everybody who plays a part, and the two organisations."""

    operator: User
    host: User
    other_host: User
    solver: User
    mate: User
    rival: User
    organisation: int
    other_organisation: int


def gather_people() -> People:
    """Open all accounts and found both organisations."""
    operator = found_platform("operator@example.org", "Odile Operator", PASSWORD, "")
    names = {
        "host": "Hanna Host",
        "other_host": "Otto Host",
        "solver": "Sara Solver",
        "mate": "Max Mate",
        "rival": "Rita Rival",
    }
    accounts = {key: open_account(f"{key}@example.org", name, PASSWORD) for key, name in names.items()}
    viewer = viewer_of(operator)
    ours = found_organisation(viewer, "Acme Insurance", accounts["host"].email)
    theirs = found_organisation(viewer, "Borealis Energy", accounts["other_host"].email)
    return People(operator, **accounts, organisation=ours.pk, other_organisation=theirs.pk)


def look_as(user: User | None, scopes: frozenset[str] | None = None) -> Viewer:
    """Return who is looking, with the roles of this moment; None is a stranger."""
    return STRANGER if user is None else viewer_of(User.objects.get(pk=user.pk), scopes)
