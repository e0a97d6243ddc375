"""The people of a campaign by what they did: a list whose rows open guests."""
import pandas as pd
import streamlit as st

from crm_core.i18n import t
from crm_core.ui import campaign_words as words
from crm_core.ui import filters, guest_rows
from crm_core.ui.load import load
from crm_core.ui.parts import panel, small
from crm_core.ui.text import safe


def people(card: dict) -> None:
    """Who booked, who did not, who was held out, who unsubscribed: as many as the figures above say."""
    with panel(t("The people of this campaign"), t("Everyone assigned, by what they did in the window · names only for roles that may read them"), right=_outcome):
        _listed(int(card["campaign_id"]), st.session_state.get("people") or "booked")


@st.fragment
def _listed(campaign: int, outcome: str) -> None:
    total = int(load("campaign_people_total", campaign=campaign, outcome=outcome)["guests"].iloc[0])
    st.markdown(f"**{safe(words.people_title(outcome, total))}**")
    if not total:
        small(safe(t("Nobody: choose another group above.")), grey=True)
        return
    rows = lambda offset, limit: load("campaign_people", campaign=campaign, outcome=outcome, offset=offset, limit=limit)  # noqa: E731
    guest_rows.listing(f"campaign_{outcome}", total, rows, _columns, t("People of the campaign: {group}", group=t(words.OUTCOMES[outcome])))


def _outcome() -> None:
    filters.understand("people", words.OUTCOMES)
    st.selectbox(t("Group"), list(words.OUTCOMES), format_func=lambda code: t(words.OUTCOMES[code]), key="people", bind="query-params",
                 label_visibility="collapsed", width=230)


def _columns(frame: pd.DataFrame) -> dict[str, list]:
    places = load("properties").set_index("property_id")["name"]
    arms = zip(frame["arm"], frame["cell"], strict=True)
    return {t("Property"): [str(places.get(p, "")) for p in frame["property_id"]], t("Arm"): [words.arm(arm, cell) for arm, cell in arms],
            t("Booked"): [t("yes") if booked else t("no") for booked in frame["is_booked"]]}


