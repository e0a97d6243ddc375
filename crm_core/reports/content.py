"""What a report says of a view: its filters in words, cards of figures, tables with their pictures, and what of the view is no longer there."""
import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from crm_core import formats, queries, views
from crm_core.i18n import t, tn
from crm_core.metrics import CATALOGUE, metric
from crm_core.metrics.dimensions import DIMENSIONS
from crm_core.records.segments import segments
from crm_core.reports import drawings
from crm_core.reports.tables import TIMES, Table, by_groups, by_month
from crm_core.scope import Scope
from crm_core.store.record import RecordStore
from crm_core.store.warehouse import Warehouse
from crm_core.telling import figures, uses
from crm_core.views import View

SPLITTING = ("figure", "explore")
USUAL_TOP = next(iter(views.TOPS))


@dataclass(frozen=True)
class Source:
    """What a report is made from: one version of the warehouse, who asks, and what properties, channels and segments are called."""

    warehouse: Warehouse
    scope: Scope
    currency: str
    places: Mapping[int, str]
    channels: Mapping[str, str]
    segments: tuple[dict, ...]

    @property
    def names(self) -> dict[object, str]:
        """The names of groups by property and channel."""
        return {**self.places, **self.channels}


@dataclass(frozen=True)
class Card:
    """A figure: its value as text, lines under it as (text, tone), a small line of its months."""

    name: str
    value: str
    lines: tuple[tuple[str, str], ...]
    spark: str


@dataclass(frozen=True)
class Section:
    """One view as it is printed; `numbers` are the bare rows behind it, of which the report's hash is made."""

    name: str
    note: str
    view: View
    said: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    cards: tuple[Card, ...] = ()
    tables: tuple[Table, ...] = ()
    kpis: tuple[str, ...] = ()
    scope: Scope | None = None
    numbers: tuple[tuple, ...] = field(default=(), repr=False)


def source(warehouse: Warehouse, store: RecordStore, scope: Scope, currency: str) -> Source:
    """Return what reports in a scope are made from."""
    places, channels = (queries.run(warehouse, scope, name) for name in ("properties", "channels"))
    return Source(warehouse, scope, currency, dict(zip(places["property_id"], places["name"], strict=True)),
                  dict(zip(channels["channel"], channels["name"], strict=True)), tuple(segments(store, scope)))


def section(src: Source, name: str, note: str, view: View) -> Section:
    """Return a view as it is printed, in the language in use. What it names and is not here is said in the place of its figures."""
    blank = Section(name, note, view)
    told = views.problems(view, src.places, src.channels, src.segments)
    if told:
        return replace(blank, problems=tuple(told))
    places = {**{place: place for place in src.places}, **{called: place for place, called in src.places.items()}}
    scope = views.scope_of(view, src.scope, places, src.channels.keys(), src.segments)
    kept = replace(blank, said=_filters(src, view, scope), scope=scope)
    try:
        return _filled(replace(src, scope=scope), kept)
    except ValueError as problem:  # two choices that do not go together
        return replace(kept, problems=(str(problem),))


def _filled(src: Source, kept: Section) -> Section:
    keys = shown_kpis(kept.view)
    if not keys:
        return replace(kept, problems=(t("This page has no figures to print: what it shows belongs on the screen."),))
    frame = queries.run(src.warehouse, src.scope, "kpi_values", keys=keys)
    months = queries.run(src.warehouse, src.scope, "kpi_months", keys=keys, count=13)
    cards = tuple(_card(src, figures.tile(frame, key, src.currency), months) for key in keys)
    tables = _tables(src, kept.view, keys[0]) if kept.view.page in SPLITTING else []
    bare = (_bare(frame), *(_bare(table.numbers) for table in tables))
    return replace(kept, cards=cards, tables=tuple(tables), kpis=keys, numbers=bare)


def shown_kpis(view: View) -> tuple[str, ...]:
    """Return the KPIs that are printed of a view: those it names, or those of its page."""
    if view.page in SPLITTING:
        return tuple(key for key in views.kpis(view) if key in CATALOGUE) or (next(iter(CATALOGUE)),)
    return uses.kpis_of(view.page)


def _tables(src: Source, view: View, key: str) -> list[Table]:
    months = by_month(src.warehouse, src.scope, key, src.currency)
    rows = view.params.get("by" if view.page == "figure" else "rows", "") or _usual_rows(view.page, key)
    if rows in views.NOTHING:
        return [months] if months else []
    asked = {name: view.params[name] for name in ("columns", "panels") if view.params.get(name, "") not in views.NOTHING}
    second = view.params.get("second", "")
    top = view.params.get("top", USUAL_TOP if view.page == "explore" else "")
    found = by_groups(src.warehouse, src.scope, key, rows, src.names, src.currency, **asked, second=second if second in CATALOGUE else None,
                      top=int(top) if top.isdigit() else None)
    found = [replace(table, picture="") for table in found] if view.params.get("chart") == "table" else found
    return ([months] if months and not asked and rows not in TIMES else []) + found


def _usual_rows(page: str, key: str) -> str:
    """By what a page splits a KPI where nobody chose; "" where there is nothing."""
    fitting = [d.key for d in DIMENSIONS.values() if all(d.fits(m.mart, m.on is not None) for m in metric(key).numerator)]
    return "month" if page == "explore" and "month" in fitting else next(iter(fitting), "")


# --- cards ----------------------------------------------------------------------------------------------------------------------
def _card(src: Source, one: figures.Tile, months: pd.DataFrame) -> Card:
    value = formats.DASH if one.few else figures.value_text(one.metric, one.value, src.currency)
    complete = [] if one.metric.key not in months else [
        x for x, month in zip(months[one.metric.key], pd.to_datetime(months["month"]), strict=True)
        if (month + pd.offsets.MonthBegin(1)).date() <= src.scope.as_of]
    return Card(t(one.metric.name), value, tuple(_lines(src, one)), drawings.spark(complete[-12:]))


def _lines(src: Source, one: figures.Tile) -> list[tuple[str, str]]:
    """Both comparisons and what the number rests on, or how many cases are missing."""
    if one.few:
        return [(t("too few to tell: {n} of {minimum} needed", n=formats.count(one.n), minimum=formats.count(one.metric.minimum)), figures.NOISE)]
    basis = [(said, "") for said in (figures.basis_text(one, src.currency),) if said]
    if not one.metric.dated:
        return [*basis, (t("as of {day}", day=formats.day_month(src.scope.as_of)), "")]
    return [(f"{_marked(change)} {figures.against(name)}", change.verdict) for name, change in one.changes.items()] + basis


def _marked(change: figures.Change) -> str:
    if change.verdict == figures.NOISE:
        return f"≈ {change.text}" if change.text != formats.DASH else change.text
    return f"{'▼' if change.text.startswith(formats.MINUS) else '▲'} {change.text}"


# --- words of the filters -------------------------------------------------------------------------------------------------------
def _filters(src: Source, view: View, scope: Scope) -> tuple[str, ...]:
    elapsed = scope.elapsed()
    before, year = elapsed.previous().period, elapsed.year_before().period
    places = [src.places[place] for place in scope.properties if place in src.places]
    said = [t("All properties") if scope.everywhere and len(places) > 1 else formats.listed(places) or t("no property"),
            formats.period(scope.period.start, scope.period.end), tn("{n} day", "{n} days", scope.period.days, n=formats.count(scope.period.days)),
            t("compared with {before} (same weekdays) and {year}", before=formats.period(before.start, before.end), year=formats.period(year.start, year.end))]
    said += [formats.listed([src.channels[one] for one in scope.channels])] if scope.channels else []
    said += [t(views.WHO["guests"])] if scope.identified else []
    said += [t("only guests of “{segment}”", segment=scope.segment.name)] if scope.segment else []
    return (*said, *([t("provisional: counted to {day}", day=formats.date(scope.as_of - dt.timedelta(1)))] if scope.provisional else []))


def _bare(frame: pd.DataFrame) -> tuple:
    """A frame's rows as text, in an order of their own: numbers to nine digits, since threads add up in any order."""
    rows = (tuple(_digits(value) for value in row) for row in frame.itertuples(index=False, name=None))
    return (tuple(map(str, frame.columns)), *sorted(rows))


def _digits(value: object) -> str:
    if isinstance(value, float) or hasattr(value, "dtype"):
        return "nan" if isinstance(value, float) and math.isnan(value) else f"{value:.9g}" if isinstance(value, float) else str(value)
    return str(value)
