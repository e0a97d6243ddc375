"""The association on one page: who belongs to it, what is on, what is new; looked through by words, no link followed."""
from collections import Counter

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.association import network as association
from crm_core.i18n import t, tn
from crm_core.records import network as records
from crm_core.ui import network_words as words
from crm_core.ui.load import act, look, view
from crm_core.ui.parts import downloads, panel, small, table_height, told
from crm_core.ui.text import plain, safe

MAY = "standards"
SHOWN = 6  # events and news that stand unfolded
FEW = 12  # members who are told one by one; more of them stand in a table


def found() -> list[dict]:
    """Draw the search, and return the entries that fit; the title says how many of each kind."""
    text = st.text_input(t("Find words"), key="network_text", type="search", icon=":material/search:", bind="query-params",
                         placeholder=t("A house, a place, a topic"), label_visibility="collapsed") or ""
    rows = look(records.network_entries, view().whole, text=text)
    small(safe(words.found_title(Counter(row["kind"] for row in rows), text)), grey=True)
    return rows


def anything() -> bool:
    """Say whether an association told of anything yet."""
    return bool(look(records.network_entries, view().whole))


def members(rows: list[dict]) -> None:
    """The directory: who belongs to the association, and what each says of itself."""
    here = [row for row in rows if row["kind"] == "member"]
    title = tn("{n} member", "{n} members", len(here), n=formats.count(len(here))) if here else t("No member fits")
    with panel(title, t("As the association tells it · addresses are shown, never opened"), height="content"):
        if not here:
            small(safe(t("Clear the search, or bring in a pack that has a directory.")), grey=True)
            return
        table = pd.DataFrame({
            t("Name"): [words.words(row["entry"].title) for row in here], t("Place"): [plain(row["entry"].place) for row in here],
            t("Contact"): [plain(row["entry"].contact) for row in here], t("About"): [words.words(row["entry"].text) for row in here]})
        if len(here) > FEW:
            _table(here, table, title)
        for row in here if len(here) <= FEW else ():
            _entry(row)
        downloads("network-members", list(table), lambda: list(table.itertuples(index=False, name=None)))


def _table(here: list[dict], table: pd.DataFrame, title: str) -> None:
    picked = st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(table), 12), key="members", on_select="rerun",
                          selection_mode="single-row", alt=title, column_config={t("Name"): st.column_config.Column(width=170),
                                                                                 t("About"): st.column_config.Column(width=320)}).selection.rows
    for place in picked:
        if place < len(here):
            with st.container(border=True):
                _entry(here[place])


def events(rows: list[dict]) -> None:
    """What is on, the next first; what is over folded below."""
    day, of = view().scope.as_of, {row["entry"].code: row for row in rows if row["kind"] == "event"}
    ahead = [of.pop(entry.code) for entry in association.upcoming(tuple(row["entry"] for row in of.values()), day)]
    past = list(of.values())
    title = tn("{n} event ahead", "{n} events ahead", len(ahead), n=formats.count(len(ahead))) if ahead else t("No event lies ahead")
    with panel(title, t("After {day}, the next first", day=formats.date(day)), height="content"):
        for row in ahead[:SHOWN]:
            _entry(row, words.ahead(row["entry"], day))
        _folded(ahead[SHOWN:], tn("{n} later event", "{n} later events", max(0, len(ahead) - SHOWN)))
        _folded(past, tn("{n} event is over", "{n} events are over", len(past), n=formats.count(len(past))))
        _listed("network-events", ahead + past)


def news(rows: list[dict]) -> None:
    """What is new, the latest first."""
    told_of = [row for row in rows if row["kind"] == "news"]
    with panel(t("News") if told_of else t("No news"), t("The latest first"), height="content"):
        for row in told_of[:SHOWN]:
            _entry(row)
        _folded(told_of[SHOWN:], tn("{n} older piece of news", "{n} older pieces of news", max(0, len(told_of) - SHOWN)))
        _listed("network-news", told_of)


def _entry(row: dict, badge: str = "") -> None:
    entry = row["entry"]
    with st.container(gap="xxsmall"):
        with st.container(horizontal=True, wrap=False, vertical_alignment="center"):
            st.markdown(f"**{safe(words.words(entry.title))}**" + (f" :gray-badge[{safe(badge)}]" if badge else ""), width="stretch")
            _away(row)
        below = " · ".join(filter(None, (words.days(entry), entry.place, entry.contact)))
        st.markdown(f":small[:gray[{safe(below)}]]  \n:small[{safe(words.words(entry.text))}]")


def _folded(rows: list[dict], title: str) -> None:
    if rows:
        with st.expander(title):
            for row in rows[:100]:
                _entry(row)


def _listed(name: str, rows: list[dict]) -> None:
    columns = [t("Title"), t("Days"), t("Place"), t("Contact"), t("About")]
    if rows:
        downloads(name, columns, lambda: [(words.words(e.title), words.days(e), plain(e.place), plain(e.contact), words.words(e.text))
                                          for e in (row["entry"] for row in rows)])  # fmt: skip


def _away(row: dict) -> None:
    if view().scope.may(MAY) and st.button("", icon=":material/archive:", type="tertiary", key=f"entry_{row['id']}_away", help=t("Put away")):
        with told():
            act(records.archive_entry, view().whole, id=row["id"])
            st.rerun()


def put_away() -> None:
    """The entries that were put away, each of which can be brought back."""
    away = look(records.network_entries, view().whole, archived=True) if view().scope.may(MAY) else []
    if not away:
        return
    with st.expander(tn("{n} entry was put away", "{n} entries were put away", len(away), n=formats.count(len(away))), icon=":material/archive:"):
        for row in away[:100]:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"{safe(words.words(row['entry'].title))} :small[:gray[{safe(t(words.ENTRIES[row['kind']]))}]]", width="stretch")
                if st.button(t("Bring back"), key=f"entry_{row['id']}_back"):
                    with told():
                        act(records.restore_entry, view().whole, id=row["id"])
                        st.rerun()
