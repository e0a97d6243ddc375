"""The sealed truth of a demo: who is whom, and by which laws members redeem and spend, what campaigns did. It lies in a file that only tests and trainers open."""
import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class LessonTruth:
    """What a lesson's naive view says and what is true, both in the unit that the statement names; an answer within the tolerance is right."""

    id: str
    statement: str
    naive: float
    true: float
    tolerance: float
    page: str


class Truth:
    """Writes the truth of a demo to a file, or nowhere where there is no path."""

    sums: Counter[tuple[str, int]]  # of what is noted in parts and adds up: by kind and column, the first is 0

    def __init__(self, path: Path | None):
        self.sums = Counter()
        self._file = open(path, "w", encoding="ascii", newline="") if path else None  # noqa: SIM115 — closed by close()

    def persons(self, rows: Iterable[tuple[int, int]]) -> None:
        """Note (profile, person)."""
        self._note("profile", rows)

    def stays(self, rows: Iterable[tuple[int, int]]) -> None:
        """Note (stay, person) of stays without a profile."""
        self._note("stay", rows)

    def vintages(self, rows: Iterable[tuple[int, ...]]) -> None:
        """Note (quarter of issue, points redeemed, expired, adjusted, open, open that will be redeemed); quarters come again and add up."""
        self._note("vintage", self._added("vintage", rows))

    def effect(self, members: int, spent: int, caused: int) -> None:
        """Note members a year before the as-of date, what they spent in that year, and what of it the programme caused, EUR cents; they add up."""
        self._note("effect", self._added("effect", [(members, spent, caused)]))

    def mentions(self, rows: Iterable[tuple]) -> None:
        """Note (review, box, start, stop, aspect, polarity, language) of each sentence and aspect that it speaks of."""
        self._note("review_aspect", rows)

    def latent(self, stays: int, promoters: int, detractors: int) -> None:
        """Note stays of the hotels of lesson L8, and how many of all of them would recommend the house or not; they add up."""
        self._note("latent", self._added("latent", [(stays, promoters, detractors)]))

    def campaigns(self, rows: Iterable[tuple[int, int, int, int]]) -> None:
        """Note (campaign, what it added to the share of those who book, in millionths, people contacted, people held out)."""
        self._note("campaign", rows)

    def lessons(self, rows: Iterable[LessonTruth]) -> None:
        """Note what each planted lesson teaches."""
        self._note("lesson", ((one.id, one.naive, one.true, one.tolerance, one.page, one.statement) for one in rows))

    def _added(self, kind: str, rows: Iterable[tuple[int, ...]]) -> Iterator[tuple[int, ...]]:
        for row in rows:
            for column, value in enumerate(row):
                self.sums[kind, column] += value
            yield row

    def _note(self, kind: str, rows: Iterable[tuple]) -> None:
        if self._file:
            csv.writer(self._file).writerows((kind, *row) for row in rows)

    def close(self) -> None:
        """End the file."""
        if self._file:
            self._file.close()


def persons(path: Path) -> dict[int, int]:
    """Return the person of each profile."""
    return dict(_read(path, "profile"))


def unidentified(path: Path) -> dict[int, int]:
    """Return the person of each stay that has no profile."""
    return dict(_read(path, "stay"))


def vintages(path: Path) -> dict[int, tuple[int, ...]]:
    """Return (points redeemed, expired, adjusted, open, open that will be redeemed) by quarter of issue, the first of history is 0."""
    found: dict[int, tuple[int, ...]] = {}
    for quarter, *points in _read(path, "vintage"):
        found[quarter] = tuple(a + b for a, b in zip(found.get(quarter, [0] * len(points)), points, strict=True))
    return found


def effect(path: Path) -> tuple[int, int, int]:
    """Return how many members there were a year before the as-of date, what they spent in that year, and what of it the programme caused."""
    return tuple(map(sum, zip(*_read(path, "effect"), strict=True)))


def latent(path: Path) -> tuple[int, int, int]:
    """Return how many stays there were in the hotels of lesson L8, and how many would and would not recommend the house."""
    return tuple(map(sum, zip(*_read(path, "latent"), strict=True)))


def campaigns(path: Path) -> dict[int, tuple[int, int, int]]:
    """Return (what it added to the share of those who book, in millionths, people contacted, people held out) by campaign."""
    return {campaign: tuple(rest) for campaign, *rest in _read(path, "campaign")}


def lessons(path: Path) -> dict[str, LessonTruth]:
    """Return what each planted lesson teaches, by its id; no lesson where the demo carries none."""
    with open(path, encoding="ascii", newline="") as file:
        rows = [row for row in csv.reader(file) if row[0] == "lesson"]
    return {id: LessonTruth(id, statement, float(naive), float(true), float(tolerance), page) for _, id, naive, true, tolerance, page, statement in rows}


def mentions(path: Path) -> list[tuple[int, str, int, int, str, str, str]]:
    """Return the gold marks of all texts: (review, box, start, stop, aspect, polarity, language)."""
    with open(path, encoding="ascii", newline="") as file:
        return [(int(review), box, int(start), int(stop), *said) for _, review, box, start, stop, *said in
                (row for row in csv.reader(file) if row[0] == "review_aspect")]


def _read(path: Path, kind: str) -> list[tuple[int, ...]]:
    with open(path, encoding="ascii", newline="") as file:
        return [tuple(map(int, row)) for what, *row in csv.reader(file) if what == kind]
