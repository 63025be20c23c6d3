"""What people may do with accounts, organisations and tokens."""

from __future__ import annotations

from laureate.base.people.choices import Scope
from laureate.base.people.viewer import SIGN_IN, YES, Verdict, Viewer, no
from laureate.engine.faults import Fault, mark

NOT_A_HOST = Fault(
    "not_a_host",
    mark("You do not run challenges for this organisation."),
    mark("Ask one of its owners to make you a host."),
)
NOT_AN_OPERATOR = Fault(
    "not_an_operator", mark("This is for operators of the platform."), mark("Ask an operator to do it.")
)
MISSING_SCOPE = Fault(
    "missing_scope",
    mark("Your API token does not cover this."),
    mark("Make a token with the scope '%(scope)s' on your account page."),
)
ALREADY_SET_UP = Fault(
    "already_set_up", mark("This platform already has its administrator."), mark("Sign in instead.")
)
NEEDS_PERSON = Fault(
    "needs_person",
    mark("A token cannot do this for another token."),
    mark("Do it on your account page, or give your password with “laureate login”."),
)
LAST_OWNER = Fault(
    "last_owner",
    mark("This is the only owner of the organisation."),
    mark("Make somebody else an owner first."),
    column="role",
)
WRONG_SETUP_CODE = Fault(
    "wrong_setup_code",
    mark("The set-up code is not the right one."),
    mark("Open the link that the server printed when it started."),
)


def no_such_person(email: str, column: str = "email") -> Fault:
    """Return the fault of an address that nobody here has."""
    return Fault(
        "no_such_person",
        mark("Nobody here has the address %(email)s."),
        mark("Ask them to open an account first."),
        {"email": email[:254]},
        column=column,
    )


def may_use(viewer: Viewer, scope: str) -> Verdict:
    """Return whether the token in use covers ``scope`` (a browser session covers all)."""
    if viewer.holds(scope):
        return YES
    return no(
        "forbidden", Fault(MISSING_SCOPE.rule, MISSING_SCOPE.message, MISSING_SCOPE.fix, {"scope": scope})
    )


def may_issue_token(viewer: Viewer) -> Verdict:
    """Return whether the viewer may make a token: in person, for a token's limits end with it."""
    if not viewer.signed_in:
        return no("sign_in", SIGN_IN)
    return YES if viewer.scopes is None else no("forbidden", NEEDS_PERSON)


def may_revoke_token(viewer: Viewer, token_id: int) -> Verdict:
    """Return whether the viewer may revoke this token: in person, by itself, or by one that may do all."""
    if not viewer.signed_in:
        return no("sign_in", SIGN_IN)
    if viewer.scopes is None or viewer.token == token_id or viewer.scopes >= set(Scope.values):
        return YES
    return no("forbidden", NEEDS_PERSON)


def may_host(viewer: Viewer, organisation_id: int) -> Verdict:
    """Return whether the viewer may run challenges for this organisation."""
    if not viewer.signed_in:
        return no("sign_in", SIGN_IN)
    if viewer.operator or organisation_id in viewer.hosting:
        return may_use(viewer, "host")
    return no("forbidden", NOT_A_HOST)


def may_host_somewhere(viewer: Viewer) -> Verdict:
    """Return whether the viewer may run challenges for any organisation at all."""
    if not viewer.signed_in:
        return no("sign_in", SIGN_IN)
    return may_use(viewer, "host") if viewer.hosts else no("forbidden", NOT_A_HOST)


def may_operate(viewer: Viewer) -> Verdict:
    """Return whether the viewer may see and mend the platform's machinery."""
    if not viewer.signed_in:
        return no("sign_in", SIGN_IN)
    return may_use(viewer, "host") if viewer.operator else no("forbidden", NOT_AN_OPERATOR)
