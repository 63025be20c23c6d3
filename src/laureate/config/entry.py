"""The command ``laureate``: the commands for terminals, and those that run a server."""

from __future__ import annotations

from laureate.cli.main import cli

SERVER = (
    ("up", "Run the platform: web and worker on one data folder."),
    ("demo", "Run a living platform with a real prize and two ready accounts."),
    ("password", "Give an account a new password."),
    ("migrate", "Bring the database to the present schema."),
)


def main() -> None:
    """Run the command line."""
    for name, said in SERVER:
        cli.add_lazy(name, f"laureate.config.commands:{name}", said)
    cli(prog_name="laureate")
