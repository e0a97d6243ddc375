"""Loyalty programmes with their rules and costs, a ledger of points, tiers given by hand, and referrals."""

import sqlalchemy as sa
from alembic import op

from crm_core.store.migrate import add_columns

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "programme",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint("code", name=op.f("uq_programme_code")),
        comment="One row per loyalty programme; its rules are in programme_rules.",
        info={"scope": "shared"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_programme_revision"), "programme", ["revision"], unique=False)
    op.create_table(
        "programme_cost",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("programme_id", sa.BigInteger(), nullable=False),
        sa.Column("property_id", sa.BigInteger(), nullable=False),
        sa.Column("month_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_programme_cost_programme_id")),
        sa.ForeignKeyConstraint(["property_id"], ["property.id"], name=op.f("fk_programme_cost_property_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_cost")),
        sa.UniqueConstraint("programme_id", "property_id", "month_on", "kind", name=op.f("uq_programme_cost_programme_id_property_id_month_on_kind")),
        comment="One row per programme, property, month and kind of cost that is charged to the programme.",
        info={"scope": "property"},
        sqlite_strict=True,
    )
    op.create_table(
        "programme_rules",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("programme_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_programme_rules_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_rules")),
        sa.UniqueConstraint("programme_id", "number", name=op.f("uq_programme_rules_programme_id_number")),
        comment="One row per version of the rules of a programme, in force from a day on; never changed.",
        info={"scope": "programme"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_programme_rules_programme_id"), "programme_rules", ["programme_id"], unique=False)
    op.create_index(op.f("ix_programme_rules_revision"), "programme_rules", ["revision"], unique=False)
    op.create_table(
        "referral_code",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("membership_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"], name=op.f("fk_referral_code_membership_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_code")),
        sa.UniqueConstraint("code", name=op.f("uq_referral_code_code")),
        comment="One row per code by which a member recommends the house.",
        info={"scope": "membership"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_referral_code_membership_id"), "referral_code", ["membership_id"], unique=False)
    op.create_index(op.f("ix_referral_code_revision"), "referral_code", ["revision"], unique=False)
    op.create_table(
        "tier_override",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("membership_id", sa.BigInteger(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"], name=op.f("fk_tier_override_membership_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_override")),
        comment="One row per tier that staff gave a member by hand, until a day or until somebody ended it.",
        info={"scope": "membership"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_tier_override_membership_id"), "tier_override", ["membership_id"], unique=False)
    op.create_index(op.f("ix_tier_override_revision"), "tier_override", ["revision"], unique=False)
    op.create_table(
        "referral",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("referral_code_id", sa.BigInteger(), nullable=False),
        sa.Column("profile_id", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("row_hash", sa.LargeBinary(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("invited_on", sa.Date(), nullable=False),
        sa.Column("channel", sa.Text(), server_default="", nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_referral_batch_id")),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=op.f("fk_referral_profile_id")),
        sa.ForeignKeyConstraint(["referral_code_id"], ["referral_code.id"], name=op.f("fk_referral_referral_code_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_referral_source_external_id")),
        comment="One row per person whom a member invited.",
        info={"scope": "referral_code"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_referral_batch_id"), "referral", ["batch_id"], unique=False)
    op.create_index(op.f("ix_referral_profile_id"), "referral", ["profile_id"], unique=False)
    op.create_index(op.f("ix_referral_referral_code_id"), "referral", ["referral_code_id"], unique=False)
    op.create_index(op.f("ix_referral_revision"), "referral", ["revision"], unique=False)
    add_columns(
        op,
        "membership",
        sa.Column("programme_id", sa.BigInteger(), sa.ForeignKey("programme.id")),
        sa.Column("closed_on", sa.Date()),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
    )
    add_columns(
        op,
        "points_entry",
        sa.Column("counter", sa.Text(), server_default="", nullable=False),
        sa.Column("reverses_id", sa.BigInteger(), sa.ForeignKey("points_entry.id")),
        sa.Column("lot_on", sa.Date()),
        sa.Column("expires_on", sa.Date()),
        sa.Column("spend", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("actor", sa.Text(), server_default="", nullable=False),
    )
    op.create_index(op.f("ix_points_entry_reverses_id"), "points_entry", ["reverses_id"], unique=False)
    # What stood in an older store gets the other side of its booking; where a reversal came from was not told then.
    op.execute(
        "UPDATE points_entry SET counter = CASE kind WHEN 'earn' THEN 'issued' WHEN 'burn' THEN 'redeemed' WHEN 'expire' THEN 'expired' "
        "ELSE 'adjusted' END"
    )


def downgrade() -> None:
    raise NotImplementedError("Restore the backup that was made before the upgrade.")
