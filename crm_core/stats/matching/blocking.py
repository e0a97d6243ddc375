"""Which people are worth comparing: those who share a key of at least one rule."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crm_core.stats.matching.normalise import sound
from crm_core.stats.matching.people import Column, People

MOST_MEMBERS = 200  # a larger block says more about the key than about its people
AT_ONCE = 10_000_000  # pairs that wait before they are counted once, to bound the memory
PAIRS_PER_PERSON = 4  # that one rule may bring; beyond, its largest blocks are left out


@dataclass(frozen=True)
class Candidates:
    """Pairs of people by position, left < right, each once; and the blocks left out, one row per rule and size: rule, size, blocks."""

    left: np.ndarray  # int32
    right: np.ndarray  # int32
    dropped: pd.DataFrame


def candidates(people: People) -> Candidates:
    """Return the union of all rules' pairs."""
    both, waiting, dropped = np.zeros(0, np.int64), [], []
    for rule, keys in rules(people):
        pairs, sizes = _pairs(keys, people.size)
        waiting.append(pairs)
        dropped += [(rule, size, blocks) for size, blocks in sizes]
        if sum(map(len, waiting)) > AT_ONCE:
            both, waiting = _each_once([both, *waiting]), []
    both, size = _each_once([both, *waiting]), max(people.size, 1)
    return Candidates(
        (both // size).astype(np.int32), (both % size).astype(np.int32), pd.DataFrame(dropped, columns=["rule", "size", "blocks"])
    )


def _each_once(found: list[np.ndarray]) -> np.ndarray:
    every = np.concatenate(found)
    every.sort()
    return every[np.concatenate([[True], every[1:] != every[:-1]])] if len(every) else every


def rules(p: People) -> Iterator[tuple[str, np.ndarray]]:
    """Yield each rule's name and its keys: one per person, or two where either of the names will do (they may stand exchanged)."""
    given, family, birth = p.given.codes, p.family.codes, p.birth.codes
    either, first = np.concatenate([given, family]), np.concatenate(_coarser(p, lambda name: name[:1]))
    sounds = _unordered(*_coarser(p, sound))
    year, birthday = p.birth.mapped(lambda day: day[:4]), p.birth.mapped(lambda day: day[4:])
    yield "email", p.email.codes
    yield "email before the @", p.email.mapped(lambda address: address.rpartition("@")[0])
    yield "phone", p.phone.codes
    yield "document", p.document.codes
    yield "loyalty number", p.loyalty.codes
    yield "birth date + a name", _key(np.tile(birth, 2), either)
    yield "birth date + initial of a name", _key(np.tile(birth, 2), first)
    yield "birth date + postcode", _key(birth, p.postcode.codes)
    yield "birth date + town", _key(birth, p.city.codes)
    yield "name + surname", _unordered(given, family)
    yield "name + surname + postcode", _key(given, family, p.postcode.codes)
    yield "surname + postcode", _key(family, p.postcode.codes)
    yield "sound of name and surname", sounds
    yield "sound of name and surname + town", _key(sounds, p.city.codes)
    yield "sound of name and surname + birth year", _key(sounds, year)
    yield "sound of name and surname + birthday", _key(sounds, birthday)
    yield "a name + birth year", _key(either, np.tile(year, 2))
    yield "a name + birthday", _key(either, np.tile(birthday, 2))
    yield "a name + town", _key(either, np.tile(p.city.codes, 2))
    yield "street + initial of a name", _key(np.tile(p.street.codes, 2), first)


def _coarser(people: People, change: Callable[[str], str]) -> tuple[np.ndarray, np.ndarray]:
    """Return a coarser reading of given and family names, in one numbering."""
    both = Column(people.given.values, np.concatenate([people.given.codes, people.family.codes])).mapped(change)
    return both[: people.size], both[people.size :]


def _key(*codes: np.ndarray) -> np.ndarray:
    """Return one number per person for a combination of codes, -1 where any is missing."""
    missing = np.logical_or.reduce([code < 0 for code in codes])
    whole = codes[0].astype(np.int64)
    for code in codes[1:]:
        whole = pd.factorize(whole * (int(code.max(initial=0)) + 1) + code)[0]
    return np.where(missing, -1, whole)


def _unordered(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    wide = int(max(one.max(initial=0), other.max(initial=0))) + 1
    missing = (one < 0) | (other < 0)
    return np.where(missing, -1, pd.factorize(np.minimum(one, other).astype(np.int64) * wide + np.maximum(one, other))[0])


def _pairs(key: np.ndarray, people: int) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """Return the pairs as left · people + right, and (size, blocks) of what was left out."""
    known = np.flatnonzero(key >= 0)
    who, key = known % max(people, 1), key[known]
    order = np.argsort(key, kind="stable")
    who, key = who[order], key[order]
    starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])) if len(key) else np.zeros(0, int)
    sizes = np.diff(np.append(starts, len(key)))
    limit = _largest(sizes, people)
    kept = np.repeat((sizes <= limit) & (sizes > 1), sizes)
    left_out = np.unique(sizes[sizes > limit], return_counts=True)
    return _within(who[kept], key[kept], people), list(zip(left_out[0].tolist(), left_out[1].tolist(), strict=True))


def _largest(sizes: np.ndarray, people: int) -> int:
    """Return the size up to which blocks are kept: small blocks first, all of one size or none."""
    blocks = np.bincount(sizes[sizes <= MOST_MEMBERS], minlength=2)
    members = np.arange(len(blocks))
    within = np.cumsum(blocks * members * (members - 1) // 2) <= max(PAIRS_PER_PERSON * people, MOST_MEMBERS**2)
    return MOST_MEMBERS if within.all() else int(np.flatnonzero(within)[-1])


def _within(who: np.ndarray, key: np.ndarray, people: int) -> np.ndarray:
    """Return all pairs of neighbours in sorted order that share their key: first those one place apart, then two, and so on."""
    found, at = [np.zeros(0, np.int64)], np.arange(len(key))
    for apart in range(1, MOST_MEMBERS):
        at = at[at + apart < len(key)]
        at = at[key[at + apart] == key[at]]
        if not len(at):
            break
        one, other = who[at], who[at + apart]
        low, high = np.minimum(one, other), np.maximum(one, other)
        found.append((low * people + high)[low != high])
    return np.concatenate(found)
