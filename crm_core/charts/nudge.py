"""Names beside a chart, moved apart as little as possible so that none lies on another."""

from collections.abc import Sequence
from math import inf


def nudged(ys: Sequence[float], least: float, low: float = -inf, high: float = inf) -> list[float]:
    """The places nearest to `ys` (least squares) that keep their order and are `least` or more apart, in the order given.

    All stay within low … high; where they do not fit between, the lowest stands at low and the others run over the top.
    This is isotonic regression by pooling neighbours (Ayer et al. 1955), after taking `least` per place off each value.
    """
    order = sorted(range(len(ys)), key=lambda at: ys[at])
    pools: list[tuple[float, int]] = []  # sum and number of the values that move together
    for place, at in enumerate(order):
        pools.append((ys[at] - place * least, 1))
        while len(pools) > 1 and _mean(pools[-2]) > _mean(pools[-1]):
            pools[-2:] = [(pools[-2][0] + pools[-1][0], pools[-2][1] + pools[-1][1])]
    ground = [_mean(pool) for pool in pools for _ in range(pool[1])]
    highest = high - (len(ys) - 1) * least
    found = {at: max(min(ground[place], highest), low) + place * least for place, at in enumerate(order)}
    return [found[at] for at in range(len(ys))]


def _mean(pool: tuple[float, int]) -> float:
    return pool[0] / pool[1]
