"""Verbs of a challenge's staff: people who host or read one challenge beside its organisation."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from laureate.base.journal.actions import record
from laureate.base.people.queries import person_by_email
from laureate.base.people.rules import no_such_person
from laureate.base.people.viewer import RefusedError, Viewer, unknown
from laureate.engine.faults import Fault, mark
from laureate.recipe.problem.choices import ChallengeRole
from laureate.recipe.problem.models import Appointment
from laureate.recipe.problem.queries import find_challenge
from laureate.recipe.problem.rules import may_appoint_staff, may_run_challenge

NO_SUCH_ROLE = Fault(
    "no_such_role", mark("There is no such role."), mark("Choose host or reader."), column="role"
)


@dataclass(frozen=True, slots=True)
class StaffRow:
    """A person's role in one challenge."""

    user_id: int
    name: str
    email: str
    role: str


def staff(viewer: Viewer, slug: str) -> list[StaffRow]:
    """Return the people appointed to one challenge, for its hosts."""
    challenge = find_challenge(viewer, slug)
    may_run_challenge(viewer, challenge).require()
    rows = Appointment.objects.filter(challenge=challenge).select_related("user").order_by("id")
    return [StaffRow(row.user_id, row.user.name, row.user.email, row.role) for row in rows]


def appoint_staff(viewer: Viewer, slug: str, email: str, role: str) -> None:
    """Give a person a role in one challenge.

    Raises:
        RefusedError: not a host of it; or with what is wrong in address and role.

    """
    challenge = find_challenge(viewer, slug)
    may_appoint_staff(viewer, challenge).require()
    person = person_by_email(email)
    faults = [] if person is not None else [no_such_person(email)]
    if role not in ChallengeRole.values:
        faults.append(NO_SUCH_ROLE)
    if person is None or faults:
        raise RefusedError("invalid", *faults)
    with transaction.atomic():
        appointment, _ = Appointment.objects.update_or_create(
            challenge=challenge, user_id=person, defaults={"role": role}
        )
        record("problem.staff_appointed", actor=viewer.user_id, about=appointment, payload={"user": person})


def dismiss_staff(viewer: Viewer, slug: str, user_id: int) -> None:
    """Take a person's role in one challenge away."""
    challenge = find_challenge(viewer, slug)
    may_appoint_staff(viewer, challenge).require()
    with transaction.atomic():
        gone, _ = Appointment.objects.filter(challenge=challenge, user_id=user_id).delete()
        if not gone:
            raise unknown()
        record("problem.staff_dismissed", actor=viewer.user_id, about=challenge, payload={"user": user_id})
