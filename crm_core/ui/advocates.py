"""The cards of word of mouth: who came by invitation, who praises and also recommends, the work list of advocates, and the guests they brought."""
import math

import pandas as pd
import streamlit as st

from crm_core import exports, formats
from crm_core.charts import bars, interval
from crm_core.i18n import t
from crm_core.records.audiences import MOST
from crm_core.records.guests import names
from crm_core.ui import advocate_words, guest_rows, list_saving
from crm_core.ui import loyalty_words as words
from crm_core.ui.load import load, look, view
from crm_core.ui.parts import chart, downloads, guest_link, mode, panel, small, table_height
from crm_core.ui.text import plain, safe

KEYS = ("referral_k", "members", "members_active_12m", "new_guests")
WITHIN = 180
PAGE_ROWS = 50


def invited() -> None:
    """From those who invite over those who were invited to those who came, and what these brought."""
    row, currency = load("referral_summary").iloc[0], view().currency
    with panel(advocate_words.invited_title(row), t("Invitations whose {days} days are over, and who came within them", days=WITHIN)):
        if not row["invited"]:
            small(safe(t("Nobody was invited yet. Give members a code on their page, or bring in a list of referrals.")), grey=True)
            return
        steps = advocate_words.steps(row)
        labels = [t(name) for name in steps["name"]]
        chart(bars.bars(mode(), labels, steps["n"], [formats.count(n) for n in steps["n"]], labels[-1:], notes=steps["note"].tolist()),
              advocate_words.invited_title(row), key="invited")
        for line in advocate_words.brought(row, currency):
            small(safe(line), grey=True)


def promoters() -> None:
    """The share of promoters by tier, and what share of them also invited somebody."""
    found = load("promoter_share")
    with panel(advocate_words.promoters_title(found), t("Members who gave nine or ten of ten within two years, by tier, and who of them invited somebody")):
        shown = found[found["answered"] > 0]
        if shown.empty:
            small(safe(t("No member has told a score within two years.")), grey=True)
            return
        texts = [advocate_words.praise(row) for row in shown.itertuples()]
        sure = shown[["share", "low", "high"]].astype(float).where(~shown["few"], None)
        chart(interval.forest(mode(), [words.tier_name(tier) for tier in shown["tier"]], sure["share"], sure["low"], sure["high"], texts,
                              say=lambda v: formats.percent(v, 0)), advocate_words.promoters_title(found), key="promoters")
        for r in shown.itertuples():
            small(safe(advocate_words.recommends(r, words.tier_name(r.tier))), grey=True)


# --- whom to thank ----------------------------------------------------------------------------------------------------------
@st.fragment
def work() -> None:
    """Members who recommend the house or praise it: to be thanked, and to be given a code."""
    page = st.session_state.get("advocates_page") or 1
    frame = load("advocate_list", offset=(page - 1) * PAGE_ROWS, limit=PAGE_ROWS)
    if frame.empty and page > 1:  # a narrower filter has fewer pages
        page, frame = 1, load("advocate_list", limit=PAGE_ROWS)
    total = int(frame["rows"].iloc[0]) if len(frame) else 0
    with panel(advocate_words.work_title(total), t("Most who came first · to thank, and to offer a code; a request for a public review goes to all guests alike")):
        if not total:
            small(safe(t("Nobody has invited a person or praised the house within two years.")), grey=True)
            return
        shown = _words(frame)
        picked = st.dataframe(shown, hide_index=True, row_height=34, height=table_height(len(shown), 8), key="advocates_rows", on_select="rerun",
                              selection_mode="multi-row", column_config=_widths(), alt=advocate_words.work_title(total)).selection.rows
        _under(frame, [int(frame["guest_id"].iloc[i]) for i in picked if i < len(frame)], page, total)


def _words(frame: pd.DataFrame) -> pd.DataFrame:
    currency, places = view().currency, load("properties").set_index("property_id")["name"]
    known = look(names, ids=tuple(int(i) for i in frame["guest_id"].unique())) if view().scope.may("contact") else {}
    return pd.DataFrame({
        t("Guest"): [plain(known.get(int(i))) or t("Guest {id}", id=int(i)) for i in frame["guest_id"]],
        t("Tier"): [plain(words.tier_name(tier)) for tier in frame["tier"]],
        t("Property"): [str(places.get(p, "")) for p in frame["property_id"]],
        t("Last score"): [formats.DASH if pd.isna(score) else t("{score} of 10", score=formats.count(round(score / 1000))) for score in frame["score_bp"]],
        t("Praised"): [formats.count(n) for n in frame["praised"]],
        t("Invited"): [formats.count(n) for n in frame["invited"]],
        t("Came"): [formats.count(n) for n in frame["came"]],
        t("What they brought"): [formats.money(value, currency) if pd.notna(value) else formats.DASH for value in frame["value"]],
    })  # fmt: skip


def _widths() -> dict:
    left = {t("Guest"): 180, t("Tier"): 90, t("Property"): 180}
    right = {t("Last score"): 90, t("Praised"): 80, t("Invited"): 80, t("Came"): 80, t("What they brought"): 130}
    return {**{name: st.column_config.Column(width=width) for name, width in left.items()},
            **{name: st.column_config.Column(width=width, alignment="right") for name, width in right.items()}}


def _under(frame: pd.DataFrame, ticked: list[int], page: int, total: int) -> None:
    pages = math.ceil(total / PAGE_ROWS)
    with st.container(horizontal=True, vertical_alignment="center"):
        if pages > 1:
            st.pagination(pages, key="advocates_page")
        first = (page - 1) * PAGE_ROWS
        said = t("{first}–{last} of {total}", first=formats.count(first + 1), last=formats.count(first + len(frame)), total=formats.count(total))
        st.markdown(f":small[:gray[{safe(said)}]]", width="stretch")
        if len(ticked) == 1:
            guest_link(ticked[0], t("Open guest"), icon=":material/person:")
        downloads("advocates", list(_words(frame).columns), lambda: list(_words(load("advocate_list", limit=exports.MOST_ROWS)).itertuples(index=False, name=None)))
        list_saving.save("advocates", t("Advocates"), total, ticked, lambda: [int(i) for i in load("advocate_list", limit=MOST)["guest_id"]])


# --- whom they brought ------------------------------------------------------------------------------------------------------
def referred() -> None:
    """The guests who were invited and are known, those with most revenue first."""
    first = load("referred_guests", limit=1)
    total = int(first["rows"].iloc[0]) if len(first) else 0
    with panel(t("Guests who were invited"), t("Invited persons who are known here, by what they spent since")):
        if not total:
            small(safe(t("No invited person is known as a guest yet.")), grey=True)
            return
        guest_rows.listing("referred", total, lambda offset, limit: load("referred_guests", offset=offset, limit=limit), _came, t("Guests who were invited"))


def _came(frame: pd.DataFrame) -> dict[str, list]:
    revenue = [formats.money(v, view().currency) if pd.notna(v) else formats.DASH for v in frame["revenue"]]
    return {t("Invited on"): frame["invited_on"].map(guest_rows.day), t("Channel"): [advocate_words.channel(c) for c in frame["channel"]],
            t("First arrival"): frame["came_on"].map(guest_rows.day), t("Stays"): [formats.count(n) for n in frame["stays"]],
            t("Nights"): [formats.count(n) for n in frame["nights"]], t("Revenue"): revenue}
