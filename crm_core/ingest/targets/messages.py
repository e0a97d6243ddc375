"""Which campaign and message a row belongs to: looked up for thousands of rows at once."""
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import sqlalchemy as sa

from crm_core.ingest.lookup import among
from crm_core.ingest.targets.landing import Landing, Misfit, Row, instant
from crm_core.schema import campaign, send

EARLY = dt.timedelta(days=1)  # clocks and time zones of two systems may differ; more than this is a mistake


class Sent(NamedTuple):
    """A message that a row may belong to."""

    id: int
    source: str
    external_id: str | None
    campaign_id: int
    profile_id: int | None
    address: str | None
    sent_at: str
    arm: str


class Messages:
    """The campaigns and messages of the store, by number and address; look_up() asks for what some rows name."""

    def __init__(self, landing: Landing):
        self.landing, self.connection = landing, landing.connection
        self.campaigns: dict[str, list[sa.Row]] = {}
        self.by_number: dict[str, list[Sent]] = {}
        self.by_address: dict[tuple[int, str], list[Sent]] = {}

    def look_up(self, rows: Iterable[Row]) -> None:
        """Ask for the messages that rows name by number, or by campaign and address."""
        rows = list(rows)
        self.look_up_campaigns(rows)
        self.by_number = self._numbered({row["send_id"] for row in rows if row["send_id"]})
        sent = [row for row in rows if not row["send_id"] and row["email"]]
        self.by_address = defaultdict(list)
        for one in self.to({self.campaign(row) for row in sent} - {None}, {row["email"] for row in sent}):
            self.by_address[one.campaign_id, one.address].append(one)

    def look_up_campaigns(self, rows: Iterable[Row]) -> None:
        """Ask for the campaigns that rows name and that nobody asked for so far."""
        numbers = {row["campaign_id"] for row in rows if row["campaign_id"]} - self.campaigns.keys()
        self.campaigns |= {number: [] for number in numbers}
        c = campaign.c
        asked = sa.select(c.id, c.source, c.external_id).where(among(self.connection, c.external_id, numbers))
        for row in self.connection.execute(asked.order_by(c.id)) if numbers else ():
            self.campaigns[row.external_id].append(row)

    def campaign(self, row: Row) -> int | None:
        """Return the campaign of a row's number: the same source's, else the only one that any source has."""
        found = self._own(self.campaigns.get(row["campaign_id"], []))
        return found and found.id

    def campaign_or_new(self, row: Row) -> int:
        """Return the campaign of a row's number; one that is not here is created with its name."""
        found = self.campaign(row)
        return self._new(row) if found is None else found

    def message(self, row: Row, at: str) -> Sent:
        """Return the message by its number, else the last one to the row's address by that moment; raises Misfit where there is none."""
        if row["send_id"]:
            found = self._own(self.by_number.get(row["send_id"], []))
        else:
            sent = sorted(self.by_address.get((self.campaign(row), row["email"]), []), key=lambda one: (one.sent_at, one.id))
            found = next((one for one in reversed(sent) if not is_before(at, one)), sent[0] if sent else None)
        if found is None:
            raise Misfit("send_id" if row["send_id"] else "email", "no_such_send")
        return found

    def to(self, campaigns: Iterable[int], addresses: Iterable[str], profiles: Iterable[int] = ()) -> list[Sent]:
        """Return the messages of campaigns that went to some addresses or profiles."""
        whose = among(self.connection, send.c.address, addresses) | among(self.connection, send.c.profile_id, profiles)
        return self._sent(among(self.connection, send.c.campaign_id, campaigns), whose) if campaigns else []

    def _numbered(self, numbers: set[str]) -> dict[str, list[Sent]]:
        """Return the messages of each number: the source's own, and of numbers that it has not those of others, which takes longer."""
        found = defaultdict(list)
        for one in self._sent(send.c.source == self.landing.source, among(self.connection, send.c.external_id, numbers)) if numbers else ():
            found[one.external_id].append(one)
        if others := numbers - found.keys():
            for one in self._sent(among(self.connection, send.c.external_id, others)):
                found[one.external_id].append(one)
        return found

    def _sent(self, *where: sa.ColumnElement[bool]) -> list[Sent]:
        rows = self.connection.execute(sa.select(*(send.c[name] for name in Sent._fields)).where(*where).order_by(send.c.id))
        return [Sent(*row) for row in rows]

    def _own(self, found: list):
        own = [one for one in found if one.source == self.landing.source] or found
        return own[0] if len(own) == 1 else None

    def _new(self, row: Row) -> int:
        landing, number = self.landing, row["campaign_id"]
        values = {"source": landing.source, "external_id": number, "name": row["campaign_name"] or number, "batch_id": landing.batch,
                  "revision": landing.change.revision}
        made = self.connection.execute(sa.insert(campaign).values(values).returning(campaign.c.id, campaign.c.source, campaign.c.external_id)).one()
        self.campaigns.setdefault(number, []).append(made)
        return made.id


def messages(landing: Landing) -> Messages:
    """Return the landing's one register of messages."""
    if not hasattr(landing, "messages"):
        landing.messages = Messages(landing)
    return landing.messages


def is_before(at: str, sent: Sent) -> bool:
    """Say whether a moment lies more than a day before a message was sent."""
    return dt.datetime.fromisoformat(at) < dt.datetime.fromisoformat(sent.sent_at) - EARLY


def past(landing: Landing, row: Row, column: str) -> str:
    """Return a row's moment in UTC, which has come; raises Misfit for one that has not."""
    at = instant(row[column])
    if dt.datetime.fromisoformat(at) > dt.datetime.now(dt.UTC) + EARLY:
        raise Misfit(column, "after_today")
    return at
