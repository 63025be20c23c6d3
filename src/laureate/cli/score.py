"""``laureate score``: one entry against a solution file, at home."""

from __future__ import annotations

from pathlib import Path

import click

from laureate.cli.output import decimals, json_option, print_json, print_table, refuses_bad_input
from laureate.engine.faults import BadInputError, Fault, mark
from laureate.engine.metrics import get_metric
from laureate.engine.scoring import Scored, score_entry
from laureate.engine.tables import absent_file, compile_solution


@click.command("score")
@click.argument("submission", type=click.Path(path_type=Path))
@click.option(
    "--solution", required=True, type=click.Path(path_type=Path), help="The file with the truth of each id."
)
@click.option("--metric", required=True, help="The metric's name; “laureate metrics” lists them.")
@click.option("--id", "id_column", help="The id column; the solution's first one when not given.")
@click.option(
    "--option", "settings", multiple=True, metavar="KEY=VALUE", help="An option of the metric; repeatable."
)
@json_option
@refuses_bad_input
def score(
    submission: Path,
    solution: Path,
    metric: str,
    id_column: str | None,
    settings: tuple[str, ...],
    as_json: bool,
) -> None:
    """Score SUBMISSION against a solution file, on each of its splits.

    Both are .csv, .csv.gz, a .zip of one CSV, or .parquet, with the same id and target columns.
    The solution may have the columns Usage (Public, Private, Ignored) and weight.
    """
    options, faults = _options(settings)
    faults += absent_file(submission)
    try:
        compiled = compile_solution(solution, metric=metric, options=options, id_column=id_column)
    except BadInputError as error:
        # The metric is looked up before the solution is opened: a missing file is said as well.
        absent = absent_file(solution) if error.faults[0].file is None else []
        raise BadInputError([*faults, *error.faults, *absent]) from None
    if faults:
        raise BadInputError(faults)
    scored = score_entry(submission, compiled)
    if as_json:
        print_json(scored.as_dict())
    else:
        _print_scores(scored)


def _options(settings: tuple[str, ...]) -> tuple[dict[str, object], list[Fault]]:
    options: dict[str, object] = {}
    faults = []
    for setting in settings:
        name, equals, value = setting.partition("=")
        if equals and name.strip():
            options[name.strip()] = value
            continue
        faults.append(
            Fault(
                "option_form",
                mark("“%(setting)s” is not of the form key=value."),
                mark("Write the option's name, an equals sign and its value: --option k=10."),
                {"setting": setting[:80]},
            )
        )
    return options, faults


def _print_scores(scored: Scored) -> None:
    metric = get_metric(scored.metric)
    better = "higher is better" if scored.direction == "higher" else "lower is better"
    click.echo(f"{metric.title} ({metric.name}, {better})")
    rows = []
    for name, split in scored.splits.items():
        low, high = split.interval or (None, None)
        interval = (
            "–"
            if split.interval is None
            else f"{decimals(low, metric.precision)} to {decimals(high, metric.precision)}"
        )
        rows.append([name, decimals(split.score, metric.precision), interval, str(split.rows)])
    print_table(["split", "score", "95 % interval", "rows"], rows, numbers=(1, 3))
