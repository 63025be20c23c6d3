"""Entries: joining, handing in within phase and quota, taking back, choosing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from laureate.base.files.models import Blob
from laureate.base.journal.clock import now
from laureate.base.journal.models import Event
from laureate.base.people.viewer import RefusedError
from laureate.engine.faults import Fault
from laureate.recipe.problem.actions import close_challenge, withdraw_challenge
from laureate.recipe.problem.models import Challenge
from laureate.recipe.submissions.actions import (
    cancel_entry,
    enter_baselines,
    join_challenge,
    release_entry,
    select_entry,
    settle_entry,
    submit_entry,
)
from laureate.recipe.submissions.choices import EntryState
from laureate.recipe.submissions.models import Entry, FinalSelection, Member, Slot, Team
from laureate.recipe.submissions.queries import (
    entries,
    entry_file,
    entry_page,
    participations,
    standing,
    turnout,
    waiting_entry,
)
from support.claims import predictions
from support.people import People

pytestmark = pytest.mark.django_db
STEP = timedelta(microseconds=1)
BAD = Fault("bad", "It is bad.", "Make it good.")


def refusal_of(act: Callable[..., Any], *args: Any, **named: Any) -> RefusedError:
    with pytest.raises(RefusedError) as refusal:
        act(*args, **named)
    assert all(fault.said() and fault.mend() for fault in refusal.value.faults)
    return refusal.value


def noon_tomorrow() -> datetime:
    return datetime.combine(now().date() + timedelta(days=1), time(12), UTC)


def test_joining_makes_a_team_of_one(open_challenge: Challenge, people: People, viewer: Callable) -> None:
    before = standing(viewer(people.solver), "claims")
    assert (before.team, before.may_join, before.may_submit) == (None, True, False)
    assert before.why_not is not None
    assert before.why_not.rule == "not_joined"
    join_challenge(viewer(people.solver), "claims")
    after = standing(viewer(people.solver), "claims")
    assert after.team is not None
    assert [(m.name, m.captain) for m in after.team.members] == [("Sara Solver", True)]
    assert (after.may_join, after.may_submit, after.why_not) == (False, True, None)
    assert [row.slug for row in participations(viewer(people.solver))] == ["claims"]
    assert participations(viewer(people.rival)) == []


def test_who_may_not_join(open_challenge: Challenge, people: People, viewer: Callable) -> None:
    join_challenge(viewer(people.solver), "claims")
    cases = [
        (viewer(people.solver), "conflict", "already_joined"),
        (viewer(people.host), "forbidden", "host_enters"),
        (viewer(people.operator), "forbidden", "host_enters"),
        (viewer(None), "sign_in", "sign_in"),
        (viewer(people.rival, frozenset({"read"})), "forbidden", "missing_scope"),
    ]
    for who, kind, rule in cases:
        refused = refusal_of(join_challenge, who, "claims")
        assert (refused.kind, refused.faults[0].rule) == (kind, rule)
    close_challenge(viewer(people.host), "claims")
    assert refusal_of(join_challenge, viewer(people.rival), "claims").faults[0].rule == "not_running"
    assert Member.objects.count() == 1


def test_namesakes_get_teams_of_different_names(
    open_challenge: Challenge, people: People, viewer: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    type(people.rival).objects.filter(pk=people.rival.pk).update(name="Sara Solver")
    join_challenge(viewer(people.solver), "claims")
    from laureate.recipe.submissions import actions

    free, tries = actions.free_team_name, iter([lambda c, n: "Sara Solver"])
    # The namesake's team was not there yet when the name was chosen.
    monkeypatch.setattr(actions, "free_team_name", lambda c, n: next(tries, free)(c, n))
    assert join_challenge(viewer(people.rival), "claims").name == "Sara Solver 2"


def test_an_entry_is_received_with_slot_event_and_receipt(
    open_challenge: Challenge, people: People, viewer: Callable, submit: Callable
) -> None:
    csv = predictions(1.0)
    entry = submit(people.solver, "claims", csv, "my model.csv", "  gradient boosting ")
    page = entry_page(viewer(people.solver), entry.pk)
    assert (page.state, page.size, page.sha256) == ("received", len(csv), entry.blob_id)
    assert (page.file_name, page.note, page.ours) == ("my model.csv", "gradient boosting", True)
    assert abs(page.received_at - now()) < timedelta(minutes=1)
    _, path = entry_file(viewer(people.solver), entry.pk)
    assert path.read_bytes() == csv
    event = Event.objects.get(verb="submissions.entry_submitted", actor=people.solver)
    assert event.payload == {"sha256": entry.blob_id}
    assert [slot.number for slot in Slot.objects.filter(entry=entry)] == [1]
    assert entry.phase == open_challenge.phases.get()


def test_who_may_not_submit(open_challenge: Challenge, people: People, viewer: Callable) -> None:
    join_challenge(viewer(people.solver), "claims")
    cases = [
        (viewer(people.rival), "forbidden", "not_joined"),
        (viewer(people.host), "forbidden", "host_enters"),
        (viewer(None), "sign_in", "sign_in"),
        (viewer(people.solver, frozenset({"read"})), "forbidden", "missing_scope"),
    ]
    for who, kind, rule in cases:
        refused = refusal_of(submit_entry, who, "claims", [predictions()], "e.csv")
        assert (refused.kind, refused.faults[0].rule) == (kind, rule)
    assert refusal_of(submit_entry, viewer(people.solver), "nowhere", [b""], "e.csv").kind == "unknown"
    assert (
        not Blob.objects.filter(size=len(predictions())).filter(pk__in=Entry.objects.values("blob")).exists()
    )


def test_entries_are_received_from_the_opening_to_just_before_the_close(
    publish: Callable[..., Challenge], people: People, viewer: Callable, submit: Callable, frozen: Callable
) -> None:
    opens = now().replace(microsecond=0) + timedelta(days=1)
    closes = opens + timedelta(hours=2)
    publish(opens=opens, closes=closes)
    join_challenge(viewer(people.solver), "claims")
    for instant, taken in [(opens - STEP, False), (opens, True), (closes - STEP, True), (closes, False)]:
        with frozen(instant):
            assert standing(viewer(people.solver), "claims").may_submit == taken
            if taken:
                assert submit(people.solver, "claims", predictions()).received_at == instant
            else:
                refused = refusal_of(submit, people.solver, "claims", predictions())
                assert (refused.kind, refused.faults[0].rule) == ("conflict", "not_running")
    assert Entry.objects.count() == 2


def test_an_upload_that_ends_after_the_close_is_late(
    open_challenge: Challenge, people: People, viewer: Callable, frozen: Callable
) -> None:
    join_challenge(viewer(people.solver), "claims")
    moments: list[Any] = []

    def slow() -> Iterator[bytes]:
        yield predictions()
        moments.append(frozen(open_challenge.phases.get().closes_at))
        moments[0].__enter__()

    try:
        refused = refusal_of(submit_entry, viewer(people.solver), "claims", slow(), "e.csv")
    finally:
        moments[0].__exit__(None, None, None)
    assert refused.faults[0].rule == "not_running"
    assert not Entry.objects.exists()
    assert not Slot.objects.exists()


def test_an_upload_during_which_the_host_closes_is_late(
    open_challenge: Challenge, people: People, viewer: Callable
) -> None:
    join_challenge(viewer(people.solver), "claims")

    def slow() -> Iterator[bytes]:
        yield predictions()
        close_challenge(viewer(people.host), "claims")

    refused = refusal_of(submit_entry, viewer(people.solver), "claims", slow(), "e.csv")
    assert refused.faults[0].rule == "not_running"
    assert not Entry.objects.exists()


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
@pytest.mark.parametrize("place", ["file_name", "note"])
def test_texts_that_no_database_keeps_are_refused(
    open_challenge: Challenge, people: People, submit: Callable, text: str, place: str
) -> None:
    refused = refusal_of(submit, people.solver, "claims", predictions(), **{place: text})
    assert [(f.rule, f.column) for f in refused.faults] == [("control_characters", place)]
    assert not Slot.objects.exists()


def test_long_texts_are_cut(open_challenge: Challenge, people: People, submit: Callable) -> None:
    entry = submit(people.solver, "claims", predictions(), "d" * 300 + ".csv", "n" * 300)
    entry.refresh_from_db()
    assert (len(entry.file_name), entry.file_name[-5:], len(entry.note)) == (200, "d.csv", 280)


def test_the_day_s_quota_and_when_it_is_full_again(
    publish: Callable[..., Challenge], people: People, viewer: Callable, submit: Callable, frozen: Callable
) -> None:
    publish(per_day=2)
    noon = noon_tomorrow()
    with frozen(noon):
        for left in (2, 1):
            submit(people.solver, "claims", predictions())
            found = standing(viewer(people.solver), "claims").allowance
            assert found is not None
            assert (found.left, found.left_today, found.left_total) == (left - 1, left - 1, None)
            assert found.next_at == noon.replace(hour=0) + timedelta(days=1)
    with frozen(noon + timedelta(hours=7, minutes=47, seconds=30)):
        refused = refusal_of(submit, people.solver, "claims", predictions())
        assert refused.kind == "quota"
        assert refused.faults[0].said() == "0 of 2 left today, next in 4 h 13 min."
        submit(people.rival, "claims", predictions())
    with frozen(noon.replace(hour=23, minute=59, second=59)):
        assert refusal_of(submit, people.solver, "claims", predictions()).kind == "quota"
    with frozen(noon.replace(hour=0) + timedelta(days=1)):
        submit(people.solver, "claims", predictions())
    assert Slot.objects.filter(team__captain=people.solver).count() == 3


def test_the_quota_over_the_whole_challenge(
    publish: Callable[..., Challenge], people: People, viewer: Callable, submit: Callable, frozen: Callable
) -> None:
    publish(per_day=2, per_team=3)
    for day, left in [(0, 2), (0, 1), (1, 0)]:
        with frozen(noon_tomorrow() + timedelta(days=day)):
            submit(people.solver, "claims", predictions())
            found = standing(viewer(people.solver), "claims").allowance
            assert found is not None
            assert found.left_total == left
    with frozen(noon_tomorrow() + timedelta(days=1)):
        refused = refusal_of(submit, people.solver, "claims", predictions())
        assert refused.faults[0].said() == "0 of 3 entries left in this challenge."
        assert found.left == 0
        assert found.left_today == 1


def test_a_refused_quota_takes_in_no_bytes(
    publish: Callable[..., Challenge], people: People, viewer: Callable, submit: Callable
) -> None:
    publish(per_day=1)
    submit(people.solver, "claims", predictions())
    read: list[int] = []

    def chunks() -> Iterator[bytes]:
        read.append(1)
        yield b""

    assert refusal_of(submit_entry, viewer(people.solver), "claims", chunks(), "e.csv").kind == "quota"
    assert read == []


def test_the_quota_is_a_constraint(
    publish: Callable[..., Challenge], people: People, submit: Callable
) -> None:
    publish(per_day=2)
    first = submit(people.solver, "claims", predictions())
    second = submit(people.solver, "claims", predictions())
    slot = Slot.objects.get(entry=first)
    for values in ({"number": 1}, {"number": 3}, {"number": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Slot.objects.create(team=slot.team, window=slot.window, ceiling=2, entry=second, **values)
    with pytest.raises(IntegrityError), transaction.atomic():
        Slot.objects.filter(entry=second).update(number=1)


@pytest.mark.parametrize("verb", ["refuse", "fail", "cancel"])
def test_a_slot_comes_back(
    publish: Callable[..., Challenge], people: People, viewer: Callable, submit: Callable, verb: str
) -> None:
    publish(per_day=2, per_team=4)
    entry = submit(people.solver, "claims", predictions())
    other = submit(people.solver, "claims", predictions())
    assert Slot.objects.count() == 4
    if verb == "cancel":
        cancel_entry(viewer(people.solver), entry.pk)
    else:
        assert settle_entry(entry.pk, verb, [BAD]) is not None
    assert set(Slot.objects.values_list("entry_id", flat=True)) == {other.pk}
    found = standing(viewer(people.solver), "claims").allowance
    assert found is not None
    assert (found.left_today, found.left_total) == (1, 3)
    submit(people.solver, "claims", predictions())
    assert refusal_of(submit, people.solver, "claims", predictions()).kind == "quota"


def test_a_scored_entry_keeps_its_slot(open_challenge: Challenge, people: People, submit: Callable) -> None:
    entry = submit(people.solver, "claims", predictions())
    settle_entry(entry.pk, "score")
    assert Slot.objects.filter(entry=entry).exists()


@pytest.mark.parametrize("first", ["score", "refuse", "fail"])
def test_a_late_or_repeated_result_changes_nothing(
    open_challenge: Challenge, people: People, submit: Callable, first: str
) -> None:
    entry = submit(people.solver, "claims", predictions())
    settled = settle_entry(entry.pk, first, [BAD])
    assert settled is not None
    for verb in ("score", "refuse", "fail"):
        assert settle_entry(entry.pk, verb) is None
    entry.refresh_from_db()
    assert (entry.state, entry.judged_at) == (settled.state, settled.judged_at)
    assert waiting_entry(entry.pk) is None
    assert settle_entry(404_404, "score") is None


def test_faults_are_kept_whole(
    open_challenge: Challenge, people: People, viewer: Callable, submit: Callable
) -> None:
    fault = Fault("ids", "%(n)d wrong.", "Fix.", {"n": 3}, "e.csv", 7, "claim", 3, ({"line": 2},))
    entry = submit(people.solver, "claims", predictions())
    settle_entry(entry.pk, "refuse", [fault, BAD])
    kept = entry_page(viewer(people.solver), entry.pk).faults
    assert [f.as_dict() for f in kept] == [fault.as_dict(), BAD.as_dict()]


def test_an_entry_is_cancelled_by_its_team_while_it_waits(
    open_challenge: Challenge, people: People, viewer: Callable, submit: Callable
) -> None:
    entry = submit(people.solver, "claims", predictions())
    assert refusal_of(cancel_entry, viewer(None), entry.pk).kind == "sign_in"
    assert refusal_of(cancel_entry, viewer(people.rival), entry.pk).kind == "unknown"
    assert refusal_of(cancel_entry, viewer(people.host), entry.pk).kind == "unknown"
    cancel_entry(viewer(people.solver), entry.pk)
    assert entry_page(viewer(people.solver), entry.pk).state == EntryState.CANCELLED
    refused = refusal_of(cancel_entry, viewer(people.solver), entry.pk)
    assert (refused.kind, refused.faults[0].rule) == ("conflict", "not_waiting")
    assert refusal_of(cancel_entry, viewer(people.solver), 404_404).kind == "unknown"
    late = submit(people.solver, "claims", predictions())
    close_challenge(viewer(people.host), "claims")
    refused = refusal_of(cancel_entry, viewer(people.solver), late.pk)
    assert (refused.kind, refused.faults[0].rule) == ("conflict", "not_running")


def test_final_selections_are_limited_and_released(
    publish: Callable[..., Challenge], people: People, viewer: Callable, submit: Callable
) -> None:
    publish(selections=2)
    made = [submit(people.solver, "claims", predictions(n)) for n in range(4)]
    for entry in made[:3]:
        settle_entry(entry.pk, "score")
    solver = viewer(people.solver)
    select_entry(solver, made[0].pk)
    select_entry(solver, made[0].pk)  # once more changes nothing
    select_entry(solver, made[1].pk)
    refused = refusal_of(select_entry, solver, made[2].pk)
    assert (refused.kind, refused.faults[0].rule) == ("conflict", "selections_full")
    assert refusal_of(select_entry, solver, made[3].pk).faults[0].rule == "not_scored"
    assert refusal_of(select_entry, viewer(people.rival), made[2].pk).kind == "unknown"
    assert refusal_of(select_entry, viewer(people.host), made[2].pk).kind == "unknown"
    release_entry(solver, made[0].pk)
    release_entry(solver, made[0].pk)
    select_entry(solver, made[2].pk)
    chosen = {view.id for view in entries(solver, "claims") if view.selected}
    assert chosen == {made[1].pk, made[2].pk}
    assert Event.objects.filter(verb="submissions.entry_released").count() == 1
    close_challenge(viewer(people.host), "claims")
    for act in (select_entry, release_entry):
        assert refusal_of(act, solver, made[1].pk).faults[0].rule == "not_running"
    assert FinalSelection.objects.count() == 2


def test_a_third_selection_is_impossible(
    publish: Callable[..., Challenge], people: People, submit: Callable
) -> None:
    publish(selections=1)
    entry = submit(people.solver, "claims", predictions())
    with pytest.raises(IntegrityError), transaction.atomic():
        FinalSelection.objects.create(team=entry.team, number=2, ceiling=1, entry=entry)


def test_entries_are_seen_by_their_team_and_by_hosts(
    open_challenge: Challenge, people: People, viewer: Callable, submit: Callable
) -> None:
    ours = submit(people.solver, "claims", predictions(1))
    theirs = submit(people.rival, "claims", predictions(2))
    assert [e.id for e in entries(viewer(people.solver), "claims")] == [ours.pk]
    assert [(e.id, e.ours) for e in entries(viewer(people.host), "claims")] == [
        (theirs.pk, False),
        (ours.pk, False),
    ]
    assert [e.id for e in entries(viewer(people.host), "claims", limit=1)] == [theirs.pk]
    assert [e.id for e in entries(viewer(people.host), "claims", after=theirs.pk)] == [ours.pk]
    assert entries(viewer(people.mate), "claims") == []
    assert refusal_of(entries, viewer(None), "claims").kind == "sign_in"
    assert entry_page(viewer(people.host), ours.pk).author == "Sara Solver"
    for ask in (entry_page, entry_file):
        for user in (people.rival, people.mate, people.other_host):
            assert refusal_of(ask, viewer(user), ours.pk).kind == "unknown"
        # Strangers are asked to sign in whether it exists or not: a mail's link may have led them here.
        assert refusal_of(ask, viewer(None), ours.pk).kind == "sign_in"
        assert refusal_of(ask, viewer(None), 404_404).kind == "sign_in"


def test_turnout_counts_without_baselines_and_what_fell_away(
    open_challenge: Challenge, people: People, viewer: Callable, submit: Callable, work: Callable[[], int]
) -> None:
    submit(people.solver, "claims", predictions(1))
    cancelled = submit(people.solver, "claims", predictions(1))
    cancel_entry(viewer(people.solver), cancelled.pk)
    join_challenge(viewer(people.rival), "claims")
    work()
    found = turnout(viewer(None), "claims")
    assert (found.teams, found.solvers, found.entries) == (2, 2, 1)


def test_baselines_are_entered_once_beside_solvers_of_the_same_name(
    open_challenge: Challenge, people: People, viewer: Callable, work: Callable[[], int]
) -> None:
    type(people.solver).objects.filter(pk=people.solver.pk).update(name="Incumbent")
    join_challenge(viewer(people.solver), "claims")
    work()
    enter_baselines(open_challenge.pk)
    [baseline] = Team.objects.filter(baseline=True)
    assert baseline.name == "Incumbent 2"
    [entry] = Entry.objects.filter(team=baseline)
    assert (entry.author, entry.file_name, entry.note) == (None, "incumbent.csv", "The model in use.")
    assert entry.state == EntryState.SCORED
    assert not Slot.objects.exists()


def test_after_a_withdrawal_nothing_is_received(
    open_challenge: Challenge, people: People, viewer: Callable, submit: Callable
) -> None:
    entry = submit(people.solver, "claims", predictions())
    withdraw_challenge(viewer(people.host), "claims")
    assert refusal_of(submit_entry, viewer(people.solver), "claims", [b""], "e.csv").kind == "unknown"
    for ask in (standing, entries, turnout):
        assert refusal_of(ask, viewer(people.solver), "claims").kind == "unknown"
    assert entry_page(viewer(people.solver), entry.pk).id == entry.pk, "the receipt stays with its team"
    assert refusal_of(entry_page, viewer(people.rival), entry.pk).kind == "unknown"
