"""Files that are broken in every way we could think of, in all formats, and changed copies of sound ones."""
import io
import json
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator

import pyarrow as pa
from pyarrow import parquet

from tests.ingest.books import ENTITY, FAR, LAUGHS, OUTSIDE, book, cells, forged

HEADER = "confirmation,property,status,booked_on,arrival,departure,channel,room_revenue,given_name"
ROWS = [f"R-{n},GALLE,checked_out,2025-01-{n + 10},2025-03-{n + 10},2025-03-{n + 12},Booking.com,{n}20.50,Zoë" for n in range(8)]
TEXT = "\n".join([HEADER, *ROWS]) + "\n"
GRID = [line.split(",") for line in TEXT.splitlines()]
OBJECTS = [dict(zip(GRID[0], row, strict=True)) for row in GRID[1:]]
CSV, LINES = TEXT.encode(), "\n".join(map(json.dumps, OBJECTS)).encode()
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FRACTIONS = [at / 12 for at in range(1, 12)]


def corpus() -> Iterator[tuple[str, bytes]]:
    """Yield (file name, content) of more than 300 malformed files; no two names are alike."""
    for at, (name, content) in enumerate(_all()):
        stem, _, ending = name.rpartition(".")
        yield f"{at:03}-{stem}.{ending}", content


def sound() -> dict[str, bytes]:
    """Return a sound file of each kind by name, for mutated()."""
    return {"sound.csv": CSV, "sound.tsv": TEXT.replace(",", "\t").encode("utf-16"), "sound.jsonl": LINES,
            "sound.json": json.dumps(OBJECTS).encode(), "sound.xlsx": book(*GRID), "sound.parquet": _parquet(),
            "cp1252.csv": TEXT.replace(",", ";").encode("cp1252")}


def mutated(data: bytes, seed: int) -> bytes:
    """Return a copy with one to eight changes: bytes turned, dropped, doubled, swapped, or replaced by what parsers stumble over."""
    chance, changed = random.Random(seed), bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(changed) + 1)
        to = min(len(changed), at + chance.choice([1, 1, 2, 8, 64]))
        change = chance.randrange(7)
        if change == 0 and at < len(changed):
            changed[at] ^= 1 << chance.randrange(8)
        elif change == 1:
            del changed[at:to]
        elif change == 2:
            changed[at:at] = changed[at:to] * chance.choice([1, 2, 50])
        elif change == 3:
            changed[at:at] = chance.choice(STUMBLES)
        elif change == 4:
            changed[at:to] = chance.randbytes(to - at)
        elif change == 5:
            del changed[at:at + len(changed) // 3]
        else:
            changed[at:to] = changed[at:to][::-1]
    return bytes(changed)


STUMBLES = [b'"', b'""', b'="', b",", b"\n", b"\r", b"\r\n", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80", b"\\", b"{", b"]", b"null",
    b"1e999", b"-", b"9" * 400, b"\t", b"\x1a", b"\xc2\x85", b"\xe2\x80\xa8", b"'", b"<", b"&", b"PK\x03\x04", b"%s", b"\\ud800", b"NaN"]


def _all() -> Iterator[tuple[str, bytes]]:
    yield from _cut()
    yield from _wrongly_named()
    yield from _texts()
    yield from _stumbling()
    yield from _encoded()
    yield from _json()
    yield from _workbooks()
    yield from _parquets()


def _parquet() -> bytes:
    file = io.BytesIO()
    parquet.write_table(pa.table({name: [row[name] for row in OBJECTS] for name in GRID[0]}), file)
    return file.getvalue()


def _cut() -> Iterator[tuple[str, bytes]]:
    """Yield each kind of file cut off at eleven places, and with its beginning cut off."""
    for name, content in sound().items():
        for fraction in FRACTIONS:
            yield f"cut-{name}", content[:int(len(content) * fraction)]
        yield f"headless-{name}", content[len(content) // 2:]
        yield f"doubled-{name}", content + content
        yield f"reversed-{name}", content[::-1]


def _wrongly_named() -> Iterator[tuple[str, bytes]]:
    for name, content in sound().items():
        for ending in ("csv", "xlsx", "xls", "jsonl", "parquet", "pdf"):
            yield f"named-{name.replace('.', '-')}.{ending}", content
    for magic in (b"\x89PNG\r\n\x1a\n", b"%PDF-1.7\n", b"\x1f\x8b\x08\0", b"GIF89a", b"SQLite format 3\0", b"\x7fELF", b"<html><table><tr><td>1", b"{\\rtf1"):
        yield "picture.csv", magic + CSV
        yield "picture.xls", magic


def _texts() -> Iterator[tuple[str, bytes]]:
    first, rest = ROWS[0], "\n".join(ROWS[1:])
    wide = ",".join(f"c{n}" for n in range(100_000))
    yield from ((f"text-{at}.csv", text if isinstance(text, bytes) else text.encode()) for at, text in enumerate([
        b"", b" ", b"\n" * 5_000, b"\r" * 5_000, b"," * 400, (b"," * 8 + b"\n") * 50, HEADER, HEADER + "\n", HEADER + "\n\n\n", f"{HEADER}\n{HEADER}\n",
        TEXT.replace("\n", "\r"), TEXT.replace("\n", "\r\n", 3), TEXT.replace("\n", "\n\r"), TEXT.replace("\n", "\r\r\n"), TEXT.replace("\n", "\v"),
        TEXT.replace("\n", "\u2028"), TEXT.replace("\n", "\x85"), TEXT.replace("\n", "\n\n"), TEXT.replace(",", ";", 20), TEXT.replace(",", "\t", 9),
        TEXT.replace(",", "||"), TEXT.replace(",", "~"), TEXT.replace(",", " "), f'"{TEXT}', f'{HEADER}\n"{first}\n{rest}', f'{HEADER}\n{first}"\n{rest}',
        f'{HEADER}\n"R-1""x,{first}\n{rest}', f"{HEADER}\n'{first}\n{rest}", TEXT.replace("GALLE", '"GALLE'), TEXT.replace("GALLE", 'GAL"LE'),
        TEXT.replace("GALLE", '""GALLE"'), TEXT.replace("GALLE", '"GALLE\n'), TEXT.replace("GALLE", "GAL\0LE"), TEXT + "\0" * 5_000, TEXT + "\x1a",
        TEXT.replace("GALLE", "G" * 70_000, 1), TEXT + "x" * 3_000_000, "x" * 3_000_000, '"' + "x\n" * 200_000, wide + "\n" + wide, wide,
        HEADER.replace("status", "arrival") + "\n" + rest, HEADER.replace("status", "") + "\n" + rest, ",,,,,,,,\n" + rest, rest, f"{HEADER},,,\n{rest}",
        f"{HEADER},{HEADER}\n{rest}", "\n".join(row[:at * 9] for at, row in enumerate(ROWS)), "\n".join(f"{row},x,y" for row in ROWS),
        f"{HEADER}\n" + "\n".join(row + "," * at for at, row in enumerate(ROWS)), "Total,,,\n" * 40, f"{HEADER}\n" + "Total,,,,,,,,\n" * 40,
        "Galle\n" * 400 + TEXT, "a\n" * 300, "1\n2\n3\n", "🛎️,🛏️\n☕,🍳\n", TEXT.replace("2025", "２０２５"), TEXT.replace("2025-", "0000-"),
        TEXT.replace("20.50", "1e309"), TEXT.replace("20.50", "NaN"), TEXT.replace("20.50", "9" * 5_000), TEXT.replace("2025-03", "31/02"),
        TEXT.replace("GALLE", "=cmd|'/C calc'!A0"), TEXT.replace("GALLE", '="GALLE'), TEXT.replace("GALLE", "4111 1111 1111 1111"),
        TEXT.replace("Zoë", "Z\u202eo\u0308" + "\u0301" * 500), TEXT.replace("Zoë", "\ufdd0json"), TEXT.replace("Zoë", "\uffff\U0010ffff"), "sep=,\n" + TEXT,
        "\ufeff\ufeff" + TEXT, TEXT.replace(HEADER, f"\ufeff{HEADER}", 1).replace("\nR-3", "\n\ufeffR-3"), "#" + TEXT, "--\n" + TEXT, "{" + TEXT, "[" + TEXT,
    ]))


def _stumbling() -> Iterator[tuple[str, bytes]]:
    """Yield the sound CSV with each stumbling block at its beginning, inside its header and inside a row."""
    for at, block in enumerate(STUMBLES):
        for place in (0, 30, len(HEADER) + 40):
            yield f"stumble-{at}-{place}.csv", CSV[:place] + block + CSV[place:]


def _encoded() -> Iterator[tuple[str, bytes]]:
    names = "Müller;Łódź;Иван;Ayşe;王伟;田中;Γιώργος;محمد"
    for page in ("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1256", "gb18030", "shift_jis", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "cp037"):
        yield f"{page}.csv", (TEXT + names + "\n").encode(page, "replace")
    lines = [line.encode(page) for line, page in zip([HEADER, *ROWS], ["utf-8", "cp1252", "utf-8", "utf-16", "utf-8", "cp437", "utf-8", "utf-32", "utf-8"],
        strict=True)]
    yield "mixed.csv", b"\n".join(lines)
    yield "surrogates.csv", TEXT.replace("Zoë", "\ud800").encode("utf-8", "surrogatepass")
    yield "surrogates16.csv", TEXT.replace("Zoë", "\ud800").encode("utf-16", "surrogatepass")
    yield "odd16.csv", TEXT.encode("utf-16")[:-1]
    yield "mark-only.csv", b"\xff\xfe"
    yield "wrong-mark.csv", b"\xff\xfe" + CSV
    yield "mark-in-the-middle.csv", CSV[:200] + b"\xef\xbb\xbf" + CSV[200:]
    yield "overlong.csv", CSV + b"\xc0\xaf,\xf8\x88\x80\x80\x80,\xf4\x90\x80\x80\n"
    yield "noise.csv", random.Random(1).randbytes(20_000)
    yield "letters.csv", bytes(range(32, 256)) * 20


def _json() -> Iterator[tuple[str, bytes]]:
    deep = 100_000
    yield from ((f"json-{at}.jsonl", text.encode("utf-8", "surrogatepass")) for at, text in enumerate([
        "{}", "[]", "{}\n{}\n", "null\n", "5\n" * 50, '"x"\n', "[1]\n[2]\n", "{" * deep, "[" * deep, '{"a":' * deep, '{"a":' * deep + "1" + "}" * deep,
        "[" * deep + "]" * deep, '{"a":' + "[" * 900 + "]" * 900 + "}", '{"a":1}{"a":2}\n', '{"a":1},\n{"a":2}\n', "{'a':1}\n", '{"a":NaN,"b":Infinity}\n',
        '{"a":1e999999}\n', '{"a":' + "9" * 5_000 + "}\n", '{"a":"\\ud800"}\n', '{"a":"\ud800"}\n', '{"a":"\\u0000"}\n', '{"":1}\n', '{"a":1,"a":2}\n',
        json.dumps({f"k{n}": n for n in range(5_000)}), "\n".join(json.dumps({f"k{n}": n}) for n in range(900)), '{"a":"' + "x" * 2_000_000 + '"}\n{"a":1}',
        '{"a":"x\ny"}\n', '{"a":"\\ufdd0json"}\n', '{"\\ufdd0json":"x"}\n{"a":1}\n', '{"a":1}\r{"a":2}\r', '// note\n{"a":1}\n', '{"a":{"b":{"c":[{"d":[1,[2]]}]}}}',
        '[{"a":1},{"a":2}', '[{"a":1}]\n[{"a":2}]\n', '[1,"x",null,{"a":1}]', '[[{"a":1}]]', '{"a":true,"b":false,"c":null}\n', '{"a.b":1,"a":{"b":2}}\n',
        '{"data":[{"a":1},{"a":2}]}', "\n\n\n" + '{"a":1}', '{"a":1}\n' + "\0" * 500, "{\n \"a\": 1\n}\n",
    ]))
    yield "utf16.jsonl", LINES.decode().encode("utf-16")
    yield "cp1252.jsonl", '{"name": "Müller"}\n{"name": "Weiß"}\n'.encode("cp1252")


def _workbooks() -> Iterator[tuple[str, bytes]]:
    one = book(*GRID)
    for at, content in enumerate([
        forged(ENTITY, before=LAUGHS), forged(ENTITY, before=OUTSIDE), forged(FAR), forged(cells(2_000, 400)), forged("<"),
        forged("<row>"), forged("&amp;" * 9),
        forged('<row r="-1"><c r="A1"><v>1</v></c></row>'), forged('<row r="9999999"><c r="A9999999"><v>1</v></c></row>'),
        forged('<row r="1"><c r="??"><v>1</v></c></row>'),
        forged('<row r="1"><c r="A1" t="s"><v>99</v></c></row>'), forged('<row r="1"><c r="A1" s="9999"><v>1</v></c></row>'),
        forged('<row r="1"><c t="d"><v>x</v></c></row>'),
        forged('<row r="1"><c t="b"><v>7</v></c><c t="e"><v>#REF!</v></c></row>'), forged('<row r="1"><c><v>1e999</v></c></row>'),
        forged('<row r="1"><c><v>abc</v></c></row>'),
        forged('<row r="2"><c r="B2"><v>1</v></c></row><row r="1"><c r="A1"><v>2</v></c></row>'), forged("", more={"../../x": "x"}),
        forged("", more={"/etc/x": "x"}),
        forged("", more={f"e{n}": "x" for n in range(1_200)}), forged("", more={"xl/styles2.xml": "<"}),
        book([]), book(["a"]), book(["a"] * 600), book(["a", "a"], [1, 2]), book(One=[], Two=[]), book(["a", "b"], ["=1/0", "=SUM(A1:A9)"]),
        book(["a"], ["x" * 32_000]), book(["a", "b"], [None, None], ["\u202e", "two\nlines"]), book(*[["", "x"]] * 300),
        zlib.compress(one), b"PK\x03\x04" + b"\0" * 500, b"PK\x03\x04" + one[4:200] + one[300:], one.replace(b"PK\x01\x02", b"PK\x09\x09"),
        one.replace(b"PK\x05\x06", b"PK\x09\x09"), _with_size(one, 0), _with_size(one, 0xFFFFFFF0), _archive({"hello.txt": "x"}), _archive({}),
        _archive({"[Content_Types].xml": "<x/>"}), _archive({"[Content_Types].xml": "<x/>", "xl/workbook.xml": "<workbook/>"}),
        one + b"\0" * 70_000, b"x" * 30 + one,
    ]):
        yield f"book-{at}.xlsx", content
    for at, content in enumerate([OLE, OLE + b"\0" * 504, OLE + b"\0" * 5_000, OLE + b"\xff" * 5_000, OLE + random.Random(2).randbytes(8_000), OLE + one, OLE + CSV,
        _ole(b"\x09\x08\x10\0\0\x06\x05\0" + b"\0" * 4_100), _ole(b"\xff" * 4_100), _ole(b"\0" * 4_100)]):
        yield f"old-{at}.xls", content


def _archive(entries: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


def _with_size(archive: bytes, size: int) -> bytes:
    """Return the archive whose directory tells a wrong unpacked size of its first entry."""
    at = archive.index(b"PK\x01\x02") + 24
    return archive[:at] + struct.pack("<I", size) + archive[at + 4:]


def _ole(stream: bytes) -> bytes:
    """Return the smallest compound file with one stream, "Workbook", of at least 4,096 bytes."""
    sectors = -(-len(stream) // 512)
    head = OLE + b"\0" * 16 + struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<I", 0) + b"\xff\xff\xff\xff" * 108
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 2 + sectors), 0xFFFFFFFE]
    table = b"".join(struct.pack("<I", entry) for entry in chain + [0xFFFFFFFF] * (128 - len(chain)))
    folder = _entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + _entry("Workbook", 2, 0xFFFFFFFF, 2, len(stream)) + b"\0" * 256
    return head.ljust(512, b"\0")[:512] + table + folder + stream.ljust(sectors * 512, b"\0")


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    coded = name.encode("utf-16-le") + b"\0\0"
    return (coded.ljust(64, b"\0") + struct.pack("<HBBIII", len(coded), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child) + b"\0" * 36
            + struct.pack("<III", start, size, 0))


def _parquets() -> Iterator[tuple[str, bytes]]:
    one = _parquet()
    for at, content in enumerate([
        b"PAR1", b"PAR1PAR1", b"PAR1" + b"\0" * 8 + b"PAR1", b"PAR1" + b"\xff\xff\xff\xff" + b"PAR1", b"PAR1" + b"\xff" * 500 + b"PAR1", one[:-4],
        one[:-8] + b"\0\0\0\0PAR1",
        one[:-8] + b"\xff\xff\xff\x7fPAR1", one[:-8] + b"\x10\0\0\0PAR1", one[:4] + b"\0" * 300 + one[304:], one[:4] + one[300:],
        one[:-300] + b"\0" * 292 + one[-8:],
        one + one, one + b"\0" * 100, one.replace(b"confirmation", b"confirmatio\0"), _of({}), _of({"a": []}),
        _of({f"c{n}": [1] for n in range(600)}),
        _of({"a": [None, None]}), _of({"a": [b"\xff\xfe"]}), _of({"a": [{"b": {"c": [1, 2]}}]}), _of({"a": [[[1], [2]], []]}),
        _of({"": ["x"], "b": ["y"]}),
        _of({"a": [float("nan"), float("inf")]}), _of({"a": ["x" * 70_000]}), _of({"a": ["two\nlines", "\0"]}), _of({"a": [10 ** 18, -1]}),
        _of({"a": [1] * 400_000}), _of({"a": pa.array([2 ** 62, 0], pa.timestamp("us"))}), _of({"a": pa.array([2 ** 31 - 1], pa.date32())}),
        _of({"a": pa.array([1], pa.duration("s"))}), _of({"a": pa.array(["x"]).dictionary_encode()}),
        _of({"a": pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int32()))}),
    ]):
        yield f"column-{at}.parquet", content


def _of(columns: dict) -> bytes:
    file = io.BytesIO()
    parquet.write_table(pa.table(columns), file)
    return file.getvalue()
