"""Offers: what can be offered and what it earns, and for an audience which offer comes first for whom, with the reason."""
import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import bars
from crm_core.i18n import N_, t, tn
from crm_core.outreach.offers import REASONS
from crm_core.records import offers as records
from crm_core.telling import words
from crm_core.ui import guest_rows
from crm_core.ui.load import act, look, view
from crm_core.ui.parts import chart, mode, panel, small, table_height, told
from crm_core.ui.text import plain, safe

OTHER = {"room": N_("A night more or a better room"), "late_checkout": N_("Late departure")}
BEST = 3


def of_what(code: str) -> str:
    """Return what an offer is of, in words."""
    return t(OTHER.get(code) or words.DEPARTMENTS.get(code, code))


# --- for an audience --------------------------------------------------------------------------------------------------------------------
@st.fragment
def ranked(audience: int) -> None:
    """Which offer comes first for how many of those to be written to, and for each guest the first ones with the reason; counted when asked for."""
    with panel(t("What to offer to whom"), t("Chance that a guest takes it × what it earns · by what was used in earlier stays, not by what an offer changes"),
               height="content"):
        if not st.toggle(t("Rank the offers for these people"), key="offers_rank"):
            return
        found = look(records.offers_for, view().whole, audience_id=audience, most=BEST)
        named = {row["code"]: row["name"] for row in look(records.offers)}
        if not found.rows:
            small(safe(t("There is nobody to rank for, or no offer is made: add one on the page of all audiences.")), grey=True)
            return
        _first(found, named)
        _guests(found, named)


def _first(found: records.Ranked, named: dict[str, str]) -> None:
    codes = sorted(found.first, key=lambda code: -found.first[code])
    people, labels = sum(found.first.values()), [plain(named[code]) for code in codes]
    title = t("“{offer}” comes first for {n}", offer=labels[0], n=formats.n_of(found.first[codes[0]], people))
    st.markdown(f"**{safe(title)}**")
    notes = [formats.percent(found.first[code] / people, 0) for code in codes]
    chart(bars.bars(mode(), labels, [found.first[code] for code in codes], [formats.count(found.first[code]) for code in codes], labels[:1], notes=notes), title,
          key="offers_first")
    if found.without_rate:
        names = formats.listed([plain(named[code]) for code in found.without_rate])
        small(safe(t("Left out, because an exchange rate is missing: {offers}", offers=names)), grey=True)


def _guests(found: records.Ranked, named: dict[str, str]) -> None:
    rows = [row for row in found.rows if row["place"] == 1]
    rows.sort(key=lambda row: -row["score_minor"])
    frame = pd.DataFrame(rows)
    guest_rows.listing("offers", len(frame), lambda offset, limit: frame.iloc[offset:offset + limit], lambda page: _columns(page, named),
                       t("The offer that comes first for each guest, most expected first"))


def _columns(frame: pd.DataFrame, named: dict[str, str]) -> dict[str, list]:
    currency = view().currency
    return {t("First offer"): [plain(named[code]) for code in frame["offer"]], t("Chance"): [formats.percent(p, 0) for p in frame["p"]],
            t("Expected"): [formats.money_exact(score, currency) for score in frame["score_minor"]], t("Why"): [why(row) for row in frame.to_dict("records")]}


def why(row: dict) -> str:
    """Return the reason for an offer's place in words, with the counts."""
    return t(REASONS[row["reason"]], uses=formats.count(row["uses"]), stays=formats.count(row["stays"]), base=formats.percent(row["base"], 0))


# --- the offers -----------------------------------------------------------------------------------------------------------------------
@st.fragment
def editor() -> None:
    """The offers with what each earns, and a form to change or add one."""
    rows = look(records.offers)
    made = sum(row["is_active"] for row in rows)
    title = tn("{n} offer is made", "{n} offers are made", made, n=formats.count(made)) if rows else t("No offer is made yet")
    with panel(title, t("What a message can offer, and the margin each time it is taken"), height="content"):
        if rows:
            table = pd.DataFrame({
                t("Offer"): [plain(row["name"]) for row in rows], t("Of"): [of_what(row["department"]) for row in rows],
                t("Earns"): [formats.money_exact(row["margin_minor"], row["currency"]) for row in rows],
                t("Nights at least"): [formats.count(row["least_nights"]) for row in rows], t("Made"): [t("yes") if row["is_active"] else t("no") for row in rows]})
            st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(table), 8), alt=t("Offers"),
                         column_config=guest_rows.sized({t("Offer"): 204, t("Of"): 184, t("Made"): 54}, {t("Earns"): 62, t("Nights at least"): 98}))
        if view().scope.may("campaign"):
            _edit(rows)


def _edit(rows: list[dict]) -> None:
    with st.expander(t("Change or add an offer")):
        by_id = {row["id"]: row for row in rows}
        picked = st.selectbox(t("Offer"), [None, *by_id], format_func=lambda i: plain(by_id[i]["name"]) if i else t("A new one"), key="offer_picked")
        new = {"id": None, "version": 0, "name": "", "department": records.OF[0], "margin_minor": 0, "currency": view().currency, "least_nights": 0, "is_active": 1}
        one = by_id.get(picked, new)
        tag = f"{one['id']}_{one['version']}"
        name = st.text_input(t("Name"), one["name"], key=f"offer_name_{tag}", max_chars=80)
        code = st.text_input(t("Code"), key=f"offer_code_{tag}", max_chars=40, help=t("Small letters and digits: what files call it")) if picked is None else ""
        of = st.selectbox(t("Of"), records.OF, records.OF.index(one["department"]), format_func=of_what, key=f"offer_of_{tag}")
        scale = 10 ** formats.exponent(one["currency"])
        margin = st.number_input(t("Earns each time, {currency}", currency=one["currency"]), 0.0, None, one["margin_minor"] / scale, 1.0, key=f"offer_margin_{tag}")
        nights = st.number_input(t("Nights at least"), 0, records.MOST_NIGHTS, one["least_nights"], key=f"offer_nights_{tag}")
        made = st.checkbox(t("It is made now"), bool(one["is_active"]), key=f"offer_made_{tag}")
        if st.button(t("Save offer"), key="offer_save"):
            own = {"id": one["id"], "version": one["version"]} if picked else {"code": code or ""}
            with told():
                act(records.save_offer, name=name or "", department=of, margin_minor=round(margin * scale), currency=one["currency"], least_nights=int(nights),
                    is_active=made, **own)
                st.rerun()
