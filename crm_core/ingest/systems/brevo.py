"""Brevo: campaigns with their statistics, and events of messages; opens that Apple's mail privacy makes come apart and are kept apart."""
import datetime as dt

from crm_core.i18n import N_
from crm_core.ingest.chunk import Chunk
from crm_core.ingest.systems import deriving
from crm_core.ingest.systems.source import Source
from crm_core.ingest.written import Form

STATISTICS = {
    "sent": ("sent",), "delivered": ("delivered",), "hard_bounces": ("hardBounces",), "soft_bounces": ("softBounces",),
    "opens_reported": ("uniqueViews",), "opens_proxy": ("appleMppOpens",), "clicks": ("uniqueClicks",), "complaints": ("complaints",),
    "unsubscribes": ("unsubscriptions",)}
EVENTS = {"click": "clicked", "spam": "complained", "unsubscribe": "unsubscribed", "hardbounce": "hard_bounced", "softbounce": "soft_bounced",
          "proxyopen": "machine_opened", "uniqueproxyopen": "machine_opened", "loadedbyproxy": "machine_opened", "uniqueopened": "opened"}
NESTED = ("statistics.globalStats.", "statistics.")  # where JSON has them


def prepare_events(chunk: Chunk, form: Form) -> None:
    """A moment is told twice: in the account's own time, and in seconds of UTC, which counts."""
    stamps, days = deriving.raw(chunk, "ts_event"), chunk.column("at")
    chunk.cells["at"] = tuple(_moment(stamp) or day for stamp, day in zip(stamps, days, strict=True))


def _moment(stamp: str) -> str:
    whole = stamp.strip()
    return dt.datetime.fromtimestamp(int(whole), dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if whole.isascii() and whole.isdigit() and len(whole) == 10 else ""


SOURCES = (
    Source(
        "brevo", N_("Brevo campaigns"), "campaigns",
        columns={
            "campaign_id": ("id", "campaignId"), "campaign_name": ("name", "campaignName"), "subject": ("subject",),
            "sent_at": ("sentDate", "sendDate")}
            | {column: (*names, *(before + name for before in NESTED for name in names)) for column, names in STATISTICS.items()},
        constants={"channel": "email"}, closed=True,
        signature=("uniqueViews", "appleMppOpens", "unsubscriptions", "trackableViews", "uniqueClicks", "hardBounces", "viewed",
            *(f"statistics.globalStats.{name}" for name in ("uniqueViews", "appleMppOpens", "unsubscriptions", "uniqueClicks"))), enough=3),
    Source(
        "brevo_events", N_("Brevo events of campaigns"), "send_events",
        columns={"campaign_id": ("camp_id",), "email": ("email",), "kind": ("event",), "at": ("date_event",), "url": ("URL", "link")},
        words={"kind": EVENTS}, prepare=prepare_events, closed=True, reads=("ts_event",), system="brevo",
        signature=("camp_id", "date_event", "ts_event", "date_sent", "ts_sent", "event"), enough=3, confirm=True, notes=("confirm",)),
)
