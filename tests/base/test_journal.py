"""The journal: events in the transaction of their action, tasks under leases."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test.utils import CaptureQueriesContext

from laureate.base.journal import actions
from laureate.base.journal.actions import queue_task, record
from laureate.base.journal.choices import BACKOFF_SECONDS, MAX_TRIES, TaskState
from laureate.base.journal.clock import now, standing_at
from laureate.base.journal.leases import (
    Claim,
    LostLeaseError,
    claim_task,
    extend_lease,
    finish_task,
    forget_done_tasks,
    forsake_leases,
    hold_task,
    park_task,
    postpone_task,
    retry_task,
)
from laureate.base.journal.models import Event, Task
from laureate.base.journal.queries import latest_events, parked_tasks, queue_health
from support.people import People

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def claim() -> Claim:
    found = claim_task("tests")
    assert found is not None
    return found


def expire(task_id: int) -> None:
    Task.objects.filter(pk=task_id).update(lease_until=now() - timedelta(seconds=1))


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match=r"people\.account_opened"):
        record("people.account_opened", actor=None, kind="user", object_id=1)
    assert not Event.objects.exists()
    assert not Task.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_event_vanishes_with_its_action() -> None:
    def fail() -> None:
        with transaction.atomic():
            record("people.account_opened", actor=None, kind="user", object_id=1)
            raise ValueError

    with pytest.raises(ValueError):
        fail()
    assert not Event.objects.exists()
    assert not Task.objects.exists()


def test_an_event_queues_each_reaction_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "reactions", lambda: {"x.done": ("one", "two")})
    event = record("x.done", actor=None, kind="thing", object_id=7, payload={"sha256": "ab"})
    record("x.ignored", actor=None, kind="thing", object_id=7)
    tasks = list(Task.objects.order_by("id"))
    assert [(t.handler, t.event_id, t.state) for t in tasks] == [
        ("one", event.pk, TaskState.WAITING),
        ("two", event.pk, TaskState.WAITING),
    ]
    assert tasks[0].payload == {"object_id": 7, "actor": None, "sha256": "ab"}
    assert (event.verb, event.kind, event.object_id) == ("x.done", "thing", "7")


def test_a_dedupe_key_is_queued_once() -> None:
    assert queue_task("one", {}, "key")
    assert not queue_task("one", {"other": 1}, "key")
    assert queue_task("one", {}, "other key")
    assert Task.objects.count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.create(handler="one", dedupe_key="key")


def test_tasks_are_claimed_longest_due_first_and_only_when_due() -> None:
    instant = now()
    queue_task("later", {}, "later", not_before=instant + timedelta(hours=1))
    queue_task("second", {}, "second", not_before=instant - timedelta(seconds=5))
    queue_task("first", {"n": 1}, "first", not_before=instant - timedelta(seconds=9))
    assert [claim().handler, claim().handler] == ["first", "second"]
    assert claim_task("tests") is None
    with standing_at(instant + timedelta(hours=2)):
        # By then, the leases of the two others are over as well.
        assert {claim().handler for _ in range(3)} == {"first", "second", "later"}


def test_a_claim_counts_tries_and_fences() -> None:
    queue_task("one", {"n": 1}, "one")
    first = claim()
    assert (first.fence, first.tries, first.payload) == (1, 1, {"n": 1})
    task = Task.objects.get()
    assert (task.state, task.worker) == (TaskState.RUNNING, "tests")
    assert timedelta(seconds=100) < task.lease_until - now() <= timedelta(seconds=120)
    assert claim_task("other") is None
    expire(task.pk)
    second = claim()
    assert (second.task_id, second.fence, second.tries) == (first.task_id, 2, 2)


def test_a_zombie_is_refused_and_the_holder_is_not() -> None:
    queue_task("one", {}, "one")
    zombie = claim()
    expire(zombie.task_id)
    holder = claim()
    with pytest.raises(LostLeaseError):
        hold_task(zombie)
    extend_lease(zombie, 10_000)
    assert Task.objects.get().lease_until - now() < timedelta(seconds=121)
    finish_task(hold_task(holder))
    with pytest.raises(LostLeaseError):
        hold_task(holder)
    done = Task.objects.get()
    assert (done.state, done.lease_until, done.last_error) == (TaskState.DONE, None, "")
    assert claim_task("tests") is None


def test_a_lease_can_be_extended_by_its_holder() -> None:
    queue_task("one", {}, "one")
    extend_lease(claim(), 10_000)
    assert Task.objects.get().lease_until - now() > timedelta(seconds=9_000)


def test_a_failed_task_waits_longer_each_time() -> None:
    queue_task("one", {}, "one")
    for tries, pause in enumerate(BACKOFF_SECONDS, start=1):
        with standing_at(now() + timedelta(seconds=1_000 * tries)):
            held = hold_task(claim())
            instant = now()
            postpone_task(held, f"error {tries}")
        task = Task.objects.get()
        assert (task.state, task.tries, task.last_error) == (TaskState.WAITING, tries, f"error {tries}")
        assert task.not_before - instant == timedelta(seconds=pause)
    assert claim_task("tests") is None


def test_only_dead_tries_beyond_the_limit_exhaust_a_task() -> None:
    queue_task("one", {}, "one")
    for _ in range(MAX_TRIES):
        found = claim()
        assert not found.exhausted
        expire(found.task_id)
    assert claim().exhausted


def test_a_parked_task_is_shown_and_can_be_retried() -> None:
    queue_task("one", {}, "one")
    found = claim()
    park_task(hold_task(found), "it broke")
    assert claim_task("tests") is None
    assert [(row.id, row.tries, row.last_error) for row in parked_tasks()] == [(found.task_id, 1, "it broke")]
    assert queue_health().parked == 1
    assert retry_task(found.task_id)
    assert not retry_task(found.task_id), "it is not parked any more"
    again = claim()
    assert (again.tries, again.fence) == (1, 2)
    assert not retry_task(404_404)


def test_a_running_task_without_a_deadline_is_impossible() -> None:
    queue_task("one", {}, "one")
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.update(state=TaskState.RUNNING)


def test_queue_health_counts() -> None:
    assert (queue_health().waiting, queue_health().oldest) == (0, None)
    for key in "abc":
        queue_task("one", {}, key)
    claim()
    health = queue_health()
    assert (health.waiting, health.running, health.parked) == (2, 1, 0)
    assert health.oldest is not None


def test_the_clock_is_the_database_s() -> None:
    from django.db import connection

    with CaptureQueriesContext(connection) as asked:
        instant = now()
    # SQLite runs in this process: its clock is read without asking it.
    assert len(asked) == (0 if connection.vendor == "sqlite" else 1)
    assert instant.tzinfo is UTC
    moment = "STRFTIME('%Y-%m-%d %H:%M:%f', 'NOW')" if connection.vendor == "sqlite" else "CLOCK_TIMESTAMP()"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {moment}")
        answer = cursor.fetchone()[0]
    theirs = datetime.fromisoformat(answer).replace(tzinfo=UTC) if isinstance(answer, str) else answer
    assert timedelta(0) <= theirs - instant < timedelta(minutes=1)
    assert now() >= instant


def test_time_passes_within_a_transaction() -> None:
    with transaction.atomic():
        first, patience = now(), time.monotonic() + 5
        while time.monotonic() < patience:
            if now() > first:
                return
    pytest.fail("the clock stood still")


def test_standing_at_an_instant_ends_with_its_block() -> None:
    with standing_at(LONG_AGO):
        assert now() == LONG_AGO
        with standing_at(LONG_AGO + timedelta(days=1)):
            assert now() == LONG_AGO + timedelta(days=1)
        assert now() == LONG_AGO
        assert record("x.done", actor=None, kind="k", object_id=1).at == LONG_AGO
    assert now() > LONG_AGO
    with pytest.raises(ValueError), standing_at(LONG_AGO):
        raise ValueError
    assert now() > LONG_AGO


def test_tasks_of_a_replayed_past_are_done_in_the_past() -> None:
    with standing_at(LONG_AGO):
        queue_task("one", {}, "one")
        assert claim().handler == "one"


def test_latest_events_name_their_actor_and_page_by_id(people: People) -> None:
    with transaction.atomic():
        made = [record("x.done", actor=people.solver.pk, kind="k", object_id=n).pk for n in range(3)]
        quiet = record("x.noticed", actor=None, kind="k", object_id="z")
    rows = latest_events(limit=2)
    assert [(row.id, row.actor) for row in rows] == [(quiet.pk, "–"), (made[2], "Sara Solver")]
    assert [row.id for row in latest_events(limit=2, before=made[2])] == [made[1], made[0]]


def test_a_challenge_s_whole_life_leaves_events_without_scores(
    open_challenge: Any, people: People, submit: Callable, work: Callable
) -> None:
    from support.claims import predictions

    submit(people.solver, open_challenge.slug, predictions(1.25))
    work()
    kept = {str(payload) for payload in Event.objects.values_list("payload", flat=True)}
    assert not [text for text in kept if "1.25" in text or people.solver.name in text]


def test_a_worker_that_returns_under_its_name_ends_the_leases_of_its_earlier_self() -> None:
    for key in ("a", "b"):
        with transaction.atomic():
            queue_task("anything", {}, key)
    dead, other = claim_task("host:1"), claim_task("host:2")
    assert dead is not None
    assert other is not None
    assert claim_task("host:1") is None
    assert forsake_leases("host:1") == 1
    again = claim_task("host:1")
    assert again is not None
    assert (again.task_id, again.fence) == (dead.task_id, dead.fence + 1)
    with transaction.atomic(), pytest.raises(LostLeaseError):
        hold_task(dead)


def test_done_tasks_are_forgotten_after_a_week_and_events_never() -> None:
    for age in (1, 8):
        with standing_at(now() - timedelta(days=age)), transaction.atomic():
            record("test.happened", actor=None, kind="test", object_id=age)
            queue_task("anything", {}, f"old {age}")
            claim = claim_task("host:1")
            assert claim is not None
            finish_task(hold_task(claim))
    events = Event.objects.count()
    assert forget_done_tasks() == 1
    assert list(Task.objects.values_list("dedupe_key", flat=True)) == ["old 1"]
    assert Event.objects.count() == events
