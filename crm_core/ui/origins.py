"""The map of origins, its ranked list, and the strip about one country."""

import math
from functools import cache

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts.origin_map import legend, origin_map, round_classes
from crm_core.charts.theme import TOKENS
from crm_core.geography import label_points, shapes
from crm_core.i18n import N_, t
from crm_core.ui import findings
from crm_core.ui.load import load, view
from crm_core.ui.parts import PAGES, downloads, mode, panel, small, table_height
from crm_core.ui.text import safe

MEASURES = {"nights": N_("Nights"), "revenue": N_("Revenue"), "guests": N_("Guests"), "growth": N_("Growth")}
ROWS = 15


def measure() -> str:
    """Return what map and list are by."""
    return st.session_state.get("origin_by") or "nights"


def _values(frame: pd.DataFrame) -> pd.Series:
    if measure() == "growth":
        return frame["nights"] / frame["nights_before"].where(frame["nights_before"] > 0) - 1
    return frame[measure()]


def _text(value: float) -> str:
    return {"revenue": lambda: formats.compact_money(value, view().currency), "growth": lambda: formats.relative(value, 0)}.get(
        measure(), lambda: formats.count(value)
    )()


def ranked(frame: pd.DataFrame) -> str | None:
    """Draw the list, largest first, and return the code of the ticked country. Countries of fewer than five guests stand together."""
    shown = (
        frame[~frame["hidden"] & frame["country"].notna()].assign(by=_values(frame)).sort_values("by", ascending=False, na_position="last")
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
    return {
        t("Country"): st.column_config.Column(width=98),
        t("Nights"): st.column_config.ProgressColumn(format="localized", max_value=most, color="primary", width=100),
        t("Revenue"): st.column_config.Column(width=92, alignment="right"),
        t("Guests"): st.column_config.Column(width=66),
        t("Change"): st.column_config.Column(width=62, alignment="right"),
    }


def _against() -> str:
    return t("Change on the same weeks last year") if view().scope.comparison == "year" else t("Change on the same weekdays before")


def _table(shown: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            t("Country"): [formats.territory(c) for c in shown["country"]],
            t("Nights"): shown["nights"].astype(int),
            t("Revenue"): [formats.compact_money(r, view().currency) for r in shown["revenue"]],
            t("Guests"): shown["guests"].astype(int),
            t("Change"): [_change(now, before) for now, before in zip(shown["nights"], shown["nights_before"], strict=True)],
        }
    )


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
    known = frame[frame["country"].notna()]
    with panel(findings.origin_title(frame), _subtitle(frame), right=_choice):
        values = dict(zip(known["country"], _positive(known), strict=True))
        hidden = set(known.loc[known["hidden"], "country"])
        limits = round_classes([v for c, v in values.items() if c not in hidden])
        tips = {c: (formats.territory(c), _text(v)) for c, v in zip(known["country"], _values(known), strict=True) if c not in hidden}
        deck = origin_map(mode(), shapes(), label_points(), values, limits, hidden, tips)
        st.pydeck_chart(deck, height=590, key="world", alt=findings.origin_title(frame))
        _legend(limits)


def _positive(known: pd.DataFrame) -> list[float]:
    """A map of growth shows how much more came; countries that lost nights are in its lowest class."""
    values = _values(known).fillna(0)
    return [max(0.0, float(v) * (100 if measure() == "growth" else 1)) for v in values]


def _subtitle(frame: pd.DataFrame) -> str:
    total, known = frame["nights"].sum(), frame.loc[frame["country"].notna(), "nights"].sum()
    scope = view().scope
    return " · ".join(
        (
            t("Room nights by guests' country"),
            formats.period(scope.period.start, scope.period.end),
            t("{n} nights", n=formats.count(total)),
            t("country known for {share}", share=formats.percent(known / total if total else 0)),
        )
    )


def _choice() -> None:
    st.segmented_control(
        t("Measure"),
        list(MEASURES),
        format_func=lambda m: t(MEASURES[m]),
        default="nights",
        key="origin_by",
        required=True,
        label_visibility="collapsed",
    )


def _legend(limits: list[float]) -> None:
    """Name the classes under the map; a coloured square is drawn as text, because Markdown knows only the palette's names."""
    words = []
    for _, low, high in legend(mode(), limits):
        say = (
            (lambda v: f"{v:g}%")
            if measure() == "growth"
            else ((lambda v: formats.compact_money(v, view().currency)) if measure() == "revenue" else formats.count)
        )
        words.append(
            t("{low} or more", low=say(low))
            if high is None and low is not None
            else t("below {high}", high=say(high))
            if low is None
            else f"{say(low)}–{say(high)}"
            if high
            else ""
        )
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        small(safe(t(MEASURES[measure()])))
        for (colour, _, _), text in zip(legend(mode(), limits), words, strict=True):
            _swatch(colour, text)
        _swatch(TOKENS[mode()]["faint"], t("fewer than 5 guests: hidden"))


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
