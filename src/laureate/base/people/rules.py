"""What people may do with accounts, organisations and tokens."""

from __future__ import annotations

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
WRONG_SETUP_CODE = Fault(
    "wrong_setup_code",
    mark("The set-up code is not the right one."),
    mark("Open the link that the server printed when it started."),
)


def may_use(viewer: Viewer, scope: str) -> Verdict:
    """Return whether the token in use covers ``scope`` (a browser session covers all)."""
    if viewer.holds(scope):
        return YES
    return no("forbidden", Fault(MISSING_SCOPE.rule, MISSING_SCOPE.message, MISSING_SCOPE.fix, {"scope": scope}))


def may_host(viewer: Viewer, organisation_id: int) -> Verdict:
    """Return whether the viewer may run challenges for this organisation."""
    if not viewer.signed_in:
        return no("sign_in", SIGN_IN)
    if viewer.operator or organisation_id in viewer.hosting:
        return may_use(viewer, "host")
    return no("forbidden", NOT_A_HOST)


def may_operate(viewer: Viewer) -> Verdict:
    """Return whether the viewer may see and mend the platform's machinery."""
    if not viewer.signed_in:
        return no("sign_in", SIGN_IN)
    return may_use(viewer, "host") if viewer.operator else no("forbidden", NOT_AN_OPERATOR)
