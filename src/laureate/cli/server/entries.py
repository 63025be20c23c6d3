"""``laureate entries``, ``entry``, ``select``, ``release`` and ``cancel``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from laureate.cli.output import (
    json_option,
    print_facts,
    print_json,
    print_table,
    refuses_bad_input,
    say,
    warn_of,
)
from laureate.cli.server.client import Server, connect, faults_of
from laureate.cli.server.naming import id_argument, slug_argument
from laureate.cli.server.sentences import bytes_said, interval_said, score_said, split_of
from laureate.cli.server.transfers import download
from laureate.cli.times import local

UNKNOWN_PRECISION = 6


@click.command("entries")
@slug_argument
@click.option(
    "--limit", default=200, show_default=True, type=click.IntRange(1, 100_000), help="How many, newest first."
)
@json_option
@refuses_bad_input
def entries(slug: str, limit: int, as_json: bool) -> None:
    """List your team's entries in the challenge SLUG, newest first; a host sees all teams'."""
    with connect() as server:
        found = server.items(f"/challenges/{slug}/entries", most=limit)
        precision = precision_of(server, slug) if found and not as_json else 0
    if as_json:
        print_json(found)
    elif not found:
        say("No entry yet.")
    else:
        _print_entries(found, precision)


def _print_entries(found: list[dict[str, Any]], precision: int) -> None:
    revealed = any(split_of(entry, "private") for entry in found)
    several = len({entry.get("team") for entry in found}) > 1
    columns = ["id", *(["team"] if several else []), "received", "file", "state", "public"]
    columns += [*(["private"] if revealed else []), "selected"]
    rows = []
    for entry in found:
        row = [str(entry["id"]), *([str(entry.get("team"))] if several else [])]
        row += [local(entry["received_at"]), entry["file_name"], entry["state"]]
        row.append(score_said(split_of(entry, "public"), precision))
        if revealed:
            row.append(score_said(split_of(entry, "private"), precision))
        rows.append([*row, "yes" if entry.get("selected") else ""])
    numbers = [at for at, name in enumerate(columns) if name in ("id", "public", "private")]
    print_table(columns, rows, numbers=numbers)


@click.command("entry")
@id_argument
@click.option(
    "--to", "target", type=click.Path(path_type=Path, dir_okay=False), help="Download its file to this path."
)
@json_option
@refuses_bad_input
def entry(entry_id: int, target: Path | None, as_json: bool) -> None:
    """Show the entry ID with its score, or what was wrong with it."""
    with connect() as server:
        found = server.get(f"/entries/{entry_id}")
        if target is not None:
            path = f"/entries/{entry_id}/file"
            download(server, path, target, size=found["size"], sha256=found["sha256"])
        if as_json:
            print_json(found)
            return
        print_entry(found, precision_of(server, found["challenge"]) if found.get("score") else 0)


def print_entry(entry: dict[str, Any], precision: int) -> None:
    """Print an entry with its scores; its faults go to standard error."""
    print_facts(
        [
            ("Entry", entry["id"]),
            ("Challenge", entry["challenge"]),
            ("Team", entry.get("team")),
            ("Author", entry.get("author")),
            ("File", f"{entry['file_name']}, {bytes_said(entry['size'])}"),
            ("SHA-256", entry["sha256"]),
            ("Note", entry.get("note")),
            ("Received", local(entry["received_at"])),
            ("State", entry["state"]),
            ("Selected", "yes" if entry.get("selected") else ""),
        ]
    )
    splits = [(name, split_of(entry, name)) for name in ("public", "private")]
    rows = [
        [
            name,
            score_said(split, precision),
            interval_said(split.get("interval"), precision),
            str(split.get("rows", "")),
        ]
        for name, split in splits
        if split
    ]
    if rows:
        say()
        print_table(["split", "score", "95 % interval", "rows"], rows, numbers=(1, 3))
    if entry.get("faults"):
        warn_of(faults_of(entry["faults"]))


def precision_of(server: Server, slug: str) -> int:
    """Return the decimals with which a challenge's metric is shown."""
    from laureate.engine.faults import BadInputError
    from laureate.engine.metrics import get_metric

    try:
        return get_metric(server.get(f"/challenges/{slug}").get("metric", "")).precision
    except BadInputError:
        return UNKNOWN_PRECISION


def _done(entry_id: int, verb: str, said: str, as_json: bool) -> None:
    with connect() as server:
        answer = server.send("POST", f"/entries/{entry_id}/{verb}")
    if as_json:
        print_json(answer)
    else:
        say(said)


@click.command("select")
@id_argument
@json_option
@refuses_bad_input
def select(entry_id: int, as_json: bool) -> None:
    """Select the entry ID as one by which your team is finally judged."""
    _done(entry_id, "select", f"Entry {entry_id} is selected for the final ranking.", as_json)


@click.command("release")
@id_argument
@json_option
@refuses_bad_input
def release(entry_id: int, as_json: bool) -> None:
    """Take the selection of the entry ID back."""
    _done(entry_id, "release", f"Entry {entry_id} is no longer selected.", as_json)


@click.command("cancel")
@id_argument
@json_option
@refuses_bad_input
def cancel(entry_id: int, as_json: bool) -> None:
    """Cancel the entry ID while it waits to be judged; it gives its place in the quota back."""
    _done(entry_id, "cancel", f"Entry {entry_id} is cancelled.", as_json)
