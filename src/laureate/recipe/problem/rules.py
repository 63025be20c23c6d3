"""Who may see and do what with a challenge.

Audiences of a challenge, widest first: ``anyone``, ``solver`` (has joined), ``reader``,
``host``. :data:`FIELDS` says which audience may see which field; a field that is not listed
is shown to nobody.
"""

from __future__ import annotations

from laureate.base.people.rules import NOT_A_HOST, may_use
from laureate.base.people.viewer import SIGN_IN, UNKNOWN, YES, FieldPolicy, Verdict, Viewer, no
from laureate.engine.faults import Fault, mark
from laureate.engine.timeline import CHALLENGE, verbs_from
from laureate.recipe.problem.choices import PUBLIC_STATES, ChallengeRole, ChallengeState, FileKind
from laureate.recipe.problem.models import Challenge, ChallengeFile

ANYONE = frozenset({"anyone", "reader", "host"})
STAFF = frozenset({"reader", "host"})
HOST = frozenset({"host"})

FIELDS = FieldPolicy(
    {
        "slug": ANYONE,
        "title": ANYONE,
        "language": ANYONE,
        "summary": ANYONE,
        "brief": ANYONE,
        "field": ANYONE,
        "sponsor": ANYONE,
        "organisation": ANYONE,
        "time_zone": ANYONE,
        "state": ANYONE,
        "metric": ANYONE,
        "options": ANYONE,
        "id_column": ANYONE,
        "targets": ANYONE,
        "limits": ANYONE,
        "phases": ANYONE,
        "data": ANYONE,
        "sample": ANYONE,
        "published_at": ANYONE,
        "closed_at": ANYONE,
        "solution": HOST,
        "baselines": STAFF,
    }
)

NOT_A_DRAFT = Fault(
    "not_a_draft",
    mark("The challenge is %(state)s; it can be changed only as a draft."),
    mark("Publish a new challenge for a new question."),
)
NO_SUCH_STEP = Fault(
    "no_such_step",
    mark("Nothing was done: “%(verb)s” does not apply to a challenge that is %(state)s."),
    mark("Possible now: %(possible)s."),
)


def audiences(viewer: Viewer, challenge: Challenge) -> frozenset[str]:
    """Return the audiences of ``challenge`` to which ``viewer`` belongs; empty if it is unknown to them.

    Reads the prefetched ``appointments``.
    """
    found: set[str] = set()
    org = challenge.organisation_id
    roles = (
        {a.role for a in challenge.appointments.all() if a.user_id == viewer.user_id}
        if viewer.signed_in
        else set()
    )
    if viewer.operator or org in viewer.hosting or ChallengeRole.HOST in roles:
        found |= {"host", "reader"}
    elif org in viewer.reading or ChallengeRole.READER in roles:
        found.add("reader")
    if challenge.state in PUBLIC_STATES:
        found.add("anyone")
    return frozenset(found)


def sees_as_host(viewer: Viewer, challenge: Challenge) -> bool:
    """Return whether the viewer is a host here, and the token in use, if any, covers hosting."""
    return "host" in audiences(viewer, challenge) and viewer.holds("host")


def may_see_challenge(viewer: Viewer, challenge: Challenge) -> Verdict:
    """Return whether the viewer may know that the challenge exists."""
    return YES if audiences(viewer, challenge) else no("unknown", UNKNOWN)


def may_run_challenge(viewer: Viewer, challenge: Challenge) -> Verdict:
    """Return whether the viewer is a host of the challenge."""
    present = audiences(viewer, challenge)
    if not present:
        return no("unknown", UNKNOWN)
    if not viewer.signed_in:
        return no("sign_in", SIGN_IN)
    return may_use(viewer, "host") if "host" in present else no("forbidden", NOT_A_HOST)


def may_appoint_staff(viewer: Viewer, challenge: Challenge) -> Verdict:
    """Return whether the viewer may give roles in this challenge: its hosts may."""
    return may_run_challenge(viewer, challenge)


def may_revise_challenge(viewer: Viewer, challenge: Challenge) -> Verdict:
    """Return whether the viewer may change the challenge now."""
    verdict = may_run_challenge(viewer, challenge)
    if not verdict or challenge.state == ChallengeState.DRAFT:
        return verdict
    return no(
        "conflict", Fault(NOT_A_DRAFT.rule, NOT_A_DRAFT.message, NOT_A_DRAFT.fix, {"state": challenge.state})
    )


def may_move_challenge(viewer: Viewer, challenge: Challenge, verb: str) -> Verdict:
    """Return whether the viewer may publish, close, finalise or withdraw the challenge now."""
    verdict = may_run_challenge(viewer, challenge)
    possible = verbs_from(CHALLENGE, challenge.state)
    if not verdict or verb in possible:
        return verdict
    params = {"state": challenge.state, "verb": verb, "possible": ", ".join(possible) or "–"}
    return no("conflict", Fault(NO_SUCH_STEP.rule, NO_SUCH_STEP.message, NO_SUCH_STEP.fix, params))


def may_download_file(viewer: Viewer, challenge: Challenge, file: ChallengeFile) -> Verdict:
    """Return whether the viewer may have the bytes of a file of the challenge."""
    present = audiences(viewer, challenge)
    if file.kind in (FileKind.DATA, FileKind.SAMPLE):
        return YES if present else no("unknown", UNKNOWN)
    return may_use(viewer, "host") if "host" in present else no("unknown", UNKNOWN)
