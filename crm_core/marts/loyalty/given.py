"""What the loyalty marts are made from and nobody else reads: temporary tables that a refresh fills on the way, and what it fills them with."""
import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import sqlalchemy as sa

from crm_core.marts.leads import today

Ask = Callable[[sa.Select], pd.DataFrame]
# A table and its rows: a frame, or the function whose select tells them.
Step = tuple[sa.Table, pd.DataFrame | Callable[[], sa.Select]]

YEAR = 365
MILLION, THOUSAND = 1_000_000, 1000
# Stands for the quarter of points whose age nobody knows.
UNKNOWN_QUARTER = dt.date(1900, 1, 1)
as_of = today.c.as_of

_made = sa.MetaData()
Whole, Day, Text = sa.BigInteger, sa.Date, sa.Text


def _given(name: str, **columns) -> sa.Table:
    return sa.Table(name, _made, *(sa.Column(key, type_) for key, type_ in columns.items()), prefixes=["TEMPORARY"])


# A part of a lot and what became of it, as `programme.ledger` finds them.
parts = _given("parts", membership_id=Whole, lot_id=Whole, issued_on=Day, expires_on=Day, points=Whole, fate=Text, taken_on=Day)

# Of a quarter of issue: which share of its open points is redeemed in the end (in millionths), with its bounds, and which of all of them (rate);
# both again at a breakage 5 points higher (less) and lower (more); and the worth of a point.
shares = _given("shares", programme_id=Whole, quarter_on=Day, redeems=Whole, redeems_low=Whole, redeems_high=Whole, rate=sa.Double,
                redeems_less=Whole, rate_less=sa.Double, redeems_more=Whole, rate_more=sa.Double, value=sa.Double)  # fmt: skip

# What is spent for one point, by the rules of the day of issue: minor units of the reporting currency.
prices = _given("prices", programme_id=Whole, from_on=Day, until_on=Day, tier=Text, spend=Text, price=sa.Double)

# Where a member stands, as `programme.tiers` tells it.
standings = _given("standings", membership_id=Whole, tier=Text, tier_rank=Whole, from_on=Day, until_on=Day, why=Text, next_tier=Text, measure=Text,
                   has=Whole, wants=Whole, missing=Whole, falls_to=Text, keeps_with=Whole)

TABLES = tuple(_made.sorted_tables)


def days(column: pd.Series) -> np.ndarray:
    """A column of dates as datetime64[D], NaT where there is none."""
    return pd.to_datetime(column).to_numpy().astype("datetime64[D]")


def told(table: sa.Table, columns: dict[str, object]) -> pd.DataFrame:
    """A frame whose days and whole numbers the warehouse takes for what they are, also where some are missing."""
    frame = pd.DataFrame({c.name: columns[c.name] for c in table.c})
    made = {c.name: _typed(frame[c.name], c.type) for c in table.c if isinstance(c.type, sa.Date | sa.Integer)}
    return frame.assign(**made)


def _typed(column: pd.Series, type_: sa.types.TypeEngine) -> pd.Series:
    if isinstance(type_, sa.Date):
        return column.astype("datetime64[s]")
    return column if column.dtype.kind in "iu" else pd.to_numeric(column).astype("Int64")


@dataclass(frozen=True)
class Piece:
    """Some members of a programme, by their numbers: from one to another, both included."""

    programme_id: int
    first: int
    last: int

    def holds(self, rows: sa.sql.ColumnCollection) -> sa.ColumnElement[bool]:
        return sa.and_(rows.programme_id == self.programme_id, rows.membership_id.between(self.first, self.last))


def pieces(counts: pd.DataFrame, most: int) -> Iterator[Piece]:
    """Cut members (programme_id, membership_id, rows; in order) into pieces of about `most` rows, so that memory does not grow with a programme."""
    for programme, members in counts.groupby("programme_id", sort=True):
        piece = members["rows"].cumsum() // most
        for _, some in members.groupby(piece, sort=True)["membership_id"]:
            yield Piece(int(programme), int(some.iloc[0]), int(some.iloc[-1]))


def whole(values: Iterable[float]) -> np.ndarray:
    """Shares as millionths, missing where they are unknown."""
    return np.round(np.asarray(values, float) * MILLION)
