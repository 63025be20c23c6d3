"""Post: an inbox, and mails where mail is on and wanted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.utils.translation import override

from laureate.base.journal.models import Task
from laureate.base.people.models import User
from laureate.base.people.viewer import STRANGER, RefusedError
from laureate.base.post.actions import note_delivery, read_inbox, send_mail, tell
from laureate.base.post.choices import LETTERS
from laureate.base.post.models import Mail, Message
from laureate.base.post.queries import inbox, unread_count
from support.people import People

pytestmark = pytest.mark.django_db


def tell_solver(people: People, key: str = "key", **changes: Any) -> None:
    params = {"entry": "7", "challenge": "Claims"}
    tell(people.solver.pk, "entry_scored", params, path="/entries/7", dedupe_key=key, **changes)


def test_telling_twice_tells_once(people: People, viewer: Callable) -> None:
    for _ in range(3):
        tell_solver(people)
    tell(people.mate.pk, "entry_scored", {"entry": "7", "challenge": "Claims"}, path="/", dedupe_key="key")
    assert Message.objects.count() == 2
    rows = inbox(viewer(people.solver))
    assert [(row.subject, row.path, row.read) for row in rows] == [
        ("Entry 7 of Claims is scored", "/entries/7", False)
    ]


def test_the_inbox_counts_what_is_unread(people: People, viewer: Callable) -> None:
    for key in "abc":
        tell_solver(people, key)
    solver, rival = viewer(people.solver), viewer(people.rival)
    assert [unread_count(who) for who in (solver, rival, STRANGER)] == [3, 0, 0]
    read_inbox(rival)
    assert unread_count(solver) == 3
    read_inbox(solver)
    assert unread_count(solver) == 0
    assert {row.read for row in inbox(solver)} == {True}
    tell_solver(people, "d")
    assert unread_count(solver) == 1


def test_the_inbox_is_one_s_own_and_pages_by_id(people: People, viewer: Callable) -> None:
    for key in "abc":
        tell_solver(people, key)
    newest = inbox(viewer(people.solver), limit=2)
    older = inbox(viewer(people.solver), limit=2, before=newest[-1].id)
    assert [row.id for row in newest + older] == sorted([row.id for row in newest + older], reverse=True)
    assert (len(newest), len(older)) == (2, 1)
    assert inbox(viewer(people.mate)) == []
    for ask in (inbox, read_inbox):
        with pytest.raises(RefusedError) as refusal:
            ask(STRANGER)
        assert refusal.value.kind == "sign_in"


def test_a_message_is_read_in_the_language_of_the_day(
    people: People, viewer: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    french = {LETTERS["entry_scored"].subject: "Soumission %(entry)s notée (%(challenge)s)"}
    tell_solver(people)
    from django.utils import translation

    def speak(text: str) -> str:
        return french.get(text, text) if translation.get_language() == "fr" else text

    monkeypatch.setattr("laureate.base.post.queries.gettext", speak)
    for language, subject in [("fr", "Soumission 7 notée (Claims)"), ("en", "Entry 7 of Claims is scored")]:
        with override(language):
            assert inbox(viewer(people.solver))[0].subject == subject


@pytest.mark.parametrize("kind", LETTERS)
def test_every_letter_can_be_put_into_words(kind: str, people: People, viewer: Callable) -> None:
    params = dict.fromkeys(("entry", "challenge", "platform", "member", "team"), "X")
    tell(people.solver.pk, kind, params, path="/", dedupe_key=kind)
    row = inbox(viewer(people.solver))[0]
    assert row.subject
    assert row.body
    assert "%(" not in row.subject + row.body


def test_without_a_mail_server_nothing_waits_to_go_out(people: People) -> None:
    tell_solver(people)
    assert not Mail.objects.exists()
    assert not Task.objects.filter(handler="deliver_mail").exists()


def test_with_a_mail_server_the_worker_sends_one_mail(
    people: People, settings: Any, work: Callable[[], int]
) -> None:
    work()
    settings.MAIL_ON, settings.PUBLIC_URL = True, "https://prizes.example.org"
    User.objects.filter(pk=people.mate.pk).update(mail_wanted=False)
    tell_solver(people)
    tell_solver(people)
    tell(people.mate.pk, "welcome", {"platform": "Laureate"}, path="/", dedupe_key="w2")
    assert mail.outbox == [], "a mail is not sent within the action"
    assert work() == 1
    [sent] = mail.outbox
    assert sent.to == ["solver@example.org"]
    assert sent.subject == "Entry 7 of Claims is scored"
    assert "https://prizes.example.org/entries/7" in sent.body
    assert Mail.objects.get().delivered_at is not None


def test_a_mail_that_fails_is_tried_again_and_goes_out_once(
    people: People, settings: Any, monkeypatch: pytest.MonkeyPatch, frozen: Callable, work: Callable[[], int]
) -> None:
    from datetime import timedelta

    from laureate.base.journal.clock import now

    work()
    settings.MAIL_ON = True
    tell_solver(people)
    with monkeypatch.context() as patch:

        def fail(self: object) -> None:
            raise OSError("no route to host")

        patch.setattr("laureate.base.post.actions.EmailMessage.send", fail)
        assert work() == 1
    task = Task.objects.get(handler="deliver_mail")
    assert (task.state, Mail.objects.get().delivered_at, mail.outbox) == ("waiting", None, [])
    assert "no route to host" in task.last_error
    with frozen(now() + timedelta(minutes=1)):
        assert work() == 1
    assert len(mail.outbox) == 1


def test_death_between_sending_and_noting_sends_again_not_never(people: People, settings: Any) -> None:
    settings.MAIL_ON = True
    tell_solver(people)
    waiting = Mail.objects.get()
    send_mail(waiting.pk)  # and here the worker dies
    send_mail(waiting.pk)
    assert len(mail.outbox) == 2
    note_delivery(waiting.pk)
    send_mail(waiting.pk)
    assert len(mail.outbox) == 2


def test_a_mail_speaks_its_reader_s_language(
    people: People, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MAIL_ON = True
    from django.utils import translation

    monkeypatch.setattr(
        "laureate.base.post.queries.gettext", lambda text: f"{translation.get_language()}: {text}"
    )
    User.objects.filter(pk=people.solver.pk).update(locale="fr")
    tell_solver(people)
    send_mail(Mail.objects.get().pk)
    assert mail.outbox[0].subject == "fr: Entry 7 of Claims is scored"
