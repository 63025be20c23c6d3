"""A challenge as a folder: what goes in comes out, and who sees which field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

from laureate.base.journal.clock import now
from laureate.base.people.viewer import RefusedError
from laureate.engine.faults import BadInputError
from laureate.engine.problem import (
    DataFile,
    Phase,
    digest_file,
    digest_problem,
    pack_bundle,
    read_problem,
)
from laureate.recipe.problem.actions import check_challenge, export_challenge, import_challenge
from laureate.recipe.problem.models import Appointment, Challenge
from laureate.recipe.problem.queries import ChallengeView, challenge_page, find_file
from laureate.recipe.problem.rules import FIELDS
from support.people import People

pytestmark = pytest.mark.django_db
STATES = ("draft", "open", "closed", "final", "withdrawn")
SECRET = {"solution": {"host"}, "baselines": {"host", "reader"}}


def meaning(folder: Path) -> str:
    problem = read_problem(folder)
    return digest_problem(problem, {path: digest_file(folder / path) for path in problem.files})


def test_what_is_imported_is_exported_equal(
    people: People, claims: Callable[..., Path], viewer: Callable, tmp_path: Path
) -> None:
    host, folder = (
        viewer(people.host),
        claims(per_team=70, freeze=now().replace(microsecond=0), language="fr"),
    )
    draft = import_challenge(host, people.organisation, folder)
    export_challenge(host, draft.slug, tmp_path / "out")
    assert read_problem(tmp_path / "out") == read_problem(folder)
    assert meaning(tmp_path / "out") == meaning(folder)
    for name in ("in", "out"):
        pack_bundle(folder if name == "in" else tmp_path / "out", tmp_path / f"{name}.zip")
    assert (tmp_path / "in.zip").read_bytes() == (tmp_path / "out.zip").read_bytes()


def test_twice_through_the_platform_changes_nothing(
    people: People, claims: Callable[..., Path], viewer: Callable, tmp_path: Path
) -> None:
    host = viewer(people.host)
    first = import_challenge(host, people.organisation, claims())
    export_challenge(host, first.slug, tmp_path / "first")
    Challenge.objects.filter(pk=first.pk).update(slug="elsewhere")
    second = import_challenge(host, people.organisation, tmp_path / "first")
    export_challenge(host, second.slug, tmp_path / "second")
    assert meaning(tmp_path / "first") == meaning(tmp_path / "second")
    files = sorted(p.relative_to(tmp_path / "first") for p in (tmp_path / "first").rglob("*") if p.is_file())
    assert len(files) == 6
    for path in files:
        assert (tmp_path / "first" / path).read_bytes() == (tmp_path / "second" / path).read_bytes()


def test_options_phases_limits_and_files_survive(
    people: People, claims: Callable[..., Path], viewer: Callable, tmp_path: Path
) -> None:
    host, instant = viewer(people.host), now().replace(microsecond=0)
    folder = claims(
        options={},
        metric="mae",
        data=(DataFile("data/train.csv", "Train"), DataFile("data/é t.csv", "Accents", "Two lines")),
        phases=(
            Phase("one", "Première", instant, instant + timedelta(days=9)),
            Phase("two", "Seconde", instant + timedelta(days=5), instant + timedelta(days=20)),
        ),
        per_day=7,
        per_team=70,
        selections=3,
        team_size=2,
        freeze=instant + timedelta(days=8),
        files={"data/é t.csv": b"a\n1\n"},
    )
    draft = import_challenge(host, people.organisation, folder)
    export_challenge(host, draft.slug, tmp_path / "out")
    assert meaning(tmp_path / "out") == meaning(folder)
    page = challenge_page(host, draft.slug)
    assert [(p.key, p.standing) for p in page.phases] == [("one", "running"), ("two", "coming")]
    assert (page.limits.entries_per_day, page.limits.entries_per_team, page.limits.team_size) == (7, 70, 2)
    assert [file.name for file in page.data] == ["train.csv", "é t.csv"]


def test_a_broken_folder_says_everything_and_keeps_nothing(
    people: People, claims: Callable[..., Path], viewer: Callable
) -> None:
    folder = claims()
    text = (folder / "challenge.toml").read_text()
    text = text.replace('"rmse"', '"rmsee"').replace('"Europe/Paris"', '"Mars/Base"')
    (folder / "challenge.toml").write_text(text)
    (folder / "sample.csv").unlink()
    with pytest.raises(BadInputError) as error:
        import_challenge(viewer(people.host), people.organisation, folder)
    assert len(error.value.faults) >= 3
    assert not Challenge.objects.exists()


def test_checking_reports_warnings_and_publishing_minds_errors_only(
    people: People, claims: Callable[..., Path], viewer: Callable
) -> None:
    host = viewer(people.host)
    draft = import_challenge(host, people.organisation, claims())
    assert not [fault for fault in check_challenge(host, draft.slug) if fault.severity == "error"]
    with pytest.raises(RefusedError):
        check_challenge(viewer(people.solver), draft.slug)


def test_export_is_for_hosts(
    open_challenge: Challenge, people: People, viewer: Callable, tmp_path: Path
) -> None:
    for user, kind in [(None, "sign_in"), (people.solver, "forbidden"), (people.other_host, "forbidden")]:
        with pytest.raises(RefusedError) as refusal:
            export_challenge(viewer(user), open_challenge.slug, tmp_path / "no")
        assert refusal.value.kind == kind
    Appointment.objects.create(challenge=open_challenge, user=people.mate, role="reader")
    with pytest.raises(RefusedError):
        export_challenge(viewer(people.mate), open_challenge.slug, tmp_path / "no")
    assert not (tmp_path / "no").exists()


def test_every_field_of_the_page_is_in_the_policy() -> None:
    assert {field.name for field in fields(ChallengeView)} - {"id", "now", "audiences"} == set(FIELDS.table)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("role", ["stranger", "solver", "other_host", "reader", "host", "operator"])
def test_each_role_sees_in_each_state_what_is_declared(
    open_challenge: Challenge, people: People, viewer: Callable, role: str, state: str
) -> None:
    Challenge.objects.filter(pk=open_challenge.pk).update(state=state)
    Appointment.objects.create(challenge=open_challenge, user=people.mate, role="reader")
    users = {"stranger": None, "reader": people.mate}
    who = viewer(users[role] if role in users else getattr(people, role))
    staff = role in ("reader", "host", "operator")
    files = {file.kind: file.pk for file in open_challenge.files.all()}
    if not staff and state in ("draft", "withdrawn"):
        for ask in (lambda: challenge_page(who, "claims"), lambda: find_file(who, "claims", files["data"])):
            with pytest.raises(RefusedError) as refusal:
                ask()
            assert refusal.value.kind == "unknown"
        return
    page = challenge_page(who, "claims")
    audience = {"operator": "host"}.get(role, role)
    for name in FIELDS.table:
        hidden = name in SECRET and audience not in SECRET[name]
        if name == "closed_at":
            continue
        assert (getattr(page, name) is None) == hidden, name
    for kind, pk in files.items():
        if kind in ("data", "sample") or audience == "host":
            assert find_file(who, "claims", pk).kind == kind
        else:
            with pytest.raises(RefusedError) as refusal:
                find_file(who, "claims", pk)
            assert refusal.value.kind == "unknown"
    with pytest.raises(RefusedError):
        find_file(who, "claims", 987_654)
