"""Credits of 200 k simulated paths over eight channels: from unique paths with counts, and from one path after the other.

    python -m benchmarks.attribution
"""

from collections import Counter

import numpy as np

from benchmarks.measured import median, table, timed, write
from crm_core.stats.attribution import RULES, credit

PATHS, CHANNELS, TARGET = 200_000, 8, 0.5


def simulated() -> list[tuple[tuple[str, ...], int, int]]:
    """Return paths of one to ten touches, one in twelve of them converting; a third of the touches repeat the one before."""
    draw = np.random.default_rng(7)
    lengths = np.minimum(draw.geometric(0.4, PATHS), 10)
    touches = draw.choice(CHANNELS, (PATHS, 10), p=np.array([30, 20, 15, 12, 9, 7, 5, 2]) / 100)
    for i in range(1, 10):
        touches[:, i] = np.where(draw.random(PATHS) < 1 / 3, touches[:, i - 1], touches[:, i])
    converted = draw.random(PATHS) < 1 / 12
    return [(tuple(f"channel {c}" for c in row[:n]), int(yes), int(not yes)) for row, n, yes in zip(touches.tolist(), lengths, converted, strict=True)]


def main() -> None:
    """Print one line for each rule that needs no ages."""
    rows = simulated()
    conversions, non_conversions = Counter(), Counter()
    for touches, yes, no in rows:
        conversions[touches] += yes
        non_conversions[touches] += no
    counted = {touches: (conversions[touches], non_conversions[touches]) for touches in non_conversions}
    lines = []
    for rule in sorted(set(RULES) - {"time_decay"}):
        from_rows, from_counts = (median(timed(lambda p=paths, r=rule: credit(r, p))[0] for _ in range(5)) for paths in (rows, counted))
        lines.append((rule, f"{from_rows:.3f} s", f"{from_counts:.3f} s", f"{from_counts / from_rows:.2f}"))
    head = ("rule", "from paths", "from unique paths", "ratio")
    told = f"{PATHS:,} paths, {len(counted):,} unique, {CHANNELS} channels; target {TARGET} s."
    why = "Paths that come one by one are counted first, so that the ratio is what the counting takes."
    write("Attribution", f"{told} {why}\n\n{table(head, lines)}")


if __name__ == "__main__":
    main()
