"""Challenges by API: from a folder to a draft, an open challenge and back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from laureate.engine.problem import pack_bundle
from laureate.recipe.problem.models import Challenge, ChallengeFile
from support.claims import sample, training
from support.people import People

from .conftest import Caller, good, refused, upload

pytestmark = pytest.mark.django_db
HIDDEN_FIELDS = {"solution", "baselines"}


def bundle(folder: Path) -> Any:
    """Return a challenge's folder as a zip to upload."""
    packed = folder.with_suffix(".zip")
    pack_bundle(folder, packed)
    return upload(packed.read_bytes(), "claims.zip")


def test_challenge_goes_round(as_host: Caller, claims: Callable[..., Path], stranger: Caller) -> None:
    zipped = bundle(claims())
    sent = zipped.read()
    zipped.seek(0)
    made = good(as_host("POST", "/challenges", form={"bundle": zipped}), 201)
    assert (made["slug"], made["state"], made["organisation"]) == ("claims", "draft", "Acme Insurance")
    assert made["solution"]["path"] == "solution.csv"
    exported = as_host("GET", "/challenges/claims/export")
    assert exported.getvalue() == sent
    assert exported["Content-Type"] == "application/zip"
    assert 'filename="claims.zip"' in exported["Content-Disposition"]
    assert int(exported["Content-Length"]) == len(sent)
    refused(stranger("GET", "/challenges/claims"), 404, "unknown")
    assert good(as_host("GET", "/challenges/claims/check"))["ok"] is True
    assert good(as_host("POST", "/challenges/claims/publish"))["state"] == "open"
    assert good(stranger("GET", "/challenges/claims"))["running"] is True
    assert good(as_host("POST", "/challenges/claims/close"))["state"] == "closed"
    assert good(as_host("POST", "/challenges/claims/finalise"))["state"] == "final"
    told = refused(as_host("POST", "/challenges/claims/close"), 409, "no_such_step")
    assert "final" in told["detail"]


def test_withdrawn_challenge_disappears(as_host: Caller, stranger: Caller, open_challenge: Challenge) -> None:
    good(stranger("GET", "/challenges/claims"))
    assert good(as_host("POST", "/challenges/claims/withdraw"))["state"] == "withdrawn"
    refused(stranger("GET", "/challenges/claims"), 404)


def test_what_is_not_for_the_caller_is_absent(
    open_challenge: Challenge, stranger: Caller, as_solver: Caller, as_host: Caller
) -> None:
    seen = {
        name: good(caller("GET", "/challenges/claims"))
        for name, caller in (("stranger", stranger), ("solver", as_solver), ("host", as_host))
    }
    assert not HIDDEN_FIELDS & set(seen["stranger"])
    assert seen["solver"] == seen["stranger"]
    assert set(seen["host"]) - set(seen["solver"]) == HIDDEN_FIELDS
    assert seen["host"]["baselines"][0]["title"] == "Incumbent"
    assert seen["stranger"]["limits"]["entries_per_team"] is None, "null is a value, absence is a secret"
    assert seen["stranger"]["opens_at"].endswith("Z")


def test_import_tells_every_mistake(
    as_host: Caller, as_solver: Caller, stranger: Caller, claims: Any
) -> None:
    folder = claims()
    manifest = folder / "challenge.toml"
    manifest.write_text(
        manifest.read_text().replace('"rmse"', '"rmsee"').replace('"solution.csv"', '"no.csv"')
    )
    told = refused(as_host("POST", "/challenges", form={"bundle": bundle(folder)}), 422)
    assert len(told["errors"]) >= 2
    assert all(fault["file"] and fault["fix"] for fault in told["errors"])
    told = refused(as_host("POST", "/challenges", form={"bundle": upload(b"not a zip")}), 422, "damaged_zip")
    assert told["errors"][0]["file"] == "bundle.zip"
    refused(as_host("POST", "/challenges", form={}), 422, "missing")
    refused(as_host("POST", "/challenges", {"bundle": "text"}), 422)
    refused(as_solver("POST", "/challenges", form={"bundle": bundle(claims())}), 403, "not_a_host")
    refused(stranger("POST", "/challenges", form={"bundle": bundle(claims())}), 401)
    good(as_host("POST", "/challenges", form={"bundle": bundle(claims())}), 201)
    refused(as_host("POST", "/challenges", form={"bundle": bundle(claims())}), 409, "slug_taken")


def test_zip_that_leaves_its_folder(as_host: Caller) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../evil.toml", "x")
    refused(as_host("POST", "/challenges", form={"bundle": upload(packed.getvalue())}), 422, "unsafe_member")


def test_import_asks_for_which_organisation(call: Any, people: People, claims: Any) -> None:
    operator = call(people.operator)
    told = refused(
        operator("POST", "/challenges", form={"bundle": bundle(claims())}), 422, "which_organisation"
    )
    assert "acme-insurance" in told["errors"][0]["fix"]
    wrong = {"bundle": bundle(claims()), "organisation": "borealis-energy"}
    refused(call(people.host)("POST", "/challenges", form=wrong), 422, "which_organisation")
    right = {"bundle": bundle(claims()), "organisation": "borealis-energy"}
    assert good(operator("POST", "/challenges", form=right), 201)["organisation"] == "Borealis Energy"


def test_token_without_scope_host_runs_nothing(
    call: Any, people: People, claims: Any, draft: Challenge
) -> None:
    reader = call(people.host, "read", "submit")
    refused(
        reader("POST", "/challenges", form={"bundle": bundle(claims(slug="other"))}), 403, "missing_scope"
    )
    refused(reader("PATCH", "/challenges/claims", {"title": "Another title"}), 403, "missing_scope")
    refused(reader("GET", "/challenges/claims/export"), 403, "missing_scope")
    refused(reader("POST", "/challenges/claims/publish"), 403, "missing_scope")
    solution = draft.files.get(kind="solution")
    refused(reader("GET", f"/challenges/claims/files/{solution.pk}"), 403, "missing_scope")


def test_draft_is_revised(as_host: Caller, draft: Challenge, call: Any, people: People) -> None:
    changes = {
        "title": "Claims, revised", "entries_per_team": 40, "teams_freeze_at": "2027-03-01T00:00:00+01:00",
        "options": {"flag": True, "share": 0.5, "name": "x", "n": 3}, "targets": ["claim"], "field": "health",
    }  # fmt: skip
    seen = good(as_host("PATCH", "/challenges/claims", changes))
    assert seen["title"] == "Claims, revised"
    assert seen["limits"]["entries_per_team"] == 40
    assert seen["limits"]["teams_freeze_at"] == "2027-02-28T23:00:00Z"
    assert seen["options"] == changes["options"]
    assert seen["summary"] == "Predict what each customer will claim.", "what is left out stays"
    assert (
        good(as_host("PATCH", "/challenges/claims", {"entries_per_team": None}))["limits"]["entries_per_team"]
        is None
    )
    refused(call(people.solver)("PATCH", "/challenges/claims", changes), 404)
    refused(call(people.other_host)("PATCH", "/challenges/claims", changes), 404)


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": "x" * 121}, {"language": "de"}, {"field": "alchemy"}, {"time_zone": "Mars"},
        {"team_size": 0}, {"entries_per_day": 1001}, {"entries_per_team": 0}, {"entries_per_team": 2**40},
        {"final_selections": "2"}, {"slug": "other"}, {"state": "open"}, {"targets": "claim"},
        {"options": {"a": {"b": 1}}}, {"metric": 1}, {"teams_freeze_at": "tomorrow"}, {"title": None},
    ],
)  # fmt: skip
def test_revision_that_does_not_fit(as_host: Caller, draft: Challenge, wrong: dict[str, Any]) -> None:
    refused(as_host("PATCH", "/challenges/claims", wrong), 422)


def test_phases_are_planned(as_host: Caller, draft: Challenge) -> None:
    start = datetime(2027, 1, 1, tzinfo=UTC)
    plan = [
        {"key": "warm-up", "title": "Warm-up", "opens": start.isoformat(), "closes": "2027-02-01T00:00:00Z"},
        {"key": "main", "title": "Main", "opens": "2027-01-15T00:00:00Z", "closes": "2027-04-01T00:00:00Z"},
    ]
    seen = good(as_host("PUT", "/challenges/claims/phases", plan))
    assert [(phase["key"], phase["standing"]) for phase in seen["phases"]] == [
        ("warm-up", "coming"),
        ("main", "coming"),
    ]
    assert seen["closes_at"] == "2027-04-01T00:00:00Z"
    refused(as_host("PUT", "/challenges/claims/phases", [plan[0], plan[0]]), 422, "duplicate_phase")
    turned = {**plan[0], "opens": plan[0]["closes"], "closes": plan[0]["opens"]}
    refused(as_host("PUT", "/challenges/claims/phases", [turned]), 422, "phase_order")
    refused(as_host("PUT", "/challenges/claims/phases", {"key": "x"}), 422)
    told = refused(as_host("PUT", "/challenges/claims/phases", [{**plan[0], "closes": "2027"}]), 422)
    assert told["errors"][0]["column"] == "0.closes"


def test_open_challenge_stays_as_it_is(as_host: Caller, open_challenge: Challenge) -> None:
    refused(as_host("PATCH", "/challenges/claims", {"title": "Too late now"}), 409, "not_a_draft")
    refused(as_host("PUT", "/challenges/claims/phases", []), 409, "not_a_draft")
    refused(as_host("GET", "/challenges/claims/check"), 409, "not_a_draft")
    refused(
        as_host("POST", "/challenges/claims/files", form={"file": upload(b"a"), "kind": "data"}),
        409,
        "not_a_draft",
    )
    file = open_challenge.files.first()
    assert file is not None
    refused(as_host("DELETE", f"/challenges/claims/files/{file.pk}"), 409, "not_a_draft")


def test_check_tells_all_and_publishing_refuses(as_host: Caller, draft: Challenge) -> None:
    good(as_host("PATCH", "/challenges/claims", {"metric": "magic", "summary": ""}))
    told = good(as_host("GET", "/challenges/claims/check"))
    assert told["ok"] is False
    errors = [found for found in told["problems"] if found["severity"] == "error"]
    assert len(errors) >= 2
    refusal = refused(as_host("POST", "/challenges/claims/publish"), 422)
    assert {fault["rule"] for fault in refusal["errors"]} == {found["rule"] for found in errors}
    assert "severity" not in refusal["errors"][0]


def test_files_come_and_go(as_host: Caller, draft: Challenge) -> None:
    form = {"file": upload(training(), "more.csv"), "kind": "data", "title": "More", "path": "data/more.csv"}
    file = good(as_host("POST", "/challenges/claims/files", form=form), 201)
    assert (file["path"], file["title"], file["size"]) == ("data/more.csv", "More", len(training()))
    answer = as_host("GET", file["url"])
    assert answer.getvalue() == training()
    assert answer["Content-Disposition"] == 'attachment; filename="more.csv"'
    # A second sample replaces the first.
    form = {"file": upload(sample(), "better.csv"), "kind": "sample"}
    assert good(as_host("POST", "/challenges/claims/files", form=form), 201)["path"] == "better.csv"
    assert ChallengeFile.objects.filter(challenge=draft, kind="sample").count() == 1
    good(as_host("DELETE", f"/challenges/claims/files/{file['id']}"), 204)
    refused(as_host("GET", file["url"]), 404)
    refused(as_host("DELETE", f"/challenges/claims/files/{file['id']}"), 404)


@pytest.mark.parametrize("path", ["../x.csv", "/etc/x", "challenge.toml", "a\\b", "brief.md/x"])
def test_files_stay_in_their_folder(as_host: Caller, draft: Challenge, path: str) -> None:
    form = {"file": upload(b"a"), "kind": "data", "path": path}
    refused(as_host("POST", "/challenges/claims/files", form=form), 422, "bad_path")


def test_file_needs_a_kind(as_host: Caller, draft: Challenge) -> None:
    refused(as_host("POST", "/challenges/claims/files", form={"file": upload(b"a")}), 422, "missing")
    refused(as_host("POST", "/challenges/claims/files", form={"file": upload(b"a"), "kind": "virus"}), 422)
    refused(as_host("POST", "/challenges/claims/files", form={"kind": "data"}), 422, "missing")


def test_upload_that_is_announced_too_large_is_not_read(
    as_host: Caller, draft: Challenge, settings: Any
) -> None:
    settings.UPLOAD_LIMIT = 1_000_000
    form = {"file": upload(b"a" * 2_100_000), "kind": "data"}
    refused(as_host("POST", "/challenges/claims/files", form=form), 422, "too_large")
    form = {"file": upload(b"a" * 1_000_001), "kind": "data"}
    refused(as_host("POST", "/challenges/claims/files", form=form), 422, "too_large")


def test_broken_form(as_host: Caller, draft: Challenge) -> None:
    broken = as_host.client.post(
        "/api/v1/challenges/claims/files",
        b"--x\r\ngarbage",
        content_type="multipart/form-data; boundary=",
        headers={"Authorization": f"Bearer {as_host.token}"},
    )
    refused(broken, 400, "unreadable_request")


class TestBytes:
    """Downloads: whole, in part, unchanged – and for whom."""

    @pytest.fixture
    def file(self, open_challenge: Challenge, stranger: Caller) -> dict[str, Any]:
        """Give the data file as listed."""
        found: dict[str, Any] = good(stranger("GET", "/challenges/claims"))["data"][0]
        return found

    def test_whole(self, file: dict[str, Any], stranger: Caller) -> None:
        answer = stranger("GET", file["url"])
        assert answer.getvalue() == training()
        assert answer["ETag"] == f'"{file["sha256"]}"'
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Accept-Ranges"] == "bytes"
        assert int(answer["Content-Length"]) == file["size"] == len(training())
        head = stranger.client.head(file["url"])
        assert head.status_code == 200
        assert head["Content-Length"] == answer["Content-Length"]

    @pytest.mark.parametrize(
        ("wanted", "part"),
        [("bytes=0-4", slice(0, 5)), ("bytes=10-", slice(10, None)), ("bytes=-7", slice(-7, None)),
         ("bytes=5-999999999", slice(5, None)), ("bytes=-99999999", slice(0, None)),
         ("bytes=3-3", slice(3, 4))],
    )  # fmt: skip
    def test_part(self, file: dict[str, Any], stranger: Caller, wanted: str, part: slice) -> None:
        answer = stranger("GET", file["url"], Range=wanted)
        assert answer.status_code == 206
        assert answer.getvalue() == training()[part]
        start = len(training()[: part.start]) if part.start else 0
        length = len(training()[part])
        assert answer["Content-Range"] == f"bytes {start}-{start + length - 1}/{len(training())}"
        assert int(answer["Content-Length"]) == length

    @pytest.mark.parametrize("wanted", ["bytes=999999-", "bytes=-0", f"bytes={10**17}-{10**17}"])
    def test_part_beyond_the_end(self, file: dict[str, Any], stranger: Caller, wanted: str) -> None:
        answer = stranger("GET", file["url"], Range=wanted)
        refused(answer, 416, "no_such_range")
        assert answer["Content-Range"] == f"bytes */{len(training())}"

    @pytest.mark.parametrize(
        "wanted", ["bytes=4-2", "bytes=-", "bytes=0-1,3-4", "lines=1-2", "bytes=a-b", "bytes=١-٢"]
    )
    def test_what_is_no_part_means_the_whole(
        self, file: dict[str, Any], stranger: Caller, wanted: str
    ) -> None:
        answer = stranger("GET", file["url"], Range=wanted)
        assert (answer.status_code, answer.getvalue()) == (200, training())

    def test_part_of_another_version_means_the_whole(self, file: dict[str, Any], stranger: Caller) -> None:
        etag = f'"{file["sha256"]}"'
        assert stranger("GET", file["url"], Range="bytes=0-1", **{"If-Range": '"old"'}).status_code == 200
        assert stranger("GET", file["url"], Range="bytes=0-1", **{"If-Range": etag}).status_code == 206

    @pytest.mark.parametrize("form", ['"{}"', 'W/"{}"', '"x", "{}"', "*"])
    def test_unchanged(self, file: dict[str, Any], stranger: Caller, form: str) -> None:
        answer = stranger("GET", file["url"], **{"If-None-Match": form.format(file["sha256"])})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer["ETag"] == f'"{file["sha256"]}"'

    def test_secret_files(
        self, open_challenge: Challenge, stranger: Caller, as_solver: Caller, as_host: Caller
    ) -> None:
        for secret in open_challenge.files.filter(kind__in=["solution", "baseline"]):
            address = f"/challenges/claims/files/{secret.pk}"
            refused(stranger("GET", address), 404)
            refused(as_solver("GET", address), 404)
            assert as_host("GET", address).status_code == 200


class TestList:
    """The list of challenges."""

    @pytest.fixture
    def three(self, publish: Callable[..., Challenge], draft: Challenge) -> None:
        """Publish three challenges; a draft is there too."""
        publish(slug="one", title="First of all", field="insurance")
        publish(slug="two", title="Second of all", field="health", sponsor="Clinic")
        publish(slug="three", title="Third of all", field="health")

    def test_pages(self, three: None, stranger: Caller) -> None:
        first = good(stranger("GET", "/challenges", {"limit": 2}))
        assert [item["slug"] for item in first["items"]] == ["three", "two"]
        second = good(stranger("GET", "/challenges", {"limit": 2, "after": first["next"]}))
        assert [item["slug"] for item in second["items"]] == ["one"]
        assert second["next"] is None
        assert good(stranger("GET", "/challenges", {"limit": 3}))["next"] is None

    def test_filters(self, three: None, stranger: Caller) -> None:
        def slugs(**sought: str) -> list[str]:
            return [item["slug"] for item in good(stranger("GET", "/challenges", sought))["items"]]

        assert slugs(field="health") == ["three", "two"]
        assert slugs(words="clinic SECOND") == ["two"]
        assert slugs(state="open") == ["three", "two", "one"]
        assert slugs(state="closed") == []

    @pytest.mark.parametrize(
        "sought",
        [
            {"limit": 0},
            {"limit": 201},
            {"limit": "x"},
            {"after": -1},
            {"after": 2**63},
            {"state": "draft"},
            {"colour": "red"},
        ],
    )
    def test_wrong_questions(self, people: People, stranger: Caller, sought: dict[str, Any]) -> None:
        refused(stranger("GET", "/challenges", sought), 422)

    def test_number_of_queries_does_not_grow(
        self, three: None, stranger: Caller, django_assert_num_queries: Callable[..., Any]
    ) -> None:
        with django_assert_num_queries(1):
            stranger("GET", "/challenges", {"limit": 1})
        with django_assert_num_queries(1):
            stranger("GET", "/challenges")


def test_odd_addresses(people: People, stranger: Caller, as_host: Caller) -> None:
    for path in ("/challenges/é", "/challenges/" + "a" * 51, "/challenges/nowhere", "/challenges/a%00b"):
        assert stranger("GET", path).status_code in (404, 422)
    for number in ("0", "-1", "x", str(2**63), "1.5"):
        refused(as_host("GET", f"/entries/{number}"), 422)


def test_export_is_for_hosts(
    open_challenge: Challenge, stranger: Caller, as_solver: Caller, call: Any, people: People
) -> None:
    refused(stranger("GET", "/challenges/claims/export"), 401)
    refused(as_solver("GET", "/challenges/claims/export"), 403, "not_a_host")
    refused(call(people.other_host)("GET", "/challenges/claims/export"), 403, "not_a_host")
    assert call(people.operator)("GET", "/challenges/claims/export").status_code == 200
