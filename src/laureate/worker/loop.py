"""The worker: claim a task, do it, mark it; wake at the bell or look every second."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.db import DatabaseError, OperationalError, close_old_connections, transaction

from laureate.base.journal.actions import queue_task
from laureate.base.journal.choices import LEASE_SECONDS, MAX_TRIES
from laureate.base.journal.clock import now
from laureate.base.journal.leases import (
    Claim,
    LostLeaseError,
    claim_task,
    extend_lease,
    finish_task,
    forsake_leases,
    hold_task,
    park_task,
    postpone_task,
)
from laureate.worker.handlers import HANDLERS, SCHEDULE

log = logging.getLogger(__name__)
POLL_SECONDS = 1.0


def execute_claim(claim: Claim) -> None:
    """Do one claimed task: think, then write result and completion in one transaction."""
    handler = HANDLERS.get(claim.handler)
    if handler is None or claim.exhausted:
        give_up(
            claim, "the worker died during each try" if handler else f"there is no handler {claim.handler}"
        )
        return
    try:
        if handler.lease_seconds > LEASE_SECONDS:
            extend_lease(claim, handler.lease_seconds)
        thought = handler.think(claim.payload) if handler.think else None
        with transaction.atomic():
            task = hold_task(claim)
            handler.act(claim.payload, thought)
            finish_task(task)
    except LostLeaseError:
        log.warning("task %s passed to another worker; result dropped", claim.task_id)
    except Exception:
        error = traceback.format_exc(limit=20)
        log.exception("task %s (%s) failed, try %s", claim.task_id, claim.handler, claim.tries)
        if claim.tries >= MAX_TRIES:
            give_up(claim, error)
        else:
            with contextlib.suppress(LostLeaseError), transaction.atomic():
                postpone_task(hold_task(claim), error)


def give_up(claim: Claim, error: str) -> None:
    """Park a task for the operator and let its handler settle what waited for it."""
    handler = HANDLERS.get(claim.handler)
    settle = handler.give_up if handler else None
    with contextlib.suppress(LostLeaseError):
        try:
            with transaction.atomic():
                task = hold_task(claim)
                if settle is not None:
                    settle(claim.payload, min(claim.tries, MAX_TRIES))
                park_task(task, error)
        except (LostLeaseError, OperationalError):
            raise
        except Exception:
            log.exception("giving up task %s (%s) failed", claim.task_id, claim.handler)
            with transaction.atomic():
                park_task(hold_task(claim), f"{error}\n{traceback.format_exc(limit=20)}")


def run_due_tasks(worker: str, most: int = 10_000) -> int:
    """Do all tasks that are due now; return how many."""
    for done in range(most):
        claim = claim_task(worker)
        if claim is None:
            return done
        execute_claim(claim)
    return most


def queue_periodic_tasks() -> None:
    """Queue each periodic task of the present tick, once among all workers."""
    instant = now()
    with transaction.atomic():
        for handler, seconds in SCHEDULE.items():
            tick = int(instant.timestamp() // seconds)
            queue_task(handler, {}, f"{handler}@{tick}")


class Worker:
    """A process that does tasks until it is told to stop."""

    def __init__(self, name: str = "", bell: Path | None = None) -> None:
        self.name = name or f"{socket.gethostname()}:{os.getpid()}"
        self.bell = bell
        self.stopping = False

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """Ask the worker to stop after the task in hand."""
        self.stopping = True

    def run(self) -> None:
        """Work until stopped; survives a database that is away for a while."""
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        forsake_leases(self.name)
        with self._listen() as ear:
            next_tick = 0.0
            while not self.stopping:
                try:
                    if time.monotonic() >= next_tick:
                        queue_periodic_tasks()
                        next_tick = time.monotonic() + min(SCHEDULE.values()) / 2
                    if claim := claim_task(self.name):
                        execute_claim(claim)
                        continue
                except DatabaseError:
                    log.exception("the database does not answer; trying again")
                    close_old_connections()
                self._wait(ear)

    @contextlib.contextmanager
    def _listen(self) -> Iterator[socket.socket]:
        path = self.bell or Path(settings.WORKER_SOCKET)
        path.parent.mkdir(parents=True, exist_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
            path.unlink(missing_ok=True)
            try:
                ear.bind(str(path))
            except OSError:
                log.warning("no bell at %s; the worker polls", path)
            ear.settimeout(POLL_SECONDS)
            yield ear

    @staticmethod
    def _wait(ear: socket.socket) -> None:
        with contextlib.suppress(TimeoutError, InterruptedError):
            ear.recv(64)
