"""The hotel itself: properties and rooms, channels, exchange rates, settings."""
import sqlalchemy as sa

from crm_core.schema.columns import day, key, table, text, to, version, whole

property = table(
    "property", "One row per property.",
    key(), text("code", unique=True), text("name"), text("city", server_default=""), text("country", nullable=True),
    text("time_zone", server_default="UTC"), text("currency"), whole("margin_bp", 3500), whole("sla_hours", 24), version(),
    text("desk_from", server_default="00:00"), text("desk_to", server_default="24:00"), text("desk_days", server_default="1234567"),
    scope="property")

rooms_available = table(
    "rooms_available", "One row per property and day from which it offers this many rooms, until the next row's day.",
    key(), to("property"), day("from_on", nullable=False), whole("rooms"), text("reason", server_default=""), version(),
    sa.UniqueConstraint("property_id", "from_on"), sa.CheckConstraint("rooms >= 0", name="rooms"), scope="property")

room = table(
    "room", "One row per room whose place in the house is known: its floor, and the block that a hotel names (such as the street side).",
    key(), to("property"), text("room"), text("floor", server_default=""), text("block", server_default=""), version(),
    sa.UniqueConstraint("property_id", "room"), scope="property")

channel = table(
    "channel", "One row per channel a booking can come through.",
    key(), text("code", unique=True), text("name"), text("kind"), whole("commission_bp"), whole("cost_bp"), version(), scope="shared")

exchange_rate = table(
    "exchange_rate", "One row per currency and day from which one unit of it is worth `rate` units of the reporting currency.",
    key(), text("currency"), day("from_on", nullable=False), sa.Column("rate", sa.Double, nullable=False), text("source",
        server_default=""), version(),
    sa.UniqueConstraint("currency", "from_on"), sa.CheckConstraint("rate > 0", name="rate"), scope="shared")

setting = table("setting", "One row per setting of this store.", text("key", primary_key=True), text("value"), version(),
    scope="shared")
