"""Workers killed at random moments: nothing stuck, nothing scored twice, no slot lost."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from laureate.base.journal.choices import TaskState
from laureate.base.journal.models import Event, Task
from laureate.base.post.models import Message
from laureate.recipe.problem.models import Challenge
from laureate.recipe.scoring.models import Score
from laureate.recipe.submissions.choices import COUNTED_STATES, EntryState
from laureate.recipe.submissions.models import Entry, Slot
from support.claims import predictions
from support.killing import KILLED
from support.people import People

KILLS = 50
SECONDS = 85
FINAL = {EntryState.SCORED, EntryState.REFUSED, EntryState.FAILED}


def start_killing(seed: int) -> subprocess.Popen[str]:
    """Start the process that forks and kills workers on the database of this test."""
    support = Path(__file__).parents[1]
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "support.killing",
            str(connection.settings_dict["NAME"]),
            str(KILLS),
            str(seed),
        ],
        cwd=support,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "laureate.config.settings"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.kill
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_at_fifty_random_moments(
    publish: Callable[..., Challenge], people: People, submit: Callable, work: Callable[[], int]
) -> None:
    challenge = publish(per_day=1000)
    work()  # the baseline is in
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")  # noqa: T201 - to try a failure again

    def hand_in(number: int) -> None:
        broken = number % 10 == 9
        submit(people.solver, challenge.slug, b"customer\n" if broken else predictions(number / 10))

    for number in range(20):
        hand_in(number)
    killed = settings.DATA / KILLED
    process = start_killing(seed)
    handed_in, deadline = 20, time.monotonic() + SECONDS
    try:
        while process.poll() is None and not killed.exists() and time.monotonic() < deadline:
            if Task.objects.filter(state=TaskState.WAITING).count() < 20:
                hand_in(handed_in)
                handed_in += 1
            time.sleep(0.03)
        said, _ = process.communicate(timeout=max(1.0, deadline - time.monotonic()))
    finally:
        process.kill()
        killed.unlink(missing_ok=True)
    assert process.returncode == 0, said[-3000:]
    assert work() == 0

    entries = list(Entry.objects.order_by("id"))
    states = Counter(entry.state for entry in entries)
    scored = {entry.pk for entry in entries if entry.state == EntryState.SCORED}
    assert len(entries) == handed_in + 1  # and the baseline
    assert set(states) <= FINAL
    assert states[EntryState.REFUSED] >= 2
    assert set(Score.objects.values_list("entry_id", flat=True)) == scored
    settled = Event.objects.filter(verb__in=[f"submissions.entry_{state}" for state in FINAL])
    assert Counter(settled.values_list("object_id", flat=True)) == {str(entry.pk): 1 for entry in entries}
    assert Event.objects.filter(verb="scoring.entry_scored").count() == len(scored)
    counted = {e.pk for e in entries if e.state in COUNTED_STATES and e.author_id is not None}
    assert sorted(Slot.objects.values_list("entry_id", flat=True)) == sorted(counted)
    assert Message.objects.filter(kind__startswith="entry_").count() == handed_in
    assert not Task.objects.exclude(state__in=[TaskState.DONE, TaskState.PARKED]).exists()
    # Death did find workers at work, or this test would prove nothing.
    assert sum(fence - 1 for fence in Task.objects.values_list("fence", flat=True)) >= 5
