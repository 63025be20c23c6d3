"""Files: known by their bytes, durable before anybody hears of them."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from laureate.base.files import storage
from laureate.base.files.actions import store_path, store_stream, sweep_incoming
from laureate.base.files.models import Blob
from laureate.base.files.queries import blob_path
from laureate.base.files.storage import path_of, write_stream
from laureate.base.people.viewer import RefusedError

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, settings: object) -> None:
    settings.FILES_FOLDER = tmp_path / "files"  # type: ignore[attr-defined]


def kept_files() -> list[Path]:
    return [path for path in Path(settings.FILES_FOLDER).rglob("*") if path.is_file()]


def test_bytes_are_found_again_by_their_digest() -> None:
    blob = store_stream([b"one, ", b"two"])
    digest = hashlib.sha256(b"one, two").hexdigest()
    assert (blob.sha256, blob.size) == (digest, 8)
    assert blob_path(digest).read_bytes() == b"one, two"
    assert kept_files() == [blob_path(digest)]


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"abc")
    assert store_stream([b"a", b"bc"]) == store_path(tmp_path / "file") == store_stream([b"abc"])
    assert Blob.objects.count() == len(kept_files()) == 1


def test_an_empty_file_is_a_file() -> None:
    blob = store_stream([])
    assert (blob.size, blob_path(blob.sha256).read_bytes()) == (0, b"")


def test_of_a_file_that_is_too_large_nothing_is_kept() -> None:
    taken = []

    def chunks() -> Iterator[bytes]:
        for number in range(1_000):
            taken.append(number)
            yield b"x" * 1_000_000

    with pytest.raises(RefusedError) as refusal:
        store_stream(chunks(), limit=2_000_000)
    assert [(f.rule, f.said()) for f in refusal.value.faults] == [
        ("too_large", "The file is larger than 2 MB.")
    ]
    assert len(taken) == 3, "it stopped at the limit"
    assert kept_files() == []
    assert not Blob.objects.exists()
    assert store_stream([b"x" * 2_000_000], limit=2_000_000).size == 2_000_000


def test_the_server_s_limit_holds_by_default(settings: object) -> None:
    settings.UPLOAD_LIMIT = 10  # type: ignore[attr-defined]
    with pytest.raises(RefusedError):
        store_stream([b"x" * 11])


def test_an_upload_that_breaks_off_leaves_nothing() -> None:
    def chunks() -> Iterator[bytes]:
        yield b"half"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        store_stream(chunks())
    assert kept_files() == []
    assert not Blob.objects.exists()


def test_bytes_are_durable_before_their_row(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    fsync, rename, get_or_create = os.fsync, Path.rename, Blob.objects.get_or_create

    def note_fsync(handle: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        fsync(handle)

    def note_rename(self: Path, target: Path) -> Path:
        done.append("name")
        return rename(self, target)

    def note_row(**values: object) -> tuple[Blob, bool]:
        done.append("row")
        return get_or_create(**values)

    monkeypatch.setattr(storage.os, "fsync", note_fsync)
    monkeypatch.setattr(Path, "rename", note_rename)
    monkeypatch.setattr(Blob.objects, "get_or_create", note_row)
    store_stream([b"abc"])
    assert [step for step, before in zip(done, ["", *done], strict=False) if step != before] == [
        "file", "folder", "name", "folder", "row",
    ]  # fmt: skip
    assert done.count("folder") >= 3, "new folders are made durable as well"


def test_a_crash_between_bytes_and_row_is_mended_by_the_next_upload(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(**values: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(Blob.objects, "get_or_create", crash)
        store_stream([b"abc"])
    digest = hashlib.sha256(b"abc").hexdigest()
    assert kept_files() == [blob_path(digest)]
    assert not Blob.objects.exists()
    assert store_stream([b"abc"]).sha256 == digest
    assert kept_files() == [blob_path(digest)]


def test_a_crash_before_the_name_leaves_no_blob(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(self: Path, target: Path) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "rename", crash)
    with pytest.raises(OSError, match="no space"):
        store_stream([b"abc"])
    assert kept_files() == []
    assert not Blob.objects.exists()


def test_what_cut_uploads_left_behind_is_swept(settings: Any, tmp_path: Path) -> None:
    settings.FILES_FOLDER, settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "files", str(tmp_path / "uploading")
    kept = path_of(write_stream([b"kept"], 100).sha256)
    for folder in (tmp_path / "files" / "incoming", tmp_path / "uploading"):
        folder.mkdir(exist_ok=True)
        for name, age in (("old", 2 * 86_400), ("young", 60)):
            (folder / name).write_bytes(b"part")
            os.utime(folder / name, (time.time() - age,) * 2)
    os.utime(kept, (0, 0))
    assert sweep_incoming() == 2
    assert kept.exists()
    assert (tmp_path / "uploading" / "young").exists()
    assert not (tmp_path / "uploading" / "old").exists()
