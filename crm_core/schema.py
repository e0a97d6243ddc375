"""The record store's tables; each table's comment is its grain, and columns with personal data are marked."""
import sqlalchemy as sa

metadata = sa.MetaData(naming_convention={
    "ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s", "fk": "fk_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s",
})

STATUSES = ("tentative", "confirmed", "in_house", "checked_out", "cancelled", "no_show")
RATE_CLASSES = ("paid", "complimentary", "house_use")
SEGMENTS = ("leisure", "business", "group", "contract", "complimentary", "other")
DIRECT_KINDS = ("own_site", "phone", "email", "form", "walk_in", "direct")
CHANNEL_KINDS = (*DIRECT_KINDS, "ota", "operator", "corporate", "group", "gds", "complimentary", "other")
DEPARTMENTS = ("fnb", "spa", "minibar", "laundry", "transfer", "events", "other", "cancellation_fee")
PURPOSES = ("marketing", "survey")
CONSENT_CHANNELS = ("email", "sms", "post")
CONSENT_STATES = ("given", "withdrawn", "objected", "expired")
PREFERENCES = ("bed", "floor", "quiet", "pillow", "diet", "crib", "newspaper", "other")


def _table(name: str, grain: str, *columns, scope: str, **options) -> sa.Table:
    """Declare a table. `scope` says how a row reaches its property: a column "property", a path ("guest"), or "shared"."""
    return sa.Table(name, metadata, *columns, comment=grain, info={"scope": scope}, sqlite_strict=True, **options)


def _id() -> sa.Column:
    return sa.Column("id", sa.BigInteger, primary_key=True)


def _to(target: str, *, nullable: bool = False, name: str | None = None, index: bool = False) -> sa.Column:
    return sa.Column(name or f"{target}_id", sa.BigInteger, sa.ForeignKey(f"{target}.id"), nullable=nullable, index=index)


def _text(name: str, **options) -> sa.Column:
    return sa.Column(name, sa.Text, nullable=options.pop("nullable", False), **options)


def _personal(name: str, type_: type = sa.Text) -> sa.Column:
    return sa.Column(name, type_, nullable=True, info={"personal": True})


def _whole(name: str, default: int | None = 0, **options) -> sa.Column:
    return sa.Column(name, sa.BigInteger, nullable=default is None and not options.get("primary_key"),
        server_default=None if default is None else str(default), **options)


def _day(name: str, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.Date, nullable=nullable)


def _instant(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Text, nullable=nullable, comment="UTC, ISO 8601")


def _version() -> sa.Column:
    return _whole("version", 1)


def _revision() -> sa.Column:
    """The data version of the transaction that last touched the row: refresh reads only rows beyond its own."""
    return _whole("revision", 0, index=True)


# --- the hotel -------------------------------------------------------------------------------------------------------
property = _table(
    "property", "One row per property.",
    _id(), _text("code", unique=True), _text("name"), _text("city", server_default=""), _text("country", nullable=True),
    _text("time_zone", server_default="UTC"), _text("currency"), _whole("margin_bp", 3500), _whole("sla_hours", 24), _version(),
    scope="property")

rooms_available = _table(
    "rooms_available", "One row per property and day from which it offers this many rooms, until the next row's day.",
    _id(), _to("property"), _day("from_on", nullable=False), _whole("rooms"), _text("reason", server_default=""), _version(),
    sa.UniqueConstraint("property_id", "from_on"), sa.CheckConstraint("rooms >= 0", name="rooms"), scope="property")

channel = _table(
    "channel", "One row per channel a booking can come through.",
    _id(), _text("code", unique=True), _text("name"), _text("kind"), _whole("commission_bp"), _whole("cost_bp"), _version(), scope="shared")

exchange_rate = _table(
    "exchange_rate", "One row per currency and day from which one unit of it is worth `rate` units of the reporting currency.",
    _id(), _text("currency"), _day("from_on", nullable=False), sa.Column("rate", sa.Double, nullable=False), _text("source",
        server_default=""), _version(),
    sa.UniqueConstraint("currency", "from_on"), sa.CheckConstraint("rate > 0", name="rate"), scope="shared")

setting = _table("setting", "One row per setting of this store.", _text("key", primary_key=True), _text("value"), _version(),
    scope="shared")

# --- people ----------------------------------------------------------------------------------------------------------
guest = _table(
    "guest", "One row per person.",
    _id(), _personal("name"), _personal("email"), _personal("phone"), _personal("birth_on", sa.Date), _text("country", nullable=True),
    _text("language", nullable=True), _instant("created_at"), _instant("erased_at", nullable=True), _version(), _revision(), scope="guest")

profile = _table(
    "profile", "One row per guest record of a source; a merge moves it between guests.",
    _id(), _to("guest", index=True), _to("property"), _text("source"), _text("external_id"), _personal("given_name"),
    _personal("family_name"),
    _personal("email"), _personal("phone"), _personal("birth_on", sa.Date), _text("country", nullable=True), _text("language",
        nullable=True),
    _whole("is_booker"), _to("import_batch", nullable=True, name="batch_id"), _revision(),
    sa.UniqueConstraint("source", "external_id"), scope="property")

# No foreign keys here: they would cost a third of an import's time, and a term that outlives its guest finds nobody.
search_term = _table(
    "search_term", "One row per property, spelling and guest: what a person can be found by.",
    _whole("property_id", None, primary_key=True, autoincrement=False),
    sa.Column("term", sa.Text(collation="C").with_variant(sa.Text(), "sqlite"), primary_key=True, info={"personal": True}),
    _whole("guest_id", None, primary_key=True, autoincrement=False), scope="property", sqlite_with_rowid=False)

preference = _table(
    "preference", "One row per guest and kind of wish.",
    _id(), _to("guest"), _text("kind"), _text("value", info={"personal": True}), _text("source"), _day("noted_on"), _revision(),
    sa.UniqueConstraint("guest_id", "kind"), scope="guest")

consent = _table(
    "consent", "One row per consent event; append-only, the state is their fold.",
    _id(), _to("guest", index=True), _text("purpose"), _text("channel"), _text("state"), _instant("at"), _text("source"), _text("wording",
        nullable=True),
    _text("language", nullable=True), _text("proof", nullable=True), _text("actor"), _revision(), scope="guest")

note = _table(
    "note", "One row per note that staff wrote about a guest.",
    _id(), _to("guest", index=True), _to("property"), _text("text", info={"personal": True}), _text("author"), _instant("created_at"),
    _instant("edited_at", nullable=True), _version(), scope="property")

# --- facts -----------------------------------------------------------------------------------------------------------
stay = _table(
    "stay", "One row per reservation of a source.",
    _id(), _to("property"), _to("profile", nullable=True, index=True), _text("source"), _text("external_id", nullable=True),
    _text("status"),
    _day("booked_on"), _day("arrival_on", nullable=False), _day("departure_on", nullable=False), _day("ended_on"),
    _to("channel"), _text("segment"), _text("room_type", server_default=""), _text("room", server_default=""), _text("rate_class",
        server_default="paid"),
    _whole("adults"), _whole("children"), _text("country", nullable=True), _text("currency"), _whole("room_revenue_minor"),
    _whole("commission_minor", None),
    sa.Column("row_hash", sa.LargeBinary, nullable=False), _to("import_batch", name="batch_id"), _revision(),
    sa.UniqueConstraint("source", "property_id", "external_id"), sa.CheckConstraint("departure_on >= arrival_on", name="dates"),
    sa.Index("ix_stay_property_id_external_id", "property_id", "external_id"), scope="property")

charge = _table(
    "charge", "One row per posting of a stay outside the room.",
    _id(), _to("stay", index=True), _to("property"), _day("posted_on", nullable=False), _text("department"), _text("currency"),
    _whole("amount_minor"),
    _revision(), scope="property")

# --- how the data came in, and who did what ----------------------------------------------------------------------------
import_batch = _table(
    "import_batch", "One row per file that was brought in.",
    _id(), _text("source"), _text("file_name"), _text("sha256", index=True), _whole("bytes"), _instant("at"), _text("actor"),
    _whole("read"), _whole("added"), _whole("updated"), _whole("rejected"), _whole("duplicates"), _text("warnings", server_default="[]"),
    scope="batch")

import_reject = _table(
    "import_reject", "One row per line that was kept out, with its reason.",
    _id(), _to("import_batch", name="batch_id", index=True), _to("property", nullable=True), _whole("line"), _text("column"),
    _text("value", info={"personal": True}), _text("rule"), _text("reason"), scope="property")

audit = _table(
    "audit", "One row per change, export or profile view; a chain of hashes, append-only.",
    sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False), _instant("at"), _text("actor"), _text("verb"),
    _text("kind"), _text("object"),
    _to("property", nullable=True), _text("scope"), _text("fields"), _text("previous"), _text("hash"), scope="audit")

store_state = _table(
    "store_state", "One row: the data version, and the head of the audit chain.",
    _id(), _whole("revision"), _whole("audit_sequence"), _text("audit_hash", server_default=""), scope="shared")

warehouse_version = _table(
    "warehouse_version", "One row per warehouse that was published.",
    sa.Column("version", sa.BigInteger, primary_key=True, autoincrement=False), _whole("revision"), _day("as_of", nullable=False),
    _instant("at"),
    _text("kind"), _text("counts"), scope="shared")

PERSONAL = tuple(c for t in metadata.sorted_tables for c in t.columns if c.info.get("personal"))
APPEND_ONLY = (audit, consent)
