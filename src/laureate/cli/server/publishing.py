"""``laureate publish`` and ``laureate export``: a challenge goes to a server and comes back."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from laureate.cli.check import opened_challenge
from laureate.cli.output import json_option, print_json, refuses_bad_input, say, warn, warn_of
from laureate.cli.server.client import Server, connect
from laureate.cli.server.naming import is_slug, slug_argument
from laureate.cli.server.transfers import download, sha256_of, upload, writing
from laureate.engine.faults import BadInputError, Fault, mark


@click.command("publish")
@click.argument("target", metavar="DIR")
@click.option("--organisation", metavar="SLUG", help="Who hosts it; needed where you host for several.")
@click.option("--draft", is_flag=True, help="Only upload it; publish it later.")
@json_option
@refuses_bad_input
def publish(target: str, organisation: str | None, draft: bool, as_json: bool) -> None:
    """Publish the challenge in the folder DIR, or in a zip of one; or a draft by its short name.

    It is checked at home first, and every mistake is reported at once; a challenge with errors
    is not uploaded.
    """
    path = Path(target)
    if not path.exists() and is_slug(target) and not draft:
        with connect() as server:
            page = server.send("POST", f"/challenges/{target}/publish")
    else:
        with _packed(path) as bundle, connect() as server:
            page = _imported(server, bundle, organisation, draft)
    if as_json:
        print_json(page)
    else:
        said = "is a draft" if page["state"] == "draft" else f"is {page['state']}"
        say(f"{page['slug']} {said}: {server.login.url}/challenges/{page['slug']}")


@contextmanager
def _packed(path: Path) -> Iterator[Path]:
    """Pack a challenge without errors into a temporary zip; raises BadInputError with all of them."""
    from laureate.engine.problem import check_problem, pack_bundle

    with opened_challenge(path) as folder, tempfile.TemporaryDirectory(prefix="laureate-publish-") as work:
        faults = check_problem(folder, now=datetime.now(UTC))
        errors = [found for found in faults if found.severity == "error"]
        if errors:
            raise BadInputError(errors)
        warn_of(faults)
        bundle = Path(work) / "challenge.zip"
        pack_bundle(folder, bundle)
        yield bundle


def _imported(server: Server, bundle: Path, organisation: str | None, draft: bool) -> dict[str, Any]:
    fields = {"organisation": organisation} if organisation else {}
    page: dict[str, Any] = upload(server, "/challenges", "bundle", bundle, fields)
    if draft:
        return page
    try:
        page = server.send("POST", f"/challenges/{page['slug']}/publish")
    except BadInputError:
        warn(f"{page['slug']} is on the server as a draft: “laureate publish {page['slug']}” tries again.")
        raise
    return page


@click.command("export")
@slug_argument
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path),
    help="A folder, or a path that ends in .zip; SLUG.zip when not given.",
)
@click.option("--overwrite", is_flag=True, help="Replace a zip that is there.")
@json_option
@refuses_bad_input
def export(slug: str, target: Path | None, overwrite: bool, as_json: bool) -> None:
    """Download the challenge SLUG as one zip, or as a folder that “laureate publish” takes."""
    target = target or Path(f"{slug}.zip")
    with connect() as server:
        answer = _exported(server, slug, target, overwrite)
    if as_json:
        print_json(answer)
    else:
        say(f"{slug} is at {answer['path']}")


def _exported(server: Server, slug: str, target: Path, overwrite: bool) -> dict[str, Any]:
    _refuse_loss(target, overwrite)
    address = f"/challenges/{slug}/export"
    if target.suffix.lower() == ".zip":
        download(server, address, target)
        return {"challenge": slug, "path": str(target), "sha256": sha256_of(target)}
    from laureate.engine.problem import unpack_bundle

    with tempfile.TemporaryDirectory(prefix="laureate-export-") as work:
        bundle = Path(work) / f"{slug}.zip"
        download(server, address, bundle)
        with writing(target):
            folder = unpack_bundle(bundle, target)
        return {"challenge": slug, "path": str(folder), "sha256": sha256_of(bundle)}


def _refuse_loss(target: Path, overwrite: bool) -> None:
    """Raise BadInputError where something that is there would be lost or mixed up."""
    if target.suffix.lower() == ".zip" and not target.is_dir():
        taken = target.exists() and not overwrite
    else:
        taken = target.exists() and not (target.is_dir() and not any(target.iterdir()))
    if taken:
        raise BadInputError(
            [
                Fault(
                    "already_there",
                    mark("“%(path)s” is there already."),
                    mark("Give another path with --to, an empty folder, or --overwrite for a zip."),
                    {"path": str(target)},
                )
            ]
        )
