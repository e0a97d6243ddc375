"""The sealed truth of a demo: which person each profile belongs to. It lies in a file of its own that only tests and trainers open."""
import csv
from collections.abc import Iterable
from pathlib import Path


class Truth:
    """Writes the truth of a demo to a file, or nowhere where there is no path."""

    def __init__(self, path: Path | None):
        self._file = open(path, "w", encoding="ascii", newline="") if path else None  # noqa: SIM115 — closed by close()

    def persons(self, rows: Iterable[tuple[int, int]]) -> None:
        """Note (profile, person)."""
        self._note("profile", rows)

    def stays(self, rows: Iterable[tuple[int, int]]) -> None:
        """Note (stay, person) of stays without a profile."""
        self._note("stay", rows)

    def _note(self, kind: str, rows: Iterable[tuple[int, int]]) -> None:
        if self._file:
            csv.writer(self._file).writerows((kind, *row) for row in rows)

    def close(self) -> None:
        """End the file."""
        if self._file:
            self._file.close()


def persons(path: Path) -> dict[int, int]:
    """Return the person of each profile."""
    return _read(path, "profile")


def unidentified(path: Path) -> dict[int, int]:
    """Return the person of each stay that has no profile."""
    return _read(path, "stay")


def _read(path: Path, kind: str) -> dict[int, int]:
    with open(path, encoding="ascii", newline="") as file:
        return {int(number): int(person) for what, number, person in csv.reader(file) if what == kind}
