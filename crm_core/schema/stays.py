"""What guests did: reservations, and what they paid beside the room."""
import sqlalchemy as sa

from crm_core.schema.columns import day, key, revision, table, text, to, whole

stay = table(
    "stay", "One row per reservation of a source.",
    key(), to("property"), to("profile", nullable=True, index=True), text("source"), text("external_id", nullable=True),
    text("status"),
    day("booked_on"), day("arrival_on", nullable=False), day("departure_on", nullable=False), day("ended_on"),
    to("channel"), text("segment"), text("room_type", server_default=""), text("room", server_default=""), text("rate_class",
        server_default="paid"),
    whole("adults"), whole("children"), text("country", nullable=True), text("currency"), whole("room_revenue_minor"),
    whole("commission_minor", None),
    sa.Column("row_hash", sa.LargeBinary, nullable=False), to("import_batch", name="batch_id"), revision(), text("channel_ref", nullable=True),
    sa.UniqueConstraint("source", "property_id", "external_id"), sa.CheckConstraint("departure_on >= arrival_on", name="dates"),
    sa.Index("ix_stay_property_id_external_id", "property_id", "external_id"), scope="property")

charge = table(
    "charge", "One row per posting of a stay outside the room.",
    key(), to("stay", index=True), to("property"), day("posted_on", nullable=False), text("department"), text("currency"),
    whole("amount_minor"),
    revision(), to("import_batch", nullable=True, name="batch_id"), text("source", nullable=True), text("external_id", nullable=True),
    scope="property")

# The number that a travel site gave the same booking: by it, the site's own list finds the stay that the property system has.
sa.Index("ix_stay_property_id_channel_ref", stay.c.property_id, stay.c.channel_ref,
    sqlite_where=stay.c.channel_ref.is_not(None), postgresql_where=stay.c.channel_ref.is_not(None))

# Most postings come with their stay and have no number of their own: only those that have one are indexed.
sa.Index("uq_charge_source_external_id", charge.c.source, charge.c.external_id, unique=True,
    sqlite_where=charge.c.external_id.is_not(None), postgresql_where=charge.c.external_id.is_not(None))
