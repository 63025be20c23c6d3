"""``laureate team`` and the verbs of teams."""

from __future__ import annotations

import re
from typing import Any

import click

from laureate.cli.output import json_option, print_facts, print_json, refuses_bad_input, say
from laureate.cli.server.client import connect
from laureate.cli.server.naming import slug_argument
from laureate.cli.server.sentences import allowance_said
from laureate.engine.faults import BadInputError, Fault, mark

_CODE = re.compile(r"[A-Za-z0-9_-]{8,100}")


@click.command("team")
@slug_argument
@json_option
@refuses_bad_input
def team(slug: str, as_json: bool) -> None:
    """Show your team in the challenge SLUG: members, what is left to hand in, open proposals."""
    with connect() as server:
        standing = server.get(f"/challenges/{slug}/standing")
    if as_json:
        print_json(standing)
    elif not standing.get("team"):
        say(f"You have no team in {slug}. “laureate join {slug}” makes one.")
    else:
        _print_team(standing, slug)


def _print_team(standing: dict[str, Any], slug: str) -> None:
    own = standing["team"]
    members = [
        f"{one['name']} (captain)" if one.get("captain") else one["name"] for one in own.get("members", [])
    ]
    print_facts(
        [
            ("Team", own["name"]),
            ("Members", ", ".join(members)),
            ("Entries", allowance_said(standing.get("allowance"))),
        ]
    )
    for merge in own.get("merges", []):
        if merge.get("ours_to_answer"):
            say(f"“{merge['source']}” proposes to become part of your team:")
            say(f"  laureate answer-merge {slug} {merge['id']} --accept (or --decline)")
        else:
            say(f"You have proposed to become part of “{merge['target']}”; it has not answered yet.")


@click.command("rename-team")
@slug_argument
@click.argument("name")
@json_option
@refuses_bad_input
def rename_team(slug: str, name: str, as_json: bool) -> None:
    """Give your team in the challenge SLUG the name NAME; its captain may."""
    with connect() as server:
        standing = server.send("PATCH", f"/challenges/{slug}/team", json={"name": name})
    if as_json:
        print_json(standing)
    else:
        say(f"Your team is now called “{standing['team']['name']}”.")


@click.command("invite-member")
@slug_argument
@json_option
@refuses_bad_input
def invite_member(slug: str, as_json: bool) -> None:
    """Make an invitation to your team in the challenge SLUG, for one person. It is shown this once."""
    with connect() as server:
        invitation = server.send("POST", f"/challenges/{slug}/invitations")
    if as_json:
        print_json(invitation)
        return
    say("Send one of these to the person whom you invite:")
    say(f"  {invitation['url']}")
    say(f"  laureate accept-invitation {invitation['code']}")


@click.command("accept-invitation")
@click.argument("code")
@json_option
@refuses_bad_input
def accept_invitation(code: str, as_json: bool) -> None:
    """Join the team that invited you; CODE is the invitation's code or its whole address."""
    code = code.strip().rstrip("/").rsplit("/", 1)[-1]
    if not _CODE.fullmatch(code):
        fix = mark("Copy the code, or the whole address, from the invitation.")
        raise BadInputError([Fault("bad_code", mark("This is no code of an invitation."), fix)])
    with connect() as server:
        invitation = server.get(f"/invitations/{code}")
        standing = server.send("POST", f"/invitations/{code}/accept")
    if as_json:
        print_json(standing)
    else:
        say(f"You are now in the team “{standing['team']['name']}” of {invitation['challenge_title']}.")


@click.command("propose-merge")
@slug_argument
@click.argument("other", metavar="TEAM")
@json_option
@refuses_bad_input
def propose_merge(slug: str, other: str, as_json: bool) -> None:
    """Propose that your team in the challenge SLUG becomes part of TEAM, by its name on the board."""
    with connect() as server:
        merge = server.send("POST", f"/challenges/{slug}/merges", json={"team": other})
    if as_json:
        print_json(merge)
    else:
        say(f"The captain of “{merge['target']}” has been asked.")


@click.command("answer-merge")
@slug_argument
@click.argument("merge_id", metavar="ID", type=click.IntRange(1, 2**63 - 1))
@click.option("--accept/--decline", default=None, help="Your answer; there is no default.")
@json_option
@refuses_bad_input
def answer_merge(slug: str, merge_id: int, accept: bool | None, as_json: bool) -> None:
    """Accept or decline the proposal ID of another team to become part of yours."""
    if accept is None:
        raise click.UsageError("Give --accept or --decline.")
    with connect() as server:
        standing = server.send("PATCH", f"/challenges/{slug}/merges/{merge_id}", json={"accept": accept})
    if as_json:
        print_json(standing)
    else:
        say("The teams are one now." if accept else "The proposal is declined.")
