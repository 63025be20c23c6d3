"""One server for all stories, and the claims kit as a challenge that is open now."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from support.running import Server, running

from .solving import KIT
from .terminals import Terminal


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give a platform that somebody runs and has set up; it must not log any fault."""
    with running(tmp_path_factory.mktemp("journeys")) as server:
        server.set_up()
        yield server
        assert "Traceback" not in server.said, server.said
        assert "ERROR" not in server.said, server.said


@pytest.fixture
def kit(tmp_path: Path) -> Callable[..., Path]:
    """Give ``kit(slug, **limits)``: a copy of the claims kit in which submissions opened two days ago."""

    def copied(slug: str, **limits: int) -> Path:
        folder = tmp_path / slug
        folder.mkdir()
        for name in ("data", "hidden"):
            shutil.copytree(KIT / name, folder / name)
        shutil.copyfile(KIT / "brief.md", folder / "brief.md")
        text = (KIT / "challenge.toml").read_text("utf-8")
        (folder / "challenge.toml").write_text(open_now(text, slug, limits), "utf-8")
        return folder

    return copied


def open_now(manifest: str, slug: str, limits: Mapping[str, int]) -> str:
    """Return a manifest with another slug and other limits, and its dates around this moment."""
    today = datetime.now(UTC).astimezone(ZoneInfo("America/Chicago")).replace(second=0, microsecond=0)
    values = {
        "slug": f'"{slug}"',
        "opens": (today - timedelta(days=2)).isoformat(),
        "closes": (today + timedelta(days=30)).isoformat(),
        "teams_freeze": (today + timedelta(days=23)).isoformat(),
        **limits,
    }
    lines = []
    for line in manifest.splitlines():
        key = line.partition("=")[0].strip()
        lines.append(f"{key} = {values.pop(key)}" if key in values else line)
    assert not values, f"the kit's manifest has no {', '.join(values)}"
    return "\n".join(lines) + "\n"


@pytest.fixture
def terminal(tmp_path: Path, platform: Server) -> Callable[[str], Terminal]:
    """Give ``terminal(person)``: a shell of theirs in an empty folder, with a home of its own."""

    def opened(person: str) -> Terminal:
        folder = tmp_path / person
        (folder / "here").mkdir(parents=True)
        return Terminal(folder / "here", folder / "config")

    return opened
