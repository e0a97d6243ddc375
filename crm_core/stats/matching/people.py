"""People as columns of small integers: each distinct value of a field stands once, in one spelling."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crm_core.stats.matching import normalise

COLUMNS = (
    "id", "given_name", "family_name", "email", "phone", "birth_date", "document",
    "street", "postcode", "city", "country", "loyalty_number",
)  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One field of all people: its distinct spellings, and for each person the number of his own (-1 where it is missing)."""

    values: np.ndarray  # of str
    codes: np.ndarray  # int32, one per person

    def counts(self) -> np.ndarray:
        """Return how many people have each value."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.values))

    def mapped(self, change: Callable[[str], str]) -> np.ndarray:
        """Return one code per person for a coarser reading of the value, such as its sound."""
        coarse = pd.factorize(np.array([change(value) for value in self.values], object))[0].astype(np.int32)
        return np.where(self.codes >= 0, coarse[self.codes], -1).astype(np.int32) if len(coarse) else self.codes


@dataclass(frozen=True)
class People:
    """All fields that are compared; given and family names count their values together, so that swapped names can be told."""

    size: int
    given: Column
    family: Column
    birth: Column
    email: Column
    phone: Column
    document: Column
    loyalty: Column
    street: Column
    postcode: Column
    city: Column


def coded(people: pd.DataFrame) -> People:
    """Return people in one spelling. Columns that are absent count as missing; raises ValueError without ids or with one that repeats."""
    if "id" not in people or people["id"].isna().any() or people["id"].duplicated().any():
        raise ValueError("Each person needs an id of its own in the column id.")

    def column(source: str, spelling: Callable[[str], str | None]) -> Column:
        return _column(_texts(people, source), spelling)

    given, family = _names(people)
    return People(
        len(people),
        given,
        family,
        column("birth_date", normalise.birth),
        column("email", normalise.email),
        _column(_phones(people), lambda both: normalise.phone(*both.split("\t"))),
        column("document", normalise.identifier),
        column("loyalty_number", normalise.identifier),
        column("street", normalise.street),
        column("postcode", normalise.postcode),
        column("city", normalise.name),
    )


def _texts(people: pd.DataFrame, source: str) -> np.ndarray:
    if source not in people:
        return np.full(len(people), None, object)
    found = people[source]
    return np.where(found.isna(), None, found.astype(object))


def _phones(people: pd.DataFrame) -> np.ndarray:
    pairs = zip(_texts(people, "phone"), _texts(people, "country"), strict=True)
    return np.array([None if number is None else f"{number}\t{country or ''}" for number, country in pairs], object)


def _names(people: pd.DataFrame) -> tuple[Column, Column]:
    both = _column(np.concatenate([_texts(people, "given_name"), _texts(people, "family_name")]), normalise.name)
    return Column(both.values, both.codes[: len(people)]), Column(both.values, both.codes[len(people) :])


def _column(texts: Sequence[str | None], spelling: Callable[[str], str | None]) -> Column:
    """Number the values of words in their order: Jaro–Winkler may see two words otherwise the other way round."""
    raw, distinct = pd.factorize(texts)
    is_word = spelling in (normalise.name, normalise.street)
    spelt, values = pd.factorize(np.array([spelling(str(text)) for text in distinct], object), sort=is_word)
    codes = np.where(raw >= 0, spelt[raw], -1) if len(spelt) else raw
    return Column(np.asarray(values, object), codes.astype(np.int32))
