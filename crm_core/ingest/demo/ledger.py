"""The ledger of the demo's programme: each member's tier and account, written line by line; and the law behind it, sealed."""
from collections import Counter
from collections.abc import Iterator

import numpy as np

from crm_core import schema
from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.account import NONE, Account, Line, date, lasts_until
from crm_core.ingest.demo.earning import earn
from crm_core.ingest.demo.hotels import DAYS
from crm_core.ingest.demo.lots import CHANCES, Closing, credits, replay
from crm_core.ingest.demo.members import Members
from crm_core.ingest.demo.programmes import versions
from crm_core.ingest.demo.records import NOBODY, Records
from crm_core.ingest.demo.redeeming import OCCASIONS, QUARTER, TRIES, Quota, still_redeemed, waits
from crm_core.ingest.demo.spend import Spent
from crm_core.ingest.demo.stays import Stays
from crm_core.ingest.demo.streams import Streams
from crm_core.programme import tiers

START = np.datetime64(p.START)
FAR = 1_000_000  # days, more than there are
COLUMNS = (
    "id", "membership_id", "stay_id", "source", "external_id", "batch_id", "posted_on", "kind", "points", "amount_minor", "currency",
    "reference", "revision", "counter", "reverses_id", "expires_on", "spend", "reason", "actor")


def accounts(streams: Streams, stays: Stays, spent: Spent, members: Members, kept: Records, quota: Quota) -> list[Account]:
    """Return the accounts of the block's members whom a hotel knows by a record, by person; `quota` keeps redemptions to the law."""
    rows = np.flatnonzero(members.credited(stays) & (kept.of_stay != NOBODY))
    who = np.flatnonzero(members.joined & (kept.first_of >= 0))
    rows = rows[np.isin(stays.guest[rows], who)]
    if not len(who):
        return []
    now, then = _tiers(stays.take(rows), members, who)
    made = {n: Account(n, tier) for n, tier in zip(who.tolist(), now, strict=True)}
    earn(streams, stays, spent, dict(zip(rows.tolist(), then, strict=True)), members, made)
    _redeem(streams, members, made, quota)
    return list(made.values())


def _tiers(stays: Stays, members: Members, who: np.ndarray) -> tuple[list[str], list[str]]:
    """The members' last tiers, and the tier on the arrival of each stay (before the card: the lowest), by the nights that earn."""
    closed = members.closed[who]
    people = {"member": who, "enrolled_on": START + members.enrolled[who], "closed_on": np.where(closed < DAYS, START + closed, np.datetime64("NaT"))}
    nothing = np.zeros(len(stays.guest), int)
    order = np.lexsort((stays.departure, stays.guest))
    did = {"member": stays.guest[order], "day": START + stays.departure[order], "nights": stays.nights[order], "stays": nothing + 1, "points": nothing}
    found, _ = tiers.many(people, did, versions(), None, date(DAYS - 1))
    member, begins = found["member"], (found["from_on"] - START).astype(int)
    first, after = np.searchsorted(member, who), np.searchsorted(member, who, "right")
    on = np.searchsorted(member * FAR + begins, stays.guest * FAR + stays.arrival, "right") - 1
    lowest = first[np.searchsorted(who, stays.guest)]
    return found["tier"][after - 1].tolist(), found["tier"][np.maximum(on, lowest)].tolist()


def _redeem(streams: Streams, members: Members, made: dict[int, Account], quota: Quota) -> None:
    """The members' occasions, those of the largest accounts first, until the account is closed; then what became of their lots."""
    size = len(members.enrolled)
    tries, rewards = waits(streams.draw("occasions", size, TRIES, OCCASIONS)), streams.draw("rewards", size, OCCASIONS + 1, CHANCES)
    for account in sorted(made.values(), key=lambda account: -sum(line.points for line in account.lines)):
        n, closed = account.person, int(members.closed[account.person])
        lots = credits(account.lines)
        days = quota.choose(*np.array([(line.day, line.points) for line in lots]).T, int(members.enrolled[n]) + tries[n])
        occasions = {day: rewards[n, k].tolist() for k, day in enumerate(days.tolist()) if day < min(DAYS, closed)}
        replay(account, occasions, Closing(closed, rewards[n, OCCASIONS].tolist()) if closed < DAYS else None)


def write(block, writer) -> None:
    """Write the block's ledger, member by member and day by day; what the law says of its lots goes to the sealed truth."""
    writer.rows(schema.points_entry, COLUMNS, _rows(block, writer))
    writer.truth.vintages(_vintages(block.accounts))


def _rows(block, writer) -> Iterator[tuple]:
    for account, membership in zip(block.accounts, block.membership_ids, strict=True):
        order = sorted((i for i, line in enumerate(account.lines) if line.points), key=lambda i: (*account.lines[i][:2], i))
        ids = dict(zip(order, writer.take(schema.points_entry, len(order)), strict=True))
        for i in order:
            yield _row(block, writer.revision, membership, ids, account.lines, account.lines[i], ids[i])


def _row(block, revision: int, membership: int, ids: dict[int, int], lines: list[Line], line: Line, number: int) -> tuple:
    back, expired = line.kind == "reverse", line.kind == "expire"
    stay = None if line.stay == NONE else block.stay_ids[line.stay]
    source = ("innsight", f"expire/{ids[line.of]}/1", None) if expired else ("demo", f"P{number:09d}", 1)
    reference = f"expire/{ids[line.of]}" if expired else f"{block.profile.hotels[block.stays.hotel[line.stay]].code}-{stay:07d}" if stay else None
    counter = schema.COUNTERS[lines[line.of].kind if back else line.kind]
    lasts = date(lasts_until(line.day)).isoformat() if line.points > 0 and not back else None
    return (number, membership, stay, *source, date(line.day).isoformat(), line.kind, line.points, line.amount, None if line.amount is None else p.PROGRAMME[2],
            reference, revision, counter, ids[line.of] if back else None, lasts, line.spend, line.reason, "demo" if line.reason else "")


def _vintages(made: list[Account]) -> list[tuple[int, ...]]:
    """(quarter of issue, points redeemed, expired, adjusted, open, open that the law will redeem) by quarter of history."""
    found: Counter[tuple[int, str]] = Counter()
    for issued, fate, points in (part for account in made for part in account.fates):
        quarter = int(QUARTER[issued])
        found[quarter, fate] += points
        if fate == "open":
            found[quarter, "will"] += points * float(still_redeemed(np.array(DAYS - issued)))
    kinds = ("redeemed", "expired", "adjusted", "open", "will")
    return [(quarter, *(round(found[quarter, kind]) for kind in kinds)) for quarter in sorted({quarter for quarter, _ in found})]
