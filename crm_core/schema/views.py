"""What people keep of what they saw: saved views and boards of them, reports that are made of a board, decisions, notes on the time axis."""
import sqlalchemy as sa

from crm_core.schema.columns import day, instant, key, once, origin, revision, table, text, to, version, whole

saved_view = table(
    "saved_view", "One row per view that was saved under a name: a page with its filters and choices as codes.",
    key(), text("name"), text("note", server_default=""), text("page"), text("params", server_default="{}"), text("properties", server_default="[]"),
    text("actor"), instant("created_at"), instant("archived_at", nullable=True), version(), scope="shared")

board = table(
    "board", "One row per board of saved views, such as those of a Monday morning.",
    key(), text("name"), text("note", server_default=""), text("properties", server_default="[]"), text("actor"), instant("created_at"),
    instant("archived_at", nullable=True), version(), scope="shared")

board_view = table(
    "board_view", "One row per saved view on a board, and its place there.",
    sa.Column("board_id", sa.BigInteger, sa.ForeignKey("board.id"), primary_key=True, autoincrement=False),
    sa.Column("saved_view_id", sa.BigInteger, sa.ForeignKey("saved_view.id"), primary_key=True, autoincrement=False, index=True), whole("place"),
    scope="board")

report = table(
    "report", "One row per report: a board that is printed every day, week or month, or only when asked.",
    key(), to("board"), text("name"), text("rhythm"), whole("on_day", None), text("forms", server_default="html"), text("language", server_default="en"),
    text("properties", server_default="[]"), text("actor"), instant("created_at"), day("made_for"), instant("archived_at", nullable=True), version(),
    scope="board")

report_run = table(
    "report_run", "One row per time that a report was made, or could not be.",
    key(), to("report", index=True), day("for_on", nullable=False), instant("at"), text("state"), text("why", server_default=""),
    text("file", server_default=""), text("hash", server_default=""), whole("warehouse_version", None), scope="report")

decision = table(
    "decision", "One row per decision: what will be done about a figure, what is expected by when, and what came of it.",
    key(), text("kpi"), text("page", server_default=""), text("params", server_default="{}"), text("properties"), text("will_do"), text("owner",
    server_default=""), day("from_on", nullable=False), day("due_on", nullable=False), sa.Column("expected", sa.Double, nullable=True),
    sa.Column("was", sa.Double, nullable=True), sa.Column("was_low", sa.Double, nullable=True), sa.Column("was_high", sa.Double, nullable=True),
    sa.Column("was_n", sa.Double, nullable=True), text("playbook", server_default=""), text("actor"), instant("created_at"),
    sa.Column("came", sa.Double, nullable=True), sa.Column("came_low", sa.Double, nullable=True), sa.Column("came_high", sa.Double, nullable=True),
    sa.Column("came_n", sa.Double, nullable=True), text("state", server_default="open"), text("learnt", server_default=""),
    instant("closed_at", nullable=True), version(), sa.CheckConstraint("due_on > from_on", name="days"), scope="shared")

annotation = table(
    "annotation", "One row per thing worth knowing beside a time axis: a change of prices, works in the house, another reason.",
    key(), to("property"), *origin(), day("on_day", nullable=False), day("until_on"), text("kind"), text("said"),
    text("actor", server_default=""), instant("archived_at", nullable=True), version(), revision(), once(), scope="property")
