"""The programmes of the warehouse with their rules, and what the rules say of money: the price of a point by what is spent for it."""
import datetime as dt
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import func, select

from crm_core.formats import exponent
from crm_core.marts import tables
from crm_core.marts.loyalty.given import THOUSAND, Ask, prices, told
from crm_core.programme.rules import Rules, Version, in_force, parse, spans


@dataclass(frozen=True)
class Programme:
    """A programme with the versions of its rules; `factor`: reporting minor units for one of its currency, NaN without an exchange rate."""

    id: int
    currency: str
    versions: tuple[Version, ...]
    factor: float

    def rules(self, day: dt.date) -> Rules | None:
        """The rules in force on a day."""
        return in_force(self.versions, day)

    def expiry_months(self, day: dt.date) -> int | None:
        """After how many months points end by their age; None where they do not."""
        rules = self.rules(day)
        return rules.expiry_months if rules and rules.expiry == "age" else None

    def said_value(self, day: dt.date) -> float:
        """What the rules say that a point is worth, in reporting minor units; NaN without rules."""
        rules = self.rules(day)
        return rules.value_per_1000 / THOUSAND * self.factor if rules else np.nan


def programmes(ask: Ask, as_of: dt.date) -> dict[int, Programme]:
    """Return every programme by its number; 0 is that of members whom no programme is told of."""
    p, r = tables.programmes.c, tables.rates.c
    last = select(r.currency, r.factor).where(r.day_on == as_of - dt.timedelta(1)).subquery("last")
    rows = ask(select(p.programme_id, p.currency, p.number, p.from_on, p.rules, func.coalesce(last.c.factor, sa.null()).label("factor"))
               .select_from(tables.programmes.outerjoin(last, last.c.currency == p.currency)).order_by(p.programme_id, p.number))
    found = {int(number): _programme(int(number), versions) for number, versions in rows.groupby("programme_id")}
    return {0: Programme(0, "", (), np.nan)} | found


def _programme(number: int, rows: pd.DataFrame) -> Programme:
    versions = tuple(Version(int(row.number), pd.Timestamp(row.from_on).date(), parse(json.loads(row.rules))) for row in rows.itertuples() if row.number)
    first = rows.iloc[0]
    return Programme(number, first["currency"], versions, float(first["factor"]) if pd.notna(first["factor"]) else np.nan)


def price_rows(every: Iterable[Programme]) -> pd.DataFrame:
    """What one point cost its member in every tier, for every kind of spend that earns; promotions are left out."""
    found = pd.DataFrame([row for one in every for row in _prices(one)], columns=[c.name for c in prices.c])
    return told(prices, {name: found[name] for name in found})


def _prices(programme: Programme) -> Iterator[tuple]:
    unit = 10 ** exponent(programme.currency) * programme.factor
    for from_on, until_on, rules in spans(programme.versions):
        for tier in rules.tiers:
            earning = {spend: points * tier.factor for spend, points in rules.earn.items() if points * tier.factor > 0}
            yield from ((programme.id, from_on, until_on, tier.name, spend, unit / points) for spend, points in earning.items())
