"""``laureate``: the one command, and where each of its parts is."""

from __future__ import annotations

import click

from laureate import __version__
from laureate.cli.lazy import LazyGroup


@click.group(
    "laureate",
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="laureate")
def cli() -> None:
    """Prizes for solved problems: score at home, take part and host, from a terminal.

    Every command takes --json (one JSON value on standard output and nothing else) and exits
    with 0 for success, 1 for “no”, 2 for bad input.

    Commands that talk to a server read its address and your token from “laureate login”, or
    from LAUREATE_URL and LAUREATE_TOKEN, which win.
    """


# Name, place under laureate.cli, heading, line of help; in the order in which people need them.
HOME, ACCOUNT = "At home, without a server", "Your account"
SOLVING, TEAMS, HOSTING = "Taking part", "Your team", "Hosting"

COMMANDS = (
    ("score", "score:score", HOME, "Score an entry against a solution file."),
    ("metrics", "metrics:metrics", HOME, "List the metrics and their options."),
    ("check", "check:check", HOME, "Check a challenge and report every mistake."),
    ("board", "board:board", HOME, "Rank a history of scores; or show a challenge's board."),
    ("signup", "server.account:signup", ACCOUNT, "Open an account and sign in."),
    ("login", "server.account:login", ACCOUNT, "Sign in to a server and keep the token."),
    ("logout", "server.account:logout", ACCOUNT, "Revoke the token and forget it."),
    ("whoami", "server.account:whoami", ACCOUNT, "Show who is signed in, and where."),
    ("inbox", "server.inbox:inbox", ACCOUNT, "Read your messages."),
    ("tokens", "server.tokens:tokens", ACCOUNT, "List your API tokens."),
    ("revoke-token", "server.tokens:revoke_token", ACCOUNT, "Revoke one of them at once."),
    ("challenges", "server.challenges:challenges", SOLVING, "Find challenges."),
    ("show", "server.challenges:show", SOLVING, "Read a challenge and how you stand in it."),
    ("join", "server.challenges:join", SOLVING, "Take part in a challenge."),
    ("data", "server.data:data", SOLVING, "Download the data, checked and resumed."),
    ("submit", "server.submitting:submit", SOLVING, "Hand in an entry and wait for its score."),
    ("entries", "server.entries:entries", SOLVING, "List your team's entries."),
    ("entry", "server.entries:entry", SOLVING, "Show one entry, or fetch its file."),
    ("select", "server.entries:select", SOLVING, "Select an entry for the final ranking."),
    ("release", "server.entries:release", SOLVING, "Take a selection back."),
    ("cancel", "server.entries:cancel", SOLVING, "Cancel an entry that still waits."),
    ("team", "server.team:team", TEAMS, "Show your team in a challenge."),
    ("rename-team", "server.team:rename_team", TEAMS, "Give your team another name."),
    ("invite-member", "server.team:invite_member", TEAMS, "Make an invitation for one person."),
    ("accept-invitation", "server.team:accept_invitation", TEAMS, "Join the team that invited you."),
    ("propose-merge", "server.team:propose_merge", TEAMS, "Propose to become part of another team."),
    ("answer-merge", "server.team:answer_merge", TEAMS, "Accept or decline such a proposal."),
    ("publish", "server.publishing:publish", HOSTING, "Check, upload and publish a challenge."),
    ("export", "server.publishing:export", HOSTING, "Download a challenge as zip or folder."),
    ("close", "server.hosting:close", HOSTING, "Close a challenge and open the private board."),
    ("finalise", "server.hosting:finalise", HOSTING, "Make the result of a closed challenge final."),
    ("withdraw", "server.hosting:withdraw", HOSTING, "Withdraw a challenge for good."),
)

for _name, _target, _section, _help in COMMANDS:
    cli.add_lazy(_name, f"laureate.cli.{_target}", _help, _section)
