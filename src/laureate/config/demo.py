"""The demo: a platform that has lived for months, replayed from a kit in a few seconds.

A kit is a challenge folder with two files more. ``teams.json`` tells who handed in what and
when; ``entries.npz`` holds the predictions. Everything goes through the actions of the recipe
and the handlers of the worker, with the journal's clock standing at each moment of the past,
so that receipts, scores, inboxes and boards are those of a platform in use.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.db import transaction

from laureate.base.journal.clock import now, standing_at
from laureate.base.memory import one_reading
from laureate.base.people.actions import found_platform, open_account
from laureate.base.people.models import User
from laureate.base.people.queries import hosted_organisations, viewer_of
from laureate.base.people.viewer import Viewer
from laureate.engine.problem import Limits, Phase, Problem, read_problem, write_problem
from laureate.recipe.problem.actions import import_challenge, publish_challenge
from laureate.recipe.submissions.actions import join_challenge, select_entry, submit_entry
from laureate.recipe.submissions.teaming import accept_invitation, invite_member, rename_team
from laureate.worker.loop import queue_periodic_tasks, run_due_tasks

HOST, SOLVER = "host@demo.example", "solver@demo.example"
HOST_NAME, HOST_ZONE, SPONSOR = "Helen Marsh", "America/Chicago", "Meridian Mutual"
WORKER = "demo"
FIRST_MINUTE, LAST_MINUTE = time(15, 0), time(23, 0)
"""When, in UTC, a challenge of the demo opens on its first day and closes on its last."""
FREEZE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Account:
    """An account that is ready to sign in."""

    email: str
    password: str


@dataclass(frozen=True, slots=True)
class DemoAccounts:
    """The two accounts of a demo: one solver, and one host, who also operates the platform."""

    solver: Account
    host: Account

    def said(self) -> str:
        """Return both in words, for a terminal."""
        rows = (("Solver", self.solver), ("Host", self.host))
        return "\n".join(f"  {role:<8}{account.email:<22}{account.password}" for role, account in rows)


def ready_accounts() -> DemoAccounts:
    """Return the two accounts with the passwords of this installation.

    A password follows from the secret key of the data folder: nothing is kept in clear, and no
    two installations share one.
    """
    return DemoAccounts(*(Account(email, _password(email)) for email in (SOLVER, HOST)))


def _password(email: str) -> str:
    digest = hmac.digest(settings.SECRET_KEY.encode(), f"demo {email}".encode(), hashlib.sha256)
    letters = base64.b32encode(digest).decode().lower()
    return "-".join(letters[start : start + 4] for start in (0, 4, 8))


def _silent(_text: str) -> None:
    return


def load_demo(
    kit: Path,
    *,
    today: datetime | None = None,
    say: Callable[[str], object] = _silent,
    most_teams: int | None = None,
) -> DemoAccounts:
    """Fill an empty platform with the months that ``kit`` tells, up to ``today``; return the ready accounts.

    A platform that holds the demo already is left as it is. All or nothing is kept.
    ``most_teams`` limits the teams of each challenge; the demo's own solver is always among them.

    Raises:
        RefusedError: when the platform was set up for something else.
        BadInputError: when the challenge of the kit has faults.

    """
    accounts = ready_accounts()
    if User.objects.filter(email=HOST).exists():
        return accounts
    instant = today or now()
    say("Replaying three months of a prize …")
    with transaction.atomic(), tempfile.TemporaryDirectory() as folder:
        replay = Replay(kit, accounts, instant, Path(folder), most_teams)
        replay.run()
    say(f"{replay.teams} teams, {replay.entries} entries, each scored by the worker.")
    return accounts


class Predictions:
    """The predictions of a kit, and how they become files."""

    def __init__(self, kit: Path, problem: Problem) -> None:
        with np.load(kit / "entries.npz") as kept:
            self.rows, self.values = kept["rows"], kept["values"]
            self.low, self.high = kept["low"], kept["high"]
        sample = (kit / problem.sample).read_text("utf-8").splitlines()[1:]
        self.ids = [line.partition(",")[0] for line in sample]
        self.names = (problem.id_column, problem.targets[0])

    def numbers(self, line: int) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Return what is predicted for each profile; ``rows`` says which profile a row has."""
        width = (self.high[line] - self.low[line]) / np.iinfo(np.uint16).max
        return np.asarray(np.round(self.low[line] + width * self.values[line], 4), dtype=np.float64)

    def file(self, line: int, name: str, flaw: str = "") -> bytes:
        """Return an entry in the format that its name says, with a flaw of real life if asked for."""
        if name.endswith(".parquet"):
            return self._parquet(line)
        cells = np.array([repr(number) for number in self.numbers(line).tolist()])[self.rows].tolist()
        if flaw == "empty_cells":
            cells = ["" if row % 211 == 7 else cell for row, cell in enumerate(cells)]
        elif flaw == "missing_rows":
            cells = cells[:-412]
        header = "row,prediction" if flaw == "wrong_header" else ",".join(self.names)
        lines = [header, *map("{},{}".format, self.ids, cells), ""]
        content = "\n".join(lines).encode()
        return gzip.compress(content, 1, mtime=0) if name.endswith(".gz") else content

    def _parquet(self, line: int) -> bytes:
        import pyarrow as pa
        from pyarrow import parquet

        columns = (np.array(self.ids, dtype=np.int64), self.numbers(line)[self.rows])
        # From buffers, because pyarrow looks for pandas, and imports all of it, to read arrays.
        arrays = [
            pa.Array.from_buffers(kind, len(column), [None, pa.py_buffer(column)])  # type: ignore[type-var]
            for kind, column in zip((pa.int64(), pa.float64()), columns, strict=True)
        ]
        out = BytesIO()
        parquet.write_table(pa.table(arrays, names=list(self.names)), out)
        return out.getvalue()


@dataclass(frozen=True, slots=True)
class Contest:
    """A challenge of the demo on the demo's calendar."""

    slug: str
    folder: Path
    opens: datetime
    closes: datetime


Step = tuple[datetime, Callable[[], object]]


class Replay:
    """One run through the months of a kit."""

    def __init__(
        self, kit: Path, accounts: DemoAccounts, today: datetime, folder: Path, most_teams: int | None
    ) -> None:
        self.kit, self.accounts, self.today = kit, accounts, today.astimezone(UTC)
        self.script: Mapping[str, Any] = json.loads((kit / "teams.json").read_text("utf-8"))
        self.problem = read_problem(kit)
        self.predictions = Predictions(kit, self.problem)
        self.midnight = datetime.combine(self.today.date(), time(), UTC)
        self.contests = {
            key: self._contest(plan, folder / key) for key, plan in self.script["challenges"].items()
        }
        self.viewers: dict[int, Viewer] = {}
        self.codes: dict[tuple[str, int], str] = {}
        self.host = Viewer()
        self.teams = self.entries = 0
        self.most_teams = most_teams

    def run(self) -> None:
        """Do every step at its instant; each does also what the worker would do then."""
        steps = [step for step in self._steps() if step[0] <= self.today]
        for enters, run in groupby(sorted(steps, key=lambda step: step[0]), key=self._enters):
            # While entries alone come in, challenges and teams stay as they were looked up.
            with one_reading() if enters else nullcontext():
                for instant, act in run:
                    with standing_at(instant):
                        act()
        with standing_at(self.today):
            run_due_tasks(WORKER)

    def _enters(self, step: Step) -> bool:
        return isinstance(step[1], partial) and step[1].func == self._submit

    def _contest(self, plan: Mapping[str, Any], folder: Path) -> Contest:
        """Write a challenge with its place on the calendar into ``folder``."""
        first = self.midnight + timedelta(days=plan["begins"])
        opens = datetime.combine(first.date(), FIRST_MINUTE, UTC)
        closes = datetime.combine(first.date() + timedelta(days=plan["lasts"]), LAST_MINUTE, UTC)
        changes = dict(plan["changes"])
        if "brief" in changes:
            changes["brief"] = (self.kit / changes["brief"]).read_text("utf-8")
        limits: Limits = replace(self.problem.limits, teams_freeze=closes - FREEZE)
        phase = replace(self.problem.phases[0], opens=opens, closes=closes)
        phases: tuple[Phase, ...] = (phase,)
        problem = replace(self.problem, phases=phases, limits=limits, **changes)
        write_problem(problem, folder, {path: self.kit / path for path in problem.files})
        return Contest(problem.slug, folder, opens, closes)

    def _steps(self) -> Iterator[Step]:
        start = min(contest.opens for contest in self.contests.values()) - timedelta(days=5)
        yield start, self._found
        for contest in self.contests.values():
            yield contest.opens - timedelta(days=2), partial(self._publish, contest)
            yield contest.closes, self._tick
        opened: set[int] = set()
        for team in self._cast():
            entries = [(self._instant(team, entry), entry) for entry in team["entries"]]
            joins = min(instant for instant, _ in entries) - timedelta(minutes=40)
            # Whoever opens an account does so a little before their first team is formed.
            yield from self._gather(team, joins, opened)
            for instant, entry in entries:
                yield instant, partial(self._submit, team, entry)

    def _cast(self) -> list[Mapping[str, Any]]:
        """Return the teams in the order of their challenges' opening, cut to the wanted number."""
        cast: list[Mapping[str, Any]] = []
        for key in sorted(self.contests, key=lambda key: self.contests[key].opens):
            teams = [team for team in self.script["teams"] if team["challenge"] == key]
            ours = [team for team in teams if 0 in team["members"]]
            others = [team for team in teams if 0 not in team["members"]]
            cast += ours + (others if self.most_teams is None else others[: self.most_teams - len(ours)])
        return cast

    def _instant(self, team: Mapping[str, Any], entry: Mapping[str, Any]) -> datetime:
        if "today" in entry:
            return self.midnight + (self.today - self.midnight) * float(entry["today"])
        day = self.contests[team["challenge"]].opens.date() + timedelta(days=entry["day"])
        return datetime.combine(day, time.fromisoformat(entry["time"]), UTC)

    def _gather(self, team: Mapping[str, Any], joins: datetime, opened: set[int]) -> Iterator[Step]:
        captain, *others = team["members"]
        for person in team["members"]:
            if person not in opened:
                yield joins - timedelta(minutes=5), partial(self._open, person)
                opened.add(person)
        yield joins, partial(self._join, team, captain)
        for number, person in enumerate(others):
            yield joins + timedelta(minutes=5 + 3 * number), partial(self._accept, team, person)

    def _found(self) -> None:
        account = self.accounts.host
        user = found_platform(account.email, HOST_NAME, account.password, SPONSOR, time_zone=HOST_ZONE)
        self.host = viewer_of(user)
        run_due_tasks(WORKER)

    def _tick(self) -> None:
        queue_periodic_tasks()
        run_due_tasks(WORKER)

    def _publish(self, contest: Contest) -> None:
        organisation = hosted_organisations(self.host)[0].id
        publish_challenge(self.host, import_challenge(self.host, organisation, contest.folder).slug)
        run_due_tasks(WORKER)

    def _open(self, number: int) -> None:
        person = self.script["people"][number]
        # The others cannot sign in: a hundred passwords that nobody knows would only cost time.
        password = self.accounts.solver.password if person["email"] == SOLVER else None
        user = open_account(
            person["email"], person["name"], password, locale=person["locale"], time_zone=person["time_zone"]
        )
        self.viewers[number] = viewer_of(user)
        run_due_tasks(WORKER, most=1)

    def _join(self, team: Mapping[str, Any], captain: int) -> None:
        viewer, slug = self.viewers[captain], self.contests[team["challenge"]].slug
        join_challenge(viewer, slug)
        if team["name"] != viewer.name:
            rename_team(viewer, slug, team["name"])
        for person in team["members"][1:]:
            self.codes[slug, person] = invite_member(viewer, slug)
        self.teams += 1

    def _accept(self, team: Mapping[str, Any], person: int) -> None:
        accept_invitation(self.viewers[person], self.codes[self.contests[team["challenge"]].slug, person])

    def _submit(self, team: Mapping[str, Any], entry: Mapping[str, Any]) -> None:
        viewer = self.viewers[team["members"][entry["by"]]]
        content = self.predictions.file(entry["line"], entry["file"], entry.get("flaw", ""))
        slug = self.contests[team["challenge"]].slug
        received = submit_entry(viewer, slug, [content], entry["file"], entry["note"])
        self.entries += 1
        run_due_tasks(WORKER, most=1)
        if entry.get("selected"):
            run_due_tasks(WORKER)
            select_entry(viewer, received.pk)
