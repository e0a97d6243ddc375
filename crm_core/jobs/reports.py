"""Where the inbox's files go, and the reports that are laid beside them: for people as text, for programs as JSON, the rejects as CSV."""

import json
import os
from pathlib import Path

from crm_core.i18n import t
from crm_core.ingest.importing import Result
from crm_core.ingest.problems import warning
from crm_core.jobs import bringing, words
from crm_core.settings import Settings
from crm_core.store.record import now

LONGEST = 220  # bytes of a file's name, so that the reports' endings have room within the usual 255
SUFFIXES = ("", ".report.txt", ".report.json", ".rejects.csv")


def shown(path: Path) -> str:
    """Return a file's name as it can be shown and kept: letters only, no line breaks, no bytes that are no text."""
    text = os.fsencode(path.name).decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else "_" for letter in text)


def file_away(settings: Settings, path: Path, place: str, done: Result | None = None, message: tuple[str, dict] | None = None) -> Path:
    """Move a file of the inbox to done/ or rejected/ of today, with its reports; return where it lies now."""
    folder = settings.home / "inbox" / place / now()[:10]
    folder.mkdir(parents=True, exist_ok=True)
    target = _free(folder, shown(path))
    said = words.message(*message) if message else words.message("nothing_taken", {}) if place == "rejected" else ""
    report = _report(shown(path), place, done, said)
    _beside(target, ".report.json").write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")
    _beside(target, ".report.txt").write_text(_text(report), encoding="utf-8")
    if done and done.rejected:
        _beside(target, ".rejects.csv").write_text(bringing.whole_lines(settings, done.batch), encoding="utf-8-sig", newline="")
    if os.path.lexists(path):
        path.rename(target)
    return target


def _free(folder: Path, name: str) -> Path:
    """Return a path that neither a file nor a report has: a name that is taken gets a number, one that leaves no room is cut."""
    stem, suffix = os.path.splitext(name)
    if len(name.encode()) > LONGEST:
        stem, suffix = stem.encode()[: LONGEST - 20].decode(errors="ignore"), suffix[-5:]
        name = stem + suffix
    number = 1
    while any(os.path.lexists(_beside(folder / name, end)) for end in SUFFIXES):
        number += 1
        name = f"{stem} ({number}){suffix}"
    return folder / name


def _beside(target: Path, suffix: str) -> Path:
    return target.with_name(target.name + suffix)


def _report(name: str, place: str, done: Result | None, said: str) -> dict:
    counts = bringing.as_dict(done) if done else {}
    told = [warning(code, values) for code, values in counts.pop("warnings", [])]
    return {"file": name, "state": place, "at": now(), "message": said, **counts, "warnings": told}


def _text(report: dict) -> str:
    lines = [f"{report['file']}: {report['message']}" if report["message"] else report["file"]]
    if "read" in report:
        lines.append(
            t(
                "Rows read {read}: new {added}, changed {updated}, rejected {rejected}, already here {duplicates}. Batch {batch}.",
                **{key: report[key] for key in ("read", "added", "updated", "rejected", "duplicates", "batch")},
            )
        )
    return "\n".join([*lines, *(f"- {line}" for line in report["warnings"])]) + "\n"
