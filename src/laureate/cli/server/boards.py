"""``laureate board SLUG``: the board of a challenge on a server."""

from __future__ import annotations

from typing import Any

from laureate.cli.output import decimals, print_json, print_table, say
from laureate.cli.server.client import connect
from laureate.cli.server.sentences import interval_said
from laureate.cli.times import local


def show_board(slug: str, kind: str, as_json: bool) -> None:
    """Print the public or the private board; raises BadInputError."""
    with connect() as server:
        board = server.get(f"/challenges/{slug}/board", kind=kind)
    if as_json:
        print_json(board)
        return
    better = "higher" if board["direction"] == "higher" else "lower"
    rows_said = f", on {board['rows_evaluated']} rows" if board.get("rows_evaluated") else ""
    say(f"{slug}, {board['kind']} board at {local(board['at'])}")
    say(f"{board['metric']}, {better} is better{rows_said}")
    if not board["rows"]:
        say("No entry with a score yet.")
        return
    print_table(
        ["rank", "team", "score", "95 % interval", "entries", "achieved"],
        [_line(row, board["precision"]) for row in board["rows"]],
        numbers=(0, 2, 4),
    )


def _line(row: dict[str, Any], precision: int) -> list[str]:
    marks = [name for name, shown in (("you", row.get("ours")), ("baseline", row.get("baseline"))) if shown]
    return [
        "–" if row.get("rank") is None else str(row["rank"]),
        row["team"] + (f" ({', '.join(marks)})" if marks else ""),
        decimals(row["score"], precision),
        interval_said(row.get("interval"), precision),
        str(row["entries"]),
        local(row["time"]),
    ]
