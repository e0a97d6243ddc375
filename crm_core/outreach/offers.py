"""Offers ranked for each guest by past use × margin.

A ranking by what guests like this one have used before, not by what an offer would change: whoever uses the spa anyway stands first for it.
What an offer brings is told only by holding guests out of it.
"""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crm_core.i18n import N_

WEIGHT = 5  # stays for which the share of everybody counts, beside the guest's own
COLUMNS = ("guest_id", "offer", "place", "p", "score_minor", "reason", "uses", "stays", "base")
# To be filled with the numbers of the row; `base` as a percentage.
REASONS = {
    "used": N_("Used in {uses} of {stays} stays; {base} of all stays do."),
    "not_used": N_("Not used in {stays} stays; {base} of all stays do."),
    "new": N_("No stay yet; {base} of all stays use it."),
}


@dataclass(frozen=True)
class Offer:
    """An offer: the department or kind whose use speaks for it, what it earns if taken, and the nights that a stay needs for it."""

    code: str
    name: str
    department: str
    margin_minor: int
    min_nights: int = 1


def rank(offers: Sequence[Offer], use: pd.DataFrame, stays: pd.DataFrame, base: Mapping[str, float], weight: int = WEIGHT) -> pd.DataFrame:
    """Return one row per guest and offer (COLUMNS), by guest, the best first; equal ones in the order of their codes.

    use: guest_id, department, uses (stays in which the guest used it). stays: guest_id, stays and, where known, nights: of the stay to come;
    offers that need more nights are left out. base: the share of all stays that use a department; where it is not told, nobody does.
    p = (uses + base × weight) / (stays + weight), the mean of a Beta prior of everybody's share; the score is p × margin, in minor units.
    """
    offers, guests = sorted(offers, key=lambda offer: offer.code), stays.sort_values("guest_id")
    n = guests["stays"].to_numpy(np.int64)[:, None]
    uses = np.minimum(_uses(offers, use, guests), n)
    shares = np.array([base.get(offer.department, 0.0) for offer in offers])
    p = (uses + shares * weight) / (n + weight)
    score = p * np.array([offer.margin_minor for offer in offers])
    score = np.where(_fits(offers, guests), score, -np.inf)
    return _rows(offers, guests, np.argsort(-score, axis=1, kind="stable"), {"p": p, "score_minor": score, "uses": uses, "base": shares + 0 * p})


def _uses(offers: Sequence[Offer], use: pd.DataFrame, guests: pd.DataFrame) -> np.ndarray:
    """How many stays of each guest (row) used the department of each offer (column)."""
    departments = list(dict.fromkeys(offer.department for offer in offers))
    row, column = (pd.Index(those).get_indexer(found) for those, found in (
        (guests["guest_id"], use["guest_id"]), (departments, use["department"].to_numpy(object))))  # fmt: skip
    known, counted = (row >= 0) & (column >= 0), np.zeros((len(guests), len(departments)), np.int64)
    np.add.at(counted, (row[known], column[known]), use["uses"].to_numpy()[known])
    return counted[:, [departments.index(offer.department) for offer in offers]]


def _fits(offers: Sequence[Offer], guests: pd.DataFrame) -> np.ndarray:
    if "nights" not in guests:
        return np.ones((len(guests), len(offers)), bool)
    nights = guests["nights"].fillna(0).to_numpy()[:, None]
    return nights >= np.array([offer.min_nights for offer in offers])


def _rows(offers: Sequence[Offer], guests: pd.DataFrame, order: np.ndarray, values: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """The matrices of guests and offers as rows, in the order of each guest's scores, without what does not fit."""
    places = len(offers)
    found = {name: np.take_along_axis(value, order, axis=1).ravel() for name, value in values.items()}
    stays, fits = np.repeat(guests["stays"].to_numpy(np.int64), places), np.isfinite(found["score_minor"])
    reason = np.where(stays == 0, 2, np.where(found["uses"] > 0, 0, 1))  # places in REASONS
    rows = {"guest_id": np.repeat(guests["guest_id"].to_numpy(), places), "offer": order.ravel(), "stays": stays, "reason": reason,
            "place": np.tile(np.arange(1, places + 1), len(guests))} | found  # fmt: skip
    kept = {name: value[fits] for name, value in rows.items()}
    kept["score_minor"] = np.floor(kept["score_minor"] + 0.5).astype(np.int64)
    words = {"offer": [offer.code for offer in offers], "reason": list(REASONS)}
    return pd.DataFrame(kept | {name: pd.Categorical.from_codes(kept[name], those) for name, those in words.items()})[list(COLUMNS)]
