"""What the rules of a programme say: tiers, earning, promotions and expiry; values only, made by `reading.parse`."""

import datetime as dt
from dataclasses import dataclass, field

MEASURES = ("nights", "stays", "points")
WINDOWS = ("rolling", "calendar")
EXPIRIES = ("age", "inactivity", "none")


@dataclass(frozen=True)
class Tier:
    """A tier: reaching any of the measures of `qualify` in the window leads into it, any of `retain` keeps it; the first asks for nothing.

    A tier that asks for nothing in order to be kept is never lost again.
    """

    name: str
    qualify: dict[str, int] = field(default_factory=dict)
    retain: dict[str, int] = field(default_factory=dict)
    factor: float = 1.0  # by which the tier's members earn


@dataclass(frozen=True)
class Promotion:
    """From a day on, until before another, some kinds of spend earn more; without tiers: for everybody."""

    name: str
    from_on: dt.date
    until_on: dt.date
    spend: tuple[str, ...]
    factor: float
    tiers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rules:
    """The rules of a programme; `tiers` from the lowest up, `earn` in points per unit of the programme's currency by kind of spend.

    window: "rolling" (the last `window_months`, a tier holds `valid_months`) or "calendar" (since 1 January, to the end of next year).
    expiry: "age" (`expiry_months` after the issue), "inactivity" (after the last earning or redemption) or "none".
    value_per_1000: minor units that 1,000 points are worth, where the ledger itself has no redemptions to tell it.
    """

    tiers: tuple[Tier, ...]
    window: str = "rolling"
    window_months: int = 12
    valid_months: int = 12
    earn: dict[str, float] = field(default_factory=dict)
    welcome: int = 0
    promotions: tuple[Promotion, ...] = ()
    expiry: str = "age"
    expiry_months: int = 36
    value_per_1000: int = 400


@dataclass(frozen=True)
class Version:
    """Rules under their number, in force from a day on."""

    number: int
    from_on: dt.date
    rules: Rules


def _nights(name: str, nights: int, factor: float) -> Tier:
    return Tier(name, {"nights": nights}, {"nights": nights}, factor)


DEFAULT = Rules(
    tiers=(Tier("Base"), _nights("Silver", 5, 1.25), _nights("Gold", 15, 1.5), _nights("Platinum", 40, 2.0)),
    earn=dict.fromkeys(("room", "fnb", "spa", "minibar", "laundry", "transfer", "events", "other"), 10.0),
    welcome=500,
)
