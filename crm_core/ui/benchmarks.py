"""The own figures beside a set of hotels: indices with their intervals around 100, and the set's figures in full."""
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import interval
from crm_core.i18n import t
from crm_core.metrics import CATALOGUE
from crm_core.queries.revenue import INDICES
from crm_core.records import benchmarks as records
from crm_core.records.packs import export_pack, shared_parts
from crm_core.scope import Scope
from crm_core.ui import benchmarks_words as words
from crm_core.ui import choosing, tiles
from crm_core.ui.load import act, load, look, view
from crm_core.ui.parts import PAGES, chart, downloads, empty, mode, panel, small, table_height, told
from crm_core.ui.text import plain, safe

MAY = "standards"


def plainly(scope: Scope) -> Scope:
    """Return a scope without the filters of channels and guests: no set of hotels has them."""
    return replace(scope, channels=(), identified=False, segment=None)


def indices() -> None:
    """Occupancy, rate and RevPAR beside the comparison set that is imported day by day; where there is none, nothing."""
    if load("market_sets").empty:
        return
    tiles.kpi_row(INDICES, columns=3)
    st.page_link(PAGES / "revenue.py", label=t("Month by month"), icon=":material/arrow_forward:", icon_position="right")


# --- a set that was brought in or pooled ---------------------------------------------------------------------------------------------
def sets() -> None:
    """Choose a set and see the own value of each of its figures beside it."""
    by_set: dict[str, list[dict]] = {}
    for row in look(records.benchmark_list):
        by_set.setdefault(f"{row['set_name']}|{row['from_on'].isoformat()}", []).append(row)
    if not by_set:
        empty(t("No set of hotels yet"), t("Figures of a set come with the pack of an association, or from contributions that are pooled below."))
        st.page_link(PAGES / "network.py", label=t("Packs"), icon=":material/inventory_2:")
        return
    code = choosing.one("set", t("Set of hotels"), {code: plain(words.set_name(rows[0]["benchmark"])) for code, rows in by_set.items()}, width=360)
    rows = by_set[code]
    days, back = words.same_days(rows[0]["benchmark"], view().scope.as_of)
    found = _beside([row for row in rows if row["figure"] in CATALOGUE], days)
    with panel(words.set_title(found), t("Index: own value out of the set's, times 100 · our own indices, with 95% interval"), height="content"):
        if back:
            was = safe(t("The days of the set are not over here. Beside it stand ours of {days}.", days=formats.period(days.start, days.end)))
            small(f":orange[:material/history: {was}]")
        _forest(found)
        _without(found)
        _warned(rows, found)
        _table(found)
        _foot(rows)


def _beside(rows: Sequence[Mapping], days) -> list[words.Beside]:
    if not rows:
        return []
    keys = tuple(sorted({row["figure"] for row in rows}))
    values = load("kpi_values", replace(plainly(view().scope), period=days), keys=keys)
    own = {row["key"]: row for row in values[values["period"] == "now"].to_dict("records")}
    found = [words.beside(row["benchmark"], own[row["figure"]], view().currency) for row in rows]
    return sorted(found, key=lambda one: (one.index is None, -(one.index or 0)))


def _forest(found: Sequence[words.Beside]) -> None:
    """Indices around the set's 100, each with the interval that combines ours and that between the hotels."""
    known = [one for one in found if one.index is not None]
    if not known:
        return
    off = lambda name: [None if getattr(one, name) is None else getattr(one, name) - 100 for one in known]  # noqa: E731
    drawn = interval.forest(mode(), [t(one.k.name) for one in known], off("index"), off("index_low"), off("index_high"), [words.index_text(one) for one in known],
                            tones=[one.tone for one in known], no_effect=t("the set: 100"), say=lambda x: formats.count(x + 100))
    chart(drawn, words.set_title(found), key="set_indices")


def _without(found: Sequence[words.Beside]) -> None:
    """Why figures of the set have no index, those of one reason in one line."""
    for why in dict.fromkeys(one.why for one in found if one.index is None):
        names = formats.listed([t(one.k.name) for one in found if one.index is None and one.why == why])
        small(safe(t("{names}: {why}", names=names, why=why)))


def _warned(rows: Sequence[Mapping], found: Sequence[words.Beside]) -> None:
    """What an index of this set does not say."""
    if any(row["strength"] == "pooled" for row in rows):
        small(safe(t("Our house may be one of a pooled set, which pulls the index towards 100. An index therefore needs {n} hotels: ours and {least} others.",
                     n=words.LEAST_WITH_OWN, least=words.LEAST_HOTELS)), grey=True)
    unknown = [row["figure"] for row in rows if row["figure"] not in CATALOGUE]
    if unknown:
        small(safe(t("This program knows no figure named {names}.", names=formats.listed([plain(one) for one in unknown]))), grey=True)
    undated = [t(one.k.name) for one in found if not one.k.dated]
    if undated:
        small(safe(t("As it stands today, whatever the days of the set: {names}", names=formats.listed(undated))), grey=True)


def _table(found: Sequence[words.Beside]) -> None:
    currency = view().currency
    columns = {t("Figure"): lambda one: t(one.k.name), t("Index"): lambda one: formats.DASH if one.index is None else words.index_text(one),
               t("Ours"): lambda one: words.own_text(one, currency),
               t("The set"): words.set_text, t("Middle half of the hotels"): words.middle_text,
               t("Hotels"): lambda one: formats.count(one.benchmark.hotels) if one.benchmark.hotels else formats.DASH,
               t("Cases"): lambda one: formats.count(one.benchmark.n), t("Source"): lambda one: plain(one.benchmark.source),
               t("Strength"): lambda one: words.strength(one.benchmark.strength)}  # fmt: skip
    rows = [tuple(write(one) for write in columns.values()) for one in found]
    wide = {t("Figure"): st.column_config.TextColumn(width=170), t("Index"): st.column_config.TextColumn(width=120)}
    st.dataframe(pd.DataFrame(rows, columns=list(columns)), hide_index=True, row_height=34, height=table_height(len(rows)), column_config=wide,
                 alt=t("Our figures beside the set"))
    downloads("benchmark", list(columns), lambda: rows)


def _foot(rows: Sequence[Mapping]) -> None:
    """Hand a set on as the file of a pack, or take it out."""
    if not view().scope.may(MAY):
        return
    first = rows[0]["benchmark"]
    with st.container(horizontal=True):
        with st.popover(t("Hand it on"), icon=":material/share:"):
            small(safe(t("A pack with this set alone, for members to bring in.")), grey=True)
            author = st.text_input(t("Author"), key="set_author", max_chars=80)
            if st.button(t("Make the pack"), key="set_pack", disabled=not (author or "").strip()):
                _made(rows, author)
            made, file = st.session_state.get("set_file", (None, b""))
            if made == (first.set_name, first.from_on):
                st.download_button(t("Save the pack"), data=file, file_name="innsight-benchmark.zip", mime="application/zip", on_click="ignore", key="set_download")
        with st.popover(t("Take it out"), icon=":material/delete:"):
            st.markdown(safe(t("The figures of this set and its days go away; nothing of our own is touched.")))
            if st.button(t("Take out {name}", name=plain(first.set_name)), key="set_remove"):
                with told():
                    act(records.remove_benchmarks, set_name=first.set_name, from_on=first.from_on)
                    st.rerun()


def _made(rows: Sequence[Mapping], author: str) -> None:
    """Make the pack and keep it for the download; it leaves an audit row."""
    first = rows[0]["benchmark"]
    there = look(shared_parts)["benchmarks"]
    codes = [code for code, form in there.items() if (form["set_name"], form["from_on"]) == (first.set_name, first.from_on.isoformat())]
    with told():
        file = act(export_pack, code=f"benchmark-{first.from_on.isoformat()}", name={"en": first.set_name}, author=author.strip(),
                   release=first.to_on.isoformat(), licence=t("For the members of the association"), chosen={"benchmarks": codes})
        st.session_state["set_file"] = (first.set_name, first.from_on), file
