"""Each rule of a challenge: one folder that breaks it alone, and where that is said to be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from laureate.engine.faults import BadInputError, Fault
from laureate.engine.problem import check_problem, read_problem
from laureate.engine.problem.rules import RULES

from .folders import FILES, MANIFEST, NOW, build
from .test_bundle import BROKEN_ARCHIVES

Change = tuple[str, str]
TOML = "challenge.toml"


@dataclass(frozen=True)
class Broken:
    """A spoilt folder: the rule it breaks, on the line of which key or at the line of which file."""

    rule: str
    changes: tuple[Change, ...] = ()
    at: str | int | None = None
    """The start of the line of challenge.toml, or the line itself; None where there is no line."""
    file: str | None = TOML
    files: dict[str, str | bytes | None] = field(default_factory=dict)
    prepare: Callable[[Path], None] | None = None


def _link(name: str, target: str) -> Callable[[Path], None]:
    def prepare(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(target)

    return prepare


def _phases(text: str) -> tuple[Change, ...]:
    start, end = MANIFEST.index("[[phases]]"), MANIFEST.index("[limits]")
    return ((MANIFEST[start:end], text),)


DAYS = ("2026-09-01T00:00:00", "2026-09-02T00:00:00")
AGAIN = '[[data]]\nfile = ".//data/train.csv"\ntitle = "Again"\n'
PHASE = '[[phases]]\nkey = %s\ntitle = "Again"\nopens = %s\ncloses = %s\n'
SUMMARY = 'summary = "Say how often each person will see a doctor next year."'
TITLE = 'title = "Predict insurance claims"'
DATA = 'file = "data/train.csv"'
OPENS, CLOSES = "opens = 2026-09-01T00:00:00", "closes = 2026-12-01T00:00:00+01:00"
LIMITS = "final_selections = 2"
TARGET = 'target = "target"'

CASES: tuple[Broken, ...] = (
    Broken("no_manifest", file=TOML, files={TOML: None}),
    Broken("text_too_large", file=TOML, files={TOML: "#" * 300_000}),
    Broken("text_too_large", at=None, file="brief.md", files={"brief.md": "word " * 300_000}),
    Broken("not_utf8", at=2, file=TOML, files={TOML: b"# one\n# \xe9\n"}),
    Broken("not_utf8", at=3, file="brief.md", files={"brief.md": b"one\ntwo\nth\xffree\n"}),
    Broken("bad_toml", ((TITLE, "title = Predict"),), at="title = Predict"),
    Broken("bad_toml", (("[limits]", "[limits\n"),), at="[limits"),
    Broken("bad_toml", ((LIMITS, LIMITS + "\n" + LIMITS + " # again"),), at=LIMITS + " # again"),
    Broken("bad_toml", ((LIMITS, LIMITS + "\nteam_size = " + "9" * 5000),), at=1),
    Broken("bad_toml", ((LIMITS, LIMITS + "\nx = " + "[" * 5000 + "]" * 5000),), at=1),
    Broken(
        "unreadable_file",
        ((DATA, 'file = "loop.csv"'),),
        'file = "loop',
        prepare=_link("loop.csv", "loop.csv"),
    ),
    Broken("unknown_table", (("[limits]", "[prizes]\nfirst = 1\n\n[limits]"),), at="[prizes]"),
    Broken("unknown_key", ((TITLE, TITLE + '\nsubtitle = "x"'),), at="subtitle"),
    Broken("unknown_key", ((LIMITS, LIMITS + "\nteam_sizes = 3"),), at="team_sizes"),
    Broken(
        "missing_table", ((MANIFEST[MANIFEST.index("[evaluation]") : MANIFEST.index("[[data]]")], ""),), at=1
    ),
    Broken("missing_key", ((SUMMARY + "\n", ""),), at="[challenge]"),
    Broken("missing_key", (('title = "Main phase"\n', ""),), at="[[phases]]"),
    Broken("missing_key", (('id = "id"\n', ""),), at="[evaluation]"),
    Broken("not_one_table", (("[limits]", "[[limits]]"),), at="[[limits]]"),
    Broken(
        "not_one_table",
        (("[evaluation.options]\nk = 3", ""), (TARGET, TARGET + "\noptions = 3")),
        at="options",
    ),
    Broken("not_many_tables", (("[[data]]", "[data]"),), at="[data]"),
    Broken("not_many_tables", (("[[phases]]", "[phases]"),), at="[phases]"),
    Broken("wrong_type", ((TITLE, "title = 7"),), at="title = 7"),
    Broken("wrong_type", (("entries_per_day = 5", 'entries_per_day = "5"'),), at="entries_per_day"),
    Broken("wrong_type", (("entries_per_day = 5", "entries_per_day = true"),), at="entries_per_day"),
    Broken("wrong_type", (("entries_per_day = 5", "entries_per_day = 5.0"),), at="entries_per_day"),
    Broken("wrong_type", ((TARGET, "target = [1, 2]"),), at="target = [1"),
    Broken("wrong_type", ((OPENS, 'opens = "2026-09-01T00:00:00"'),), at="opens"),
    Broken("wrong_type", ((OPENS, "opens = 2026-09-01"),), at="opens"),
    Broken("wrong_type", (("k = 3", "k = [3]"),), at="k = [3]"),
    Broken("wrong_type", ((DATA, "file = 1"),), at="file = 1"),
    Broken("too_short", ((TITLE, 'title = "Four"'),), at="title"),
    Broken("too_short", ((SUMMARY, 'summary = "  "'),), at="summary"),
    Broken("too_long", ((TITLE, f'title = "{"x" * 121}"'),), at="title"),
    Broken("too_few", ((TARGET, "target = []"),), at="target = []"),
    Broken("out_of_range", (("entries_per_day = 5", "entries_per_day = 0"),), at="entries_per_day"),
    Broken("out_of_range", ((LIMITS, LIMITS + "\nteam_size = 101"),), at="team_size"),
    Broken("out_of_range", ((LIMITS, LIMITS + "\nteam_size = " + "9" * 4000),), at="team_size"),
    Broken("out_of_range", ((LIMITS, LIMITS + "\nteam_size = 0x" + "f" * 9000),), at="team_size"),
    Broken("control_characters", ((SUMMARY, r'summary = "one\ntwo"'),), at="summary"),
    Broken("control_characters", ((TITLE, r'title = "Predict\u001b[31m claims"'),), at="title"),
    Broken("control_characters", at="brief", files={"brief.md": "word " * 99 + "\0"}),
    Broken("bad_slug", (('slug = "claims"', 'slug = "Claims"'),), at="slug"),
    Broken("bad_slug", (('slug = "claims"', 'slug = "../claims"'),), at="slug"),
    Broken("bad_slug", (('slug = "claims"', 'slug = "ab"'),), at="slug"),
    Broken("bad_phase_key", (('key = "main"', 'key = "Main phase"'),), at="key"),
    Broken("unknown_language", ((TITLE, TITLE + '\nlanguage = "fra"'),), at="language"),
    Broken("unknown_field", (('field = "insurance"', 'field = "insurances"'),), at="field"),
    Broken("unknown_time_zone", (('"Europe/Paris"', '"Europe/Pariss"'),), at="time_zone"),
    Broken("unknown_time_zone", (('"Europe/Paris"', '"../../etc/passwd"'),), at="time_zone"),
    Broken("unknown_time_zone", (('"Europe/Paris"', '"localtime"'),), at="time_zone"),
    Broken("date_out_of_range", ((CLOSES, "closes = 9999-12-31T23:59:59-12:00"),), at="closes"),
    Broken("date_out_of_range", ((OPENS, "opens = 1999-12-31T23:59:59"),), at="opens"),
    Broken("unclear_time", ((CLOSES, "closes = 2026-10-25T02:30:00"),), at="closes"),
    Broken("unclear_time", ((CLOSES, "closes = 2027-03-28T02:30:00"),), at="closes"),
    Broken("duplicate_phase", _phases(PHASE % ('"a"', *DAYS) + PHASE % ("'a'", *DAYS)), at="key = 'a'"),
    Broken("phase_order", ((CLOSES, "closes = 2026-09-01T00:00:00"),), at="closes"),
    Broken("phase_order", ((CLOSES, "closes = 2026-08-31T23:59:59"),), at="closes"),
    Broken("phase_over", _phases(PHASE % ('"a"', "2026-06-01T00:00:00", "2026-07-01T00:00:00")), at="closes"),
    Broken(
        "phase_over",
        ((OPENS, "opens = 2026-07-01T00:00:00"), (CLOSES, "closes = 2026-08-01T02:00:00")),
        at="closes",
    ),
    Broken("phase_begun", ((OPENS, "opens = 2026-08-01T01:59:59"),), at="opens"),
    Broken("no_phase", _phases(""), at=1),
    Broken("freeze_outside", ((LIMITS, LIMITS + "\nteams_freeze = 2027-01-01T00:00:00"),), at="teams_freeze"),
    Broken("freeze_outside", ((LIMITS, LIMITS + "\nteams_freeze = 2026-08-31T23:59:59"),), at="teams_freeze"),
    Broken(
        "freeze_past",
        ((OPENS, "opens = 2026-08-01T02:00:00"), (LIMITS, LIMITS + "\nteams_freeze = 2026-08-01T00:00:00Z")),
        at="teams_freeze",
    ),
    Broken("many_selections", ((LIMITS, "final_selections = 6"),), at="final_selections"),
    Broken("selections_above_entries", ((LIMITS, LIMITS + "\nentries_per_team = 1"),), at="final_selections"),
    Broken(
        "duplicate_baseline",
        (("[limits]", '[[baselines]]\nname = "LAST YEAR\'S MODEL"\nfile = "sample.csv"\n\n[limits]'),),
        at='name = "Last',
    ),
    Broken("target_is_id", ((TARGET, 'target = "id"'),), at='target = "id"'),
    Broken("duplicate_target", ((TARGET, 'target = ["target", "target"]'),), at="target = ["),
    Broken("bad_path", ((DATA, r'file = "data\\train.csv"'),), at='file = "data'),
    Broken("bad_path", ((DATA, f'file = "{"d/" * 101}x"'),), at='file = "d/'),
    Broken("bad_path", ((DATA, f'file = "{"x" * 256}"'),), at='file = "xx'),
    Broken("bad_path", ((DATA, 'file = "."'),), at='file = "."'),
    Broken("outside_folder", ((DATA, 'file = "../train.csv"'),), at='file = "..'),
    Broken("outside_folder", ((DATA, 'file = "/etc/passwd"'),), at='file = "/etc'),
    Broken("outside_folder", ((DATA, 'file = "C:/train.csv"'),), at='file = "C:'),
    Broken(
        "outside_folder",
        ((DATA, 'file = "link.csv"'),),
        'file = "link',
        prepare=_link("link.csv", "/etc/passwd"),
    ),
    Broken("reserved_path", ((DATA, 'file = "Challenge.TOML"'),), at='file = "Chal'),
    Broken("reserved_path", ((DATA, 'file = "brief.md"'),), at='file = "brief'),
    Broken("reserved_path", (('brief = "brief.md"', 'brief = "challenge.toml"'),), at="brief"),
    Broken("file_missing", at=DATA, files={"data/train.csv": None}),
    Broken("file_missing", at="brief", files={"brief.md": None}),
    Broken("file_missing", ((DATA, 'file = "data/Train.csv"'),), at='file = "data'),
    Broken("not_a_file", ((DATA, 'file = "data"'),), at='file = "data"'),
    Broken("empty_file", at=DATA, files={"data/train.csv": ""}),
    Broken("duplicate_file", (("[limits]", f"{AGAIN}\n[limits]"),), at='file = ".//data'),
    Broken(
        "duplicate_file",
        (("[limits]", f"{AGAIN.replace('.//data', 'Data')}\n[limits]"),),
        at='file = "Data',
        files={"Data/train.csv": "id\n"},
    ),
    Broken("sample_listed", ((DATA, 'file = "sample.csv"'),), at='file = "sample.csv"'),
    Broken("no_data", ((f'[[data]]\n{DATA}\ntitle = "Training rows"\n', ""),), at=1),
    Broken("solution_published", ((DATA, 'file = "private/solution.csv"'),), at='file = "private/solution'),
    Broken("solution_published", at=DATA, files={"data/train.csv": FILES["private/solution.csv"]}),
    Broken(
        "no_usage", at=1, file="private/solution.csv", files={"private/solution.csv": "id,target\na,x\nb,y\n"}
    ),
    Broken("short_brief", at=1, file="brief.md", files={"brief.md": "Too short."}),
    Broken("short_brief", at=1, file="brief.md", files={"brief.md": ""}),
    Broken(
        "raw_html",
        at=3,
        file="brief.md",
        files={"brief.md": f"{'word ' * 60}\n\n<script>alert(1)</script>\n"},
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}-{CASES.index(case)}")
def test_each_broken_folder_breaks_that_rule_alone(tmp_path: Path, case: Broken) -> None:
    folder = build(tmp_path / "claims", *case.changes, files=case.files)
    if case.prepare is not None:
        case.prepare(folder)
    found = check_problem(folder, now=NOW)
    assert {fault.rule for fault in found} == {case.rule}, [fault.said() for fault in found]
    fault = found[0]
    assert (fault.file, fault.severity) == (case.file, RULES[case.rule].severity)
    if isinstance(case.at, str):
        line = (folder / TOML).read_text().splitlines()[(fault.line or 0) - 1]
        assert line.startswith(case.at)
    else:
        assert fault.line == case.at
    _says_what_can_be_read(fault)
    _is_refused_only_for_errors(folder, found)


def _says_what_can_be_read(fault: Fault) -> None:
    for said in (fault.said(), fault.mend()):
        assert said.isprintable() and said.strip() and "%(" not in said
        assert len(said) < 1200


def _is_refused_only_for_errors(folder: Path, found: list[Fault]) -> None:
    errors = [fault for fault in found if fault.severity == "error"]
    if not errors:
        assert read_problem(folder).slug == "claims"
        return
    with pytest.raises(BadInputError) as caught:
        read_problem(folder)
    assert list(caught.value.faults) == errors


def test_the_valid_folder_breaks_nothing(tmp_path: Path) -> None:
    assert check_problem(build(tmp_path), now=NOW) == []


def test_no_folder(tmp_path: Path) -> None:
    (fault,) = check_problem(tmp_path / "absent")
    assert fault.rule == "not_a_folder"
    (fault,) = check_problem(build(tmp_path) / "sample.csv")
    assert fault.rule == "not_a_folder"


def test_dates_are_warned_of_only_where_the_time_is_known(tmp_path: Path) -> None:
    folder = build(tmp_path, (OPENS, "opens = 2026-06-01T00:00:00"))
    assert [fault.rule for fault in check_problem(folder, now=NOW)] == ["phase_begun"]
    assert check_problem(folder) == []


def test_every_rule_is_broken_by_something() -> None:
    broken = {case.rule for case in CASES} | set(BROKEN_ARCHIVES) | {"not_a_folder"}
    assert broken == set(RULES)


def test_the_nearest_name_is_offered(tmp_path: Path) -> None:
    changes = (TITLE, TITLE.replace("title", "titel")), ('field = "insurance"', 'field = "Insurence"')
    faults = {
        fault.rule: fault
        for fault in check_problem(build(tmp_path, *changes, ('"Europe/Paris"', '"europe/pari"')))
    }
    assert faults["unknown_key"].mend() == "Did you mean title?"
    assert faults["unknown_field"].mend() == "Did you mean insurance?"
    assert faults["unknown_time_zone"].mend() == "Did you mean Europe/Paris?"


def test_faults_of_the_metric_and_of_entries_have_their_place(tmp_path: Path) -> None:
    folder = build(tmp_path / "a", ('"map_at_k"', '"map_at_q"'))
    (fault,) = check_problem(folder, now=NOW)
    assert (fault.rule, fault.file, fault.line) == ("unknown_metric", TOML, 10)
    (fault,) = check_problem(build(tmp_path / "b", ("k = 3", "k = 0")), now=NOW)
    assert (fault.rule, fault.file, fault.line) == ("bad_option", TOML, 17)
    files: dict[str, str | bytes | None] = {
        "sample.csv": "id,target\na,x\n",
        "private/baseline.csv": "id,target\na,x\nb,y\na,x\n",
    }
    first, second = check_problem(build(tmp_path / "c", files=files), now=NOW)
    assert (first.rule, first.file) == ("missing_ids", "sample.csv")
    assert (second.rule, second.file, second.line) == ("duplicate_ids", "private/baseline.csv", 4)


def test_many_mistakes_are_all_said_in_the_order_of_the_file(tmp_path: Path) -> None:
    folder = build(
        tmp_path,
        ('slug = "claims"', 'slug = "Claims!"'),
        (SUMMARY, ""),
        ('field = "insurance"', 'field = "insurences"'),
        (TARGET, "target = 1"),
        ('sample_submission = "sample.csv"', 'sample_submission = "../sample.csv"'),
        ("k = 3", "q = 3"),
        (DATA, 'file = "absent.csv"'),
        (OPENS, "opens = 2027-09-01T00:00:00"),
        ("entries_per_day = 5", 'entries_per_day = "five"'),
        ("final_selections = 2", "final_selections = 0"),
        files={"brief.md": "<b>Short</b>"},
    )
    found = check_problem(folder, now=NOW)
    assert [fault.rule for fault in found] == [
        *("missing_key", "bad_slug", "unknown_field", "wrong_type", "outside_folder", "unknown_option"),
        *("file_missing", "phase_order", "wrong_type", "out_of_range", "short_brief", "raw_html"),
    ]
    lines = [fault.line for fault in found if fault.file == TOML]
    assert lines == sorted(lines, key=lambda line: line or 0)
    with pytest.raises(BadInputError) as caught:
        read_problem(folder)
    assert len(caught.value.faults) == 10
    assert not any(fault.severity == "warning" for fault in caught.value.faults)


def test_tags_in_code_and_autolinks_are_no_html(tmp_path: Path) -> None:
    brief = FILES["brief.md"]
    assert isinstance(brief, str)
    brief += "\n`<b>` and ``<i> ` <u>``, a < b > c, <https://example.org>\n\n~~~\n<div>\n~~~\n"
    assert check_problem(build(tmp_path, files={"brief.md": brief}), now=NOW) == []
