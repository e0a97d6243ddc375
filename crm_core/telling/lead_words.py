"""Codes of leads and interactions in words: stages, sources, kinds, reasons, channels, and what speaks for or against a lead."""
import datetime as dt
import zoneinfo

from crm_core import formats
from crm_core.i18n import N_, t, tn

STAGES = {"enquiry": N_("Enquiry"), "qualified": N_("Qualified"), "offer": N_("Offer"), "won": N_("Won"), "lost": N_("Lost")}
FOLLOWING = {"enquiry": "qualified", "qualified": "offer", "offer": "won"}
SOURCES = {
    "form": N_("Form"), "phone": N_("Phone"), "email": N_("E-mail"), "event": N_("Event"), "referral": N_("Referral"),
    "social": N_("Social media"), "walk_in": N_("Walk-in"), "file": N_("File"), "other": N_("Other"),
}  # fmt: skip
KINDS = {"room": N_("Rooms"), "group": N_("Group"), "wedding": N_("Wedding"), "meeting": N_("Meeting"), "other": N_("Other")}
LOST = {
    "price": N_("Too expensive"), "dates": N_("Dates did not fit"), "full": N_("We were full"), "elsewhere": N_("Booked elsewhere"),
    "no_answer": N_("No answer any more"), "plans": N_("Plans changed"), "duplicate": N_("Duplicate: not counted"),
    "spam": N_("Spam: not counted"), "other": N_("Other"),
}  # fmt: skip
CHANNELS = {
    "email": N_("E-mail"), "phone": N_("Phone"), "chat": N_("Chat"), "social": N_("Social media"), "front_desk": N_("Front desk"),
    "app": N_("App"), "sms": N_("SMS"), "post": N_("Post"),
}  # fmt: skip
ICONS = {"email": "mail", "phone": "call", "chat": "chat", "social": "tag", "front_desk": "concierge", "app": "smartphone", "sms": "sms",
         "post": "markunread_mailbox"}
DIRECTIONS = {"in": N_("From the guest"), "out": N_("From us")}
# What speaks for or against a lead, by feature and level; sources and kinds are named by their own words.
TOLD = {
    ("returning", "yes"): N_("has stayed before"), ("returning", "no"): N_("has not stayed before"),
    ("country", "yes"): N_("country known"), ("country", "no"): N_("country unknown"),
    ("answered", "1h"): N_("answered within 1 hour"), ("answered", "4h"): N_("answered within 4 hours"),
    ("answered", "24h"): N_("answered within a day"), ("answered", "later"): N_("answered after more than a day"),
    ("answered", "unknown"): N_("not answered yet"),
    ("ahead", "past"): N_("arrival has passed"), ("ahead", "0-7"): N_("arrival within 7 days"), ("ahead", "8-30"): N_("arrival in 8–30 days"),
    ("ahead", "31-90"): N_("arrival in 31–90 days"), ("ahead", "91-180"): N_("arrival in 91–180 days"),
    ("ahead", "181+"): N_("arrival in more than 180 days"), ("ahead", "unknown"): N_("arrival unknown"),
    ("nights", "1"): N_("1 night"), ("nights", "2-3"): N_("2–3 nights"), ("nights", "4-7"): N_("4–7 nights"),
    ("nights", "8+"): N_("8 nights or more"), ("nights", "unknown"): N_("nights unknown"),
    ("party", "1"): N_("1 guest"), ("party", "2"): N_("2 guests"), ("party", "3-4"): N_("3–4 guests"), ("party", "5+"): N_("5 guests or more"),
    ("party", "unknown"): N_("number of guests unknown"),
    ("messages", "0-1"): N_("wrote once"), ("messages", "2"): N_("wrote twice"), ("messages", "3+"): N_("wrote three times or more"),
    ("weekday", "weekday"): N_("asked on a weekday"), ("weekday", "weekend"): N_("asked at the weekend"),
    ("age", "1"): N_("asked within the last week"), ("age", "7"): N_("asked more than a week ago"), ("age", "30"): N_("asked more than a month ago"),
    ("value", "low"): N_("smaller value than most"), ("value", "middle"): N_("usual value"), ("value", "high"): N_("higher value than most"),
    ("value", "unknown"): N_("value unknown"),
}  # fmt: skip


def reason(feature: str, level: str, sign: str) -> str:
    """Return what speaks for (+) or against (−) a lead, in words."""
    named = {"via": SOURCES, "kind": KINDS}.get(feature)
    words = t(named.get(level, level)) if named else t(TOLD.get((feature, level), level))
    return f"{'+' if sign == '+' else formats.MINUS} {words}"


def band(row) -> str:
    """Return a score as text: the band of its tenth for a probability, or points."""
    if row.kind == "points":
        return t("{n} points", n=formats.count(row.score))
    return t("{interval} likely", interval=chance(row.low, row.high))


def chance(low: float, high: float) -> str:
    """Return the band of a probability, "12%–19%"."""
    return f"{formats.percent(low, 0)}–{formats.percent(high, 0)}"


def called(row: dict) -> str:
    """Return what a lead is called: its name, its company, or its number. The name is the guest's text."""
    return row["name"] or row["company"] or row["email"] or row["phone"] or t("Lead {id}", id=row["id"])


def stay_asked(row: dict) -> str:
    """Return what a lead asks for: arrival, nights, guests."""
    parts = [formats.date(row["arrival_on"]) if row["arrival_on"] else t("dates open")]
    parts += [tn("{n} night", "{n} nights", row["nights"], n=formats.count(row["nights"]))] if row["nights"] else []
    parts += [tn("{n} guest", "{n} guests", row["guests"], n=formats.count(row["guests"]))] if row["guests"] else []
    return " · ".join(parts)


def due(row: dict, today: dt.date) -> str:
    """Return the badge of a due date as Markdown: orange once it has passed, grey before, nothing without one."""
    if row["due_on"] is None:
        return ""
    day = formats.day_month(row["due_on"])
    if row["due_on"] < today:
        return f":orange-badge[:material/schedule: {t('due {day}', day=day)}]"
    return f":gray-badge[{t('today') if row['due_on'] == today else t('due {day}', day=day)}]"


def local(at: str, zone: str | None) -> dt.datetime:
    """Return a stored instant on the wall clock of a time zone; one that nobody knows counts as UTC."""
    try:
        known = zoneinfo.ZoneInfo(zone or "UTC")
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        known = dt.UTC
    return dt.datetime.fromisoformat(at).astimezone(known)


def clock(at: str, zone: str | None) -> str:
    """Return a stored instant as "1 Apr 2025, 17:05" where the property is."""
    there = local(at, zone)
    return f"{formats.date(there.date())}, {there:%H:%M}"


def lasted(minutes: float) -> str:
    """Return a time as people say it: minutes below an hour, hours below two days, else days."""
    if minutes != minutes:
        return formats.DASH
    if minutes < 60:
        return t("{n} min", n=formats.count(round(minutes)))
    if minutes < 2 * 24 * 60:
        return t("{n} h", n=formats.decimal(minutes / 60, 1 if minutes < 600 else 0))
    return formats.days(minutes / 1440, 1)


def lasted_between(low: float, high: float) -> str:
    """Return the interval of a time, or that its upper end is not known yet."""
    return t("{low} or more", low=lasted(low)) if high != high else f"{lasted(low)}–{lasted(high)}"
