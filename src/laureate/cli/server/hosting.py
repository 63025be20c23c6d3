"""``laureate close``, ``finalise`` and ``withdraw``: the life of a challenge, by its hosts."""

from __future__ import annotations

import click

from laureate.cli.output import json_option, print_json, refuses_bad_input, say
from laureate.cli.server.account import interactive
from laureate.cli.server.client import connect
from laureate.cli.server.naming import slug_argument
from laureate.engine.faults import BadInputError, Fault, mark

EXIT_NO = 1
yes_option = click.option("--yes", is_flag=True, help="Do not ask whether you mean it.")


@click.command("close")
@slug_argument
@yes_option
@json_option
@refuses_bad_input
def close(slug: str, yes: bool, as_json: bool) -> None:
    """Close the challenge SLUG: no more entries, and the private board opens. It cannot be reopened."""
    _lead(slug, "close", "Close it? It cannot be reopened.", yes, as_json)


@click.command("finalise")
@slug_argument
@yes_option
@json_option
@refuses_bad_input
def finalise(slug: str, yes: bool, as_json: bool) -> None:
    """Make the result of the closed challenge SLUG final."""
    _lead(slug, "finalise", "Make its result final?", yes, as_json)


@click.command("withdraw")
@slug_argument
@yes_option
@json_option
@refuses_bad_input
def withdraw(slug: str, yes: bool, as_json: bool) -> None:
    """Withdraw the challenge SLUG for good; nobody but its hosts will see it."""
    _lead(slug, "withdraw", "Withdraw it for good?", yes, as_json)


def _lead(slug: str, verb: str, question: str, yes: bool, as_json: bool) -> None:
    """Lead a challenge to its next state, after asking whoever can answer."""
    if not yes:
        _confirm(slug, question)
    with connect() as server:
        page = server.send("POST", f"/challenges/{slug}/{verb}")
    if as_json:
        print_json(page)
    else:
        say(f"{page['slug']} is {page['state']}.")


def _confirm(slug: str, question: str) -> None:
    if not interactive():
        fix = mark("Add --yes if you mean it.")
        raise BadInputError(
            [Fault("not_confirmed", mark("This was not confirmed, so nothing was done."), fix)]
        )
    if not click.confirm(f"{slug}: {question}", err=True):
        raise SystemExit(EXIT_NO)
