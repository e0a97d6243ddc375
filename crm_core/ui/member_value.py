"""The cards of what members add: raw and matched, the trap in the raw number, how alike the matched are, and cost against margin."""
import json

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import interval, waterfall
from crm_core.i18n import t
from crm_core.queries.member_value import LEAST
from crm_core.ui import member_words
from crm_core.ui.load import load, view
from crm_core.ui.parts import PAGES, chart, mode, panel, small, table_height
from crm_core.ui.text import safe

KEYS = ("incremental_member_value", "member_revenue_share", "programme_cost_per_room", "members")
ALIKE = 0.1  # the customary bound of a standardised difference (Austin 2009)
PLACES = 6


def _found() -> pd.DataFrame:
    """The comparison of each place of the view with its name: one row where all of them are told together."""
    found = load("member_effect")
    names = load("properties").set_index("property_id")["name"]
    return found.assign(place=[str(names.get(number, t("All properties"))) for number in found["property_id"]])


def beside() -> None:
    """Three answers to one question, from the most misleading to the most honest; of several properties, the honest one for each."""
    found, currency = _found(), view().currency
    day = formats.date(view().scope.as_of)
    with panel(member_words.beside_title(found, currency), t("Revenue per guest in the year before {day}: members less others · with 95% interval", day=day)):
        if found.empty or not found["members"].sum():
            small(safe(t("Nobody was a member a year ago: there is no year to compare yet.")), grey=True)
            return
        shown = member_words.answers(found.iloc[0]) if len(found) == 1 else member_words.places(found.head(PLACES))
        texts = [member_words.amount(row, currency) for row in shown.itertuples()]
        chart(interval.forest(mode(), [t(name) for name in shown["name"]], shown["value"], shown["low"], shown["high"], texts, tones=shown["tone"].tolist(),
                              no_effect=t("no difference"), say=lambda v: formats.round_money(v, currency)),
              member_words.beside_title(found, currency), key="beside")
        for line in member_words.beside_lines(found):
            small(safe(line), grey=True)
        if found["few"].any():
            small(safe(t("Fewer than {n} matched members: too few to tell.", n=LEAST)), grey=True)


def trap() -> None:
    """Why the plain difference is too large, in sentences with this hotel's own numbers."""
    found, currency = _found(), view().currency
    with panel(t("Why the plain difference misleads"), t("Two traps, and how the comparison avoids them")):
        for line in member_words.traps(found, currency):
            st.markdown(safe(line))


def balance() -> None:
    """How alike members and the others are, before matching and after."""
    found = load("member_effect")
    with panel(t("How alike the two groups are"), t("Differences in standard deviations, all members and matched ones · below {n} they are alike",
                                                   n=formats.decimal(ALIKE))):
        said = [json.loads(row) for row in found["balance"] if isinstance(row, str) and row]
        if not found["matched"].sum():
            small(safe(t("Nobody is compared yet.")), grey=True)
            return
        if len(said) != 1 or not said[0]:
            small(safe(t("Told for one property, or for all of them together.")), grey=True)
            return
        names = [t(member_words.TRAITS.get(name, name)) for name in said[0]]
        pairs = list(said[0].values())
        alike, before, after = t("Alike"), t("Before"), t("Matched")
        table = pd.DataFrame({t("What is compared"): names, before: [_signed(pair[0]) for pair in pairs], after: [_signed(pair[1]) for pair in pairs],
                              alike: [t("yes") if pair[1] is not None and abs(pair[1]) < ALIKE else t("no") for pair in pairs]})
        right = st.column_config.Column(alignment="right")
        st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(table)), alt=t("Standardised differences before and after matching"),
                     column_config={before: right, after: right})


def _signed(value: float | None) -> str:
    return formats.DASH if value is None else formats.signed(value, 2)


def economics() -> None:
    """What the programme cost in 12 months and what its members added, from one to the other."""
    row, currency = load("programme_economics").iloc[0], view().currency
    with panel(member_words.verdict(row, currency), t("Last 12 complete months: {period} · margin that members add, less what the programme costs",
                                                      period=formats.period(row["from_on"], row["to_on"]))):
        if not row["cost"] and not row["margin"] > 0:
            small(safe(t("No costs are known. Enter fees, benefits and staff on the page Rules; redeemed points are counted by themselves.")), grey=True)
        else:
            steps = member_words.steps(row)
            texts = [formats.compact_money(value, currency) for value in steps["value"]]
            chart(waterfall.waterfall(mode(), [t(name) for name in steps["name"]], steps["value"], texts, steps["level"].tolist()),
                  member_words.verdict(row, currency), key="economics")
        for line in member_words.economy_lines(row, currency):
            small(safe(line), grey=True)
        if view().scope.may("settings"):
            st.page_link(PAGES / "programme.py", label=t("Costs"), icon=":material/tune:")
