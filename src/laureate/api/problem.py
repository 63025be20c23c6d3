"""Challenges by API: read, import, revise, publish, close, export."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, cast

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from ninja import Body, File, Form, Query, Router, Status, UploadedFile

from laureate.api import problem_schemas as shapes
from laureate.api.auth import ANYONE, Asking
from laureate.api.paging import Items, page_of
from laureate.api.serve import DESCRIPTION, send_file
from laureate.api.shapes import SLUG, Id, Slug
from laureate.base.files.queries import blob_path
from laureate.base.files.serving import send_once
from laureate.base.people.queries import hosted_organisations
from laureate.base.people.viewer import RefusedError, Viewer
from laureate.engine.faults import Fault, mark
from laureate.engine.problem import Phase, pack_bundle, unpack_bundle
from laureate.engine.problem.paths import is_reserved, path_fault
from laureate.recipe.problem import actions, queries
from laureate.recipe.submissions.actions import finalise_challenge as finalise

router = Router(tags=["challenges"])

WHICH_ORGANISATION = Fault(
    "which_organisation",
    mark("Say for which organisation this is."),
    mark("Add the field organisation: %(slugs)s."),
    column="organisation",
)
NO_ORGANISATION = Fault(
    "no_organisation",
    mark("There is no organisation on this platform yet."),
    mark("Found one first; a challenge belongs to an organisation."),
)
BAD_PATH = Fault(
    "bad_path",
    mark("A file cannot be called like this."),
    mark("Write a relative path with / between its parts, such as data/train.csv."),
    column="path",
)


@router.get("/challenges", auth=ANYONE, response=Items[shapes.ChallengeRow])
def challenges(request: Asking, sought: Query[shapes.ChallengesSought]) -> Items[shapes.ChallengeRow]:
    """List the public challenges, newest first."""
    found = queries.challenges(
        request.auth,
        words=sought.words,
        field=sought.field,
        state=sought.state,
        after=sought.after,
        limit=sought.limit + 1,
    )
    rows, following = page_of(found, sought.limit)
    items = [shapes.ChallengeRow.model_validate(row) for row in rows]
    return Items[shapes.ChallengeRow](items=items, next=following)


@router.post("/challenges", response={201: shapes.Challenge}, exclude_unset=True)
def import_challenge(
    request: Asking,
    bundle: Annotated[UploadedFile, File(description="A zip of the folder with challenge.toml.")],
    organisation: Annotated[
        str, Form(pattern=rf"{SLUG}|^$", description="May be left out by who hosts one only.")
    ] = "",
) -> Status[shapes.Challenge]:
    """Make a draft from a folder with ``challenge.toml``."""
    organisation_id = _organisation(request.auth, organisation)
    with tempfile.TemporaryDirectory() as folder:
        zipped = Path(folder, "bundle.zip")
        zipped.symlink_to(cast("TemporaryUploadedFile", bundle).temporary_file_path())
        unpacked = unpack_bundle(zipped, Path(folder, "bundle"))
        challenge = actions.import_challenge(request.auth, organisation_id, unpacked)
    return Status(201, _page(request.auth, challenge.slug))


def _organisation(viewer: Viewer, slug: str) -> int:
    hosted = hosted_organisations(viewer)
    chosen = [org for org in hosted if org.slug == slug] if slug else hosted
    if len(chosen) == 1:
        return chosen[0].id
    if not hosted and viewer.operator:
        raise RefusedError("conflict", NO_ORGANISATION)
    if not hosted:
        # Who hosts nothing is told so by the rule, whatever they named.
        return 0
    slugs = ", ".join(org.slug for org in hosted[:20])
    fault = WHICH_ORGANISATION
    raise RefusedError(
        "invalid", Fault(fault.rule, fault.message, fault.fix, {"slugs": slugs}, column=fault.column)
    )


@router.get("/challenges/{slug}", auth=ANYONE, response=shapes.Challenge, exclude_unset=True)
def challenge_page(request: Asking, slug: Slug) -> shapes.Challenge:
    """Tell everything about a challenge that the caller may see."""
    return _page(request.auth, slug)


def _page(viewer: Viewer, slug: str) -> shapes.Challenge:
    view = queries.challenge_page(viewer, slug)
    same = (
        "id", "slug", "title", "language", "summary", "brief", "field", "sponsor", "organisation",
        "time_zone", "state", "metric", "options", "id_column", "published_at", "closed_at", "opens_at",
        "closes_at", "running",
    )  # fmt: skip
    values: dict[str, Any] = {name: getattr(view, name) for name in same}
    values |= {
        "targets": list(view.targets),
        "limits": shapes.Limits.model_validate(view.limits),
        "phases": [shapes.Phase.model_validate(phase) for phase in view.phases],
        "data": _files(slug, view.data),
        "sample": _file(slug, view.sample) if view.sample else None,
    }
    if view.runs:
        values["solution"] = _file(slug, view.solution) if view.solution else None
    if view.baselines is not None:
        values["baselines"] = _files(slug, view.baselines)
    return shapes.Challenge(**values)


def _files(slug: str, files: Sequence[queries.FileView]) -> list[shapes.File]:
    return [_file(slug, file) for file in files]


def _file(slug: str, file: queries.FileView) -> shapes.File:
    url = reverse("api:challenge_file", kwargs={"slug": slug, "id": file.id})
    same = ("id", "kind", "path", "title", "description", "size", "sha256")
    return shapes.File(url=url, **{name: getattr(file, name) for name in same})


@router.patch("/challenges/{slug}", response=shapes.Challenge, exclude_unset=True)
def revise_challenge(request: Asking, slug: Slug, revision: shapes.Revision) -> shapes.Challenge:
    """Change fields of a draft."""
    actions.revise_challenge(request.auth, slug, revision.model_dump(exclude_unset=True))
    return _page(request.auth, slug)


@router.put("/challenges/{slug}/phases", response=shapes.Challenge, exclude_unset=True)
def plan_phases(request: Asking, slug: Slug, plan: Annotated[shapes.Plan, Body()]) -> shapes.Challenge:
    """Replace the phases of a draft."""
    phases = [Phase(phase.key, phase.title, phase.opens, phase.closes) for phase in plan]
    actions.plan_phases(request.auth, slug, phases)
    return _page(request.auth, slug)


@router.get("/challenges/{slug}/check", response=shapes.Check, exclude_unset=True)
def check_challenge(request: Asking, slug: Slug) -> shapes.Check:
    """Tell every error and warning of a draft at once."""
    found = actions.check_challenge(request.auth, slug)
    return shapes.Check(
        ok=all(fault.severity != "error" for fault in found),
        problems=[shapes.Finding(**fault.as_dict(gettext)) for fault in found],
    )


@router.post("/challenges/{slug}/publish", response=shapes.Challenge, exclude_unset=True)
def publish_challenge(request: Asking, slug: Slug) -> shapes.Challenge:
    """Open a draft to the world, if it has no error."""
    actions.publish_challenge(request.auth, slug)
    return _page(request.auth, slug)


@router.post("/challenges/{slug}/close", response=shapes.Challenge, exclude_unset=True)
def close_challenge(request: Asking, slug: Slug) -> shapes.Challenge:
    """End the receiving of entries now and reveal the private leaderboard."""
    actions.close_challenge(request.auth, slug)
    return _page(request.auth, slug)


@router.post("/challenges/{slug}/finalise", response=shapes.Challenge, exclude_unset=True)
def finalise_challenge(request: Asking, slug: Slug) -> shapes.Challenge:
    """Declare the private ranking of a closed challenge final."""
    finalise(request.auth, slug)
    return _page(request.auth, slug)


@router.post("/challenges/{slug}/withdraw", response=shapes.Challenge, exclude_unset=True)
def withdraw_challenge(request: Asking, slug: Slug) -> shapes.Challenge:
    """Take a challenge back: it disappears for the public, its records stay."""
    actions.withdraw_challenge(request.auth, slug)
    return _page(request.auth, slug)


ZIP = {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}


@router.get(
    "/challenges/{slug}/export",
    response={200: None},
    openapi_extra={"responses": {200: {"description": "The challenge as one zip file", **ZIP}}},
)
def export_challenge(request: Asking, slug: Slug) -> HttpResponseBase:
    """Give the whole challenge, solution included; equal challenges give equal bytes."""
    with tempfile.TemporaryDirectory() as folder:
        laid_out, packed = Path(folder, slug), Path(folder, "bundle.zip")
        actions.export_challenge(request.auth, slug, laid_out)
        pack_bundle(laid_out, packed)
        return send_once(request, packed, f"{slug}.zip")


@router.post("/challenges/{slug}/files", response={201: shapes.File})
def attach_file(
    request: Asking,
    slug: Slug,
    file: Annotated[UploadedFile, File(description="The bytes.")],
    asked: Form[shapes.FileAsked],
) -> Status[shapes.File]:
    """Attach a file to a draft; a single solution or sample is replaced."""
    path = asked.path or file.name or ""
    if path_fault(path) is not None or is_reserved(path):
        raise RefusedError("invalid", BAD_PATH)
    attached = actions.attach_file(
        request.auth,
        slug,
        asked.kind,
        str(PurePosixPath(path)),
        file.chunks(),
        title=asked.title,
        description=asked.description,
    )
    return Status(201, _file(slug, queries.find_file(request.auth, slug, attached.pk)))


@router.delete("/challenges/{slug}/files/{id}", response={204: None})
def detach_file(request: Asking, slug: Slug, id: Id) -> Status[None]:  # noqa: A002
    """Take a file off a draft."""
    actions.detach_file(request.auth, slug, id)
    return Status(204, None)


@router.get("/challenges/{slug}/files/{id}", auth=ANYONE, response={200: None}, openapi_extra=DESCRIPTION)
def challenge_file(request: Asking, slug: Slug, id: Id) -> HttpResponseBase:  # noqa: A002
    """Give the bytes of a file, or the part that the header Range asks for."""
    found = queries.find_file(request.auth, slug, id)
    return send_file(request, blob_path(found.sha256), name=found.name, sha256=found.sha256)
