"""What guests say, and whether it was answered: platforms, surveys, what the scorer read, service cases with their steps, and word search."""

import sqlalchemy as sa
from alembic import op

from crm_core.store.migrate import add_columns

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BOXES = ("title", "text", "liked", "disliked")


def upgrade() -> None:
    op.create_table(
        "answer_template",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("fits", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("archived_at", sa.Text(), nullable=True, comment="UTC, ISO 8601"),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_template")),
        sa.UniqueConstraint("language", "name", name=op.f("uq_answer_template_language_name")),
        comment="One row per text from which answers to reviews are begun, by language and the kind of review it fits.",
        info={"scope": "shared"},
        sqlite_strict=True,
    )
    op.create_table(
        "case_rule",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("fits", sa.Text(), nullable=False),
        sa.Column("sets", sa.Text(), nullable=False),
        sa.Column("is_active", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_rule")),
        comment="One row per routing rule: which new cases it fits and what it sets, as JSON; the first that fits decides each value.",
        info={"scope": "shared"},
        sqlite_strict=True,
    )
    op.create_table(
        "clause_reading",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("scorer", sa.Text(), nullable=False),
        sa.Column("reading", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_clause_reading")),
        comment="One row per clause that the scorer has read, known by a keyed hash of its words: the same words are never read twice.",
        info={"scope": "shared"},
        sqlite_strict=True,
    )
    op.create_table(
        "review_source",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("weight_bp", sa.BigInteger(), server_default="10000", nullable=False),
        sa.Column("is_answerable", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint("weight_bp >= 0", name=op.f("ck_review_source_weight")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_source")),
        sa.UniqueConstraint("code", name=op.f("uq_review_source_code")),
        comment="One row per platform that reviews come from: its weight in the index, and whether a hotel can answer there.",
        info={"scope": "shared"},
        sqlite_strict=True,
    )
    op.create_table(
        "survey",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("questions", sa.Text(), nullable=False),
        sa.Column("days_open", sa.BigInteger(), server_default="21", nullable=False),
        sa.Column("is_active", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey")),
        sa.UniqueConstraint("code", name=op.f("uq_survey_code")),
        comment="One row per questionnaire; its questions as JSON.",
        info={"scope": "shared"},
        sqlite_strict=True,
    )
    op.create_table(
        "review_benchmark",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("property_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("month_on", sa.Date(), nullable=False),
        sa.Column("figure", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("hotels", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("reviews", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("largest_bp", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("row_hash", sa.LargeBinary(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_review_benchmark_batch_id")),
        sa.ForeignKeyConstraint(["property_id"], ["property.id"], name=op.f("fk_review_benchmark_property_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_benchmark")),
        sa.UniqueConstraint("property_id", "name", "month_on", "figure", name=op.f("uq_review_benchmark_property_id_name_month_on_figure")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_review_benchmark_source_external_id")),
        comment="One row per comparison set, month and figure: what the set's hotels come to together.",
        info={"scope": "property"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_review_benchmark_batch_id"), "review_benchmark", ["batch_id"], unique=False)
    op.create_index(op.f("ix_review_benchmark_revision"), "review_benchmark", ["revision"], unique=False)
    op.create_table(
        "room",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("property_id", sa.BigInteger(), nullable=False),
        sa.Column("room", sa.Text(), nullable=False),
        sa.Column("floor", sa.Text(), server_default="", nullable=False),
        sa.Column("block", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["property_id"], ["property.id"], name=op.f("fk_room_property_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room")),
        sa.UniqueConstraint("property_id", "room", name=op.f("uq_room_property_id_room")),
        comment="One row per room whose place in the house is known: its floor, and the block that a hotel names (such as the street side).",
        info={"scope": "property"},
        sqlite_strict=True,
    )
    op.create_table(
        "service_target",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("property_id", sa.BigInteger(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("answer_hours", sa.BigInteger(), server_default="4", nullable=False),
        sa.Column("solve_hours", sa.BigInteger(), server_default="24", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["property_id"], ["property.id"], name=op.f("fk_service_target_property_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_target")),
        sa.UniqueConstraint("property_id", "priority", name=op.f("uq_service_target_property_id_priority")),
        comment="One row per property and priority: within how many business hours a case is answered and solved.",
        info={"scope": "property"},
        sqlite_strict=True,
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("survey_id", sa.BigInteger(), nullable=False),
        sa.Column("property_id", sa.BigInteger(), nullable=False),
        sa.Column("profile_id", sa.BigInteger(), nullable=True),
        sa.Column("stay_id", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("row_hash", sa.LargeBinary(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("expires_at", sa.Text(), nullable=True, comment="UTC, ISO 8601"),
        sa.Column("is_bounced", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("answered_at", sa.Text(), nullable=True, comment="UTC, ISO 8601"),
        sa.Column("token_hash", sa.LargeBinary(), nullable=True),
        sa.Column("channel", sa.Text(), server_default="email", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_invitation_batch_id")),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=op.f("fk_invitation_profile_id")),
        sa.ForeignKeyConstraint(["property_id"], ["property.id"], name=op.f("fk_invitation_property_id")),
        sa.ForeignKeyConstraint(["stay_id"], ["stay.id"], name=op.f("fk_invitation_stay_id")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_invitation_survey_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_invitation_source_external_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
        comment="One row per guest and stay asked to answer a survey; of its one-time link only a hash is kept.",
        info={"scope": "property"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_invitation_batch_id"), "invitation", ["batch_id"], unique=False)
    op.create_index(op.f("ix_invitation_profile_id"), "invitation", ["profile_id"], unique=False)
    op.create_index(op.f("ix_invitation_revision"), "invitation", ["revision"], unique=False)
    op.create_index(op.f("ix_invitation_stay_id"), "invitation", ["stay_id"], unique=False)
    op.create_table(
        "correction",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("review_id", sa.BigInteger(), nullable=False),
        sa.Column("box", sa.Text(), server_default="", nullable=False),
        sa.Column("start", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("stop", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("aspect", sa.Text(), server_default="", nullable=False),
        sa.Column("was", sa.Text(), server_default="", nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("scorer", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_correction_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        comment="One row per mark that a person corrected: of a whole review (no aspect), or of one clause. The latest one holds.",
        info={"scope": "review"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_correction_review_id"), "correction", ["review_id"], unique=False)
    op.create_index(op.f("ix_correction_revision"), "correction", ["revision"], unique=False)
    op.create_table(
        "mention",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("review_id", sa.BigInteger(), nullable=False),
        sa.Column("box", sa.Text(), nullable=False),
        sa.Column("start", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("stop", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("aspect", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), server_default="", nullable=False),
        sa.Column("polarity_ppm", sa.BigInteger(), nullable=True),
        sa.Column("confidence_ppm", sa.BigInteger(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("scorer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_mention_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mention")),
        comment="One row per clause of a review and aspect that it speaks of: where it stands, and how it speaks.",
        info={"scope": "review"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_mention_review_id"), "mention", ["review_id"], unique=False)
    op.create_table(
        "review_score",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("review_id", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("label", sa.Text(), server_default="", nullable=False),
        sa.Column("polarity_ppm", sa.BigInteger(), nullable=True),
        sa.Column("confidence_ppm", sa.BigInteger(), nullable=True),
        sa.Column("concern", sa.Text(), server_default="", nullable=False),
        sa.Column("scorer", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_review_score_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_score")),
        sa.UniqueConstraint("review_id", name=op.f("uq_review_score_review_id")),
        comment="One row per review that the scorer has read: what it found, or why it found nothing; shares in millionths.",
        info={"scope": "review"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_review_score_revision"), "review_score", ["revision"], unique=False)
    op.create_table(
        "case_step",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("service_case_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_case_step_batch_id")),
        sa.ForeignKeyConstraint(["service_case_id"], ["service_case.id"], name=op.f("fk_case_step_service_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_step")),
        comment="One row per thing that happened to a case: opened, taken, answered, waiting, closed, reopened, told, changed, noted.",
        info={"scope": "service_case"},
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_case_step_revision"), "case_step", ["revision"], unique=False)
    op.create_index(op.f("ix_case_step_service_case_id"), "case_step", ["service_case_id"], unique=False)
    add_columns(
        op,
        "property",
        sa.Column("desk_from", sa.Text(), server_default="00:00", nullable=False),
        sa.Column("desk_to", sa.Text(), server_default="24:00", nullable=False),
        sa.Column("desk_days", sa.Text(), server_default="1234567", nullable=False),
    )
    add_columns(
        op,
        "review",
        sa.Column("kind", sa.Text(), server_default="review", nullable=False),
        sa.Column("platform", sa.Text(), server_default="", nullable=False),
        sa.Column("floor_bp", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("reviewed_at", sa.Text()),
        sa.Column("nps", sa.BigInteger()),
        sa.Column("csat_bp", sa.BigInteger()),
        sa.Column("ces", sa.BigInteger()),
        sa.Column("answers", sa.Text()),
        sa.Column("words", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("answered_by", sa.Text(), server_default="", nullable=False),
        sa.Column("draft", sa.Text()),
        sa.Column("invitation_id", sa.BigInteger(), sa.ForeignKey("invitation.id")),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
    )
    add_columns(
        op,
        "service_case",
        sa.Column("aspect", sa.Text(), server_default="", nullable=False),
        sa.Column("department", sa.Text(), server_default="", nullable=False),
        sa.Column("priority", sa.Text(), server_default="normal", nullable=False),
        sa.Column("opened_from", sa.Text(), server_default="import", nullable=False),
        sa.Column("review_id", sa.BigInteger(), sa.ForeignKey("review.id")),
        sa.Column("interaction_id", sa.BigInteger(), sa.ForeignKey("interaction.id")),
        sa.Column("answer_due_at", sa.Text()),
        sa.Column("due_at", sa.Text()),
        sa.Column("told_at", sa.Text()),
        sa.Column("root_cause", sa.Text(), server_default="", nullable=False),
    )
    op.create_index("ix_review_property_id_reviewed_on", "review", ["property_id", "reviewed_on"], unique=False)
    op.create_index("ix_service_case_property_id_status", "service_case", ["property_id", "status"], unique=False)
    op.create_index(op.f("ix_service_case_review_id"), "service_case", ["review_id"], unique=False)
    _search(op.get_bind().dialect.name)


def _search(dialect: str) -> None:
    """An index of the words of reviews. PostgreSQL keeps its own; SQLite's is kept up by crm_core.records.review_search.

    Triggers cannot do it there: a store that trusts no schema refuses them the index.
    """
    if dialect != "sqlite":
        words = " || ' ' || ".join(f"coalesce({box}, '')" for box in BOXES)
        op.execute(sa.text(f"CREATE INDEX ix_review_words ON review USING gin (to_tsvector('simple', {words}))"))
        return
    # Vowel signs of Sinhala and Ethiopic script are parts of words.
    op.execute(
        sa.text(
            "CREATE VIRTUAL TABLE review_words USING fts5(said, prefix='2 3', "
            "tokenize=\"unicode61 remove_diacritics 2 categories 'L* N* Co Mc Mn'\")"
        )
    )


def downgrade() -> None:
    raise NotImplementedError("Restore the backup that was made before the upgrade.")
