"""Two work lists of tiers: members within reach of the next one, and members who lose theirs within 90 days, with what is missing and by when."""
import math

import pandas as pd
import streamlit as st

from crm_core import exports, formats
from crm_core.i18n import N_, t
from crm_core.queries.tiers import AHEAD, NEAR
from crm_core.records.audiences import MOST
from crm_core.records.guests import names
from crm_core.ui import guest_rows, list_saving
from crm_core.ui import loyalty_words as words
from crm_core.ui.load import load, look, view
from crm_core.ui.parts import downloads, guest_link, panel, small, table_height
from crm_core.ui.text import plain, safe

KINDS = ("rise", "keep")
PAGE_ROWS = 50
USUAL = {"rise": N_("Near the next tier"), "keep": N_("About to lose their tier")}
WINDOWS = {"rise": 180, "keep": AHEAD}
MILLION = 1_000_000


@st.fragment
def work(kind: str) -> None:
    """A list of members: which tier is at stake, what is missing, by when, and what they spend."""
    page = st.session_state.get(f"tier_{kind}_page") or 1
    frame = load("tier_work", kind=kind, offset=(page - 1) * PAGE_ROWS, limit=PAGE_ROWS)
    if frame.empty and page > 1:  # a narrower filter has fewer pages
        page, frame = 1, load("tier_work", kind=kind, limit=PAGE_ROWS)
    total = int(frame["rows"].iloc[0]) if len(frame) else 0
    with panel(words.work_title(kind, total), _said(kind)):
        if not total:
            small(safe(_nobody(kind)), grey=True)
            return
        shown = _words(frame, kind)
        picked = st.dataframe(shown, hide_index=True, row_height=34, height=table_height(len(shown), 8), key=f"tier_{kind}_rows", on_select="rerun",
                              selection_mode="multi-row", column_config=_widths(shown), alt=words.work_title(kind, total)).selection.rows
        ticked = [int(frame["guest_id"].iloc[i]) for i in picked if i < len(frame)]
        _under(kind, frame, ticked, page, total)


def _said(kind: str) -> str:
    if kind == "rise":
        said = t("Members with {share} or more of what the next tier asks for, nearest first", share=formats.percent(NEAR / MILLION, 0))
    else:
        said = t("Members whose tier ends within {days} and who have not kept it yet, soonest first", days=formats.days(AHEAD))
    return f"{said} · {t('spend at the property of the account')}"


def _nobody(kind: str) -> str:
    if not (load("programmes")["number"] > 0).any():
        return t("The programme has no rules: nobody can tell what a member still needs.")
    return t("Nobody is on this list for these filters.") if kind == "rise" else t("No tier ends in that time, or all have kept theirs.")


def _words(frame: pd.DataFrame, kind: str) -> pd.DataFrame:
    currency, places = view().currency, load("properties").set_index("property_id")["name"]
    known = look(names, ids=tuple(int(i) for i in frame["guest_id"].unique())) if view().scope.may("contact") else {}
    columns = {
        t("Guest"): [plain(known.get(int(i))) or t("Guest {id}", id=int(i)) for i in frame["guest_id"]],
        t("Property"): [str(places.get(p, "")) for p in frame["property_id"]],
        t("Tier"): [plain(words.tier_name(tier)) for tier in frame["tier"]],
        t("Next tier") if kind == "rise" else t("Falls to"): [plain(words.tier_name(tier)) for tier in frame["to_tier"]],
    }
    if kind == "keep":
        columns[t("Ends on")] = frame["on"].map(guest_rows.day).tolist()
    return pd.DataFrame(columns | {
        t("Missing"): [words.amount(measure, n) for measure, n in zip(frame["measure"], frame["missing"], strict=True)],
        t("So far"): (100 * frame["has"] / frame["wants"].where(frame["wants"] > 0)).astype("Float64").round().astype(float),
        t("Has"): [formats.n_of(has, wants) for has, wants in zip(frame["has"], frame["wants"], strict=True)],
        t("Last active"): frame["last_active_on"].map(guest_rows.day).tolist(),
        t("Spend, 12 months"): [formats.money(spend, currency) for spend in frame["spend_12m"]],
    })  # fmt: skip


def _widths(shown: pd.DataFrame) -> dict:
    left = {t("Guest"): 160, t("Property"): 170, t("Tier"): 84, t("Next tier"): 84, t("Falls to"): 84, t("Ends on"): 100, t("Missing"): 96,
            t("Last active"): 100}
    right = {t("Has"): 80, t("Spend, 12 months"): 116}
    widths = {**{name: st.column_config.Column(width=width) for name, width in left.items()},
              **{name: st.column_config.Column(width=width, alignment="right") for name, width in right.items()},
              t("So far"): st.column_config.ProgressColumn(width=100, min_value=0, max_value=100, format="%d%%", color="gray")}
    return {name: width for name, width in widths.items() if name in shown}


def _under(kind: str, frame: pd.DataFrame, ticked: list[int], page: int, total: int) -> None:
    pages = math.ceil(total / PAGE_ROWS)
    with st.container(horizontal=True, vertical_alignment="center"):
        if pages > 1:
            st.pagination(pages, key=f"tier_{kind}_page")
        first = (page - 1) * PAGE_ROWS
        said = t("{first}–{last} of {total}", first=formats.count(first + 1), last=formats.count(first + len(frame)), total=formats.count(total))
        st.markdown(f":small[:gray[{safe(said)}]]", width="stretch")
        if len(ticked) == 1:
            guest_link(ticked[0], t("Open guest"), icon=":material/person:")
        downloads(f"tier-{kind}", list(_words(frame, kind).columns), lambda: _all(kind))
        list_saving.save(f"tier_{kind}", t(USUAL[kind]), total, ticked, lambda: _everyone(kind), window=WINDOWS[kind])


def _all(kind: str) -> list[tuple]:
    return list(_words(load("tier_work", kind=kind, limit=exports.MOST_ROWS), kind).itertuples(index=False, name=None))


def _everyone(kind: str) -> list[int]:
    return [int(i) for i in load("tier_work", kind=kind, limit=MOST)["guest_id"]]
