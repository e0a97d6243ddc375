"""What expected stays are worth today: customer lifetime value by margin, discounted month by month."""
import numpy as np


def value(stays_by_year, margin_per_stay, discount: float) -> np.ndarray:
    """Return the discounted margin of guests' expected stays, in the margin's unit; NaN goes through.

    `stays_by_year` is (guests × years) or (years), the stays expected in each year from now, P(alive) already in them; `margin_per_stay` is one
    for all or one per guest. A year's stays fall evenly on its months, and month m counts (1 + discount)^(−m/12), as if paid at its end.
    """
    stays, margin = np.asarray(stays_by_year, float), np.asarray(margin_per_stay, float)
    if discount <= -1:
        raise ValueError("The yearly discount must be above −1: give .1 for 10 %.")
    months = np.arange(1, 12 * stays.shape[-1] + 1)
    factors = ((1 + discount) ** (-months / 12)).reshape(-1, 12).mean(axis=1)
    return stays @ factors * margin
