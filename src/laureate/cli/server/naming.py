"""How things on a server are named on the command line."""

from __future__ import annotations

import re

import click

_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


def is_slug(text: str) -> bool:
    """Tell whether a text can be the short name of a challenge."""
    return _SLUG.fullmatch(text) is not None


def _checked(context: click.Context, parameter: click.Parameter, value: str) -> str:
    if not is_slug(value):
        raise click.BadParameter(
            f"“{value}” is no short name of a challenge; “laureate challenges” lists them.",
            context,
            parameter,
        )
    return value


slug_argument = click.argument("slug", callback=_checked)
"""The argument that names a challenge."""

id_argument = click.argument("entry_id", metavar="ID", type=click.IntRange(1, 2**63 - 1))
"""The argument that names an entry."""
