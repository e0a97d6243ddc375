"""The register of queries: what is not in it cannot be loaded by a page, a command or an export."""
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from crm_core.scope import Scope
from crm_core.store.warehouse import Warehouse

Query = Callable[..., pd.DataFrame]


@dataclass(frozen=True)
class Registered:
    """A query with the right that its role must carry."""

    name: str
    run: Query
    right: str


QUERIES: dict[str, Registered] = {}


def query(run: Query | None = None, *, right: str = "read"):
    """Register a query (warehouse, scope, **params) -> DataFrame under its function's name, behind a right of the role."""
    if run is None:
        return lambda f: query(f, right=right)
    if run.__name__ in QUERIES:
        raise ValueError(f"There are two queries named {run.__name__!r}.")
    QUERIES[run.__name__] = Registered(run.__name__, run, right)
    return run


def run(warehouse: Warehouse, scope: Scope, name: str, **params) -> pd.DataFrame:
    """Run a registered query. Raises KeyError for an unknown name and NotAllowed where the role lacks the right."""
    if name not in QUERIES:
        raise KeyError(f"There is no query {name!r}. Known: {', '.join(sorted(QUERIES))}.")
    scope.require(QUERIES[name].right)
    return QUERIES[name].run(warehouse, scope, **params)
