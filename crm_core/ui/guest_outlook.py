"""The card of a guest's outlook: what to expect, why, and where the guest stands among the others."""
import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.i18n import N_, t
from crm_core.records.segments import segments
from crm_core.ui import return_words, value_words
from crm_core.ui.group_words import RFM
from crm_core.ui.load import load, look, view
from crm_core.ui.parts import panel, small
from crm_core.ui.text import safe
from crm_core.views import segment_of

MILLION = 1_000_000
SEASONS = {"spring": N_("in spring"), "summer": N_("in summer"), "autumn": N_("in autumn"), "winter": N_("in winter")}


def card(person: dict) -> None:
    """Expected stays, value, chance and the likely next stay, each with its doubt; the reasons; RFM, value tier and cohort."""
    if not view().warehouse:
        return
    found = load("guest_outlook", guest=person["id"])
    if found.empty:
        return
    row, coming = found.iloc[0], load("guest_figures", guest=person["id"])["next_arrival_on"].dropna()
    said = t("Arrives {day}", day=formats.date(coming.min())) if len(coming) else title(row)  # who has booked is not late
    with panel(said, t("As of {day} · from this guest's stays and those of all others", day=formats.date(view().scope.as_of)), height="content"):
        for icon, text, note in rows(row, view().currency):
            st.markdown(f":material/{icon}: {safe(text)} :small[:gray[{safe(note)}]]")
        st.markdown(" ".join(badges(row)))
        if names := _segments(person["id"]):
            small(safe(t("In the segments: {names}", names=formats.listed(names))), grey=True)


def _segments(guest: int) -> list[str]:
    """The names of the saved segments that the guest is in."""
    saved = [segment for row in look(segments) if (segment := segment_of(row))]
    found = load("guest_segments", rules=tuple(segment.rule for segment in saved), guest=guest)
    return [saved[place].name for place in found["place"]]


def title(row: pd.Series) -> str:
    """Return the finding of the card: late, on time, or what kind of guest where no model speaks."""
    if pd.isna(row["alive_ppm"]):
        return t("What to expect")
    chance = formats.chance(row["return_ppm"] / MILLION)
    if pd.notna(row["gap_days"]) and row["silent_days"] > row["gap_days"] and row["alive_ppm"] < MILLION / 2:
        return t("Late against their own rhythm; comes within 12 months with a chance of {chance}", chance=chance)
    return t("Comes within 12 months with a chance of {chance}", chance=chance)


def rows(row: pd.Series, currency: str) -> list[tuple[str, str, str]]:
    """Return (icon, sentence, small note) for each thing that can be said."""
    return [*_expected(row), *_worth(row, currency), *_window(row), _rhythm(row)]


def _expected(row: pd.Series) -> list[tuple[str, str, str]]:
    if pd.isna(row["return_ppm"]):
        return []
    if pd.isna(row["expected_ppm"]):
        chance = formats.chance(row["return_ppm"] / MILLION)
        return [("event_repeat", t("Chance to come within 12 months: {chance}", chance=chance), t("by how often and how lately guests alike came"))]
    stays = formats.decimal(row["expected_ppm"] / MILLION, 2)
    known = pd.notna(row["expected_low"])
    span = formats.interval(row["expected_low"] / MILLION, row["expected_high"] / MILLION, 2) if known else t("untested")
    return [("event_repeat", t("{n} stays expected in 12 months", n=stays), span),
            ("favorite", t("Still a customer: {chance}", chance=formats.chance(row["alive_ppm"] / MILLION)),
             formats.share_interval(row["alive_low"] / MILLION, row["alive_high"] / MILLION, 0))]


def _worth(row: pd.Series, currency: str) -> list[tuple[str, str, str]]:
    if pd.isna(row["value"]):
        return []
    span = f"{formats.money(row['value_low'], currency)}–{formats.money(row['value_high'], currency)}" if pd.notna(row["value_low"]) else t("untested")
    return [("payments", t("{amount} margin over three years", amount=formats.money(row["value"], currency)), span)]


def _window(row: pd.Series) -> list[tuple[str, str, str]]:
    if pd.isna(row["next_from"]):
        return []
    span = t("{first} to {last}", first=formats.date(row["next_from"]), last=formats.date(row["next_to"]))
    season = t(SEASONS[row["season"]]) if row["season"] in SEASONS else ""
    notes = (t("half of such guests come then"), season and t("usually {season}", season=season))
    return [("calendar_month", t("Likely next stay: {span}", span=span), " · ".join(filter(None, notes)))]


def _rhythm(row: pd.Series) -> tuple[str, str, str]:
    last = t("last stay {days} ago", days=formats.days(row["silent_days"]))
    if pd.isna(row["gap_days"]):
        return "schedule", t("One stay so far, {last}", last=last), t("nobody can tell a rhythm from one stay")
    return "schedule", t("Comes every {gap}, {last}", gap=formats.days(row["gap_days"]), last=last), t("from {n} stays", n=formats.count(row["stays"]))


def badges(row: pd.Series) -> list[str]:
    """Return where the guest stands: RFM group with its three scores, value tier, cohort."""
    group, tone = RFM[row["rfm"]]
    scores = f"{row['recency']:.0f}-{row['frequency']:.0f}-{row['monetary']:.0f}"
    cohort = t("first stay {cohort}", cohort=return_words.cohort_name(row["first_on"], "quarter"))
    return [f":{tone}-badge[{safe(t(group))} {safe(scores)}]", f":blue-badge[{safe(t(value_words.TIERS[row['tier']]))}]", f":gray-badge[{safe(cohort)}]"]
