"""The calculator: how many people a lift takes, what so many people can show, and what a house that is too small can do."""
import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.i18n import t
from crm_core.ui import planning_words as words
from crm_core.ui.load import load
from crm_core.ui.parts import panel, small, table_height
from crm_core.ui.text import safe

LIFTS = (.1, .2, .5, 1.0, 2.0)
LEAST = 100  # people held out from which their bookings are a base rate
USUAL = .02


def base_rate(found: pd.DataFrame) -> tuple[float, int]:
    """Return (share, people): of those held out of the campaigns of the period, how many booked in the window all the same."""
    held = found[found["verdict"].isin(("shown", "not_shown", "harm", "few"))]
    people, booked = held["control_n"].sum(), held["control_booked"].sum()
    return (float(booked / people), int(people)) if people >= LEAST and booked else (USUAL, 0)


@st.fragment
def card() -> None:
    """People, share held out, base rate and the lift that is hoped for; the title says plainly whether it can be seen."""
    base, held = base_rate(load("campaign_list"))
    reach = load("kpi_values", keys=("reachable_share",))
    able = int(reach[reach["period"] == "now"]["numerator"].iloc[0])
    people, share, rate, wanted = (st.session_state.get(f"size_{name}", usual) for name, usual in (
        ("people", max(able, 2)), ("held", 10), ("base", round(100 * base, 2)), ("lift", 50)))
    title = words.size_title(int(people), share / 100, rate / 100, wanted / 100)
    with panel(title, t("5% error, two-sided, seen in four cases of five · everybody assigned counts"), height="content"):
        with st.grid(4, min_column_width=140, gap="small"):
            st.number_input(t("People"), 2, 10_000_000, int(people), 100, key="size_people", help=t("Guests who can be written to now: {n}.", n=formats.count(able)))
            st.slider(t("Held out by lot, %"), 1, 50, share, key="size_held")
            st.number_input(t("Book anyway, %"), .01, 99.0, rate, .1, format="%.2f", key="size_base")
            st.number_input(t("Lift hoped for, %"), 1, 1000, wanted, 10, key="size_lift")
        small(safe(t("Of {n} people held out lately {share} booked all the same.", n=formats.count(held), share=formats.percent(base, 2)) if held else
                   t("No held-out part is large enough yet to know who books anyway: 2% is an assumption.")), grey=True)
        for line in words.size_advice(int(people), share / 100, rate / 100, wanted / 100):
            st.markdown(safe(line))
        rows = pd.DataFrame(words.needed_rows(rate / 100, share / 100, LIFTS), columns=[t("Lift"), t("Written to"), t("Held out")])
        right = {name: st.column_config.Column(alignment="right") for name in rows}
        st.dataframe(rows, hide_index=True, row_height=34, height=table_height(len(rows)), column_config=right, alt=t("How many people show which lift"))
