"""The check of a draft leads to the page that mends each mistake."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from laureate.engine.problem import check_problem
from laureate.recipe.problem.actions import draft_challenge
from laureate.web.problem.mending import page_that_mends
from support.people import People

pytestmark = pytest.mark.django_db


def test_every_mistake_of_an_empty_draft_leads_to_its_page(
    client: object, people: People, viewer: Callable, tmp_path: object
) -> None:
    draft_challenge(viewer(people.host), people.organisation, "bare", {"title": "A bare challenge"})
    client.force_login(people.host)  # type: ignore[attr-defined]
    body = client.get("/host/bare/check").content.decode()  # type: ignore[attr-defined]
    for address in ("/host/bare/problem", "/host/bare/files", "/host/bare/calendar"):
        assert f'<a href="{address}">Go to' in body


def test_the_page_follows_rule_table_and_file(claims: Callable) -> None:
    folder = claims()
    manifest = folder / "challenge.toml"
    text = manifest.read_text("utf-8")
    manifest.write_text(text.replace("title = ", "title_of_it = ", 1), "utf-8")
    pages = {fault.rule: page_that_mends(fault) for fault in check_problem(folder)}
    assert pages["missing_key"] == "revise_challenge"
    manifest.write_text(text, "utf-8")
    sample = next(folder.rglob("*sample*"))
    sample.write_text("wrong,header\n1,2\n", "utf-8")
    assert {page_that_mends(fault) for fault in check_problem(folder) if fault.severity == "error"} == {
        "attach_file"
    }
