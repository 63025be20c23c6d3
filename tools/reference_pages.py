"""Write the pages of docs/reference from the program itself, so that they say what it does.

    python tools/reference_pages.py            # write all pages anew
    python tools/reference_pages.py --check    # exit code 1 when a page is stale

``metrics.md`` has a tool of its own, ``metrics_page.py``.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "laureate"
FOLDER = ROOT / "docs" / "reference"


def written_by(source: str) -> str:
    """Return the line that says where a page comes from."""
    return f"This page is written by `tools/reference_pages.py` from {source}.\n"


def cell(text: object) -> str:
    """Return a text as it can stand in a cell of a table."""
    return " ".join(str(text).split()).replace("|", "\\|")


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Return a table in Markdown."""
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *(f"| {' | '.join(cell(text) for text in row)} |" for row in rows)]) + "\n"


# Options


OPTIONS_INTRODUCTION = """\
An option is looked for in three places; the first that has it wins:

1. the command line, for the few that `laureate up` takes: `--host`, `--port`, `--workers`,
2. the environment, under the name of the variable,
3. the file `laureate.toml` in the data folder, under the name of the option.

An unknown option and a value that cannot be read stop the start, with a line for each mistake.
"""
DATA_FOLDER = """\
The **data folder** holds everything: database, files, secret key and `laureate.toml`. It is chosen by
`--data DIR` or by the variable `LAUREATE_DATA`; without either it is `laureate` in the user's data
directory (on Linux `~/.local/share/laureate`). `laureate demo` uses `.demo` in the present folder.

An example of `laureate.toml`:

```toml
public_url = "https://prizes.example.org"
trust_proxy = true
workers = 2
```
"""


def options_page() -> str:
    """Return the page of the server's options."""
    from laureate.config.options import OPTIONS

    rows = [
        (f"`{o.key}`", f"`{o.variable}`", f"`{o.default}`" if o.default else "–", o.meaning) for o in OPTIONS
    ]
    listed = table(("option", "variable", "default", "meaning"), rows)
    title = "# Options of a server\n"
    return "\n".join(
        [title, written_by("`laureate.config.options`"), OPTIONS_INTRODUCTION, listed, DATA_FOLDER]
    )


# Commands


CLI_INTRODUCTION = """\
Every command for people takes `--json`: one JSON value on standard output and nothing else. Exit codes:
0 for success, 1 when the answer is no, 2 for bad input.
"""
SERVING = "Running a server"
SERVING_NOTE = "These need the server's packages: `pip install '.[server]'` in a clone, or `make setup`."


def cli_page() -> str:
    """Return the page of all commands."""
    import click

    from laureate.cli.main import COMMANDS, cli
    from laureate.config import commands as server_commands
    from laureate.config.entry import SERVER as SERVER_COMMANDS

    context = click.Context(cli, info_name="laureate")
    sections: dict[str, list[tuple[str, click.Command]]] = {}
    for name, _target, section, _help in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        sections.setdefault(section, []).append((name, command))
    sections[SERVING] = [(name, getattr(server_commands, name)) for name, _help in SERVER_COMMANDS]
    parts = ["# Commands\n", written_by("the commands of `laureate`"), CLI_INTRODUCTION]
    parts += [_index(sections)]
    for section, commands in sections.items():
        parts.append(f"## {section}\n")
        parts += [f"{SERVING_NOTE}\n"] if section == SERVING else []
        parts += [_command(name, command) for name, command in commands]
    return "\n".join(parts)


def _index(sections: Mapping[str, list[tuple[str, Any]]]) -> str:
    rows = [
        (section, ", ".join(f"[`{name}`](#laureate-{name})" for name, _ in commands))
        for section, commands in sections.items()
    ]
    return table(("for", "commands"), rows)


def _command(name: str, command: Any) -> str:
    import click

    context = click.Context(command, info_name=f"laureate {name}", parent=None, max_content_width=100)
    usage = " ".join([f"laureate {name}", *command.collect_usage_pieces(context)])
    lines = [f"### laureate {name}\n", f"```\n{usage}\n```\n", _paragraphs(command.help or ""), ""]
    records = [record for p in command.get_params(context) if (record := p.get_help_record(context))]
    rows = [(f"`{option}`", meaning) for option, meaning in records if meaning and "--help" not in option]
    if rows:
        lines.append(table(("option", "meaning"), rows))
    return "\n".join(lines)


def _paragraphs(text: str) -> str:
    return re.sub(r"^ +", "", text.replace("\b", "").strip(), flags=re.MULTILINE)


# challenge.toml


KINDS = {
    "text": "one line of text",
    "prose": "text, several lines allowed",
    "texts": "a text, or a list of texts",
    "whole": "a whole number",
    "instant": "a date with a time",
    "path": "a path in the folder",
    "slug": "lower-case letters, digits and hyphens",
    "key": "lower-case letters, digits and hyphens",
    "language": "a language",
    "field": "a field of knowledge",
    "zone": "a time zone",
}
TOML_INTRODUCTION = """\
A challenge is a folder with the file `challenge.toml` at its top, the brief as a Markdown file, and the
data. `laureate check DIR` reports every mistake at once, with file, line, rule and fix;
`laureate publish DIR` puts the challenge on a server; `laureate export SLUG` gives it back.

Paths are relative to the folder, with `/` between their parts. A date with a time is written without
quotes, with its offset from UTC: `2027-01-11T09:00:00-06:00`; without an offset it is read on the clocks
of `time_zone`. Of the files in the folder only those named here are sent to the server, and solvers can download
only those under `[[data]]` and the sample submission.
"""


def challenge_toml_page() -> str:
    """Return the page of the tables and keys of ``challenge.toml``."""
    from laureate.engine.problem.fields import FIELDS, LANGUAGES
    from laureate.engine.problem.keys import TABLES
    from laureate.engine.problem.rules import RULES

    example = (ROOT / "kits" / "claims" / "challenge.toml").read_text("utf-8")
    parts = ["# challenge.toml\n", written_by("`laureate.engine.problem`"), TOML_INTRODUCTION]
    parts += ["An example, from [kits/claims](../../kits/claims):\n", f"```toml\n{example}```\n"]
    parts += [_toml_table(one) for one in TABLES.values()]
    parts += ["## Languages\n", table(("value", "language"), _coded(LANGUAGES))]
    parts += ["## Fields of knowledge\n", table(("value", "field"), _coded(FIELDS))]
    rules = [(f"`{name}`", rule.severity, rule.message, rule.fix) for name, rule in RULES.items()]
    parts += [
        "## What a check can find\n",
        "An error keeps a challenge from being published, a warning does not.\n",
    ]
    parts += ["The files of the solution, the sample and the baselines are read as entries are: see"]
    parts += ["[scoring](../recipe/scoring.md) for what can be wrong with them.\n"]
    parts += [table(("rule", "severity", "what is said", "how it is mended"), rules)]
    return "\n".join(parts)


def _coded(names: Mapping[str, str]) -> list[tuple[str, ...]]:
    return [(f"`{value}`", label) for value, label in names.items()]


def _toml_table(one: Any) -> str:
    said = f"`[[{one.name}]]`" if one.many else f"`[{one.name}]`"
    needed = "Required." if one.required or one.name == "phases" else "May be left out."
    rows = [(f"`{key.name}`", _kind(key), _default(key), key.meaning) for key in one.keys]
    if one.subtables:
        rows += [(f"`[{one.name}.{sub}]`", "a table", "none", _SUBTABLES[sub]) for sub in one.subtables]
    return f"## {said}\n\n{one.meaning} {needed}\n\n" + table(("key", "value", "default", "meaning"), rows)


_SUBTABLES = {"options": "options of the metric, such as `k = 10`; the [metrics](metrics.md) list theirs"}


def _kind(key: Any) -> str:
    if key.kind == "whole":
        return f"{KINDS[key.kind]}, {key.low} to {key.high}"
    if key.kind in ("text", "texts", "prose", "slug", "key"):
        least = f"{key.low} to " if key.low > 1 else "at most "
        return f"{KINDS[key.kind]}; {least}{key.high} characters"
    return KINDS[key.kind]


def _default(key: Any) -> str:
    if key.required:
        return "required"
    return "none" if key.default in (None, "") else f"`{key.default}`"


# API


API_INTRODUCTION = """\
The API does what pages do, with the same rules and the same digits. A server describes it in full, with
all fields, at `/api/v1/openapi.json` (OpenAPI 3.1).

- **Who asks.** Send a token with each request: `Authorization: Bearer lau_…`. Tokens are made on the page
  *API tokens* of an account, or by `POST /api/v1/tokens`. A token has scopes: `read`, `submit`, `host`.
- **Errors** are `application/problem+json` (RFC 9457). The list `errors` holds every mistake at once, each
  with `rule`, `message` and `fix`, and where it stands: `file`, `line`, `column`, `count`, `examples`.
- **Lists** come in pages: `limit` (at most 200), and `after` with the value `next` of the page before.
- **Times** are UTC, in ISO 8601.
"""
METHODS = ("get", "post", "put", "patch", "delete")


def api_page() -> str:
    """Return the page of all operations of the API."""
    from laureate.api.v1 import api

    described = api.get_openapi_schema(path_prefix="/api/v1/")
    sections: dict[str, list[tuple[str, ...]]] = {}
    for path, methods in described["paths"].items():
        for method in METHODS:
            if method in methods:
                operation = methods[method]
                section = (operation.get("tags") or ["other"])[0]
                sections.setdefault(section, []).append(_operation(method, path, operation))
    parts = ["# API\n", written_by("the OpenAPI description of `laureate.api`"), API_INTRODUCTION]
    for section, rows in sections.items():
        head = ("method", "path", "name", "what it does", "takes", "who")
        parts += [f"## {section.capitalize()}\n", table(head, rows)]
    return "\n".join(parts)


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> tuple[str, ...]:
    what = operation.get("description") or operation.get("summary") or ""
    who = "anyone" if {} in operation.get("security", []) else "signed in"
    asked = [f"`{p['name']}`" for p in operation.get("parameters", []) if p["in"] == "query"]
    body = operation.get("requestBody", {}).get("content", {})
    takes = ", ".join([*(f"`{kind}`" for kind in body), *asked]) or "–"
    what = what.replace("``", "`")
    return (method.upper(), f"`{path}`", f"`{operation['operationId']}`", what, takes, who)


# Events


EVENTS_INTRODUCTION = """\
Every action appends one event to the journal, in its own transaction. An event has an instant, an actor
(nobody, where the platform acts by itself), a verb, the thing that it is about, and a payload of ids and digests: never
a score, a name or a text. Operators see the latest events on the page *Operate*.

`laureate.worker.handlers` says who reacts to which event. A reaction is a task: a row that a worker
leases. A task that fails is tried three times in all and then set aside for the operator.
"""
FORMED = {"entry.state": ("scored", "refused", "failed"), "merge.state": ("accepted", "declined")}
"""What stands in the place of a variable in the verb of an event."""
_VERB = re.compile(r"(?:people|problem|submissions|scoring|post)\.[a-z]+_[a-z_]+")


def events_page() -> str:
    """Return the page of events, reactions, tasks and the schedule."""
    from laureate.worker.handlers import HANDLERS, REACTIONS, SCHEDULE

    found: dict[str, list[str]] = {}
    for verb, place in sorted(_recorded()):
        found.setdefault(verb, []).append(place)
    strange = set(REACTIONS) - set(found)
    if strange:
        raise SystemExit(f"reactions to events that nobody records: {sorted(strange)}")
    rows = [
        (f"`{verb}`", _listed(places), _listed(REACTIONS.get(verb, ()))) for verb, places in found.items()
    ]
    tasks = [
        (f"`{name}`", _queued_by(name, REACTIONS, SCHEDULE), str(h.lease_seconds))
        for name, h in HANDLERS.items()
    ]
    return "\n".join(
        [
            "# Events and tasks\n",
            written_by("the actions and `laureate.worker.handlers`"),
            EVENTS_INTRODUCTION,
            "## Events\n",
            table(("event", "recorded by", "tasks that follow"), rows),
            "## Tasks\n",
            table(("task", "queued by", "lease in seconds"), tasks),
        ]
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "–"


def _queued_by(name: str, reactions: Mapping[str, tuple[str, ...]], schedule: Mapping[str, int]) -> str:
    causes = [f"`{verb}`" for verb, handlers in reactions.items() if name in handlers]
    causes += [f"the schedule, every {schedule[name]} s"] if name in schedule else []
    return ", ".join(causes) or "a message to somebody who wants mail"


def _recorded() -> Iterator[tuple[str, str]]:
    """Yield each verb that an action records, and the action's place."""
    for path in sorted([*PACKAGE.glob("base/*/*.py"), *PACKAGE.glob("recipe/*/*.py")]):
        if path.stem not in ("actions", "teaming"):
            continue
        module = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                yield from ((verb, f"{module}.{node.name}") for verb in _verbs_in(node))


def _verbs_in(function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _VERB.fullmatch(node.value):
            yield node.value
        elif isinstance(node, ast.JoinedStr) and len(node.values) == 2:
            start, variable = node.values
            if isinstance(start, ast.Constant) and _VERB.fullmatch(f"{start.value!s}x"):
                assert isinstance(variable, ast.FormattedValue)
                yield from (f"{start.value!s}{end}" for end in FORMED[ast.unparse(variable.value)])


PAGES: dict[str, Callable[[], str]] = {
    "options.md": options_page,
    "cli.md": cli_page,
    "challenge-toml.md": challenge_toml_page,
    "api.md": api_page,
    "events.md": events_page,
}


def stale() -> list[str]:
    """Return the pages that are not what the program says now."""
    return [
        name
        for name, page in PAGES.items()
        if not (FOLDER / name).is_file() or (FOLDER / name).read_text("utf-8") != page()
    ]


def start_django(data: Path) -> None:
    """Start Django on an empty data folder, whatever the options of this machine's server are."""
    import django

    for name in [name for name in os.environ if name.startswith("LAUREATE_")]:
        del os.environ[name]
    os.environ["LAUREATE_DATA"] = str(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "laureate.config.settings"
    django.setup()


def main() -> None:
    """Write or check."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as data:
        start_django(Path(data))
        if not args.check:
            FOLDER.mkdir(parents=True, exist_ok=True)
            for name, page in PAGES.items():
                (FOLDER / name).write_text(page(), "utf-8")
            return
        found = stale()
    for name in found:
        print(f"docs/reference/{name} is stale: run make docs")
    raise SystemExit(bool(found))


if __name__ == "__main__":
    main()
