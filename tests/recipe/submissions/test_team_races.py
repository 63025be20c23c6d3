"""What happens at the same moment: one invitation, one place per person, one merge, one end."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connections

from laureate.base.people.viewer import RefusedError
from laureate.recipe.problem.models import Challenge
from laureate.recipe.submissions.actions import (
    cancel_entry,
    join_challenge,
    select_entry,
    settle_entry,
    submit_entry,
)
from laureate.recipe.submissions.choices import EntryState
from laureate.recipe.submissions.models import Entry, FinalSelection, Member, Slot, Team
from laureate.recipe.submissions.teaming import accept_invitation, answer_merge, invite_member, propose_merge
from support.claims import predictions
from support.people import People

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> Counter[str]:
    """Do all acts at the same moment, each on its own connection; return how they ended."""
    start = threading.Barrier(len(acts), timeout=30)
    ends: list[str] = []

    def do(act: Callable[[], object]) -> None:
        try:
            start.wait()
            act()
            end = "done"
        except RefusedError as refusal:
            end = refusal.faults[0].rule
        except Exception as error:
            end = repr(error)
        finally:
            connections.close_all()
        ends.append(end)

    threads = [threading.Thread(target=do, args=(act,), daemon=True) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return Counter(ends)


def test_one_person_joins_once(open_challenge: Challenge, people: People, viewer: Callable) -> None:
    who = viewer(people.solver)
    assert at_once(*[lambda: join_challenge(who, "claims")] * 8) == {"done": 1, "already_joined": 7}
    assert Team.objects.count() == Member.objects.count() == 1


def test_namesakes_all_join(open_challenge: Challenge, people: People, viewer: Callable) -> None:
    users = [people.solver, people.mate, people.rival, people.other_host]
    type(people.solver).objects.filter(pk__in=[u.pk for u in users]).update(name="Sam")
    who = [viewer(user) for user in users]
    assert at_once(*[lambda v=v: join_challenge(v, "claims") for v in who]) == {"done": 4}
    assert set(Team.objects.values_list("name", flat=True)) == {"Sam", "Sam 2", "Sam 3", "Sam 4"}


def test_an_invitation_is_used_once(open_challenge: Challenge, people: People, viewer: Callable) -> None:
    join_challenge(viewer(people.solver), "claims")
    code = invite_member(viewer(people.solver), "claims")
    who = [viewer(user) for user in (people.mate, people.rival, people.other_host)]
    assert at_once(*[lambda v=v: accept_invitation(v, code) for v in who]) == {"done": 1, "unknown": 2}
    assert Member.objects.count() == 2


def test_one_person_accepts_two_invitations(
    open_challenge: Challenge, people: People, viewer: Callable
) -> None:
    codes = []
    for user in (people.solver, people.rival):
        join_challenge(viewer(user), "claims")
        codes.append(invite_member(viewer(user), "claims"))
    who = viewer(people.mate)
    ends = at_once(*[lambda c=c: accept_invitation(who, c) for c in codes])
    assert ends["done"] == 1
    assert set(ends) <= {"done", "already_joined", "has_team"}
    assert Member.objects.filter(user=people.mate).count() == 1


def test_a_full_team_stays_within_its_size(
    publish: Callable[..., Challenge], people: People, viewer: Callable
) -> None:
    publish(team_size=2)
    join_challenge(viewer(people.solver), "claims")
    codes = [invite_member(viewer(people.solver), "claims") for _ in range(3)]
    who = [viewer(user) for user in (people.mate, people.rival, people.other_host)]
    pairs = zip(who, codes, strict=True)
    assert at_once(*[lambda v=v, c=c: accept_invitation(v, c) for v, c in pairs]) == {
        "done": 1,
        "team_full": 2,
    }


def test_two_teams_that_accept_each_other_become_one(
    open_challenge: Challenge, people: People, viewer: Callable, submit: Callable
) -> None:
    merges = []
    for user in (people.solver, people.rival):
        submit(user, "claims", predictions())
    for user, other in [(people.solver, "Rita Rival"), (people.rival, "Sara Solver")]:
        merges.append(propose_merge(viewer(user), "claims", other))
    answers = zip((viewer(people.rival), viewer(people.solver)), merges, strict=True)
    ends = at_once(*[lambda v=v, m=m: answer_merge(v, "claims", m.pk, accept=True) for v, m in answers])
    assert ends["done"] == 1
    assert set(ends) <= {"done", "unknown", "not_captain"}
    [team] = Team.objects.filter(baseline=False, merged_into=None)
    assert Member.objects.filter(team=team).count() == Entry.objects.filter(team=team).count() == 2


def test_entries_settled_and_handed_in_during_a_merge_are_not_lost(
    open_challenge: Challenge, people: People, viewer: Callable, submit: Callable
) -> None:
    made = [submit(people.rival, "claims", predictions(n)) for n in range(2)]
    join_challenge(viewer(people.solver), "claims")
    merge = propose_merge(viewer(people.rival), "claims", "Sara Solver")
    solver, rival = viewer(people.solver), viewer(people.rival)

    def settle(entry: Entry, verb: str) -> Callable[[], object]:
        def act() -> None:
            from django.db import transaction

            with transaction.atomic():
                settle_entry(entry.pk, verb)

        return act

    ends = at_once(
        lambda: answer_merge(solver, "claims", merge.pk, accept=True),
        settle(made[0], "refuse"),
        settle(made[1], "score"),
        lambda: submit_entry(rival, "claims", [predictions(9)], "e.csv"),
        lambda: submit_entry(solver, "claims", [predictions(8)], "e.csv"),
    )
    assert ends == {"done": 5}
    team = Team.objects.get(captain=people.solver)
    kept = Entry.objects.filter(author__isnull=False)
    assert set(kept.values_list("team_id", flat=True)) == {team.pk}
    counted = set(kept.exclude(state=EntryState.REFUSED).values_list("id", flat=True))
    assert set(Slot.objects.filter(team=team).values_list("entry_id", flat=True)) == counted
    assert Slot.objects.count() == len(counted) == 3


def test_an_entry_is_cancelled_or_scored_but_not_both(
    open_challenge: Challenge, people: People, viewer: Callable, submit: Callable, work: Callable[[], int]
) -> None:
    work()
    entry, who = submit(people.solver, "claims", predictions()), viewer(people.solver)
    ends = at_once(lambda: cancel_entry(who, entry.pk), work)
    entry.refresh_from_db()
    assert (entry.state, ends["done"]) in [(EntryState.CANCELLED, 2), (EntryState.SCORED, 1)]
    assert Slot.objects.count() == (entry.state == EntryState.SCORED)


def test_simultaneous_selections_keep_to_the_limit(
    publish: Callable[..., Challenge], people: People, viewer: Callable, submit: Callable
) -> None:
    from django.db import transaction

    publish(selections=2, per_day=10)
    made, who = [submit(people.solver, "claims", predictions(n)) for n in range(5)], viewer(people.solver)
    for entry in made:
        with transaction.atomic():
            settle_entry(entry.pk, "score")
    ends = at_once(*[lambda e=e: select_entry(who, e.pk) for e in made])
    assert ends == {"done": 2, "selections_full": 3}
    assert FinalSelection.objects.count() == 2
