"""A group of commands that imports one only when it is called."""

from __future__ import annotations

import difflib
import importlib
from typing import Any, NamedTuple, NoReturn

import click

_AS_JSON = "laureate.as_json"


class Lazy(NamedTuple):
    """Where a command is (``package.module:attribute``), its line of help and its heading."""

    target: str
    help: str
    section: str


class LazyGroup(click.Group):
    """A group that knows its commands by name alone, so that none waits for the others' imports."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lazy: dict[str, Lazy] = {}

    def add_lazy(self, name: str, target: str, help: str, section: str = "Server") -> None:  # noqa: A002
        """Add the command ``name`` that is at ``target``, ``package.module:attribute``.

        ``help`` is its line in ``laureate --help``, under the heading ``section``.
        """
        self._lazy[name] = Lazy(target, help, section)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order in which they were added."""
        return [*self._lazy, *(name for name in super().list_commands(ctx) if name not in self._lazy)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, imported now; None for an unknown name."""
        lazy = self._lazy.get(cmd_name)
        if lazy is None:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = lazy.target.partition(":")
        found = getattr(importlib.import_module(module), attribute)
        if not isinstance(found, click.Command):
            raise TypeError(f"{lazy.target} is no command")
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the arguments name; raises UsageError with the nearest names."""
        name, known = args[0], self.list_commands(ctx)
        if name not in known and not name.startswith("-"):
            near = difflib.get_close_matches(name, known, n=3)
            hint = f" Did you mean {' or '.join(near)}?" if near else ""
            raise click.UsageError(f"There is no command “{name}”.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse as every group does; remember whether the answer is to be JSON."""
        ctx.meta[_AS_JSON] = "--json" in args
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; with ``--json`` a mistake in its options is said in JSON as well."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            if ctx.meta[_AS_JSON]:
                _refuse_usage(error)
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands under their headings, without importing any."""
        sections: dict[str, list[tuple[str, str]]] = {}
        names = self.list_commands(ctx)
        width = max((len(name) for name in names), default=0)
        for name in names:
            lazy = self._lazy.get(name)
            section = lazy.section if lazy else "Commands"
            said = lazy.help if lazy else self.commands[name].get_short_help_str()
            sections.setdefault(section, []).append((name.ljust(width), said))
        for section, rows in sections.items():
            with formatter.section(section):
                formatter.write_dl(rows)


def _refuse_usage(error: click.UsageError) -> NoReturn:
    from laureate.cli.output import bad_input
    from laureate.engine.faults import BadInputError, Fault, mark

    fault = Fault(
        "usage",
        mark("%(mistake)s"),
        mark("“%(command)s --help” explains how it is called."),
        {
            "mistake": error.format_message(),
            "command": error.ctx.command_path if error.ctx else "laureate",
        },
    )
    bad_input(BadInputError([fault]), as_json=True)
