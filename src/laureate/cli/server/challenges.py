"""``laureate challenges``, ``show`` and ``join``."""

from __future__ import annotations

import sys
from typing import Any

import click

from laureate.cli.output import (
    json_option,
    plain,
    print_facts,
    print_json,
    print_table,
    refuses_bad_input,
    say,
)
from laureate.cli.server.client import connect
from laureate.cli.server.naming import slug_argument
from laureate.cli.server.sentences import allowance_said, bytes_said
from laureate.cli.times import local, local_with_distance


@click.command("challenges")
@click.option("--words", help="Words in title, summary or sponsor.")
@click.option("--field", help="The field of knowledge, such as health.")
@click.option(
    "--state", type=click.Choice(["open", "closed", "final"]), help="Only challenges in this state."
)
@click.option(
    "--limit", default=100, show_default=True, type=click.IntRange(1, 10_000), help="How many, newest first."
)
@json_option
@refuses_bad_input
def challenges(words: str | None, field: str | None, state: str | None, limit: int, as_json: bool) -> None:
    """Find challenges, newest first."""
    with connect() as server:
        found = server.items("/challenges", most=limit, words=words, field=field, state=state)
    if as_json:
        print_json(found)
    elif not found:
        say("No challenge found.")
    else:
        rows = [
            [
                one["slug"],
                one["title"],
                one.get("sponsor") or "–",
                one["state"],
                local_with_distance(one.get("closes_at")),
            ]
            for one in found
        ]
        print_table(["challenge", "title", "sponsor", "state", "closes"], rows)


@click.command("show")
@slug_argument
@json_option
@refuses_bad_input
def show(slug: str, as_json: bool) -> None:
    """Read the challenge SLUG: what is asked, until when, and how you stand in it."""
    with connect() as server:
        page = server.get(f"/challenges/{slug}")
        standing = server.get(f"/challenges/{slug}/standing") if server.signed_in else None
    if as_json:
        print_json({**page, "standing": standing})
        return
    say(f"{page['title']} ({page['slug']}, {page['state']})")
    if page.get("summary"):
        say(page["summary"])
    say()
    print_facts(_facts(page))
    if page.get("phases"):
        say()
        _print_phases(page["phases"])
    if page.get("data") or page.get("sample"):
        say()
        _print_files(page)
    if page.get("brief"):
        say()
        _print_markdown(page["brief"])
    if standing is not None:
        say()
        print_standing(standing)


@click.command("join")
@slug_argument
@json_option
@refuses_bad_input
def join(slug: str, as_json: bool) -> None:
    """Take part in the challenge SLUG, with a team of your own."""
    with connect() as server:
        standing = server.send("POST", f"/challenges/{slug}/join")
    if as_json:
        print_json(standing)
    else:
        print_standing(standing)


def print_standing(standing: dict[str, Any]) -> None:
    """Print how somebody stands in a challenge."""
    team, why_not = standing.get("team"), standing.get("why_not")
    print_facts(
        [
            ("Team", team["name"] if team else "none yet" if standing.get("may_join") else ""),
            ("Entries", allowance_said(standing.get("allowance"))),
        ]
    )
    if why_not and not standing.get("may_submit"):
        say(f"No entry can be handed in now: {why_not['message']} {why_not.get('fix', '')}".rstrip())


def _facts(page: dict[str, Any]) -> list[tuple[str, object]]:
    limits = page.get("limits") or {}
    options = ", ".join(f"{key}={value}" for key, value in (page.get("options") or {}).items())
    team_limit = limits.get("entries_per_team")
    per_day = limits.get("entries_per_day")
    quota = f"{per_day} a day" + (f", {team_limit} in all" if team_limit else "") if per_day else ""
    freeze = limits.get("teams_freeze_at")
    return [
        ("Sponsor", page.get("sponsor")),
        ("Host", page.get("organisation")),
        ("Field", page.get("field")),
        ("Metric", f"{page.get('metric', '')}{f' ({options})' if options else ''}"),
        (
            "Columns",
            ", ".join([page["id_column"], *page.get("targets", [])]) if page.get("id_column") else "",
        ),
        ("Entries a team", quota),
        ("Final selections", limits.get("final_selections")),
        ("Team size", f"up to {limits['team_size']}" if limits.get("team_size") else ""),
        ("Teams freeze", local_with_distance(freeze) if freeze else ""),
    ]


def _print_phases(phases: list[dict[str, Any]]) -> None:
    rows = [
        [
            phase["title"],
            local(phase["opens_at"]),
            local_with_distance(phase["closes_at"]),
            phase.get("standing", ""),
        ]
        for phase in phases
    ]
    print_table(["phase", "opens", "closes", "now"], rows)


def _print_files(page: dict[str, Any]) -> None:
    sample = [{**page["sample"], "title": "sample submission"}] if page.get("sample") else []
    rows = [
        [file["path"], file.get("title") or "–", bytes_said(file["size"])]
        for file in [*(page.get("data") or []), *sample]
    ]
    print_table(["file", "title", "size"], rows, numbers=(2,))


def _print_markdown(text: str) -> None:
    if not sys.stdout.isatty():
        say(text.strip())
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console(highlight=False).print(Markdown(plain(text)))
