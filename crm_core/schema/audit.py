"""Who did what, and how far the store and its warehouse are."""
import sqlalchemy as sa

from crm_core.schema.columns import day, instant, key, table, text, to, whole

audit = table(
    "audit", "One row per change, export or profile view; a chain of hashes, append-only.",
    sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False), instant("at"), text("actor"), text("verb"),
    text("kind"), text("object"),
    to("property", nullable=True), text("scope"), text("fields"), text("previous"), text("hash"), scope="audit")

store_state = table(
    "store_state", "One row: the data version, and the head of the audit chain.",
    key(), whole("revision"), whole("audit_sequence"), text("audit_hash", server_default=""), scope="shared")

warehouse_version = table(
    "warehouse_version", "One row per warehouse that was published.",
    sa.Column("version", sa.BigInteger, primary_key=True, autoincrement=False), whole("revision"), day("as_of", nullable=False),
    instant("at"),
    text("kind"), text("counts"), scope="shared")
