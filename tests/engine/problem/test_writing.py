"""A challenge written and read again means the same; the same challenge always gives the same bytes."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laureate.engine.faults import BadInputError
from laureate.engine.problem import (
    FIELDS,
    Baseline,
    DataFile,
    Limits,
    Phase,
    Problem,
    check_problem,
    digest_file,
    digest_problem,
    pack_bundle,
    read_problem,
    write_problem,
)
from laureate.engine.problem.document import BLANKS, tidy

from .folders import FILES, MANIFEST, NOW, build, lay

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
METRICS: dict[str, tuple[tuple[str, str], st.SearchStrategy[dict[str, Any]]]] = {
    # The metric, a truth that suits it, options of each type.
    "rmse": (("1.5", "2.5"), st.just({})),
    "map_at_k": (("x y", "y"), st.fixed_dictionaries({"k": st.integers(1, 1_000_000)})),
    "quadratic_weighted_kappa": (
        ("2", "3"),
        st.fixed_dictionaries({"low": st.floats(-1e9, 1.0), "high": st.floats(9.0, 1e9)}),
    ),
    "accuracy": (
        ("x", "y"),
        st.fixed_dictionaries({"labels": st.text(st.characters(exclude_categories=["Cs"]))}),
    ),
}
signs = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029")
signs |= st.sampled_from("\"'\\#=[],")
lines_and_tabs = signs | st.sampled_from("\n\t")


def text(low: int, high: int, alphabet: st.SearchStrategy[str] = signs) -> st.SearchStrategy[str]:
    return st.text(alphabet, min_size=low, max_size=high).map(tidy).filter(lambda said: len(said) >= low)


def names(count: int) -> st.SearchStrategy[list[str]]:
    plain = text(1, 30).filter(lambda name: name.casefold() not in {"usage", "weight", "group"})
    return st.lists(plain, min_size=count, max_size=count, unique=True)


instants = st.integers(10**15, 69 * 10**14).map(lambda at: EPOCH + timedelta(microseconds=at))
zones = st.sampled_from(
    [
        "UTC",
        "Europe/Paris",
        "America/St_Johns",
        "Asia/Kathmandu",
        "Europe/Dublin",
        "Pacific/Apia",
        "Etc/GMT+12",
    ]
)


@st.composite
def phases(draw: st.DrawFn) -> tuple[Phase, ...]:
    drawn = []
    for number in range(draw(st.integers(1, 3))):
        opens = draw(instants)
        lasting = draw(st.timedeltas(timedelta(microseconds=1), timedelta(days=900)))
        drawn.append(Phase(f"phase-{number}", draw(text(1, 40)), opens, opens + lasting))
    return tuple(drawn)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    metric = draw(st.sampled_from(list(METRICS)))
    id_column, target = draw(names(2))
    planned = draw(phases())
    freeze = draw(st.none() | st.just(planned[0].opens))
    return Problem(
        slug=draw(st.from_regex(r"[a-z0-9-]{3,50}", fullmatch=True)),
        title=draw(text(5, 120)),
        language=draw(st.sampled_from(["en", "fr"])),
        summary=draw(text(1, 280)),
        brief=draw(text(0, 400, lines_and_tabs)),
        field=draw(st.sampled_from(list(FIELDS))),
        sponsor=draw(text(0, 60)),
        time_zone=draw(zones),
        metric=metric,
        options=draw(METRICS[metric][1]),
        id_column=id_column,
        targets=(target,),
        solution="private/solution.csv",
        sample="sample.csv",
        data=(DataFile('data/größe #1 "x" \'.csv', draw(text(1, 50)), draw(text(0, 300, lines_and_tabs))),),
        phases=planned,
        limits=Limits(
            draw(st.integers(1, 1000)),
            draw(st.none() | st.integers(20, 10**6)),
            draw(st.integers(1, 20)),
            3,
            freeze,
        ),
        baselines=(Baseline(draw(text(1, 60)), "private/baseline.csv", draw(text(0, 99, lines_and_tabs))),),
    )


def sources_of(problem: Problem, folder: Path) -> dict[str, Path]:
    """Files that suit the columns and the metric of a problem."""
    truths = METRICS[problem.metric][0] * 2
    entry = [[problem.id_column, *problem.targets], *([str(row), truth] for row, truth in enumerate(truths))]
    usages = ["Usage", "Public", "Public", "Private", "Private"]
    solution = [[*row, usage] for row, usage in zip(entry, usages, strict=True)]
    made: dict[str, str | bytes | None] = {
        problem.solution: table(solution),
        problem.sample: table(entry),
        problem.data[0].file: b"anything",
        problem.baselines[0].file: table(entry),
    }
    lay(folder, made)
    return {path: folder / path for path in problem.files}


def table(rows: list[list[str]]) -> str:
    held = io.StringIO()
    csv.writer(held, quoting=csv.QUOTE_ALL).writerows(rows)
    return held.getvalue()


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def digest_of(problem: Problem, sources: Mapping[str, Path]) -> str:
    return digest_problem(problem, {path: digest_file(source) for path, source in sources.items()})


def example_problem(**changes: Any) -> Problem:
    with tempfile.TemporaryDirectory() as folder:
        return replace(read_problem(build(Path(folder))), **changes)


@settings(max_examples=60, deadline=None)
@given(problem=problems())
def test_what_is_written_is_read_again(problem: Problem) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sources = sources_of(problem, folder / "sources")
        write_problem(problem, folder / "one", sources)
        back = read_problem(folder / "one")
        said = dict(back.options)
        assert back == replace(problem, options=said, brief=tidy(problem.brief))
        assert {key: str(value) for key, value in said.items()} == {
            k: str(v) for k, v in problem.options.items()
        }
        write_problem(back, folder / "two", {path: folder / "one" / path for path in back.files})
        assert contents(folder / "one") == contents(folder / "two")
        assert digest_of(problem, sources) == digest_of(back, sources)


BRIEFS = [
    "\ufeff \ufeff# A mark first \ufeff",
    "a\r\nb\rc",
    "  \n a \n ",
    "\u2028",
    "`\x1b[0m`",
    "\x0c",
    "\"\"\"\n'''",
    "\ud7ff\ue000\U0010ffff",
]


@pytest.mark.parametrize("brief", BRIEFS)
def test_odd_briefs_come_back_alike(tmp_path: Path, brief: str) -> None:
    problem = example_problem(brief=brief)
    files = {path: build(tmp_path / "from") / path for path in problem.files}
    write_problem(problem, tmp_path / "one", files)
    back = read_problem(tmp_path / "one")
    write_problem(back, tmp_path / "two", files)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert digest_of(problem, files) == digest_of(back, files)


def test_blanks_are_those_of_python() -> None:
    assert set(BLANKS) == {chr(code) for code in range(0x110000) if chr(code).isspace()} | {"\ufeff"}


def test_two_exports_are_equal_to_the_byte(tmp_path: Path) -> None:
    source = build(tmp_path / "source")
    problem = read_problem(source)
    files = {path: source / path for path in problem.files}
    write_problem(problem, tmp_path / "one", files)
    write_problem(problem, tmp_path / "two", dict(reversed(files.items())))
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    pack_bundle(tmp_path / "one", tmp_path / "one.zip")
    pack_bundle(tmp_path / "two", tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert check_problem(tmp_path / "one", now=NOW) == []
    assert read_problem(tmp_path / "one") == problem


def test_instants_are_written_on_the_clocks_of_the_host(tmp_path: Path) -> None:
    write_problem(example_problem(), tmp_path, {})
    text = (tmp_path / "challenge.toml").read_text()
    assert "opens = 2026-09-01T00:00:00+02:00" in text
    assert "closes = 2026-12-01T00:00:00+01:00" in text
    write_problem(example_problem(time_zone="UTC"), tmp_path, {})
    assert "opens = 2026-08-31T22:00:00Z" in (tmp_path / "challenge.toml").read_text()


def test_a_draft_is_written_without_what_it_lacks(tmp_path: Path) -> None:
    empty = example_problem(
        title="", metric="", options={}, solution="", sample="", targets=(), phases=(), baselines=()
    )
    write_problem(empty, tmp_path, {})
    rules = [fault.rule for fault in check_problem(tmp_path)]
    assert rules.count("missing_key") == 5
    assert {"no_phase", "file_missing"} <= set(rules)


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("../x", "outside_folder"),
        ("/x", "outside_folder"),
        ("challenge.toml", "reserved_path"),
        ("Brief.MD", "reserved_path"),
        ("./brief.md/x", "reserved_path"),
        ("a\\b", "bad_path"),
        ("data/a/b", "bad_path"),
        ("", "bad_path"),
    ],
)
def test_no_path_leaves_the_folder(tmp_path: Path, path: str, rule: str) -> None:
    source = lay(tmp_path / "from", {"x": "1"}) / "x"
    with pytest.raises(BadInputError) as caught:
        write_problem(example_problem(), tmp_path / "to", {path: source, "data/a": source})
    assert {fault.rule for fault in caught.value.faults} == {rule}
    assert not (tmp_path / "to").exists()


WORDED_OTHERWISE: dict[str, str] = {
    "line ends": MANIFEST.replace("\n", "\r\n"),
    "byte order mark": "\ufeff" + MANIFEST,
    "an instant elsewhere": MANIFEST.replace("2026-12-01T00:00:00+01:00", "2026-11-30T18:00:00-05:00"),
    "an offset": MANIFEST.replace("opens = 2026-09-01T00:00:00", "opens = 2026-09-01 00:00:00+02:00"),
    "an option as text": MANIFEST.replace("k = 3", 'k = "3"'),
    "a list of one": MANIFEST.replace('target = "target"', "target = ['target']"),
    "a long text": MANIFEST.replace('"Predict insurance claims"', '"""\\\n  Predict insurance claims"""'),
    "a default": MANIFEST.replace('slug = "claims"', 'slug = "claims"\nlanguage = "en"\nsponsor = ""'),
    "comments": "# one\n" + MANIFEST.replace("[limits]", "[limits] # two"),
    "a path": MANIFEST.replace('"data/train.csv"', '"./data//train.csv"'),
    "the order of tables": MANIFEST[MANIFEST.index("[[data]]") :] + MANIFEST[: MANIFEST.index("[[data]]")],
}


@pytest.mark.parametrize("way", WORDED_OTHERWISE)
def test_the_digest_is_that_of_the_meaning(tmp_path: Path, way: str) -> None:
    plain = build(tmp_path / "plain")
    other = build(tmp_path / "other", files={"challenge.toml": WORDED_OTHERWISE[way], "unnamed.txt": "x"})
    assert WORDED_OTHERWISE[way] != MANIFEST
    assert folder_digest(other) == folder_digest(plain)


CHANGED: dict[str, tuple[tuple[str, str], dict[str, str | bytes | None]]] = {
    "title": (("insurance claims", "insurance Claims"), {}),
    "option": (("k = 3", "k = 4"), {}),
    "an instant": (("2026-12-01T00:00:00+01:00", "2026-12-01T00:00:01+01:00"), {}),
    "limit": (("entries_per_day = 5", "entries_per_day = 6"), {}),
    "a name of a file": (('"Training rows"', '"Rows"'), {}),
    "content of data": (("k = 3", "k = 3"), {"data/train.csv": "id,target\nd,x\n"}),
    "the brief": (("k = 3", "k = 3"), {"brief.md": str(FILES["brief.md"]) + "!"}),
}


@pytest.mark.parametrize("what", CHANGED)
def test_the_digest_tells_other_meanings_apart(tmp_path: Path, what: str) -> None:
    change, files = CHANGED[what]
    assert folder_digest(build(tmp_path / "other", change, files=files)) != folder_digest(
        build(tmp_path / "plain")
    )


def folder_digest(folder: Path) -> str:
    problem = read_problem(folder)
    digest = digest_of(problem, {path: folder / path for path in problem.files})
    assert len(digest) == 64 and set(digest) <= set("0123456789abcdef")
    return digest


def test_a_digest_needs_that_of_each_file() -> None:
    with pytest.raises(KeyError):
        digest_problem(example_problem(), {})


def test_an_instant_is_the_same_in_every_zone() -> None:
    problem = example_problem()
    digests = dict.fromkeys(problem.files, "0" * 64)
    moved = tuple(
        replace(phase, opens=phase.opens.astimezone(timezone(timedelta(hours=9)))) for phase in problem.phases
    )
    assert digest_problem(replace(problem, phases=moved), digests) == digest_problem(problem, digests)
