"""What stays with a guest from stay to stay: how they book, how they found the first stay, what they spend."""
import numpy as np

from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.streams import Streams, normal, ranks


def own_market(streams: Streams, persons: int) -> np.ndarray:
    """Return each person's leaning towards a market segment, 0 to 1 in the order of the segments."""
    return streams.draw("market of guest", persons)


def experience(streams: Streams, persons: int) -> np.ndarray:
    """Return how each person of the block found the first stay, as a rank: 0 the worst, 1 the best."""
    return ranks(streams.draw("experience", persons))


def spending(streams: Streams, guest: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Return standard normal values, one per stay of these guests: partly the guest's own, the rest from the uniforms."""
    own = normal(streams.draw("purse", guest.max(initial=0) + 1))[guest]
    return np.sqrt(p.PURSE) * own + np.sqrt(1 - p.PURSE) * normal(u)
