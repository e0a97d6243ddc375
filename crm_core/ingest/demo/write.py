"""The demo on its way into the record store: settings, hotels, channels and rates first, then the guests block by block."""
import hashlib
from collections import Counter
from collections.abc import Iterable

import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crm_core import schema
from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.bookings import CHANNELS
from crm_core.ingest.demo.community import Event
from crm_core.ingest.demo.feedback_quota import Quota
from crm_core.ingest.demo.hotels import Profile
from crm_core.ingest.demo.market import Earned
from crm_core.ingest.demo.truth import Truth
from crm_core.records import search_terms
from crm_core.store import bulk
from crm_core.store.record import Change

CHANNEL_ROWS = {
    "own_site": ("Own site", "own_site", 0, p.DIRECT_COST), "phone": ("Phone", "phone", 0, p.DIRECT_COST),
    "booking_ota": ("Booking.com", "ota", p.COMMISSION["ota"], 0), "expedia_ota": ("Expedia", "ota", p.COMMISSION["ota"], 0),
    "operator": ("Tour operator", "operator", 0, 0), "corporate": ("Corporate", "corporate", 0, 0), "group": ("Group desk", "group", 0, 0),
    "gds": ("GDS", "gds", p.COMMISSION["gds"], 0), "comp": ("Complimentary", "complimentary", 0, 0),
}


FROM_SOURCE = ("guest", "profile", "stay", "charge", "preference", "consent", "membership", "points_entry", "referral", "review", "invitation",
               "service_case", "lead", "interaction", "campaign", "send", "send_event", "market", "event",
               "attendance", "staff", "certificate", "annotation")


class Writer:
    """Rows on their way into one open change: hands out ids in order and counts what was written."""

    def __init__(self, change: Change, truth: Truth):
        self.truth = truth
        self.quota = Quota()
        self.connection: Connection = change.connection
        self.revision = change.revision
        self.counts: Counter[str] = Counter()
        self.critical: dict[int, tuple[int, float, str]] = {}  # by row of the block's stays: the review, its day, the aspect it blames first
        self.invited = None  # the block's invitations to surveys
        self.arms: Counter[tuple[int, bool]] = Counter()  # people by campaign and whether they were to be contacted
        self.booked: list[tuple[str, int, bool]] = []  # lesson, day after its campaign, whether in the arm that was contacted
        self.fallen: Counter[tuple[int, str, str]] = Counter()  # people by campaign, and the step and reason of leaving its list
        self.earned = Earned()
        self.events: list[Event] = []  # with those who may come to them
        self.seen: Counter[str] = Counter()  # sums that the sealed truth of lessons is made of
        self._next: Counter[str] = Counter()

    def take(self, table: sa.Table, count: int) -> range:
        """Return the next `count` ids of a table, from 1 on."""
        first = self._next[table.name] + 1
        self._next[table.name] += count
        return range(first, first + count)

    def rows(self, table: sa.Table, columns: tuple[str, ...], rows: Iterable[tuple]) -> None:
        """Insert rows, tuples in the order of the columns."""
        bulk.insert(self.connection, table, columns, self._counted(table.name, rows))

    def _counted(self, name: str, rows: Iterable[tuple]):
        for row in rows:
            self.counts[name] += 1
            yield row


def house(writer: Writer, profile: Profile, seed: int, scale: float) -> None:
    """Write what the stays refer to: settings, provenance, hotels, rooms, channels and exchange rates."""
    as_of = f"{p.AS_OF.isoformat()}T00:00:00+00:00"
    settings = {"as_of": p.AS_OF.isoformat(), "reporting_currency": "EUR", "store": "demo", "demo_profile": profile.name,
                "demo_seed": str(seed), "demo_scale": f"{scale:g}"}
    recipe = hashlib.sha256(f"{profile.name} {seed} {scale:g} {profile.stays_factor:g}".encode()).hexdigest()
    writer.rows(schema.setting, ("key", "value"), settings.items())
    writer.rows(schema.import_batch, ("id", "source", "file_name", "sha256", "bytes", "at", "actor"),
                [(1, "demo", "demo", recipe, 0, as_of, "demo")])
    numbered = list(enumerate(profile.hotels, 1))
    writer.rows(schema.property, ("id", "code", "name", "city", "country", "time_zone", "currency"),
                ((i, h.code, h.name, h.city, h.country, h.time_zone, h.currency) for i, h in numbered))
    writer.rows(schema.rooms_available, ("id", "property_id", "from_on", "rooms"),
                ((i, i, p.START.isoformat(), h.rooms) for i, h in numbered))
    writer.rows(schema.channel, ("id", "code", "name", "kind", "commission_bp", "cost_bp"),
                ((i, code, *CHANNEL_ROWS[code]) for i, code in enumerate(CHANNELS, 1)))
    _rates(writer, profile)


def _rates(writer: Writer, profile: Profile) -> None:
    months = [(n, np.datetime64(p.START, "M") + n) for n in range(p.RATE_MONTHS)]
    used = [currency for currency in p.RATES if currency in {h.currency for h in profile.hotels}]
    rows = [(currency, f"{month}-01", p.exchange_rate(currency, n), "demo, invented") for currency in used for n, month in months]
    writer.rows(schema.exchange_rate, ("id", "currency", "from_on", "rate", "source"), ((i, *row) for i, row in enumerate(rows, 1)))


def search_index(writer: Writer) -> None:
    """Write what guests can be found by, property by property in the order of the key, so that the index only grows at its end."""
    for (number,) in writer.connection.execute(sa.select(schema.property.c.id).order_by(schema.property.c.id)).all():
        terms = _terms(writer.connection, number)
        writer.rows(schema.search_term, ("property_id", "term", "guest_id"), ((number, *row) for row in terms))


def _terms(connection: Connection, property_id: int) -> list[tuple[str, int]]:
    """A guest is found where the profile was opened and where the guest stayed."""
    c, s = schema.profile.c, schema.stay.c
    stayed = sa.select(s.profile_id).where(s.property_id == property_id, s.profile_id.is_not(None))
    people = connection.execute(sa.select(c.guest_id, c.given_name, c.family_name, c.email, c.phone).where(
        (c.property_id == property_id) | c.id.in_(stayed)))
    return sorted({(term, guest) for guest, *known in people for term in search_terms.terms(*known)})


def close(writer: Writer) -> None:
    """Enter in the batch how many rows came in."""
    count = sum(writer.counts[name] for name in FROM_SOURCE)
    writer.connection.execute(sa.update(schema.import_batch).values(read=count, added=count))
