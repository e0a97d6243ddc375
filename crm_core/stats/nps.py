"""A Net Promoter Score that counts every kind of stay as often as it was stayed, not as often as it answered."""
import numpy as np

from crm_core.stats import intervals

FEWEST = 5  # answers with which a stratum is told on its own


def weighted(strata, stays, promoters, passives, detractors):
    """(value, low, high) of Σ share of stays × stratum's NPS, in points; NaN where nobody answered or nobody stayed.

    `strata` are names whose parts are divided by "/" and sorted as neighbours; strata with fewer than five answers are merged (see `merged`).
    Interval: sqrt(Σ w² SE²), with the one-sided rule of `intervals.nps` for a stratum whose answers are all alike (post-stratification;
    Zou & Donner 2008 for putting limits together).
    """
    counts = np.column_stack([np.asarray(a, float) for a in (stays, promoters, passives, detractors)])
    counts = merged(list(strata), counts)
    stayed = counts[:, 0].sum() if len(counts) else 0.0
    if not stayed or not counts[:, 1:].sum():
        return np.nan, np.nan, np.nan
    weight, (value, low, high) = counts[:, 0] / stayed, intervals.nps(*counts[:, 1:].T)
    told = weight > 0
    total = np.dot(weight[told], value[told])
    down, up = (np.sqrt(np.dot(weight[told] ** 2, (value - end)[told] ** 2)) for end in (low, high))
    return total, max(total - down, -100.0), min(total + up, 100.0)


def merged(strata, counts):
    """Rows of counts (stays, then answers by kind) of strata, in order of name, those with fewer than five answers added to their neighbour.

    The stratum with the fewest answers goes first, to the neighbour that shares more of its name; of two that are alike to the one with
    fewer answers. One stratum may be left with fewer, where there are no more.
    """
    order = np.argsort(np.array(strata, str), kind="stable")
    names, rows = [strata[i].split("/") for i in order], [counts[i] for i in order]
    while len(rows) > 1 and min(answers := [row[1:].sum() for row in rows]) < FEWEST:
        place = int(np.argmin(answers))
        other = max((i for i in (place - 1, place + 1) if 0 <= i < len(rows)), key=lambda i: (_alike(names[i], names[place]), -answers[i]))
        rows[other] = rows[other] + rows[place]
        del rows[place], names[place]
    return np.array(rows).reshape(len(rows), counts.shape[1])


def _alike(one, other):
    """How many parts two names share from the beginning."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
