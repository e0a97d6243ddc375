"""The law of tiers told a second time, one member and one day after the other, to hold the fast way against."""

import datetime as dt

from crm_core.programme.months import later
from crm_core.programme.rules import in_force
from crm_core.programme.terms import MEASURES

ONE = dt.timedelta(1)


def tiers_by_day(activity, versions, enrolled_on, closed_on, overrides, until):
    """{day: (tier, rank by law)} of each day of the membership on which there are rules."""
    found, rank, over, old = {}, None, None, None
    day = enrolled_on
    while day <= until and (closed_on is None or day < closed_on):
        rules = in_force(versions, day)
        if rules is not None:
            rank, over = _entered(rank, over, old, rules, day) if rules is not old else (rank, over)
            did = [one for one in activity if enrolled_on <= one[0] <= day]
            if (rules is not old and day > enrolled_on) or any(one[0] == day and _counts(one, rules) for one in did):
                rank, over = _measured(rank, over, did, rules, day)
            if over == day:
                rank, over = _ended(rank, did, rules, day)
            by_hand = [tier for tier, begin, end in sorted(overrides, key=lambda one: one[1]) if begin <= day < end]
            found[day] = (by_hand[-1] if by_hand else rules.tiers[rank].name, rank)
            old = rules
        day += ONE
    return found


def _counts(one, rules):
    asked = {measure for tier in rules.tiers for measure in (*tier.qualify, *tier.retain)}
    return any(amount and measure in asked for measure, amount in zip(MEASURES, one[1:], strict=True))


def _entered(rank, over, old, rules, day):
    if rank is None:
        return 0, None
    names = [tier.name for tier in rules.tiers]
    name = old.tiers[rank].name
    rank = names.index(name) if name in names else min(rank, len(names) - 1)
    return rank, None if rank == 0 else over or _valid(rules, day)


def _measured(rank, over, did, rules, day):
    begin = dt.date(day.year, 1, 1) if rules.window == "calendar" else later(day, -rules.window_months) + ONE
    reached = max(at for at, tier in enumerate(rules.tiers) if at == 0 or _meets(did, begin, day, tier.qualify))
    if reached > rank:
        return reached, _valid(rules, day)
    return rank, max(over, _valid(rules, day)) if reached == rank > 0 else over


def _ended(rank, did, rules, day):
    last = day - ONE if rules.window == "calendar" else day
    begin = dt.date(last.year, 1, 1) if rules.window == "calendar" else later(day, -rules.window_months) + ONE
    rank = max(at for at, tier in enumerate(rules.tiers[: rank + 1]) if at == 0 or not tier.retain or _meets(did, begin, last, tier.retain))
    return rank, _valid(rules, last) if rank else None


def _valid(rules, day):
    return dt.date(day.year + 2, 1, 1) if rules.window == "calendar" else later(day, rules.valid_months)


def _meets(did, begin, end, wanted):
    sums = [sum(one[at] for one in did if begin <= one[0] <= end) for at in (1, 2, 3)]
    return any(sums[MEASURES.index(measure)] >= number for measure, number in wanted.items())
