"""The arms of an experiment: people split by lot, exactly, alike within every stratum."""
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from crm_core.i18n import N_

WHOLE = 10_000  # basis points
HELD_OUT = "held_out"
NO_STRATUM = ""


class BadShares(ValueError):
    """The shares cannot be drawn; `message` says what to do, with {placeholders} for `values`."""

    def __init__(self, message: str, **values: object):
        super().__init__(message.format(**values))
        self.message, self.values = message, values


@dataclass(frozen=True)
class Cell:
    """People of a stratum in an arm: how many, their share of the stratum, and the share that the arm has of everybody."""

    stratum: str
    arm: str
    n: int
    share: float
    wanted: float


def split(people: Sequence[int], salt: str, shares: Mapping[str, int], strata: Mapping[int, str] | None = None) -> dict[int, str]:
    """Return the arm of each person; `shares` in basis points that add up to 10,000. Raises BadShares.

    Every arm gets its share of all to the person (largest remainder; a tie goes to the held-out, then by name), and its share of every stratum to
    one person more or less. In a stratum the smallest salted hashes are held out, the next are the arms' in the order of their names: the
    order of `people` and of `shares` changes nothing. Who has no stratum is in one of that kind.
    """
    checked(shares)
    arms = sorted(shares, key=lambda arm: (arm != HELD_OUT, arm))
    members: dict[str, list[int]] = {}
    for person in sorted({int(one) for one in people}, key=lambda one: hashlib.sha256(f"{salt}/{one}".encode()).digest()):
        members.setdefault((strata or {}).get(person, NO_STRATUM), []).append(person)
    counts = _counts({stratum: len(members[stratum]) for stratum in sorted(members)}, [shares[arm] for arm in arms])
    return {person: arm for stratum, found in counts.items() for person, arm in zip(members[stratum], _listed(arms, found), strict=True)}


def checked(shares: Mapping[str, int]) -> None:
    """Raise BadShares unless there are arms whose shares are whole basis points that add up to all."""
    if not shares or any(type(share) is not int or share < 0 for share in shares.values()):
        raise BadShares(N_("Name at least one arm, and the share of each, from 0 to 100 %."))
    if sum(shares.values()) != WHOLE:
        raise BadShares(N_("The shares of the arms add up to {sum} %: make it 100 %."), sum=f"{sum(shares.values()) / 100:g}")


def _listed(arms: Sequence[str], counts: Sequence[int]) -> Iterator[str]:
    for arm, count in zip(arms, counts, strict=True):
        yield from [arm] * count


# --- how many of a stratum go to an arm ---------------------------------------------------------------------------------
def _counts(sizes: Mapping[str, int], shares: Sequence[int]) -> dict[str, list[int]]:
    """Stratum → how many go to each arm: the whole part of its share, and one more where that makes the arms exact."""
    counts = {stratum: [size * share // WHOLE for share in shares] for stratum, size in sizes.items()}
    spare = {stratum: size - sum(counts[stratum]) for stratum, size in sizes.items()}
    wanted = _whole(sum(sizes.values()), shares)
    missing = [wanted[arm] - sum(row[arm] for row in counts.values()) for arm in range(len(shares))]
    for stratum, arm in _extras(sizes, shares, spare, missing):
        counts[stratum][arm] += 1
    return counts


def _whole(size: int, shares: Sequence[int]) -> list[int]:
    """A number of people by shares, largest remainder first; of equal ones the earlier arm."""
    counts = [size * share // WHOLE for share in shares]
    for arm in sorted(range(len(shares)), key=lambda arm: (-(size * shares[arm] % WHOLE), arm))[: size - sum(counts)]:
        counts[arm] += 1
    return counts


def _extras(sizes: Mapping[str, int], shares: Sequence[int], spare: dict[str, int], missing: list[int]) -> list[tuple[str, int]]:
    """Where one more goes: by the largest remainder, until each stratum has nobody to spare and each arm misses nobody."""
    cells = sorted(((stratum, arm) for stratum in sizes for arm in range(len(shares))),
                   key=lambda cell: (-(sizes[cell[0]] * shares[cell[1]] % WHOLE), cell[1], cell[0]))  # fmt: skip
    taken: list[tuple[str, int]] = []
    for stratum, arm in cells:
        if spare[stratum] and missing[arm]:
            _take(taken, stratum, arm, spare, missing)
    for stratum in sizes:
        while spare[stratum]:
            _exchange(taken, stratum, next(arm for arm, lack in enumerate(missing) if lack), spare, missing)
    return taken


def _take(taken: list[tuple[str, int]], stratum: str, arm: int, spare: dict[str, int], missing: list[int]) -> None:
    taken.append((stratum, arm))
    spare[stratum] -= 1
    missing[arm] -= 1


def _exchange(taken: list[tuple[str, int]], stratum: str, arm: int, spare: dict[str, int], missing: list[int]) -> None:
    """Give one more to an arm in a stratum that has given it one already: another stratum gives it instead, in exchange for a third arm."""
    have = set(taken)
    for place, (other, third) in enumerate(taken):
        if (stratum, third) not in have and (other, arm) not in have:
            taken[place] = (other, arm)
            missing[arm] -= 1
            missing[third] += 1
            arm = third
            break
    _take(taken, stratum, arm, spare, missing)


# --- what the lot has made of it ----------------------------------------------------------------------------------------
def imbalance(arm_of: Mapping[int, str], stratum_of: Mapping[int, str]) -> tuple[list[Cell], float]:
    """Return one cell per stratum and arm, by stratum, and the largest gap between a share and the wanted one, in percentage points."""
    counted = Counter((stratum_of.get(person, NO_STRATUM), arm) for person, arm in arm_of.items())
    arms, strata = Counter(arm_of.values()), Counter(stratum_of.get(person, NO_STRATUM) for person in arm_of)
    cells = [Cell(stratum, arm, counted[stratum, arm], counted[stratum, arm] / strata[stratum], arms[arm] / len(arm_of))
             for stratum in sorted(strata) for arm in _ordered(arms)]  # fmt: skip
    return cells, max((100 * abs(cell.share - cell.wanted) for cell in cells), default=0.0)


def _ordered(arms: Iterable[str]) -> list[str]:
    return sorted(arms, key=lambda arm: (arm == HELD_OUT, arm))
