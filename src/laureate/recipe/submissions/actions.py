"""Verbs of entries: join, submit, cancel, select; and how the machines report an outcome."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain

from django.db import IntegrityError, transaction

from laureate.base.files.actions import store_stream
from laureate.base.files.models import Blob
from laureate.base.journal.actions import record
from laureate.base.journal.clock import now
from laureate.base.people.texts import require_texts, text_faults
from laureate.base.people.throttle import Limit, count_attempt
from laureate.base.people.viewer import RefusedError, Viewer
from laureate.base.post.actions import tell
from laureate.engine.faults import Fault, mark
from laureate.engine.timeline import ENTRY, next_state
from laureate.recipe.problem.choices import FileKind
from laureate.recipe.problem.models import Challenge, ChallengeFile
from laureate.recipe.problem.moves import lock_challenge, move_challenge
from laureate.recipe.problem.queries import find_challenge
from laureate.recipe.problem.rules import audiences
from laureate.recipe.submissions.choices import COUNTED_STATES, EntryState
from laureate.recipe.submissions.models import Entry, FinalSelection, Member, Team
from laureate.recipe.submissions.queries import find_entry, team_of
from laureate.recipe.submissions.quota import allowance_of, give_slots_back, quota_refusal, take_slots
from laureate.recipe.submissions.rules import (
    ALREADY_JOINED,
    may_cancel_entry,
    may_finalise_challenge,
    may_join_challenge,
    may_select_entry,
    may_submit_entry,
    running_phase,
)

ATTEMPTS_PER_ENTRY = 20
"""How many files a solver may send for each entry of the day's quota: what is refused or cancelled is kept too."""

LEAST_ATTEMPTS = 200
"""How many files a solver may send in a day, whatever the quota."""


def join_challenge(viewer: Viewer, slug: str) -> Team:
    """Take part in a challenge: the viewer gets a team of one, of which they are captain."""
    challenge = find_challenge(viewer, slug)
    hosts = "host" in audiences(viewer, challenge)
    may_join_challenge(viewer, challenge, team_of(viewer.user_id, challenge), hosts=hosts).require()
    while True:
        try:
            with transaction.atomic():
                team = Team.objects.create(
                    challenge=challenge,
                    name=free_team_name(challenge, viewer.name),
                    captain_id=viewer.require_user(),
                    formed_at=now(),
                )
                Member.objects.create(
                    team=team, challenge=challenge, user_id=viewer.require_user(), joined_at=now()
                )
                record("submissions.challenge_joined", actor=viewer.user_id, about=team)
        except IntegrityError:
            if team_of(viewer.user_id, challenge) is not None:
                raise RefusedError("conflict", ALREADY_JOINED) from None
            continue  # a namesake took the team's name a moment ago: take the next one
        return team


def free_team_name(challenge: Challenge, wanted: str) -> str:
    """Return ``wanted``, or the same with the first number that makes it free."""
    whole = wanted.strip()[:60].strip() or "Team"
    base = whole[:50]
    taken = set(
        Team.objects.filter(challenge=challenge, merged_into=None, name__startswith=base).values_list(
            "name", flat=True
        )
    )
    numbered = (f"{base} {n}" for n in range(2, 100_000))
    return next(name for name in chain((whole,), numbered) if name not in taken)


def submit_entry(viewer: Viewer, slug: str, chunks: Iterable[bytes], file_name: str, note: str = "") -> Entry:
    """Receive an entry: file on disk, row, slot of the quota and event in one go.

    Raises:
        RefusedError: with the reason; then nothing was kept but, at most, bytes nobody refers to.

    """
    challenge, instant = find_challenge(viewer, slug), now()
    allowance = allowance_of(_entering_team(viewer, challenge, instant), challenge, instant)
    require_texts(text_faults("file_name", file_name), text_faults("note", note))
    if allowance.left == 0:
        raise quota_refusal(allowance)  # before the bytes are taken in, for the solver's sake
    most = max(LEAST_ATTEMPTS, ATTEMPTS_PER_ENTRY * challenge.entries_per_day)
    attempts = Limit("submit-entry", most, 86_400)
    count_attempt(attempts, slug, str(viewer.user_id))
    blob = store_stream(chunks)
    with transaction.atomic():
        # Taking the bytes in may have taken long: what counts is how things stand at the receipt.
        challenge = find_challenge(viewer, slug)
        team, instant = _locked_team(viewer, challenge), now()
        may_submit_entry(viewer, challenge, team, instant).require()
        return _receive(challenge, team, instant, blob, file_name, note, viewer.user_id)


def _entering_team(viewer: Viewer, challenge: Challenge, instant: datetime) -> Team:
    team = team_of(viewer.user_id, challenge)
    may_submit_entry(viewer, challenge, team, instant).require()
    assert team is not None, "the rule refuses those who have no team"
    return team


def _locked_team(viewer: Viewer, challenge: Challenge) -> Team:
    while True:
        team = _entering_team(viewer, challenge, now())
        locked = lock_teams(team.pk).get(team.pk)
        if locked is not None and locked.merged_into_id is None:
            return locked
        # It became part of another team a moment ago: enter for that one.


def lock_teams(*team_ids: int) -> dict[int, Team]:
    """Return the teams by id, locked in the order of their ids; whoever locks more locks teams first."""
    return {team.pk: team for team in Team.objects.select_for_update().filter(pk__in=team_ids).order_by("id")}


def _receive(
    challenge: Challenge,
    team: Team,
    instant: datetime,
    blob: Blob,
    file_name: str,
    note: str,
    author: int | None,
) -> Entry:
    with transaction.atomic():
        entry = Entry.objects.create(
            challenge=challenge,
            phase=running_phase(challenge, instant),
            team=team,
            author_id=author,
            blob=blob,
            file_name=file_name[-200:],
            note=note.strip()[:280],
            received_at=instant,
        )
        if not team.baseline:
            take_slots(entry, challenge, instant)
        record("submissions.entry_submitted", actor=author, about=entry, payload={"sha256": blob.pk})
    return entry


def enter_baselines(challenge_id: int) -> None:
    """Enter the baselines of a challenge, each as a team of its own that is not ranked; idempotent."""
    challenge = Challenge.objects.get(pk=challenge_id)
    for file in ChallengeFile.objects.filter(challenge=challenge, kind=FileKind.BASELINE).select_related(
        "blob"
    ):
        with transaction.atomic():
            name, note = file.path.rsplit("/", 1)[-1], file.description.strip()[:280]
            entered = Entry.objects.filter(
                challenge=challenge, team__baseline=True, file_name=name, note=note
            )
            if not entered.filter(blob=file.blob).exists():
                team = Team.objects.create(
                    challenge=challenge,
                    name=free_team_name(challenge, file.title),
                    baseline=True,
                    formed_at=now(),
                )
                _receive(challenge, team, now(), file.blob, name, note, None)


def cancel_entry(viewer: Viewer, entry_id: int) -> None:
    """Take back an entry that still waits; its slot is free again."""
    found, member, _ = find_entry(viewer, entry_id)
    with transaction.atomic():
        entry = Entry.objects.select_for_update().get(pk=found.pk)
        may_cancel_entry(viewer, entry, member=member).require()
        entry.state = next_state(ENTRY, "cancel", entry.state)
        entry.judged_at = now()
        entry.save(update_fields=["state", "judged_at"])
        give_slots_back(entry)
        record("submissions.entry_cancelled", actor=viewer.user_id, about=entry)


def finalise_challenge(viewer: Viewer, slug: str) -> Challenge:
    """Declare the private ranking of a closed challenge final, when every entry has its score."""
    with transaction.atomic():
        challenge = lock_challenge(viewer, slug)
        may_finalise_challenge(viewer, challenge).require()
        return move_challenge(viewer, slug, "finalise", "problem.challenge_finalised")


def announce_close(challenge_id: int) -> None:
    """Tell everybody who took part that a challenge is closed; idempotent."""
    challenge = Challenge.objects.get(pk=challenge_id)
    members = Member.objects.filter(challenge=challenge).order_by("id").values_list("user_id", flat=True)
    for user_id in members:
        tell(
            user_id,
            "challenge_closed",
            {"challenge": challenge.title},
            path=f"/challenges/{challenge.slug}/board",
            dedupe_key=f"closed:{challenge.pk}",
        )


def settle_entry(entry_id: int, verb: str, faults: Sequence[Fault] = ()) -> Entry | None:
    """Bring a waiting entry to its final state: verb ``score``, ``refuse`` or ``fail``.

    Runs in the transaction of the machine's result. Returns None when the entry no longer
    waits, so that a late or repeated result changes nothing.
    """
    mine = Entry.objects.select_for_update(of=("self",)).select_related("challenge")
    entry = mine.filter(pk=entry_id).first()
    if entry is None or entry.state != EntryState.RECEIVED:
        return None
    entry.state = next_state(ENTRY, verb, entry.state)
    entry.judged_at = now()
    entry.faults = [fault.to_plain() for fault in faults]
    entry.save(update_fields=["state", "judged_at", "faults"])
    if entry.state not in COUNTED_STATES:
        give_slots_back(entry)
    record(f"submissions.entry_{entry.state}", actor=None, about=entry)
    if entry.author_id is not None:
        params = {"entry": str(entry.pk), "challenge": entry.challenge.title}
        tell(
            entry.author_id,
            f"entry_{entry.state}",
            params,
            path=f"/entries/{entry.pk}",
            dedupe_key=f"entry:{entry.pk}:{entry.state}",
        )
    return entry


def select_entry(viewer: Viewer, entry_id: int) -> None:
    """Choose an entry as one of the team's final selections.

    Raises:
        RefusedError: kind ``conflict`` when all selections are taken.

    """
    with transaction.atomic():
        entry, member, _ = find_entry(viewer, entry_id)
        may_select_entry(viewer, entry, member=member).require()
        limit = entry.challenge.final_selections
        for number in range(1, limit + 1):
            try:
                with transaction.atomic():
                    FinalSelection.objects.create(
                        team_id=entry.team_id, number=number, ceiling=limit, entry=entry
                    )
            except IntegrityError:
                continue  # this number is taken, or the entry is selected already
            record("submissions.entry_selected", actor=viewer.user_id, about=entry)
            return
        if not FinalSelection.objects.filter(entry=entry).exists():
            fault = Fault(
                "selections_full",
                mark("All %(limit)d final selections are taken."),
                mark("Release one of them first."),
                {"limit": limit},
            )
            raise RefusedError("conflict", fault)


def release_entry(viewer: Viewer, entry_id: int) -> None:
    """Take an entry off the team's final selections."""
    with transaction.atomic():
        entry, member, _ = find_entry(viewer, entry_id)
        may_select_entry(viewer, entry, member=member).require()
        gone, _ = FinalSelection.objects.filter(entry=entry).delete()
        if gone:
            record("submissions.entry_released", actor=viewer.user_id, about=entry)
