"""What guests say: reviews and survey answers, what the scorer read in them, what people corrected, and the surveys themselves."""
import sqlalchemy as sa

from crm_core.schema.columns import day, instant, key, once, origin, personal, revision, table, text, to, version, whole

review_source = table(
    "review_source", "One row per platform that reviews come from: its weight in the index, and whether a hotel can answer there.",
    key(), text("code", unique=True), text("name"), whole("weight_bp", 10_000), whole("is_answerable", 1), version(),
    sa.CheckConstraint("weight_bp >= 0", name="weight"), scope="shared")

survey = table(
    "survey", "One row per questionnaire; its questions as JSON.",
    key(), text("code", unique=True), text("name"), text("kind"), text("questions"), whole("days_open", 21), whole("is_active", 1), version(),
    scope="shared")

invitation = table(
    "invitation", "One row per guest and stay asked to answer a survey; of its one-time link only a hash is kept.",
    key(), to("survey"), to("property"), to("profile", nullable=True, index=True), to("stay", nullable=True, index=True), *origin(),
    day("sent_on"), instant("created_at"), instant("expires_at", nullable=True), whole("is_bounced"), instant("answered_at", nullable=True),
    sa.Column("token_hash", sa.LargeBinary, nullable=True, unique=True), text("channel", server_default="email"), version(), revision(), once(),
    scope="property")

review = table(
    "review", "One row per review or survey answer of a guest; scores as a share of the best one, in hundredths of a per cent.",
    key(), to("property"), to("profile", nullable=True, index=True), to("stay", nullable=True, index=True), *origin(), day("reviewed_on"),
    text("stay_month", nullable=True), whole("score_bp", None), text("language", nullable=True), text("country", nullable=True),
    personal("title"), personal("text"), personal("liked"), personal("disliked"), personal("author"), text("tags", server_default=""),
    text("room", server_default=""), personal("answer"), instant("answered_at", nullable=True), revision(),
    text("kind", server_default="review"), text("platform", server_default=""), whole("floor_bp", 0), instant("reviewed_at", nullable=True),
    whole("nps", None), whole("csat_bp", None), whole("ces", None), personal("answers"), whole("words"), text("answered_by", server_default=""),
    personal("draft"), to("invitation", nullable=True), version(), once(),
    sa.Index("ix_review_property_id_reviewed_on", "property_id", "reviewed_on"), scope="property")

review_score = table(
    "review_score", "One row per review that the scorer has read: what it found, or why it found nothing; shares in millionths.",
    key(), to("review"), text("language"), text("tier"), text("reason", server_default=""), text("label", server_default=""),
    whole("polarity_ppm", None), whole("confidence_ppm", None), text("concern", server_default=""), text("scorer"),
    sa.Column("text_hash", sa.LargeBinary, nullable=False), instant("at"), revision(), sa.UniqueConstraint("review_id"), scope="review")

mention = table(
    "mention", "One row per clause of a review and aspect that it speaks of: where it stands, and how it speaks.",
    key(), to("review", index=True), text("box"), whole("start"), whole("stop"), text("aspect"), text("label", server_default=""),
    whole("polarity_ppm", None), whole("confidence_ppm", None), text("language"), text("scorer"), scope="review")

clause_reading = table(
    "clause_reading", "One row per clause that the scorer has read, known by a keyed hash of its words: the same words are never read twice.",
    text("key", primary_key=True), text("scorer"), text("reading"), scope="shared")

correction = table(
    "correction", "One row per mark that a person corrected: of a whole review (no aspect), or of one clause. The latest one holds.",
    key(), to("review", index=True), text("box", server_default=""), whole("start"), whole("stop"), text("aspect", server_default=""),
    text("was", server_default=""), text("label"), text("language"), text("scorer"), text("actor"), instant("at"), revision(), scope="review")

answer_template = table(
    "answer_template", "One row per text from which answers to reviews are begun, by language and the kind of review it fits.",
    key(), text("language"), text("fits"), text("name"), text("text"), text("actor"), instant("at"), instant("archived_at", nullable=True),
    version(), sa.UniqueConstraint("language", "name"), scope="shared")

review_benchmark = table(
    "review_benchmark", "One row per comparison set, month and figure: what the set's hotels come to together.",
    key(), to("property"), text("name"), day("month_on", nullable=False), text("figure"), sa.Column("value", sa.Double, nullable=False),
    whole("hotels"), whole("reviews"), whole("largest_bp"), *origin(), revision(), once(),
    sa.UniqueConstraint("property_id", "name", "month_on", "figure"), scope="property")
