"""How often one caller may ask within a while: enough for a person, too little for a machine that guesses links."""
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

MOST_CALLERS = 10_000


class Limiter:
    """Counts calls by key (an address) in a sliding window of seconds; the callers of longest ago are forgotten first."""

    def __init__(self, most: int, window: float, clock: Callable[[], float] = time.monotonic):
        self.most, self.window, self.clock = most, window, clock
        self.calls: OrderedDict[str, deque[float]] = OrderedDict()
        self.lock = threading.Lock()

    def allows(self, key: str) -> bool:
        """Note a call and say whether it is within the limit."""
        with self.lock:
            now, times = self.clock(), self.calls.pop(key, None) or deque()
            while times and times[0] <= now - self.window:
                times.popleft()
            allowed = len(times) < self.most
            if allowed:
                times.append(now)
            self.calls[key] = times
            while len(self.calls) > MOST_CALLERS:
                self.calls.popitem(last=False)
            return allowed
