"""From the selected to those who are written to: at which step a person leaves the list, and why; the first reason counts."""
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crm_core.i18n import N_

STEPS = ("selected", "has_address", "valid_address", "consent", "not_suppressed", "not_held_out", "to_send")
STEP_NAMES = {
    "selected": N_("Selected"), "has_address": N_("With an address"), "valid_address": N_("With an address that works"),
    "consent": N_("With consent"), "not_suppressed": N_("Not blocked"), "not_held_out": N_("Not held out"), "to_send": N_("To be written to"),
}  # fmt: skip
REASONS = {
    "no_address": N_("No address"), "relay": N_("Address of a travel site"), "placeholder": N_("Placeholder address"),
    "bounced": N_("Messages came back"), "invalid": N_("Not a valid address"), "withdrawn": N_("Withdrew consent"), "objected": N_("Objected"),
    "expired": N_("Consent has expired"), "no_word": N_("Never consented"), "no_proof": N_("Consent without proof"),
    "erased": N_("Erased"), "complained": N_("Complained about a message"), "minor": N_("Under age"),
    "in_other_campaign": N_("In another campaign"), "frequency_cap": N_("Enough messages lately"),
    "global_holdout": N_("Held out of every campaign"), "held_out": N_("Held out of this campaign"),
}  # fmt: skip
# Columns of a frame that need not be there.
MAY_LACK = ("in_other", "is_minor")


@dataclass(frozen=True)
class Person:
    """What is known of somebody who was selected: the address by its state, the last word on consent, and what speaks against writing.

    `recent`: marketing messages of the days that the cap looks back over. `is_minor`: known to be under age; who has told no birth date is not.
    """

    guest_id: int
    has_address: bool
    address_state: str  # valid, relay, invalid, placeholder, bounced, missing
    word: str  # given, withdrawn, objected, expired, or "" for none
    has_proof: bool
    complained: bool
    erased: bool
    recent: int
    in_other: bool = False
    is_minor: bool = False


@dataclass(frozen=True)
class Fall:
    """How many are left after each step, how many left at a step for a reason, and who remains, in the order in which they came."""

    counts: dict[str, int]
    removed: dict[tuple[str, str], int]
    remaining: list[int]


# Each test reads a person or a frame of persons alike. What is not known to be right keeps a person off the list.
_TESTS: tuple[tuple[str, str, Callable], ...] = (
    ("has_address", "no_address", lambda p, cap: np.logical_not(p.has_address) | (p.address_state == "missing")),
    *(("valid_address", state, lambda p, cap, state=state: p.address_state == state) for state in ("relay", "placeholder", "bounced")),
    ("valid_address", "invalid", lambda p, cap: p.address_state != "valid"),
    *(("consent", word, lambda p, cap, word=word: p.word == word) for word in ("withdrawn", "objected", "expired")),
    ("consent", "no_word", lambda p, cap: p.word != "given"),
    # Whoever cannot show that consent was given has none (GDPR Art. 7 (1)).
    ("consent", "no_proof", lambda p, cap: np.logical_not(p.has_proof)),
    ("not_suppressed", "erased", lambda p, cap: p.erased),
    ("not_suppressed", "complained", lambda p, cap: p.complained),
    ("not_suppressed", "minor", lambda p, cap: p.is_minor),
    ("not_suppressed", "in_other_campaign", lambda p, cap: p.in_other),
    ("not_suppressed", "frequency_cap", lambda p, cap: p.recent >= (np.inf if cap is None else cap)),
)
HELD = (("not_held_out", "global_holdout"), ("not_held_out", "held_out"))
LEAVES = tuple((step, reason) for step, reason, _ in _TESTS) + HELD


def why_left(person: Person, cap: int | None) -> tuple[str, str] | None:
    """Return the step at which a person leaves the list and the reason, or None; nobody is held out here. `cap`: messages allowed, None: any."""
    return next(((step, reason) for step, reason, test in _TESTS if test(person, cap)), None)


def fall(people: Iterable[Person], cap: int | None, held: Collection[int], own: Collection[int] = frozenset()) -> Fall:
    """Return how a list falls: `held` are out of every campaign, `own` are this campaign's own held-out arm."""
    removed, remaining, selected = Counter(), [], 0
    for person in people:
        selected += 1
        left = why_left(person, cap) or (HELD[0] if person.guest_id in held else HELD[1] if person.guest_id in own else None)
        removed[left] += 1
        if left is None:
            remaining.append(person.guest_id)
    return _fallen(selected, removed, remaining)


def fall_frame(frame: pd.DataFrame, cap: int | None, held: Collection[int], own: Collection[int] = frozenset()) -> Fall:
    """Return the same of a frame with one row per person and the columns of Person (MAY_LACK may); an unknown flag counts as no."""
    known = _known(frame)
    out = [known.guest_id.isin(list(those)) for those in (held, own)]
    place = np.select([np.asarray(test(known, cap), bool) for *_, test in _TESTS] + out, range(len(LEAVES)), len(LEAVES))
    counted = np.bincount(place, minlength=len(LEAVES) + 1).tolist()
    return _fallen(len(frame), dict(zip(LEAVES, counted, strict=False)), known.guest_id[place == len(LEAVES)].tolist())


def _known(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with every column, and without gaps."""
    texts = {name: frame[name].fillna("") for name in ("address_state", "word")}
    flags = {name: _flag(frame, name) for name in ("has_address", "has_proof", "complained", "erased", *MAY_LACK)}
    return pd.DataFrame({"guest_id": frame["guest_id"], **texts, **flags, "recent": frame["recent"].fillna(0)})


def _flag(frame: pd.DataFrame, name: str) -> pd.Series | bool:
    if name not in frame.columns and name in MAY_LACK:
        return False
    return frame[name] if frame[name].dtype == bool else frame[name].fillna(0).astype(bool)


def _fallen(selected: int, removed: dict, remaining: list[int]) -> Fall:
    counts, left = {"selected": selected}, selected
    for step in STEPS[1:]:
        left -= sum(removed.get(leave, 0) for leave in LEAVES if leave[0] == step)
        counts[step] = left
    return Fall(counts, {leave: removed[leave] for leave in LEAVES if removed.get(leave)}, remaining)
