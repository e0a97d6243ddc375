"""What a report was made from, as text that is the same for the same inputs, and its hash; no clock is in it."""
import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from functools import cache

from crm_core import __version__
from crm_core.metrics import metric
from crm_core.queries.sql import sql_of
from crm_core.reports.content import Section
from crm_core.rule import dumps
from crm_core.scope import Period, Scope
from crm_core.store.warehouse import Version

FORMAT = 1
A_MONTH = Scope("local", (1,), Period(dt.date(2000, 1, 1), dt.date(2000, 2, 1)), dt.date(2000, 2, 1))


def manifest(title: str, language: str, version: Version, sections: Iterable[Section]) -> dict:
    """Return what a report says of itself: program, warehouse, views with their scope, hashes of definitions and rows; `hash` covers all of it."""
    sections = list(sections)
    keys = sorted({key for one in sections for key in one.kpis})
    said = {
        "format": FORMAT, "innsight": __version__, "report": title, "language": language,
        "warehouse": {"version": version.number, "data": version.revision, "marts": version.marts, "as_of": version.as_of.isoformat()},
        "views": [_view(one) for one in sections], "kpis": keys, "definitions": digest([definition(key) for key in keys])}
    return {**said, "hash": digest(said)}


def _view(one: Section) -> dict:
    return {"name": one.name, "page": one.view.page, "params": dict(one.view.params), "scope": _scope(one.scope) if one.scope else None,
            "missing": list(one.problems), "rows": digest(one.numbers)}


def _scope(scope: Scope) -> dict:
    segment = scope.segment and {"id": scope.segment.id, "rule": dumps(scope.segment.form)}
    return {"role": scope.role, "properties": list(scope.properties), "from": scope.period.start.isoformat(), "to": scope.period.end.isoformat(),
            "comparison": scope.comparison, "channels": list(scope.channels), "identified": scope.identified, "segment": segment}


@cache
def definition(key: str) -> dict:
    """Return a KPI's definition: its words, and its formula as SQL over the marts, written for one and the same month."""
    k = metric(key)
    return {"key": k.key, "number": k.number, "definition": k.definition, "unit": k.unit, "better": k.better, "interval": k.interval,
            "minimum": k.minimum, "scale": k.scale, "by": k.by, "horizon": k.horizon, "percentile": k.percentile, "source": k.source,
            "sql": sql_of(A_MONTH, k)}


def digest(said: object) -> str:
    """Return the SHA-256 of what JSON can say, the same whatever the order of its keys."""
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()
