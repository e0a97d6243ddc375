"""Card titles and sentences that say what the data shows; where nothing left the noise, the plain name of the measure."""

import math

import pandas as pd

from crm_core import formats
from crm_core.i18n import N_, t
from crm_core.metrics import metric
from crm_core.telling.figures import value_text

FRACTIONS = (
    (1 / 10, N_("One night in ten is booked direct")),
    (1 / 5, N_("One night in five is booked direct")),
    (1 / 4, N_("One night in four is booked direct")),
    (1 / 3, N_("One night in three is booked direct")),
    (1 / 2, N_("Half of the nights are booked direct")),
)
CLOSE = 0.02

# What a KPI's last week is compared with, in whole sentences: a language need not share English word order.
SENTENCES = {
    ("rooms_sold", "up"): N_("{place} sold {value} nights in the last 7 days, {change} more than usual."),
    ("rooms_sold", "down"): N_("{place} sold {value} nights in the last 7 days, {change} fewer than usual."),
    ("room_revenue", "up"): N_("{place} earned {value} with rooms in the last 7 days, {change} more than usual."),
    ("room_revenue", "down"): N_("{place} earned {value} with rooms in the last 7 days, {change} less than usual."),
    ("adr", "up"): N_("The daily rate at {place} rose to {value}, {change} above the usual."),
    ("adr", "down"): N_("The daily rate at {place} fell to {value}, {change} below the usual."),
    ("direct_share_nights", "up"): N_("{value} of nights at {place} were booked direct, {change} more than usual."),
    ("direct_share_nights", "down"): N_("{value} of nights at {place} were booked direct, {change} fewer than usual."),
    ("cancellation_rate", "up"): N_("{value} of bookings at {place} were cancelled, {change} more than usual."),
    ("cancellation_rate", "down"): N_("{value} of bookings at {place} were cancelled, {change} fewer than usual."),
    ("unidentified_share", "up"): N_("{value} of stays at {place} were unidentified, {change} more than usual."),
    ("unidentified_share", "down"): N_("{value} of stays at {place} were unidentified, {change} fewer than usual."),
}


def sentence(row, place: str, currency: str) -> str:
    """Return what changed at one property, from a flagged row of the query `unusual`."""
    k = metric(row.key)
    change = row.value / row.expected - 1 if row.expected else math.nan
    return t(
        SENTENCES[row.key, "up" if change >= 0 else "down"],
        place=place,
        value=value_text(k, row.value, currency),
        change=formats.percent(abs(change), 0),
    )


def usually(row, currency: str) -> str:
    """Return the usual range of a row of `unusual`, and its n."""
    k = metric(row.key)
    highest = 1.0 if k.unit == "share" else math.inf  # the range is reckoned on a log scale, which knows no whole
    span = f"{value_text(k, row.low, currency)} – {value_text(k, min(row.high, highest), currency)}"
    return t("usually {range} · n {n}", range=span, n=formats.count(round(row.n)))


def revenue_title(months: pd.DataFrame, before: pd.DataFrame, key: str, name: str) -> str:
    """Return the title of the monthly chart: since when the measure has been ahead of or behind the year before, if three months agree."""
    signs = [_sign(a, b) for a, b in zip(months[key], before[key], strict=True)]
    run = _run(signs)
    if run < 3:
        return t("{name} by month", name=name)
    since = formats.month(months["month"].iloc[len(signs) - run])
    return (
        t("{name} has run ahead of last year since {month}", name=name, month=since)
        if signs[-1] > 0
        else t("{name} has run behind last year since {month}", name=name, month=since)
    )


def _sign(a: float, b: float) -> int:
    if math.isnan(a) or math.isnan(b) or not b or abs(a / b - 1) < CLOSE:
        return 0
    return 1 if a > b else -1


def _run(signs: list[int]) -> int:
    """Return how many of the last months all say the same as the very last one, which must say something."""
    run = 0
    for sign in reversed(signs):
        if not sign or sign != signs[-1]:
            break
        run += 1
    return run


def direct_title(share: float) -> str:
    """Return the channel card's title: the direct share as a plain fraction where it is close to one."""
    if math.isnan(share):
        return t("Room nights by channel")
    fraction, words = min(FRACTIONS, key=lambda f: abs(f[0] - share))
    return t(words) if abs(fraction - share) <= CLOSE else t("{share} of the nights are booked direct", share=formats.percent(share, 0))


def origin_title(frame: pd.DataFrame) -> str:
    """Return the map's title: how few countries bring half of the nights, where they are at most ten."""
    known = frame[frame["country"].notna()].sort_values("nights", ascending=False)
    if known.empty:
        return t("Room nights by guests' country")
    reached = (known["nights"].cumsum() / frame["nights"].sum() >= 0.5).to_numpy()
    first = int(reached.argmax()) + 1 if reached.any() else 0
    if first == 1:
        return t("{country} brings half of the nights", country=formats.territory(known["country"].iloc[0]))
    return t("{n} countries bring half of the nights", n=formats.count(first)) if 0 < first <= 10 else t("Room nights by guests' country")


def fresh_title(late: list[tuple[str, int]], day) -> str:
    """Return the freshness card's title: which property's bookings are late, or that all are complete."""
    if not late:
        return t("All bookings are complete to {day}", day=formats.day_month(day))
    names = formats.listed([name for name, _ in late])
    return t("Late bookings: {places}; the rest is complete to {day}", places=names, day=formats.day_month(day))
