"""The page of journeys: those there are, what they caused, and eight examples to begin with."""
import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import interval
from crm_core.i18n import N_, t
from crm_core.outreach.journeys import SHIPPED, Example, dump
from crm_core.records import journeys as records
from crm_core.ui import campaign_words, guest_rows, journeys_due, journeys_try, journeys_whom
from crm_core.ui import journeys_words as words
from crm_core.ui.load import act, load, look, view
from crm_core.ui.parts import chart, filled, mode, panel, small, table_height, told
from crm_core.ui.text import plain, safe

SHOWN = {"kept": N_("In use"), "archived": N_("Put away")}
MOST_ROWS = 10
LOW = 112  # px of a chart of one row


# --- the list -----------------------------------------------------------------------------------------------------------------------
@st.fragment
def listing() -> None:
    """The journeys with what they wrote lately and what they caused; the row that is ticked opens."""
    put_away = journeys_due.chosen("journey_lists", SHOWN) == "archived"
    rows = look(records.journeys, view().whole, archived=put_away)
    title = t("{n} journeys were put away", n=formats.count(len(rows))) if put_away else words.list_title(rows)
    with panel(title, t("Messages that follow from what a guest does · people of the last 30 days · booked: within 30 days of the first message, written to "
                        "less held out, in points, with 95% interval"), right=_shown, height="content"):
        if not rows:
            small(safe(t("Begin with an example below: it is tried on the last month before it writes to anybody.")), grey=True)
            return
        picked = st.dataframe(_table(rows), hide_index=True, row_height=34, height=table_height(len(rows), MOST_ROWS), key="journey_rows", on_select="rerun",
                              selection_mode="single-row", column_config=_widths(), alt=t("Journeys by name")).selection.rows
        if picked and picked[0] < len(rows):
            _opens(rows[picked[0]])
        else:
            small(safe(t("Tick a row to open the journey.")), grey=True)


def _shown() -> None:
    st.selectbox(t("Which journeys"), list(SHOWN), format_func=lambda code: t(SHOWN[code]), key="journey_lists", bind="query-params",
                 label_visibility="collapsed", width=130)


def _opens(row: dict) -> None:
    if st.button(t("Open “{name}”", name=safe(row["name"])), icon=":material/route:", key="journey_open"):  # a link would lead to the page that is open
        st.query_params["journey"] = str(row["id"])
        st.rerun()


def _table(rows: list[dict]) -> pd.DataFrame:
    found = {row["journey_id"]: row for row in load("journey_summary").to_dict("records")}
    return pd.DataFrame({
        t("Journey"): [plain(row["name"]) for row in rows], t("Begins"): [_begins(row) for row in rows], t("State"): [words.state(row)[1] for row in rows],
        t("Written to"): [formats.count(row["written"]) for row in rows], t("Twice or more"): [formats.count(row["twice"]) for row in rows],
        t("Held out"): [formats.count(row["held_out"]) if row["held_out"] else formats.DASH for row in rows],
        t("Booked, difference"): [words.difference(found.get(row["id"])) for row in rows]})


def _begins(row: dict) -> str:
    trigger = row["rules"] and row["rules"]["trigger"]
    return words.begins(trigger["on"], trigger["days"]) if trigger else t(words.KINDS.get(row["kind"], row["kind"]))


def _widths() -> dict:
    return guest_rows.sized({t("Journey"): 190, t("Begins"): 230, t("State"): 90},
                            {t("Written to"): 90, t("Twice or more"): 110, t("Held out"): 80, t("Booked, difference"): 190})


# --- what they caused ---------------------------------------------------------------------------------------------------------------
def lifts() -> None:
    """The lift of each journey that holds somebody out."""
    found = load("journey_summary")
    said = words.lifts_title(found)
    with panel(said, t("Booked within 30 days of the first message of the period, written to less held out, in points · 95% interval"), height="content"):
        told_of = found[found["control_n"] > 0]
        left, right = st.columns([1.35, 1])
        with left:
            if told_of.empty:
                small(safe(t("No journey of these days held anybody out: what they cause nobody can tell.")), grey=True)
            else:
                chart(forest(told_of, [plain(name) for name in told_of["journey"]]), said, key="journey_lifts")
        with right:
            small("  \n".join(safe(words.arms(row)) for row in found[found["treated_n"] > 0].to_dict("records")))


def forest(found: pd.DataFrame, labels: list[str]) -> dict:
    """Return the figure of the lifts of journeys; too few people draw nothing and are said."""
    few = found["verdict"].isin(("few", "early", "no_control"))
    texts = [t("too few") if is_few else words.lifted(row) for is_few, row in zip(few, found.to_dict("records"), strict=True)]
    tones = [words.OF_VERDICT.get(code, "line") for code in found["verdict"]]
    values = [(100 * found[name]).where(~few) for name in ("lift", "low", "high")]
    return interval.forest(mode(), labels, *values, texts, tones=tones, no_effect=t("no effect"), say=campaign_words.axis,
                           height=LOW if len(found) == 1 else None)


# --- a new one ----------------------------------------------------------------------------------------------------------------------
@st.fragment
def examples() -> None:
    """Eight journeys to begin with: what each is for, its rules, whom it would have written to, and the button that saves it, stopped."""
    scope = view().scope
    with panel(t("Begin a journey"), t("Each is an example and can be changed afterwards · it writes to nobody until it is started"), height="content"):
        if not scope.may("campaign"):
            small(safe(t("Your role can read journeys, not begin them.")), grey=True)
            return
        left, right = st.columns([1.35, 1], gap="medium")
        with left:
            one = _example()
        with right:
            journeys_try.card(one.journey, f"example_{one.code}")


def _example() -> Example:
    """The choice of an example with its rules, a name and the button that saves it; a kind that no journey has yet stands first."""
    shipped, used = {one.code: one for one in SHIPPED}, {row["kind"] for row in look(records.journeys, view().whole)}
    codes = sorted(shipped, key=lambda code: code in used)
    one = shipped[st.selectbox(t("Example"), codes, format_func=lambda code: t(shipped[code].name), key="journey_example")]
    st.markdown(safe(t(one.about)))
    small("  \n".join(safe(line) for line in journeys_whom.lines(one.journey)))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(t("Name"), t(one.name), key=f"journey_name_{one.code}", max_chars=80, width=280)
        if st.button(t("Save, not started yet"), type=filled(), key="journey_save", icon=":material/check:"):
            with told():
                _save(name or "", dump(one.journey))
    return one


def _save(name: str, rules: dict) -> None:
    made = act(records.save_journey, view().whole, name=name, rules=rules)
    st.toast(t("Saved."), icon=":material/check:")
    st.query_params["journey"] = str(made)
    st.rerun()
