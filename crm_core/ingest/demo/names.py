"""Invented people's names, from short lists by language group, in Latin letters and in each group's own script."""
import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[3] / "data" / "names"


@dataclass(frozen=True)
class Name:
    """One given or family name; `native` is empty where the group writes Latin letters."""

    latin: str
    native: str


@dataclass(frozen=True)
class Origin:
    """What a country says about its guests: their name groups with weights, their language and calling code."""

    groups: tuple[tuple[str, float], ...]
    language: str
    calling_code: str

    def group(self, u: float) -> str:
        """Return the name group at u, a number from 0 to 1."""
        for name, weight in self.groups:
            if u < weight:
                return name
            u -= weight
        return self.groups[-1][0]


@cache
def countries() -> dict[str, Origin]:
    """Return what is known of each country, by alpha-2 code, in the order of the file."""
    with open(FOLDER / "countries.csv", encoding="utf-8", newline="") as file:
        return {row["country"]: Origin(_groups(row["names"]), row["language"], row["calling_code"]) for row in csv.DictReader(file)}


def _groups(text: str) -> tuple[tuple[str, float], ...]:
    parts = (part.partition(":") for part in text.split("+"))
    return tuple((name, float(weight or 1)) for name, _, weight in parts)


@cache
def name_lists(group: str) -> tuple[tuple[Name, ...], tuple[Name, ...]]:
    """Return the given names and the family names of a group."""
    with open(FOLDER / f"{group}.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    given, family = (tuple(Name(row["latin"], row["native"]) for row in rows if row["part"] == part) for part in ("given", "family"))
    return given, family


@dataclass(frozen=True)
class Place:
    """Where people of a country live: its towns, the shape of a postcode (# a digit, @ a letter), its streets."""

    towns: tuple[str, ...]
    postcode: str
    streets: tuple[str, ...]


@cache
def places() -> dict[str, Place]:
    """Return towns and streets by country; a country that is not in the list has none."""
    with open(FOLDER / "places.csv", encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter=";")
        return {row["country"]: Place(tuple(row["towns"].split("|")), row["postcode"], tuple(row["streets"].split("|"))) for row in rows}


@cache
def nicknames() -> dict[str, str]:
    """Return the short form of given names, by name."""
    return dict(_pairs("nicknames"))


@cache
def variants() -> dict[str, str]:
    """Return another spelling in Latin letters, by name."""
    return dict(_pairs("variants"))


def _pairs(name: str) -> list[tuple[str, str]]:
    with open(FOLDER / f"{name}.csv", encoding="utf-8", newline="") as file:
        return [(row[0], row[1]) for row in csv.reader(file)][1:]


def full_name(given: str, family: str) -> str:
    """Return a name as it is written: Chinese characters family name first, without a space."""
    return family + given if "\u4e00" <= family[0] <= "\u9fff" else f"{given} {family}"
