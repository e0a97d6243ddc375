"""Klaviyo: the campaign report, under the column names of both generations."""
from crm_core.i18n import N_
from crm_core.ingest.systems.source import Source

SOURCES = (
    Source(
        "klaviyo", N_("Klaviyo campaigns"), "campaigns",
        columns={
            "campaign_id": ("Campaign ID",), "campaign_name": ("Campaign Name",), "subject": ("Subject",), "channel": ("Campaign Channel",),
            "sent_at": ("Send Time",), "sent": ("Total Recipients",), "delivered": ("Successful Deliveries",), "bounces": ("Bounces",),
            "opens_reported": ("Unique Opens",), "clicks": ("Unique Clicks",), "unsubscribes": ("Unsubscribes", "Unique unsubscribes"),
            "complaints": ("Spam Complaints",), "conversions": ("Unique Placed Order", "Count of unique conversions", "Total Placed Order"),
            "attributed_revenue": ("Revenue", "Conversion value", "Total Placed Order Value")},
        signature=("Campaign Name", "Campaign Channel", "Spam Complaints", "Spam Complaints Rate", "Unique Placed Order",
            "Placed Order Rate", "Count of unique conversions", "Conversion value", "Unique unsubscribes", "SMS Failed Delivery Rate",
            "Total Placed Order", "Total Placed Order Value"), enough=3, notes=("opens_with_proxies", "vendor_revenue")),
)
