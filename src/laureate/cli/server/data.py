"""``laureate data``: the files of a challenge."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from laureate.cli.output import json_option, print_json, print_table, refuses_bad_input
from laureate.cli.server.client import Server, connect
from laureate.cli.server.naming import slug_argument
from laureate.cli.server.sentences import bytes_said
from laureate.cli.server.transfers import download, sha256_of
from laureate.engine.faults import BadInputError, Fault, mark


@click.command("data")
@slug_argument
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder; a new one called SLUG when not given.",
)
@click.option("--file", "names", multiple=True, metavar="NAME", help="Only this file; repeatable.")
@click.option("--overwrite", is_flag=True, help="Replace files that are there with other content.")
@json_option
@refuses_bad_input
def data(slug: str, folder: Path | None, names: tuple[str, ...], overwrite: bool, as_json: bool) -> None:
    """Download the data files and the sample submission of the challenge SLUG.

    A download that was broken off is continued, a file that is there already is left alone,
    and every file is verified by its SHA-256.
    """
    into = folder or Path(slug)
    with connect() as server:
        page = server.get(f"/challenges/{slug}")
        listed = [*(page.get("data") or []), *([page["sample"]] if page.get("sample") else [])]
        files = _wanted(listed, names)
        _refuse(files, into, overwrite)
        done = [_fetched(server, slug, file, into) for file in files]
    if as_json:
        print_json(done)
        return
    rows = [
        [one["file"], bytes_said(one["size"]), "was there" if one["kept"] else "downloaded", one["path"]]
        for one in done
    ]
    print_table(["file", "size", "", "at"], rows, numbers=(1,))


def _wanted(files: list[dict[str, Any]], names: tuple[str, ...]) -> list[dict[str, Any]]:
    if not names:
        return files
    unknown = [name for name in names if not any(_is_called(file, name) for file in files)]
    if unknown:
        listed = ", ".join(file["path"] for file in files) or "–"
        raise BadInputError(
            [
                Fault(
                    "unknown_file",
                    mark("This challenge has no data file called “%(name)s”."),
                    mark("It has: %(files)s."),
                    {"name": name, "files": listed},
                )
                for name in unknown
            ]
        )
    return [file for file in files if any(_is_called(file, name) for name in names)]


def _is_called(file: dict[str, Any], name: str) -> bool:
    return name in (file["path"], file["path"].rsplit("/", 1)[-1])


def _refuse(files: list[dict[str, Any]], into: Path, overwrite: bool) -> None:
    """Raise BadInputError for names that lead out of the folder and for files that would be lost."""
    from laureate.engine.problem.paths import path_fault

    unsafe = [
        Fault(
            "unsafe_name",
            mark("The server names a file “%(name)s”, which may not be written."),
            mark("Nothing was downloaded. Tell the host of the challenge."),
            {"name": file["path"]},
        )
        for file in files
        if path_fault(file["path"]) is not None
    ]
    if unsafe:
        raise BadInputError(unsafe)
    changed = [file for file in files if (into / file["path"]).exists() and not _is_there(file, into)]
    if changed and not overwrite:
        raise BadInputError([_other_content(into / file["path"]) for file in changed])


def _other_content(path: Path) -> Fault:
    return Fault(
        "other_content",
        mark("“%(path)s” is there, with other content than the server's."),
        mark("Move it away, give another folder with --to, or replace it with --overwrite."),
        {"path": str(path)},
    )


def _is_there(file: dict[str, Any], into: Path) -> bool:
    path = into / file["path"]
    same_size = path.is_file() and path.stat().st_size == file["size"]
    return same_size and sha256_of(path) == str(file["sha256"])


def _fetched(server: Server, slug: str, file: dict[str, Any], into: Path) -> dict[str, Any]:
    target, kept = into / file["path"], _is_there(file, into)
    if not kept:
        address = f"/challenges/{slug}/files/{file['id']}"
        download(server, address, target, size=file["size"], sha256=file["sha256"])
    return {
        "file": file["path"],
        "path": str(target),
        "size": file["size"],
        "sha256": file["sha256"],
        "kept": kept,
    }
