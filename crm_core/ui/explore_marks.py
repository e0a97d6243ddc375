"""What happened while a figure went up or down, under an axis of time: events, campaigns and notes, with their words."""
import datetime as dt

import pandas as pd

from crm_core import formats
from crm_core.charts import lines
from crm_core.i18n import t
from crm_core.records.annotations import annotations
from crm_core.telling import exploring
from crm_core.telling.exploring import Axes
from crm_core.ui.load import load, look, view
from crm_core.ui.parts import small
from crm_core.ui.text import plain, safe

MOST_MARKS = 8


def _happened(axes: Axes) -> list[tuple[dt.date, dt.date | None, str]]:
    """What is worth knowing beside the time axis: events, campaigns and notes, each with its day, its last day and its words."""
    if axes.rows not in exploring.TIMES or axes.rows == "year":
        return []
    scope = view().scope
    kinds = {"event": t("Event"), "campaign": t("Campaign")}
    found = [(_day(m.on_day), _day(m.until), f"{m.called} ({kinds[m.kind]})") for m in load("marks").itertuples()]
    notes = look(annotations, since=scope.period.start, until=scope.period.end)
    return sorted([*found, *((n["on_day"], n["until_on"], plain(n["said"])) for n in notes)], key=lambda one: one[0])


def _day(value: object) -> dt.date | None:
    return None if pd.isna(value) else value.date() if isinstance(value, pd.Timestamp) else value


def _chosen(axes: Axes) -> list[tuple[dt.date, dt.date | None, str]]:
    """The latest of what happened: more would hide the axis."""
    return _happened(axes)[-MOST_MARKS:]


def marks(axes: Axes, rows: list) -> list[lines.Mark]:
    """Return what happened as marks under an axis of these rows."""
    spans = [exploring.span_of(axes.rows, row) for row in rows] if axes.rows in exploring.TIMES else []
    found = []
    for day, until, said in _chosen(axes):
        at = _at(spans, max(day, spans[0][0])) if spans else None
        if at is not None:
            found.append(lines.Mark(at, f"{formats.date(day)}: {said}", _at(spans, until) if until and until > day else None))
    return found


def _at(spans: list, day: dt.date) -> float | None:
    """The place of a day on the axis: half a step to either side of its group's own place."""
    for place, (first, after) in enumerate(spans):
        if first <= day < after:
            return place + (day - first).days / (after - first).days - 0.5 if (after - first).days > 1 else float(place)
    return None


def said(axes: Axes) -> None:
    """The words of the marks under the chart."""
    happened, shown = _happened(axes), _chosen(axes)
    if shown:
        said = " · ".join(f"{formats.day_month(day)}{f'–{formats.day_month(until)}' if until and until > day else ''} {what}" for day, until, what in shown)
        more = [t("and {n} more before", n=formats.count(len(happened) - len(shown)))] if len(happened) > len(shown) else []
        small(safe("▲ " + " · ".join([said, *more])), grey=True)
