"""When points without a fixed end are over: after so many months without earning or redeeming, where the rules say so."""

from collections.abc import Iterable
from functools import cache

import numpy as np

from crm_core.programme.fifo import NEVER, Lapse
from crm_core.programme.months import later_days
from crm_core.programme.rules import Version, spans


def lapses(versions: Iterable[Version], active: np.ndarray) -> np.ndarray:
    """The day on which points are over if nothing follows the last sign of life, for an array of such; days as numbers since 1970, or NEVER.

    Rules bind from their first day on: who has been idle for longer by then loses the points on that day, not before.
    """
    over = np.full(active.shape, NEVER)
    for begins, ends, rules in spans(versions):
        if rules.expiry != "inactivity":
            continue
        day = later_days(active.astype("datetime64[D]"), rules.expiry_months).astype(int)
        day = np.maximum(day, np.datetime64(begins, "D").astype(int))
        holds = (day < np.datetime64(ends, "D").astype(int)) if ends else True
        over = np.where((over == NEVER) & holds, day, over)
    return over


def lapse_of(versions: Iterable[Version]) -> Lapse | None:
    """The same for one day at a time; None where no rules end points by inactivity."""
    versions = list(versions)
    if not any(rules.expiry == "inactivity" for _, _, rules in spans(versions)):
        return None
    return cache(lambda active: int(lapses(versions, np.array([active]))[0]))
