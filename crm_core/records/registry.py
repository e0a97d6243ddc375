"""The register of look-ups and actions on the record store: what is not in it cannot be called by a page or a command."""
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from crm_core.scope import Scope
from crm_core.store import audit
from crm_core.store.record import RecordStore


@dataclass(frozen=True)
class Registered:
    """A look-up or an action with the right that its role must carry."""

    name: str
    run: Callable
    right: str
    changes: bool


RECORDS: dict[str, Registered] = {}


class Stale(RuntimeError):
    """Somebody else changed the row since it was read; `current` is what stands there now, and nothing was overwritten."""

    def __init__(self, current: dict):
        super().__init__("Somebody else changed this meanwhile.")
        self.current = current


class Refused(ValueError):
    """The values cannot be stored; the text says why and what to do."""


def lookup(right: str) -> Callable:
    """Register a function (connection, scope, **params): it is then called as (store, scope, **params), behind a right."""
    def register(function: Callable) -> Callable:
        @wraps(function)
        def call(store: RecordStore, scope: Scope, **params):
            scope.require(right)
            with store.reading() as connection:
                return function(connection, scope, **params)
        return _kept(function.__name__, call, right, changes=False)
    return register


def action(right: str, verb: str, kind: str, *, marks: bool = True) -> Callable:
    """Register a function (change, scope, **params) that is one transaction and one audit row naming the fields it was given.

    A parameter `table` names the kind of object, `id` or `guest_id` the object.
    """
    def register(function: Callable) -> Callable:
        @wraps(function)
        def call(store: RecordStore, scope: Scope, **params):
            scope.require(right)
            entry = audit.Entry(scope.user, verb, params.get("table", kind), _object(params), scope=scope.digest(), fields=_named(params))
            with store.changing(entry, marks=marks) as change:
                return function(change, scope, **params)
        return _kept(function.__name__, call, right, changes=True)
    return register


def _object(params: dict) -> str:
    return str(params.get("id", params.get("guest_id", "")))


def _named(params: dict) -> tuple[str, ...]:
    """Say what an action was given: whole numbers (ids, versions, counts) as they are, all else by name only."""
    found: list[str] = []
    for name, value in sorted(params.items()):
        if isinstance(value, dict | tuple) and not _is_by_guest(value):
            found += sorted(value)  # the columns that were changed or exported
        else:
            found.append(f"{name}={value}" if isinstance(value, int) else name)
    return tuple(found)


def _is_by_guest(value: dict | tuple) -> bool:
    return isinstance(value, dict) and any(isinstance(key, int) for key in value)


def _kept(name: str, call: Callable, right: str, changes: bool) -> Callable:
    if name in RECORDS:
        raise ValueError(f"There are two records functions named {name!r}.")
    RECORDS[name] = Registered(name, call, right, changes)
    return call
