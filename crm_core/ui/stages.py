"""The card of life-cycle stages: how many guests stand at each, by which rule, and who came and went within a year."""
import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.i18n import N_, t
from crm_core.queries.stages import STAGES
from crm_core.ui import guest_rows
from crm_core.ui.load import load
from crm_core.ui.parts import panel, small, table_height
from crm_core.ui.text import safe

NAMES = {
    "prospect": N_("Prospect"), "lead": N_("Lead"), "first": N_("First-time guest"), "repeat": N_("Repeat guest"), "member": N_("Member"),
    "advocate": N_("Advocate"), "lapsed": N_("Lapsed"),
}
RULES = {
    "prospect": N_("known, no stay yet"), "lead": N_("an open enquiry, no stay yet"), "first": N_("one stay"), "repeat": N_("two stays or more"),
    "member": N_("an active membership"), "advocate": N_("two stays or more, scored us 9 or 10 of 10"),
    "lapsed": N_("gone for 24 months, nothing booked"),
}
BADGES = {"prospect": "gray", "lead": "orange", "first": "gray", "repeat": "blue", "member": "violet", "advocate": "green", "lapsed": "red"}
MOVES = {"now": N_("There now"), "entered": N_("Came within 12 months"), "left": N_("Left within 12 months")}


def badge(guest: int) -> str:
    """Return the badge of a guest's stage with the day since which it holds; nothing for a guest without one."""
    frame = load("guest_stages", guest=guest)
    now = frame[frame["is_current"] == 1]
    if now.empty:
        return ""
    stage, since = now.iloc[0]["stage"], formats.date(now.iloc[0]["since_on"])
    return f":{BADGES[stage]}-badge[{safe(t('{stage} since {day}', stage=t(NAMES[stage]), day=since))}]"


@st.fragment
def life_cycle() -> None:
    """The stages in order, with their rules, and the guests behind the one that is ticked."""
    moves = load("stage_moves")
    table = counted(moves)
    with panel(_title(table), _said(int(table["now"].sum()))):
        picked = st.dataframe(_words(table), hide_index=True, row_height=34, height=table_height(len(table)), key="stages", on_select="rerun",
                              selection_mode="single-row", column_config=_widths(), alt=t("Guests by stage of the life cycle")).selection.rows
        if picked:
            _behind(table.iloc[picked[0]])
        else:
            small(safe(t("Tick a stage to see its guests.")), grey=True)


def counted(moves: pd.DataFrame) -> pd.DataFrame:
    """Return one row per stage from the query stage_moves: guests now, entered and left within a year."""
    before, now, guests = moves["before"], moves["stage"], moves["guests"]
    return pd.DataFrame([{
        "stage": stage, "now": int(guests[now == stage].sum()), "entered": int(guests[(now == stage) & (before != stage)].sum()),
        "left": int(guests[(before == stage) & (now != stage)].sum())} for stage in STAGES])


def _said(total: int) -> str:
    return t("{n} guests, each at the last stage in this order that fits · came and went: against 365 days earlier", n=formats.count(total))


def _title(table: pd.DataFrame) -> str:
    by, total = table.set_index("stage")["now"], table["now"].sum()
    stayed = total - by["prospect"] - by["lead"]
    if not stayed:
        return t("Nobody has stayed yet")
    return t("{share} of those who stayed have lapsed", share=formats.percent(by["lapsed"] / stayed, 0))


def _words(table: pd.DataFrame) -> pd.DataFrame:
    total = table["now"].sum() or 1
    return pd.DataFrame({
        t("Stage"): [t(NAMES[s]) for s in table["stage"]],
        t("Guests"): [formats.count(n) for n in table["now"]],
        t("Share"): (100 * table["now"] / total).round(),
        t("Came"): [f"+{formats.count(n)}" if n else formats.DASH for n in table["entered"]],
        t("Went"): [f"{formats.MINUS}{formats.count(n)}" if n else formats.DASH for n in table["left"]],
        t("Rule"): [t(RULES[s]) for s in table["stage"]],
    })


def _widths() -> dict:
    right = {t("Guests"): 72, t("Came"): 66, t("Went"): 66}
    return {
        t("Stage"): st.column_config.Column(width=122), **{name: st.column_config.Column(width=w, alignment="right") for name, w in right.items()},
        t("Share"): st.column_config.ProgressColumn(width=92, min_value=0, max_value=100, format="%d%%", color="gray"),
        t("Rule"): st.column_config.Column(width=290),
    }


def _behind(row: pd.Series) -> None:
    stage = row["stage"]
    move = st.segmented_control(t("Which guests"), list(MOVES), default="now", required=True, format_func=lambda m: t(MOVES[m]), key=f"move_{stage}",
                                label_visibility="collapsed")
    total = int(row[move])
    if not total:
        small(safe(t("Nobody.")), grey=True)
        return
    asked = {"stage": stage} | ({"move": move} if move != "now" else {})
    guest_rows.listing(f"stage_{stage}_{move}", total, lambda offset, limit: load("stage_guests", offset=offset, limit=limit, **asked), _columns,
                       t("Guests at the stage {stage}", stage=t(NAMES[stage])))


def _columns(frame: pd.DataFrame) -> dict[str, list]:
    stage = lambda s: t(NAMES[s]) if isinstance(s, str) else t("not known")  # noqa: E731
    return {
        t("Stage"): frame["stage"].map(stage), t("Since"): frame["since_on"].map(guest_rows.day), t("A year before"): frame["before"].map(stage),
        t("Stays"): frame["stays"], t("Last departure"): frame["last_on"].map(guest_rows.day),
    }
