"""Recency, frequency and what they make of a guest: windows that fit hotels, the same at every date and for every property.

The windows are published and do not move with the data, so that a guest who changes group has changed, not the others.
"""
import sqlalchemy as sa
from sqlalchemy import and_, case

# Days since the last departure, and the score of those within them; longer ago is 1.
RECENCY = ((90, 5), (180, 4), (365, 3), (730, 2))
# Frequency and monetary value look back so many days.
WINDOW = 36 * 365 // 12
# Stays within the window, and the score of those who have as many; fewer is 1.
FREQUENCY = ((9, 5), (5, 4), (3, 3), (2, 2))
# From the best to the lost.
GROUPS = ("champion", "loyal", "promising", "recent", "cooling", "at_risk", "lost")


def recency(silent_days: sa.ColumnElement) -> sa.ColumnElement:
    """The score of the days since the last departure, 5 for the latest."""
    return case(*((silent_days <= most, score) for most, score in RECENCY), else_=1)


def frequency(recent_stays: sa.ColumnElement) -> sa.ColumnElement:
    """The score of the stays within the window, 5 for the most."""
    return case(*((recent_stays >= least, score) for least, score in FREQUENCY), else_=1)


def group(r: sa.ColumnElement, f: sa.ColumnElement) -> sa.ColumnElement:
    """The group of a guest, by recency and frequency alone: money says how much a guest is worth, not whether the guest is still there."""
    return case(
        (and_(r >= 4, f >= 4), "champion"), (and_(r >= 3, f >= 3), "loyal"), (and_(r >= 4, f == 2), "promising"), (r >= 4, "recent"),
        (r == 3, "cooling"), (f >= 2, "at_risk"), else_="lost",
    )  # fmt: skip
