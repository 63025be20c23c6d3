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

P = ParamSpec("P")

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON value and nothing else.")
"""The option that every command takes; it passes ``as_json``."""


def print_json(value: Any) -> None:
    """Print one JSON value on standard output; NaN and infinities are a programming error."""
    click.echo(json.dumps(value, ensure_ascii=False, allow_nan=False))


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
        table.add_row(*(Text(cell) for cell in row))
    Console(file=sys.stdout, highlight=False).print(table)


def decimals(value: float | None, precision: int) -> str:
    """Return a number with as many decimals as its metric shows; a dash where there is none."""
    return "–" if value is None or not math.isfinite(value) else f"{value:.{precision}f}"


def bad_input(error: BadInputError, as_json: bool) -> NoReturn:
    """Print all faults of an input and exit with code 2.

    With ``as_json`` the object of the contract on standard output, otherwise sentences on
    standard error.
    """
    if as_json:
        print_json({"errors": [_contract(fault) for fault in error.faults]})
    else:
        console = Console(stderr=True, highlight=False, soft_wrap=True)
        for fault in error.faults:
            _print_fault(console, fault)
    raise SystemExit(EXIT_BAD_INPUT)


def refuses_bad_input(command: Callable[P, None]) -> Callable[P, None]:
    """Let a command raise BadInputError: it is printed as its ``--json`` asks, exit code 2."""

    @functools.wraps(command)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except BadInputError as error:
            bad_input(error, bool(kwargs.get("as_json")))

    return guarded


def _contract(fault: Fault) -> dict[str, Any]:
    """Return the keys that the contract names; every error is an error, so severity is left out."""
    said = fault.as_dict()
    said.pop("severity", None)
    return said


def _print_fault(console: Console, fault: Fault) -> None:
    place = ":".join(str(part) for part in (fault.file, fault.line) if part is not None)
    said = Text(f"{place}: " if place else "")
    said.append(f"{fault.rule}: ", style="bold red")
    said.append(fault.said())
    console.print(said)
    console.print(Text(f"  {fault.mend()}"))
    for example in fault.examples:
        shown = ", ".join(f"{key} {value}" for key, value in example.items())
        console.print(Text(f"    {shown}", style="dim"))
    hidden = (fault.count or 0) - len(fault.examples)
    if fault.examples and hidden > 0:
        console.print(Text(f"    … and {hidden} more", style="dim"))
