"""Movements of members' points: each member's rows are settled together, in whatever order they stand in the file."""
from collections.abc import Iterable

from crm_core.i18n import N_
from crm_core.ingest.targets import charges, openings
from crm_core.ingest.targets.definition import CURRENCY, Column, Target, words
from crm_core.ingest.targets.landing import Fault, Landing, Misfit, Row, on
from crm_core.ingest.targets.loyalty import NUMBER
from crm_core.ingest.targets.programmes import PROGRAMME, programmes
from crm_core.records.movements import Movement

KINDS = words("earn", "burn", "expire", "adjust", "transfer", "opening", "reverse", earn="earned accrual credit award bonus welcome accrue",
    burn="burned redeem redeemed redemption debit spend spent", expire="expired expiry expiration", adjust="adjustment correction manual",
    transfer="transferred merge merged pooled", opening="openingbalance balance broughtforward carriedforward migration",
    reverse="reversed reversal void cancelled refund")
SPENDS = words("room", room="rooms accommodation lodging stay night nights roomrevenue") | charges.DEPARTMENTS
TAKEN = ("burn", "expire")
# The column that breaks each of the ledger's rules.
BLAMED = {"no_such_member": "membership_number", "no_such_kind": "kind", "sign": "points", "too_many": "points", "in_the_future": "posted_on",
          "before_enrolment": "posted_on", "after_closing": "posted_on", "no_currency": "currency", "other_currency": "currency",
          "other_content": "entry_id", "above_balance": "points", "spent_already": "points", "nothing_to_reverse": "reverses",
          "reversed_already": "reverses", "a_reversal": "reverses", "in_part": "points", "follows": "reverses",
          "before_reversed": "posted_on", "issued_after": "issued_on"}

RENAMED = {"other_currency": "other_currency_points"}


def write(landing: Landing) -> None:
    """Write movements; a row whose member is not here, or that the member's ledger cannot take, is kept out."""
    for rows in landing.chunks((NUMBER.name,)):
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
    """Bring the rows of some members into the ledger: those that are there already are left, and what it cannot take is kept out."""
    rows, new = [], []
    for owner, some in owned.items():
        for row in some:
            try:
                new.append(_movement(landing, row, owner))
                rows.append(row)
            except Fault as fault:
                landing.keep_out(row, fault)
    for row, movement, outcome in zip(rows, new, openings.post_with(landing, new), strict=True):
        if outcome.rule:
            landing.keep_out(row, Misfit(BLAMED[outcome.rule], RENAMED.get(outcome.rule, outcome.rule)))
        else:
            landing.done(row, "added" if outcome.what == "added" else "duplicates")
            landing.counts["transferred"] += movement.points * (movement.kind == "transfer" and outcome.what == "added")


def _movement(landing: Landing, row: Row, owner: int) -> Movement:
    """Return a row as a movement of its member's points; raises Misfit."""
    if row["kind"] == "reverse" and not row["reverses"]:
        raise Misfit("reverses", "reverses_missing")
    stay = landing.find.stay(row)
    member = landing.find.member(row["membership_number"])
    currency = landing.currency(row, "amount", (stay and stay.currency) or programmes(landing).currency(member and member.programme_id))
    points = -abs(row["points"]) if row["kind"] in TAKEN else row["points"]
    return Movement(0, on(row["posted_on"]), row["kind"], points, on(row["issued_on"]), on(row["expires_on"]), None, row["reference"] or "",
        membership_id=owner, source=landing.source, external_id=row.number, spend=row["spend"] or "", stay_id=stay and stay.id,
        amount_minor=landing.money(row, "amount", currency), currency=currency if row["amount"] else None, actor=landing.actor,
        batch_id=landing.batch, row_hash=row.hash, reverses=row["reverses"])


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
