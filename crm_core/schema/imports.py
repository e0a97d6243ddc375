"""How the data came in: batches, lines that were kept out, mappings, and what stood there before."""
from crm_core.schema.columns import instant, key, personal, table, text, to, whole

import_batch = table(
    "import_batch", "One row per file that was brought in.",
    key(), text("source"), text("file_name"), text("sha256", index=True), whole("bytes"), instant("at"), text("actor"),
    whole("read"), whole("added"), whole("updated"), whole("rejected"), whole("duplicates"), text("warnings", server_default="[]"),
    text("target", server_default="bookings"), text("form", server_default="{}"), text("mapping", server_default="{}"),
    instant("undone_at", nullable=True), text("undone_by", nullable=True), scope="batch")

import_reject = table(
    "import_reject", "One row per line that was kept out, with its reason.",
    key(), to("import_batch", name="batch_id", index=True), to("property", nullable=True), whole("line"), text("column"),
    personal("value", nullable=False), text("rule"), text("reason"), personal("cells"), instant("settled_at", nullable=True),
    text("settled_by", nullable=True), scope="property")

import_mapping = table(
    "import_mapping", "One row per mapping that was saved under a name: which column of a file is which of ours.",
    key(), text("name", unique=True), text("source"), text("target"), text("header_hash", index=True), text("mapping"), text("form"),
    text("actor"), instant("at"), scope="shared")

bulk_action = table(
    "bulk_action", "One row per change of many rows at once that can be undone.",
    key(), text("kind"), text("actor"), instant("at"), whole("rows"), instant("undone_at", nullable=True),
    text("undone_by", nullable=True), scope="batch")

former = table(
    "former", "One row per row that a batch or a bulk action changed: what stood there before.",
    key(), to("import_batch", nullable=True, name="batch_id", index=True), to("bulk_action", nullable=True, index=True),
    text("table_name"), whole("row_id"), personal("row"), scope="batch")
