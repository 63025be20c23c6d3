"""Pages of problems for hosts: the workspace of a challenge, from draft to final."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from laureate.base.files.serving import send_once
from laureate.base.people.queries import hosted_organisations
from laureate.base.people.rules import may_host_somewhere
from laureate.base.people.viewer import RefusedError, Viewer
from laureate.engine.faults import BadInputError
from laureate.engine.problem import pack_bundle, unpack_bundle
from laureate.engine.timeline import CHALLENGE, verbs_from
from laureate.recipe.problem import actions, queries, staffing
from laureate.recipe.problem.queries import ChallengeView
from laureate.recipe.submissions.actions import finalise_challenge as finalise
from laureate.recipe.submissions.queries import turnout, turnouts
from laureate.web.blame import blame
from laureate.web.problem.forms import (
    BundleForm,
    CalendarForm,
    DraftForm,
    FileForm,
    MeasureForm,
    PhaseFormSet,
    ProblemForm,
    StaffForm,
)
from laureate.web.problem.initial import calendar_of, measure_of, phases_of, problem_of
from laureate.web.problem.mending import page_that_mends
from laureate.web.reader import viewer_in
from laureate.web.scoring.drawing import drawn_course


@require_GET
def hosted_challenges(request: HttpRequest) -> HttpResponse:
    """Show the challenges that the viewer runs."""
    viewer = viewer_in(request)
    rows = queries.hosted_challenges(viewer)
    context = {"rows": rows, "turnouts": turnouts(viewer, [row.slug for row in rows])}
    return render(request, "problem/hosted_challenges.html", context)


def _organisations(viewer: Viewer) -> list[tuple[int, str]]:
    may_host_somewhere(viewer).require()
    return [(org.id, org.name) for org in hosted_organisations(viewer)]


@require_http_methods(["GET", "POST"])
def draft_challenge(request: HttpRequest) -> HttpResponse:
    """Start a draft."""
    viewer = viewer_in(request)
    form = DraftForm(request.POST or None, organisations=_organisations(viewer))
    if form.is_valid():
        values = form.cleaned_data
        try:
            draft = actions.draft_challenge(
                viewer,
                values["organisation"],
                values["slug"],
                {"title": values["title"], "language": values["language"]},
            )
            return redirect("revise_challenge", draft.slug)
        except RefusedError as error:
            blame(form, error)
    context = {"form": form, "bundle": BundleForm(organisations=_organisations(viewer))}
    return render(request, "problem/draft_challenge.html", context, status=422 if form.errors else 200)


@require_POST
def import_challenge(request: HttpRequest) -> HttpResponse:
    """Make a draft from a zip with ``challenge.toml``."""
    viewer = viewer_in(request)
    form = BundleForm(request.POST, request.FILES, organisations=_organisations(viewer))
    faults: tuple[Any, ...] = ()
    if form.is_valid():
        with tempfile.TemporaryDirectory(prefix="laureate-bundle-") as folder:
            packed = Path(folder, "bundle.zip")
            with packed.open("wb") as out:
                for chunk in request.FILES["bundle"].chunks():  # type: ignore[union-attr]
                    out.write(chunk)
            try:
                unpacked = unpack_bundle(packed, Path(folder, "unpacked"))
                draft = actions.import_challenge(viewer, form.cleaned_data["organisation"], unpacked)
                messages.success(request, _("The challenge was read and is now a draft."))
                return redirect("run_challenge", draft.slug)
            except BadInputError as error:
                faults = error.faults
    context = {"form": DraftForm(organisations=_organisations(viewer)), "bundle": form, "faults": faults}
    return render(request, "problem/draft_challenge.html", context, status=422)


def workspace(request: HttpRequest, slug: str, here: str) -> dict[str, Any]:
    """Return what every page of a host's workspace shows: the challenge and the rail of its steps."""
    viewer = viewer_in(request)
    viewer.require_user()  # whoever left a bookmark here is asked to sign in, whatever stands behind it
    challenge = queries.run_by(viewer, slug)
    return {
        "challenge": challenge,
        "rail": _rail(challenge),
        "here": here,
        "draft": challenge.state == "draft",
    }


def _rail(challenge: ChallengeView) -> list[dict[str, Any]]:
    """Return the steps of the host's rail: name, page and how each stands."""
    measured = challenge.metric and challenge.targets and challenge.solution and challenge.sample
    over = challenge.revealed
    return [
        _step(
            "revise_challenge",
            _("Problem"),
            done=bool(challenge.summary and challenge.brief and challenge.field),
            draft=challenge,
        ),
        _step("attach_file", _("Data and measure"), done=bool(measured), draft=challenge),
        _step("plan_phases", _("Calendar and limits"), done=bool(challenge.phases), draft=challenge),
        _step("check_challenge", _("Check and publish"), done=challenge.state != "draft", draft=challenge),
        _step("received_entries", _("Entries"), done=over, draft=challenge),
        _step("run_challenge", _("Results"), done=challenge.state == "final", draft=challenge),
    ]


def _step(page: str, name: str, *, done: bool, draft: ChallengeView) -> dict[str, Any]:
    later = page in ("received_entries", "run_challenge") and draft.state == "draft"
    state = "done" if done else "later" if later else "open"
    said = {"done": _("done"), "open": _("in progress"), "later": _("after publication")}[state]
    return {"page": page, "name": name, "state": state, "said": said}


@require_GET
def run_challenge(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how a challenge stands, and what its host can do next."""
    context = workspace(request, slug, "run_challenge")
    context["verbs"] = verbs_from(CHALLENGE, context["challenge"].state)
    context["turnout"] = turnout(viewer_in(request), slug)
    context["chart"] = None if context["draft"] else drawn_course(viewer_in(request), slug)
    return render(request, "problem/run_challenge.html", context)


@require_http_methods(["GET", "POST"])
def revise_challenge(request: HttpRequest, slug: str) -> HttpResponse:
    """Change the texts of a draft."""
    context = workspace(request, slug, "revise_challenge")
    form = ProblemForm(request.POST or None, initial=problem_of(context["challenge"]))
    if form.is_valid() and _done(
        form, lambda: actions.revise_challenge(viewer_in(request), slug, form.cleaned_data)
    ):
        messages.success(request, _("Saved."))
        return redirect("attach_file", slug)
    return render(
        request, "problem/revise_challenge.html", context | {"form": form}, status=422 if form.errors else 200
    )


def _done(form: Any, act: Callable[[], object]) -> bool:
    """Do it; when it is refused, put the reasons beside the fields."""
    try:
        act()
    except RefusedError as error:
        if error.kind != "invalid":
            raise
        blame(form, error)
        return False
    return True


@require_http_methods(["GET", "POST"])
def set_measure(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose metric, id and target columns of a draft."""
    context = workspace(request, slug, "attach_file")
    form = MeasureForm(request.POST or None, initial=measure_of(context["challenge"]))
    if form.is_valid() and _done(
        form, lambda: actions.revise_challenge(viewer_in(request), slug, form.cleaned_data)
    ):
        messages.success(request, _("Saved."))
        return redirect("attach_file", slug)
    return render(
        request,
        "problem/attach_file.html",
        context | {"measure": form, "form": FileForm()},
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "POST"])
def attach_file(request: HttpRequest, slug: str) -> HttpResponse:
    """Show and attach the files of a draft."""
    context = workspace(request, slug, "attach_file")
    form = FileForm(request.POST or None, request.FILES or None)
    if form.is_valid() and _done(form, lambda: _attach(request, slug, form)):
        messages.success(request, _("The file is attached."))
        return redirect("attach_file", slug)
    context |= {"form": form, "measure": MeasureForm(initial=measure_of(context["challenge"]))}
    return render(request, "problem/attach_file.html", context, status=422 if form.errors else 200)


FOLDERS = {"data": "data", "sample": "data", "solution": "hidden", "baseline": "hidden"}


def _attach(request: HttpRequest, slug: str, form: FileForm) -> None:
    values = form.cleaned_data
    name = Path(values["file"].name).name
    title = values["title"] or (name if values["kind"] in ("data", "baseline") else "")
    path = f"{FOLDERS[values['kind']]}/{name}"
    actions.attach_file(
        viewer_in(request),
        slug,
        values["kind"],
        path,
        values["file"].chunks(),
        title=title,
        description=values["description"],
    )


@require_POST
def detach_file(request: HttpRequest, slug: str, file_id: int) -> HttpResponse:
    """Take a file off a draft."""
    actions.detach_file(viewer_in(request), slug, file_id)
    return redirect("attach_file", slug)


@require_http_methods(["GET", "POST"])
def plan_phases(request: HttpRequest, slug: str) -> HttpResponse:
    """Set the calendar and the limits of a draft, all at once."""
    context = workspace(request, slug, "plan_phases")
    challenge = context["challenge"]
    form = CalendarForm(request.POST or None, initial=calendar_of(challenge))
    phases = PhaseFormSet(request.POST or None, prefix="phases", initial=phases_of(challenge))
    if form.is_valid() and phases.is_valid():
        rows = [row for row in phases if row.cleaned_data and not row.cleaned_data.get("DELETE")]
        read = [row.phase(form.cleaned_data["time_zone"]) for row in rows]
        planned = [phase for phase in read if phase is not None]
        if len(planned) == len(rows) and _done(
            form, lambda: actions.plan_phases(viewer_in(request), slug, planned, form.cleaned_data)
        ):
            messages.success(request, _("Saved."))
            return redirect("check_challenge", slug)
    wrong = form.errors or any(phases.errors)
    return render(
        request,
        "problem/plan_phases.html",
        context | {"form": form, "phases": phases},
        status=422 if wrong else 200,
    )


@require_http_methods(["GET", "POST"])
def appoint_staff(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who runs this challenge beside its organisation; give a role."""
    context = workspace(request, slug, "appoint_staff")
    form = StaffForm(request.POST or None)
    if form.is_valid() and _done(
        form, lambda: staffing.appoint_staff(viewer_in(request), slug, **form.cleaned_data)
    ):
        messages.success(request, _("The role is given."))
        return redirect("appoint_staff", slug)
    context |= {"form": form, "rows": staffing.staff(viewer_in(request), slug)}
    return render(request, "problem/appoint_staff.html", context, status=422 if form.errors else 200)


@require_POST
def dismiss_staff(request: HttpRequest, slug: str, user_id: int) -> HttpResponse:
    """Take a role in this challenge away."""
    staffing.dismiss_staff(viewer_in(request), slug, user_id)
    messages.success(request, _("The role is taken away."))
    return redirect("appoint_staff", slug)


@require_GET
def check_challenge(request: HttpRequest, slug: str) -> HttpResponse:
    """Show everything that stands in the way of publishing."""
    context = workspace(request, slug, "check_challenge")
    if context["draft"]:
        found = [
            (fault, page_that_mends(fault)) for fault in actions.check_challenge(viewer_in(request), slug)
        ]
        context["errors"] = [pair for pair in found if pair[0].severity == "error"]
        context["warnings"] = [pair for pair in found if pair[0].severity == "warning"]
    return render(request, "problem/check_challenge.html", context)


def _moved(
    request: HttpRequest, act: Callable[[Viewer, str], object], slug: str, said: str, to: str
) -> HttpResponse:
    act(viewer_in(request), slug)
    messages.success(request, said)
    return redirect(to, slug) if to != "hosted_challenges" else redirect(to)


@require_POST
def publish_challenge(request: HttpRequest, slug: str) -> HttpResponse:
    """Open a draft to the world."""
    return _moved(
        request, actions.publish_challenge, slug, _("The challenge is open to the world."), "challenge_page"
    )


@require_POST
def close_challenge(request: HttpRequest, slug: str) -> HttpResponse:
    """End the receiving of entries."""
    said = _("The challenge is closed; its private leaderboard is open.")
    return _moved(request, actions.close_challenge, slug, said, "run_challenge")


@require_POST
def finalise_challenge(request: HttpRequest, slug: str) -> HttpResponse:
    """Declare the ranking final."""
    return _moved(request, finalise, slug, _("The ranking is final."), "run_challenge")


@require_POST
def withdraw_challenge(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a challenge back."""
    return _moved(
        request, actions.withdraw_challenge, slug, _("The challenge is withdrawn."), "hosted_challenges"
    )


@require_GET
def export_challenge(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Send the whole challenge, solution included, as a zip."""
    with tempfile.TemporaryDirectory(prefix="laureate-export-") as folder:
        laid, packed = Path(folder, slug), Path(folder, f"{slug}.zip")
        laid.mkdir()
        actions.export_challenge(viewer_in(request), slug, laid)
        pack_bundle(laid, packed)
        return send_once(request, packed, f"{slug}.zip")
