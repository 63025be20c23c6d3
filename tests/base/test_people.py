"""People: accounts, organisations, roles and tokens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from laureate.base.journal.clock import now
from laureate.base.journal.models import Event
from laureate.base.people.actions import (
    LAST_USE_GRAIN,
    appoint_member,
    found_organisation,
    found_platform,
    issue_token,
    note_token_use,
    open_account,
    renew_password,
    revoke_token,
    settle_reader,
)
from laureate.base.people.models import ApiToken, Membership, Organisation, User
from laureate.base.people.queries import (
    hosted_organisations,
    is_set_up,
    token_digest,
    token_in_use,
    tokens_of,
    viewer_of,
)
from laureate.base.people.rules import may_host, may_operate, may_use
from laureate.base.people.viewer import STRANGER, FieldPolicy, RefusedError
from support.people import PASSWORD, People

pytestmark = pytest.mark.django_db


def rules_of(refusal: pytest.ExceptionInfo[RefusedError]) -> list[str]:
    return [fault.rule for fault in refusal.value.faults]


def test_an_account_is_opened_with_a_hashed_password_and_an_event() -> None:
    user = open_account("  Ada@Example.ORG ", " Ada ", PASSWORD, locale="fr", time_zone="Europe/Paris")
    assert (user.email, user.name, user.locale) == ("ada@example.org", "Ada", "fr")
    assert user.check_password(PASSWORD)
    assert PASSWORD not in user.password
    assert not user.is_operator
    assert Event.objects.filter(verb="people.account_opened", object_id=str(user.pk)).count() == 1


def test_every_mistake_is_said_at_once() -> None:
    with pytest.raises(RefusedError) as refusal:
        open_account("nowhere", "", "short")
    assert refusal.value.kind == "invalid"
    assert {"email", "name", "password"} == set(rules_of(refusal))
    assert {fault.column for fault in refusal.value.faults} == {"email", "name", "password"}
    assert all(fault.said() and fault.mend() for fault in refusal.value.faults)
    assert not User.objects.exists()


@pytest.mark.parametrize("password", ["short", "password1234", "ada@example.org", "100%s%d"])
def test_weak_passwords_are_refused_in_words(password: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        open_account("ada@example.org", "Ada", password)
    assert set(rules_of(refusal)) == {"password"}
    assert all(fault.said() for fault in refusal.value.faults)


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "Ada\0", "Ada\nBcc: all", "Ada\ud800"])
def test_names_that_cannot_be_kept_are_refused(name: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        open_account("ada@example.org", name, PASSWORD)
    assert refusal.value.faults[0].column == "name"


@pytest.mark.parametrize("email", ["a\0@example.org", "ad\ud800a@example.org", "", "a@b", "a b@example.org"])
def test_addresses_that_are_none_are_refused(email: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        open_account(email, "Ada", PASSWORD)
    assert rules_of(refusal) == ["email"]


def test_one_account_per_address_whatever_its_capitals() -> None:
    open_account("ada@example.org", "Ada", PASSWORD)
    with pytest.raises(RefusedError) as refusal:
        open_account("ADA@example.org", "Other", PASSWORD)
    assert rules_of(refusal) == ["email_taken"]
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="Ada@Example.Org", name="Row")
    assert User.objects.get_by_natural_key("aDA@example.org").name == "Ada"


def test_two_at_once_with_one_address_get_a_refusal_not_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    open_account("ada@example.org", "Ada", PASSWORD)
    monkeypatch.setattr("laureate.base.people.actions._email_faults", lambda email: [])
    with pytest.raises(RefusedError) as refusal:
        open_account("ada@example.org", "Other", PASSWORD)
    assert (refusal.value.kind, rules_of(refusal)) == ("conflict", ["email_taken"])


def test_a_platform_is_founded_once() -> None:
    assert not is_set_up()
    operator = found_platform("op@example.org", "Op", PASSWORD, "Acme & Sons")
    assert operator.is_operator
    assert is_set_up()
    assert Organisation.objects.get().slug == "acme-sons"
    assert Membership.objects.get().role == "owner"
    with pytest.raises(RefusedError) as refusal:
        found_platform("other@example.org", "Other", PASSWORD, "Other")
    assert (refusal.value.kind, rules_of(refusal)) == ("conflict", ["already_set_up"])
    assert User.objects.count() == 1


def test_a_wrong_first_operator_leaves_nothing() -> None:
    with pytest.raises(RefusedError):
        found_platform("op@example.org", "Op", "short", "Acme")
    with pytest.raises(RefusedError):
        found_platform("op@example.org", "Op", PASSWORD, "Ac\0me")
    assert not User.objects.exists()
    assert not Organisation.objects.exists()


def test_organisations_of_one_name_get_addresses_of_their_own(people: People, viewer: Callable) -> None:
    made = [found_organisation(viewer(people.operator), "Acme Insurance") for _ in range(2)]
    assert [org.slug for org in made] == ["acme-insurance-2", "acme-insurance-3"]
    assert found_organisation(viewer(people.operator), "保険").slug == "organisation"


@pytest.mark.parametrize("name", ["", " ", "x" * 200, "a\0b"])
def test_organisations_need_a_name(people: People, viewer: Callable, name: str) -> None:
    with pytest.raises(RefusedError):
        found_organisation(viewer(people.operator), name)
    assert Organisation.objects.count() == 2


def test_only_operators_found_organisations(people: People, viewer: Callable) -> None:
    for user, kind in [(people.host, "forbidden"), (None, "sign_in")]:
        with pytest.raises(RefusedError) as refusal:
            found_organisation(viewer(user), "Mine")
        assert refusal.value.kind == kind
    for email in ("nobody@example.org", "no\0body@example.org"):
        with pytest.raises(RefusedError) as refusal:
            found_organisation(viewer(people.operator), "Mine", email)
        assert rules_of(refusal) == ["no_such_person"]


def test_owners_appoint_members_and_others_do_not_know_the_organisation(
    people: People, viewer: Callable
) -> None:
    appoint_member(viewer(people.host), people.organisation, "MATE@example.org", "reader")
    mate = viewer(people.mate)
    assert (mate.reading, mate.hosting) == ({people.organisation}, frozenset())
    appoint_member(viewer(people.host), people.organisation, "mate@example.org", "host")
    assert viewer(people.mate).hosting == {people.organisation}
    for user in (people.mate, people.other_host, people.solver):
        with pytest.raises(RefusedError) as refusal:
            appoint_member(viewer(user), people.organisation, "rival@example.org", "host")
        assert refusal.value.kind == "unknown"
    for email, role in [
        ("nobody@example.org", "host"),
        ("rival@example.org", "king"),
        ("r\0@example.org", "host"),
    ]:
        with pytest.raises(RefusedError) as refusal:
            appoint_member(viewer(people.host), people.organisation, email, role)
        assert refusal.value.kind == "invalid"


def test_roles_decide_what_people_may(people: People, viewer: Callable) -> None:
    host, solver, operator = viewer(people.host), viewer(people.solver), viewer(people.operator)
    assert may_host(host, people.organisation)
    assert not may_host(host, people.other_organisation)
    assert may_host(operator, people.organisation)
    assert may_host(solver, people.organisation).kind == "forbidden"
    assert may_host(STRANGER, people.organisation).kind == "sign_in"
    assert [may_operate(who).kind for who in (operator, host, STRANGER)] == [None, "forbidden", "sign_in"]
    assert [row.name for row in hosted_organisations(host)] == ["Acme Insurance"]
    assert [row.name for row in hosted_organisations(operator)] == ["Acme Insurance", "Borealis Energy"]
    assert hosted_organisations(solver) == []


def test_a_closed_account_looks_like_a_stranger(people: People, viewer: Callable) -> None:
    User.objects.filter(pk=people.host.pk).update(is_active=False)
    assert viewer(people.host) == STRANGER
    assert viewer_of("somebody") == STRANGER


def test_a_token_is_kept_as_a_digest_and_shown_once(people: People, viewer: Callable) -> None:
    secret = issue_token(viewer(people.solver), " laptop ", ["submit", "read", "fly"])
    token = ApiToken.objects.get()
    assert token.digest == token_digest(secret)
    assert secret not in str(vars(token))
    assert (token.name, token.scopes, token.hint) == ("laptop", ["read", "submit"], secret[:8])
    assert [(row.name, row.hint) for row in tokens_of(viewer(people.solver))] == [("laptop", secret[:8])]
    found = token_in_use(secret, now())
    assert found is not None
    assert found.user == people.solver
    assert token_in_use(secret + "x", now()) is None
    assert token_in_use(token.digest, now()) is None


def test_a_token_needs_a_name_and_a_scope(people: People, viewer: Callable) -> None:
    for name, scopes in [("", ["read"]), ("laptop", []), ("laptop", ["fly"]), ("lap\0top", ["read"])]:
        with pytest.raises(RefusedError) as refusal:
            issue_token(viewer(people.solver), name, scopes)
        assert refusal.value.kind == "invalid"
    with pytest.raises(RefusedError) as refusal:
        issue_token(STRANGER, "laptop", ["read"])
    assert refusal.value.kind == "sign_in"


def test_a_token_covers_its_scopes_only(people: People, viewer: Callable) -> None:
    reader = viewer(people.host, frozenset({"read"}))
    assert may_use(reader, "read")
    assert may_use(reader, "submit").kind == "forbidden"
    assert may_host(reader, people.organisation).kind == "forbidden"
    assert may_host(viewer(people.host, frozenset({"host"})), people.organisation)
    with pytest.raises(RefusedError):
        issue_token(reader, "stronger", ["host"])
    with pytest.raises(RefusedError):
        appoint_member(reader, people.organisation, "mate@example.org", "host")


def test_a_revoked_or_expired_token_is_dead_at_once(people: People, viewer: Callable) -> None:
    solver = viewer(people.solver)
    end = now() + timedelta(hours=1)
    brief, lasting = issue_token(solver, "brief", ["read"], end), issue_token(solver, "lasting", ["read"])
    assert token_in_use(brief, end - timedelta(seconds=1)) is not None
    assert token_in_use(brief, end) is None
    kept = token_in_use(lasting, end)
    assert kept is not None
    with pytest.raises(RefusedError) as refusal:
        revoke_token(viewer(people.rival), kept.pk)
    assert refusal.value.kind == "unknown"
    revoke_token(solver, kept.pk)
    assert token_in_use(lasting, now()) is None
    assert [row.name for row in tokens_of(solver)] == ["brief"]
    with pytest.raises(RefusedError):
        revoke_token(solver, kept.pk)
    User.objects.filter(pk=people.solver.pk).update(is_active=False)
    assert token_in_use(brief, now()) is None


def test_the_last_use_of_a_token_is_kept_to_five_minutes(people: People, viewer: Callable) -> None:
    issue_token(viewer(people.solver), "laptop", ["read"])
    instant = now()
    for after, kept in [(0, 0), (60, 0), (int(LAST_USE_GRAIN.total_seconds()) + 1, 301)]:
        note_token_use(ApiToken.objects.get(), instant + timedelta(seconds=after))
        assert ApiToken.objects.get().last_used_at == instant + timedelta(seconds=kept)


def test_a_person_settles_how_to_be_addressed(people: People, viewer: Callable) -> None:
    settle_reader(
        viewer(people.solver), name=" Sarah ", locale="fr", time_zone="Europe/Paris", mail_wanted=False
    )
    user = User.objects.get(pk=people.solver.pk)
    assert (user.name, user.locale, user.time_zone, user.mail_wanted) == (
        "Sarah",
        "fr",
        "Europe/Paris",
        False,
    )
    with pytest.raises(RefusedError):
        settle_reader(viewer(people.solver), name="", locale="fr", time_zone="UTC", mail_wanted=True)
    with pytest.raises(RefusedError):
        settle_reader(STRANGER, name="X", locale="fr", time_zone="UTC", mail_wanted=True)


@pytest.mark.parametrize(
    "reader", [{"locale": "klingon"}, {"time_zone": "Mars/Base"}, {"time_zone": "../etc"}]
)
def test_languages_and_zones_that_nobody_has_are_refused(
    people: People, viewer: Callable, reader: dict
) -> None:
    wanted = {"locale": "fr", "time_zone": "UTC"} | reader
    with pytest.raises(RefusedError) as refusal:
        settle_reader(viewer(people.solver), name="Sara", mail_wanted=True, **wanted)
    assert rules_of(refusal) == list(reader)
    with pytest.raises(RefusedError):
        open_account("ada@example.org", "Ada", PASSWORD, **wanted)


def test_a_field_that_a_policy_does_not_name_is_an_error_not_a_leak() -> None:
    policy = FieldPolicy({"open": frozenset({"anyone", "host"}), "secret": frozenset({"host"})})
    values = {"open": 1, "secret": 2}
    assert policy.shown(values, ["anyone"]) == {"open": 1, "secret": None}
    assert policy.shown(values, ["host"]) == values
    assert policy.shown(values, []) == {"open": None, "secret": None}
    with pytest.raises(KeyError):
        policy.shown({"new": 3}, ["host"])


def test_the_operator_renews_a_forgotten_password(people: People) -> None:
    made = renew_password("SOLVER@example.org")
    people.solver.refresh_from_db()
    assert people.solver.check_password(made)
    assert not people.solver.check_password(PASSWORD)
    event = Event.objects.get(verb="people.password_renewed")
    assert made not in str(event.payload)
    with pytest.raises(RefusedError) as refused:
        renew_password("nobody@example.org")
    assert rules_of(refused) == ["no_such_person"]


def test_an_organisation_keeps_an_owner(people: People) -> None:
    host = viewer_of(people.host)
    with pytest.raises(RefusedError) as refused:
        appoint_member(host, people.organisation, people.host.email, "reader")
    assert (refused.value.kind, rules_of(refused)) == ("conflict", ["last_owner"])
    appoint_member(host, people.organisation, people.mate.email, "owner")
    appoint_member(host, people.organisation, people.host.email, "reader")
    roles = dict(Membership.objects.filter(organisation=people.organisation).values_list("user_id", "role"))
    assert roles == {people.host.pk: "reader", people.mate.pk: "owner"}
