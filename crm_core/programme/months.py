"""Calendar months from a day on: the same day of the month, or the month's last where it has no such day."""

import calendar
import datetime as dt

import numpy as np


def later(day: dt.date, months: int) -> dt.date:
    """The day `months` after (below zero: before) a day: 31 January + 1 is 28 or 29 February, and so is 29 February + 12."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def later_days(days: np.ndarray, months: int) -> np.ndarray:
    """`later` for an array of days, datetime64[D] in and out."""
    month = days.astype("datetime64[M]")
    target = month + months
    into, last = (days - month.astype("datetime64[D]")).astype(int), ((target + 1).astype("datetime64[D]") - target.astype("datetime64[D]")).astype(int) - 1
    return target.astype("datetime64[D]") + np.minimum(into, last)


def numbers(days, none: int) -> np.ndarray:
    """Days (anything that numpy takes as datetime64[D]) as numbers since 1970; `none` for NaT."""
    days = np.asarray(days, "datetime64[D]")
    return np.where(np.isnat(days), none, days.astype(np.int64))


def days(numbers: np.ndarray, none: int) -> np.ndarray:
    """Numbers since 1970 as datetime64[D]; NaT for `none`."""
    return np.where(numbers == none, np.datetime64("NaT"), numbers.astype("datetime64[D]"))
