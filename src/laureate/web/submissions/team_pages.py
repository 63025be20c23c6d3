"""Pages of teams: members, invitations, merges."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from laureate.base.people.viewer import STATUS, RefusedError
from laureate.recipe.submissions import teaming
from laureate.recipe.submissions.queries import standing
from laureate.web.blame import blame
from laureate.web.challenge import challenge_frame
from laureate.web.reader import viewer_in
from laureate.web.submissions.forms import MergeForm, TeamNameForm


def _team(request: HttpRequest, slug: str, status: HTTPStatus = HTTPStatus.OK, **extra: Any) -> HttpResponse:
    frame = challenge_frame(viewer_in(request), slug)
    team = standing(viewer_in(request), slug).team
    context = frame | {
        "team": team,
        "naming": TeamNameForm(initial={"name": team.name if team else ""}),
        "merging": MergeForm(),
    }
    return render(request, "submissions/team.html", context | extra, status=status)


@require_GET
def team(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the viewer's team."""
    viewer_in(request).require_user()
    return _team(request, slug)


@require_POST
def rename_team(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the team another name."""
    form = TeamNameForm(request.POST)
    if form.is_valid():
        try:
            teaming.rename_team(viewer_in(request), slug, form.cleaned_data["name"])
            messages.success(request, _("Your team has a new name."))
            return redirect("team", slug)
        except RefusedError as error:
            if error.kind not in ("invalid", "conflict"):
                raise
            blame(form, error)
            return _team(request, slug, STATUS[error.kind], naming=form)
    return _team(request, slug, HTTPStatus.UNPROCESSABLE_ENTITY, naming=form)


@require_POST
def invite_member(request: HttpRequest, slug: str) -> HttpResponse:
    """Make an invitation link, shown this once."""
    code = teaming.invite_member(viewer_in(request), slug)
    link = f"{settings.PUBLIC_URL}{reverse('read_invitation', args=[code])}"
    return _team(request, slug, invitation=link)


@require_POST
def propose_merge(request: HttpRequest, slug: str) -> HttpResponse:
    """Propose to another team that theirs and ours become one."""
    form = MergeForm(request.POST)
    if form.is_valid():
        try:
            teaming.propose_merge(viewer_in(request), slug, form.cleaned_data["team"])
            messages.success(request, _("The proposal is sent. Their captain decides."))
            return redirect("team", slug)
        except RefusedError as error:
            if error.kind not in ("invalid", "conflict"):
                raise
            blame(form, error)
            return _team(request, slug, STATUS[error.kind], merging=form)
    return _team(request, slug, HTTPStatus.UNPROCESSABLE_ENTITY, merging=form)


@require_POST
def answer_merge(request: HttpRequest, slug: str, merge_id: int) -> HttpResponse:
    """Accept or decline a proposal."""
    accept = request.POST.get("answer") == "accept"
    teaming.answer_merge(viewer_in(request), slug, merge_id, accept=accept)
    messages.success(request, _("You are one team now.") if accept else _("The proposal is declined."))
    return redirect("team", slug)


@require_GET
def read_invitation(request: HttpRequest, code: str) -> HttpResponse:
    """Show to what an invitation leads."""
    invitation = teaming.read_invitation(viewer_in(request), code)
    return render(request, "submissions/read_invitation.html", {"invitation": invitation, "code": code})


@require_POST
def accept_invitation(request: HttpRequest, code: str) -> HttpResponse:
    """Join the team of an invitation."""
    joined = teaming.accept_invitation(viewer_in(request), code)
    messages.success(request, _("You are now a member of the team."))
    return redirect("team", joined.challenge.slug)
