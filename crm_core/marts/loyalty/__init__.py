"""The loyalty marts at the as-of date: tiers, lots and what is owed for them, members, months, and what members add, step by step."""
import datetime as dt
from collections.abc import Iterator, Sequence

from sqlalchemy import func, select

from crm_core.marts import tables
from crm_core.marts.loyalty import effects, estimates, ledger, lots, members, months, tiers
from crm_core.marts.loyalty.given import TABLES, Ask, Step, parts, prices, shares, standings
from crm_core.marts.loyalty.programmes import Programme, price_rows, programmes

__all__ = ["TABLES", "Ask", "steps"]
DRAWS = 2000  # of the bootstrap


def steps(ask: Ask, as_of: dt.date, properties: Sequence[int]) -> Iterator[Step]:
    """Yield the rows of the marts and of the temporary TABLES in the order in which one is made from the other; fill each before the next is asked.

    Without a single member there are none.
    """
    if not ask(select(func.count().label("members")).select_from(tables.memberships))["members"].iloc[0]:
        return
    every = programmes(ask, as_of)
    for rows in tiers.settled(ask, as_of, every):
        yield from ((tables.tiers, rows.spells), (standings, rows.standings))
    for rows in ledger.settled(ask, as_of, every):
        yield parts, rows
    yield prices, price_rows(every.values())
    yield from _estimated(ask, as_of, every)
    yield tables.lots, lots.rows
    yield tables.members, members.rows
    for rows in effects.rows(ask, as_of, properties):
        yield tables.member_effects, rows


def _estimated(ask: Ask, as_of: dt.date, every: dict[int, Programme]) -> Iterator[Step]:
    """What is redeemed in the end, now and as it was known at every month's end, programme by programme."""
    flows, worth, moved = map(ask, (estimates.flow_rows(), estimates.worth_rows(as_of), months.moved_rows(as_of)))
    for number, rows in moved.groupby("programme_id"):
        history = estimates.History(every[number], *(frame[frame["programme_id"] == number] for frame in (flows, worth)))
        found = history.vintages(as_of, DRAWS)
        yield shares, estimates.share_rows(every[number], found, history.value(as_of))
        yield tables.vintages, estimates.vintage_rows(every[number], found)
        yield tables.point_months, months.rows(history, rows, as_of)
