"""The life of a challenge: who may do what in which state, and what a refusal says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from laureate.base.journal.clock import now
from laureate.base.journal.models import Event
from laureate.base.people.viewer import RefusedError, Viewer
from laureate.engine.timeline import CHALLENGE, states_of
from laureate.recipe.problem.actions import (
    attach_file,
    check_challenge,
    close_challenge,
    close_due_challenges,
    detach_file,
    draft_challenge,
    import_challenge,
    plan_phases,
    publish_challenge,
    revise_challenge,
    withdraw_challenge,
)
from laureate.recipe.problem.choices import ChallengeState
from laureate.recipe.problem.models import Appointment, Challenge, ChallengeFile, Phase
from laureate.recipe.problem.queries import (
    challenge_page,
    challenges,
    find_challenge,
    find_file,
    hosted_challenges,
    run_by,
    standing_of,
)
from laureate.recipe.submissions.actions import finalise_challenge
from support.claims import predictions, problem, solution
from support.people import People

pytestmark = pytest.mark.django_db
VERBS: dict[str, Callable[[Viewer, str], Challenge]] = {
    "publish": publish_challenge,
    "close": close_challenge,
    "finalise": finalise_challenge,
    "withdraw": withdraw_challenge,
}
STATES = states_of(CHALLENGE)
EVENTS = {
    "publish": "problem.challenge_published",
    "close": "problem.challenge_closed",
    "finalise": "problem.challenge_finalised",
    "withdraw": "problem.challenge_withdrawn",
}


@pytest.fixture
def draft(people: People, claims: Callable[..., Path], viewer: Callable) -> Challenge:
    return import_challenge(viewer(people.host), people.organisation, claims())


def put_into(state: str, challenge: Challenge) -> None:
    Challenge.objects.filter(pk=challenge.pk).update(state=state, published_at=now())


def refusal_of(act: Callable[..., Any], *args: Any, **named: Any) -> RefusedError:
    with pytest.raises(RefusedError) as refusal:
        act(*args, **named)
    assert all(fault.said() and fault.mend() for fault in refusal.value.faults)
    return refusal.value


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_in_each_state(
    draft: Challenge, people: People, viewer: Callable, verb: str, state: str
) -> None:
    put_into(state, draft)
    target = next((move.target for move in CHALLENGE if (move.verb, move.source) == (verb, state)), None)
    if target is None:
        refused = refusal_of(VERBS[verb], viewer(people.host), draft.slug)
        assert (refused.kind, refused.faults[0].rule) == ("conflict", "no_such_step")
        assert Challenge.objects.get().state == state
        assert not Event.objects.filter(verb=EVENTS[verb]).exists()
        return
    assert VERBS[verb](viewer(people.host), draft.slug).state == target
    moved = Challenge.objects.get()
    assert moved.state == target
    assert verb != "close" or moved.closed_at is not None
    assert Event.objects.filter(verb=EVENTS[verb], actor=people.host).count() == 1


@pytest.mark.parametrize("verb", VERBS)
def test_only_hosts_move_a_challenge(draft: Challenge, people: People, viewer: Callable, verb: str) -> None:
    state = next(move.source for move in CHALLENGE if move.verb == verb)
    put_into(state, draft)
    known = "unknown" if state == "draft" else "forbidden"
    assert refusal_of(VERBS[verb], viewer(people.solver), draft.slug).kind == known
    assert refusal_of(VERBS[verb], viewer(people.other_host), draft.slug).kind == known
    stranger = "unknown" if state == "draft" else "sign_in"
    assert refusal_of(VERBS[verb], viewer(None), draft.slug).kind == stranger
    reading = viewer(people.host, frozenset({"read", "submit"}))
    assert refusal_of(VERBS[verb], reading, draft.slug).faults[0].rule == "missing_scope"
    assert VERBS[verb](viewer(people.operator), draft.slug).state != state


def test_a_person_can_be_host_or_reader_of_one_challenge(
    draft: Challenge, people: People, viewer: Callable
) -> None:
    Appointment.objects.create(challenge=draft, user=people.mate, role="reader")
    Appointment.objects.create(challenge=draft, user=people.rival, role="host")
    reader = challenge_page(viewer(people.mate), draft.slug)
    assert (reader.runs, reader.solution, len(reader.baselines or ())) == (False, None, 1)
    assert refusal_of(publish_challenge, viewer(people.mate), draft.slug).kind == "forbidden"
    assert [row.slug for row in hosted_challenges(viewer(people.mate))] == [draft.slug]
    assert publish_challenge(viewer(people.rival), draft.slug).state == "open"
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(challenge=draft, user=people.rival, role="reader")


def test_a_draft_is_written_piece_by_piece_and_published(people: People, viewer: Callable) -> None:
    host, instant = viewer(people.host), now()
    draft_challenge(host, people.organisation, "claims", {"title": "Claims"})
    faults = check_challenge(host, "claims")
    assert len([f for f in faults if f.severity == "error"]) >= 3, "all at once"
    refused = refusal_of(publish_challenge, host, "claims")
    assert refused.kind == "invalid"
    assert [f for f in faults if f.severity == "error"] == list(refused.faults)
    wanted = problem(instant, instant + timedelta(days=1))
    same = ("summary", "brief", "field", "sponsor", "time_zone", "metric", "id_column")
    revise_challenge(host, "claims", {n: getattr(wanted, n) for n in same} | {"targets": ["claim"]})
    plan_phases(host, "claims", wanted.phases)
    attach_file(host, "claims", "solution", "solution.csv", [solution()])
    attach_file(host, "claims", "sample", "sample.csv", [predictions()])
    assert not [f for f in check_challenge(host, "claims") if f.severity == "error"]
    published = publish_challenge(host, "claims")
    assert published.published_at is not None
    assert challenge_page(viewer(None), "claims").running


@pytest.mark.parametrize("state", [s for s in STATES if s != "draft"])
def test_only_a_draft_can_be_changed(draft: Challenge, people: People, viewer: Callable, state: str) -> None:
    put_into(state, draft)
    host, file = viewer(people.host), draft.files.first()
    instant = now()
    changes: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
        (revise_challenge, ({"title": "Other"},)),
        (plan_phases, (problem(instant, instant + timedelta(days=1)).phases,)),
        (attach_file, ("data", "data/new.csv", [b"a,b\n1,2\n"])),
        (detach_file, (file.pk,)),
        (check_challenge, ()),
    ]
    for act, args in changes:
        refused = refusal_of(act, host, draft.slug, *args)
        assert (refused.kind, refused.faults[0].rule) == ("conflict", "not_a_draft")
        assert refusal_of(act, viewer(people.other_host), draft.slug, *args).kind in ("unknown", "forbidden")
    assert Challenge.objects.get().title == "Claims of next year"
    assert draft.files.count() == 4


def test_files_of_a_draft_are_replaced_by_path_and_single_ones_altogether(
    draft: Challenge, people: People, viewer: Callable
) -> None:
    host = viewer(people.host)
    attach_file(host, draft.slug, "data", "data/train.csv", [b"x\n1\n"], title="New")
    attach_file(host, draft.slug, "data", "data/other.csv", [b"x\n2\n"])
    attach_file(host, draft.slug, "solution", "secret/truth.csv", [solution()])
    paths = list(draft.files.order_by("kind", "path").values_list("kind", "path"))
    assert paths == [
        ("baseline", "baselines/incumbent.csv"),
        ("data", "data/other.csv"),
        ("data", "data/train.csv"),
        ("sample", "sample.csv"),
        ("solution", "secret/truth.csv"),
    ]
    gone = draft.files.get(path="data/other.csv")
    detach_file(host, draft.slug, gone.pk)
    assert refusal_of(detach_file, host, draft.slug, gone.pk).kind == "unknown"


def test_a_second_solution_is_impossible(draft: Challenge) -> None:
    first = draft.files.get(kind="solution")
    with pytest.raises(IntegrityError), transaction.atomic():
        ChallengeFile.objects.create(challenge=draft, kind="solution", path="other.csv", blob=first.blob)


def test_an_address_is_taken_once(
    draft: Challenge, people: People, viewer: Callable, claims: Callable
) -> None:
    other = viewer(people.other_host)
    refused = refusal_of(draft_challenge, other, people.other_organisation, draft.slug, {"title": "Mine"})
    assert (refused.kind, refused.faults[0].rule) == ("conflict", "slug_taken")
    refused = refusal_of(import_challenge, other, people.other_organisation, claims())
    assert (refused.kind, refused.faults[0].rule) == ("conflict", "slug_taken")
    assert refusal_of(draft_challenge, other, people.organisation, "new", {"title": "X"}).kind == "forbidden"


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
def test_texts_that_no_database_keeps_are_refused(
    draft: Challenge, people: People, viewer: Callable, text: str
) -> None:
    host = viewer(people.host)
    assert refusal_of(revise_challenge, host, draft.slug, {"title": text, "brief": text}).kind == "invalid"
    assert refusal_of(draft_challenge, host, people.organisation, text, {"title": "X"}).kind == "invalid"
    assert refusal_of(attach_file, host, draft.slug, "data", text, [b"x"]).kind == "invalid"
    assert refusal_of(find_challenge, host, text).kind == "unknown"
    assert challenges(host, words=text) == challenges(host, field=text) == challenges(host, state=text) == []


def test_unknown_fields_are_programming_errors(draft: Challenge, people: People, viewer: Callable) -> None:
    with pytest.raises(KeyError, match="state"):
        revise_challenge(viewer(people.host), draft.slug, {"state": "open"})


def test_challenges_close_when_their_last_phase_is_over(
    people: People, publish: Callable[..., Challenge], frozen: Callable
) -> None:
    closes = now().replace(microsecond=0) + timedelta(hours=1)
    challenge = publish(closes=closes)
    for instant, closed in [(closes - timedelta(microseconds=1), 0), (closes, 1), (closes, 0)]:
        with frozen(instant):
            assert close_due_challenges() == closed
    challenge.refresh_from_db()
    assert (challenge.state, challenge.closed_at) == ("closed", closes)
    assert Event.objects.filter(verb="problem.challenge_closed", actor=None).count() == 1


def test_a_challenge_with_a_phase_to_come_stays_open(
    publish: Callable[..., Challenge], frozen: Callable
) -> None:
    instant = now().replace(microsecond=0)
    first = problem(instant - timedelta(days=2), instant - timedelta(days=1)).phases[0]
    second = replace(first, key="late", opens=instant + timedelta(days=5), closes=instant + timedelta(days=6))
    publish(phases=(first, second))
    assert close_due_challenges() == 0
    with frozen(instant + timedelta(days=6)):
        assert close_due_challenges() == 1


def test_a_phase_is_half_open() -> None:
    opens, closes = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    phase = Phase(opens_at=opens, closes_at=closes)
    step = timedelta(microseconds=1)
    assert [standing_of(phase, at) for at in (opens - step, opens, closes - step, closes)] == [
        "coming", "running", "running", "over",
    ]  # fmt: skip


def test_a_withdrawn_challenge_is_gone_for_all_but_its_staff(
    open_challenge: Challenge, people: People, viewer: Callable
) -> None:
    file = open_challenge.files.get(kind="data")
    withdraw_challenge(viewer(people.host), open_challenge.slug)
    for user in (None, people.solver, people.other_host):
        assert refusal_of(challenge_page, viewer(user), open_challenge.slug).kind == "unknown"
        assert refusal_of(find_file, viewer(user), open_challenge.slug, file.pk).kind == "unknown"
    assert challenges(viewer(people.operator)) == []
    assert run_by(viewer(people.host), open_challenge.slug).state == ChallengeState.WITHDRAWN


def test_lists_hold_what_may_be_known(draft: Challenge, people: People, viewer: Callable) -> None:
    assert challenges(viewer(people.host)) == []
    assert [r.slug for r in hosted_challenges(viewer(people.host))] == [draft.slug]
    assert hosted_challenges(viewer(people.other_host)) == []
    assert [r.slug for r in hosted_challenges(viewer(people.operator))] == [draft.slug]
    publish_challenge(viewer(people.host), draft.slug)
    for found in ({}, {"words": "CLAIMS acme"}, {"field": "insurance"}, {"state": "open"}):
        assert [row.slug for row in challenges(viewer(None), **found)] == [draft.slug]
    for absent in ({"words": "claims nothing"}, {"field": "sport"}, {"state": "closed"}, {"after": draft.pk}):
        assert challenges(viewer(None), **absent) == []
    row = challenges(viewer(None))[0]
    assert (row.opens_at, row.closes_at) == (draft.phases.get().opens_at, draft.phases.get().closes_at)
