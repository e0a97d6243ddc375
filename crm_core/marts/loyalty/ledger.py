"""The ledger settled: what became of every lot of points before the as-of date, member by member, a piece of the programme at a time."""
import datetime as dt
from collections.abc import Iterator

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core.marts import tables
from crm_core.marts.loyalty.given import Ask, Piece, days, parts, pieces
from crm_core.marts.loyalty.programmes import Programme
from crm_core.programme.bulk import parts_of
from crm_core.programme.fifo import CODES, FATES

ROWS = 1_500_000  # of the ledger at once


def settled(ask: Ask, as_of: dt.date, every: dict[int, Programme]) -> Iterator[pd.DataFrame]:
    """Yield the rows of the temporary table `parts`."""
    for piece in pieces(ask(_counts(as_of)), ROWS):
        yield _parts(ask(_entries(piece, as_of)), every[piece.programme_id])


def _counts(as_of: dt.date) -> sa.Select:
    p = tables.points.c
    return (select(p.programme_id, p.membership_id, func.count().label("rows")).where(p.posted_on < as_of)
            .group_by(p.programme_id, p.membership_id).order_by(p.programme_id, p.membership_id))


def _entries(piece: Piece, as_of: dt.date) -> sa.Select:
    """The ledger of some members in numbers; a kind is its place in the list of kinds."""
    p = tables.points.c
    kind = case(*((p.kind == name, code) for name, code in CODES.items()))
    return (select(p.membership_id, p.entry_id, p.posted_on, kind.label("kind"), p.points, p.lot_on, p.expires_on,
                   func.coalesce(p.reverses_id, 0).label("reverses"))
            .where(piece.holds(p), p.posted_on < as_of).order_by(p.membership_id, p.entry_id))


def _parts(rows: pd.DataFrame, programme: Programme) -> pd.DataFrame:
    number = lambda name: rows[name].to_numpy(np.int64)  # noqa: E731
    found = parts_of(number("membership_id"), number("entry_id"), days(rows["posted_on"]), number("kind"), number("points"), days(rows["lot_on"]),
                     days(rows["expires_on"]), number("reverses"), programme.versions)  # fmt: skip
    columns = {"membership_id": found["member"], "lot_id": found["lot_id"], "points": found["points"], "fate": pd.Categorical.from_codes(found["fate"], FATES)}
    dated = {name: found[of].astype("datetime64[s]") for name, of in (("issued_on", "issued"), ("expires_on", "expires"), ("taken_on", "taken"))}
    return pd.DataFrame(columns | dated)[[c.name for c in parts.c]]
