"""The cards of the Briefing."""

import datetime as dt

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import bars, trend
from crm_core.i18n import N_, t
from crm_core.metrics import metric
from crm_core.metrics.dimensions import DIMENSIONS
from crm_core.records.guests import names
from crm_core.telling.figures import Tile, axis_text, value_text
from crm_core.ui import decisions, findings, guest_feedback
from crm_core.ui.load import load, look, view
from crm_core.ui.parts import PAGES, chart, guest_link, mode, panel, small
from crm_core.ui.text import safe

MEASURES = {"room_revenue": N_("Revenue"), "rooms_sold": N_("Nights"), "revpar": N_("RevPAR")}
SENTENCES_SHOWN = 5
LATE_AFTER = 2
FEWEST = 10  # cases below which a measure is not worth a line unless it left its range
# Where a sentence leads: the dimension that explains this KPI best.
EXPLAINED_BY = {
    "rooms_sold": "channel",
    "room_revenue": "channel",
    "adr": "channel",
    "direct_share_nights": "channel",
    "cancellation_rate": "lead_band",
    "unidentified_share": "channel",
}


def changes() -> None:
    """What changed more than noise, in sentences that each lead to the view that explains them."""
    shown = view()
    found = load("unusual")
    flagged = found[found["flagged"]].sort_values("z", key=abs, ascending=False)
    watched = int(found["z"].notna().sum())
    subtitle = t(
        "Last 7 days against the same weekdays of the 8 weeks before · {k} of {n} measures left their range", k=len(flagged), n=watched
    )
    with panel(t("What changed more than noise"), subtitle):
        places = load("properties").set_index("property_id")["name"]
        for row in flagged.head(SENTENCES_SHOWN).itertuples():
            _sentence(row, str(places.get(row.property_id)), shown.currency)
        small(safe(_others(len(flagged), watched)), grey=True)
        if flagged.empty and watched:
            _nearest(found, places.to_dict(), shown.currency)
        decisions.line()


def _nearest(found: pd.DataFrame, places: dict, currency: str) -> None:
    """Where nothing left its range: the series that came closest to its edge, as far from it as they are."""
    small(safe(t("Closest to the edge of their range:")))
    for row in found[(found["z"].abs() >= 1) & (found["n"] >= FEWEST)].sort_values("z", key=abs, ascending=False).head(4).itertuples():
        text, link = st.columns([6, 1.5], vertical_alignment="center")
        said = f"{places.get(row.property_id)} · {t(metric(row.key).name)} {value_text(metric(row.key), row.value, currency)}"
        text.markdown(f":gray[≈] {safe(said)}  \n:small[:gray[{safe(findings.usually(row, currency))}]]")
        _why(link, row.key)


def _others(flagged: int, watched: int) -> str:
    if not watched:
        return t("Too little history to say what is usual: 16 weeks are needed.")
    if flagged > SENTENCES_SHOWN:
        return t("{n} more left their range; the others stayed in it.", n=flagged - SENTENCES_SHOWN)
    return (
        t("The other {n} measures stayed in their usual range.", n=watched - flagged)
        if flagged
        else t("All {n} measures stayed in their usual range.", n=watched)
    )


def _sentence(row, place: str, currency: str) -> None:
    k = metric(row.key)
    up = row.value > row.expected
    tone = "gray" if k.better == "none" else ("green" if up == (k.better == "up") else "red")
    text, link = st.columns([6, 1.5], vertical_alignment="center")
    icon = "trending_up" if up else "trending_down"
    text.markdown(
        f":{tone}[:material/{icon}:] {safe(findings.sentence(row, place, currency))}  \n:small[:gray[{safe(findings.usually(row, currency))}]]"
    )
    _why(link, row.key)


def _why(column, key: str) -> None:
    column.page_link(
        PAGES / "figure.py",
        label=t("Why"),
        icon=":material/arrow_forward:",
        icon_position="right",
        width="stretch",
        query_params={"kpi": t(metric(key).name), "by": t(DIMENSIONS[EXPLAINED_BY[key]].name)},
    )


def arrivals() -> None:
    """Guests who arrive today and have stayed before."""
    shown = view()
    frame, totals = load("arrivals", limit=5), load("arrivals_count").iloc[0]
    subtitle = f"{formats.date(shown.scope.as_of)} · {t('{known} of {n} arriving with a known name', known=int(totals['known']), n=int(totals['arrivals']))}"
    title = t("{n} returning guests arrive today", n=int(frame["all"].iloc[0])) if len(frame) else t("No returning guest arrives today")
    with panel(title, subtitle):
        known = look(names, ids=tuple(int(i) for i in frame["guest_id"])) if shown.scope.may("contact") else {}
        places = load("properties").set_index("property_id")["name"]
        for row in frame.itertuples():
            who, why = st.columns([1.35, 1], vertical_alignment="center")
            with who:
                guest_link(int(row.guest_id), known.get(int(row.guest_id), ""), width="stretch")
                if remembered := guest_feedback.arrival_line(int(row.guest_id)):
                    small(remembered)
            with why:
                small(f"{safe(t('stay number {n}', n=int(row.stays) + 1))}  \n:gray[{safe(str(places.get(row.property_id)))}]")
        st.page_link(PAGES / "guests.py", label=t("All guests"), icon=":material/arrow_forward:", icon_position="right")


@st.fragment
def by_month() -> None:
    """Revenue, nights or RevPAR by month beside the year before; what is on the books stands hollow."""
    shown = view()
    key = st.session_state.get("measure") or "room_revenue"
    now, before = _months(key, 0), _months(key, 364)
    title = findings.revenue_title(now[now["complete"]], before[now["complete"].to_numpy()], key, t(metric(key).name))
    with panel(title, t("{name} by month · dotted: same weeks last year · hollow: on the books", name=t(metric(key).name)), right=_choice):
        say = lambda v: axis_text(metric(key), _in_thousands(v, key), shown.currency)  # noqa: E731
        labels = [formats.month(m) if m.month == 1 or i == 0 else formats.month_short(m) for i, m in enumerate(now["month"])]
        ticks = [label if i % 3 == 0 else "" for i, label in enumerate(labels)]
        figure = trend.trend(
            mode(),
            labels,
            now[key].tolist(),
            before[key].tolist(),
            _inside(now["month"]),
            [say(v) for v in now[key]],
            provisional=(~now["complete"]).tolist(),
            comparison_name=t("last year"),
            ticks=ticks,
            say=say,
            height=290,
        )
        chart(figure, title, key="by_month")


def _in_thousands(value: float, key: str) -> float:
    """A bar's label has room for three figures."""
    return round(value, -5) if key == "room_revenue" and value == value else value


def _choice() -> None:
    st.segmented_control(
        t("Measure"),
        list(MEASURES),
        format_func=lambda k: t(MEASURES[k]),
        default="room_revenue",
        key="measure",
        required=True,
        label_visibility="collapsed",
    )


def _months(key: str, shift: int) -> pd.DataFrame:
    """Return thirteen complete months and the running one; its value is what is on the books, where that can be said."""
    shown = view()
    until = _covering(shown.scope)
    frame = load("kpi_months", until, keys=(key,), count=13, shift=shift)
    frame["month"] = [m.date() if hasattr(m, "date") else m for m in frame["month"]]
    frame["complete"] = [(m.replace(day=28) + dt.timedelta(4)).replace(day=1) <= shown.scope.as_of for m in frame["month"]]
    if not shift and key in ("room_revenue", "rooms_sold"):
        frame = pd.concat([frame[frame["complete"]], _booked(key)], ignore_index=True)
    elif shift and key in ("room_revenue", "rooms_sold"):
        frame = pd.concat(
            [frame[frame["complete"]], pd.DataFrame([{"month": shown.scope.as_of.replace(day=1), key: float("nan"), "complete": False}])],
            ignore_index=True,
        )
    return frame[[key, "month", "complete"]]


def _covering(scope):
    """The scope up to the as-of month, so that the chart shows the same months whatever period is chosen."""
    from dataclasses import replace

    from crm_core.scope import Period, months_back

    end = scope.as_of.replace(day=1)
    return replace(scope, period=Period(months_back(end, 12), end))


def _booked(key: str) -> pd.DataFrame:
    books = load("on_the_books").head(1)
    return pd.DataFrame(
        {
            "month": [view().scope.as_of.replace(day=1)],
            key: [float(books[key].iloc[0]) if len(books) else float("nan")],
            "complete": [False],
        }
    )


def _inside(months: pd.Series) -> list[bool]:
    period = view().scope.period
    return [period.start <= m < period.end for m in months]


def channels(direct: Tile) -> None:
    """The channel mix with its change on last year in points."""
    values = load("kpi_values", keys=("channel_share",), by="channel")
    now = values[values["period"] == "now"].set_index("group")
    before = values[values["period"] == ("year" if view().scope.comparison == "year" else "previous")].set_index("group")["value"]
    info = load("channels").set_index("channel")
    now = now[now["numerator"] > 0].sort_values("value", ascending=False)
    labels = [str(info["name"].get(code, code)) for code in now.index]
    accent = [str(info["name"].get(code, code)) for code in now.index if info["is_direct"].get(code)]
    with panel(findings.direct_title(direct.value), t("Share of room nights · change in percentage points · accent: direct")):
        notes = [formats.points(v - before.get(code, float("nan"))) for code, v in now["value"].items()]
        figure = bars.bars(
            mode(), labels, now["value"].tolist(), [formats.percent(v) for v in now["value"]], accent, notes=notes, height=290
        )
        chart(figure, findings.direct_title(direct.value), key="channels")


def freshness() -> None:
    """How far each property's data goes, and how complete it is."""
    frame, shown = load("freshness"), view()
    places = load("properties").set_index("property_id")["name"]
    complete = shown.scope.as_of - dt.timedelta(1)
    days = {row.property_id: (complete - _day(row.last_on)).days if _day(row.last_on) else None for row in frame.itertuples()}
    late = [(str(places.get(p)), d) for p, d in days.items() if d is not None and d >= LATE_AFTER]
    with panel(
        findings.fresh_title(late, complete),
        t("Last event of each property · share of its reservations with an identified guest, a country and an exchange rate"),
        height="content",
    ):
        with st.grid(6, min_column_width=150, gap="small"):
            for row in frame.itertuples():
                _place(row, str(places.get(row.property_id)), days[row.property_id])


def _place(row, name: str, days: int | None) -> None:
    late = days is not None and days >= LATE_AFTER
    icon = ":orange[:material/schedule:]" if late else ":green[:material/check_circle:]"
    last = t("to {day}", day=formats.day_month(_day(row.last_on))) if _day(row.last_on) else t("no event yet")
    said = last + (f", {t('{n} days late', n=days)}" if late else "")
    guest, country, rate = (formats.percent(part / row.reservations, 0) for part in (row.with_guest, row.with_country, row.with_rate))
    shares = t("guest {guest} · country {country} · exchange rate {rate}", guest=guest, country=country, rate=rate)
    st.markdown(f"{icon} {safe(name)}  \n:small[{safe(said)}]  \n:small[:gray[{safe(shares)}]]")


def _day(value) -> dt.date | None:
    if value is None or pd.isna(value):
        return None
    return value.date() if hasattr(value, "date") else value
