"""The properties and channels of a store as an import meets them, and those that a file adds."""
import re
from collections import Counter

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crm_core import schema
from crm_core.ingest.parsing import folded
from crm_core.ingest.problems import Fault, ImportProblem
from crm_core.records.cards import masked, numbers

REPORTING_CURRENCY = "EUR"
MOST_CHANNELS = 200
FIRST_CHANNELS = {
    "own_site": "Own site", "phone": "Phone", "email": "E-mail", "walk_in": "Walk-in", "direct": "Direct", "ota": "Online travel agency",
    "operator": "Tour operator", "corporate": "Corporate", "group": "Group", "gds": "GDS", "other": "Other"}
# Words by which a channel's kind is guessed, the first that fits; the hotel corrects the guess in Settings.
KINDS = (
    ("ota", r"booking com|expedia|agoda|airbnb|hotels? ?com|trip|hrs|hostelworld|vrbo|priceline|makemytrip|goibibo|ostrovok|lastminute"),
    ("gds", r"\bgds\b|amadeus|sabre|galileo|worldspan|travelport"),
    ("operator", r"operator|tour|\btui\b|\bdmc\b|wholesale|hotelbeds|offline"),
    ("ota", r"travel ?ag|\bota\b|online"),
    ("own_site", r"site|web|internet|engine|\bibe\b"),
    ("phone", r"phone|call"), ("email", r"mail"), ("form", r"form"), ("walk_in", r"walk"), ("direct", r"direct"),
    ("group", r"group|wedding|event|mice"), ("corporate", r"corporate|company|business"), ("complimentary", r"compl"),
)


class Otherwise(str):
    """A word that stands for one that is not known: such words are counted and told."""


class House:
    """What the store knows, asked spelling by spelling; `new_properties` and `new_channels` are what the file adds."""

    def __init__(self, connection: Connection, name: str):
        self.name = name
        self.reporting = _reporting_currency(connection)
        self.properties = {code.upper(): (code, currency) for code, currency in connection.execute(
            sa.select(schema.property.c.code, schema.property.c.currency))}
        self.is_new = not self.properties
        known = connection.execute(sa.select(schema.channel.c.code, schema.channel.c.name)).all()
        self.first_channels = {} if known else FIRST_CHANNELS
        self.channels = {folded(spelling): code for code, called in known or FIRST_CHANNELS.items() for spelling in (called, code)}
        self.new_properties: dict[str, tuple[str, str]] = {}
        self.new_channels: dict[str, str] = {}
        self.counts: Counter[str] = Counter()
        self.unknown_countries: set[str] = set()
        self.unknown_words: dict[str, set[str]] = {}

    def property(self, cell: str) -> str:
        """Return a property's code; a store without any property takes those of the file."""
        code = cell.strip().upper()
        if code in self.properties:
            return self.properties[code][0]
        if not self.is_new:
            raise Fault("property")
        if numbers(code):
            raise Fault("card_number")
        return self.add_property(code, " ".join(cell.split()), None)

    def add_property(self, code: str, name: str, currency: str | None) -> str:
        """Note a property that the file brings, with its name and currency (None: not known yet); return its code."""
        if code not in self.properties:
            self.properties[code], self.new_properties[code] = (code, currency), (name, currency)
        return code

    def settle_currency(self, code: str, currency: str | None) -> str:
        """Return a row's currency: its own, else its property's. A new property takes the first that the file names."""
        settled = currency or self.properties[code.upper()][1] or self.reporting
        if code in self.new_properties and not self.properties[code][1]:
            self.properties[code], self.new_properties[code] = (code, settled), (self.new_properties[code][0], settled)
        return settled

    def keep_used(self, properties: set[str], channels: set[str]) -> None:
        """Forget the new properties and channels that only rejected lines name."""
        self.new_properties = {code: new for code, new in self.new_properties.items() if code in properties}
        self.new_channels = {code: name for code, name in self.new_channels.items() if code in channels}

    def count_countries(self, unknown: list[str]) -> None:
        """Note rows whose country is not known; a few spellings are kept for the warning."""
        self.counts["country"] += len(unknown)
        if len(self.unknown_countries) < 10:
            self.unknown_countries.update(sorted({masked(cell.strip())[:20] for cell in unknown})[:10])

    def count_words(self, column: str, unknown: list[str]) -> None:
        """Note cells of a column whose word is not known and was taken as another; a few spellings are kept for the warning."""
        self.counts[f"words {column}"] += len(unknown)
        seen = self.unknown_words.setdefault(column, set())
        if len(seen) < 10:
            seen.update(sorted({masked(cell.strip())[:20] for cell in unknown})[:10])

    def channel(self, cell: str) -> str:
        """Return a channel's code by its code or name; an unknown one is added."""
        key = folded(cell)
        if key not in self.channels:
            if len(self.new_channels) >= MOST_CHANNELS:
                raise ImportProblem("channels", file=self.name, most=MOST_CHANNELS)
            name = " ".join(cell.split())
            code = re.sub(r"\W+", "_", name.casefold()).strip("_") or "channel"
            self.channels[key], self.new_channels[code] = code, name
        return self.channels[key]


def kind_of(name: str) -> str:
    """Return the kind of channel that a name suggests, "other" where it suggests none."""
    words = re.sub(r"[\W_]+", " ", name.casefold()).strip()
    exact = words.replace(" ", "_")
    if exact in schema.CHANNEL_KINDS:
        return exact
    return next((kind for kind, pattern in KINDS if re.search(pattern, words)), "other")


def _reporting_currency(connection: Connection) -> str:
    key = schema.setting.c.key == "reporting_currency"
    return connection.execute(sa.select(schema.setting.c.value).where(key)).scalar() or REPORTING_CURRENCY
