"""Where each key of a TOML text stands: ``tomllib`` gives values without their lines.

The scanner takes text that ``tomllib`` has accepted, so it need not say what is wrong: it only
walks over keys and values and notes the line of each. A path is a tuple of names and, inside
arrays, positions: ``("data", 0, "file")``.
"""

from __future__ import annotations

import re

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[^,\]}\r\n#]+")
_BASIC = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
_LITERAL = re.compile(r"'([^'\n]*)'")
# Up to two quotes may stand just before the closing three.
_LONG_BASIC = re.compile(r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}', re.DOTALL)
_LONG_LITERAL = re.compile(r"'''(?:[^']|'{1,2}(?!'))*'{3,5}", re.DOTALL)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)")
_PLAIN_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r"}


class Lines:
    """The line, counted from 1, of every key, table and array element of a TOML text."""

    def __init__(self, known: dict[Path, int] | None = None) -> None:
        self._known = known or {}

    def __contains__(self, path: Path) -> bool:
        return path in self._known

    def of(self, *path: str | int) -> int:
        """Return the line of ``path``, else of what holds it, else 1."""
        for length in range(len(path), 0, -1):
            line = self._known.get(path[:length])
            if line is not None:
                return line
        return 1


def locate(text: str) -> Lines:
    """Return the lines of a text that ``tomllib`` has parsed."""
    return Lines(_Scanner(text).known())


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[Path, int] = {}
        self.counts: dict[Path, int] = {}
        """How many elements each array of tables has so far."""
        self._line, self._counted = 1, 0

    def known(self) -> dict[Path, int]:
        """Return the line of each path."""
        table: Path = ()
        self._skip(_BLANK)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip(_BLANK)
        return self.found

    def _skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:
            # Not valid TOML after all: leave the rest without lines rather than fail.
            self.at = len(self.text)
            return ""
        self.at = match.end()
        return match.group()

    def _note(self, path: Path, at: int) -> None:
        self._line += self.text.count("\n", self._counted, at)
        self._counted = at
        self.found.setdefault(path, self._line)

    def _header(self) -> Path:
        start = self.at
        many = self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        names = self._dotted()
        self.at += 2 if many else 1
        path = self._resolved(names[:-1])
        if many:
            whole = (*path, names[-1])
            position = self.counts.get(whole, 0)
            self.counts[whole] = position + 1
            self._note_all(whole, start)
            path = (*whole, position)
        else:
            path = self._resolved(names)
        self._note_all(path, start)
        return path

    def _resolved(self, names: list[str]) -> Path:
        """Return the path of a header; a name that is an array of tables means its last element."""
        path: Path = ()
        for name in names:
            path = (*path, name)
            if path in self.counts:
                path = (*path, self.counts[path] - 1)
        return path

    def _note_all(self, path: Path, at: int) -> None:
        for length in range(1, len(path) + 1):
            self._note(path[:length], at)

    def _pair(self, table: Path) -> None:
        start = self.at
        path = (*table, *self._dotted())
        self._note_all(path, start)
        self.at += 1  # the equals sign
        self._skip(_SPACE)
        self._value(path)

    def _dotted(self) -> list[str]:
        names = []
        while self.at < len(self.text):
            self._skip(_SPACE)
            names.append(self._name())
            self._skip(_SPACE)
            if not self.text.startswith(".", self.at):
                break
            self.at += 1
        return names

    def _name(self) -> str:
        sign = self.text[self.at : self.at + 1]
        if sign == '"':
            return _ESCAPE.sub(_unescaped, self._skip(_BASIC)[1:-1])
        if sign == "'":
            return self._skip(_LITERAL)[1:-1]
        return self._skip(_BARE_KEY)

    def _value(self, path: Path) -> None:
        for opening, pattern in (
            ('"""', _LONG_BASIC),
            ("'''", _LONG_LITERAL),
            ('"', _BASIC),
            ("'", _LITERAL),
        ):
            if self.text.startswith(opening, self.at):
                self._skip(pattern)
                return
        if self.text.startswith("[", self.at):
            self._array(path)
        elif self.text.startswith("{", self.at):
            self._inline_table(path)
        else:
            self._skip(_BARE_VALUE)

    def _array(self, path: Path) -> None:
        self.at += 1
        position = 0
        self._skip(_BLANK)
        while self.at < len(self.text) and self.text[self.at] != "]":
            self._note((*path, position), self.at)
            self._value((*path, position))
            position += 1
            self._skip(_BLANK)
            if self.text.startswith(",", self.at):
                self.at += 1
                self._skip(_BLANK)
        self.at += 1

    def _inline_table(self, path: Path) -> None:
        self.at += 1
        self._skip(_BLANK)
        while self.at < len(self.text) and self.text[self.at] != "}":
            self._pair(path)
            self._skip(_BLANK)
            if self.text.startswith(",", self.at):
                self.at += 1
                self._skip(_BLANK)
        self.at += 1


def _unescaped(match: re.Match[str]) -> str:
    code = match.group(1)
    if code[0] in "uU":
        return chr(int(code[1:], 16))
    return _PLAIN_ESCAPES.get(code, code)
