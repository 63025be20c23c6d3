"""The staff of a challenge by API: who hosts or reads it beside its organisation."""

from __future__ import annotations

from typing import Literal

from ninja import Router, Status

from laureate.api.auth import Asking
from laureate.api.paging import Items
from laureate.api.people import Email
from laureate.api.shapes import Answer, Asked, Id, Slug
from laureate.recipe.problem import staffing

router = Router(tags=["challenges"])


class StaffAsked(Asked):
    """A person's role in one challenge."""

    email: Email
    role: Literal["host", "reader"]


class StaffRow(Answer):
    """A person with a role in one challenge."""

    user_id: int
    name: str
    email: str
    role: str


def _rows(request: Asking, slug: str) -> Items[StaffRow]:
    rows = [StaffRow.model_validate(row) for row in staffing.staff(request.auth, slug)]
    return Items[StaffRow](items=rows, next=None)


@router.get("/challenges/{slug}/staff", response=Items[StaffRow])
def staff(request: Asking, slug: Slug) -> Items[StaffRow]:
    """List who has a role in this challenge alone; for its hosts."""
    return _rows(request, slug)


@router.put("/challenges/{slug}/staff", response=Items[StaffRow])
def appoint_staff(request: Asking, slug: Slug, asked: StaffAsked) -> Items[StaffRow]:
    """Give a person a role in this challenge; for its hosts."""
    staffing.appoint_staff(request.auth, slug, asked.email, asked.role)
    return _rows(request, slug)


@router.delete("/challenges/{slug}/staff/{id}", response={204: None})
def dismiss_staff(request: Asking, slug: Slug, id: Id) -> Status[None]:  # noqa: A002
    """Take a person's role in this challenge away; for its hosts."""
    staffing.dismiss_staff(request.auth, slug, id)
    return Status(204, None)
