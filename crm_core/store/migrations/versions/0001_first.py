"""The first schema: hotel, people, facts, import, audit."""

import sqlalchemy as sa
from alembic import op

from crm_core.store.migrate import forbid_changes

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channel",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("commission_bp", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("cost_bp", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel")),
        sa.UniqueConstraint("code", name=op.f("uq_channel_code")),
        comment="One row per channel a booking can come through.",
        info={"scope": "shared"},
        sqlite_strict=True,
    )
    op.create_table(
        "exchange_rate",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("rate", sa.Double(), nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint("rate > 0", name=op.f("ck_exchange_rate_rate")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_rate")),
        sa.UniqueConstraint("currency", "from_on", name=op.f("uq_exchange_rate_currency_from_on")),
        comment="One row per currency and day from which one unit of it is worth `rate` units of the reporting currency.",
        info={"scope": "shared"},
        sqlite_strict=True,
    )
    op.create_table(
        "guest",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("birth_on", sa.Date(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("created_at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("erased_at", sa.Text(), nullable=True, comment="UTC, ISO 8601"),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest")),
        comment="One row per person.",
        info={"scope": "guest"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_guest_revision"), "guest", ["revision"], unique=False)
    op.create_table(
        "import_batch",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("read", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("added", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("updated", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rejected", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("duplicates", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("warnings", sa.Text(), server_default="[]", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
        comment="One row per file that was brought in.",
        info={"scope": "batch"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_import_batch_sha256"), "import_batch", ["sha256"], unique=False)
    op.create_table(
        "property",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), server_default="", nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("time_zone", sa.Text(), server_default="UTC", nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("margin_bp", sa.BigInteger(), server_default="3500", nullable=False),
        sa.Column("sla_hours", sa.BigInteger(), server_default="24", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_property")),
        sa.UniqueConstraint("code", name=op.f("uq_property_code")),
        comment="One row per property.",
        info={"scope": "property"},
        sqlite_strict=True,
    )
    op.create_table(
        "search_term",
        sa.Column("property_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("term", sa.Text(collation="C").with_variant(sa.Text(), "sqlite"), nullable=False),
        sa.Column("guest_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("property_id", "term", "guest_id", name=op.f("pk_search_term")),
        comment="One row per property, spelling and guest: what a person can be found by.",
        info={"scope": "property"},
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "setting",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
        comment="One row per setting of this store.",
        info={"scope": "shared"},
        sqlite_strict=True,
    )
    op.create_table(
        "store_state",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("audit_sequence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("audit_hash", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_state")),
        comment="One row: the data version, and the head of the audit chain.",
        info={"scope": "shared"},
        sqlite_strict=True,
    )
    op.create_table(
        "warehouse_version",
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_warehouse_version")),
        comment="One row per warehouse that was published.",
        info={"scope": "shared"},
        sqlite_strict=True,
    )
    op.create_table(
        "audit",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("property_id", sa.BigInteger(), nullable=True),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["property_id"], ["property.id"], name=op.f("fk_audit_property_id")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit")),
        comment="One row per change, export or profile view; a chain of hashes, append-only.",
        info={"scope": "audit"},
        sqlite_strict=True,
    )
    op.create_table(
        "consent",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("guest_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("proof", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["guest_id"], ["guest.id"], name=op.f("fk_consent_guest_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        comment="One row per consent event; append-only, the state is their fold.",
        info={"scope": "guest"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_consent_guest_id"), "consent", ["guest_id"], unique=False)
    op.create_index(op.f("ix_consent_revision"), "consent", ["revision"], unique=False)
    op.create_table(
        "import_reject",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("property_id", sa.BigInteger(), nullable=True),
        sa.Column("line", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("column", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_import_reject_batch_id")),
        sa.ForeignKeyConstraint(["property_id"], ["property.id"], name=op.f("fk_import_reject_property_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_reject")),
        comment="One row per line that was kept out, with its reason.",
        info={"scope": "property"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_import_reject_batch_id"), "import_reject", ["batch_id"], unique=False)
    op.create_table(
        "note",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("guest_id", sa.BigInteger(), nullable=False),
        sa.Column("property_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("edited_at", sa.Text(), nullable=True, comment="UTC, ISO 8601"),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["guest_id"], ["guest.id"], name=op.f("fk_note_guest_id")),
        sa.ForeignKeyConstraint(["property_id"], ["property.id"], name=op.f("fk_note_property_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
        comment="One row per note that staff wrote about a guest.",
        info={"scope": "property"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_note_guest_id"), "note", ["guest_id"], unique=False)
    op.create_table(
        "preference",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("guest_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("noted_on", sa.Date(), nullable=True),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["guest_id"], ["guest.id"], name=op.f("fk_preference_guest_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preference")),
        sa.UniqueConstraint("guest_id", "kind", name=op.f("uq_preference_guest_id_kind")),
        comment="One row per guest and kind of wish.",
        info={"scope": "guest"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_preference_revision"), "preference", ["revision"], unique=False)
    op.create_table(
        "profile",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("guest_id", sa.BigInteger(), nullable=False),
        sa.Column("property_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("given_name", sa.Text(), nullable=True),
        sa.Column("family_name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("birth_on", sa.Date(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("is_booker", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_profile_batch_id")),
        sa.ForeignKeyConstraint(["guest_id"], ["guest.id"], name=op.f("fk_profile_guest_id")),
        sa.ForeignKeyConstraint(["property_id"], ["property.id"], name=op.f("fk_profile_property_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_profile_source_external_id")),
        comment="One row per guest record of a source; a merge moves it between guests.",
        info={"scope": "property"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_profile_guest_id"), "profile", ["guest_id"], unique=False)
    op.create_index(op.f("ix_profile_revision"), "profile", ["revision"], unique=False)
    op.create_table(
        "rooms_available",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("property_id", sa.BigInteger(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("rooms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint("rooms >= 0", name=op.f("ck_rooms_available_rooms")),
        sa.ForeignKeyConstraint(["property_id"], ["property.id"], name=op.f("fk_rooms_available_property_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rooms_available")),
        sa.UniqueConstraint("property_id", "from_on", name=op.f("uq_rooms_available_property_id_from_on")),
        comment="One row per property and day from which it offers this many rooms, until the next row's day.",
        info={"scope": "property"},
        sqlite_strict=True,
    )
    op.create_table(
        "stay",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("property_id", sa.BigInteger(), nullable=False),
        sa.Column("profile_id", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=True),
        sa.Column("arrival_on", sa.Date(), nullable=False),
        sa.Column("departure_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("room_type", sa.Text(), server_default="", nullable=False),
        sa.Column("room", sa.Text(), server_default="", nullable=False),
        sa.Column("rate_class", sa.Text(), server_default="paid", nullable=False),
        sa.Column("adults", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("children", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("room_revenue_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("commission_minor", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.LargeBinary(), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("departure_on >= arrival_on", name=op.f("ck_stay_dates")),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_stay_batch_id")),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_stay_channel_id")),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=op.f("fk_stay_profile_id")),
        sa.ForeignKeyConstraint(["property_id"], ["property.id"], name=op.f("fk_stay_property_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stay")),
        sa.UniqueConstraint("source", "property_id", "external_id", name=op.f("uq_stay_source_property_id_external_id")),
        comment="One row per reservation of a source.",
        info={"scope": "property"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_stay_profile_id"), "stay", ["profile_id"], unique=False)
    op.create_index("ix_stay_property_id_external_id", "stay", ["property_id", "external_id"], unique=False)
    op.create_index(op.f("ix_stay_revision"), "stay", ["revision"], unique=False)
    op.create_table(
        "charge",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("stay_id", sa.BigInteger(), nullable=False),
        sa.Column("property_id", sa.BigInteger(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["property_id"], ["property.id"], name=op.f("fk_charge_property_id")),
        sa.ForeignKeyConstraint(["stay_id"], ["stay.id"], name=op.f("fk_charge_stay_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge")),
        comment="One row per posting of a stay outside the room.",
        info={"scope": "property"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_charge_revision"), "charge", ["revision"], unique=False)
    op.create_index(op.f("ix_charge_stay_id"), "charge", ["stay_id"], unique=False)
    op.execute(sa.text("INSERT INTO store_state (id, revision, audit_sequence, audit_hash) VALUES (1, 0, 0, '')"))
    for table in ("audit", "consent"):
        forbid_changes(op, op.get_bind().dialect.name, table)


def downgrade() -> None:
    raise NotImplementedError("Restore the backup that was made before the upgrade.")
