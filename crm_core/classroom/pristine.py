"""The demo as it was when it was made, kept beside it, so that after a class everything is as before in seconds."""

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import sqlalchemy as sa
from filelock import FileLock

from crm_core import schema
from crm_core.classroom.keys import TRUTH
from crm_core.i18n import N_
from crm_core.marts import fingerprint
from crm_core.records.registry import Refused
from crm_core.settings import Settings
from crm_core.store import audit, copies, warehouse
from crm_core.store.record import RecordStore, now, open_store

STORE, WAREHOUSE, SAID = "demo.db", "warehouse.duckdb", "made.json"
# Who writes into a demo without anybody's asking: a store in which nobody else wrote is still as it was made.
MACHINES = ("demo", "refresh", "scorer", "matching", "expiry", "journeys", "innsight")


@dataclass(frozen=True)
class Copy:
    """A demo that is kept: how it was made, and where it lies."""

    profile: str
    seed: str
    folder: Path


def keep(settings: Settings) -> Copy | None:
    """Keep the demo as it stands, in place of an earlier copy of the same profile and seed; None where somebody has changed it since it was made."""
    facts = _facts(settings)
    if not _is_untouched(settings) or "demo_seed" not in facts:
        return None
    made = Copy(facts["demo_profile"], facts["demo_seed"], _folder(settings, facts["demo_profile"], facts["demo_seed"]))
    with _building(made.folder) as building, FileLock(settings.warehouse / "refresh.lock"):
        shown = warehouse.current(settings)
        copies.save(settings, building / STORE)
        shutil.copyfile(shown.path, building / WAREHOUSE)
        shutil.copyfile(shown.path.with_suffix(".json"), building / SAID)
        if (settings.home / TRUTH).exists():
            shutil.copyfile(settings.home / TRUTH, building / TRUTH)
    return made


def kept(settings: Settings) -> Copy | None:
    """Return the copy of the demo that is open, None where there is none."""
    facts = _facts(settings)
    found = Copy(facts.get("demo_profile", ""), facts.get("demo_seed", ""), _folder(settings, facts.get("demo_profile", ""), facts.get("demo_seed", "")))
    return found if (found.folder / SAID).exists() else None


def restore(settings: Settings) -> float:
    """Put the demo back to what it was, as a new version of the warehouse, and return the seconds that it took.

    Raises Refused where the store is not the demo, where no copy is kept, and where another Innsight kept it.
    """
    started = time.monotonic()
    copy = kept(settings) if settings.is_demo else None
    if copy is None:
        raise Refused(N_("No copy of this demo is kept. Make it anew with: python -m crm_core demo"))
    said = warehouse.version_from(json.loads((copy.folder / SAID).read_text()))
    if said.marts != fingerprint():
        raise Refused(N_("The copy of this demo was kept by another version of Innsight. Make it anew with: python -m crm_core demo"))
    with FileLock(settings.warehouse / "refresh.lock"):
        # The warehouse first: if the power fails between the two, the next refresh finds what was changed since, and all agrees again.
        made = _publish(settings, copy, said)
        store = copies.put_back(settings, copy.folder / STORE)
        _put(copy.folder / TRUTH, settings.home / TRUTH)
        _note(store, made)
    return time.monotonic() - started


def _publish(settings: Settings, copy: Copy, said: warehouse.Version) -> warehouse.Version:
    number = max(said.number, warehouse.current(settings).version.number) + 1
    made = replace(said, number=number, at=now(), kind="full")
    building = settings.warehouse / f"restoring-{number}.duckdb"
    shutil.copyfile(copy.folder / WAREHOUSE, building)
    warehouse.publish(settings, building, made)
    return made


def _note(store: RecordStore, made: warehouse.Version) -> None:
    """The store that was put back knows of its own versions only: the one in use now is added."""
    values = {name: value for name, value in asdict(made).items() if name in ("revision", "as_of", "at", "kind")}
    with store.changing(audit.Entry("innsight", "restore", "store", str(made.number)), marks=False) as change:
        change.connection.execute(sa.insert(schema.warehouse_version).values(version=made.number, counts="{}", **values))


def _put(source: Path, target: Path) -> None:
    if source.exists():
        building = target.with_suffix(".new")
        shutil.copyfile(source, building)
        os.replace(building, target)


@contextmanager
def _building(folder: Path) -> Iterator[Path]:
    """Yield a folder that takes the place of an earlier one when it is complete."""
    building = folder.with_name(folder.name + ".new")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    yield building
    shutil.rmtree(folder, ignore_errors=True)
    building.rename(folder)


def _folder(settings: Settings, profile: str, seed: str) -> Path:
    return settings.home / f"pristine-{profile}-{seed}"


def _facts(settings: Settings) -> dict[str, str]:
    with open_store(settings).reading() as connection:
        return dict(connection.execute(sa.select(schema.setting.c.key, schema.setting.c.value)).all())


def _is_untouched(settings: Settings) -> bool:
    with open_store(settings).reading() as connection:
        strangers = sa.select(sa.exists().where(schema.audit.c.actor.not_in(MACHINES)))
        return not connection.execute(strangers).scalar()
