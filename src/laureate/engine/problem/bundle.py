"""A challenge as one zip file: packed so that equal folders give equal bytes, unpacked with distrust."""

from __future__ import annotations

import os
import shutil
import stat
import unicodedata
import zipfile
from collections import Counter
from pathlib import Path, PurePosixPath
from typing import IO

from laureate.engine.faults import MAX_EXAMPLES, BadInputError, Fault
from laureate.engine.problem.model import MANIFEST
from laureate.engine.problem.notes import fault, shown
from laureate.engine.problem.paths import path_fault

MAX_MEMBERS = 1000
MAX_BYTES = 4 * 1024**3
CHUNK = 1 << 20
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_CLUTTER = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")


def pack_bundle(folder: Path, target: Path) -> None:
    """Write all regular files of ``folder`` into a zip at ``target``.

    Names are sorted, times and permissions fixed: the same content gives the same bytes (with
    the same zlib). Links and what operating systems leave behind are not packed.
    """
    partial = target.with_name(target.name + ".part")
    files = sorted(path for path in _regular_files(folder) if path not in (target, partial))
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in files:
            info = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _FIXED_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            info.file_size = path.stat().st_size
            with path.open("rb") as source, archive.open(info, "w") as member:
                shutil.copyfileobj(source, member, CHUNK)
    partial.replace(target)


def _regular_files(folder: Path) -> list[Path]:
    found = []
    for root, folders, names in os.walk(folder, followlinks=False):
        folders[:] = [name for name in folders if name not in _CLUTTER]
        for name in names:
            path = Path(root) / name
            if name not in _CLUTTER and stat.S_ISREG(path.lstat().st_mode):
                found.append(path)
    return found


def unpack_bundle(
    zip_path: Path, into: Path, *, max_bytes: int = MAX_BYTES, max_members: int = MAX_MEMBERS
) -> Path:
    """Unpack a zip into the folder ``into``, empty or yet to be made, and return the challenge's folder.

    That is ``into``, or the one folder that wraps everything. All names are judged before
    anything is written; sizes are counted while writing, not believed. Raises BadInputError for
    absolute names and ``..``, links, several files of one name, too many files or bytes, and
    damaged or encrypted archives; ``into`` may then hold a part.
    """
    name = shown(zip_path.name)
    try:
        archive = zipfile.ZipFile(zip_path)
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise BadInputError([fault("unreadable_file", file=name, path=name, reason=reason)]) from None
    except Exception:
        # Hostile archives raise a dozen kinds of errors: all mean the same here.
        raise BadInputError([fault("damaged_zip", file=name)]) from None
    with archive:
        members = _judged(archive, name, max_members)
        _extract(archive, members, into, name, max_bytes)
    return _challenge_folder(into, members)


def _plain(info: zipfile.ZipInfo) -> str:
    return info.filename.replace("\\", "/")


def _is_clutter(info: zipfile.ZipInfo) -> bool:
    return any(part in _CLUTTER for part in _plain(info).split("/"))


def _judged(archive: zipfile.ZipFile, name: str, max_members: int) -> dict[str, zipfile.ZipInfo]:
    """Return the files to unpack by their plain path; raises BadInputError with all that is wrong."""
    infos = [info for info in archive.infolist() if not _is_clutter(info)]
    special = [info for info in infos if not _is_ordinary(info)]
    unsafe = [info for info in infos if path_fault(_plain(info)) is not None]
    plain = {info: str(PurePosixPath(_plain(info))) for info in infos if not info.is_dir()}
    # Some file systems fold capitals and accents: two names there are one.
    times = Counter(unicodedata.normalize("NFC", path).casefold() for path in plain.values())
    twice = [info for info in plain if times[unicodedata.normalize("NFC", plain[info]).casefold()] > 1]
    faults = [
        _listed(rule, found, name)
        for rule, found in (
            ("unsafe_member", unsafe),
            ("special_member", special),
            ("duplicate_member", twice),
        )
        if found
    ]
    if any(info.flag_bits & 0x1 for info in infos):
        faults.append(fault("encrypted_zip", file=name))
    if len(infos) > max_members:
        faults.append(fault("too_many_members", file=name, files=len(infos), limit=max_members))
    if faults:
        raise BadInputError(faults)
    return {path: info for info, path in plain.items()}


def _is_ordinary(info: zipfile.ZipInfo) -> bool:
    kind = stat.S_IFMT(info.external_attr >> 16)
    return kind in (0, stat.S_IFREG) or (kind == stat.S_IFDIR and info.is_dir())


def _listed(rule: str, infos: list[zipfile.ZipInfo], name: str) -> Fault:
    examples: list[dict[str, str | int]] = [{"name": shown(info.filename)} for info in infos[:MAX_EXAMPLES]]
    return fault(rule, file=name, count=len(infos), examples=examples)


def _extract(
    archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], into: Path, name: str, max_bytes: int
) -> None:
    into.mkdir(parents=True, exist_ok=True)
    left = max_bytes
    for path, info in members.items():
        target = into / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(info) as source, target.open("xb") as out:
                left -= _copied(source, out, left)
        except Exception:
            # A wrong checksum, an unknown method, a name that is both file and folder …
            raise BadInputError([fault("damaged_zip", file=name)]) from None
        if left < 0:
            raise BadInputError([fault("bundle_too_large", file=name, limit=max_bytes)])


def _copied(source: IO[bytes], out: IO[bytes], limit: int) -> int:
    """Copy until the end or just past ``limit`` bytes; return how many were read."""
    total = 0
    while total <= limit and (chunk := source.read(CHUNK)):
        total += len(chunk)
        if total <= limit:
            out.write(chunk)
    return total


def _challenge_folder(into: Path, members: dict[str, zipfile.ZipInfo]) -> Path:
    tops = {path.split("/")[0] for path in members}
    if MANIFEST in members or len(tops) != 1 or any("/" not in path for path in members):
        return into
    return into / tops.pop()
