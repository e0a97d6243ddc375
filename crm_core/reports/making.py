"""A report is made: of views in a language, over one version of the warehouse; the same inputs give the same bytes."""
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from crm_core import i18n
from crm_core.i18n import N_, t
from crm_core.records import hotel
from crm_core.records.hotel import all_property_ids
from crm_core.records.registry import Refused
from crm_core.refresh import fits
from crm_core.reports.content import Source, section, source
from crm_core.reports.manifest import manifest
from crm_core.reports.sheet import sheet
from crm_core.scope import Scope, default_period
from crm_core.settings import Settings
from crm_core.store import warehouse
from crm_core.store.record import RecordStore, open_store
from crm_core.store.warehouse import Warehouse
from crm_core.views import View


@dataclass(frozen=True)
class Made:
    """A report: the HTML, and the manifest with its hash."""

    html: str
    manifest: dict

    @property
    def hash(self) -> str:
        return self.manifest["hash"]


@dataclass(frozen=True)
class House:
    """What is open: a store, a version of its warehouse, the operator's scope over all properties, and the store's settings."""

    store: RecordStore
    warehouse: Warehouse
    scope: Scope
    facts: Mapping[str, str]
    is_demo: bool


def house(settings: Settings) -> House:
    """Open a store and its newest version with the operator's role. Raises NoWarehouse before the first refresh, Refused where it is another Innsight's."""
    shown, store = warehouse.current(settings), open_store(settings)
    if not fits(shown.version):
        raise Refused(N_("The figures were built by another version of Innsight: run `python -m crm_core refresh`."))
    with store.reading() as connection:
        places = all_property_ids(connection)
    as_of = shown.version.as_of
    scope = Scope(settings.role, places, default_period(as_of), as_of, user=settings.actor, chain=places)
    return House(store, shown, scope, hotel.settings(store, scope), settings.is_demo)


def source_of(there: House, scope: Scope | None = None) -> Source:
    """Return what reports are made from, over all of the house or a narrower scope."""
    return source(there.warehouse, there.store, scope or there.scope, there.facts.get("reporting_currency", "EUR"))


def made(src: Source, title: str, saved: Sequence[tuple[str, str, View]], language: str, facts: Mapping[str, str], is_demo: bool = False) -> Made:
    """Return the report of views given as (name, note, View), written in a language; the one in use stays in use."""
    with speaking(language):
        sections = [section(src, name, note, view) for name, note, view in saved]
        said = manifest(title, i18n.language(), src.warehouse.version, sections)
        badge = t("synthetic data, seed {seed}", seed=facts.get("demo_seed", "–")) if is_demo else ""
        return Made(sheet(title, i18n.language(), src.warehouse.version, sections, said, badge), said)


def of_board(there: House, card: dict, title: str = "", language: str = "en", properties: Sequence[int] | None = None) -> Made:
    """Return the report of a board (as records.boards.board_card returns it), of some properties or all."""
    scope = there.scope if properties is None else replace(there.scope, properties=tuple(p for p in there.scope.properties if p in properties))
    saved = [(row["name"], row["note"], row["view"]) for row in card["views"]]
    return made(source_of(there, scope), title or card["name"], saved, language, there.facts, there.is_demo)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language for a while, in this thread only."""
    before = i18n.language()
    i18n.use(language)
    try:
        yield
    finally:
        i18n.use(before)


def file_stem(title: str, day: dt.date, number: int | None = None) -> str:
    """Return a report's file name without its ending: the day, and of the title its letters and figures."""
    plain = "-".join("".join(sign if sign.isalnum() else " " for sign in title).lower().split())[:60].strip("-") or "report"
    return f"{day.isoformat()}-{plain}" + (f"-{number}" if number is not None else "")
