"""mart_guest_hazards: what goes with coming back, told by what was known of a guest's first stay (association, no cause)."""
import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core.dialects import days_between, iso_weekday
from crm_core.marts import tables
from crm_core.marts.histories import WEEKEND
from crm_core.marts.tables import stays
from crm_core.stats import survival

# Below these nothing is told.
FEWEST, FEWEST_RETURNS = 500, 100
Ask = Callable[[sa.Select], pd.DataFrame]

# Of a first stay: each either holds or does not, so that a ratio can be read without knowing a unit.
TRAITS: dict[str, Callable[[object], sa.ColumnElement[bool]]] = {
    "direct": lambda s: s.is_direct == 1,
    "business": lambda s: s.segment == "business",
    "family": lambda s: s.party == "family",
    "one_night": lambda s: s.stay_nights == 1,
    "long": lambda s: s.stay_nights >= 5,
    "late_booking": lambda s: s.lead_days <= 7,
    "early_booking": lambda s: s.lead_days > 60,
    "weekend": lambda s: iso_weekday(s.stay_arrival_on).in_(WEEKEND),
    "extras": lambda s: s.stay_other_revenue > 0,
    "praised": lambda s: s.score_bp >= 9000,
    "disappointed": lambda s: s.score_bp < 7000,
    "case": lambda s: s.cases > 0,
}


@lru_cache(maxsize=16)  # the same statement for the next refresh of the day
def first_stays(as_of: dt.date, place: int) -> sa.Select:
    """One row per guest with a first stay at one property (0: at any of them): days until the next arrival or as-of, whether it came, and the traits."""
    s, day = stays.c, sa.cast(sa.literal(as_of, sa.Date), sa.Date)
    first, following = (s.first_here, s.next_here) if place else (s.first_anywhere, s.next_anywhere)
    seen = case((following < day, following))
    traits = [case((holds(s), 1), else_=0).label(name) for name, holds in TRAITS.items()]
    return select(
        s.guest_id, days_between(s.stay_departure_on, func.coalesce(seen, day)).label("days"), case((seen.is_not(None), 1), else_=0).label("returned"), *traits,
    ).where(s.is_stay == 1, s.stay_key == first, s.guest_id.is_not(None), s.stay_departure_on < day, *([s.property_id == place] if place else [])
            ).order_by(s.guest_id)  # fmt: skip


def told(ask: Ask, as_of: dt.date, properties: Sequence[int]) -> Iterator[pd.DataFrame]:
    """Yield the rows of the mart, place by place; none where there are too few guests or returns, or all guests are alike."""
    for place in (tables.TOGETHER, *properties) if len(properties) > 1 else properties:
        frame = ask(first_stays(as_of, place))
        varied = [name for name in TRAITS if 0 < frame[name].sum() < len(frame)]
        if varied and len(frame) >= FEWEST and frame["returned"].sum() >= FEWEST_RETURNS:
            yield _rows(place, frame, varied)


def _rows(place: int, frame: pd.DataFrame, varied: list[str]) -> pd.DataFrame:
    """Cox's proportional hazards with all traits that some guests have and some do not."""
    found = survival.hazards(frame[varied].to_numpy(float), frame["days"].to_numpy(float), frame["returned"].to_numpy(bool), varied)
    rows = [{"trait": h.name, "ratio": h.ratio, "low": h.low, "high": h.high, "p": h.p, "drift_p": h.drift_p, "guests": int(frame[h.name].sum())}
            for h in found.rows]
    frame = pd.DataFrame(rows, columns=["trait", "ratio", "low", "high", "p", "drift_p", "guests"])
    return frame.assign(property_id=place, n=found.n, returns=found.events, is_sample=int(found.sampled)).replace([np.inf, -np.inf], np.nan)
