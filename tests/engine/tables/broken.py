"""Broken uploads by the hundred, the same ones on every run: for the engine here, for the server elsewhere.

Every upload is wrong beyond doubt for the solution ``SOLUTION_CSV`` with the metric ``METRIC``:
none may ever get a score. The part of a name before “/” is the rule that the upload breaks
first of all, or ``flip`` and ``random`` for damage whose rule depends on where it fell. The rule
``too_large`` is that of a reader with a limit of a few megabytes: without one, these hold NUL bytes.
"""

from __future__ import annotations

import gzip
import io
import random
import zipfile
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet

Upload = tuple[str, bytes]

METRIC = "rmse"
IDS = tuple(f"r{row:03}" for row in range(40))
USAGES = ("Public", "Private", "Private", "Ignored")
SOLUTION_CSV = "id,target,Usage\n" + "".join(
    f"{name},{row % 7}.5,{USAGES[row % len(USAGES)]}\n" for row, name in enumerate(IDS)
)
VALUES = tuple(round(row % 7 + 0.25, 2) for row in range(len(IDS)))
VALID_CSV = "id,target\n" + "".join(f"{name},{value}\n" for name, value in zip(IDS, VALUES, strict=True))
LINES = tuple(VALID_CSV.splitlines())

FREE_OF_RULE = frozenset({"flip", "random"})
"""Families of uploads of which only a clear refusal is promised, not its rule."""


def broken_uploads() -> Iterator[Upload]:
    """Yield (name, content) of each broken upload; names are unique."""
    for family in (_headers, _ids, _cells, _shapes, _encodings, _archives, _parquets, _flips, _noise):
        yield from family(random.Random(family.__name__))


def text_of(lines: Sequence[str], end: str = "\n") -> bytes:
    """Return lines as the bytes of a file."""
    return (end.join(lines) + end).encode()


def valid_parquet(**settings: object) -> bytes:
    """Return the valid entry as a Parquet file."""
    return parquet({"id": list(IDS), "target": list(VALUES)}, **settings)


def parquet(columns: dict[str, object], **settings: object) -> bytes:
    """Return a Parquet file of the given columns."""
    held = io.BytesIO()
    pyarrow.parquet.write_table(pa.table(columns), held, **settings)
    return held.getvalue()


def zipped(members: Sequence[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip file."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, method)
    return held.getvalue()


def _changed(rng: random.Random, count: int, change: Callable[[str, str, int], str]) -> bytes:
    """Return the valid text with ``count`` rows rewritten by ``change(id, value, row)``."""
    lines = list(LINES)
    for row in rng.sample(range(len(IDS)), count):
        lines[row + 1] = change(IDS[row], str(VALUES[row]), row)
    return text_of(lines)


def _headers(rng: random.Random) -> Iterator[Upload]:
    names = [
        "ID,target",
        "id,Target",
        "id",
        "target",
        "idtarget",
        "i d,target",
        "id,prediction",
        "row,target",
    ]
    names += ["id,targets", "'id','target'", "id,,", ",", "target,target2", "id,tаrget"]
    for at, header in enumerate(names):
        yield f"wrong_header/{at}", text_of([header, *LINES[1:]])
    yield "wrong_header/none at all", text_of(LINES[1:])
    yield "wrong_header/none, shuffled", text_of(rng.sample(LINES[1:], len(IDS)))
    yield "wrong_header/two byte order marks", "\ufeff\ufeff".encode() + VALID_CSV.encode()
    yield "wrong_header/below a title", text_of(["My model, second try", "", *LINES])
    for at, header in enumerate(["id,target,target", "id,id,target", "target,id,target,id"]):
        yield f"duplicate_column/{at}", text_of([header, *(f"{line},1,1" for line in LINES[1:])])
    yield "too_many_columns/1001", text_of([",".join(["id", "target", *map(str, range(999))])])
    yield "too_many_columns/commas", b"id,target" + b"," * 100_000 + b"\n"
    for name, sign in {"space": " ", "colon": ":"}.items():
        yield f"wrong_delimiter/{name}", VALID_CSV.replace(",", sign).encode()
    for name, sign in {"semicolon": ";", "tab": "\t", "bar": "|"}.items():
        yield (
            f"wrong_delimiter/rows by {name}",
            text_of([LINES[0], *(x.replace(",", sign) for x in LINES[1:])]),
        )
        yield f"wrong_delimiter/header by {name}", text_of([LINES[0].replace(",", sign), *LINES[1:]])


def _ids(rng: random.Random) -> Iterator[Upload]:
    for count in (1, 2, 7, 20, 39):
        gone = set(rng.sample(LINES[1:], count))
        yield f"missing_ids/{count}", text_of([line for line in LINES if line not in gone])
        yield f"missing_ids/{count}, CR line ends", text_of([x for x in LINES if x not in gone], "\r")
    for count in (1, 2, 12, 4000):
        yield f"extra_ids/{count}", text_of([*LINES, *(f"x{row},1" for row in range(count))])
        again = rng.choices(LINES[1:], k=count)
        yield f"duplicate_ids/{count}", text_of([*LINES, *again])
        yield f"duplicate_ids/{count} first", text_of([LINES[0], *again, *LINES[1:]])
    rewritten: dict[str, Callable[[str], str]] = {
        "capitals": str.upper,
        "zeros": lambda name: "0" + name,
        "point": lambda name: name + ".0",
        "apostrophe": lambda name: "'" + name,
        "wide space": lambda name: name + "\u00a0",
        "no-width space": lambda name: "\u200b" + name,
        "other digits": lambda name: name.replace("0", "٠"),
        "quote inside": lambda name: name + '"',
        "cut": lambda name: name[:-1],
    }
    for kind, change in rewritten.items():
        for count in (1, 40):
            content = _changed(rng, count, lambda name, value, _, change=change: f"{change(name)},{value}")
            yield f"extra_ids/{kind}, {count}", content
    yield "duplicate_ids/the same everywhere", text_of([LINES[0], *(f"r000,{value}" for value in VALUES)])
    for count in (1, 40):
        yield f"missing_values/no id, {count}", _changed(rng, count, lambda _, value, row: f",{value}")


CELLS: dict[str, Sequence[str]] = {
    "missing_values": ["", " ", "\t", '""', "NA", "n/a", "null", "None", "#N/A"],
    "nan": ["nan", "NaN", "-NAN", "1.#QNAN"],
    "infinity": ["inf", "-inf", "+Infinity", "1e999", "-1e400", "∞", "9" * 350],
    "not_a_number": [
        *("high", "0x10", "1_000", "1 000", "--1", "1e", ".", "١", "½", "1.2.3", "=1+1", "true", "1e5e5"),
        *("$1", "5%", "\x1b[31m", "<b>1</b>", "%(count)s", "{0}", "1" * 500, "x" * 200_000, "\ufeff1"),
    ],
    "out_of_range": ["1e101", "-1e150", "1.7e308"],
    "decimal_comma": ['"0,5"', '"-1,25"', '",5"', '"1,5e3"'],
    "bad_quotes": ['"0.5', '"0.5"5', '"0.5" ', '"a"b"c"', '"""', '"0.5""'],
    "wrong_field_count": ["0,5", "1,", "1,2,3", ",", "1" + "," * 5000],
}


def _cells(rng: random.Random) -> Iterator[Upload]:
    for rule, cells in CELLS.items():
        for at, cell in enumerate(cells):
            for count in (1, 1 if len(cell) > 1000 or rule == "bad_quotes" else 15):
                content = _changed(rng, count, lambda name, _, row, cell=cell: f"{name},{cell}")
                yield f"{rule}/{at}, {count} rows, {rng.getrandbits(32):08x}", content
    for rule in ("not_a_number", "nan", "infinity", "missing_values"):
        lines = [f"x{row},{CELLS[rule][0]}" for row in range(3000)]
        yield f"{rule}/3000 rows", text_of([*LINES, *lines])
    ends = _changed(rng, 3, lambda name, value, row: f'{name},"{value}\nmore"')
    yield "not_a_number/line ends in quotes", ends
    yield "not_a_number/line ends in quotes, CRLF", ends.replace(b"\n", b"\r\n")


def _shapes(rng: random.Random) -> Iterator[Upload]:
    blanks = [
        b"",
        b"\n",
        b" ",
        b"\r\n\r\n",
        b"\t \n" * 500,
        b"\xef\xbb\xbf",
        b"\xef\xbb\xbf\n",
        b"\n" * 3_000_000,
    ]
    for at, content in enumerate(blanks):
        yield f"empty_file/{at}", content
    for at, content in enumerate([b"id,target", b"id,target\n", b"id,target\r", b"\n\nid,target\n\n\n"]):
        yield f"no_rows/{at}", content
    for cut in sorted(rng.sample(range(10, len(VALID_CSV) - 10), 12)):
        # Cut inside a row: its id, or its value, or both are lost, and all rows after it.
        yield f"missing_ids/cut at {cut}", VALID_CSV[:cut].encode() + b"\n"
    yield "wrong_field_count/one id alone", _changed(rng, 1, lambda name, *_: name)
    yield "wrong_field_count/all in a line", LINES[0].encode() + b"\n" + ",".join(LINES[1:]).encode()
    yield "wrong_field_count/a footer", text_of([*LINES, "(40 rows)"])
    yield "wrong_header/a web page", b"<!DOCTYPE html>\n<html><body>Please log in</body></html>\n"
    yield "wrong_header/JSON", b'[{"id": "r000", "target": 1.0}]\n'
    yield "wrong_header/a program", b"#!/bin/sh\nrm -rf /\n"
    yield "wrong_header/a formula", b"=HYPERLINK(1),2\n"
    yield "wrong_header/a very long line", b"x" * 2_000_000
    yield "bad_quotes/in the header", b'id,"target\n' + text_of(LINES[1:])
    yield "bad_quotes/a long field", text_of([*LINES, '"' + "x" * 500_000])


def _encodings(rng: random.Random) -> Iterator[Upload]:
    for name in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        yield f"utf16/{name}", VALID_CSV.encode(name)
    accents = VALID_CSV.replace("id,target", "id,target,né")
    for name in ("latin-1", "cp1252", "mac-roman"):
        yield f"not_utf8/{name}", accents.encode(name)
    for kind, bad in {
        "lone": b"\x80",
        "cut": b"\xe2\x82",
        "surrogate": b"\xed\xa0\x80",
        "long": b"\xc0\xaf",
    }.items():
        at = rng.randrange(20, len(VALID_CSV))
        yield f"not_utf8/{kind}", VALID_CSV[:at].encode() + bad + VALID_CSV[at:].encode()
    for _ in range(6):
        at = rng.randrange(len(VALID_CSV))
        yield f"nul_bytes/at {at}", VALID_CSV[:at].encode() + b"\0" + VALID_CSV[at:].encode()
    yield "nul_bytes/padding", VALID_CSV.encode() + b"\0" * 512
    yield "excel_workbook/old", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + rng.randbytes(2000)
    sheet = [("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<w/>")]
    yield "excel_workbook/new", zipped(sheet)


def _archives(rng: random.Random) -> Iterator[Upload]:
    plain = VALID_CSV.encode()
    packed, archive = gzip.compress(plain, mtime=0), zipped([("entry.csv", plain)])
    for cut in sorted(rng.sample(range(4, len(packed) - 1), 10)):
        yield f"damaged_gzip/cut at {cut}", packed[:cut]
    yield "damaged_gzip/more behind", packed + b"rubbish"
    for cut in sorted(rng.sample(range(5, len(archive) - 1), 10)):
        yield f"damaged_zip/cut at {cut}", archive[:cut]
    yield "damaged_zip/unknown method", archive.replace(b"\x08\x00", b"\x63\x00")
    nested = {"gzip": packed, "zip": archive, "parquet": valid_parquet()}
    for name, inner in nested.items():
        yield f"nested_archive/{name} in gzip", gzip.compress(inner, mtime=0)
        yield f"nested_archive/{name} in zip", zipped([("entry.csv", inner)])
    yield "too_many_files/two", zipped([("a.csv", plain), ("b.csv", plain)])
    yield "too_many_files/hundreds", zipped([(f"{row}.csv", plain) for row in range(300)])
    yield "too_many_files/with a note", zipped([("a.csv", plain), ("README.md", b"x")])
    yield "zip_without_csv/empty", zipped([])
    yield "zip_without_csv/another kind", zipped([("model.pkl", rng.randbytes(99))])
    yield "zip_without_csv/clutter alone", zipped([("__MACOSX/._a.csv", b"x"), (".DS_Store", b"x")])
    yield "zip_without_csv/a zip in it", zipped([("a.zip", archive)])
    yield "encrypted_zip/flagged", _encrypted(archive)
    for size in (4, 16):
        bomb = bytes(size << 20)
        yield f"too_large/gzip of {size} MiB", gzip.compress(bomb, mtime=0)
        yield f"too_large/zip of {size} MiB", zipped([("a.csv", bomb)])
    yield "empty_file/gzip", gzip.compress(b"", mtime=0)
    yield "empty_file/zip", zipped([("a.csv", b"")])
    yield "missing_ids/zip", zipped([("a.csv", text_of(LINES[:-1]))])
    yield "missing_ids/gzip", gzip.compress(text_of(LINES[:-1]), mtime=0)
    yield "extra_ids/zip with a path upwards", zipped([("../../a.csv", text_of([*LINES, "x,1"]))])


def _encrypted(archive: bytes) -> bytes:
    """Return a zip of one file with the flag of encryption set in both of its headers."""
    held = bytearray(archive)
    held[6] |= 1
    held[held.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(held)


def _parquets(rng: random.Random) -> Iterator[Upload]:
    whole, ids, count = valid_parquet(), list(IDS), len(IDS)
    for cut in sorted(rng.sample(range(5, len(whole) - 1), 10)):
        yield f"damaged_parquet/cut at {cut}", whole[:cut]
    yield "damaged_parquet/noise between marks", b"PAR1" + rng.randbytes(400) + b"PAR1"
    yield "damaged_parquet/marks alone", b"PAR1PAR1"
    yield "damaged_parquet/a footer too long", whole[:-8] + b"\xff\xff\xff\x7fPAR1"
    odd: dict[str, object] = {
        "lists": [[1.0]] * count,
        "structs": [{"a": 1.0}] * count,
        "dates": pa.array([0] * count, pa.date32()),
        "instants": pa.array([0] * count, pa.timestamp("us")),
        "bytes": [b"1"] * count,
        "maps": pa.array([[("a", 1.0)]] * count, pa.map_(pa.string(), pa.float64())),
    }
    for name, column in odd.items():
        yield f"wrong_column_type/{name} as values", parquet({"id": ids, "target": column})
        yield f"wrong_column_type/{name} as ids", parquet({"id": column, "target": list(VALUES)})
    for name, column in {
        "fractions": [row + 0.5 for row in range(count)],
        "decimals": [Decimal(row) for row in range(count)],
        "truths": [True, False] * (count // 2),
    }.items():
        yield f"wrong_column_type/{name} as ids", parquet({"id": column, "target": list(VALUES)})
    yield "extra_ids/whole numbers in parquet", parquet({"id": list(range(count)), "target": list(VALUES)})
    words = pa.array(["low", "high"] * (count // 2)).dictionary_encode()
    wrong: dict[str, tuple[str, object]] = {
        "a dictionary of words": ("not_a_number", words),
        "words": ("not_a_number", ["x"] * count),
        "nothing": ("missing_values", [None, *VALUES[1:]]),
        "nothing but nothing": ("missing_values", pa.nulls(count)),
        "NaN": ("nan", [float("nan"), *VALUES[1:]]),
        "infinity": ("infinity", [float("-inf"), *VALUES[1:]]),
        "NaN of half the width": ("nan", pa.array([float("nan")] * count, pa.float32())),
        "great numbers": ("out_of_range", [1e120] * count),
    }
    for name, (rule, column) in wrong.items():
        yield f"{rule}/{name} in parquet", parquet({"id": ids, "target": column})
    yield "missing_ids/parquet", parquet({"id": ids[1:], "target": list(VALUES[1:])})
    yield "duplicate_ids/parquet", parquet({"id": [*ids, "r000"], "target": [*VALUES, 1.0]})
    yield "wrong_header/parquet", parquet({"key": ids, "target": list(VALUES)})
    yield "empty_file/parquet of nothing", parquet({})
    yield "no_rows/parquet", parquet({"id": pa.array([], pa.string()), "target": pa.array([], pa.float64())})
    yield "missing_values/no id in parquet", parquet({"id": [None, *ids[1:]], "target": list(VALUES)})


def _flips(rng: random.Random) -> Iterator[Upload]:
    """Yield valid files with one bit changed where that cannot leave another valid entry.

    The archives only store the text: each bit of it counts, while one of a compressed stream may
    happen to name the same text another way.
    """
    plain = VALID_CSV.encode()
    packed = gzip.compress(plain, compresslevel=0, mtime=0)
    archive = zipped([("a.csv", plain)], zipfile.ZIP_STORED)
    raw = valid_parquet(compression="NONE", use_dictionary=False, write_statistics=False)
    edges = [at for at, sign in enumerate(plain[:-1]) if at < len(LINES[0]) or sign in b",\nr"]
    places: dict[str, tuple[bytes, Sequence[int]]] = {
        "text": (plain, edges),
        "gzip": (packed, range(packed.index(plain), packed.index(plain) + len(plain) + 8)),
        "zip": (archive, range(archive.index(plain), archive.index(plain) + len(plain))),
        "parquet": (raw, [raw.index(name.encode()) + at for name in IDS for at in range(len(name))]),
    }
    for kind, (content, where) in places.items():
        for at in sorted(rng.sample(where, 25)):
            held, bit = bytearray(content), rng.randrange(8)
            held[at] ^= 1 << bit
            yield f"flip/{kind}, bit {bit} of byte {at}", bytes(held)


def _noise(rng: random.Random) -> Iterator[Upload]:
    magics = [b"", b"id,target\n", b"\x1f\x8b\x08", b"PK\x03\x04", b"PK\x05\x06", b"PAR1", b"\xef\xbb\xbf"]
    for at in range(110):
        magic = magics[at % len(magics)]
        yield f"random/{at}", magic + rng.randbytes(rng.choice([1, 8, 60, 500, 5000]))
    for at in range(20):
        signs = rng.choices("0123456789.,;\t|\"'\r\n \u00e9\u2028rx-+eE", k=rng.choice([10, 200, 2000]))
        yield f"random/signs {at}", b"id,target\n" + "".join(signs).encode()
