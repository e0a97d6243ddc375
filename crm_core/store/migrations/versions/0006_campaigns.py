"""Did it cause bookings: plans of campaigns, looks at their results, who left an audience and why, journeys with what fell due, offers."""

import sqlalchemy as sa
from alembic import op

from crm_core.store.migrate import add_columns

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "journey",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("properties", sa.Text(), server_default="[]", nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("is_active", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("archived_at", sa.Text(), nullable=True, comment="UTC, ISO 8601"),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journey")),
        comment="One row per journey: messages that follow from what a guest does.",
        info={"scope": "shared"},
        sqlite_strict=True,
    )
    op.create_table(
        "offer",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("margin_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("least_nights", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("is_active", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
        sa.UniqueConstraint("code", name=op.f("uq_offer_code")),
        comment="One row per offer that a message can make: what it is of, and what it earns.",
        info={"scope": "shared"},
        sqlite_strict=True,
    )
    op.create_table(
        "audience_left",
        sa.Column("audience_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("guest_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["audience_id"], ["audience.id"], name=op.f("fk_audience_left_audience_id")),
        sa.ForeignKeyConstraint(["guest_id"], ["guest.id"], name=op.f("fk_audience_left_guest_id")),
        sa.PrimaryKeyConstraint("audience_id", "guest_id", name=op.f("pk_audience_left")),
        comment="One row per guest selected for an audience and not on it: at which step the guest left, and why.",
        info={"scope": "audience"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_audience_left_guest_id"), "audience_left", ["guest_id"], unique=False)
    op.create_table(
        "journey_due",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("journey_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("guest_id", sa.BigInteger(), nullable=False),
        sa.Column("property_id", sa.BigInteger(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("step", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("arm", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["guest_id"], ["guest.id"], name=op.f("fk_journey_due_guest_id")),
        sa.ForeignKeyConstraint(["journey_id"], ["journey.id"], name=op.f("fk_journey_due_journey_id")),
        sa.ForeignKeyConstraint(["property_id"], ["property.id"], name=op.f("fk_journey_due_property_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journey_due")),
        sa.UniqueConstraint("journey_id", "guest_id", "occasion", "step", name=op.f("uq_journey_due_journey_id_guest_id_occasion_step")),
        comment="One row per step of a journey that fell due for a guest: to be written, exported, held out, or left before it.",
        info={"scope": "property"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_journey_due_guest_id"), "journey_due", ["guest_id"], unique=False)
    op.create_index(op.f("ix_journey_due_journey_id"), "journey_due", ["journey_id"], unique=False)
    op.create_index(op.f("ix_journey_due_property_id"), "journey_due", ["property_id"], unique=False)
    op.create_index(op.f("ix_journey_due_revision"), "journey_due", ["revision"], unique=False)
    op.create_table(
        "journey_version",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("journey_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.ForeignKeyConstraint(["journey_id"], ["journey.id"], name=op.f("fk_journey_version_journey_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journey_version")),
        sa.UniqueConstraint("journey_id", "number", name=op.f("uq_journey_version_journey_id_number")),
        comment="One row per rules that a journey had or has, as JSON, in force from a day on.",
        info={"scope": "journey"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_journey_version_journey_id"), "journey_version", ["journey_id"], unique=False)
    op.create_table(
        "campaign_reading",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_reading_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_reading")),
        comment="One row per look at a campaign's result: once on its planned day, and every look before it.",
        info={"scope": "campaign"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_campaign_reading_campaign_id"), "campaign_reading", ["campaign_id"], unique=False)
    add_columns(
        op,
        "audience",
        sa.Column("purpose", sa.Text(), server_default="marketing", nullable=False),
        sa.Column("channel", sa.Text(), server_default="email", nullable=False),
        sa.Column("shares", sa.Text(), server_default="{}", nullable=False),
        sa.Column("strata", sa.Text(), server_default="[]", nullable=False),
        sa.Column("steps", sa.Text(), server_default="[]", nullable=False),
        sa.Column("expires_on", sa.Date()),
        sa.Column("exported_at", sa.Text(), comment="UTC, ISO 8601"),
    )
    add_columns(
        op,
        "audience_member",
        sa.Column("cell", sa.Text(), server_default="", nullable=False),
        sa.Column("stratum", sa.Text(), server_default="", nullable=False),
    )
    add_columns(
        op,
        "campaign",
        sa.Column("discount_minor", sa.BigInteger()),
        sa.Column("staff_minor", sa.BigInteger()),
        sa.Column("budget_minor", sa.BigInteger()),
        sa.Column("offer", sa.Text(), server_default="", nullable=False),
        sa.Column("planned_on", sa.Date()),
        sa.Column("window_days", sa.BigInteger(), server_default="30", nullable=False),
        sa.Column("hypothesis", sa.Text(), server_default="", nullable=False),
        sa.Column("primary_kpi", sa.Text(), server_default="booked", nullable=False),
        sa.Column("planned_people", sa.BigInteger()),
        sa.Column("holdout_bp", sa.BigInteger()),
        sa.Column("stop_on", sa.Date()),
        sa.Column("groups", sa.Text(), server_default="[]", nullable=False),
        sa.Column("fixed_at", sa.Text(), comment="UTC, ISO 8601"),
        sa.Column("audience_id", sa.BigInteger(), sa.ForeignKey("audience.id")),
        sa.Column("journey_id", sa.BigInteger(), sa.ForeignKey("journey.id")),
        sa.Column("properties", sa.Text(), server_default="[]", nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("archived_at", sa.Text(), comment="UTC, ISO 8601"),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
    )
    add_columns(op, "send", sa.Column("domain", sa.Text(), server_default="", nullable=False))
    add_columns(
        op,
        "send_event",
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
    )
    op.create_index(op.f("ix_campaign_audience_id"), "campaign", ["audience_id"], unique=False)
    op.create_index(op.f("ix_campaign_journey_id"), "campaign", ["journey_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("Restore the backup that was made before the upgrade.")
