"""The roll-forward of points for the accountant: from one balance to the next, in points and in money, tied to the ledger, with its files."""
import datetime as dt

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import waterfall
from crm_core.i18n import N_, t
from crm_core.scope import months_back
from crm_core.ui import points_words
from crm_core.ui.load import load, view
from crm_core.ui.parts import chart, downloads, mode, panel, small, table_height
from crm_core.ui.text import safe

SPANS = {12: N_("12 months"), 3: N_("3 months"), 1: N_("Last month")}


@st.fragment
def roll_forward() -> None:
    """Opening and closing balance of the complete months before the as-of date, and what lies between."""
    start, end = _span()
    found = load("roll_forward", from_on=start, to_on=end)
    with panel(_title(found, start, end), t("Points of all accounts, and what is owed for them · {period}", period=formats.period(start, end)), right=_choose):
        left, right = st.columns([1, 1.35])
        with left:
            _table(found)
            small(safe(_ties(found, start, end)), grey=True)
            _files(found, start, end)
        with right:
            _picture(found)


def _span() -> tuple[dt.date, dt.date]:
    end = view().scope.as_of.replace(day=1)
    months = st.session_state.get("roll_months") or next(iter(SPANS))
    return months_back(end - dt.timedelta(1), months - 1), end


def _choose() -> None:
    st.segmented_control(t("Months"), list(SPANS), format_func=lambda n: t(SPANS[n]), default=next(iter(SPANS)), required=True, key="roll_months",
                         label_visibility="collapsed")


def _title(found: pd.DataFrame, start: dt.date, end: dt.date) -> str:
    at = found.set_index("line")["points"]
    said = {"before": points_words.compact(at["opening"]), "after": points_words.compact(at["closing"])}
    if at["closing"] > at["opening"]:
        return t("Open points rose from {before} to {after}", **said)
    return t("Open points fell from {before} to {after}", **said) if at["closing"] < at["opening"] else t("Open points stayed at {after}", **said)


def _rows(found: pd.DataFrame) -> list[tuple[str, str, str]]:
    currency = view().currency
    return [(t(points_words.LINES[row.line]), formats.signed(row.points) if row.line not in ("opening", "closing") else formats.count(row.points),
             formats.money(row.money, currency) if pd.notna(row.money) else formats.DASH) for row in found.itertuples()]  # fmt: skip


def _table(found: pd.DataFrame) -> None:
    names = ["", t("Points"), t("Owed")]
    widths = {name: st.column_config.Column(width=width, alignment=side) for name, width, side in zip(
        names, (125, 105, 85), ("left", "right", "right"), strict=True)}  # that a phone shows all three
    st.dataframe(pd.DataFrame(_rows(found), columns=names), hide_index=True, row_height=34, height=table_height(len(found)),
                 alt=t("Roll-forward of points"), column_config=widths)


def _ties(found: pd.DataFrame, start: dt.date, end: dt.date) -> str:
    """Say whether the accounts of the span add up to nothing, as double entry has it, and the lines to the closing balance."""
    accounts = int(load("journal", from_on=start, to_on=end)["points"].sum())
    lines = int(found[found["line"] != "closing"]["points"].sum() - found.set_index("line")["points"]["closing"])
    if accounts or lines:
        return t("The ledger does not close: {n} points are missing. Refresh; if it stays, have the store checked.", n=formats.count(abs(accounts) + abs(lines)))
    return t("Ties to the ledger to the point: all accounts add up to 0")


def _files(found: pd.DataFrame, start: dt.date, end: dt.date) -> None:
    currency = view().currency
    unit = 10 ** formats.exponent(currency)  # numbers, that a spreadsheet can add up
    downloads("points-roll-forward", [t("Line"), t("Points"), t("Owed, {currency}", currency=currency)],
              lambda: [(t(points_words.LINES[row.line]), row.points, row.money / unit) for row in found.itertuples()])
    with st.expander(t("Journal by month and account"), icon=":material/menu_book:"):
        journal = load("journal", from_on=start, to_on=end)
        wide = journal.pivot(index="month", columns="account", values="points").reindex(columns=journal["account"].drop_duplicates())
        names = [t("Month"), *(t(ACCOUNTS[name]) for name in wide.columns)]
        rows = [(formats.month(month), *(int(n) for n in line)) for month, line in zip(wide.index, wide.to_numpy(), strict=True)]
        shown = pd.DataFrame([(name, *map(formats.signed, line)) for name, *line in rows], columns=names)
        st.dataframe(shown, hide_index=True, row_height=34, height=table_height(len(shown), 6), alt=t("Journal by month and account"))
        downloads("points-journal", names, lambda: rows)


ACCOUNTS = {"members": N_("Members"), "issued": N_("Issued"), "redeemed": N_("Redeemed"), "expired": N_("Expired"), "adjusted": N_("Adjusted"),
            "transferred": N_("Transferred")}


def _picture(found: pd.DataFrame) -> None:
    shown = found[(found["line"] != "estimate") & ((found["points"] != 0) | found["line"].isin(("opening", "closing")))]
    labels = [t(points_words.LINES[line]) for line in shown["line"]]
    levels = [line in ("opening", "closing") for line in shown["line"]]
    texts = [points_words.compact(n) for n in shown["points"]]
    chart(waterfall.waterfall(mode(), labels, shown["points"], texts, levels), t("From the opening to the closing balance of points"), key="roll_forward")
