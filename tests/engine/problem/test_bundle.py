"""Bundles: packed alike from like folders, unpacked with distrust."""

from __future__ import annotations

import os
import stat
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from laureate.engine.faults import BadInputError, Fault
from laureate.engine.problem import check_problem, pack_bundle, read_problem, unpack_bundle

from .folders import FILES, MANIFEST, NOW, build, lay

Members = list[tuple[str, bytes]]
GOOD: Members = [("challenge.toml", MANIFEST.encode())]


def info(name: str, mode: int = stat.S_IFREG | 0o644) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo("placeholder", (2026, 1, 1, 0, 0, 0))
    # Set afterwards, since the class tidies the names that it is given.
    made.filename = name
    made.external_attr = mode << 16
    made.compress_type = zipfile.ZIP_DEFLATED
    return made


def write(path: Path, members: Members, **modes: int) -> Path:
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as archive:
        warnings.simplefilter("ignore", UserWarning)
        for name, content in members:
            archive.writestr(info(name, modes.get(name.replace(".", "_"), stat.S_IFREG | 0o644)), content)
    return path


def encrypted(path: Path) -> None:
    write(path, GOOD)
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)


def cut(path: Path) -> None:
    write(path, GOOD)
    path.write_bytes(path.read_bytes()[:-30])


def wrong_checksum(path: Path) -> None:
    write(path, [("challenge.toml", b"x" * 500)])
    content = bytearray(path.read_bytes())
    content[30 + len("challenge.toml") + 3] ^= 1
    path.write_bytes(content)


def listing(*names: str) -> Callable[[Path], None]:
    return lambda path: void(write(path, GOOD + [(name, b"x") for name in names]))


def special(mode: int) -> Callable[[Path], None]:
    return lambda path: void(write(path, [*GOOD, ("link", b"/etc/passwd")], link=mode))


def void(_: object) -> None:
    """Nothing: what is written is all that counts."""


BROKEN_ARCHIVES: dict[str, list[Callable[[Path], None]]] = {
    "damaged_zip": [
        cut,
        wrong_checksum,
        lambda path: void(path.write_bytes(b"")),
        lambda path: void(path.write_bytes(b"PK\x03\x04" + bytes(range(256)))),
        listing("data", "data/train.csv"),
    ],
    "encrypted_zip": [encrypted],
    "unsafe_member": [
        listing(name)
        for name in (
            *(
                "../evil.toml",
                "a/../../evil",
                "/etc/evil",
                "C:/evil",
                "C:\\evil",
                "..\\evil",
                "a/..",
                "\\evil",
            ),
            *("a\nb", "x" * 256, "a/" * 101 + "b", "a\x7fb", "\u2028", " "),
        )
    ],
    "special_member": [
        special(mode | 0o777)
        for mode in (stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK, stat.S_IFDIR)
    ],
    "duplicate_member": [
        listing("challenge.toml"),
        listing("CHALLENGE.TOML"),
        listing("a", "./a"),
        listing("a/b", "a//b"),
        listing("a\\b", "a/b"),
        listing("caf\u00e9", "cafe\u0301"),
        listing("straße", "STRASSE"),
    ],
    "too_many_members": [listing(*(f"{row}.csv" for row in range(20)))],
    "bundle_too_large": [
        lambda path: void(write(path, [*GOOD, ("bomb", bytes(40_000_000))])),
        lambda path: void(write(path, [*GOOD, *((f"{row}", bytes(900_000)) for row in range(5))])),
    ],
}
CASES = [(rule, at) for rule, makers in BROKEN_ARCHIVES.items() for at in range(len(makers))]


def refused(path: Path, into: Path) -> dict[str, Fault]:
    with pytest.raises(BadInputError) as caught:
        unpack_bundle(path, into, max_bytes=3_000_000, max_members=19)
    for fault in caught.value.faults:
        assert fault.said().isprintable() and fault.mend()
        assert fault.file == path.name
    return {fault.rule: fault for fault in caught.value.faults}


@pytest.mark.parametrize(("rule", "at"), CASES)
def test_broken_archives_are_refused_by_name(tmp_path: Path, rule: str, at: int) -> None:
    path, into = tmp_path / "claims.zip", tmp_path / "deep" / "into"
    BROKEN_ARCHIVES[rule][at](path)
    before = set(tmp_path.iterdir())
    assert set(refused(path, into)) == {rule}
    assert set(tmp_path.iterdir()) - before <= {tmp_path / "deep"}
    if rule not in {"damaged_zip", "bundle_too_large"}:
        assert not into.exists(), "names are judged before anything is written"
    assert not any(path.is_symlink() for path in tmp_path.rglob("*"))
    assert sum(path.stat().st_size for path in into.rglob("*") if path.is_file()) <= 3_000_000


def test_all_that_is_wrong_with_names_is_said_at_once(tmp_path: Path) -> None:
    members = [*GOOD, *((f"../{row}", b"") for row in range(12)), ("a", b""), ("A", b""), ("link", b"x")]
    path = write(tmp_path / "x.zip", members, link=stat.S_IFLNK | 0o777)
    with pytest.raises(BadInputError) as caught:
        unpack_bundle(path, tmp_path / "into", max_members=10)
    found = {fault.rule: fault for fault in caught.value.faults}
    assert set(found) == {"unsafe_member", "special_member", "duplicate_member", "too_many_members"}
    assert (found["unsafe_member"].count, len(found["unsafe_member"].examples)) == (12, 10)
    assert found["unsafe_member"].examples[0] == {"name": "../0"}


def test_an_archive_that_lies_about_its_size_is_stopped(tmp_path: Path) -> None:
    path = write(tmp_path / "x.zip", [("bomb", bytes(9_000_000))])
    content = path.read_bytes()
    lying = content.replace((9_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != content
    path.write_bytes(lying)
    assert set(refused(path, tmp_path / "into")) <= {"damaged_zip", "bundle_too_large"}
    assert sum(found.stat().st_size for found in (tmp_path / "into").rglob("*")) <= 3_000_000 + 4096


def test_no_archive(tmp_path: Path) -> None:
    assert set(refused(tmp_path / "absent.zip", tmp_path / "into")) == {"unreadable_file"}
    assert set(refused(tmp_path, tmp_path / "into")) == {"unreadable_file"}


@pytest.mark.parametrize("wrapper", ["", "claims/", "claims-main/"])
def test_a_wrapping_folder_and_clutter_make_no_difference(tmp_path: Path, wrapper: str) -> None:
    files = {"challenge.toml": MANIFEST, **FILES}
    members = [(wrapper + name, c.encode() if isinstance(c, str) else c) for name, c in files.items()]
    members += [
        ("__MACOSX/._challenge.toml", b"x"),
        (f"{wrapper}.DS_Store", b"x"),
        (f"{wrapper}data/Thumbs.db", b"x"),
    ]
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for name, content in members:
            archive.writestr(name, content)
        archive.mkdir(f"{wrapper}empty")
    folder = unpack_bundle(tmp_path / "x.zip", tmp_path / "into")
    assert folder == (tmp_path / "into" / wrapper if wrapper else tmp_path / "into")
    assert check_problem(folder, now=NOW) == []
    assert {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} == set(files)


def test_windows_separators_are_read(tmp_path: Path) -> None:
    write(tmp_path / "x.zip", [*GOOD, ("data\\train.csv", b"id\n")])
    assert (
        unpack_bundle(tmp_path / "x.zip", tmp_path / "into") / "data" / "train.csv"
    ).read_bytes() == b"id\n"


def test_nothing_that_stands_there_already_is_overwritten(tmp_path: Path) -> None:
    into = lay(tmp_path / "into", {"challenge.toml": "mine"})
    assert set(refused(write(tmp_path / "x.zip", GOOD), into)) == {"damaged_zip"}
    assert (into / "challenge.toml").read_text() == "mine"


def test_like_folders_give_the_same_bytes(tmp_path: Path) -> None:
    one = build(tmp_path / "one")
    names = ["challenge.toml", *FILES]
    other = lay(tmp_path / "other", {name: (one / name).read_bytes() for name in reversed(names)})
    for at, name in enumerate(names):
        os.utime(other / name, (10**9 + at, 10**9 + at))
        (other / name).chmod(0o600)
    (other / "link.csv").symlink_to("/etc/passwd")
    lay(other, {".DS_Store": "x", "__MACOSX/x": "x"})
    pack_bundle(one, tmp_path / "one.zip")
    pack_bundle(other, other / "inside.zip")
    assert (tmp_path / "one.zip").read_bytes() == (other / "inside.zip").read_bytes()
    # Packing again over its own result changes nothing either.
    pack_bundle(other, other / "inside.zip")
    assert (tmp_path / "one.zip").read_bytes() == (other / "inside.zip").read_bytes()
    assert not list(tmp_path.rglob("*.part"))


def test_what_was_packed_comes_out_again(tmp_path: Path) -> None:
    folder = build(tmp_path / "one", files={"data/é.bin": bytes(range(256))})
    pack_bundle(folder, tmp_path / "one.zip")
    back = unpack_bundle(tmp_path / "one.zip", tmp_path / "back")
    assert (back / "data" / "é.bin").read_bytes() == bytes(range(256))
    assert read_problem(back) == read_problem(folder)
    lay(folder, {"data/train.csv": "other"})
    pack_bundle(folder, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() != (tmp_path / "two.zip").read_bytes()
