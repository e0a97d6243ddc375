"""The map of origins, its ranked list, and the strip about one country."""

import math
from functools import cache

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts.origin_map import legend, origin_map, round_classes
from crm_core.charts.theme import TOKENS, round_ticks
from crm_core.geography import label_points, shapes
from crm_core.i18n import N_, t
from crm_core.ui import findings
from crm_core.ui import origins_words as words
from crm_core.ui.load import load, view
from crm_core.ui.parts import PAGES, downloads, mode, panel, small, table_height
from crm_core.ui.text import safe

MEASURES = {"nights": N_("Nights"), "revenue": N_("Revenue"), "guests": N_("Guests"), "growth": N_("Change of guests"), "spend": N_("Value of a guest"),
            "direct": N_("Direct share"), "distance": N_("Distance to direct")}  # fmt: skip
COUNTED, FIGURES = ("nights", "revenue", "guests"), ("growth", "spend", "direct", "distance")
ROWS = 15


def measure() -> str:
    """Return what map and list are by."""
    return st.session_state.get("origin_by") or "nights"


def together() -> pd.DataFrame:
    """Return the countries with their counts and, beside them, the figures that rest on enough guests."""
    counts, figures = load("origins"), load("origin_figures")
    return counts.assign(**{name: figures[name].to_numpy() for name in figures if name not in counts})


def _values(frame: pd.DataFrame) -> pd.Series:
    by = measure()
    return frame[by] if by in COUNTED else frame[by].where(~frame["few"].astype(bool))


def _text(value: float) -> str:
    return _say(measure(), view().currency)(value)


def _say(by: str, currency: str):
    """How a value of the measure is written on the map."""
    money = lambda value: formats.compact_money(value, currency)  # noqa: E731
    return {"revenue": money, "spend": money, "growth": lambda value: formats.relative(value, 0), "direct": formats.percent,
            "distance": formats.points}.get(by, formats.count)  # fmt: skip


def ranked(frame: pd.DataFrame) -> str | None:
    """Draw the list, largest first, and return the code of the ticked country. Countries of fewer than five guests stand together."""
    shown = (
        frame[~frame["hidden"] & frame["country"].notna()].assign(by=_values(frame)).sort_values("by", ascending=measure() == "distance", na_position="last")
    )
    with panel(t("Ranked by {measure}", measure=t(MEASURES[measure()]).lower()), _against()):
        table = _table(shown)
        picked = st.dataframe(
            table,
            hide_index=True,
            row_height=34,
            height=table_height(len(table), ROWS),
            key="countries",
            on_select="rerun",
            selection_mode="single-row",
            column_config=_columns(shown),
            alt=t("Countries, ranked"),
        ).selection.rows
        hidden = frame[frame["hidden"] | frame["country"].isna()]
        small(
            safe(
                t(
                    "{n} countries with fewer than 5 guests, or unknown: {nights} nights together",
                    n=len(hidden),
                    nights=formats.count(hidden["nights"].sum()),
                )
            ),
            grey=True,
        )
        downloads("origins", list(table.columns), lambda: list(table.itertuples(index=False, name=None)))
    return shown["country"].iloc[picked[0]] if picked and picked[0] < len(shown) else None


def _columns(shown: pd.DataFrame) -> dict:
    most = int(shown["nights"].max()) if len(shown) else 1
    if measure() in FIGURES:
        return {t("Country"): st.column_config.Column(width=92), t(MEASURES[measure()]): st.column_config.Column(width=172, alignment="right"),
                t("In nights"): st.column_config.Column(width=74, alignment="right"), t("Guests"): st.column_config.Column(width=62, alignment="right")}  # fmt: skip
    return {
        t("Country"): st.column_config.Column(width=98),
        t("Nights"): st.column_config.ProgressColumn(format="localized", max_value=most, color="primary", width=100),
        t("Revenue"): st.column_config.Column(width=92, alignment="right"),
        t("Guests"): st.column_config.Column(width=66),
        t("Change"): st.column_config.Column(width=62, alignment="right"),
    }


def _against() -> str:
    if measure() in FIGURES:
        return SAID[measure()]()
    return t("Change on the same weeks last year") if view().scope.comparison == "year" else t("Change on the same weekdays before")


def _table(shown: pd.DataFrame) -> pd.DataFrame:
    if measure() in FIGURES:
        return _figures(shown, measure())
    return pd.DataFrame(
        {
            t("Country"): [formats.territory(c) for c in shown["country"]],
            t("Nights"): shown["nights"].astype(int),
            t("Revenue"): [formats.compact_money(r, view().currency) for r in shown["revenue"]],
            t("Guests"): shown["guests"].astype(int),
            t("Change"): [_change(now, before) for now, before in zip(shown["nights"], shown["nights_before"], strict=True)],
        }
    )


def _figures(shown: pd.DataFrame, by: str) -> pd.DataFrame:
    table = {t("Country"): [formats.territory(c) for c in shown["country"]],
             t(MEASURES[by]): [words.with_interval(row, by, view().currency) for row in shown.itertuples()]}  # fmt: skip
    if by in ("direct", "distance"):
        enough = shown["distant_nights"].where(~shown["few"].astype(bool))
        table[t("In nights")] = [formats.signed(n) for n in enough]
    return pd.DataFrame(table | {t("Guests"): [formats.count(n) for n in shown["guests"]]})


def _change(now: float, before: float) -> str:
    """Nights against the comparison; ≈ where a Poisson count of this size moves as much by itself (stays come in runs of about three nights)."""
    if not before:
        return t("new")
    text = formats.relative(now / before - 1, 0)
    noise = 1.96 * math.sqrt(3 * (now + before))
    if abs(now - before) <= noise:
        return f"≈ {text}"
    return f"{'▲' if now > before else '▼'} {text}"


def world(frame: pd.DataFrame) -> None:
    """Draw the map with its legend; five classes of round limits."""
    known, title = frame[frame["country"].notna()].assign(by=_values(frame)), _title(frame)
    with panel(title, _subtitle(frame), right=_choice):
        hidden = set(known.loc[known["hidden"], "country"])
        shown = known[~known["hidden"] & known["by"].notna()]
        values, limits = _classes(dict(zip(shown["country"], shown["by"].astype(float), strict=True)))
        tips = {c: (formats.territory(c), _text(v)) for c, v in zip(shown["country"], shown["by"], strict=True)}
        # A class is found by its limits alone: all are raised above zero, which the map leaves without a colour.
        floor = min([*values.values(), *limits, 0.0]) - 1
        deck = origin_map(mode(), shapes(), label_points(), {c: v - floor for c, v in values.items()} | dict.fromkeys(hidden, 0.0),
                          [limit - floor for limit in limits], hidden, tips)
        st.pydeck_chart(deck, height=590, key="world", alt=title)
        _legend(limits)


def _title(frame: pd.DataFrame) -> str:
    titles = {"growth": lambda: words.growth_title(frame), "spend": lambda: words.spend_title(frame, view().currency),
              "direct": lambda: words.direct_title(frame), "distance": lambda: words.direct_title(frame)}  # fmt: skip
    return titles.get(measure(), lambda: findings.origin_title(frame))()


def _classes(values: dict[str, float]) -> tuple[dict[str, float], list[float]]:
    """The values and the limits of their classes: of counts, which lie far apart, each some times the one below; of figures in even steps."""
    if measure() in COUNTED or not values:
        return values, round_classes(list(values.values()))
    low, high = min(values.values()), max(values.values())
    return values, [tick for tick in round_ticks(low, high) if low < tick <= high][:4]


def _subtitle(frame: pd.DataFrame) -> str:
    total, known = frame["nights"].sum(), frame.loc[frame["country"].notna(), "nights"].sum()
    scope = view().scope
    return " · ".join(
        (
            SAID[measure()]() if measure() in FIGURES else t("Room nights by guests' country"),
            formats.period(scope.period.start, scope.period.end),
            t("{n} nights", n=formats.count(total)),
            t("country known for {share}", share=formats.percent(known / total if total else 0)),
        )
    )


def _choice() -> None:
    st.selectbox(t("Measure"), list(MEASURES), format_func=lambda m: t(MEASURES[m]), key="origin_by", label_visibility="collapsed", width=190)


SAID = {
    "growth": lambda: t("Guests against the comparison, with 95% interval (≈ may be chance); countries of 30 guests or more"),
    "spend": lambda: t("Rooms and all else in the period, of a guest, with 95% interval; countries of 30 guests or more"),
    "direct": lambda: t("Share of nights booked directly; countries of 30 guests or more"),
    "distance": lambda: t("Direct share less that of the whole house, with 95% interval (≈ may be chance); countries of 30 guests or more"),
}


def _legend(limits: list[float]) -> None:
    """Name the classes under the map; a coloured square is drawn as text, because Markdown knows only the palette's names."""
    say = _say(measure(), view().currency)
    texts = [_class(low, high, say) for _, low, high in legend(mode(), limits)]
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        small(safe(t(MEASURES[measure()])))
        for (colour, _, _), text in zip(legend(mode(), limits), texts, strict=True):
            _swatch(colour, text)
        _swatch(TOKENS[mode()]["faint"], t("fewer than 5 guests: hidden"))


def _class(low: float | None, high: float | None, say) -> str:
    if high is None:
        return t("{low} or more", low=say(low)) if low is not None else ""
    if low is None:
        return t("below {high}", high=say(high))
    is_signed = measure() in ("growth", "distance")
    return t("{low} to {high}", low=say(low), high=say(high)) if is_signed else f"{say(low)}–{say(high)}"


def _swatch(colour: str, text: str) -> None:
    with st.container(horizontal=True, gap="xxsmall", vertical_alignment="center", width="content"):
        st.image(_square(colour), width=14, alt="")
        small(safe(text))


@cache
def _square(colour: str) -> bytes:
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (28, 28), colour).save(out, "PNG")
    return out.getvalue()


def selected(frame: pd.DataFrame, picked: str | None) -> None:
    """The strip about one country: nights, guests, revenue, where they stay, and the way to them."""
    if picked is None:
        return
    row = frame[frame["country"] == picked].iloc[0]
    places, split = load("properties").set_index("property_id")["name"], load("origin", country=picked)
    with st.container(border=True), st.grid(5, min_column_width=150, gap="small", vertical_alignment="center"):
        st.markdown(f"**{safe(formats.territory(picked))}**  \n:small[:gray[{safe(t('tick the row again to clear'))}]]")
        st.markdown(
            f":small[{safe(t('Nights'))}]  \n**{formats.count(row['nights'])}** :small[{safe(_change(row['nights'], row['nights_before']))}]"
        )
        st.markdown(f":small[{safe(t('Revenue'))}]  \n**{safe(formats.compact_money(row['revenue'], view().currency))}**")
        top = split.head(2)
        share = top["nights"].sum() / max(1, split["nights"].sum())
        st.markdown(
            f":small[{safe(t('Mostly at'))}]  \n**{safe(formats.listed([str(places.get(p)) for p in top['property_id']]))}** :small[{formats.percent(share, 0)}]"
        )
        st.page_link(
            PAGES / "guests.py",
            label=t("See {n} guests", n=formats.count(row["guests"])),
            icon=":material/arrow_forward:",
            icon_position="right",
            query_params={"country": picked, "when": t("With a stay in the period")},
        )
