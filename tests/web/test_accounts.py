"""Setting up, signing up, in and out, and what belongs to an account."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from laureate.base.people.models import ApiToken, Membership, User
from support.people import PASSWORD, People

from .browser import Browser, as_page
from .test_host_flow import complaints

pytestmark = pytest.mark.django_db
Browse = Callable[[str], Browser]
SETUP = f"/setup?code={settings.SETUP_CODE}"
FIRST = {
    "name": "Odile", "email": "odile@example.org", "password": PASSWORD, "organisation": "Acme Insurance",
}  # fmt: skip


def test_setting_up_once() -> None:
    first = Browser()
    assert first.get("/")["Location"] == "/setup"
    for wrong in ("/setup", "/setup?code=", "/setup?code=wrong", "/setup?code=é"):
        assert "not the right one" in first.page(wrong, 403).text
        assert first.post(wrong, FIRST).status_code == 403
    assert not User.objects.exists()
    assert "make its administrator" in first.page(SETUP).text
    assert first.send(SETUP, **FIRST) == "/host"
    assert "Operate" in first.page("/host").text
    assert Membership.objects.get().organisation.name == "Acme Insurance"
    for browser in (first, Browser()):
        assert "already has its administrator" in browser.page(SETUP, 409).text
        assert browser.post(SETUP, FIRST).status_code == 409
    assert User.objects.count() == 1


def test_setting_up_shows_all_mistakes_and_keeps_values() -> None:
    response = Browser().post(SETUP, {"name": "", "email": "odile", "password": "", "organisation": "Acme"})
    assert response.status_code == 422
    assert set(complaints(response)) == {"name", "email", "password"}
    page = as_page(response, 422)
    assert (page.value("email"), page.value("organisation")) == ("odile", "Acme")
    weak = Browser().post(SETUP, FIRST | {"password": "short"})
    assert complaints(weak)["password"]
    assert "short" not in (as_page(weak, 422).value("password") or "")


def test_signing_up_out_and_in(people: People) -> None:
    browser = Browser()
    browser.cookies["zone"] = "Asia/Tokyo"
    browser.cookies["django_language"] = "fr"
    to = browser.send("/accounts/signup/", name="Nina", email="Nina@Example.org", password1=PASSWORD)
    assert to == "/mine"
    nina = User.objects.get(email="nina@example.org")
    assert (nina.name, nina.locale, nina.time_zone, nina.is_operator) == ("Nina", "fr", "Asia/Tokyo", False)
    assert "Nina" in browser.page("/mine").text
    assert browser.send("/accounts/logout/") == "/"
    assert browser.get("/mine")["Location"].startswith("/accounts/login/")
    assert (
        browser.send("/accounts/login/?next=/inbox", login="nina@example.org", password=PASSWORD) == "/inbox"
    )


def test_signing_up_shows_all_mistakes(people: People) -> None:
    response = Browser().post("/accounts/signup/", {"name": "", "email": "nina", "password1": "123"})
    assert set(complaints(response)) == {"name", "email", "password1"}
    page = as_page(response, response.status_code)
    assert page.value("email") == "nina"
    assert "123" not in (page.value("password1") or "")
    taken = Browser().post(
        "/accounts/signup/", {"name": "Sara", "email": "SOLVER@example.org", "password1": PASSWORD}
    )
    assert complaints(taken)["email"]
    assert User.objects.filter(email__iexact="solver@example.org").count() == 1


def test_a_wrong_password_tells_nothing_of_accounts(people: People) -> None:
    told = set()
    for login in (people.solver.email, "nobody@example.org"):
        response = Browser().post("/accounts/login/", {"login": login, "password": "wrong"})
        assert response.status_code == 200
        words = as_page(response).text.replace(login, "")
        told.add(re.sub(r"\s+", " ", words))
    assert len(told) == 1


def test_guessing_passwords_is_slowed_down(people: People) -> None:
    browser = Browser()
    wrong = {"login": people.solver.email, "password": "wrong"}
    answers = [browser.post("/accounts/login/", wrong) for _ in range(12)]
    assert "Too many" in answers[-1].content.decode()
    right = browser.post("/accounts/login/", wrong | {"password": PASSWORD})
    assert right.status_code != 302
    assert browser.get("/mine")["Location"].startswith("/accounts/login/")


def test_closed_accounts_do_not_sign_in(people: People) -> None:
    User.objects.filter(pk=people.solver.pk).update(is_active=False)
    browser = Browser()
    response = browser.post("/accounts/login/", {"login": people.solver.email, "password": PASSWORD})
    assert response.get("Location") != "/mine"
    assert browser.get("/mine")["Location"].startswith("/accounts/login/")


def test_changing_the_password(browse: Browse, people: People) -> None:
    solver = browse("solver")
    new = "another harbour of nine boats"
    form = {"oldpassword": "wrong", "password1": new, "password2": new}
    assert "oldpassword" in complaints(solver.post("/accounts/password/change/", form))
    solver.send("/accounts/password/change/", **form | {"oldpassword": PASSWORD})
    assert User.objects.get(pk=people.solver.pk).check_password(new)
    assert solver.get("/mine").status_code == 200


def test_sessions_are_listed_and_ended(people: People) -> None:
    here, there = Browser(), Browser()
    for browser in (here, there):
        browser.send("/accounts/login/", login=people.solver.email, password=PASSWORD)
        browser.page("/mine")
    page = here.page("/accounts/sessions/")
    assert page.all("form")
    here.send("/accounts/sessions/")
    assert there.get("/mine")["Location"].startswith("/accounts/login/")
    assert here.get("/mine").status_code == 200


def test_account_form_shows_all_mistakes(browse: Browse) -> None:
    response = browse("solver").post("/account", {"name": "", "locale": "de", "time_zone": "Nowhere"})
    assert response.status_code == 422
    assert set(complaints(response)) == {"name", "locale", "time_zone"}


def test_tokens_are_shown_once_and_revoked(browse: Browse, people: People) -> None:
    solver = browse("solver")
    page = solver.send("/account/tokens", 200, name="laptop", scopes=["read"])
    secret = re.search(r"lau_[-\w]{20,}", page.text)
    assert secret
    later = solver.page("/account/tokens").text
    assert secret[0] not in later
    assert "laptop" in later
    headers = {"Authorization": f"Bearer {secret[0]}"}
    assert Client().get("/api/v1/me", headers=headers).status_code == 200
    token = ApiToken.objects.get(name="laptop")
    browse("mate").send(f"/account/tokens/{token.pk}/revoke", 404)
    solver.send(f"/account/tokens/{token.pk}/revoke")
    assert Client().get("/api/v1/me", headers=headers).status_code == 401
    response = solver.post("/account/tokens", {"name": "", "scopes": ["everything"]})
    assert set(complaints(response)) == {"name", "scopes"}


def test_organisations_and_their_people(browse: Browse, people: People) -> None:
    operator = browse("operator")
    assert operator.send("/organisations/new", name="Third Company") == "/organisations/third-company"
    unknown = operator.post("/organisations/new", {"name": "Fourth", "owner_email": "nobody@example.org"})
    assert unknown.status_code == 422
    assert "Nobody here" in complaints(unknown)["owner_email"]
    host = browse("host")
    host.send("/organisations/acme-insurance/members", email="mate@example.org", role="host")
    assert "Max Mate" in host.page("/organisations/acme-insurance").text
    assert "Acme Insurance" in browse("mate").page("/host/new").text
    browse("mate").send("/organisations/acme-insurance/members", 404, email="rival@example.org", role="host")
    wrong = host.post("/organisations/acme-insurance/members", {"email": "x", "role": "king"})
    assert set(complaints(wrong)) == {"email", "role"}
