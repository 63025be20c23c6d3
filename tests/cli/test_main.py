"""The group: every command is there, loaded late, and mistakes of use are said as asked."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from laureate import __version__
from laureate.cli.lazy import LazyGroup
from laureate.cli.main import COMMANDS, cli

NAMES = [name for name, *_ in COMMANDS]


@pytest.mark.parametrize("name", NAMES)
def test_each_command_has_help_and_json(name: str, run: Callable[..., Result]) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    assert "--json" in result.stdout


def test_help_lists_all_under_headings_without_importing_any() -> None:
    program = (
        "import sys\n"
        "from click.testing import CliRunner\n"
        "from laureate.cli.main import cli\n"
        "print(CliRunner().invoke(cli, ['--help']).stdout)\n"
        "print(sorted({'numpy', 'httpx', 'rich', 'django'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    for name in NAMES:
        assert f"  {name} " in done.stdout
    assert "Taking part:" in done.stdout and "Hosting:" in done.stdout


@pytest.mark.parametrize("arguments", [["metrics", "--json"], ["whoami", "--json"], ["entry", "1", "--json"]])
def test_commands_run_without_django(arguments: list[str]) -> None:
    program = (
        "import sys\n"
        "from laureate.cli.main import cli\n"
        "try: cli(sys.argv[1:])\n"
        "finally: print(sorted(name for name in sys.modules if name.startswith(('django', 'ninja'))))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        env={"LAUREATE_URL": "http://127.0.0.1:9", "LAUREATE_TOKEN": "x", "NO_PROXY": "*"},
        check=False,
    )
    printed, modules = done.stdout.splitlines()
    assert modules == "[]"
    json.loads(printed)


def test_version(run: Callable[..., Result]) -> None:
    assert run("--version").stdout == f"laureate, version {__version__}\n"


def test_an_unknown_command_names_the_nearest(
    run: Callable[..., Result], refused: Callable[..., Any]
) -> None:
    result = run("chalenges")
    assert result.exit_code == 2
    assert "Did you mean challenges" in result.stderr
    assert "Did you mean challenges" in refused("chalenges")["usage"]["message"]


def test_a_wrong_option_is_said_in_json_where_json_is_asked(refused: Callable[..., Any]) -> None:
    assert "--no-such" in refused("show", "claims", "--no-such")["usage"]["message"]
    assert "laureate" in refused("show")["usage"]["fix"]
    assert set(refused("show", "../me")) == {"usage"}


def test_the_top_floor_can_add_commands() -> None:
    group = LazyGroup("laureate")
    group.add_lazy("up", "laureate.cli.metrics:metrics", "Run a server.")
    group.add_lazy("broken", "laureate.cli.main:COMMANDS", "No command.")
    shown = CliRunner().invoke(group, ["--help"], catch_exceptions=False).stdout
    assert "Server:" in shown and "Run a server." in shown
    assert json.loads(CliRunner().invoke(group, ["up", "--json"], catch_exceptions=False).stdout)
    with pytest.raises(TypeError, match="no command"):
        CliRunner().invoke(group, ["broken"], catch_exceptions=False)


def test_plain_commands_can_be_added_as_well() -> None:
    @click.command("extra")
    def extra() -> None:
        """Something else."""
        click.echo("done")

    group = LazyGroup("laureate")
    group.add_command(extra)
    assert "Something else." in CliRunner().invoke(group, ["--help"]).stdout
    assert CliRunner().invoke(group, ["extra"]).stdout == "done\n"


def test_the_group_is_the_one_command() -> None:
    assert isinstance(cli, LazyGroup)
    assert len(set(NAMES)) == len(NAMES)
