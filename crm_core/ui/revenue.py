"""The cards of revenue: what a night keeps by way of booking, the direct share, cancellations, room types and departments."""
import datetime as dt

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import bars, dumbbell, interval, trend
from crm_core.i18n import t
from crm_core.metrics import metric
from crm_core.queries.revenue import ROOM, YEAR_BACK
from crm_core.telling import words as names
from crm_core.telling.figures import axis_text, tile
from crm_core.ui import revenue_words as words
from crm_core.ui.load import load, view
from crm_core.ui.parts import chart, downloads, mode, panel, small, table_height
from crm_core.ui.text import plain, safe

KEYS = ("rooms_sold", "occupancy", "adr", "net_adr", "revpar", "direct_share_nights")
MARKET_KEYS = ("mpi", "ari", "rgi", "pickup_7d", "cancellation_rate", "cost_per_booking")
MOST_ROWS = 10
MONTHS = 14


def period_text() -> str:
    """Return the days of the period as they stand in a card's grey line."""
    period = view().scope.elapsed().period
    return formats.period(period.start, period.end)


# --- what a night keeps ------------------------------------------------------------------------------------------------------------------
def kept() -> None:
    """Rate and what is left of it after the cost of booking, by way of booking, with the whole ledger below."""
    found, currency = load("channel_ledger"), view().currency
    title = words.kept_title(found, currency)
    with panel(title, t("Average rate of a night → what is left after the cost of booking, and what part that is · {period}", period=period_text())):
        told = words.told_ways(found)
        if told.empty:
            small(safe(t("Too few nights were sold in this period to tell a rate.")), grey=True)
            return
        labels = [_way(way) for way in told["way"]]
        named = [_way(way) for way in ("direct", "ota")]
        chart(dumbbell.dumbbell(mode(), labels, told["adr"], told["net_adr"], [words.kept_text(row, currency) for row in told.itertuples()], accent=named,
                                names=(t("rate"), t("left")), say=lambda x: formats.round_money(x, currency)), title, key="kept")
        if note := words.kept_note(found, currency):
            small(safe(note))
        _ledger(found[found["period"] == "now"])


def _way(way: object) -> str:
    return plain(names.group_name("way", way, {}))


def _ledger(now: pd.DataFrame) -> None:
    currency = view().currency
    cancelled = [words.rate_text(row) for row in now[["cancelled", "cancelled_low", "cancelled_high", "cancelled_n", "cancelled_few"]].set_axis(
        ["rate", "low", "high", "n", "few"], axis=1).fillna({"n": 0}).itertuples()]
    exact = lambda column: [formats.money_exact(x, currency) for x in now[column]]  # noqa: E731
    table = pd.DataFrame({
        t("Booked through"): [_way(way) for way in now["way"]], t("Nights"): [formats.count(n) for n in now["nights"]],
        t("Share"): [formats.percent(x) for x in now["share"]], t("Rate"): exact("adr"), t("Net rate"): exact("net_adr"),
        t("Cost of booking"): [formats.compact_money(x, currency) for x in now["cost"]], t("For each booking"): exact("cost_per_booking"),
        t("Cancelled"): cancelled})  # fmt: skip
    _table(table, t("What each way of booking sold, cost and kept"), (112, 66, 62, 76, 76, 108, 114, 112))
    downloads("revenue-ways", [t("Booked through"), t("Nights"), t("Room revenue"), t("Cost of booking"), t("Rate"), t("Net rate"), t("For each booking"),
                               t("Cancelled")],
              lambda: list(now[["way", "nights", "revenue", "cost", "adr", "net_adr", "cost_per_booking", "cancelled"]].itertuples(index=False, name=None)))


def _table(table: pd.DataFrame, alt: str, widths: tuple[int, ...]) -> None:
    """Words left, numbers right, no half row; `widths` in px."""
    ways = ("left", *["right"] * (len(widths) - 1))
    columns = {name: st.column_config.Column(alignment=way, width=width) for name, way, width in zip(table.columns, ways, widths, strict=True)}
    st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(table), MOST_ROWS), column_config=columns, alt=alt)


def direct() -> None:
    """The share of nights booked directly by month beside the year before."""
    key = "direct_share_nights"
    one = tile(load("kpi_values", keys=(key,)), key)
    title = words.direct_title(one.value, one.changes["year"])
    with panel(title, t("Share of nights by month · dotted: same weeks last year · hollow: not over yet")):
        height = 290 if len(view().scope.properties) > 1 else 440  # one property has no bars below
        now, before = (load("kpi_months", keys=(key,), count=MONTHS, shift=shift) for shift in (0, YEAR_BACK))
        say = lambda x: axis_text(metric(key), x, "")  # noqa: E731
        chart(trend.trend(mode(), month_labels(now["month"]), now[key], before[key], inside(now["month"]), [formats.percent(x, 0) for x in now[key]],
                          provisional=[_end(month) > view().scope.as_of for month in now["month"]], comparison_name=t("last year"), say=say,
                          height=height),
              title, key="direct_share")
        _by_property(key)
        downloads("direct-share", [t("Month"), t("Share"), t("Last year")], lambda: list(zip(now["month"], now[key], before[key], strict=True)))


def _by_property(key: str) -> None:
    """The share of each property, where there are several."""
    found = load("kpi_values", keys=(key,), by="property")
    now = found[(found["period"] == "now") & found["value"].notna() & ~found["few"].astype(bool)]
    if len(now) < 2:
        return
    places = load("properties").set_index("property_id")["name"]
    small(safe(t("By property")), grey=True)
    chart(bars.bars(mode(), [plain(str(places.get(group))) for group in now["group"]], now["value"], [formats.percent(x) for x in now["value"]],
                    notes=[formats.n(int(n)) for n in now["n"]]), t("Direct share by property"), key="direct_places")


def month_labels(months: pd.Series) -> list[str]:
    """Return the months as they stand under a chart: with the year at the first one and in January."""
    return [formats.month(month) if month.month == 1 or at == 0 else formats.month_short(month) for at, month in enumerate(months)]


def inside(months: pd.Series) -> list[bool]:
    """Return which months have days in the period."""
    period = view().scope.period
    return [month < period.end and _end(month) > period.start for month in months]


def _end(month: dt.date) -> dt.date:
    return (month.replace(day=1) + dt.timedelta(32)).replace(day=1)


# --- what is cancelled -------------------------------------------------------------------------------------------------------------------
def cancelled() -> None:
    """Cancellation rate by days between booking and arrival."""
    found = load("cancellations")
    now, title = found[found["period"] == "now"], words.cancelled_title(found)
    with panel(title, t("Share of bookings cancelled, by days from booking to arrival, with 95% interval · {period}", period=period_text())):
        if now.empty:
            small(safe(t("No booking of this period has come to an end yet.")), grey=True)
            return
        hundred = lambda column: (100 * now[column]).where(~now["few"].astype(bool))  # noqa: E731
        labels = [words.ahead(band) for band in now["lead_band"]]
        texts = [words.rate_text(row) + ("" if row.few else f" · {formats.n(int(row.n))}") for row in now.itertuples()]
        chart(interval.forest(mode(), labels, hundred("rate"), hundred("low"), hundred("high"), texts,
                              say=lambda x: formats.percent(x / 100, 0)), title, key="cancelled")
        downloads("cancellations", [t("Days ahead"), t("Bookings"), t("Cancelled"), t("Share"), t("Low"), t("High"), t("Share of revenue")],
                  lambda: list(now[["lead_band", "n", "cancelled", "rate", "low", "high", "value_rate"]].itertuples(index=False, name=None)))


# --- what sells --------------------------------------------------------------------------------------------------------------------------
def rooms() -> None:
    """Nights, rate and revenue of each room type."""
    found, currency = load("room_mix"), view().currency
    name = lambda kind: plain(names.group_name("room_type", kind, {}))  # noqa: E731
    now, title = found[(found["period"] == "now") & (found["nights"] > 0)], words.rooms_title(found, name)
    with panel(title, t("Occupancy: its nights out of all rooms of the house · {period}", period=period_text())):
        if now.empty:
            small(safe(t("No night was sold in this period.")), grey=True)
            return
        table = pd.DataFrame({
            t("Room type"): [name(kind) for kind in now["room_type"]], t("Nights"): [formats.count(n) for n in now["nights"]],
            t("Of all nights"): [formats.percent(x) for x in now["share"]], t("Rate"): [formats.money_exact(x, currency) for x in now["adr"]],
            t("Occupancy"): [formats.percent(x) for x in now["occupancy"]], t("Of the revenue"): [formats.percent(x) for x in now["revenue_share"]]})  # fmt: skip
        _table(table, title, (130, 76, 92, 86, 92, 108))
        downloads("room-types", list(table.columns),
                  lambda: list(now[["room_type", "nights", "share", "adr", "occupancy", "revenue_share"]].itertuples(index=False, name=None)))


def products() -> None:
    """What the rooms and each department bring, with the change on the comparison."""
    found, currency, against = load("product_mix"), view().currency, view().scope.comparison
    name = lambda department: plain(t(names.DEPARTMENTS[department]) if department in names.DEPARTMENTS else str(department))  # noqa: E731
    title = words.products_title(found, name, ROOM)
    now = found[(found["period"] == "now") & (found["revenue"].fillna(0) != 0)]
    with panel(title, t("Revenue by department, its share and its change · {period}", period=period_text())):
        if now.empty:
            small(safe(t("No revenue is known of this period.")), grey=True)
            return
        changed = found[found["period"] == against].set_index("department")["change"]
        labels = [name(department) for department in now["department"]]
        texts = [formats.compact_money(x, currency) for x in now["revenue"]]
        notes = [f"{formats.percent(r.share)} · {formats.relative(changed.get(r.department))}" for r in now.itertuples()]
        accent = [label for label, department in zip(labels, now["department"], strict=True) if department != ROOM][:1]
        chart(bars.bars(mode(), labels, now["revenue"], texts, accent, notes=notes), title, key="products")
        downloads("departments", [t("Department"), t("Revenue"), t("Share"), t("Change")],
                  lambda: [(label, r.revenue, r.share, changed.get(r.department)) for label, r in zip(labels, now.itertuples(), strict=True)])
