"""With one slot left, 64 simultaneous entries give one acceptance."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from django.db import connections

from laureate.base.journal.models import Event
from laureate.base.people.viewer import RefusedError, Viewer
from laureate.recipe.problem.models import Challenge
from laureate.recipe.submissions.actions import submit_entry
from laureate.recipe.submissions.models import Entry, Slot, Team
from support.claims import predictions
from support.people import People

CLIENTS = 64


class Race:
    """Clients that hand in an entry at the same moment, each on a connection of its own."""

    def __init__(self, viewer: Viewer, slug: str) -> None:
        self.viewer, self.slug = viewer, slug
        self.start = threading.Barrier(CLIENTS, timeout=60)
        self.outcomes: list[str] = []

    def _chunks(self, number: int) -> Iterator[bytes]:
        # Everybody has passed the first look at the quota before anybody's bytes arrive.
        self.start.wait()
        yield predictions(number / 100)

    def _enter(self, number: int) -> None:
        try:
            submit_entry(self.viewer, self.slug, self._chunks(number), "entry.csv")
            outcome = "accepted"
        except RefusedError as refusal:
            outcome = f"{refusal.kind}: {refusal.faults[0].rule}"
        except Exception as error:
            outcome = repr(error)
        finally:
            connections.close_all()
        self.outcomes.append(outcome)

    def run(self) -> Counter[str]:
        """Return how often there was which outcome."""
        threads = [threading.Thread(target=self._enter, args=(n,), daemon=True) for n in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(90)
        return Counter(self.outcomes)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("quota", [{"per_day": 3}, {"per_day": 100, "per_team": 3}], ids=["day", "total"])
def test_one_slot_left_and_sixty_four_entries(
    publish: Callable[..., Challenge],
    people: People,
    viewer: Callable,
    submit: Callable,
    quota: dict[str, int],
) -> None:
    challenge = publish(**quota)
    for _ in range(2):
        submit(people.solver, challenge.slug, predictions())
    outcomes = Race(viewer(people.solver), challenge.slug).run()
    assert outcomes == {"accepted": 1, "quota: quota": CLIENTS - 1}
    kept = set(Entry.objects.values_list("id", flat=True))
    assert len(kept) == 3
    assert Event.objects.filter(verb="submissions.entry_submitted").count() == 3
    assert set(Slot.objects.values_list("entry_id", flat=True)) == kept
    assert {slot.number for slot in Slot.objects.all()} == {1, 2, 3}


@pytest.mark.django_db(transaction=True)
def test_the_quota_holds_without_the_lock_of_the_team(
    publish: Callable[..., Challenge],
    people: People,
    viewer: Callable,
    submit: Callable,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The lock is for order; the limit is the constraint's alone.
    challenge = publish(per_day=2)
    submit(people.solver, challenge.slug, predictions())
    monkeypatch.setattr(
        "laureate.recipe.submissions.actions.lock_teams", lambda *ids: Team.objects.in_bulk(ids)
    )
    outcomes = Race(viewer(people.solver), challenge.slug).run()
    assert outcomes == {"accepted": 1, "quota: quota": CLIENTS - 1}
    assert Entry.objects.count() == Slot.objects.count() == 2
