"""Demo stores that several test files look at: each is made once, and its truth lies beside it."""
import tempfile
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import pandas as pd
import sqlalchemy as sa

from crm_core import settings
from crm_core.ingest import demo
from crm_core.ingest.demo import truth
from crm_core.store import record

AS_OF = "2025-04-01"
KEPT: list[tempfile.TemporaryDirectory] = []  # removed when the tests end


@dataclass(frozen=True)
class Demo:
    """A store with a demo in it, the rows written by table, and the file with the truth."""

    settings: settings.Settings
    store: record.RecordStore
    counts: dict[str, int]
    truth: Path

    def frame(self, statement: str) -> pd.DataFrame:
        """The rows of a statement."""
        with self.store.reading() as connection:
            return pd.read_sql(sa.text(statement), connection)

    @cached_property
    def persons(self) -> dict[int, int]:
        """The person of each profile."""
        return truth.persons(self.truth)

    def person_of_stay(self, stays: pd.DataFrame) -> pd.Series:
        """The person of each stay (columns id, profile_id), whether the hotel knows the guest or not."""
        return stays.profile_id.map(self.persons).fillna(stays.id.map(truth.unidentified(self.truth))).astype(int)


def made(folder: Path, **options) -> Demo:
    """A new store with a demo in it."""
    known = settings.at(folder)
    store = record.open_store(known)
    return Demo(known, store, demo.generate(store, truth=folder / "truth.csv", **options), folder / "truth.csv")


@cache
def _kept(profile: str, scale: float) -> Demo:
    KEPT.append(tempfile.TemporaryDirectory(prefix="innsight-demo-"))
    return made(Path(KEPT[-1].name), profile=profile, scale=scale)


def group() -> Demo:
    """The group in full."""
    return _kept("group", 1.0)


def small() -> Demo:
    """The group at a twentieth of its size."""
    return _kept("group", .05)


def single() -> Demo:
    """The single hotel at a quarter of its size."""
    return _kept("independent", .25)
