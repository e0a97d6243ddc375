"""What a hotel shares with its association: standards and how they are met, staff and their certificates, lessons, playbooks, benchmarks, packs."""
import sqlalchemy as sa

from crm_core.schema.columns import day, instant, key, once, origin, personal, revision, table, text, to, version, whole

pack = table(
    "pack", "One row per association pack that came in, and its checksum.",
    key(), text("code"), text("release"), text("name"), text("author", server_default=""), text("licence", server_default=""), text("checksum"),
    text("counts", server_default="{}"), text("actor"), instant("at"), sa.UniqueConstraint("code", "release", "checksum"), scope="shared")

standard = table(
    "standard", "One row per checklist of standards; its sections and items as JSON.",
    key(), text("code", unique=True), text("form"), to("pack", nullable=True), text("actor"), instant("at"), instant("archived_at", nullable=True),
    version(), scope="shared")

assessment = table(
    "assessment", "One row per time that a property was held against a checklist: by itself, or by an auditor.",
    key(), to("property"), to("standard"), text("kind"), day("on_day", nullable=False), personal("assessor"), text("state", server_default="draft"),
    text("actor"), instant("created_at"), instant("completed_at", nullable=True), version(), revision(), scope="property")

assessment_item = table(
    "assessment_item", "One row per item of a checklist that was assessed, with its weight as it was then and what was seen.",
    sa.Column("assessment_id", sa.BigInteger, sa.ForeignKey("assessment.id"), primary_key=True, autoincrement=False),
    sa.Column("item", sa.Text, primary_key=True), text("section"), whole("weight", 1), text("result"), text("evidence", server_default=""),
    day("evidence_on"), scope="assessment")

improvement = table(
    "improvement", "One row per thing to be done about an item of a checklist: who will, until when, and when it was.",
    key(), to("property"), to("standard"), text("item"), text("what"), text("owner", server_default=""), day("due_on"), day("done_on"),
    text("actor"), instant("created_at"), version(), scope="property")

staff = table(
    "staff", "One row per person who works at a property.",
    key(), to("property"), *origin(), personal("name"), text("department", server_default=""), text("job", server_default=""), day("joined_on"),
    day("left_on"), version(), revision(), once(), scope="property")

course = table(
    "course", "One row per course: what it is worth, how long it holds, and which departments must have it.",
    key(), text("code", unique=True), text("form"), whole("points"), whole("valid_months", None), text("required_for", server_default="[]"),
    to("pack", nullable=True), text("actor"), instant("at"), instant("archived_at", nullable=True), version(), scope="shared")

certificate = table(
    "certificate", "One row per certificate that a person earned.",
    key(), to("staff", index=True), to("course"), *origin(), day("earned_on", nullable=False), day("expires_on"), text("number", server_default=""),
    whole("points"), text("actor", server_default=""), version(), revision(), once(), scope="staff")

learning = table(
    "learning", "One row per lesson that a person took: when, in which class, and with how many right answers.",
    key(), to("staff", index=True), text("lesson"), day("on_day", nullable=False), text("class_code", server_default=""), whole("right_answers"),
    whole("questions"), text("actor"), instant("at"), sa.UniqueConstraint("staff_id", "lesson", "on_day"), scope="staff")

lesson = table(
    "lesson", "One row per lesson that was written here or came in a pack; those that ship stand in files.",
    key(), text("code", unique=True), text("form"), to("pack", nullable=True), text("actor"), instant("at"), instant("archived_at", nullable=True),
    version(), scope="shared")

playbook = table(
    "playbook", "One row per best practice: when it is called for, its steps, what to watch, and when to stop.",
    key(), text("code", unique=True), text("form"), to("pack", nullable=True), text("actor"), instant("at"), instant("archived_at", nullable=True),
    version(), scope="shared")

benchmark = table(
    "benchmark", "One row per figure of a set of hotels and period, pooled from at least four of them.",
    key(), text("set_name"), text("figure"), day("from_on", nullable=False), day("to_on", nullable=False), text("currency", server_default=""),
    sa.Column("value", sa.Double, nullable=False), sa.Column("low", sa.Double, nullable=True), sa.Column("high", sa.Double, nullable=True),
    sa.Column("lower_quartile", sa.Double, nullable=True), sa.Column("upper_quartile", sa.Double, nullable=True), whole("hotels"), whole("n", None),
    whole("largest_bp"), text("source", server_default=""), text("strength", server_default=""), to("pack", nullable=True), text("actor"), instant("at"),
    sa.UniqueConstraint("set_name", "figure", "from_on"), scope="shared")

network_entry = table(
    "network_entry", "One row per member, event or piece of news that an association told of.",
    key(), text("kind"), text("code"), text("form"), day("on_day"), day("until_on"), to("pack", nullable=True), text("actor"), instant("at"),
    instant("archived_at", nullable=True), sa.UniqueConstraint("kind", "code"), scope="shared")

market = table(
    "market", "One row per property, comparison set and span of days: the set's rooms, sold nights and room revenue without the property's own.",
    key(), to("property"), text("set_name"), day("from_on", nullable=False), day("to_on", nullable=False), whole("hotels"), whole("rooms"), whole("sold"),
    text("currency"), whole("revenue_minor"), whole("largest_bp"), *origin(), revision(), once(),
    sa.UniqueConstraint("property_id", "set_name", "from_on"), sa.CheckConstraint("to_on > from_on", name="days"), scope="property")
