"""From pairs to people: chains of links, and which of them hold when every two of their members are looked at."""

from collections.abc import Hashable, Iterable

import pandas as pd


def clusters(ids: Iterable[Hashable], links: Iterable[tuple[Hashable, Hashable]]) -> dict[Hashable, Hashable]:
    """Return for each id the first id (in the order given) of the chain that it belongs to; raises KeyError for a link to no such id."""
    order = {one: place for place, one in enumerate(ids)}
    root = {one: one for one in order}

    def top(one: Hashable) -> Hashable:
        while root[one] != one:
            root[one] = one = root[root[one]]
        return one

    for one, other in links:
        first, second = sorted((top(one), top(other)), key=order.__getitem__)
        root[second] = first
    return {one: top(one) for one in order}


def sound_links(pairs: pd.DataFrame, threshold: float, against: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the pairs that may merge: probability at least `threshold`, no conflict, and no chain that contradicts itself.

    A chain contradicts itself where two of its members are in conflict or were compared and found below one half. Who of them belongs
    together only a person can say, so none of its links is returned. `against` holds compared pairs that `pairs` leaves out
    (`Result.against`).
    """
    kept = pairs[(pairs["probability"] >= threshold) & ~pairs["conflict"]]
    links = list(zip(kept["left"], kept["right"], strict=True))
    root = clusters(dict.fromkeys(one for link in links for one in link), links)
    refuted = pairs[pairs["conflict"] | (pairs["probability"] < 0.5)][["left", "right"]]
    if against is not None:
        refuted = pd.concat([refuted, against[["left", "right"]]])
    broken = {root[a] for a, b in zip(refuted["left"], refuted["right"], strict=True) if a in root and root[a] == root.get(b)}
    return kept[~kept["left"].map(root).isin(broken)]
