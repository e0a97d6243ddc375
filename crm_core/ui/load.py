"""The one door from a page to data: which store and version it shows, and the only cached call."""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from typing import Any

import pandas as pd
import streamlit as st

from crm_core import jobs, queries, refresh, settings
from crm_core.i18n import t, use
from crm_core.records import hotel
from crm_core.scope import Scope, default_period
from crm_core.store import warehouse
from crm_core.store.record import RecordStore, open_store
from crm_core.store.warehouse import Warehouse
from crm_core.ui import gate
from crm_core.ui.text import safe


@dataclass(frozen=True)
class View:
    """What one full run of a page shows: a store, one version of its warehouse, who asks, the scope in use, and the segments to choose from."""

    settings: settings.Settings
    store: RecordStore
    warehouse: Warehouse | None
    visitor: gate.Visitor
    facts: dict[str, str]
    scope: Scope | None
    saved: tuple[dict, ...] = ()

    @property
    def whole(self) -> Scope:
        """The scope with all the visitor's properties: what is saved under a name depends on no filter."""
        return replace(self.scope, properties=self.visitor.properties)

    @property
    def currency(self) -> str:
        return self.facts.get("reporting_currency", "EUR")


_lent: ContextVar[View | None] = ContextVar("lent", default=None)


def open_view(chosen: str | None) -> View:
    """Open the chosen store at its newest version for this run, and remember it for the run's fragments."""
    said = settings.read(chosen)
    store = open_store(said)
    visitor = gate.visitor(said, store)
    shown = _newest(said)
    as_of = shown.version.as_of if shown else None
    scope = Scope(visitor.role, visitor.properties, default_period(as_of), as_of, user=visitor.user, chain=visitor.chain) if as_of else None
    whole = scope or Scope(visitor.role, visitor.properties, *_any_period(), user=visitor.user)
    facts = hotel.settings(store, whole) if whole.may("read") else {}
    st.session_state["questions_asked"] = {}
    return remember(View(said, store, shown, visitor, facts, whole))


@contextmanager
def own_store():
    """Work on the hotel's own store, also where the demo is shown: files of a hotel never come into the demo.

    Raises NotAllowed for a role that brings nothing in.
    """
    here = view()
    here.scope.require("import")
    if not here.settings.is_demo:
        yield
        return
    st.markdown(f":small[:orange[:material/info: {safe(t('You are looking at the demo: what you bring in goes to your own hotel, never into the demo.'))}]]")
    open_view("hotel")
    yield


def _newest(said: settings.Settings) -> Warehouse | None:
    """Return the newest version that this Innsight can read; one of another Innsight is rebuilt beside the pages."""
    try:
        shown = warehouse.current(said)
    except warehouse.NoWarehouse:
        return None
    if refresh.fits(shown.version):
        return shown
    if not jobs.is_refreshing(said):
        jobs.start_refresh(said)
    return None


def _any_period():
    import datetime as dt

    today = dt.date.today()
    return default_period(today), today


def remember(view: View) -> View:
    """Keep the view for this session's fragments and callbacks."""
    st.session_state["view"] = view
    return view


def view() -> View:
    """Return the view of the run. Fragments and callbacks start on a thread of their own: their language is set here."""
    if lent := _lent.get():
        return lent
    use(st.session_state.get("language"))
    return st.session_state["view"]


@contextmanager
def lent(shown: View, words: str):
    """Lend a view and its language to work after the run: Streamlit makes a download on a thread that knows no session."""
    use(words)
    token = _lent.set(shown)
    try:
        yield
    finally:
        _lent.reset(token)


def narrow(scope: Scope, saved: tuple[dict, ...] = ()) -> None:
    """Set the scope that the page's filters chose, and keep the segments that they offered."""
    remember(replace(view(), scope=scope, saved=saved))


def load(name: str, scope: Scope | None = None, /, **params: Any) -> pd.DataFrame:
    """Return a registered query's rows for the view's scope (or a narrower one given), from the cache where it was asked before."""
    shown = view()
    asked = scope or shown.scope
    question = Question(
        name, str(shown.warehouse.path), shown.warehouse.version.at, _rights(asked), tuple(sorted(params.items())), shown.warehouse, asked
    )
    if _lent.get() is None:
        st.session_state.setdefault("questions_asked", {})[question] = None
    return _answer(question).copy(deep=False)  # pandas copies a column when it is written to: the cached frame stays as it is


@dataclass(frozen=True)
class Question:
    """What an answer is cached under: the query and its parameters, the file and time of the version, and the rights of who asks."""

    name: str
    path: str
    at: str
    rights: tuple
    params: tuple
    warehouse: Warehouse = field(compare=False)
    scope: Scope = field(compare=False)


def asked() -> tuple[Question, ...]:
    """Return what the page has asked the warehouse in this run, each question once and in the order in which it came first."""
    return tuple(st.session_state.get("questions_asked", {}))


def _rights(scope: Scope) -> tuple:
    """What the cache may tell apart: everything of a scope but the person."""
    return tuple(getattr(scope, f.name) for f in fields(scope) if f.compare)


@lru_cache(maxsize=512)
def _answer(question: Question) -> pd.DataFrame:
    """Run a query once. Python's own cache: Streamlit's pickles every answer and hashes every key, 2 ms for each of a page's many questions."""
    return queries.run(question.warehouse, question.scope, question.name, **dict(question.params))


def look(function, scope: Scope | None = None, /, **params: Any):
    """Return what a registered records function finds in the view's scope (or another one given), read now from the record store."""
    shown = view()
    return function(shown.store, scope or shown.scope, **params)


def act(function, scope: Scope | None = None, /, **params: Any):
    """Run a registered action once, as one transaction."""
    return look(function, scope, **params)
