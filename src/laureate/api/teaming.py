"""Teams by API: rename, invite, accept, merge."""

from __future__ import annotations

from django.conf import settings
from ninja import Router, Status

from laureate.api import submissions_schemas as shapes
from laureate.api.auth import ANYONE, Asking
from laureate.api.shapes import Code, Id, Slug
from laureate.api.submissions import standing_in
from laureate.recipe.submissions import teaming as actions

router = Router(tags=["teams"])


@router.patch("/challenges/{slug}/team", response=shapes.Standing, exclude_unset=True)
def rename_team(request: Asking, slug: Slug, asked: shapes.TeamAsked) -> shapes.Standing:
    """Give the caller's team another name; its captain may."""
    actions.rename_team(request.auth, slug, asked.name)
    return standing_in(request.auth, slug)


@router.post("/challenges/{slug}/invitations", response={201: shapes.InvitationMade})
def invite_member(request: Asking, slug: Slug) -> Status[shapes.InvitationMade]:
    """Make an invitation for one person; its captain may."""
    code = actions.invite_member(request.auth, slug)
    made = shapes.InvitationMade(code=code, url=f"{settings.PUBLIC_URL}/invitations/{code}")
    return Status(201, made)


@router.get("/invitations/{code}", auth=ANYONE, response=shapes.InvitationRead)
def read_invitation(request: Asking, code: Code) -> shapes.InvitationRead:
    """Tell where an invitation leads, to whoever holds its code."""
    return shapes.InvitationRead.model_validate(actions.read_invitation(request.auth, code))


@router.post("/invitations/{code}/accept", response=shapes.Standing, exclude_unset=True)
def accept_invitation(request: Asking, code: Code) -> shapes.Standing:
    """Join the team of an invitation."""
    team = actions.accept_invitation(request.auth, code)
    return standing_in(request.auth, team.challenge.slug)


@router.post("/challenges/{slug}/merges", response={201: shapes.MergeProposed})
def propose_merge(request: Asking, slug: Slug, asked: shapes.MergeAsked) -> Status[shapes.MergeProposed]:
    """Propose that the caller's team becomes part of another."""
    merge = actions.propose_merge(request.auth, slug, asked.team)
    made = shapes.MergeProposed(id=merge.pk, source=merge.source.name, target=merge.target.name)
    return Status(201, made)


@router.patch("/challenges/{slug}/merges/{id}", response=shapes.Standing, exclude_unset=True)
def answer_merge(request: Asking, slug: Slug, id: Id, asked: shapes.MergeAnswered) -> shapes.Standing:  # noqa: A002
    """Accept or decline a proposal, as captain of the team that would grow."""
    actions.answer_merge(request.auth, slug, id, accept=asked.accept)
    return standing_in(request.auth, slug)
