"""Segments with their versions, and audiences with who is on them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "segment",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("properties", sa.Text(), server_default="[]", nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("archived_at", sa.Text(), nullable=True, comment="UTC, ISO 8601"),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment")),
        comment="One row per segment of guests that was saved under a name.",
        info={"scope": "shared"},
        sqlite_strict=True,
    )
    op.create_table(
        "audience",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("properties", sa.Text(), server_default="[]", nullable=False),
        sa.Column("window_days", sa.BigInteger(), server_default="180", nullable=False),
        sa.Column("holdout_bp", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("archived_at", sa.Text(), nullable=True, comment="UTC, ISO 8601"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audience")),
        comment="One row per list of guests that was saved to be contacted, split once and for all.",
        info={"scope": "shared"},
        sqlite_strict=True,
    )
    op.create_table(
        "segment_version",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("segment_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.ForeignKeyConstraint(["segment_id"], ["segment.id"], name=op.f("fk_segment_version_segment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment_version")),
        sa.UniqueConstraint("segment_id", "number", name=op.f("uq_segment_version_segment_id_number")),
        comment="One row per rule that a segment had or has, the last number being the present one.",
        info={"scope": "segment"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_segment_version_segment_id"), "segment_version", ["segment_id"], unique=False)
    op.create_table(
        "audience_member",
        sa.Column("audience_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("guest_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("arm", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["audience_id"], ["audience.id"], name=op.f("fk_audience_member_audience_id")),
        sa.ForeignKeyConstraint(["guest_id"], ["guest.id"], name=op.f("fk_audience_member_guest_id")),
        sa.PrimaryKeyConstraint("audience_id", "guest_id", name=op.f("pk_audience_member")),
        comment="One row per guest on an audience, and whether the guest is contacted or held out.",
        info={"scope": "audience"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_audience_member_guest_id"), "audience_member", ["guest_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("Restore the backup that was made before the upgrade.")
