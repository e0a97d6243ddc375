"""Contacts, leads, reviews, campaigns, points, cases and events; which records are one person; undo of an import."""

import sqlalchemy as sa
from alembic import op

from crm_core.store.migrate import add_columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bulk_action",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("rows", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("undone_at", sa.Text(), nullable=True, comment="UTC, ISO 8601"),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_action")),
        comment="One row per change of many rows at once that can be undone.",
        info={"scope": "batch"},
        sqlite_strict=True,
    )
    op.create_table(
        "import_mapping",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("header_hash", sa.Text(), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_mapping")),
        sa.UniqueConstraint("name", name=op.f("uq_import_mapping_name")),
        comment="One row per mapping that was saved under a name: which column of a file is which of ours.",
        info={"scope": "shared"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_import_mapping_header_hash"), "import_mapping", ["header_hash"], unique=False)
    op.create_table(
        "match_run",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("profiles", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("compared", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("merged", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("to_review", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("model", sa.Text(), server_default="{}", nullable=False),
        sa.Column("dropped", sa.Text(), server_default="[]", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_run")),
        comment="One row per search for records of the same person.",
        info={"scope": "shared"},
        sqlite_strict=True,
    )
    op.create_table(
        "campaign",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("row_hash", sa.LargeBinary(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), server_default="email", nullable=False),
        sa.Column("purpose", sa.Text(), server_default="marketing", nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.Text(), nullable=True, comment="UTC, ISO 8601"),
        sa.Column("sent", sa.BigInteger(), nullable=True),
        sa.Column("delivered", sa.BigInteger(), nullable=True),
        sa.Column("bounces", sa.BigInteger(), nullable=True),
        sa.Column("opens_reported", sa.BigInteger(), nullable=True),
        sa.Column("opens_proxy", sa.BigInteger(), nullable=True),
        sa.Column("clicks", sa.BigInteger(), nullable=True),
        sa.Column("unsubscribes", sa.BigInteger(), nullable=True),
        sa.Column("complaints", sa.BigInteger(), nullable=True),
        sa.Column("conversions", sa.BigInteger(), nullable=True),
        sa.Column("attributed_minor", sa.BigInteger(), nullable=True),
        sa.Column("cost_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_campaign_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_campaign_source_external_id")),
        comment="One row per campaign; its counts are those that the e-mail platform reports.",
        info={"scope": "shared"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_campaign_batch_id"), "campaign", ["batch_id"], unique=False)
    op.create_index(op.f("ix_campaign_revision"), "campaign", ["revision"], unique=False)
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("property_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("row_hash", sa.LargeBinary(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="other", nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("capacity", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_event_batch_id")),
        sa.ForeignKeyConstraint(["property_id"], ["property.id"], name=op.f("fk_event_property_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_event_source_external_id")),
        comment="One row per event.",
        info={"scope": "property"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_event_batch_id"), "event", ["batch_id"], unique=False)
    op.create_index(op.f("ix_event_revision"), "event", ["revision"], unique=False)
    op.create_table(
        "former",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("bulk_action_id", sa.BigInteger(), nullable=True),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("row_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("row", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_former_batch_id")),
        sa.ForeignKeyConstraint(["bulk_action_id"], ["bulk_action.id"], name=op.f("fk_former_bulk_action_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former")),
        comment="One row per row that a batch or a bulk action changed: what stood there before.",
        info={"scope": "batch"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_former_batch_id"), "former", ["batch_id"], unique=False)
    op.create_index(op.f("ix_former_bulk_action_id"), "former", ["bulk_action_id"], unique=False)
    op.create_table(
        "guest_link",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("a_id", sa.BigInteger(), nullable=False),
        sa.Column("b_id", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=True),
        sa.Column("evidence", sa.Text(), server_default="{}", nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("picks", sa.Text(), server_default="{}", nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("ended_at", sa.Text(), nullable=True, comment="UTC, ISO 8601"),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["a_id"], ["guest.id"], name=op.f("fk_guest_link_a_id")),
        sa.ForeignKeyConstraint(["b_id"], ["guest.id"], name=op.f("fk_guest_link_b_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_link")),
        comment="One row per decision that two guest records are one person, or that they are not; ended, never removed.",
        info={"scope": "guest"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_guest_link_a_id"), "guest_link", ["a_id"], unique=False)
    op.create_index(op.f("ix_guest_link_b_id"), "guest_link", ["b_id"], unique=False)
    op.create_table(
        "match_pair",
        sa.Column("a_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("b_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("evidence", sa.Text(), server_default="{}", nullable=False),
        sa.Column("conflict", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("found_at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.ForeignKeyConstraint(["a_id"], ["guest.id"], name=op.f("fk_match_pair_a_id")),
        sa.ForeignKeyConstraint(["b_id"], ["guest.id"], name=op.f("fk_match_pair_b_id")),
        sa.PrimaryKeyConstraint("a_id", "b_id", name=op.f("pk_match_pair")),
        comment="One row per pair of guest records that may be one person and waits for a decision.",
        info={"scope": "guest"},
        sqlite_strict=True,
    )
    op.create_table(
        "survivor",
        sa.Column("guest_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("birth_on", sa.Date(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["guest_id"], ["guest.id"], name=op.f("fk_survivor_guest_id")),
        sa.PrimaryKeyConstraint("guest_id", name=op.f("pk_survivor")),
        comment="One row per person of several guest records: the values that stand for all of them.",
        info={"scope": "guest"},
        sqlite_strict=True,
    )
    op.create_table(
        "tag",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("guest_id", sa.BigInteger(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["guest_id"], ["guest.id"], name=op.f("fk_tag_guest_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("guest_id", "tag", name=op.f("uq_tag_guest_id_tag")),
        comment="One row per guest and tag: a mark by which staff keep a list together.",
        info={"scope": "guest"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_tag_guest_id"), "tag", ["guest_id"], unique=False)
    op.create_index(op.f("ix_tag_revision"), "tag", ["revision"], unique=False)
    op.create_table(
        "attendance",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("profile_id", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("row_hash", sa.LargeBinary(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), server_default="registered", nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("party", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_attendance_batch_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_attendance_event_id")),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=op.f("fk_attendance_profile_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_attendance_source_external_id")),
        comment="One row per person and event registered for.",
        info={"scope": "event"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_attendance_batch_id"), "attendance", ["batch_id"], unique=False)
    op.create_index(op.f("ix_attendance_event_id"), "attendance", ["event_id"], unique=False)
    op.create_index(op.f("ix_attendance_profile_id"), "attendance", ["profile_id"], unique=False)
    op.create_index(op.f("ix_attendance_revision"), "attendance", ["revision"], unique=False)
    op.create_table(
        "membership",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("profile_id", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("row_hash", sa.LargeBinary(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("tier", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("enrolled_on", sa.Date(), nullable=True),
        sa.Column("enrolled_via", sa.Text(), server_default="", nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("points", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_membership_batch_id")),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=op.f("fk_membership_profile_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_membership_source_external_id")),
        comment="One row per membership in the loyalty programme.",
        info={"scope": "profile"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_membership_batch_id"), "membership", ["batch_id"], unique=False)
    op.create_index(op.f("ix_membership_profile_id"), "membership", ["profile_id"], unique=False)
    op.create_index(op.f("ix_membership_revision"), "membership", ["revision"], unique=False)
    op.create_table(
        "send",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("profile_id", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("row_hash", sa.LargeBinary(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("arm", sa.Text(), server_default="", nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_send_batch_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_send_campaign_id")),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=op.f("fk_send_profile_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_send")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_send_source_external_id")),
        comment="One row per message to one person.",
        info={"scope": "profile"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_send_batch_id"), "send", ["batch_id"], unique=False)
    op.create_index(op.f("ix_send_campaign_id"), "send", ["campaign_id"], unique=False)
    op.create_index(op.f("ix_send_profile_id"), "send", ["profile_id"], unique=False)
    op.create_index(op.f("ix_send_revision"), "send", ["revision"], unique=False)
    op.create_table(
        "lead",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("property_id", sa.BigInteger(), nullable=False),
        sa.Column("guest_id", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("row_hash", sa.LargeBinary(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), server_default="room", nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("company", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("via", sa.Text(), server_default="other", nullable=False),
        sa.Column("stage", sa.Text(), server_default="enquiry", nullable=False),
        sa.Column("value_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("arrival_on", sa.Date(), nullable=True),
        sa.Column("nights", sa.BigInteger(), nullable=True),
        sa.Column("rooms", sa.BigInteger(), nullable=True),
        sa.Column("guests", sa.BigInteger(), nullable=True),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("next_step", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("lost_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("closed_at", sa.Text(), nullable=True, comment="UTC, ISO 8601"),
        sa.Column("stay_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_lead_batch_id")),
        sa.ForeignKeyConstraint(["guest_id"], ["guest.id"], name=op.f("fk_lead_guest_id")),
        sa.ForeignKeyConstraint(["property_id"], ["property.id"], name=op.f("fk_lead_property_id")),
        sa.ForeignKeyConstraint(["stay_id"], ["stay.id"], name=op.f("fk_lead_stay_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_lead_source_external_id")),
        comment="One row per enquiry, from its first word to won or lost.",
        info={"scope": "property"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_lead_batch_id"), "lead", ["batch_id"], unique=False)
    op.create_index(op.f("ix_lead_guest_id"), "lead", ["guest_id"], unique=False)
    op.create_index("ix_lead_property_id_stage", "lead", ["property_id", "stage"], unique=False)
    op.create_index(op.f("ix_lead_revision"), "lead", ["revision"], unique=False)
    op.create_table(
        "points_entry",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("membership_id", sa.BigInteger(), nullable=False),
        sa.Column("stay_id", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("row_hash", sa.LargeBinary(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("points", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_points_entry_batch_id")),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"], name=op.f("fk_points_entry_membership_id")),
        sa.ForeignKeyConstraint(["stay_id"], ["stay.id"], name=op.f("fk_points_entry_stay_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_entry")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_points_entry_source_external_id")),
        comment="One row per movement of points that the programme's system reports.",
        info={"scope": "membership"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_points_entry_batch_id"), "points_entry", ["batch_id"], unique=False)
    op.create_index(op.f("ix_points_entry_membership_id"), "points_entry", ["membership_id"], unique=False)
    op.create_index(op.f("ix_points_entry_revision"), "points_entry", ["revision"], unique=False)
    op.create_table(
        "review",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("property_id", sa.BigInteger(), nullable=False),
        sa.Column("profile_id", sa.BigInteger(), nullable=True),
        sa.Column("stay_id", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("row_hash", sa.LargeBinary(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("stay_month", sa.Text(), nullable=True),
        sa.Column("score_bp", sa.BigInteger(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("liked", sa.Text(), nullable=True),
        sa.Column("disliked", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("tags", sa.Text(), server_default="", nullable=False),
        sa.Column("room", sa.Text(), server_default="", nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.Text(), nullable=True, comment="UTC, ISO 8601"),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_review_batch_id")),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=op.f("fk_review_profile_id")),
        sa.ForeignKeyConstraint(["property_id"], ["property.id"], name=op.f("fk_review_property_id")),
        sa.ForeignKeyConstraint(["stay_id"], ["stay.id"], name=op.f("fk_review_stay_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_review_source_external_id")),
        comment="One row per review or survey answer of a guest.",
        info={"scope": "property"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_review_batch_id"), "review", ["batch_id"], unique=False)
    op.create_index(op.f("ix_review_profile_id"), "review", ["profile_id"], unique=False)
    op.create_index(op.f("ix_review_revision"), "review", ["revision"], unique=False)
    op.create_index(op.f("ix_review_stay_id"), "review", ["stay_id"], unique=False)
    op.create_table(
        "send_event",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("send_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("row_hash", sa.LargeBinary(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("is_machine", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_send_event_batch_id")),
        sa.ForeignKeyConstraint(["send_id"], ["send.id"], name=op.f("fk_send_event_send_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_send_event")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_send_event_source_external_id")),
        comment="One row per thing that happened to a message: delivered, bounced, opened, clicked, unsubscribed, complained.",
        info={"scope": "send"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_send_event_batch_id"), "send_event", ["batch_id"], unique=False)
    op.create_index(op.f("ix_send_event_revision"), "send_event", ["revision"], unique=False)
    op.create_index(op.f("ix_send_event_send_id"), "send_event", ["send_id"], unique=False)
    op.create_table(
        "service_case",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("property_id", sa.BigInteger(), nullable=False),
        sa.Column("profile_id", sa.BigInteger(), nullable=True),
        sa.Column("stay_id", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("row_hash", sa.LargeBinary(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), server_default="minor", nullable=False),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("opened_at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("answered_at", sa.Text(), nullable=True, comment="UTC, ISO 8601"),
        sa.Column("closed_at", sa.Text(), nullable=True, comment="UTC, ISO 8601"),
        sa.Column("reopened", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.Column("compensation_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("room", sa.Text(), server_default="", nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_service_case_batch_id")),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=op.f("fk_service_case_profile_id")),
        sa.ForeignKeyConstraint(["property_id"], ["property.id"], name=op.f("fk_service_case_property_id")),
        sa.ForeignKeyConstraint(["stay_id"], ["stay.id"], name=op.f("fk_service_case_stay_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_case")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_service_case_source_external_id")),
        comment="One row per complaint or request.",
        info={"scope": "property"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_service_case_batch_id"), "service_case", ["batch_id"], unique=False)
    op.create_index(op.f("ix_service_case_profile_id"), "service_case", ["profile_id"], unique=False)
    op.create_index(op.f("ix_service_case_revision"), "service_case", ["revision"], unique=False)
    op.create_index(op.f("ix_service_case_stay_id"), "service_case", ["stay_id"], unique=False)
    op.create_table(
        "interaction",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("property_id", sa.BigInteger(), nullable=False),
        sa.Column("guest_id", sa.BigInteger(), nullable=True),
        sa.Column("lead_id", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("row_hash", sa.LargeBinary(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), server_default="", nullable=False),
        sa.Column("thread", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_interaction_batch_id")),
        sa.ForeignKeyConstraint(["guest_id"], ["guest.id"], name=op.f("fk_interaction_guest_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_interaction_lead_id")),
        sa.ForeignKeyConstraint(["property_id"], ["property.id"], name=op.f("fk_interaction_property_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interaction")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_interaction_source_external_id")),
        comment="One row per message, call or talk with a guest or lead, in either direction.",
        info={"scope": "property"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_interaction_batch_id"), "interaction", ["batch_id"], unique=False)
    op.create_index(op.f("ix_interaction_guest_id"), "interaction", ["guest_id"], unique=False)
    op.create_index(op.f("ix_interaction_lead_id"), "interaction", ["lead_id"], unique=False)
    op.create_index("ix_interaction_property_id_at", "interaction", ["property_id", "at"], unique=False)
    op.create_index(op.f("ix_interaction_revision"), "interaction", ["revision"], unique=False)
    op.create_table(
        "lead_step",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_lead_step_batch_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_lead_step_lead_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_step")),
        comment="One row per stage that a lead entered.",
        info={"scope": "lead"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_lead_step_lead_id"), "lead_step", ["lead_id"], unique=False)
    op.create_index(op.f("ix_lead_step_revision"), "lead_step", ["revision"], unique=False)
    add_columns(
        op,
        "charge",
        sa.Column("batch_id", sa.BigInteger(), sa.ForeignKey("import_batch.id"), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=True),
    )
    add_columns(
        op,
        "consent",
        sa.Column("batch_id", sa.BigInteger(), sa.ForeignKey("import_batch.id"), nullable=True),
    )
    add_columns(
        op,
        "guest",
        sa.Column("merged_into", sa.BigInteger(), sa.ForeignKey("guest.id"), nullable=True),
        sa.Column("loose_id", sa.BigInteger(), nullable=True),
    )
    add_columns(
        op,
        "import_batch",
        sa.Column("target", sa.Text(), server_default="bookings", nullable=False),
        sa.Column("form", sa.Text(), server_default="{}", nullable=False),
        sa.Column("mapping", sa.Text(), server_default="{}", nullable=False),
        sa.Column("undone_at", sa.Text(), nullable=True, comment="UTC, ISO 8601"),
        sa.Column("undone_by", sa.Text(), nullable=True),
    )
    add_columns(
        op,
        "import_reject",
        sa.Column("cells", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.Text(), nullable=True, comment="UTC, ISO 8601"),
        sa.Column("settled_by", sa.Text(), nullable=True),
    )
    add_columns(
        op,
        "preference",
        sa.Column("batch_id", sa.BigInteger(), sa.ForeignKey("import_batch.id"), nullable=True),
    )
    add_columns(
        op,
        "profile",
        sa.Column("street", sa.Text(), nullable=True),
        sa.Column("postcode", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("document_hash", sa.Text(), nullable=True),
        sa.Column("loyalty_number", sa.Text(), nullable=True),
        sa.Column("name_state", sa.Text(), server_default="", nullable=False),
        sa.Column("email_state", sa.Text(), server_default="", nullable=False),
        sa.Column("phone_state", sa.Text(), server_default="", nullable=False),
        sa.Column("birth_state", sa.Text(), server_default="", nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=True),
    )
    add_columns(
        op,
        "stay",
        sa.Column("channel_ref", sa.Text(), nullable=True),
    )
    op.create_index(
        "uq_charge_source_external_id",
        "charge",
        ["source", "external_id"],
        unique=True,
        sqlite_where=sa.text("external_id IS NOT NULL"),
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )
    op.create_index(op.f("ix_guest_merged_into"), "guest", ["merged_into"], unique=False)
    op.create_index(
        "ix_stay_property_id_channel_ref",
        "stay",
        ["property_id", "channel_ref"],
        unique=False,
        sqlite_where=sa.text("channel_ref IS NOT NULL"),
        postgresql_where=sa.text("channel_ref IS NOT NULL"),
    )


def downgrade() -> None:
    raise NotImplementedError("Restore the backup that was made before the upgrade.")
