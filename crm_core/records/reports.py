"""Reports: which board is printed how often, in which language, and each time that it was made or could not be."""
import datetime as dt

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core.i18n import LANGUAGES, N_
from crm_core.records import kept
from crm_core.records.registry import Refused, action, lookup
from crm_core.schema import REPORT_FORMS, RHYTHMS, board, report, report_run
from crm_core.scope import Scope, months_back
from crm_core.store.record import Change

STATES = ("made", "failed")
LATEST_DAY = 28  # a day that every month has
ABSENT = N_("There is no such report.")
TAKEN = N_("There is a report of this name: choose another, or open that one.")
EDITABLE = ("rhythm", "on_day", "forms", "language")


@lookup("read")
def reports(connection: Connection, scope: Scope, *, archived: bool = False) -> list[dict]:
    """Return the reports for properties that are all in the scope, by name: the row, with `forms` as a tuple, `board` (its name) and
    `last` (the latest run, or None). `archived` asks for those that were put away instead."""
    return [_told(connection, row) for row in kept.listed(connection, scope, report, archived)]


@lookup("read")
def report_card(connection: Connection, scope: Scope, *, id: int) -> dict | None:
    """Return a report as reports() does, with its `runs`, latest first; None where there is none that the scope may see."""
    row = kept.found(connection, scope, report, id)
    return {**_told(connection, row), "runs": _runs(connection, id)} if row else None


@lookup("read")
def due_reports(connection: Connection, scope: Scope, *, day: dt.date) -> list[dict]:
    """Return the reports whose latest due day by `day` has not been tried yet, as reports() does, with that day as `due_on`.

    Where several days were missed only the latest is made up for. The first day is one after the report was made.
    """
    rows = [_told(connection, row) for row in kept.listed(connection, scope, report) if row["rhythm"] != "asked"]
    away = set(connection.execute(select(board.c.id).where(board.c.archived_at.is_not(None))).scalars())
    due = [row | {"due_on": due_on(row["rhythm"], row["on_day"], day)} for row in rows if row["board_id"] not in away]
    return [row for row in due if row["due_on"] > (row["made_for"] or row["due_on"] - dt.timedelta(1))]


def due_on(rhythm: str, on_day: int | None, day: dt.date) -> dt.date:
    """Return the latest day up to `day` on which a rhythm falls: every day, a weekday (0 = Monday), or a day of the month."""
    if rhythm == "daily":
        return day
    if rhythm == "weekly":
        return day - dt.timedelta((day.weekday() - (on_day or 0)) % 7)
    this = day.replace(day=on_day or 1)
    return this if this <= day else months_back(day, 1).replace(day=on_day or 1)


def _told(connection: Connection, row: dict) -> dict:
    name = connection.execute(select(board.c.name).where(board.c.id == row["board_id"])).scalar_one()
    return {**row, "forms": tuple(row["forms"].split(",")), "board": name, "last": next(iter(_runs(connection, row["id"], 1)), None)}


def _runs(connection: Connection, id: int, limit: int = 30) -> list[dict]:
    runs = select(report_run).where(report_run.c.report_id == id).order_by(report_run.c.id.desc()).limit(limit)
    return [dict(row) for row in connection.execute(runs).mappings()]


@action("view", "save", "report", marks=False)
def save_report(change: Change, scope: Scope, *, board_id: int, name: str, rhythm: str, on_day: int | None = None, forms: tuple[str, ...] = ("html",),
                language: str = "en") -> int:
    """Plan a report of a board for the scope's properties and return its number; it begins with the next due day after the as-of date.

    Raises Refused for a name that is empty or taken, a board out of sight, or a rhythm with a day that it does not have.
    """
    if kept.found(change.connection, scope, board, board_id) is None:
        raise Refused(N_("There is no such board."))
    values = _checked(rhythm=rhythm, on_day=on_day, forms=forms, language=language)
    name = kept.free_name(change.connection, scope, report, name, TAKEN)
    return kept.added(change, scope, report, board_id=board_id, name=name, made_for=scope.as_of, **values)


@action("view", "edit", "report", marks=False)
def change_report(change: Change, scope: Scope, *, id: int, version: int, values: dict) -> int:
    """Change a report's rhythm, on_day, forms or language (EDITABLE) and return its new version. Raises Stale or Refused."""
    row = kept.found(change.connection, scope, report, id)
    if row is None:
        raise Refused(ABSENT)
    if set(values) - set(EDITABLE):
        raise Refused(N_("A report's rhythm, day, forms and language can be changed."))
    present = {name: row[name] for name in EDITABLE} | {"forms": tuple(row["forms"].split(","))}
    return kept.changed(change, scope, report, id, version, ABSENT, **_checked(**{**present, **values}))


@action("view", "archive", "report", marks=False)
def archive_report(change: Change, scope: Scope, *, id: int, version: int) -> None:
    """Put a report away: it is made no more, and can be brought back."""
    kept.changed(change, scope, report, id, version, ABSENT, archived_at=change.at)


@action("view", "restore", "report", marks=False)
def restore_report(change: Change, scope: Scope, *, id: int, version: int) -> None:
    """Bring a report back. Raises Refused where another one has taken its name meanwhile."""
    kept.restored(change, scope, report, id, version, ABSENT, TAKEN)


@action("view", "make", "report", marks=False)
def note_report_run(change: Change, scope: Scope, *, id: int, for_on: dt.date, state: str, why: str = "", file: str = "", hash: str = "",
                    warehouse_version: int | None = None) -> int:
    """Write down that a report was made for a day, or why it could not be, and return the run's number; a day is not due a second time.

    Raises Refused for a report out of sight.
    """
    row = kept.found(change.connection, scope, report, id)
    if row is None:
        raise Refused(ABSENT)
    if row["rhythm"] != "asked":
        latest = max(for_on, row["made_for"] or for_on)
        change.connection.execute(sa.update(report).where(report.c.id == id).values(made_for=latest))
    values = {"report_id": id, "for_on": for_on, "at": change.at, "state": state, "why": why[:1000], "file": file, "hash": hash,
              "warehouse_version": warehouse_version}
    return change.connection.execute(sa.insert(report_run).values(values).returning(report_run.c.id)).scalar_one()


def _checked(rhythm: str, on_day: int | None, forms: tuple[str, ...], language: str) -> dict:
    if rhythm not in RHYTHMS or language not in LANGUAGES or not forms or set(forms) - set(REPORT_FORMS):
        raise Refused(N_("A report has a rhythm, a language of Innsight's, and is HTML, PDF or both."))
    if rhythm == "weekly" and on_day not in range(7):
        raise Refused(N_("A weekly report has a day of the week."))
    if rhythm == "monthly" and on_day not in range(1, LATEST_DAY + 1):
        raise Refused(N_("A monthly report has a day from 1 to 28."))
    return {"rhythm": rhythm, "on_day": on_day if rhythm in ("weekly", "monthly") else None,
            "forms": ",".join(form for form in REPORT_FORMS if form in forms), "language": language}
