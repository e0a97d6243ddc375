"""How unevenly something is spread: the share of the whole that the largest holders have."""
import numpy as np

from crm_core.stats.intervals import Z


def top_share(amounts, part: float) -> tuple[float, float, float]:
    """(share, low, high): of the sum of `amounts`, what the ceil(part · n) largest hold, with its 95 % interval.

    The interval is linear in the influence of each holder on a Lorenz ordinate (Beach & Davidson 1983, Review of Economic Studies 50:723–735),
    so that it costs one sort. NaN without amounts or where they do not sum to more than zero.
    """
    amounts = np.sort(np.asarray(amounts, float))[::-1]
    n, total = len(amounts), amounts.sum()
    if n == 0 or total <= 0:
        return np.nan, np.nan, np.nan
    top = int(np.ceil(part * n - 1e-9))
    share, edge, mean = amounts[:top].sum() / total, amounts[top - 1], total / n
    influence = (np.maximum(amounts - edge, 0) + edge * part - share * amounts) / mean
    half = Z * influence.std(ddof=1) / np.sqrt(n) if n > 1 else np.nan
    return float(share), float(max(share - half, 0.0)), float(min(share + half, 1.0))
