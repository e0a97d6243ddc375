"""The rules of a programme at work: which of them are in force, what a spend earns, and when its points expire."""

import datetime as dt
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from crm_core.programme.months import later
from crm_core.programme.reading import BadRules, parse, said
from crm_core.programme.terms import DEFAULT, EXPIRIES, MEASURES, WINDOWS, Promotion, Rules, Tier, Version

__all__ = ["DEFAULT", "EXPIRIES", "MEASURES", "WINDOWS", "BadRules", "Promotion", "Rules", "Span", "Tier", "Version", "expires_on", "in_force",
           "parse", "points_for", "said", "spans"]  # fmt: skip

Span = tuple[dt.date, dt.date | None, Rules]


def in_force(versions: Iterable[Version], day: dt.date) -> Rules | None:
    """The rules of the highest number among the versions that have begun by a day; None before the first."""
    begun = [version for version in versions if version.from_on <= day]
    return max(begun, key=lambda version: version.number).rules if begun else None


def spans(versions: Iterable[Version]) -> list[Span]:
    """When which rules are in force, in order: (from a day on, until before another or None, rules); `in_force` for every day at once."""
    latest: list[Version] = []
    for version in sorted(versions, key=lambda version: (version.from_on, -version.number)):
        if not latest or version.number > latest[-1].number:
            latest.append(version)
    ends = [*(version.from_on for version in latest[1:]), None]
    return [(version.from_on, end, version.rules) for version, end in zip(latest, ends, strict=False)]


def expires_on(rules: Rules, issued_on: dt.date) -> dt.date | None:
    """The first day on which points issued on a day are no longer valid; None where no day is fixed at the issue (inactivity, none).

    As many calendar months later, or the last day of a month that has no such day: issued on 29 February 2024 for 12 months → 28 February 2025.
    """
    return later(issued_on, rules.expiry_months) if rules.expiry == "age" else None


def points_for(rules: Rules, spend: str, amount_minor: int, exponent: int, tier: str, day: dt.date) -> int:
    """The points that an amount earns, in minor units of the programme's currency with `exponent` decimals; a refund takes as many back.

    Units × the points per unit of the kind of spend × the tier's factor × the best promotion's factor of that day, rounded once, half up (away
    from zero). A kind of spend that the rules do not name earns nothing; a tier that they do not name earns by the factor 1.
    """
    factors = (rules.earn.get(spend, 0), _tier_factor(rules, tier), _promoted(rules, spend, tier, day))
    exact = Decimal(amount_minor).scaleb(-exponent)
    for factor in factors:
        exact *= Decimal(str(factor))
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def _tier_factor(rules: Rules, tier: str) -> float:
    return next((one.factor for one in rules.tiers if one.name == tier), 1)


def _promoted(rules: Rules, spend: str, tier: str, day: dt.date) -> float:
    """Promotions do not multiply each other: the one with the highest factor counts."""
    running = [p.factor for p in rules.promotions if p.from_on <= day < p.until_on and spend in p.spend and (not p.tiers or tier in p.tiers)]
    return max(running, default=1)
