"""The fields of an enquiry, as the form page asks for them and as a lead's details are corrected."""
import streamlit as st

from crm_core.formats import exponent
from crm_core.i18n import t
from crm_core.telling.lead_words import KINDS, SOURCES

BIGGEST = 10**9


def fields(row: dict, currency: str, generation: int = 0) -> dict:
    """Draw the fields with what is known and return what stands in them, as the records take it."""
    key = lambda name: f"lead_{name}_{row.get('id', 'new')}_{generation}"  # noqa: E731
    values = _who(row, key) | _what(row, key, currency)
    note = st.text_area(t("What they ask for"), row.get("note") or "", key=key("note"), height=90, placeholder=t("In their words"))
    return values | {"note": note}


def _who(row: dict, key) -> dict:
    left, right = st.columns(2)
    with left:
        name = st.text_input(t("Name"), row.get("name") or "", key=key("name"), autocomplete="off")
        email = st.text_input(t("E-mail"), row.get("email") or "", key=key("email"), autocomplete="off")
    with right:
        company = st.text_input(t("Company"), row.get("company") or "", key=key("company"), autocomplete="off")
        phone = st.text_input(t("Phone"), row.get("phone") or "", key=key("phone"), autocomplete="off")
    return {"name": name, "email": email, "company": company, "phone": phone}


def _what(row: dict, key, currency: str) -> dict:
    left, right = st.columns(2)
    with left:
        via = st.selectbox(t("How they asked"), list(SOURCES), _at(SOURCES, row.get("via", "phone")), format_func=lambda s: t(SOURCES[s]), key=key("via"))
        arrival = st.date_input(t("Arrival"), row.get("arrival_on"), key=key("arrival"), format="YYYY-MM-DD")
        nights = st.number_input(t("Nights"), 0, 365, row.get("nights"), key=key("nights"))
    with right:
        kind = st.selectbox(t("Kind"), list(KINDS), _at(KINDS, row.get("kind", "room")), format_func=lambda k: t(KINDS[k]), key=key("kind"))
        guests = st.number_input(t("Guests"), 0, 20_000, row.get("guests"), key=key("guests"))
        unit = 10 ** exponent(currency)
        known = row.get("value_minor")
        value = st.number_input(t("Value, {currency}", currency=currency), 0.0, float(BIGGEST), None if known is None else known / unit,
                                key=key("value"), step=10.0, format="%.2f")  # fmt: skip
    return {"via": via, "kind": kind, "arrival_on": arrival, "nights": nights, "guests": guests,
            "value_minor": None if value is None else round(value * unit)}


def _at(codes: dict, code: str) -> int:
    return list(codes).index(code) if code in codes else 0
