"""Counts that follow planted shares through all blocks of guests: what one block rounds off, the next one makes good."""
import numpy as np


class Quota:
    """What was dealt so far to every cell, and what its shares ask for."""

    def __init__(self):
        self._owed: dict[object, np.ndarray] = {}

    def deal(self, cell: object, shares, order: np.ndarray) -> np.ndarray:
        """Return the class (0, 1, …) of each row of a cell: the highest class to those that stand highest in `order`.

        The counts so far differ by less than one from the shares, whatever the blocks' sizes.
        """
        counts = self._counts(cell, np.asarray(shares, float), len(order))
        dealt = np.empty(len(order), int)
        dealt[np.argsort(order, kind="stable")] = np.repeat(np.arange(len(counts)), counts)
        return dealt

    def some(self, cell: object, share: float, order: np.ndarray) -> np.ndarray:
        """Return which rows of a cell are chosen, a share of them: those that stand highest in `order`."""
        return self.deal(cell, (1 - share, share), order) == 1

    def _counts(self, cell: object, shares: np.ndarray, size: int) -> np.ndarray:
        owed = self._owed.get(cell, np.zeros(len(shares))) + size * shares / shares.sum()
        counts = np.clip(np.floor(owed), 0, None).astype(int)
        rest = size - counts.sum()
        for k in np.argsort(counts - owed, kind="stable")[:max(rest, 0)].tolist():
            counts[k] += 1
        for _ in range(-min(rest, 0)):
            counts[int(np.argmax(counts - owed))] -= 1
        self._owed[cell] = owed - counts
        return counts
