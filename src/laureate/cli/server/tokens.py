"""``laureate tokens`` and ``laureate revoke-token``."""

from __future__ import annotations

import click

from laureate.cli.output import json_option, print_json, print_table, refuses_bad_input, say
from laureate.cli.server.client import connect
from laureate.cli.times import local


@click.command("tokens")
@json_option
@refuses_bad_input
def tokens(as_json: bool) -> None:
    """List your API tokens; their secrets were shown once and are kept by nobody."""
    with connect() as server:
        found = server.get("/tokens")["items"]
        own = server.login.token_id
    if as_json:
        print_json(found)
        return
    rows = [
        [
            str(token["id"]),
            token["name"] + (" (this one)" if token["id"] == own else ""),
            ", ".join(token["scopes"]),
            local(token.get("last_used_at")),
            local(token["expires_at"]) if token.get("expires_at") else "never",
        ]
        for token in found
    ]
    print_table(["id", "name", "may", "last used", "expires"], rows, numbers=(0,))


@click.command("revoke-token")
@click.argument("token_id", metavar="ID", type=click.IntRange(min=1))
@json_option
@refuses_bad_input
def revoke_token(token_id: int, as_json: bool) -> None:
    """Revoke the token ID at once; “laureate tokens” lists them."""
    with connect() as server:
        server.send("DELETE", f"/tokens/{token_id}")
    if as_json:
        print_json({"id": token_id, "revoked": True})
    else:
        say(f"Token {token_id} is revoked.")
