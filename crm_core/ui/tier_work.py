"""Two work lists of tiers: members within reach of the next one, and members who lose theirs within 90 days, with what is missing and by when."""
from functools import partial

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.i18n import N_, t
from crm_core.queries.tiers import AHEAD, NEAR
from crm_core.records.audiences import MOST
from crm_core.ui import guest_rows, list_saving
from crm_core.ui import loyalty_words as words
from crm_core.ui.load import load, view
from crm_core.ui.parts import panel, small
from crm_core.ui.text import plain, safe

KINDS = ("rise", "keep")
USUAL = {"rise": N_("Near the next tier"), "keep": N_("About to lose their tier")}
WINDOWS = {"rise": 180, "keep": AHEAD}
MILLION = 1_000_000


@st.fragment
def work(kind: str) -> None:
    """A list of members: which tier is at stake, what is missing, by when, and what they spend."""
    rows = partial(_rows, kind)
    first = rows(0, guest_rows.PAGE_ROWS)
    total = int(first["rows"].iloc[0]) if len(first) else 0
    with panel(words.work_title(kind, total), _said(kind)):
        if not total:
            small(safe(_nobody(kind)), grey=True)
            return
        guest_rows.listing(f"tier_{kind}", total, rows, partial(_columns, kind), words.work_title(kind, total), widths=_widths(), keep=lambda ticked:
                           list_saving.save(f"tier_{kind}", t(USUAL[kind]), total, ticked, lambda: rows(0, MOST)["guest_id"].tolist(), window=WINDOWS[kind]))


def _rows(kind: str, offset: int, limit: int) -> pd.DataFrame:
    return load("tier_work", kind=kind, offset=offset, limit=limit)


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


def _columns(kind: str, frame: pd.DataFrame) -> dict[str, list]:
    currency, places = view().currency, load("properties").set_index("property_id")["name"]
    columns = {
        t("Property"): [str(places.get(p, "")) for p in frame["property_id"]],
        t("Tier"): [plain(words.tier_name(tier)) for tier in frame["tier"]],
        t("Next tier") if kind == "rise" else t("Falls to"): [plain(words.tier_name(tier)) for tier in frame["to_tier"]],
    }
    if kind == "keep":
        columns[t("Ends on")] = frame["on"].map(guest_rows.day).tolist()
    return columns | {
        t("Missing"): [words.amount(measure, n) for measure, n in zip(frame["measure"], frame["missing"], strict=True)],
        t("So far"): (100 * frame["has"] / frame["wants"].where(frame["wants"] > 0)).astype("Float64").round().astype(float),
        t("Has"): [formats.n_of(has, wants) for has, wants in zip(frame["has"], frame["wants"], strict=True)],
        t("Last active"): frame["last_active_on"].map(guest_rows.day).tolist(),
        t("Spend, 12 months"): [formats.money(spend, currency) for spend in frame["spend_12m"]],
    }


def _widths() -> dict:
    left = {t("Guest"): 160, t("Property"): 170, t("Tier"): 84, t("Next tier"): 84, t("Falls to"): 84, t("Ends on"): 100, t("Missing"): 96,
            t("Last active"): 100}
    return guest_rows.sized(left, {t("Has"): 80, t("Spend, 12 months"): 116}) | {
        t("So far"): st.column_config.ProgressColumn(width=100, min_value=0, max_value=100, format="%d%%", color="gray")}
