"""``laureate board``: a ranking, from a history at home or from a server."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from laureate.cli.history import History, read_history, read_instant
from laureate.cli.output import decimals, json_option, print_json, print_table, refuses_bad_input, say
from laureate.engine.boards import rank_teams

DECIMALS = 3


@click.command("board")
@click.argument("target", metavar="HISTORY|SLUG")
@click.option("--at", "time", help="At home: as it stood at this time, entries of that very moment included.")
@click.option(
    "--mode",
    type=click.Choice(["plain", "rounded"]),
    default="plain",
    show_default=True,
    help="At home: rank by the scores themselves, or rounded to --decimals.",
)
@click.option(
    "--decimals",
    "places",
    type=click.IntRange(0, 15),
    default=DECIMALS,
    show_default=True,
    help="At home, for --mode rounded.",
)
@click.option("--lower", is_flag=True, help="At home: lower scores are better.")
@click.option(
    "--kind",
    type=click.Choice(["public", "private"]),
    default="public",
    show_default=True,
    help="On a server.",
)
@json_option
@refuses_bad_input
def board(
    target: str, time: str | None, mode: str, places: int, lower: bool, kind: str, as_json: bool
) -> None:
    """Rank the teams of HISTORY, a CSV file with the columns team, time and score.

    A team's best entry counts; with equal scores the earlier entry stands first. With --mode
    rounded an improvement that the rounding hides does not count. Where HISTORY is no file it
    is the short name of a challenge, whose board the server is asked for.
    """
    path = Path(target)
    if path.is_file():
        ranked = _ranked(read_history(path), time, places if mode == "rounded" else None, lower)
        _print_ranked(ranked, as_json)
        return
    from laureate.cli.server.boards import show_board
    from laureate.cli.server.naming import is_slug

    if not is_slug(target):
        raise click.BadParameter(f"“{target}” is no file, and no short name of a challenge.")
    for option, given in (("--at", time), ("--lower", lower), ("--mode", mode != "plain")):
        if given:
            raise click.UsageError(f"{option} is for a history at home, and “{target}” is no file.")
    show_board(target, kind, as_json)


def _ranked(history: History, time: str | None, places: int | None, lower: bool) -> list[dict[str, Any]]:
    """Return the lines of the board as ``--json`` prints them."""
    played = list(history.played)
    if time is not None:
        try:
            at, _ = read_instant(time)
        except ValueError:
            raise click.BadParameter(f"“{time}” is no time in ISO 8601.", param_hint="--at") from None
        played = [entry for entry in played if entry.time <= at]
    if places is not None:
        played = [
            entry if entry.score is None else replace(entry, score=round(entry.score, places))
            for entry in played
        ]
    return [
        {
            "rank": placed.rank,
            "team": history.teams[placed.team],
            "score": placed.counting.score,
            "time": history.times[placed.counting.number],
            "entries": placed.entries,
        }
        for placed in rank_teams(played, higher=not lower)
    ]


def _print_ranked(ranked: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        print_json(ranked)
    elif not ranked:
        say("No entry with a score.")
    else:
        rows = [
            [str(line["rank"]), line["team"], _shown(line["score"]), line["time"], str(line["entries"])]
            for line in ranked
        ]
        print_table(["rank", "team", "score", "time", "entries"], rows, numbers=(0, 2, 4))


def _shown(score: float) -> str:
    """Return a score as short as it is exact to six decimals."""
    text = decimals(score, 6)
    return text.rstrip("0").rstrip(".") if "." in text else text
