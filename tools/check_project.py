"""Check what the other tools do not: texts, templates, migrations, pages, vendored files, links, traces.

    python tools/check_project.py

Prints each failure in one line; exit code 1 when there is one. ``make check`` runs it after ruff,
mypy and the import contracts.
"""

from __future__ import annotations

import hashlib
import io
import re
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "laureate"
TEMPLATES = PACKAGE / "web" / "templates"
VENDORED = PACKAGE / "web" / "ui" / "static" / "ui" / "vendor"
UNTRACKED = frozenset({".git", ".venv", ".demo", "__pycache__", "screenshots", "dist", "node_modules"})


def tool(name: str) -> dict[str, Any]:
    """Return what a tool of this folder defines."""
    return runpy.run_path(str(ROOT / "tools" / f"{name}.py"))


def tracked_files() -> list[Path]:
    """Return the files of the project: those git knows or would add, all of them in a plain copy."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True, timeout=60)
        names = [ROOT / name for name in done.stdout.decode().split("\0") if name]
    except (OSError, subprocess.SubprocessError):
        names = [path for path in ROOT.rglob("*") if not UNTRACKED & set(path.relative_to(ROOT).parts)]
    return sorted(path for path in names if path.is_file())


def text_of(path: Path) -> str:
    """Return a file's text, an empty text for one that holds none."""
    content = path.read_bytes()
    return "" if b"\0" in content[:8000] else content.decode("utf-8", "replace")


def place(path: Path, text: str, at: int) -> str:
    """Return where something stands, as an editor can open it."""
    return f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, at) + 1}"


# Texts


def translations() -> Iterator[str]:
    """Yield what is wrong with the translations."""
    command = [sys.executable, str(ROOT / "tools" / "messages.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        yield from done.stdout.splitlines()[:-1] or done.stderr.splitlines()[-1:]


# Templates


_URL_TAG = re.compile(r"""\{%\s*url\s+["']([^"']+)["']""")
_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
_INLINE = (
    (re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE), "a script without src"),
    (re.compile(r"<style[\s>]", re.IGNORECASE), "a style element"),
    (re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE), "a style attribute"),
    (re.compile(r"<[^>]*\s(?:on[a-z]+|hx-on[\w:.-]*)\s*=", re.IGNORECASE), "an event attribute"),
    (re.compile(r"""["']\s*javascript:""", re.IGNORECASE), "a javascript: address"),
)
"""What the content policy refuses, so that a page with it would break in the browser only."""


def templates() -> Iterator[str]:
    """Yield templates that do not compile, names of no address, and what the content policy refuses."""
    from django.template import TemplateSyntaxError
    from django.template.loader import get_template

    known = set(address_names())
    for path in sorted(TEMPLATES.rglob("*.html")):
        text = path.read_text("utf-8")
        try:
            get_template(path.relative_to(TEMPLATES).as_posix())
        except TemplateSyntaxError as error:
            yield f"{path.relative_to(ROOT)}: does not compile: {error}"
        for found in _URL_TAG.finditer(text):
            if found[1] not in known:
                yield f"{place(path, text, found.start())}: no address is named {found[1]!r}"
        bare = _TAG.sub(lambda tag: re.sub(r"[^\n]", "x", tag[0]), text)
        for pattern, what in _INLINE:
            for found in pattern.finditer(bare):
                yield f"{place(path, text, found.start())}: {what}, which the content policy refuses"


def address_names(resolver: Any = None, prefix: str = "") -> Iterator[str]:
    """Yield the names of all addresses, with their namespaces."""
    from django.urls import URLResolver, get_resolver

    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from address_names(pattern, inner)
        elif pattern.name:
            yield f"{prefix}{pattern.name}"


# Tables


def migrations() -> Iterator[str]:
    """Yield a line when the models have changed without a migration."""
    from django.core.management import call_command

    said = io.StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, no_color=True, stdout=said)
    except SystemExit:
        changes = " ".join(said.getvalue().split())
        yield f"models have changed without a migration: {changes}"


# Pages


def reference() -> Iterator[str]:
    """Yield the reference pages that are stale."""
    for name in tool("reference_pages")["stale"]():
        yield f"docs/reference/{name} is stale: run make docs"
    metrics = tool("metrics_page")
    if metrics["PAGE"].read_text("utf-8") != metrics["page"]():
        yield "docs/reference/metrics.md is stale: run make docs"


_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"""\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)|(?:src|href)="([^"]+)\"""")
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*$", re.MULTILINE)


def links() -> Iterator[str]:
    """Yield the relative links of Markdown files that lead nowhere."""
    for path in tracked_files():
        if path.suffix == ".md":
            text = path.read_text("utf-8")
            bare = _CODE.sub(_blank, _FENCE.sub(_blank, text))
            for found in _LINK.finditer(bare):
                fault = _fault_of(path, found[1] or found[2])
                if fault:
                    yield f"{place(path, text, found.start())}: {fault}"


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0])


def _fault_of(path: Path, link: str) -> str:
    """Return what is wrong with a link from a file, an empty text when nothing is."""
    if re.match(r"[a-z][a-z0-9+.-]*:", link):
        return ""
    name, _, anchor = link.partition("#")
    target = (path.parent / name).resolve() if name else path
    if not target.is_relative_to(ROOT) or not target.exists():
        return f"the link {link} leads to no file"
    if anchor and target.suffix == ".md" and anchor not in _anchors(target):
        return f"the link {link} leads to no heading"
    return ""


def _anchors(path: Path) -> set[str]:
    """Return the anchors that the headings of a Markdown file get."""
    text = _FENCE.sub("", path.read_text("utf-8"))
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(text))
    return {heading.strip().replace(" ", "-") for heading in plain}


# Files


_ROW = re.compile(r"^\| ([^|]+) \|.*\| `([0-9a-f]{64})` \|$", re.MULTILINE)


def vendored() -> Iterator[str]:
    """Yield the vendored files that are not those of their table, or not in it."""
    listed = {}
    for name, digest in _ROW.findall((VENDORED / "README.md").read_text("utf-8")):
        path = (VENDORED / name).resolve()
        listed[path] = digest
        if not path.is_file():
            yield f"{name}: listed in vendor/README.md and not there"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            yield f"{name}: its SHA-256 is not that of vendor/README.md"
    present = [*VENDORED.iterdir(), *(VENDORED.parent / "fonts").glob("*.woff2")]
    for path in sorted(present):
        if path.resolve() not in listed and path.name != "README.md":
            yield f"{path.relative_to(ROOT)}: not listed in vendor/README.md"


_TRACES = (
    (re.compile(r"(?<![\w./~-])/(?:home|Users|root|work|workspace)/[\w.-]+"), "a path of one machine"),
    (
        re.compile(r"(?m)^\s*--(?:extra-)?index-url\b|https?://\S+/simple/?(?=\s|$)"),
        "a package index of one machine",
    ),
    (re.compile(r"(?i)\bco-authored-by:|\bgenerated (?:by|with) an? (?:assistant|bot|model)\b"), "a trailer"),
    (re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE), "a conflict that was not resolved"),
)


def traces() -> Iterator[str]:
    """Yield traces of the machine or the tools with which a file was made."""
    for path in tracked_files():
        if path != Path(__file__).resolve() and not path.is_relative_to(VENDORED):
            text = text_of(path)
            for pattern, what in _TRACES:
                for found in pattern.finditer(text):
                    yield f"{place(path, text, found.start())}: {what}: {found[0].strip()}"


CHECKS: tuple[Callable[[], Iterator[str]], ...] = (
    translations,
    templates,
    migrations,
    reference,
    links,
    vendored,
    traces,
)


def main() -> None:
    """Run all checks."""
    failures = 0
    with tempfile.TemporaryDirectory() as data:
        tool("reference_pages")["start_django"](Path(data))
        for check in CHECKS:
            for failure in check():
                print(f"{check.__name__}: {failure}")
                failures += 1
    print(f"{len(CHECKS)} checks, {failures} failures")
    raise SystemExit(bool(failures))


if __name__ == "__main__":
    main()
