"""How conversions are credited to the touches before them: rules by position, by age, by removal (Markov) and by fair share (Shapley).

Paths come as {touches: (conversions, non-conversions)}, or as tuples (touches, conversions, non-conversions) and, for time decay, a fourth: the
age of each touch in days. Touches stand oldest first. Every rule returns {touch: conversions}, and its credits sum to the conversions of all
paths that have a touch; a conversion without any is nobody's. All of them describe who was there, none what was caused.
"""

from collections.abc import Iterable, Mapping

import numpy as np

HALF_LIFE = 7  # days
ENDS = 0.4  # of the first touch, and of the last


def first_touch(paths) -> dict[str, float]:
    """All to the first touch."""
    return _credited(_gathered(paths), lambda touches, ages: [1.0, *[0.0] * (len(touches) - 1)])


def last_touch(paths) -> dict[str, float]:
    """All to the last touch."""
    return _credited(_gathered(paths), lambda touches, ages: [*[0.0] * (len(touches) - 1), 1.0])


def linear(paths) -> dict[str, float]:
    """The same to each touch; one that occurs twice is credited twice."""
    return _credited(_gathered(paths), lambda touches, ages: [1 / len(touches)] * len(touches))


def position(paths) -> dict[str, float]:
    """40 % to the first touch, 40 % to the last, 20 % to those between; halves where there are two."""
    return _credited(_gathered(paths), lambda touches, ages: _by_position(len(touches)))


def time_decay(paths, half_life: float = HALF_LIFE) -> dict[str, float]:
    """Half as much to a touch that is `half_life` days older. Raises ValueError where a converting path has no age for each of its touches."""
    return _credited(_gathered(paths), lambda touches, ages: _by_age(touches, ages, half_life))


def shapley_attribution(paths) -> dict[str, float]:
    """The Shapley value of the game in which a set of touches is worth the conversions of all paths that need no other touch.

    That game is a sum of unanimity games, one for each path, whose value is shared equally by the distinct touches of the path (Shapley 1953,
    Contributions to the Theory of Games II, 307–317). So the exact value needs no coalitions, however many touches there are.
    """
    return _credited(_gathered(paths), lambda touches, ages: [1 / len(set(touches)) if touch not in touches[:i] else 0.0 for i, touch in enumerate(touches)])


def markov_attribution(paths) -> dict[str, float]:
    """Conversions in proportion to `removal_effects` (Anderl et al. 2016, International Journal of Research in Marketing 33:457–474)."""
    known = _gathered(paths)
    effects = _removal(known)
    whole, total = sum(effects.values()), sum(conversions for conversions, _ in known.values())
    return {touch: total * effect / whole if whole else 0.0 for touch, effect in effects.items()}


def removal_effects(paths) -> dict[str, float]:
    """The share of conversions that a first-order chain from start to conversion or nothing loses when a touch leads to nothing."""
    return _removal(_gathered(paths))


RULES = {
    "first_touch": first_touch, "last_touch": last_touch, "linear": linear, "position": position, "time_decay": time_decay,
    "markov": markov_attribution, "shapley": shapley_attribution,
}  # fmt: skip


def credit(rule: str, paths) -> dict[str, float]:
    """The credits of a rule by its name in RULES. Raises ValueError for any other."""
    if rule not in RULES:
        raise ValueError(f"There is no rule {rule!r}. Choose one of: {', '.join(RULES)}.")
    return RULES[rule](paths)


def _gathered(paths) -> dict[tuple, list]:
    """{(touches, ages): [conversions, non-conversions]} of unique paths with a touch, in the order in which they come."""
    rows: Iterable = ((touches, *counts) for touches, counts in paths.items()) if isinstance(paths, Mapping) else paths
    found: dict[tuple, list] = {}
    for touches, conversions, non_conversions, *ages in rows:
        if conversions < 0 or non_conversions < 0:
            raise ValueError("A path cannot have fewer than no conversions.")
        if touches:
            counts = found.setdefault((tuple(touches), tuple(ages[0]) if ages else ()), [0, 0])
            counts[0] += conversions
            counts[1] += non_conversions
    return found


def _credited(known, weights) -> dict[str, float]:
    """Σ conversions × weight of each touch, every touch that occurs among them."""
    credits = dict.fromkeys(_names(known), 0.0)
    for (touches, ages), (conversions, _) in known.items():
        if conversions:
            for touch, weight in zip(touches, weights(touches, ages), strict=True):
                credits[touch] += conversions * weight
    return credits


def _names(known) -> list[str]:
    """Every touch once, in the order in which they come."""
    return list(dict.fromkeys(touch for touches, _ in known for touch in touches))


def _by_position(n: int) -> list[float]:
    if n < 3:
        return [1 / n] * n
    return [ENDS, *[(1 - 2 * ENDS) / (n - 2)] * (n - 2), ENDS]


def _by_age(touches, ages, half_life) -> list[float]:
    """Counted from the newest, so that touches of long ago still share something."""
    if len(ages) != len(touches):
        raise ValueError("Time decay needs the age of each touch in days: give paths as (touches, conversions, non-conversions, ages).")
    weights = [2 ** (-(age - min(ages)) / half_life) for age in ages]
    return [weight / sum(weights) for weight in weights]


def _removal(known) -> dict[str, float]:
    """How much of the way to a conversion leads through each touch: P(it is reached) × P(conversion from there) / P(conversion).

    With N = (I − Q)⁻¹ of the transitions Q between touches these are one linear solve (Kemeny & Snell 1960, Finite Markov Chains, §3.5): a way
    that avoids a touch is lost if the touch is removed only where it would have come by.
    """
    names = _names(known)
    start, between, converting = _transitions(known, {name: i for i, name in enumerate(names)})
    ways = np.linalg.inv(np.eye(len(names)) - between)
    visits, reached = start @ ways, ways @ converting
    whole = start @ reached
    effects = visits / np.diag(ways) * reached / whole if whole > 0 else np.zeros(len(names))
    return dict(zip(names, effects.tolist(), strict=True))


def _transitions(known, at) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Probabilities from the start to each touch, between touches, and from each touch to a conversion; the rest leads to nothing."""
    k = len(at)
    lengths = np.array([len(touches) for touches, _ in known], int)
    counts = np.array(list(known.values()), float).reshape(-1, 2)
    step = np.array([at[touch] for touches, _ in known for touch in touches], int)
    last = lengths.cumsum() - 1
    before = np.roll(step, 1)
    before[last - lengths + 1] = k
    moves = np.zeros((k + 1, k + 2))  # the last row is the start; the last two columns are the conversion and nothing
    np.add.at(moves, (before, step), np.repeat(counts.sum(axis=1), lengths))
    np.add.at(moves[:, k:], step[last], counts)
    leaving = moves.sum(axis=1, keepdims=True)
    shares = np.divide(moves, leaving, out=np.zeros_like(moves), where=leaving > 0)
    return shares[k, :k], shares[:k, :k], shares[:k, k]
