"""A zip file that somebody sent, read in memory and within limits: nothing is ever written to the disk, no header is believed."""

import io
import re
import stat
import zipfile
from collections.abc import Sequence

from crm_core.association.reading import Bad
from crm_core.i18n import t

LARGEST_ZIP, LARGEST_UNPACKED, LARGEST_FILE = 10_000_000, 50_000_000, 1_000_000
MOST_ENTRIES, RATIO, CHUNK = 1_000, 100, 65_536
PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
PATH = re.compile(r"(?:[a-z]{1,20}/)?[A-Za-z0-9][A-Za-z0-9_-]{0,59}\.json")
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the first that a zip file can tell
ENCRYPTED = 0x1


class BadArchive(Bad):
    """The zip file is damaged, dangerous, or none."""


def pack(files: dict[str, bytes]) -> bytes:
    """Return files (path → content) as a zip file; equal files give equal bytes, whenever it is made."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, FIRST_DAY)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, files[path], compresslevel=9)
    return out.getvalue()


def unpack(data: bytes) -> dict[str, bytes]:
    """Return the files of a zip file, path → content: JSON files at most one folder deep. Raises BadArchive, whatever is wrong with it."""
    if len(data) > LARGEST_ZIP:
        raise BadArchive(t("The file has more than {most} MB. Ask for a smaller one.", most=LARGEST_ZIP // 10**6))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check(entries)
            return _contents(archive, entries, min(LARGEST_UNPACKED, RATIO * len(data)))
    except BadArchive:
        raise
    except Exception as problem:  # whatever a damaged file does to its reader, the answer is one message
        raise BadArchive(t("The file is damaged, or no zip file. Ask for it again.")) from problem


def _check(entries: Sequence[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES:
        raise BadArchive(t("The file holds {n} files, and at most {most} are possible. Ask for a smaller one.", n=len(entries), most=MOST_ENTRIES))
    names = [entry.orig_filename for entry in entries]
    found = [problem for problem in map(_wrong, entries) if problem]
    found += [t("“{path}” stands in the file twice.", path=path[:60]) for path in sorted(set(names)) if names.count(path) > 1]
    if found:
        raise BadArchive(*found)


def _wrong(entry: zipfile.ZipInfo) -> str:
    """What is wrong with an entry, judged by its name as it is written; "" where nothing is."""
    path, mode = entry.orig_filename, entry.external_attr >> 16
    if not PATH.fullmatch(path):
        return t("“{path}” does not belong into such a file: it may hold nothing but its own JSON files.", path=path[:60])
    if entry.flag_bits & ENCRYPTED:
        return t("“{path}” is locked by a password. Ask for the file without one.", path=path[:60])
    if entry.compress_type not in PLAIN or (stat.S_IFMT(mode) not in (0, stat.S_IFREG)):
        return t("“{path}” is no plain file.", path=path[:60])
    return ""


def _contents(archive: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo], most: int) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for entry in entries:
        files[entry.filename] = _content(archive, entry, min(LARGEST_FILE, most))
        most -= len(files[entry.filename])
    return files


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    """The content, counted while it is unpacked: what the header says of its size is not believed."""
    content = bytearray()
    with archive.open(entry) as file:
        while chunk := file.read(CHUNK):
            content += chunk
            if len(content) > most:
                raise BadArchive(t("“{path}” unpacks into far too much. The file may be meant to do harm: do not use it.", path=entry.filename[:60]))
    return bytes(content)
