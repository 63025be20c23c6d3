"""The commands that run a server: ``up``, ``demo``, ``migrate``."""

from __future__ import annotations

import os
from pathlib import Path

import click

from laureate.config.options import OPTIONS, OptionsError, data_folder

EXIT_BAD_INPUT = 2


def _epilog() -> str:
    lines = ["\b", "Options of a server, from laureate.toml in the data folder or the environment:"]
    for option in OPTIONS:
        default = f" [default: {option.default}]" if option.default else ""
        lines += [f"  {option.key}  ({option.variable})", f"      {option.meaning}{default}"]
    return "\n".join(lines)


def _server_options(command: click.Command) -> click.Command:
    for parameter in (
        click.Option(["--workers"], type=click.IntRange(0, 64), help="Worker processes that score entries."),
        click.Option(["--port"], type=click.IntRange(1, 65535), help="Port to listen on."),
        click.Option(["--host"], help="Address to listen on."),
        click.Option(
            ["--data"], type=click.Path(path_type=Path, file_okay=False), help="Folder of database and files."
        ),
    ):
        command.params.insert(0, parameter)
    return command


def _settle(data: Path | None, **chosen: str | int | None) -> None:
    """Put the options of the command line into the environment, where settings look first."""
    if data is not None:
        os.environ["LAUREATE_DATA"] = str(data)
    for key, value in chosen.items():
        if value is not None:
            os.environ[f"LAUREATE_{key.upper()}"] = str(value)
    data_folder().mkdir(parents=True, exist_ok=True)
    os.environ["DJANGO_SETTINGS_MODULE"] = "laureate.config.settings"


def _start_django() -> None:
    try:
        import django
    except ModuleNotFoundError:
        raise click.ClickException(
            "this installation holds the tools for terminals only; install laureate[server] to run a server"
        ) from None
    try:
        django.setup()
    except OptionsError as error:
        for mistake in error.mistakes:
            click.echo(mistake, err=True)
        raise SystemExit(EXIT_BAD_INPUT) from None


def _bring_up(fill: object = None) -> None:
    from laureate.config.server import PortTakenError, bring_up

    try:
        bring_up(click.echo, fill=fill)  # type: ignore[arg-type]
    except PortTakenError as error:
        raise click.ClickException(
            f"{error}. Choose another with --port, or stop what listens there."
        ) from None


@click.command("up", epilog=_epilog())
def up(data: Path | None, host: str | None, port: int | None, workers: int | None) -> None:
    """Run the platform: web and worker, on one data folder, until Ctrl-C."""
    _settle(data, host=host, port=port, workers=workers)
    _start_django()
    _bring_up()


@click.command("demo")
@click.option(
    "--kit",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=Path("kits/claims"),
    show_default=True,
)
@click.option("--fresh", is_flag=True, help="Throw away what an earlier demo left in its data folder.")
def demo(
    data: Path | None, host: str | None, port: int | None, workers: int | None, kit: Path, fresh: bool
) -> None:
    """Run a living platform with a real prize on real data, and two ready accounts."""
    import shutil

    folder = (data or Path(".demo")).resolve()
    marker = folder / "this-is-a-demo"
    if fresh and folder.exists():
        if not marker.exists():
            raise click.ClickException(f"{folder} holds no demo; it is left as it is")
        shutil.rmtree(folder)
    _settle(folder, host=host, port=port, workers=workers)
    marker.touch()
    _start_django()
    from laureate.config.demo import load_demo

    def fill() -> None:
        accounts = load_demo(kit, say=click.echo)
        click.echo(accounts.said())

    _bring_up(fill)


@click.command("migrate")
def migrate(data: Path | None, host: str | None, port: int | None, workers: int | None) -> None:
    """Bring the database to the present schema without starting the platform."""
    _settle(data, host=host, port=port, workers=workers)
    _start_django()
    from laureate.config.server import prepare_database

    prepare_database()
    click.echo("The database is up to date.")


@click.command("password")
@click.argument("email")
def password(email: str, data: Path | None, host: str | None, port: int | None, workers: int | None) -> None:
    """Give the account with this EMAIL a new password and print it, once."""
    _settle(data, host=host, port=port, workers=workers)
    _start_django()
    from laureate.base.people.actions import renew_password
    from laureate.engine.faults import BadInputError

    try:
        click.echo(renew_password(email))
    except BadInputError as error:
        raise click.ClickException(
            "; ".join(f"{fault.said()} {fault.mend()}" for fault in error.faults)
        ) from None


for _command in (up, demo, migrate, password):
    _server_options(_command)
