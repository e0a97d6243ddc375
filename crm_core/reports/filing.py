"""Reports are written to their folder, whole or not at all: the HTML, its manifest beside it, and the PDF where it was asked for."""
import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from crm_core.i18n import t
from crm_core.records.boards import board_card
from crm_core.records.registry import Refused
from crm_core.records.reports import note_report_run
from crm_core.reports.making import House, Made, file_stem, of_board
from crm_core.reports.printing import NotPrinted, print_pdf
from crm_core.settings import Settings, reports_home
from crm_core.store.record import now


@dataclass(frozen=True)
class Filed:
    """What was written: the files, the hash, and a sentence about what is missing ("" for nothing)."""

    files: tuple[Path, ...]
    hash: str
    missing: str = ""


def folder_of(settings: Settings) -> Path:
    """Return where a store's reports are written: in the folder that the operator named, else at home; the demo's never lie among the hotel's."""
    return (reports_home() or settings.home / "reports") / settings.store


def file_report(made: Made, folder: Path, stem: str, forms: Sequence[str]) -> Filed:
    """Write a report under a name without ending; what lay there under the same name is replaced. A PDF that cannot be printed is told, not raised."""
    folder.mkdir(parents=True, exist_ok=True)
    html, beside, pdf = (folder / f"{stem}.{ending}" for ending in ("html", "json", "pdf"))
    text = made.html.encode()
    _write(html, text)
    told = {**made.manifest, "sha256": hashlib.sha256(text).hexdigest(), "made_at": now()}
    _write(beside, (json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode())
    if "pdf" not in forms:
        return Filed((html, beside), made.hash)
    try:
        print_pdf(html, pdf)
    except NotPrinted as problem:
        return Filed((html, beside), made.hash, t(str(problem)))
    return Filed((html, beside, pdf), made.hash)


def print_report(settings: Settings, there: House, report: dict, day: dt.date, folder: Path | None = None) -> Filed:
    """Make a report (as records.reports tells it) for a day, write its files and note that it was made, or why not; the failure is raised again."""
    note = {"id": report["id"], "for_on": day, "warehouse_version": there.warehouse.version.number}
    try:
        filed = _printed(settings, there, report, day, folder)
    except Exception as problem:
        note_report_run(there.store, there.scope, **note, state="failed", why=f"{type(problem).__name__}: {problem}")
        raise
    note_report_run(there.store, there.scope, **note, state="made", why=filed.missing, file=str(filed.files[0]), hash=filed.hash)
    return filed


def _printed(settings: Settings, there: House, report: dict, day: dt.date, folder: Path | None) -> Filed:
    card = board_card(there.store, there.scope, id=report["board_id"])
    if card is None or not card["views"]:
        raise Refused(t("The board “{name}” has no views to print: put some on it.", name=report["board"]))
    properties = json.loads(report["properties"]) or None
    made = of_board(there, card, report["name"], report["language"], properties)
    return file_report(made, folder or folder_of(settings), file_stem(report["name"], day, report["id"]), report["forms"])


def _write(path: Path, text: bytes) -> None:
    beside = path.with_name(f".{path.name}.part")
    beside.write_bytes(text)
    beside.replace(path)
