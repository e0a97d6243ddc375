"""Codes of the data in words: segments, parties, departments, rooms ahead, and the groups of every dimension."""

import datetime as dt

import pandas as pd

from crm_core import formats
from crm_core.i18n import N_, t
from crm_core.telling import case_words, feedback_words, gathering_words

SEGMENTS = {
    "leisure": N_("Leisure"),
    "business": N_("Business"),
    "group": N_("Group"),
    "contract": N_("Contract"),
    "complimentary": N_("Complimentary"),
    "other": N_("Other"),
}
PARTIES = {"single": N_("Single"), "couple": N_("Couple"), "family": N_("Family"), "other": N_("Other"), "unknown": N_("Unknown")}
VISITS = {"new": N_("New guests"), "returning": N_("Returning guests"), "unidentified": N_("Unidentified")}
DEPARTMENTS = {
    "room": N_("Room"),
    "fnb": N_("Restaurant"),
    "spa": N_("Spa"),
    "minibar": N_("Minibar"),
    "laundry": N_("Laundry"),
    "transfer": N_("Transfer"),
    "events": N_("Events"),
    "other": N_("Other"),
    "cancellation_fee": N_("Cancellation fees"),
}
KINDS = {
    "own_site": N_("Own website"),
    "phone": N_("Phone"),
    "email": N_("E-mail"),
    "form": N_("Form"),
    "walk_in": N_("Walk-in"),
    "direct": N_("Direct"),
    "ota": N_("Online agency"),
    "operator": N_("Operator"),
    "corporate": N_("Corporate"),
    "group": N_("Group"),
    "gds": N_("GDS"),
    "complimentary": N_("Complimentary"),
    "other": N_("Other"),
}
CODED = {"segment": SEGMENTS, "way": KINDS, "party": PARTIES, "visit": VISITS, "platform": feedback_words.PLATFORMS, "aspect": feedback_words.ASPECTS,
         "label": feedback_words.LABELS, "coverage": feedback_words.TIERS, "case_kind": case_words.KINDS, "department": case_words.DEPARTMENTS,
         "priority": case_words.PRIORITIES, "root_cause": case_words.CAUSES,
         "event_kind": gathering_words.KINDS, "audience": gathering_words.AUDIENCES}  # fmt: skip
# The parts of a stratum of stays: how it was booked, by whom, for how long.
STRATA = ({"direct": N_("Direct"), "ota": N_("Online agency"), "other": N_("Other ways")}, {"member": N_("members"), "guest": N_("not members")},
          {"1": N_("1 night"), "2-3": N_("2–3 nights"), "4+": N_("4 nights and more")})  # fmt: skip
# Groups that have an order of their own; all others are ranked by value.
ORDERED = ("month", "week", "quarter", "year", "weekday", "lead_band", "day")
LEAD_BANDS = ("0", "1-3", "4-7", "8-14", "15-30", "31-60", "61-90", "91-180", "181-365", "366+", "unknown")


def group_name(dimension: str, value: object, names: dict) -> str:
    """Return a group's name in words; `names` holds those of properties and channels by id or code."""
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        return t("Unknown")
    if str(value) in CODED.get(dimension, {}):
        return t(CODED[dimension][str(value)])
    if value == "":
        return t("Unknown")
    if dimension in TIMES:
        return TIMES[dimension](value)
    if dimension == "country":
        return formats.territory(str(value))
    if dimension == "language":
        return formats.language_name(str(value))
    if dimension == "floor":
        return t("Floor {floor}", floor=value)
    if dimension == "stratum":
        return _stratum(str(value))
    if dimension == "lead_band":
        return t("Unknown") if value == "unknown" else str(value).replace("-", "–")
    return str(names.get(value, value))


def _quarter(value: object) -> str:
    """Q1 2025, by its first day."""
    day = _day(value)
    return t("Q{n} {year}", n=(day.month + 2) // 3, year=formats.year(day))


TIMES = {
    "month": lambda value: formats.month(_day(value)),
    "week": lambda value: t("Week of {day}", day=formats.date(_day(value))),
    "quarter": _quarter,
    "year": lambda value: formats.year(dt.date(int(value), 1, 1)),
    "day": lambda value: formats.date(_day(value)),
    "weekday": lambda value: formats.weekday(dt.date(2024, 1, int(value))),  # 1 January 2024 was a Monday
}


def order_of(dimension: str, value: object) -> object:
    """Return what sorts a group among its kind."""
    return LEAD_BANDS.index(value) if dimension == "lead_band" else value


def _stratum(value: str) -> str:
    """A kind of stay in words: "Direct · members · 1 night"."""
    parts = value.split("/")
    return " · ".join(t(names[part]) if part in names else part for names, part in zip(STRATA, parts, strict=True)) if len(parts) == len(STRATA) else value


def _day(value: object) -> dt.date:
    return value.date() if isinstance(value, pd.Timestamp | dt.datetime) else value
