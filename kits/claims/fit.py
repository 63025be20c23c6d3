"""Fit the models of the demo's teams and keep their predictions, and when they hand them in.

Run with the development dependencies: ``OMP_NUM_THREADS=2 python kits/claims/fit.py`` (a few
minutes on two cores). Everything is drawn from one seed. The people and teams are invented; their
predictions are those of models fitted to ``data/train.csv`` by :mod:`models`.

Writes ``entries.npz`` (``rows``: the profile of each line of ``data/test.csv``; ``values``: one line of
16-bit numbers for each entry, between its ``low`` and ``high``) and ``teams.json``.
"""

from __future__ import annotations

import csv
import json
import unicodedata
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from models import FAMILIES, Floats, Studio, Tables, prepare
from scipy.stats import rankdata

HERE = Path(__file__).resolve().parent
SEED = 19741982
SOLO_TEAMS, DAYS, PILOT_DAYS = 90, 75, 30
SIZES = (3, 2, 2, 3, 2, 2, 3, 2, 2, 2, 2)
TEAM_NAMES = (
    "Zero-Inflated Optimists",
    "Deductible Squad",
    "The Over-Dispersed",
    "Copay Cats",
    "Reef & Risk",
    "Quartile Quartet minus one",
    "Kappa Kappa Gini",
    "Two Clinics and a Kernel",
    "Les Écarts-types",
    "Southern Cross Validation",
    "Tail Events",
)
NICKNAMES = (
    "overdispersed",
    "Poisson d'avril",
    "gini in a bottle",
    "one more tree",
    "lurking variable",
    "Bayes watch",
    "null hypothesis",
    "heteroskedastic_hen",
    "northern_lights",
    "random forest ranger",
    "p-hacker's regret",
    "tidal",
    "link=log",
    "slow gradient",
    "Lorenz curveball",
    "mean regression",
    "ln(coins+1)",
    "house of hidden units",
    "residual calm",
    "k nearest neighbours' cat",
    "exposure",
    "burn-in",
    "offset",
    "Moran's eye",
    "Erlang shift",
    "canonical link",
    "leaf of 3",
    "bootstrapped boots",
    "shrinkage",
    "half-full count",
)
KINDS = {  # family: how often teams start from it
    "rule_of_thumb": 7,
    "count_regression": 20,
    "linear": 14,
    "neighbours": 10,
    "forest": 15,
    "boosting": 14,
    "classic_boosting": 8,
    "support_vectors": 4,
    "network": 7,
    "families": 7,
}
FLAWS = {
    11: "missing_rows",
    37: "wrong_header",
    64: "empty_cells",
}  # team: what is wrong with its second file
CHALLENGES = {  # days from the day of the demo; the second challenge is the first one with changes
    "claims": {"begins": -DAYS, "lasts": 91, "changes": {}},
    "pilot": {
        "begins": -190,
        "lasts": PILOT_DAYS,
        "changes": {
            "slug": "claims-pilot",
            "title": "How many visits? The pilot of the claims prize",
            "summary": "A month to try the data: predict the number of doctor visits itself, not only "
            "the order. Measured by RMSLE; for honour.",
            "brief": "pilot.md",
            "metric": "rmsle",
        },
    },
}
STEMS = ("entry", "submission", "predictions", "visits")
SUFFIXES = ("csv", "csv", "csv", "csv.gz", "parquet")


@dataclass
class Team:
    """One team in one challenge, with what it hands in."""

    challenge: str
    name: str
    members: list[int]
    entries: list[dict[str, Any]] = field(default_factory=list)


class Book:
    """Collects predictions, one line each."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.lines: list[Floats] = []

    def keep(self, guess: Floats) -> int:
        """Keep the prediction of all profiles and return its number."""
        assert np.isfinite(guess).all()
        self.lines.append(np.clip(guess, 0.0, 200.0))
        return len(self.lines) - 1

    def write(self, path: Path, rows: np.ndarray) -> None:
        """Write all lines with 16 bits a value."""
        values = np.array(self.lines)
        low, high = values.min(axis=1), values.max(axis=1)
        steps = np.round((values - low[:, None]) / np.maximum(high - low, 1e-9)[:, None] * 65535)
        np.savez_compressed(
            path, rows=rows.astype(np.uint16), values=steps.astype(np.uint16), low=low, high=high
        )


def fit_team(
    team: Team, number: int, book: Book, moments: list[tuple[int, str]], ceiling: float, kind: str = ""
) -> None:
    """Fit one model for each moment: levels grow towards the team's ceiling, not without setbacks."""
    rng = np.random.default_rng([SEED, number])
    studio = Studio(book.tables, rng)
    main = kind or str(rng.choice(list(KINDS), p=np.array(list(KINDS.values())) / sum(KINDS.values())))
    start = ceiling * rng.uniform(0.0, 0.45)
    for turn, (day, time) in enumerate(moments):
        progress = ((turn + 1) / len(moments)) ** 0.7
        level = float(np.clip(start + (ceiling - start) * progress + rng.normal(0, 0.05), 0, 1))
        if turn >= 3 and ceiling > 0.6 and rng.random() < 0.45:
            guess, note = blend(book, team, int(rng.integers(2, 4)))
        else:
            chosen = (
                main
                if rng.random() < 0.8
                else str(rng.choice([name for name in KINDS if name != "rule_of_thumb"]))
            )
            guess, note = FAMILIES[chosen](studio, level)
        author = int(rng.integers(len(team.members)))
        file = f"{rng.choice(STEMS)}_{turn + 1:02d}.{rng.choice(SUFFIXES)}"
        entry = {"line": book.keep(guess), "day": day, "time": time, "by": author, "file": file, "note": note}
        team.entries.append(entry)
    if len(team.entries) > 2 and rng.random() < 0.25:
        team.entries[-1]["selected"] = True


def blend(book: Book, team: Team, count: int) -> tuple[Floats, str]:
    """Average the shape of a team's latest predictions, at the level of the last."""
    last = [entry["line"] for entry in team.entries[-count:]]
    ranks = np.mean([rankdata(book.lines[line]) for line in last], axis=0)
    scale = np.sort(book.lines[last[-1]])
    guess = np.interp(ranks, np.arange(1, len(scale) + 1), scale)
    return guess, f"Blend of our last {len(last)} entries, by rank"


def draw_moments(rng: np.random.Generator, days: int) -> list[tuple[int, str]]:
    """Draw when a team hands in: some start late, some give up."""
    count = int(rng.choice(np.arange(1, 10), p=np.array([17, 20, 19, 15, 11, 8, 5, 3, 2]) / 100))
    start = int(days * rng.beta(0.9, 1.9))
    span = (days - start) * rng.uniform(0.15, 1.0)
    moments = sorted(
        (int(min(days - 1, start + span * share)), rng.normal(17, 4.5)) for share in rng.random(count)
    )
    return [(day, clock(np.clip(hour, 15.6 if day == 0 else 0.1, 23.9))) for day, hour in sorted(moments)]


def clock(hour: float) -> str:
    """Return an hour of the day in UTC as ``HH:MM``."""
    return f"{int(hour):02d}:{int(hour % 1 * 60):02d}"


def claims_teams(book: Book, people: list[dict[str, str]]) -> list[Team]:
    """Return the teams of the open challenge; the first person is the demo's solver."""
    teams: list[Team] = []
    free = iter(range(1, len(people)))
    for number in range(SOLO_TEAMS + len(SIZES)):
        rng = np.random.default_rng([SEED, 1, number])
        members = [
            next(free)
            for _ in range(SIZES[number // 9] if number % 9 == 4 and number // 9 < len(SIZES) else 1)
        ]
        solo = len(members) == 1
        nickname = NICKNAMES[number // 3] if number % 3 == 1 and number // 3 < len(NICKNAMES) else ""
        name = (nickname or people[members[0]]["name"]) if solo else TEAM_NAMES[number // 9]
        team = Team("claims", name, members)
        fit_team(team, 100 + number, book, draw_moments(rng, DAYS), float(rng.beta(1.6, 1.5)))
        if number in FLAWS:
            first = team.entries[0]
            spoiled = {
                **first,
                "flaw": FLAWS[number],
                "file": "my_entry.csv",
                "note": "",
                "time": spoil_time(first["time"]),
            }
            team.entries.insert(0, spoiled)
        teams.append(team)
        print(f"{number + 1:3d} {team.name}: {len(team.entries)}", flush=True)
    return teams


def spoil_time(time: str) -> str:
    """Return a quarter of an hour earlier, within the day."""
    minutes = int(time[:2]) * 60 + int(time[3:]) - 15
    return clock(max(0, minutes) / 60 + 0.001)


def solver_team(book: Book, name: str) -> Team:
    """Return the team of the demo's own solver: a fair model, one refused file, two entries today."""
    team = Team("claims", name, [0])
    moments = [(33, "19:12"), (41, "20:47"), (57, "18:05"), (0, "15:31"), (0, "15:32")]
    fit_team(team, 7, book, moments, 0.72, "forest")
    for entry, share in zip(team.entries[-2:], (0.3, 0.8), strict=True):
        del entry["day"], entry["time"]
        entry["today"] = share
    for number, entry in enumerate(team.entries, 1):
        entry.pop("selected", None)
        entry["file"] = f"entry_{number:02d}.csv"
    team.entries[2]["selected"] = True
    team.entries.insert(-1, {**team.entries[-1], "today": 0.7, "flaw": "wrong_header"})
    return team


def pilot_teams(book: Book, people: list[dict[str, str]]) -> list[Team]:
    """Return the teams of the closed challenge, all of one person."""
    teams = []
    for number, person in enumerate((3, 0, 12, 20, 27, 41, 58, 66, 83, 97)):
        rng = np.random.default_rng([SEED, 2, number])
        days = sorted(int(day) for day in rng.choice(np.arange(1, PILOT_DAYS), 2 + number % 4, replace=False))
        team = Team("pilot", people[person]["name"], [person])
        kind = ("boosting", "count_regression", "forest", "linear", "classic_boosting")[number % 5]
        fit_team(
            team,
            900 + number,
            book,
            [(day, clock(rng.uniform(8, 22))) for day in days],
            float(rng.uniform(0.35, 0.95)),
            kind,
        )
        teams.append(team)
    return teams


def load_people() -> list[dict[str, str]]:
    """Return the demo's solver and then all people of ``people.csv``, with addresses that reach nobody."""
    solver = {
        "name": "Alex Rivera",
        "country": "Canada",
        "time_zone": "America/Toronto",
        "locale": "en",
        "discipline": "data analyst",
    }
    with (HERE / "people.csv").open(encoding="utf-8", newline="") as file:
        people = [solver, *csv.DictReader(file)]
    for person in people:
        plain = (
            unicodedata.normalize("NFKD", person["name"].translate(str.maketrans("ıøłđß", "iolds")))
            .encode("ascii", "ignore")
            .decode()
        )
        person["email"] = (
            ".".join("".join(c for c in word if c.isalnum()) for word in plain.lower().split())
            + "@demo.example"
        )
    people[0]["email"] = "solver@demo.example"
    return people


def write_teams(path: Path, people: list[dict[str, str]], teams: list[Team]) -> None:
    """Write people and teams, one line each, so that a change of one shows as a change of one."""
    used = {member for team in teams for member in team.members}
    kept = {old: new for new, old in enumerate(sorted(used | {0}))}
    lines = [
        [json.dumps(people[old], ensure_ascii=False) for old in kept],
        [
            json.dumps({**vars(team), "members": [kept[m] for m in team.members]}, ensure_ascii=False)
            for team in teams
        ],
    ]
    blocks = [",\n".join(block) for block in lines]
    challenges = json.dumps(CHALLENGES, ensure_ascii=False)
    parts = [
        '{"challenges": ',
        challenges,
        ',\n"people": [\n',
        blocks[0],
        '\n],\n"teams": [\n',
        blocks[1],
        "\n]}\n",
    ]
    path.write_text("".join(parts), encoding="utf-8")


def main() -> None:
    """Fit all, write both files."""
    warnings.filterwarnings("ignore")
    train, test = pd.read_csv(HERE / "data/train.csv"), pd.read_csv(HERE / "data/test.csv")
    tables, rows = prepare(train, test)
    people, book = load_people(), Book(tables)
    teams = [*pilot_teams(book, people), *claims_teams(book, people), solver_team(book, people[0]["name"])]
    book.write(HERE / "entries.npz", rows)
    write_teams(HERE / "teams.json", people, teams)
    print(f"{len(teams)} teams, {sum(len(team.entries) for team in teams)} entries")


if __name__ == "__main__":
    main()
