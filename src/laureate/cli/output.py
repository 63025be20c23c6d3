"""What every command prints: one JSON value with ``--json``, a readable table otherwise."""

from __future__ import annotations

import functools
import json
import math
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, ParamSpec

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from laureate.engine.faults import BadInputError, Fault

EXIT_BAD_INPUT = 2
UNFOLDED = 10_000

P = ParamSpec("P")

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON value and nothing else.")
"""The option that every command takes; it passes ``as_json``."""


def print_json(value: Any) -> None:
    """Print one JSON value on standard output; NaN and infinities are a programming error."""
    click.echo(json.dumps(value, ensure_ascii=False, allow_nan=False))


def plain(text: object) -> str:
    """Return text without the characters that a terminal would obey; line ends and tabs stay."""
    return "".join(sign if sign.isprintable() or sign in "\n\t" else "\ufffd" for sign in str(text))


def say(text: object = "") -> None:
    """Print a line on standard output, however much of it other people wrote."""
    click.echo(plain(text))


def warn(text: object) -> None:
    """Print a line on standard error, where it is in nobody's pipe."""
    click.echo(plain(text), err=True)


def print_facts(facts: Sequence[tuple[str, object]]) -> None:
    """Print names and values below one another; facts without a value are left out."""
    present = [(name, plain(value)) for name, value in facts if value not in (None, "")]
    width = max((len(name) for name, _ in present), default=0)
    for name, value in present:
        click.echo(f"{name:<{width}}  {value}")


def print_table(
    columns: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: Sequence[int] = ()
) -> None:
    """Print a table on standard output; columns at the positions ``numbers`` stand to the right.

    The first column names the row: it is never folded.
    """
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for at, name in enumerate(columns):
        table.add_column(name, justify="right" if at in numbers else "left", overflow="fold", no_wrap=at == 0)
    for row in rows:
        # Text, not markup: a name in square brackets is a name.
        table.add_row(*(Text(plain(cell)) for cell in row))
    # In a pipe lines stay whole, whatever the width of the terminal beside it.
    width = None if sys.stdout.isatty() else UNFOLDED
    Console(file=sys.stdout, highlight=False, width=width).print(table)


def decimals(value: float | None, precision: int) -> str:
    """Return a number with as many decimals as its metric shows; a dash where there is none."""
    return "–" if value is None or not math.isfinite(value) else f"{value:.{precision}f}"


def bad_input(error: BadInputError, as_json: bool) -> NoReturn:
    """Print all faults of an input and exit with code 2.

    With ``as_json`` the object of the contract on standard output, otherwise sentences on
    standard error.
    """
    if as_json:
        print_json({"errors": [contract(fault) for fault in error.faults]})
    else:
        warn_of(error.faults)
    raise SystemExit(EXIT_BAD_INPUT)


def warn_of(faults: Sequence[Fault]) -> None:
    """Print faults as sentences on standard error."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for fault in faults:
        _print_fault(console, fault)


def refuses_bad_input(command: Callable[P, None]) -> Callable[P, None]:
    """Let a command raise BadInputError: it is printed as its ``--json`` asks, exit code 2."""

    @functools.wraps(command)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except BadInputError as error:
            bad_input(error, bool(kwargs.get("as_json")))

    return guarded


def contract(fault: Fault) -> dict[str, Any]:
    """Return the keys that the contract names; every error is an error, so severity is left out."""
    said = fault.as_dict()
    said.pop("severity", None)
    return said


def _print_fault(console: Console, fault: Fault) -> None:
    place = ":".join(plain(part) for part in (fault.file, fault.line) if part is not None)
    said = Text(f"{place}: " if place else "")
    said.append(f"{plain(fault.rule)}: ", style="bold red")
    said.append(plain(fault.said()))
    console.print(said)
    console.print(Text(f"  {plain(fault.mend())}"))
    for example in fault.examples:
        shown = ", ".join(f"{key} {value}" for key, value in example.items())
        console.print(Text(f"    {plain(shown)}", style="dim"))
    hidden = (fault.count or 0) - len(fault.examples)
    if fault.examples and hidden > 0:
        console.print(Text(f"    … and {hidden} more", style="dim"))
