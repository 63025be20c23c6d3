"""``laureate submit``: hand in an entry, keep its receipt, wait for its score."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from laureate.cli.output import (
    EXIT_BAD_INPUT,
    contract,
    json_option,
    print_facts,
    print_json,
    refuses_bad_input,
    say,
    warn,
    warn_of,
)
from laureate.cli.server.client import Server, connect, faults_of
from laureate.cli.server.entries import UNKNOWN_PRECISION
from laureate.cli.server.naming import slug_argument
from laureate.cli.server.sentences import allowance_said, bytes_said, interval_said, score_said, split_of
from laureate.cli.server.transfers import sha256_of, upload, writing
from laureate.cli.times import local
from laureate.engine.faults import BadInputError, Fault, mark

EXIT_NO = 1
LONG_POLL = 25
PAUSE = 0.5
PASSING = ("server_unreachable", "server_failed", "too_many_requests")
WAITING = ("received", "running")


@click.command("submit")
@slug_argument
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--note", default="", help="What you want to remember of this entry.")
@click.option("--wait/--no-wait", default=True, help="Wait for the score (the default), or leave at once.")
@click.option(
    "--timeout",
    default=600,
    show_default=True,
    type=click.IntRange(1, 86_400),
    help="How many seconds to wait.",
)
@click.option(
    "--receipt",
    "receipt_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the receipt here, as JSON.",
)
@json_option
@refuses_bad_input
def submit(
    slug: str, file: Path, note: str, wait: bool, timeout: int, receipt_file: Path | None, as_json: bool
) -> None:
    """Hand FILE in to the challenge SLUG.

    FILE is .csv, .csv.gz, a .zip of one CSV, or .parquet. The server's receipt is checked
    against the file. Exit code 0: scored (or received, with --no-wait); 1: not scored in time
    or by no fault of the file; 2: refused.
    """
    digest = _digest(file)
    with connect() as server:
        received = upload(server, f"/challenges/{slug}/entries", "file", file, {"note": note} if note else {})
        receipt = received["receipt"]
        _keep(receipt, receipt_file)
        _check(receipt, digest)
        if not as_json:
            _print_receipt(received, file)
        if not wait:
            if as_json:
                print_json(received)
            return
        judged = _awaited(server, received, timeout)
        place = _place(server, slug) if judged["state"] == "scored" else None
        allowance = received.get("allowance") if place else _allowance(server, slug)
    answer = {
        **judged,
        "receipt": receipt,
        "allowance": allowance,
        "rank": place["rank"] if place else None,
    }
    if as_json:
        _print_outcome_as_json(answer)
    else:
        _print_outcome(answer, place)


def _digest(file: Path) -> str:
    """Return the SHA-256 of the file; raises BadInputError for what cannot be an entry at all."""
    if not file.is_file():
        missing = mark("There is no file at “%(path)s”.")
        raise BadInputError([Fault("file_not_found", missing, mark("Check the path."), {"path": str(file)})])
    return sha256_of(file)


def _keep(receipt: dict[str, Any], target: Path | None) -> None:
    if target is not None:
        with writing(target):
            target.write_text(json.dumps(receipt, ensure_ascii=False, indent=2) + "\n", "utf-8")


def _check(receipt: dict[str, Any], digest: str) -> None:
    if receipt["sha256"] != digest:
        raise BadInputError(
            [
                Fault(
                    "receipt_mismatch",
                    mark("The receipt of entry %(entry)s is for other bytes than those of your file."),
                    mark("Cancel that entry with “laureate cancel”, and hand the file in again."),
                    {"entry": str(receipt["id"])},
                )
            ]
        )


def _awaited(server: Server, entry: dict[str, Any], timeout: int) -> dict[str, Any]:
    """Return the entry when it has been judged, or as it was last seen when the time is up."""
    ends = time.monotonic() + timeout
    with _waiting():
        while entry["state"] in WAITING and time.monotonic() < ends:
            left = int(ends - time.monotonic()) + 1
            asked = time.monotonic()
            entry = _look(server, entry, min(LONG_POLL, left))
            if entry["state"] in WAITING:
                # A server that answers at once instead of waiting is not asked in a busy loop.
                time.sleep(max(0.0, PAUSE - (time.monotonic() - asked)))
    return entry


def _look(server: Server, entry: dict[str, Any], wait: int) -> dict[str, Any]:
    """Return the entry as it is now; as it was where the server is away for a moment."""
    try:
        found: dict[str, Any] = server.get(f"/entries/{entry['id']}", wait=wait)
    except BadInputError as error:
        # The entry has been received: an interruption now is no reason to lose sight of it.
        if all(fault.rule in PASSING for fault in error.faults):
            return entry
        raise
    return found


@contextmanager
def _waiting() -> Iterator[None]:
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status("Waiting for the score …"):
        yield


def _place(server: Server, slug: str) -> dict[str, Any] | None:
    """Return the team's own line of the public board with its precision; None where there is none."""
    try:
        board = server.get(f"/challenges/{slug}/board", kind="public")
    except BadInputError:
        return None
    own = next((row for row in board["rows"] if row.get("ours")), None)
    ranked = sum(row.get("rank") is not None for row in board["rows"])
    return {"rank": own["rank"] if own else None, "teams": ranked, "precision": board["precision"]}


def _allowance(server: Server, slug: str) -> dict[str, Any] | None:
    """Return what is left now: an entry without a score has given its place back."""
    left: dict[str, Any] | None = server.get(f"/challenges/{slug}/standing").get("allowance")
    return left


def _print_receipt(received: dict[str, Any], file: Path) -> None:
    receipt = received["receipt"]
    print_facts(
        [
            ("Entry", received["id"]),
            ("File", f"{file.name}, {bytes_said(receipt['size'])}"),
            ("Received", local(receipt["received_at"])),
            ("SHA-256", receipt["sha256"]),
            ("Entries", allowance_said(received.get("allowance"))),
        ]
    )


def _print_outcome_as_json(answer: dict[str, Any]) -> None:
    if answer["state"] == "refused":
        print_json({"errors": [contract(fault) for fault in faults_of(answer["faults"])], "entry": answer})
        raise SystemExit(EXIT_BAD_INPUT)
    print_json(answer)
    if answer["state"] != "scored":
        raise SystemExit(EXIT_NO)


def _print_outcome(answer: dict[str, Any], place: dict[str, Any] | None) -> None:
    state = answer["state"]
    if state == "scored":
        precision = place["precision"] if place else UNKNOWN_PRECISION
        public = split_of(answer, "public")
        facts: list[tuple[str, object]] = [
            ("Score", score_said(public, precision)),
            ("95 % range", interval_said(public.get("interval") if public else None, precision)),
        ]
        if place and place["rank"]:
            facts.append(("Rank", f"{place['rank']} of {place['teams']}, by your team's best entry"))
        print_facts(facts)
        return
    if answer.get("faults"):
        warn_of(faults_of(answer["faults"]))
    if state == "refused":
        warn(f"The entry was refused and does not count: {allowance_said(answer['allowance'])}.")
        raise SystemExit(EXIT_BAD_INPUT)
    if state in WAITING:
        say(f"Not judged yet. “laureate entry {answer['id']}” shows it later.")
    else:
        warn(f"The entry is {state}.")
    raise SystemExit(EXIT_NO)
