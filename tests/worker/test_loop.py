"""The worker's loop: two halves, retries, giving up, leases, periodic tasks."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction

from laureate.base.journal.actions import queue_task
from laureate.base.journal.choices import MAX_TRIES, TaskState
from laureate.base.journal.clock import now
from laureate.base.journal.leases import claim_task, retry_task
from laureate.base.journal.models import Event, Task
from laureate.base.post.models import Message
from laureate.recipe.problem.models import Challenge
from laureate.recipe.scoring.models import Score
from laureate.recipe.submissions.actions import cancel_entry
from laureate.recipe.submissions.choices import EntryState
from laureate.recipe.submissions.models import Entry, Slot
from laureate.worker import loop
from laureate.worker.handlers import HANDLERS, REACTIONS, SCHEDULE, Handler
from laureate.worker.loop import Worker, execute_claim, queue_periodic_tasks, run_due_tasks
from support.claims import predictions
from support.people import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def handlers(monkeypatch: pytest.MonkeyPatch) -> dict[str, Handler]:
    """Give a table of handlers to play with."""
    table: dict[str, Handler] = {}
    monkeypatch.setattr(loop, "HANDLERS", table)
    return table


@pytest.fixture
def entry(open_challenge: Challenge, people: People, submit: Callable, work: Callable[[], int]) -> Entry:
    """Give an entry that waits to be scored, and nothing else to do."""
    work()
    return submit(people.solver, open_challenge.slug, predictions(1.0))


def only_task(handler: str = "score_entry") -> Task:
    return Task.objects.filter(handler=handler).latest("id")


def die_while_holding() -> None:
    """Claim the only due task and be gone: its lease is over."""
    claim = claim_task("dying")
    assert claim is not None
    Task.objects.filter(pk=claim.task_id).update(lease_until=now() - timedelta(seconds=1))


def test_every_reaction_and_periodic_task_has_a_handler() -> None:
    assert {name for names in REACTIONS.values() for name in names} | set(SCHEDULE) <= set(HANDLERS)


@pytest.mark.django_db(transaction=True)
def test_thinking_is_outside_and_acting_inside_the_transaction(handlers: dict[str, Handler]) -> None:
    seen: list[tuple[str, bool, Any]] = []

    def think(payload: Any) -> str:
        seen.append(("think", connection.in_atomic_block, payload["n"]))
        return "thought"

    def act(payload: Any, thought: Any) -> None:
        seen.append(("act", connection.in_atomic_block, thought))

    handlers["one"] = Handler(act=act, think=think)
    queue_task("one", {"n": 1}, "one")
    assert run_due_tasks("tests") == 1
    assert seen == [("think", False, 1), ("act", True, "thought")]
    assert only_task("one").state == TaskState.DONE
    assert run_due_tasks("tests") == 0


@pytest.mark.django_db(transaction=True)
def test_what_an_act_wrote_goes_with_its_failure(handlers: dict[str, Handler]) -> None:
    def act(payload: Any, thought: Any) -> None:
        queue_task("never", {}, "never")
        raise ValueError("broken on purpose")

    handlers["one"] = Handler(act=act)
    queue_task("one", {}, "one")
    run_due_tasks("tests")
    task = Task.objects.get()
    assert (task.state, task.tries) == (TaskState.WAITING, 1)
    assert "broken on purpose" in task.last_error
    assert task.not_before > now()


def test_after_three_failures_a_task_is_parked_and_what_waited_is_settled(
    handlers: dict[str, Handler], frozen: Callable
) -> None:
    settled: list[tuple[Any, int]] = []

    def act(payload: Any, thought: Any) -> None:
        raise ValueError("broken on purpose")

    handlers["one"] = Handler(act=act, give_up=lambda payload, tries: settled.append((payload, tries)))
    queue_task("one", {"n": 1}, "one")
    for hour in range(MAX_TRIES):
        with frozen(now() + timedelta(hours=hour)):
            assert run_due_tasks("tests") == 1
            assert run_due_tasks("tests") == 0
    assert settled == [({"n": 1}, MAX_TRIES)]
    task = Task.objects.get()
    assert (task.state, task.tries) == (TaskState.PARKED, MAX_TRIES)
    assert "broken on purpose" in task.last_error


@pytest.mark.django_db(transaction=True)
def test_a_give_up_that_fails_parks_the_task_all_the_same(handlers: dict[str, Handler]) -> None:
    def act(payload: Any, thought: Any) -> None:
        raise ValueError("first cause")

    def give_up(payload: Any, tries: int) -> None:
        raise KeyError("second cause")

    handlers["one"] = Handler(act=act, give_up=give_up)
    queue_task("one", {}, "one")
    Task.objects.update(tries=MAX_TRIES - 1)
    run_due_tasks("tests")
    task = Task.objects.get()
    assert task.state == TaskState.PARKED
    assert "first cause" in task.last_error
    assert "second cause" in task.last_error


def test_a_task_that_nobody_handles_is_parked(handlers: dict[str, Handler]) -> None:
    queue_task("of_another_version", {}, "one")
    assert run_due_tasks("tests") == 1
    assert Task.objects.get().state == TaskState.PARKED
    assert "of_another_version" in Task.objects.get().last_error


def test_a_handler_s_longer_lease_is_kept(handlers: dict[str, Handler]) -> None:
    left: list[timedelta] = []

    def think(payload: Any) -> None:
        left.append(Task.objects.get().lease_until - now())

    handlers["one"] = Handler(act=lambda payload, thought: None, think=think, lease_seconds=5_000)
    queue_task("one", {}, "one")
    run_due_tasks("tests")
    assert left[0] > timedelta(seconds=4_900)


def test_a_zombie_s_score_is_dropped(entry: Entry) -> None:
    zombie = claim_task("zombie")
    assert zombie is not None
    Task.objects.filter(pk=zombie.task_id).update(lease_until=now() - timedelta(seconds=1))
    assert run_due_tasks("living") == 1
    execute_claim(zombie)
    assert Score.objects.filter(entry=entry).count() == 1
    assert Event.objects.filter(verb="submissions.entry_scored", object_id=str(entry.pk)).count() == 1
    assert only_task().state == TaskState.DONE


def test_a_task_done_twice_scores_once(entry: Entry, work: Callable[[], int]) -> None:
    work()
    task = only_task()
    queue_task("score_entry", task.payload, "once more")
    work()
    assert only_task().state == TaskState.DONE
    assert Score.objects.filter(entry=entry).count() == 1
    assert Message.objects.filter(kind="entry_scored").count() == 1


def test_an_entry_whose_workers_keep_dying_fails_with_its_cause_and_gets_its_slot_back(
    entry: Entry, work: Callable[[], int]
) -> None:
    assert Slot.objects.count() == 1
    for _ in range(MAX_TRIES):
        die_while_holding()
    assert work() == 1
    entry.refresh_from_db()
    assert entry.state == EntryState.FAILED
    assert entry.judged_at is not None
    assert [(f["rule"], f["params"]) for f in entry.faults] == [("run_died", {"tries": MAX_TRIES})]
    assert not Slot.objects.exists()
    assert not Score.objects.filter(entry=entry).exists()
    assert Message.objects.filter(kind="entry_failed").count() == 1
    assert only_task().state == TaskState.PARKED
    assert retry_task(only_task().pk)
    work()
    entry.refresh_from_db()
    assert (entry.state, only_task().state) == (EntryState.FAILED, TaskState.DONE)


def test_an_entry_whose_scoring_keeps_failing_fails_likewise(
    entry: Entry, work: Callable[[], int], frozen: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(*_: Any, **__: Any) -> None:
        raise MemoryError

    monkeypatch.setattr("laureate.recipe.scoring.actions.score_entry", explode)
    for hour in range(MAX_TRIES):
        with frozen(now() + timedelta(hours=hour)):
            work()
    entry.refresh_from_db()
    assert (entry.state, Slot.objects.count()) == (EntryState.FAILED, 0)
    assert "MemoryError" in only_task().last_error


def test_death_at_two_tries_still_scores(entry: Entry, work: Callable[[], int]) -> None:
    for _ in range(MAX_TRIES - 1):
        die_while_holding()
    work()
    entry.refresh_from_db()
    assert entry.state == EntryState.SCORED


def test_an_entry_cancelled_while_it_is_scored_stays_cancelled(
    entry: Entry, people: People, viewer: Callable, monkeypatch: pytest.MonkeyPatch, work: Callable[[], int]
) -> None:
    from laureate.recipe.scoring import actions

    score = actions.score_entry

    def slow(*args: Any, **named: Any) -> Any:
        cancel_entry(viewer(people.solver), entry.pk)
        return score(*args, **named)

    monkeypatch.setattr(actions, "score_entry", slow)
    work()
    entry.refresh_from_db()
    assert entry.state == EntryState.CANCELLED
    assert not Score.objects.filter(entry=entry).exists()
    assert not Slot.objects.exists()
    assert only_task().state == TaskState.DONE


@pytest.mark.django_db(transaction=True)
def test_many_workers_do_each_task_once(handlers: dict[str, Handler]) -> None:
    done: list[int] = []
    handlers["count"] = Handler(act=lambda payload, thought: done.append(payload["n"]))
    with transaction.atomic():
        for number in range(60):
            queue_task("count", {"n": number}, f"count:{number}")

    def work() -> None:
        try:
            run_due_tasks(threading.current_thread().name)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(done) == list(range(60))
    assert set(Task.objects.values_list("state", "fence")) == {(TaskState.DONE, 1)}


def test_a_tick_is_queued_once_among_all_workers(frozen: Callable) -> None:
    instant = now().replace(second=0, microsecond=0)
    for after, queued in [(0, 1), (1, 1), (29, 1), (30, 2), (59, 2), (60, 3)]:
        with frozen(instant + timedelta(seconds=after)):
            queue_periodic_tasks()
            queue_periodic_tasks()
        assert Task.objects.filter(handler="close_due_challenges").count() == queued


@pytest.mark.django_db(transaction=True)
def test_a_worker_survives_a_database_that_is_away_and_hears_the_bell(
    monkeypatch: pytest.MonkeyPatch, handlers: dict[str, Handler], tmp_path: Path, settings: Any
) -> None:
    settings.WORKER_SOCKET = tmp_path / "bell"
    failures = iter([OperationalError("away"), OperationalError("still away")])
    claim, heard = loop.claim_task, []

    def flaky(name: str) -> Any:
        for failure in failures:
            raise failure
        return claim(name)

    worker = Worker("tests")

    def act(payload: Any, thought: Any) -> None:
        heard.append(time.monotonic())
        worker.stop()

    handlers["ring"] = Handler(act=act)
    monkeypatch.setattr(loop, "claim_task", flaky)
    monkeypatch.setattr(loop, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(loop, "queue_periodic_tasks", lambda: queue_task("ring", {}, "ring"))
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    worker.run()
    assert len(heard) == 1
    assert Task.objects.get(handler="ring").state == TaskState.DONE


@pytest.mark.django_db(transaction=True)
def test_queueing_rings_after_the_commit_only(monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[str] = []
    monkeypatch.setattr("laureate.base.journal.actions.wake_worker", lambda: rung.append("!"))
    with transaction.atomic():
        queue_task("one", {}, "one")
        assert rung == []
    assert rung == ["!"]
    queue_task("one", {}, "one")
    assert rung == ["!"], "nothing new, no bell"
