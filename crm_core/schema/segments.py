"""Segments that were saved under a name, and audiences: who was to be contacted, and who was held out to see what contact does."""
import sqlalchemy as sa

from crm_core.schema.columns import day, instant, key, table, text, to, version, whole

# What a person saved is seen by whoever may see all the properties it was saved for (`properties`: their ids, as JSON).
segment = table(
    "segment", "One row per segment of guests that was saved under a name.",
    key(), text("name"), text("note", server_default=""), text("properties", server_default="[]"), text("actor"), instant("created_at"),
    instant("archived_at", nullable=True), version(), scope="shared")

segment_version = table(
    "segment_version", "One row per rule that a segment had or has, the last number being the present one.",
    key(), to("segment", index=True), whole("number"), text("rule"), text("actor"), instant("at"), sa.UniqueConstraint("segment_id", "number"),
    scope="segment")

audience = table(
    "audience", "One row per list of guests that was saved to be contacted, split once and for all.",
    key(), text("name"), text("kind"), text("definition"), day("as_of", nullable=False), text("properties", server_default="[]"),
    whole("window_days", 180), whole("holdout_bp"), text("salt"), text("actor"), instant("at"), version(), instant("archived_at", nullable=True),
    # What it is written for, how it was split, and how many were left after each step on the way from selected to written to.
    text("purpose", server_default="marketing"), text("channel", server_default="email"), text("shares", server_default="{}"),
    text("strata", server_default="[]"), text("steps", server_default="[]"), day("expires_on"), instant("exported_at", nullable=True),
    scope="shared")

audience_member = table(
    "audience_member", "One row per guest on an audience, and whether the guest is contacted or held out.",
    sa.Column("audience_id", sa.BigInteger, sa.ForeignKey("audience.id"), primary_key=True, autoincrement=False),
    sa.Column("guest_id", sa.BigInteger, sa.ForeignKey("guest.id"), primary_key=True, autoincrement=False, index=True), text("arm"),
    text("cell", server_default=""), text("stratum", server_default=""), scope="audience")

audience_left = table(
    "audience_left", "One row per guest selected for an audience and not on it: at which step the guest left, and why.",
    sa.Column("audience_id", sa.BigInteger, sa.ForeignKey("audience.id"), primary_key=True, autoincrement=False),
    sa.Column("guest_id", sa.BigInteger, sa.ForeignKey("guest.id"), primary_key=True, autoincrement=False, index=True), text("step"), text("why"),
    scope="audience")
