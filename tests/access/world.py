"""The world of the matrix: everybody who may look, and one challenge in a given state."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.test import Client

from laureate.base.people.actions import issue_token, open_account
from laureate.base.people.models import ApiToken, User
from laureate.recipe.problem.actions import (
    close_challenge,
    import_challenge,
    publish_challenge,
    withdraw_challenge,
)
from laureate.recipe.problem.models import ChallengeFile
from laureate.recipe.problem.staffing import appoint_staff
from laureate.recipe.submissions.actions import finalise_challenge, join_challenge, select_entry, submit_entry
from laureate.recipe.submissions.models import Entry
from laureate.recipe.submissions.teaming import accept_invitation, invite_member, propose_merge
from laureate.worker.loop import run_due_tasks
from support.claims import predictions
from support.people import PASSWORD, People, look_as

STATES = ("draft", "open", "closed", "final", "withdrawn")
ROLES = ("stranger", "solver", "mate", "rival", "other_host", "reader", "host", "operator")
MOVES: dict[str, tuple[Any, ...]] = {
    "draft": (),
    "open": (),
    "closed": (close_challenge,),
    "final": (close_challenge, finalise_challenge),
    "withdrawn": (withdraw_challenge,),
}
NOTHING = 999_999
"""The id of what does not exist."""


@dataclass
class World:
    """One challenge in one state, the ids of its things, and who may ask."""

    state: str
    people: People
    reader: User
    """Somebody appointed to read this one challenge."""
    slug: str = "claims"
    files: dict[str, int] = field(default_factory=dict)
    entries: dict[str, int] = field(default_factory=dict)
    merge: int = NOTHING
    token: int = NOTHING
    code: str = "no-such-code"
    secrets: dict[str, str] = field(default_factory=dict)
    bundle: Path = Path()
    role: str = "stranger"
    """Who asks now."""

    @property
    def other_team(self) -> str:
        """Return the name of a team that is not that of who asks."""
        return "Sara Solver" if self.role == "rival" else "Rita Rival"

    def user(self, role: str) -> User | None:
        """Return the account of a role; a stranger has none."""
        if role == "reader":
            return self.reader
        return None if role == "stranger" else getattr(self.people, role)


def build_world(people: People, folder: Path, state: str) -> World:
    """Bring the challenge in ``folder`` into ``state``, with teams and entries as the state allows.

    The solver is captain of a team with the mate; the rival has a team of their own and has
    proposed a merge. One entry of the solver is scored, one is a final selection, one waits (until
    the close).
    """
    world = World(state, people, open_account("reader@example.org", "Remy Reader", PASSWORD))
    host = look_as(people.host)
    challenge = import_challenge(host, people.organisation, folder)
    appoint_staff(host, world.slug, world.reader.email, "reader")
    files = ChallengeFile.objects.filter(challenge=challenge).order_by("id")
    world.files = {file.kind: file.pk for file in files}
    for role in ROLES[1:]:
        viewer = look_as(world.user(role))
        world.secrets[role] = issue_token(viewer, "matrix", ["read", "submit", "host"])
    world.token = ApiToken.objects.get(user=people.solver).pk
    if state != "draft":
        publish_challenge(host, world.slug)
        _play(world)
    for move in MOVES[state]:
        move(host, world.slug)
        run_due_tasks("access")  # a ranking is final only when every entry has its score
    return world


def _play(world: World) -> None:
    people, slug = world.people, world.slug
    solver, mate, rival = (look_as(user) for user in (people.solver, people.mate, people.rival))
    join_challenge(solver, slug)
    accept_invitation(mate, invite_member(solver, slug))
    join_challenge(rival, slug)
    world.code = invite_member(solver, slug)
    world.entries["scored"] = _enter(solver, slug, predictions(1.0))
    world.entries["selected"] = _enter(solver, slug, predictions(2.0))
    world.entries["rivals"] = _enter(rival, slug, predictions(1.5))
    run_due_tasks("access")
    select_entry(solver, world.entries["selected"])
    world.entries["waiting"] = _enter(solver, slug, predictions(2.5))
    world.merge = propose_merge(rival, slug, "Sara Solver").pk


def _enter(viewer: Any, slug: str, content: bytes) -> int:
    entry: Entry = submit_entry(viewer, slug, [content], "entry.csv", "")
    return entry.pk


def sign_in(user: User | None) -> Client:
    """Return the browser of a person; errors of ours are answers with status 500."""
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client
