"""Kill worker processes at random moments: ``python -m support.killing DATABASE KILLS SEED``.

Run as a process of its own, because it forks. Each worker is the real loop with a short
lease; scoring is slowed a little, inside and outside its transaction, so that death finds
it everywhere. When all have been killed, it says so by a file in the data folder, and a last
worker finishes what is left.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

LEASE = 1
LAST_SECONDS = 40
KILLED = "all-workers-killed"


def main(database: str, kills: int, seed: int) -> None:
    """Fork and kill ``kills`` workers one after the other, then let one live."""
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    import django

    django.setup()
    shorten_leases()
    chance = random.Random(seed)
    for _ in range(kills):
        child = os.fork()
        if child == 0:
            live(chance.randrange(1_000_000))
        time.sleep(chance.uniform(0.02, 0.4))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    (settings.DATA / KILLED).touch()
    finish()


def shorten_leases() -> None:
    """Let leases be short, and scoring slow enough to be killed."""
    from laureate.base.journal.leases import claim_task
    from laureate.worker import handlers, loop

    loop.claim_task = partial(claim_task, lease_seconds=LEASE)  # type: ignore[attr-defined]
    scoring = handlers.HANDLERS["score_entry"]
    assert scoring.think is not None
    slow = replace(scoring, think=_slowed(scoring.think), act=_slowed(scoring.act), lease_seconds=LEASE)
    handlers.HANDLERS["score_entry"] = slow  # type: ignore[index]


def _slowed(half: Callable[..., Any]) -> Callable[..., Any]:
    def slow(*args: Any) -> Any:
        time.sleep(random.uniform(0, 0.03))
        found = half(*args)
        time.sleep(random.uniform(0, 0.03))
        return found

    return slow


def live(seed: int) -> None:
    """Be a worker until killed."""
    from laureate.worker.loop import Worker

    random.seed(seed)
    try:
        Worker().run()
    finally:
        os._exit(1)


def finish() -> None:
    """Work until nothing waits or runs any more."""
    from laureate.base.journal.queries import queue_health
    from laureate.worker.loop import run_due_tasks

    deadline = time.monotonic() + LAST_SECONDS
    while time.monotonic() < deadline:
        run_due_tasks("last")
        health = queue_health()
        if not health.waiting and not health.running:
            return
        time.sleep(0.1)
    sys.exit("tasks are stuck")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
