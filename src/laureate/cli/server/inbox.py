"""``laureate inbox``: your messages."""

from __future__ import annotations

import click

from laureate.cli.output import json_option, print_json, refuses_bad_input, say
from laureate.cli.server.client import connect
from laureate.cli.times import local


@click.command("inbox")
@click.option(
    "--limit", default=20, show_default=True, type=click.IntRange(1, 200), help="How many, newest first."
)
@click.option("--read", "mark_read", is_flag=True, help="Mark all messages as read.")
@json_option
@refuses_bad_input
def inbox(limit: int, mark_read: bool, as_json: bool) -> None:
    """Read your messages, newest first."""
    with connect() as server:
        page = server.get("/inbox", limit=limit)
        if mark_read:
            server.send("POST", "/inbox/read")
    if as_json:
        print_json({"unread": page["unread"], "items": page["items"]})
        return
    for message in page["items"]:
        say(f"{' ' if message['read'] else '*'} {local(message['sent_at'])}  {message['subject']}")
        for line in message["body"].strip().splitlines():
            say(f"    {line}")
        if message.get("path"):
            say(f"    {server.login.url}{message['path']}")
    say(f"{page['unread']} unread")
