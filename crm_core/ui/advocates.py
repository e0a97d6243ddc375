"""The cards of word of mouth: who came by invitation, who praises and also recommends, the work list of advocates, and the guests they brought."""
import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import bars, interval
from crm_core.i18n import t
from crm_core.records.audiences import MOST
from crm_core.ui import advocate_words, guest_rows, list_saving
from crm_core.ui import loyalty_words as words
from crm_core.ui.load import load, view
from crm_core.ui.parts import chart, mode, panel, small
from crm_core.ui.text import plain, safe

KEYS = ("referral_k", "members", "members_active_12m", "new_guests")
WITHIN = 180


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
    first = _advocates(0, guest_rows.PAGE_ROWS)
    total = int(first["rows"].iloc[0]) if len(first) else 0
    with panel(advocate_words.work_title(total), t("Most who came first · to thank, and to offer a code; a request for a public review goes to all guests alike")):
        if not total:
            small(safe(t("Nobody has invited a person or praised the house within two years.")), grey=True)
            return
        guest_rows.listing("advocates", total, _advocates, _columns, advocate_words.work_title(total), widths=_widths(), keep=lambda ticked:
                           list_saving.save("advocates", t("Advocates"), total, ticked, lambda: _advocates(0, MOST)["guest_id"].tolist()))


def _advocates(offset: int, limit: int) -> pd.DataFrame:
    return load("advocate_list", offset=offset, limit=limit)


def _columns(frame: pd.DataFrame) -> dict[str, list]:
    currency, places = view().currency, load("properties").set_index("property_id")["name"]
    return {
        t("Tier"): [plain(words.tier_name(tier)) for tier in frame["tier"]],
        t("Property"): [str(places.get(p, "")) for p in frame["property_id"]],
        t("Last score"): [formats.DASH if pd.isna(score) else t("{score} of 10", score=formats.count(round(score / 1000))) for score in frame["score_bp"]],
        t("Praised"): [formats.count(n) for n in frame["praised"]],
        t("Invited"): [formats.count(n) for n in frame["invited"]],
        t("Came"): [formats.count(n) for n in frame["came"]],
        t("What they brought"): [formats.money(value, currency) if pd.notna(value) else formats.DASH for value in frame["value"]],
    }


def _widths() -> dict:
    return guest_rows.sized({t("Guest"): 180, t("Tier"): 90, t("Property"): 180},
                            {t("Last score"): 90, t("Praised"): 80, t("Invited"): 80, t("Came"): 80, t("What they brought"): 130})


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
