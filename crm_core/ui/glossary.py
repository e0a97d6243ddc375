"""The glossary, rendered from the catalogue of KPIs."""

import streamlit as st

from crm_core.i18n import N_, t
from crm_core.metrics import (
    CATALOGUE,
    association,
    campaigns,
    community,
    contacts,
    feedback,
    guests,
    leads,
    loyalty,
    retention,
    revenue,
    service,
    stays,
    value,
)
from crm_core.metrics.definition import Metric
from crm_core.records.search_terms import folded
from crm_core.ui import glossary_uses
from crm_core.ui.drawer import BETTER
from crm_core.ui.parts import PAGES, panel, small
from crm_core.ui.text import safe

GROUPS = ((N_("Rooms and revenue"), revenue.METRICS), (N_("Stays and bookings"), stays.METRICS), (N_("Guests and return"), (*guests.METRICS, *retention.METRICS)),
          (N_("Guest value"), value.METRICS), (N_("Loyalty"), loyalty.METRICS), (N_("Contacts"), contacts.METRICS), (N_("Leads"), leads.METRICS),
          (N_("Feedback"), feedback.METRICS), (N_("Service"), service.METRICS), (N_("Campaigns"), campaigns.METRICS),
          (N_("Community"), community.METRICS), (N_("Standards and training"), association.METRICS))
UNITS = {
    "count": N_("a number"),
    "money": N_("money, in the reporting currency"),
    "share": N_("a share, in per cent"),
    "nights": N_("nights"),
    "days": N_("days"),
    "ratio": N_("a ratio"),
    "hours": N_("hours"),
    "points": N_("points, from −100 to 100"),
    "index": N_("0 to 100"),
    "set_index": N_("100 is as much as the comparison set"),
    "lift": N_("a difference of shares, in points"),
    "lift_share": N_("a part by which it is more or less, in per cent"),
}
INTERVALS = {
    "none": N_("a full count: no sampling error"),
    "wilson": N_("95% interval after Wilson"),
    "clusters": N_("95% interval over guests (bootstrap, or linearised above 5,000 guests)"),
    "median": N_("95% interval of the median"),
    "survival": N_("95% band after Kaplan-Meier"),
    "model": N_("interval of the model behind it"),
    "nps": N_("95% interval of promoters and detractors"),
    "strata": N_("95% interval, by kind of stay"),
    "index": N_("95% interval over reviews (bootstrap, or linearised above 5,000 reviews)"),
    "waiting": N_("95% band after Kaplan-Meier"),
    "total": N_("95% interval over guests (bootstrap, or Student's t above 5,000 guests)"),
    "lift": N_("95% interval after Newcombe (shares), Koopman (their ratio) or Welch (money), campaigns added up"),
}
CONVENTIONS = (
    N_("A period includes its first and its last day: 1 to 31 March is 31 days. The as-of date is the first day that is not complete."),
    N_(
        "The period before is as long and begins on the same weekday; last year is 364 days back. A running period is compared with as many days."
    ),
    N_("Night figures belong to the night, stay figures to the departure, booking figures to the planned arrival."),
    N_("Ratios are computed from sums, never by averaging averages. Sums over currencies exist only where every day has its rate."),
    N_("A full count that moved by less than half a per cent (a share: half a point) is shown as ≈, like a change inside the noise."),
    N_("All dates follow the Gregorian calendar."),
    N_("Intervals describe sampling only. Below a figure's smallest n the tile says so instead of showing a value."),
)


def search() -> None:
    """Draw the definitions, narrowed by what is typed."""
    wanted = folded(
        st.text_input(
            t("Find a figure"),
            key="word",
            type="search",
            live=True,
            placeholder=t("Find a figure"),
            icon=":material/search:",
            label_visibility="collapsed",
        )
    )
    with panel(t("What holds for every figure"), height="content"):
        st.markdown("\n".join(f"- {safe(t(line))}" for line in CONVENTIONS))
    for name, metrics in GROUPS:
        found = [k for k in metrics if wanted in folded(t(k.name)) or wanted in k.key or wanted in folded(t(k.definition))]
        if found:
            st.subheader(t(name), anchor=False)
            with st.grid(3, min_column_width=300, gap="small"):
                for k in found:
                    _entry(k)
    small(
        safe(
            t(
                "{n} figures in the catalogue. STR, USALI, HOTREC and Kalibri name the source of a definition, not an endorsement.",
                n=len(CATALOGUE),
            )
        ),
        grey=True,
    )


def _entry(k: Metric) -> None:
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown(f"**{safe(t(k.name))}** :small[:gray[{safe(k.number)} · {safe(k.key)}]]")
        st.markdown(safe(t(k.definition)))
        small(
            safe(
                " · ".join(
                    (
                        t(UNITS[k.unit]),
                        t(BETTER[k.better]),
                        t(INTERVALS[k.interval]),
                        t("smallest n {n}", n=k.minimum),
                        t("source: {source}", source=k.source),
                    )
                )
            ),
            grey=True,
        )
        st.space("stretch")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.page_link(PAGES / "figure.py", label=t("Open figure"), icon=":material/arrow_forward:", icon_position="right", query_params={"kpi": t(k.name)})
            if st.button(t("Where is it used?"), type="tertiary", key=f"uses_{k.key}"):
                glossary_uses.opens(k)
