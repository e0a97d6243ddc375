"""How long before arrival guests book: the measured classes, apart for what is realised and what is lost."""
import numpy as np

from crm_core.ingest.demo import parameters as p

LOW, HIGH = np.array(p.LEAD_EDGES[:-1]), np.array(p.LEAD_EDGES[1:])
MIDDLE = (LOW + HIGH - 1) / 2


def lead_shares(profile: str, lost: bool) -> np.ndarray:
    """Return the shares of the lead classes among lost bookings or among stays; together they are the measured table."""
    share, cancelled = np.array(p.LEADS), np.array(p.CANCELLED_BY_LEAD)
    cancelled = cancelled * p.LOST_SHARE[profile] / (share * cancelled).sum()
    return share * (cancelled if lost else 1 - cancelled)


def lead_days(group: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Return a lead in days, not yet whole, evenly spread inside each class."""
    return LOW[group] + u * (HIGH - LOW)[group]
