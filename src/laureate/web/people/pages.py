"""Pages of people: set-up, account, tokens, organisations."""

from __future__ import annotations

from secrets import compare_digest

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from laureate.base.people import actions, queries
from laureate.base.people.rules import ALREADY_SET_UP, WRONG_SETUP_CODE, may_operate
from laureate.base.people.viewer import RefusedError
from laureate.web.blame import blame
from laureate.web.people.forms import (
    AccountForm,
    AppointForm,
    OrganisationForm,
    SetupForm,
    TokenForm,
    zone_of_browser,
)
from laureate.web.reader import viewer_in


@require_http_methods(["GET", "POST"])
def found_platform(request: HttpRequest) -> HttpResponse:
    """Make the first administrator; only for whoever can read the server's first lines."""
    if queries.is_set_up():
        raise RefusedError("conflict", ALREADY_SET_UP)
    code = request.GET.get("code", "")
    if not compare_digest(code.encode(), settings.SETUP_CODE.encode()):
        raise RefusedError("forbidden", WRONG_SETUP_CODE)
    form = SetupForm(request.POST or None)
    if form.is_valid():
        reader = {"locale": translation.get_language() or "en", "time_zone": zone_of_browser(request)}
        try:
            user = actions.found_platform(**form.cleaned_data, **reader)
            login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
            return redirect("hosted_challenges")
        except RefusedError as error:
            blame(form, error)
    return render(request, "people/found_platform.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def settle_reader(request: HttpRequest) -> HttpResponse:
    """Show and change how a person wants to be addressed."""
    viewer = viewer_in(request)
    viewer.require_user()
    settled = queries.reader_of(viewer)
    form = AccountForm(request.POST or None, initial=settled)
    if form.is_valid():
        try:
            actions.settle_reader(viewer, **form.cleaned_data)
            messages.success(request, _("Saved."))
            response = redirect("settle_reader")
            response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)  # the account's language holds from now on
            return response
        except RefusedError as error:
            blame(form, error)
    return render(
        request,
        "people/settle_reader.html",
        {"form": form, "email": viewer.email},
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """Show the viewer's API tokens; make a new one, whose secret is shown this once."""
    viewer = viewer_in(request)
    viewer.require_user()
    form = TokenForm(request.POST or None)
    secret = ""
    if form.is_valid():
        try:
            secret = actions.issue_token(viewer, form.cleaned_data["name"], form.cleaned_data["scopes"])
            form = TokenForm()
        except RefusedError as error:
            blame(form, error)
    context = {"form": form, "rows": queries.tokens_of(viewer), "secret": secret}
    return render(request, "people/tokens.html", context, status=422 if form.errors else 200)


@require_POST
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    """Revoke one of the viewer's tokens."""
    actions.revoke_token(viewer_in(request), token_id)
    messages.success(request, _("The token is revoked; nothing can use it any more."))
    return redirect("tokens")


@require_http_methods(["GET", "POST"])
def found_organisation(request: HttpRequest) -> HttpResponse:
    """Found an organisation."""
    viewer = viewer_in(request)
    may_operate(viewer).require()
    form = OrganisationForm(request.POST or None)
    if form.is_valid():
        try:
            founded = actions.found_organisation(
                viewer, form.cleaned_data["name"], form.cleaned_data["owner_email"]
            )
            return redirect("organisation", founded.slug)
        except RefusedError as error:
            blame(form, error)
    return render(
        request, "people/found_organisation.html", {"form": form}, status=422 if form.errors else 200
    )


@require_GET
def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an organisation to its own people: who may do what."""
    page = queries.organisation_page(viewer_in(request), slug)
    return render(request, "people/organisation.html", {"organisation": page, "form": AppointForm()})


@require_POST
def appoint_member(request: HttpRequest, slug: str) -> HttpResponse:
    """Give a person a role in an organisation."""
    viewer = viewer_in(request)
    page = queries.organisation_page(viewer, slug)
    form = AppointForm(request.POST)
    if form.is_valid():
        try:
            actions.appoint_member(viewer, page.id, form.cleaned_data["email"], form.cleaned_data["role"])
            messages.success(request, _("The role is given."))
            return redirect("organisation", slug)
        except RefusedError as error:
            if error.kind != "invalid":
                raise
            blame(form, error)
    return render(request, "people/organisation.html", {"organisation": page, "form": form}, status=422)
