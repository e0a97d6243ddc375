"""The network of an association: its members, its events and its news, as notes that a file brings."""

import datetime as dt
from dataclasses import asdict, dataclass

from crm_core.association.reading import LINE, NAME, Bad, Sheet, filled, place
from crm_core.association.texts import Texts
from crm_core.i18n import N_, t

KINDS = ("member", "event", "news")
OF_ENTRY = ("kind", "code", "title", "text", "place", "on", "until", "contact")


class BadEntry(Bad):
    """The entry cannot be meant."""


@dataclass(frozen=True)
class Entry:
    """A member, an event (from a day on, to another at the latest) or a piece of news (of a day); `contact` is how to reach somebody."""

    kind: str
    code: str
    title: Texts
    text: Texts
    place: str = ""
    on: dt.date | None = None
    until: dt.date | None = None  # the last day
    contact: str = ""


def parse(said: object) -> Entry:
    """Return the entry of what JSON or TOML gave, in the form of form(). Raises BadEntry with every problem."""
    sheet = Sheet.of(said, place(N_("Entry “{code}”"), said), OF_ENTRY)
    entry = Entry(
        sheet.choice("kind", KINDS), sheet.code("code"), sheet.texts("title", NAME), sheet.texts("text"), sheet.text("place", NAME, is_needed=False),
        sheet.maybe("on", sheet.day), sheet.maybe("until", sheet.day), sheet.text("contact", LINE, is_needed=False))  # fmt: skip
    if entry.kind != "member" and entry.on is None:
        sheet.refuse("on", t("say on which day it is."))
    if entry.until and (entry.on is None or entry.until < entry.on):
        sheet.refuse("until", t("it ends before it begins: correct one of the days."))
    return sheet.done(entry, BadEntry)


def form(entry: Entry) -> dict:
    """Return an entry as JSON takes it; parse() reads it again."""
    days = {name: day.isoformat() for name, day in (("on", entry.on), ("until", entry.until)) if day}
    return filled(asdict(entry) | {"on": None, "until": None} | days)


def upcoming(entries: tuple[Entry, ...], day: dt.date) -> tuple[Entry, ...]:
    """Return the events that are not over on a day, the next first."""
    events = [entry for entry in entries if entry.kind == "event" and (entry.until or entry.on) >= day]
    return tuple(sorted(events, key=lambda entry: (entry.on, entry.code)))
