"""``laureate check``: a challenge, before anyone else sees it."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from laureate.cli.output import json_option, print_json, refuses_bad_input
from laureate.engine.faults import BadInputError, Fault, mark
from laureate.engine.problem import MANIFEST, check_problem, unpack_bundle

EXIT_NO = 1


@click.command("check")
@click.argument("path", type=click.Path(path_type=Path))
@json_option
@refuses_bad_input
def check(path: Path, as_json: bool) -> None:
    """Check the challenge at PATH, a folder or a zip of one, and report every mistake at once.

    The solution is compiled, the sample submission and the baselines are scored. Exit code 0:
    no error; 1: errors; 2: PATH cannot be read or holds no challenge.
    """
    with opened_challenge(path) as folder:
        faults = check_problem(folder, now=datetime.now(UTC))
    ok = all(found.severity != "error" for found in faults)
    if as_json:
        print_json({"ok": ok, "format": "laureate", "problems": [found.as_dict() for found in faults]})
    else:
        _print_faults(faults)
    if not ok:
        raise SystemExit(EXIT_NO)


@contextmanager
def opened_challenge(path: Path) -> Iterator[Path]:
    """Open the challenge at ``path`` as a folder, unpacked for the while where it is a zip.

    Raises BadInputError where nothing can be unpacked or no challenge is found.
    """
    if path.is_dir():
        yield _with_manifest(path, path)
        return
    _refuse_what_is_no_zip(path)
    with tempfile.TemporaryDirectory(prefix="laureate-check-") as folder:
        yield _with_manifest(unpack_bundle(path, Path(folder)), path)


def _with_manifest(folder: Path, named: Path) -> Path:
    if not (folder / MANIFEST).is_file():
        raise BadInputError([_unknown_format(named)])
    return folder


def _refuse_what_is_no_zip(path: Path) -> None:
    """Raise BadInputError where nothing can be unpacked."""
    try:
        with path.open("rb"):
            pass
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "the path is not valid"
        raise BadInputError(
            [
                Fault(
                    "unreadable_path",
                    mark("“%(path)s” cannot be read: %(reason)s."),
                    mark("Give the path of a folder or of a zip file that you may read."),
                    {"path": str(path), "reason": reason},
                )
            ]
        ) from None
    if not zipfile.is_zipfile(path):
        raise BadInputError([_unknown_format(path)])


def _unknown_format(path: Path) -> Fault:
    return Fault(
        "unknown_format",
        mark("“%(path)s” is no challenge in a format that this command reads."),
        mark("Give a folder with challenge.toml at its top, or a zip of one. Supported: %(formats)s."),
        {"path": str(path), "formats": "laureate (challenge.toml)"},
    )


def _print_faults(faults: list[Fault]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for found in faults:
        place = ":".join(str(part) for part in (found.file, found.line) if part is not None)
        said = Text(f"{place}: " if place else "")
        style = "bold red" if found.severity == "error" else "bold yellow"
        said.append(f"{found.severity} {found.rule}: ", style=style)
        said.append(found.said())
        console.print(said)
        console.print(Text(f"  {found.mend()}"))
        for example in found.examples:
            shown = ", ".join(f"{key} {value}" for key, value in example.items())
            console.print(Text(f"    {shown}", style="dim"))
    errors = sum(found.severity == "error" for found in faults)
    console.print(f"{_counted(errors, 'error')}, {_counted(len(faults) - errors, 'warning')}")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
