"""Every key of a TOML text has its line, however the text is laid out."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laureate.engine.problem.lines import Lines, Path, locate
from laureate.engine.problem.writing import toml_value

TEXT = '''\
# [comment]
top = 1                       #: top
"quo ted" = 2                 #: quo ted
'li.te"ral'.x = 3             #: li.te"ral x

[a.b]                         #: a b
c.d = "[x] # no comment"      #: a b c d
long = """                    #: a b long
e = 1
[f]
""\\"""" # the end
"esc\\u0061pe" = 0x1F          #: a b escape
literal = \'\'\'[[g]]'\'\'\'\'    #: a b literal
list = [                      #: a b list
  1,                          #: a b list 0
  # between
  { h = [                     #: a b list 1
    "]", ] },
  "}",                        #: a b list 2
]
inline = { i = 1, j.k = { l = "," } } #: a b inline

[[many]]                      #: many 0
n = 2026-01-01T00:00:00Z      #: many 0 n
  [many.deep]                 #: many 0 deep
  o = 1                       #: many 0 deep o
[[many]]                      #: many 1
[["many"]]                    #: many 2
n = inf                       #: many 2 n
[[many.inner]]                #: many 2 inner 0
[[many.inner]]                #: many 2 inner 1
p = []                        #: many 2 inner 1 p
'''
MARKS = [
    (line.split("#: ")[1], number) for number, line in enumerate(TEXT.splitlines(), start=1) if "#: " in line
]


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of each key and each element."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in inner:
        yield (*path, name)
        yield from paths(item, (*path, name))


def named(path: Path) -> str:
    return " ".join(str(part) for part in path)


@pytest.mark.parametrize(("name", "line"), MARKS)
def test_each_key_is_on_its_line(name: str, line: int) -> None:
    (path,) = {path for path in paths(tomllib.loads(TEXT)) if named(path) == name}
    assert path in locate(TEXT)
    assert locate(TEXT).of(*path) == line


def test_no_key_is_left_without_a_line() -> None:
    known = locate(TEXT)
    assert [path for path in paths(tomllib.loads(TEXT)) if path not in known] == []
    assert known.of("a", "b", "inline", "j", "k", "l") == dict(MARKS)["a b inline"]


def test_line_ends_of_windows_count_once() -> None:
    text = TEXT.replace("\n", "\r\n")
    assert locate(text).of("many", 2, "inner", 1, "p") == dict(MARKS)["many 2 inner 1 p"]


def test_what_is_not_known_is_where_its_holder_is() -> None:
    lines = locate("[a]\n\nb = 1\n")
    assert (lines.of("a", "b"), lines.of("a", "c"), lines.of("z"), lines.of()) == (3, 1, 1, 1)
    assert Lines().of("a") == 1


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
leaves = words | st.integers(-9, 9) | st.booleans() | st.floats(allow_nan=False) | st.lists(words, max_size=3)


written = st.dictionaries(words, st.dictionaries(words, leaves, max_size=4), max_size=4)


@settings(max_examples=80, deadline=None)
@given(
    tables=st.dictionaries(words, st.dictionaries(words, leaves, max_size=4), max_size=4),
    gap=st.integers(0, 3),
)
def test_whatever_is_written_is_found_again(tables: dict[str, dict[str, Any]], gap: int) -> None:
    lines: list[str] = []
    expected: dict[Path, int] = {}
    for table, values in tables.items():
        lines += [""] * gap
        lines.append(f"[{toml_value(table)}]  # [a] = 'b'")
        expected[(table,)] = len(lines)
        for key, value in values.items():
            lines.append(f"{toml_value(key)} = {toml_value(value)}")
            expected[(table, key)] = len(lines)
    text = "\n".join(lines)
    assert tomllib.loads(text) == tables
    known = locate(text)
    assert {path: known.of(*path) for path in expected} == expected
    assert all(path in known for path in expected)
