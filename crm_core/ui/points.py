"""The cards of points: what came and went by month, how old the open ones are, what they are redeemed for, and whose expire next."""
import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import bars, trend
from crm_core.i18n import N_, t
from crm_core.queries.points import SOON
from crm_core.ui import guest_rows, points_words
from crm_core.ui import loyalty_words as words
from crm_core.ui.load import load, view
from crm_core.ui.parts import PAGES, chart, empty, mode, panel, small
from crm_core.ui.return_words import cohort_name
from crm_core.ui.text import safe

KEYS = ("points_liability", "liability_per_member", "ultimate_redemption_rate", "burn_earn_ratio", "points_expiring_90d", "ifrs15_deferred")
MONTHS = 25
REDEEMED_BY = {"spend": N_("What for"), "tier": N_("By tier"), "property": N_("By property")}


def anything() -> bool:
    """Say whether the view's members ever had a point."""
    return bool(load("points_flow", months=1)["closing"].any() or load("points_flow", months=MONTHS)["issued"].any() or len(load("points_age")))


def nothing() -> None:
    """The page of members without points: what is missing, and where it comes from."""
    empty(t("No points have been posted yet"),
          t("The members are known, their points are not. Bring in the list of movements, or a list of members with the balances that they have."))
    st.page_link(PAGES / "data.py", label=t("Bring files in"), icon=":material/upload:")


# --- what came and went ---------------------------------------------------------------------------------------------------
def flow() -> None:
    """Points issued by month as bars, and those redeemed as the line beside them."""
    found = load("points_flow", months=MONTHS)
    complete = [month < view().scope.as_of.replace(day=1) for month in found["month"]]
    year = found[complete].tail(points_words.YEAR)
    with panel(points_words.flow_title(year), t("Points issued by month · dotted: redeemed")):
        labels = [formats.month(month) for month in found["month"]]
        ticks = [formats.month_short(month) if place % 6 == 0 else "" for place, month in enumerate(found["month"])]
        chart(trend.trend(mode(), labels, found["issued"], found["redeemed"], [False] * (len(found) - 12) + [True] * 12, _short(found["issued"]),
                          provisional=[not whole for whole in complete], comparison_name=t("redeemed"), ticks=ticks, say=points_words.compact),
              points_words.flow_title(year), key="points_flow")
        small(safe(t("Last 12 complete months: {issued} issued, {redeemed} redeemed, {expired} expired · {closing} open now", **{
            name: points_words.compact(year[name].sum()) for name in ("issued", "redeemed", "expired")}, closing=formats.count(found["closing"].iloc[-1]))),
            grey=True)


def _short(values: pd.Series) -> list[str]:
    return [points_words.compact(value) for value in values]


def ages() -> None:
    """Open points by the quarter of their issue, oldest first."""
    found = load("points_age")
    with panel(points_words.age_title(found), t("Open points by quarter of issue, oldest first")):
        if found.empty:
            small(safe(t("No points are open.")), grey=True)
            return
        names = [cohort_name(quarter, "quarter") if pd.notna(quarter) else t("Age unknown") for quarter in found["quarter"]]
        ticks = [name if place % 3 == 0 else "" for place, name in enumerate(names)]
        chart(trend.trend(mode(), names, found["points"], None, [bool(gone) for gone in found["expiring"]], _short(found["points"]), ticks=ticks,
                          say=points_words.compact), points_words.age_title(found), key="points_age")
        notes = [t("dark: some of them expire within {days} days", days=SOON)] if found["expiring"].any() else []
        if found["quarter"].isna().any():
            notes.append(t("age unknown: balances taken over from another system, redeemed first"))
        small(safe(" · ".join([t("{n} open points", n=formats.count(found["points"].sum())), *notes])), grey=True)


# --- redemption -----------------------------------------------------------------------------------------------------------
def redeemed() -> None:
    """What points were redeemed for in the period, by whom, at what worth, and what is never redeemed."""
    by = st.session_state.get("redeemed_by") or "spend"
    found = load("redemptions", by=by)
    shown = found[found["points"] > 0]
    with panel(points_words.redeemed_title(shown, by), t("Points redeemed in the period"), right=_by):
        if shown.empty:
            small(safe(t("Nothing was redeemed in this period.")), grey=True)
            return
        names = [_group(by, group) for group in shown["group"]]
        chart(bars.bars(mode(), names, shown["points"], _short(shown["points"]), names[:1], notes=[_note(row) for row in shown.itertuples()]),
              points_words.redeemed_title(shown, by), key=f"redeemed_{by}")
        if by == "spend":
            small(safe(t("Beside each bar: members, and the worth of 1,000 points where the source tells it")), grey=True)
        else:
            for row in found.itertuples():
                small(safe(points_words.breakage_said(_group(by, row.group), row)), grey=True)


def _by() -> None:
    st.segmented_control(t("Split by"), list(REDEEMED_BY), format_func=lambda by: t(REDEEMED_BY[by]), default="spend", required=True, key="redeemed_by",
                         label_visibility="collapsed")


def _group(by: str, group: object) -> str:
    if by == "tier":
        return words.tier_name(group)
    if by == "property":
        return str(load("properties").set_index("property_id")["name"].get(group, t("Not known")))
    return points_words.reward(group)


def _note(row) -> str:
    worth = "" if pd.isna(row.value) else formats.money_exact(row.value * 1000, view().currency)
    return " · ".join(filter(None, (formats.n(int(row.members)), worth)))


# --- whose expire -----------------------------------------------------------------------------------------------------------
def expiring() -> None:
    """Members whose points expire soon, most points first."""
    first = load("points_expiring", limit=1)
    total, points = (int(first["rows"].iloc[0]), int(first["total"].iloc[0])) if len(first) else (0, 0)
    with panel(points_words.expiring_title(total, points), t("If nothing is redeemed until then; redemptions take the oldest points first")):
        if not total:
            small(safe(t("Nobody loses points within {days} days.", days=SOON)), grey=True)
            return
        guest_rows.listing("points_expiring", total, lambda offset, limit: load("points_expiring", offset=offset, limit=limit), _expiring_columns,
                           t("Members whose points expire"))


def _expiring_columns(frame: pd.DataFrame) -> dict[str, list]:
    places = load("properties").set_index("property_id")["name"]
    return {t("Tier"): [words.tier_name(tier) for tier in frame["tier"]], t("Property"): [str(places.get(p, "")) for p in frame["property_id"]],
            t("Points that expire"): [formats.count(n) for n in frame["points"]], t("First on"): frame["expires_on"].map(guest_rows.day),
            t("Balance"): [formats.count(n) for n in frame["balance"]]}
