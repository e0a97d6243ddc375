"""Guest search as a person types, on the record store with 1 M guests: names, e-mail addresses, phones, confirmation numbers."""
import json
import random
import sys
import time

import sqlalchemy as sa

from benchmarks import measured, stores
from crm_core import schema
from crm_core.records.guests import search
from crm_core.records.hotel import all_property_ids
from crm_core.scope import Scope, default_period
from crm_core.store import record, warehouse

TARGET = 50
PEOPLE = 60


def measure(size: str) -> dict:
    """Type every beginning of the texts of PEOPLE guests; return milliseconds by kind of text, at all properties and at one."""
    said = stores.at(size)
    store, as_of = record.open_store(said), warehouse.current(said).version.as_of
    with store.reading() as connection:
        everywhere = all_property_ids(connection)
        typed = _typed(connection)
    took: dict[str, list] = {}
    for label, properties in (("all properties", everywhere), ("one property", everywhere[:1])):
        scope = Scope("local", properties, default_period(as_of), as_of)
        for kind, texts in typed.items():
            took[f"{kind}, {label}"] = [_timed(store, scope, text) for text in texts]
    return took


def _typed(connection) -> dict[str, list[str]]:
    """The texts after each key that is pressed, by kind, in a random order."""
    draw = random.Random(3)
    last = connection.execute(sa.select(sa.func.max(schema.profile.c.id))).scalar()
    chosen = [draw.randrange(1, last) for _ in range(PEOPLE)]
    p, s = schema.profile.c, schema.stay.c
    people = connection.execute(sa.select(p.given_name, p.family_name, p.email, p.phone).where(p.id.in_(chosen))).all()
    booked = sa.select(s.external_id).where(s.profile_id.in_(chosen), s.external_id.is_not(None))
    numbers = connection.execute(booked.limit(PEOPLE)).scalars()
    whole = {"family name": [f"{f} {g}" for g, f, _, _ in people], "given name": [f"{g} {f}" for g, f, _, _ in people],
             "e-mail": [e for *_, e, _ in people if e], "phone": [n for *_, n in people if n], "confirmation": list(numbers)}
    typed = {kind: [text[:end] for text in texts for end in range(2, min(len(text), 16) + 1)] for kind, texts in whole.items()}
    for texts in typed.values():
        draw.shuffle(texts)
    return typed


def _timed(store: record.RecordStore, scope: Scope, text: str) -> float:
    started = time.perf_counter()
    search(store, scope, text=text)
    return 1000 * (time.perf_counter() - started)


def report(size: str) -> None:
    """Measure in a process of its own and write the section."""
    cost = measured.child(__file__, size, "--step")
    rows = [(kind, len(ms), *(f"{measured.percentile(ms, q):.1f}" for q in (0.5, 0.95, 1.0))) for kind, ms in cost.said.items()]
    every = [one for ms in cost.said.values() for one in ms]
    late = sum(ms > TARGET for ms in every)
    p50, p95 = (measured.percentile(every, share) for share in (0.5, 0.95))
    measured.write(f"Search {size}", f"{len(every):,} searches: p50 {p50:.1f} ms, p95 {p95:.1f} ms, "
                   f"worst {max(every):.1f} ms; {late} above {TARGET} ms: {'met' if not late else 'MISSED'}.\n\n"
                   + measured.table(("typed", "searches", "p50 ms", "p95 ms", "worst ms"), rows))


if __name__ == "__main__":
    one = next((a for a in sys.argv[1:] if a in stores.SHAPES), "M")
    print(json.dumps(measure(one))) if "--step" in sys.argv else report(one)
