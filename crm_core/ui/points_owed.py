"""The cards of what is owed for points: the liability under other breakages, the triangle that the estimate rests on, and how it is computed."""
import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import cohort, interval
from crm_core.i18n import t
from crm_core.ui import loyalty_words, points_words
from crm_core.ui.load import load, view
from crm_core.ui.parts import chart, mode, panel, small, table_height
from crm_core.ui.return_words import cohort_name
from crm_core.ui.text import safe

SHIFTS = (-10.0, -5.0, 0.0, 5.0, 10.0)
AGES = 10  # quarters that fit beside each other on a phone, with the end apart from them


def owed() -> None:
    """The liability as it is estimated, and what it would be at a higher or lower breakage."""
    found, currency = load("sensitivity", shifts=SHIFTS), view().currency
    now = found[found["shift_pp"] == 0].iloc[0]
    with panel(points_words.owed_title(now, currency), t("Open points that will be redeemed, at their worth · breakage: what is never redeemed")):
        if pd.isna(now["liability"]):
            small(safe(points_words.why_not()), grey=True)
            return
        names = [points_words.shift_said(shift) for shift in found["shift_pp"]]
        texts = [formats.compact_money(value, currency) for value in found["liability"]]
        tones = ["accent" if not shift else "line" for shift in found["shift_pp"]]
        chart(interval.forest(mode(), names, found["liability"], found["low"], found["high"], texts, tones=tones,
                              say=lambda v: formats.round_money(v, currency)), points_words.owed_title(now, currency), key="sensitivity")
        for line in points_words.owed_lines(found, currency):
            small(safe(line), grey=True)


def triangle() -> None:
    """What share of each quarter's points was redeemed by which age, and what is expected in the end."""
    cells, known = load("points_triangle"), load("vintages")
    with panel(points_words.triangle_title(known), t("Share of the points of each quarter redeemed by the end of so many quarters, % · blank: too early")):
        if cells.empty:
            small(safe(t("No quarter of issue is complete yet.")), grey=True)
            return
        wide = cells[cells["age"] < AGES].pivot(index="quarter", columns="age", values="share").sort_index()
        ends = known.groupby("issued_on")[["urr", "urr_low", "urr_high"]].first().reindex(wide.index)
        values = [[*line, None, end] for line, end in zip(wide.to_numpy().tolist(), ends["urr"], strict=True)]
        texts = [[_whole(share) for share in line] for line in values]
        issued = cells.groupby("quarter")["issued"].first().reindex(wide.index)
        chart(cohort.cohort(mode(), [*(formats.count(age + 1) for age in wide.columns), "", t("end")], [_quarter(day) for day in wide.index],
                            [points_words.compact(n) for n in issued], values, texts, corner=t("quarters")),
              points_words.triangle_title(known), key="triangle")
        small(safe(points_words.triangle_note(known, _quarter)), grey=True)
        _vintages(known)


def _whole(share: float) -> str:
    return "" if pd.isna(share) else formats.decimal(100 * share, 0)


def _quarter(day) -> str:
    return cohort_name(day, "quarter")


def _vintages(known: pd.DataFrame) -> None:
    """The quarters of issue as numbers, newest first, each with the interval of what is redeemed in the end."""
    with st.expander(t("Quarter by quarter, whole programme"), icon=":material/table_rows:"):
        rows = known.sort_values("issued_on", ascending=False)
        counted = {t("Issued"): "issued", t("Redeemed"): "redeemed", t("Expired"): "expired", t("Open"): "open"}
        programmes = load("programmes").drop_duplicates("programme_id").set_index("programme_id")["name"]
        which = {t("Programme"): [str(programmes.get(number, "")) for number in rows["programme_id"]]} if len(programmes) > 1 else {}
        table = pd.DataFrame(which | {
            t("Quarter of issue"): [_quarter(day) for day in rows["issued_on"]],
            **{name: [formats.count(n) for n in rows[column]] for name, column in counted.items()},
            t("Redeemed in the end"): [points_words.end_said(row) for row in rows.itertuples()]})  # fmt: skip
        right = st.column_config.Column(alignment="right")
        st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(table), 8), alt=t("Quarters of issue"),
                     column_config=dict.fromkeys(table.columns[len(which) + 1:], right))


# --- how ------------------------------------------------------------------------------------------------------------------
def workings() -> None:
    """The formulas, the programme's own parameters and the sources."""
    with st.expander(t("How it is computed"), icon=":material/function:"):
        for line in points_words.WORKINGS:
            st.markdown(safe(t(line)))
        _parameters()


def _parameters() -> None:
    """What the rules in force say of the worth and the end of points; a programme without rules says nothing."""
    found = load("programmes")
    begun = found[found["from_on"].isna() | (found["from_on"] <= view().scope.as_of)]
    said = [(row, loyalty_words.rules_of(row.rules)) for row in begun.sort_values("number").groupby("programme_id").tail(1).itertuples()]
    told = [(row, rules) for row, rules in said if rules]
    if told:
        table = pd.DataFrame({
            t("Programme"): [row.name for row, _ in told],
            t("Points expire"): [points_words.expiry_said(rules) for _, rules in told],
            t("Worth of 1,000 points by the rules"): [formats.money_exact(rules.value_per_1000, row.currency) for row, rules in told]})  # fmt: skip
        st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(table)), alt=t("Parameters of the programme"))
