"""Brevo: campaigns with their statistics; opens that Apple's mail privacy makes come apart and are kept apart."""
from crm_core.i18n import N_
from crm_core.ingest.systems.source import Source

STATISTICS = {
    "sent": ("sent",), "delivered": ("delivered",), "hard_bounces": ("hardBounces",), "soft_bounces": ("softBounces",),
    "opens_reported": ("uniqueViews",), "opens_proxy": ("appleMppOpens",), "clicks": ("uniqueClicks",), "complaints": ("complaints",),
    "unsubscribes": ("unsubscriptions",)}
NESTED = ("statistics.globalStats.", "statistics.")  # where JSON has them

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
)
