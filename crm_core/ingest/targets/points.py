"""Movements of members' points: each member's rows are settled together, in whatever order they stand in the file."""
from collections.abc import Iterable

import sqlalchemy as sa

from crm_core.i18n import N_
from crm_core.ingest.lookup import among
from crm_core.ingest.targets import charges
from crm_core.ingest.targets.definition import CURRENCY, Column, Target, words
from crm_core.ingest.targets.landing import Fault, Landing, Misfit, Row, on
from crm_core.ingest.targets.loyalty import NUMBER
from crm_core.ingest.targets.programmes import PROGRAMME, programmes
from crm_core.schema import points_entry

KINDS = words("earn", "burn", "expire", "adjust", "transfer", "opening", "reverse", earn="earned accrual credit award bonus welcome accrue",
    burn="burned redeem redeemed redemption debit spend spent", expire="expired expiry expiration", adjust="adjustment correction manual",
    transfer="transferred merge merged pooled", opening="openingbalance balance broughtforward carriedforward migration",
    reverse="reversed reversal void cancelled refund")
SPENDS = words("room", room="rooms accommodation lodging stay night nights roomrevenue") | charges.DEPARTMENTS
TAKEN, GIVEN = ("burn", "expire"), ("earn", "opening")
# A movement that comes again must say the same of these; the rest may be told better later, and changes no balance.
CONTENT = ("membership_id", "posted_on", "kind", "points", "amount_minor", "currency")


def write(landing: Landing) -> None:
    """Write movements; a row whose member is not here, or that the member's ledger cannot take, is kept out."""
    for rows in landing.chunks():
        landing.staging.gather(_owners(landing, rows))
    for owned in landing.gathered():
        _post(landing, owned)
    if landing.counts["transferred"]:
        landing.counts["transfers_differ"] = abs(landing.counts["transferred"])


def _owners(landing: Landing, rows: list[Row]) -> Iterable[tuple[int, int]]:
    """Yield (line, membership) of the rows whose member is known."""
    for row in rows:
        try:
            member = landing.find.member(row["membership_number"], programmes(landing).said(row))
            if member is None:
                raise Misfit("membership_number", "no_such_member")
            yield row.line, member.id
        except Fault as fault:
            landing.keep_out(row, fault)


def _post(landing: Landing, owned: dict[int, list[Row]]) -> None:
    """Bring the rows of some members into the ledger: those that are there already are left, the others settled member by member."""
    rows = [(owner, row) for owner, some in owned.items() for row in some]
    numbers = _Numbers(landing, [row for _, row in rows])
    new: list[tuple[Row, dict]] = []
    for owner, row in rows:
        try:
            entry = _entry(landing, row, owner, numbers)
            if _is_there(numbers.there.get(row.number), entry):
                landing.done(row, "duplicates")
            else:
                new.append((row, entry))
        except Fault as fault:
            landing.keep_out(row, fault)
    _settle(landing, new)


class _Numbers:
    """What movements' numbers stand for: rows of the ledger from the same source, and rows of the file."""

    def __init__(self, landing: Landing, rows: list[Row]):
        asked = {row.number for row in rows} | {row["reverses"] for row in rows if row["reverses"]}
        known = sa.select(points_entry).where(points_entry.c.source == landing.source, among(landing.connection, points_entry.c.external_id, asked))
        self.there = {entry["external_id"]: entry for entry in landing.connection.execute(known).mappings()}
        self.rows = {row.number: row for row in rows}


def _is_there(former: sa.RowMapping | None, entry: dict) -> bool:
    """Say whether a movement is in the ledger already; raises Misfit where the ledger has another one under its number."""
    if former and any(former[name] != entry[name] for name in CONTENT):
        raise Misfit("entry_id", "entry_changed")
    return former is not None


def _entry(landing: Landing, row: Row, owner: int, numbers: _Numbers) -> dict:
    """Return the ledger's row of a movement; raises Misfit."""
    stay = landing.find.stay(row)
    currency = landing.currency(row, "amount", stay and stay.currency)
    reversed_ = _reversed(row, owner, numbers)
    return {"membership_id": owner, "stay_id": stay and stay.id, "source": landing.source, "external_id": row.number,
            "posted_on": on(row["posted_on"]), "kind": row["kind"], "points": _points(row), "amount_minor": landing.money(row, "amount", currency),
            "currency": currency if row["amount"] else None, "reference": row["reference"] or None, "spend": row["spend"] or "",
            "lot_on": on(row["issued_on"]), "expires_on": on(row["expires_on"]), "reverses": reversed_, "actor": landing.actor,
            "batch_id": landing.batch}


def _points(row: Row) -> int:
    """Return a movement's points from the member's side; raises Misfit for a sign that its kind cannot have."""
    points = row["points"]
    if not points:
        raise Misfit("points", "no_points")
    if row["kind"] in GIVEN and points < 0:
        raise Misfit("points", "points_sign")
    return -abs(points) if row["kind"] in TAKEN else points


def _reversed(row: Row, owner: int, numbers: _Numbers) -> str | None:
    """Return the number of the movement that a reversal takes back, None for any other movement; raises Misfit."""
    if row["kind"] != "reverse":
        return None
    if not row["reverses"]:
        raise Misfit("reverses", "reverses_missing")
    return row["reverses"]


def _settle(landing: Landing, new: list[tuple[Row, dict]]) -> None:
    for row, entry in new:
        values = {name: value for name, value in entry.items() if name != "reverses"}
        landing.connection.execute(sa.insert(points_entry).values(**values, revision=landing.change.revision))
        landing.done(row, "added")


POINTS = Target("points", N_("Loyalty points"), N_("One row per movement of points."), (
    Column("entry_id", N_("The movement's number. A movement that is in the ledger is never changed: a reversal takes it back."), "id", False,
        "P-1"),
    NUMBER, PROGRAMME,
    Column("posted_on", N_("The day of the movement."), "day", True, "2025-03-31"),
    Column("kind", N_("earn, burn, expire, adjust, transfer, opening or reverse."), "word", True, "earn", KINDS),
    Column("points", N_("The points; what is taken away has a minus. Without a sign, burned and expired points are taken away."), "points",
        True, "420"),
    Column("spend", N_("What the points were earned by: room, or a department as in charges."), "word", False, "room", SPENDS, "other"),
    Column("amount", N_("The money that the points stand for."), "change", False, ""),
    CURRENCY,
    Column("issued_on", N_("The day on which the points were first earned, where that is not the day of the movement: of points that were "
        "transferred, or brought in."), "day", False, ""),
    Column("expires_on", N_("The first day on which the points are no longer valid, where the programme's rules do not tell it."), "day", False,
        ""),
    Column("reverses", N_("Of a reversal: the number of the movement that it takes back."), "id", False, ""),
    Column("confirmation", N_("The number of the booking that earned the points."), "id", False, "R-1001"),
    Column("reference", N_("What the movement is about."), "text", False, ""),
), number="entry_id", write=write, content=("membership_number", "posted_on", "kind", "points", "amount", "currency", "reverses", "confirmation",
    "reference"))
