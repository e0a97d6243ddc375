"""Decisions: what will be done about a figure and what is expected by when, what came of it on that day, and what was learnt."""
import datetime as dt
import math
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core import views
from crm_core.i18n import N_
from crm_core.metrics import CATALOGUE
from crm_core.records import kept
from crm_core.records.registry import Refused, action, lookup
from crm_core.records.segments import seen
from crm_core.schema import decision
from crm_core.scope import Scope
from crm_core.store.record import Change
from crm_core.views import View

LONGEST = 400  # characters of what will be done, and of what was learnt
LONGEST_OWNER = 80
LATEST = dt.timedelta(3 * 366)
ABSENT = N_("There is no such decision.")
ENDED = N_("This decision was dropped or closed: write down a new one.")


@lookup("read")
def decisions(connection: Connection, scope: Scope, *, state: str | None = None, kpi: str | None = None) -> list[dict]:
    """Return the decisions for properties that are all in the scope, those due first at the top: the row, with `view` (a View).

    `state` is one of DECISION_STATES; a KPI narrows to the decisions about it.
    """
    d = decision.c
    asked = select(decision).order_by(d.due_on, d.id)
    asked = asked.where(d.state == state) if state else asked
    asked = asked.where(d.kpi == kpi) if kpi else asked
    return [_told(row) for row in connection.execute(asked).mappings() if seen(row["properties"], scope)]


@lookup("read")
def decision_card(connection: Connection, scope: Scope, *, id: int) -> dict | None:
    """Return a decision as decisions() does; None where there is none that the scope may see."""
    row = _find(connection, scope, id)
    return _told(row) if row else None


@lookup("read")
def due_decisions(connection: Connection, scope: Scope) -> list[dict]:
    """Return the open decisions whose day has come by the scope's as-of date and whose figure has not been read yet."""
    d = decision.c
    asked = select(decision).where(d.state == "open", d.due_on <= scope.as_of).order_by(d.due_on, d.id)
    return [_told(row) for row in connection.execute(asked).mappings() if seen(row["properties"], scope)]


def _told(row: Mapping) -> dict:
    return {**row, "view": views.read(row["page"], row["params"])}


@action("view", "decide", "decision", marks=False)
def decide(change: Change, scope: Scope, *, kpi: str, will_do: str, due_on: dt.date, owner: str = "", expected: float | None = None, page: str = "",
           params: Mapping[str, str] | None = None, was: float | None = None, was_low: float | None = None, was_high: float | None = None,
           was_n: float | None = None, playbook: str = "", from_on: dt.date | None = None) -> int:
    """Write down what will be done about a KPI from a day on (the as-of date) and what it is expected to be until another; return the number.

    `was` with its interval and n is the KPI as the tile told it under the filters in `params` (codes); values are in the KPI's unit, money in
    minor units of the reporting currency. Raises Refused for a KPI that does not exist, nothing to do, or a day that does not lie ahead.
    """
    begins = from_on or scope.as_of
    if kpi not in CATALOGUE:
        raise Refused(N_("There is no such figure."))
    if not begins < due_on <= begins + LATEST:
        raise Refused(N_("The day by which it is expected lies after the beginning, by three years at most."))
    values = {"kpi": kpi, "page": page, "params": View(page, params or {}).written, "will_do": _said(will_do, N_("Say what will be done.")),
              "owner": _short(owner), "from_on": begins, "due_on": due_on, "expected": _number(expected), "playbook": playbook,
              "was": _number(was), "was_low": _number(was_low), "was_high": _number(was_high), "was_n": _number(was_n)}
    return kept.added(change, scope, decision, **values)


@action("view", "edit", "decision", marks=False)
def change_decision(change: Change, scope: Scope, *, id: int, version: int, will_do: str, owner: str = "") -> int:
    """Say otherwise what will be done or who will, and return the new version. What was expected, and by when, stands as it was written.

    Raises Stale where somebody else changed it since, Refused once it is read.
    """
    if (row := _find(change.connection, scope, id)) and row["state"] != "open":
        raise Refused(N_("The figure has been read already: write down a new decision."))
    return _change(change, scope, id, version, will_do=_said(will_do, N_("Say what will be done.")), owner=_short(owner))


@action("view", "read", "decision", marks=False)
def read_outcome(change: Change, scope: Scope, *, id: int, version: int, came: float | None, low: float | None = None, high: float | None = None,
                 n: float | None = None) -> int:
    """Write down what the figure is now, with its interval and n, and return the new version; None stands for too few cases to tell.

    Raises Refused before the day has come, and for a decision that is not open; Stale where somebody else changed it since.
    """
    row = _find(change.connection, scope, id)
    if row and row["due_on"] > scope.as_of:
        raise Refused(N_("The day by which it is expected has not come yet."))
    if row and row["state"] != "open":
        raise Refused(ENDED if row["state"] == "dropped" else N_("The figure has been read already: write down a new decision."))
    return _change(change, scope, id, version, state="read", came=_number(came), came_low=_number(low), came_high=_number(high), came_n=_number(n))


@action("view", "close", "decision", marks=False)
def close_decision(change: Change, scope: Scope, *, id: int, version: int, learnt: str) -> int:
    """Say what was learnt once the figure was read, and return the new version. Raises Refused before that, or where nothing is said."""
    row = _find(change.connection, scope, id)
    if row and row["state"] != "read":
        raise Refused(ENDED if row["state"] == "dropped" else N_("The figure has not been read yet."))
    return _change(change, scope, id, version, learnt=_said(learnt, N_("Say what was learnt.")), closed_at=change.at)


@action("view", "drop", "decision", marks=False)
def drop_decision(change: Change, scope: Scope, *, id: int, version: int, why: str) -> int:
    """Give a decision up before its figure is read, saying why, and return the new version; it stays in the list of those dropped."""
    row = _find(change.connection, scope, id)
    if row and row["state"] != "open":
        raise Refused(ENDED if row["state"] == "dropped" else N_("The figure has been read already: close the decision instead."))
    return _change(change, scope, id, version, state="dropped", learnt=_said(why, N_("Say why it is given up.")), closed_at=change.at)


def _find(connection: Connection, scope: Scope, id: int) -> dict | None:
    return kept.found(connection, scope, decision, id)


def _change(change: Change, scope: Scope, id: int, version: int, **values) -> int:
    return kept.changed(change, scope, decision, id, version, ABSENT, **values)


def _said(text: str, nothing: str) -> str:
    plain = text.replace("\x00", "").strip()
    if not plain:
        raise Refused(nothing)
    if len(plain) > LONGEST:
        raise Refused(N_("The text has at most 400 characters."))
    return plain


def _short(owner: str) -> str:
    plain = " ".join(owner.replace("\x00", "").split())
    if len(plain) > LONGEST_OWNER:
        raise Refused(N_("A name has 1 to 80 characters."))
    return plain


def _number(value: float | None) -> float | None:
    """A number as it is stored: what is not known, such as the interval of a full count, is null."""
    if value is None or math.isnan(value):
        return None
    if math.isinf(value):
        raise Refused(N_("This is not a number."))
    return float(value)
