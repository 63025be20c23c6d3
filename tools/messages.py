"""Collect the texts that people read and compile their translations; no program beside Python is needed.

    python tools/messages.py            # update locale/fr/LC_MESSAGES/django.po and compile it
    python tools/messages.py --check    # exit code 1 when a text lacks its French, or the files are stale

Texts are found in Python (``_``, ``gettext`` and its kin, ``mark``) and in templates, which Django's own
``templatize`` turns into calls. Options of the server and docstrings of metrics are for operators and
mathematicians and stay English.
"""

from __future__ import annotations

import argparse
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "laureate"
FOLDER = PACKAGE / "locale" / "fr" / "LC_MESSAGES"
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "mark": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
}
_PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]")


def found_in(path: Path) -> Iterator[tuple[int, str, Any, list[str]]]:
    """Yield line, function, text and comments of each translatable text in a file."""
    source = path.read_text("utf-8")
    if path.suffix == ".html":
        source = templatize(source, origin=str(path))
    try:
        yield from extract_python(
            io.BytesIO(source.encode()), KEYWORDS, ["Translators:"], {"encoding": "utf-8"}
        )
    except Exception as error:
        raise SystemExit(f"{path}: {error}") from error


def collect() -> Catalog:
    """Return the catalogue of all texts, without translations."""
    catalog = Catalog(project="Laureate", charset="utf-8")
    files = sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.html")])
    for path in files:
        if "migrations" in path.parts:
            continue
        for _line, name, text, _comments in found_in(path):
            spec = KEYWORDS[name]
            wanted = text if spec is None or isinstance(text, str) else tuple(text[:2])
            if wanted and (isinstance(wanted, str) or all(wanted)):  # else the text is known only at run time
                catalog.add(wanted, locations=[(path.relative_to(PACKAGE).as_posix(), None)])
    return catalog


def updated() -> Catalog:
    """Return the French catalogue with the present texts: kept where they stand, empty where they are new."""
    po = FOLDER / "django.po"
    if po.exists():
        with po.open("rb") as source:
            french = read_po(source, locale="fr")
    else:
        french = Catalog(locale="fr", project="Laureate", charset="utf-8")
    french.update(collect(), no_fuzzy_matching=True)
    french.obsolete.clear()
    french.header_comment = "# French texts of Laureate."
    return french


def as_po(catalog: Catalog) -> bytes:
    """Return the text of the catalogue, the same for the same content."""
    out = io.BytesIO()
    write_po(out, catalog, width=110, sort_output=True, omit_header=True, include_lineno=False)
    header = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Language: fr\\n"\n'
        '"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'
    )
    return header.encode() + out.getvalue()


def as_mo(catalog: Catalog) -> bytes:
    """Return the compiled catalogue."""
    out = io.BytesIO()
    with io.BytesIO(as_po(catalog)) as source:
        plain = read_po(source, locale="fr")
    # Else the time of compiling would stand in the file, which would never be twice the same.
    plain.creation_date = plain.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    write_mo(out, plain)
    return out.getvalue()


def mistakes(catalog: Catalog) -> list[str]:
    """Return what is missing or broken: no French, or other placeholders than the English has."""
    found = []
    for message in catalog:
        if not message.id:
            continue
        english = message.id if isinstance(message.id, tuple) else (message.id,)
        french = message.string if isinstance(message.string, tuple) else (message.string,)
        if not all(french):
            found.append(f"no French: {english[0]!r}")
            continue
        wanted = set(_PLACEHOLDER.findall(english[-1]))
        for text in french:
            given = set(_PLACEHOLDER.findall(text))
            if given - wanted or (wanted - given and len(english) == 1):
                found.append(f"placeholders differ: {english[0]!r} / {text!r}")
    return found


def main() -> None:
    """Update or check."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    catalog = updated()
    found = mistakes(catalog)
    po, mo = FOLDER / "django.po", FOLDER / "django.mo"
    if args.check:
        if not po.exists() or po.read_bytes() != as_po(catalog) or mo.read_bytes() != as_mo(catalog):
            found.append("locale/fr is stale: run make messages")
    else:
        FOLDER.mkdir(parents=True, exist_ok=True)
        po.write_bytes(as_po(catalog))
        mo.write_bytes(as_mo(catalog))
    for line in found:
        print(line)
    print(f"{len(catalog)} texts, {len(found)} mistakes")
    raise SystemExit(bool(found))


if __name__ == "__main__":
    main()
