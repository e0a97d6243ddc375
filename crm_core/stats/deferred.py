"""What part of a stay's price waits until its points are redeemed, and how much of it has been released (IFRS 15 B39–B43, ASC 606-10-55-41 to 45).

Numbers or arrays that broadcast; money in any unit, the same throughout. No share is rounded on the way.
"""

import numpy as np


def allocate(price, standalone, worth, rate):
    """What of `price` belongs to the points that were given with it, by relative stand-alone selling prices: P · s·u / (S + s·u).

    standalone: S, of what was sold; worth: s, of its points, were all of them redeemed; rate: u, the share that is in the end (1 − breakage).
    NaN where neither is worth anything. KPMG 2019, Revenue – IFRS 15 handbook, example 10A.
    """
    price, standalone = np.asarray(price, float), np.asarray(standalone, float)
    points = np.asarray(worth, float) * np.asarray(rate, float)
    whole = standalone + points
    return price * np.divide(points, whole, out=np.full(np.shape(whole), np.nan), where=whole > 0)


def released(allocation, redeemed, expected):
    """What of the allocation is revenue to date: × points redeemed to date / points expected to be redeemed in the end, at most all of it.

    Cumulative: a new expectation is caught up in the period in which it changes, whose revenue is this less what was released before. Where
    no more points are expected than were redeemed, all is released, also where none ever were: nobody will come for the rest.
    KPMG 2019, examples 10A and 10B.
    """
    allocation, redeemed, expected = (np.asarray(a, float) for a in (allocation, redeemed, expected))
    unknown = np.where(np.isnan(redeemed + expected), np.nan, 1.0)
    share = np.divide(redeemed, expected, out=np.ones(np.broadcast(redeemed, expected).shape), where=expected > redeemed)
    return allocation * share * unknown


def waiting(allocation, redeemed, expected):
    """What of the allocation is still deferred: what has not been released."""
    return allocation - released(allocation, redeemed, expected)
