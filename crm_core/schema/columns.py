"""How tables and their columns are declared: names of constraints, marks of personal data, and the columns that many tables share."""
import sqlalchemy as sa

metadata = sa.MetaData(naming_convention={
    "ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s", "fk": "fk_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s",
})


def table(name: str, grain: str, *columns, scope: str, **options) -> sa.Table:
    """Declare a table. `scope` says how a row reaches its property: a column "property", a path ("guest"), or "shared"."""
    return sa.Table(name, metadata, *columns, comment=grain, info={"scope": scope}, sqlite_strict=True, **options)


def key() -> sa.Column:
    """The row's own number."""
    return sa.Column("id", sa.BigInteger, primary_key=True)


def to(target: str, *, nullable: bool = False, name: str | None = None, index: bool = False) -> sa.Column:
    """A reference to a row of another table."""
    return sa.Column(name or f"{target}_id", sa.BigInteger, sa.ForeignKey(f"{target}.id"), nullable=nullable, index=index)


def text(name: str, **options) -> sa.Column:
    """Text that is not personal."""
    return sa.Column(name, sa.Text, nullable=options.pop("nullable", False), **options)


def personal(name: str, type_: type = sa.Text, **options) -> sa.Column:
    """Personal data: it never reaches the warehouse, and erasure removes it."""
    return sa.Column(name, type_, nullable=options.pop("nullable", True), info={"personal": True}, **options)


def whole(name: str, default: int | None = 0, **options) -> sa.Column:
    """A whole number; `default` None allows it to be unknown."""
    return sa.Column(name, sa.BigInteger, nullable=default is None and not options.get("primary_key"),
        server_default=None if default is None else str(default), **options)


def day(name: str, nullable: bool = True) -> sa.Column:
    """A local date of the property."""
    return sa.Column(name, sa.Date, nullable=nullable)


def instant(name: str, nullable: bool = False) -> sa.Column:
    """A moment in UTC."""
    return sa.Column(name, sa.Text, nullable=nullable, comment="UTC, ISO 8601")


def version() -> sa.Column:
    """Raised by every edit, so that two editors cannot overwrite each other."""
    return whole("version", 1)


def revision() -> sa.Column:
    """The data version of the transaction that last touched the row: refresh reads only rows beyond its own."""
    return whole("revision", 0, index=True)


def origin() -> tuple[sa.Column, ...]:
    """Where an imported row comes from: its source, its number there, a hash of its content, and the batch (none: entered by hand)."""
    return (text("source"), text("external_id", nullable=True), sa.Column("row_hash", sa.LargeBinary, nullable=True),
            to("import_batch", nullable=True, name="batch_id", index=True))


def once() -> sa.UniqueConstraint:
    """A source has one row for each of its numbers."""
    return sa.UniqueConstraint("source", "external_id")
