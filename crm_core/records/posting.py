"""The one door into the ledger of points: rows are checked against all that stands, settled, and written with what follows from them."""
import datetime as dt
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sqlalchemy.engine import Connection

from crm_core import formats
from crm_core.i18n import N_, t
from crm_core.records.movements import OWN, Account, Books, Movement, by_number
from crm_core.records.settling import Short, follow
from crm_core.schema import POINTS_KINDS
from crm_core.store.record import Change

SIGN = {"earn": 1, "opening": 1, "burn": -1, "expire": -1}
MOST = 10**9
# Why a row is not posted, by the rule that it breaks.
REASONS = {
    "no_such_member": N_("There is no such member."),
    "no_such_kind": N_("There is no such kind of movement."),
    "sign": N_("Earned points are above zero, redeemed and expired ones below, and none are 0."),
    "too_many": N_("At most 1,000,000,000 points move at once."),
    "in_the_future": N_("{day} has not come yet: points are posted by the day on which they moved."),
    "before_enrolment": N_("The member joined on {day}: nothing can move before."),
    "after_closing": N_("The account was closed on {day}: nothing can move after."),
    "no_currency": N_("Say in which currency the amount is."),
    "other_currency": N_("The programme counts in {currency}: say the amount in {currency}."),
    "other_content": N_("This number was posted already, with other content. A movement is never changed: reverse it, then post it anew."),
    "above_balance": N_("Only {points} points are there on {day}."),
    "spent_already": N_("These points were spent: {points} would be missing on {day}."),
    "nothing_to_reverse": N_("There is no such movement of this member to reverse."),
    "reversed_already": N_("This movement was reversed already."),
    "a_reversal": N_("A reversal is not reversed: post the movement anew."),
    "in_part": N_("A reversal takes back the whole movement, {points} points."),
    "before_reversed": N_("This movement is of {day}: it cannot be reversed before."),
    "issued_after": N_("Points are issued on the day of their movement or before."),
    "follows": N_("This movement follows from others: reverse those, or adjust the points."),
}


@dataclass(frozen=True)
class Outcome:
    """What became of a row: "added", "known" (it stands already, with the same content) or "refused" by a rule of REASONS.

    `id` is the row in the ledger, None where it was refused; `values` fill the reason.
    """

    what: str
    id: int | None = None
    rule: str = ""
    values: dict = field(default_factory=dict)

    @property
    def said(self) -> str:
        """Return why it was refused, in the language in use."""
        return t(REASONS[self.rule], **self.values) if self.rule else ""


class Fault(Exception):
    """A row breaks a rule of REASONS."""

    def __init__(self, rule: str, **values):
        super().__init__(rule)
        self.outcome = Outcome("refused", None, rule, values)


def post_batch(change: Change, rows: Iterable[Movement], as_of: dt.date | None = None) -> list[Outcome]:
    """Post rows and return what became of each, in their order. Each stands or falls by itself; the order in which they come plays no part.

    A debit is refused where the account would lack points on that day or on any later one, with all that is in the batch. What is due by the
    as-of date (none: the store's) expires in the same change, and points of accounts that were joined move on.
    """
    rows = list(rows)
    books = Books(change, as_of)
    books.open({row.membership_id for row in rows})
    found, new = _sorted_out(books, rows)
    for id_ in sorted(new):
        _post(books, books.accounts[id_], new[id_], found)
    books.write()
    refused = {row.id: found[place] for some in new.values() for place, row in some.items() if found[place].what == "refused"}
    return [refused.get(found[place].id, found[place]) for place in range(len(rows))]  # whoever repeats a refused row is refused too


def _sorted_out(books: Books, rows: list[Movement]) -> tuple[dict[int, Outcome], dict[int, dict[int, Movement]]]:
    """Return what is settled about rows that are known or cannot be, by place, and the others by membership and place."""
    known = by_number(books.connection, rows)
    found: dict[int, Outcome] = {}
    new: dict[int, dict[int, Movement]] = defaultdict(dict)
    for place, row in sorted(enumerate(rows), key=lambda one: one[1].kind == "reverse"):  # what they reverse may be among the others
        try:
            if row.external_id is not None and row.key in known:
                found[place] = _again(row, known[row.key])
                continue
            one = _checked(books, row, new)
            new[row.membership_id][place] = known[row.key] = one
        except Fault as fault:
            found[place] = fault.outcome
    return found, new


def _again(row: Movement, stands: Movement) -> Outcome:
    same = row.content == stands.content
    return Outcome("known", stands.id) if same else Outcome("refused", None, "other_content")


# --- each row by itself -------------------------------------------------------------------------------------------------
def _checked(books: Books, row: Movement, new: dict[int, dict[int, Movement]]) -> Movement:
    """Return a row as it would be written. Raises Fault where it breaks a rule, whatever the balance."""
    account = books.accounts.get(row.membership_id)
    if account is None:
        raise Fault("no_such_member")
    if row.kind not in POINTS_KINDS:
        raise Fault("no_such_kind")
    if row.points == 0 or row.points * SIGN.get(row.kind, row.points) < 0:
        raise Fault("sign")
    if abs(row.points) > MOST:
        raise Fault("too_many")
    _check_day(row, account, books.as_of)
    _check_money(row, account)
    if row.kind == "reverse":
        row = _reversal(row, account, new[account.id].values())
    return books.completed(row, account)


def _check_day(row: Movement, account: Account, as_of: dt.date) -> None:
    if row.posted_on > as_of:
        raise Fault("in_the_future", day=formats.date(row.posted_on))
    if account.enrolled_on and row.posted_on < account.enrolled_on:
        raise Fault("before_enrolment", day=formats.date(account.enrolled_on))
    if account.closed_on and row.posted_on > account.closed_on and row.kind != "expire":
        raise Fault("after_closing", day=formats.date(account.closed_on))
    if row.lot_on and row.lot_on > row.posted_on:
        raise Fault("issued_after")


def _check_money(row: Movement, account: Account) -> None:
    if row.amount_minor is not None and not row.currency:
        raise Fault("no_currency")
    if row.amount_minor is not None and account.currency not in (None, row.currency):
        raise Fault("other_currency", currency=account.currency)


def _reversal(row: Movement, account: Account, new: Iterable[Movement]) -> Movement:
    """Return a reversal with what it takes back."""
    new = list(new)
    named = [one for one in (*account.entries, *new) if one.id == row.reverses_id or (row.reverses is not None and one.key == (row.source, row.reverses))]
    if not named:
        raise Fault("nothing_to_reverse")
    target = named[0]
    if target.kind == "reverse":
        raise Fault("a_reversal")
    if target.source == OWN and target.kind in ("expire", "transfer"):
        raise Fault("follows")
    if target.id in account.reversed() | {one.reverses_id for one in new}:
        raise Fault("reversed_already")
    if row.posted_on < target.posted_on:
        raise Fault("before_reversed", day=formats.date(target.posted_on))
    if row.points != -target.points:
        raise Fault("in_part", points=formats.count(-target.points))
    return replace(row, reverses_id=target.id, counter=target.counter)


# --- all rows of an account together ------------------------------------------------------------------------------------
def _post(books: Books, account: Account, new: dict[int, Movement], found: dict[int, Outcome]) -> None:
    """Add an account's new rows, without those that take what is not there."""
    while new:
        rows, lacking = follow(books, account, list(new.values()))
        refused = _first_refused(books, account, new) if lacking else None
        if refused is None:  # also where points lack as they did before: nothing here made it worse
            books.take(rows)
            found.update({place: Outcome("added", row.id) for place, row in new.items()})
            return
        found.update(refused)
        new = {place: row for place, row in new.items() if place not in refused}


def _first_refused(books: Books, account: Account, new: dict[int, Movement]) -> dict[int, Outcome] | None:
    """Return the first debit, by day, for which points lack, with the reversals that would take it back; None where debits are not the reason."""
    debits = sorted((place for place, row in new.items() if row.points < 0), key=lambda place: _turn(new[place]))
    credits_ = [row for row in new.values() if row.points > 0]

    def lacking(count: int) -> Short | None:
        return follow(books, account, credits_ + [new[place] for place in debits[:count]])[1]

    first = bisect_left(range(1, len(debits) + 1), True, key=lambda count: lacking(count) is not None)
    if first == len(debits):
        return None
    row, short = new[debits[first]], lacking(first + 1)
    also = {place: Outcome("refused", None, "nothing_to_reverse") for place, one in new.items() if one.reverses_id == row.id}
    return {debits[first]: _above(row, short), **also}


def _turn(row: Movement) -> tuple:
    return row.posted_on, row.kind == "reverse", row.external_id or "", row.id


def _above(row: Movement, short: Short) -> Outcome:
    day = formats.date(short.on)
    if row.kind == "reverse":
        return Outcome("refused", None, "spent_already", {"points": formats.count(short.by), "day": day})
    return Outcome("refused", None, "above_balance", {"points": formats.count(max(-row.points - short.by, 0)), "day": day})


def unsettled(connection: Connection, ids: list[int], as_of: dt.date) -> list[int]:
    """Return those of the accounts in which something is to be posted that follows from the rows that stand; nothing is written."""
    books = Books(Change(connection, 0, ""), as_of)
    books.open(ids)
    return [id_ for id_ in ids if any(follow(books, books.accounts[id_], [])[0].values())]


def settle_accounts(books: Books, ids: list[int]) -> int:
    """Post what follows in these accounts from the rows that stand, and return how many rows that were."""
    books.open(ids)
    for id_ in sorted(ids):
        books.take(follow(books, books.accounts[id_], [])[0])
    return books.write()

