"""Packs of an association: what one would change, brought in whole or not at all, and one's own put together for others."""
import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core.association import lessons as shipping
from crm_core.association import packs
from crm_core.association.benchmarks import OF_BENCHMARK, Benchmark
from crm_core.association.packs import KINDS, BadPack, Pack
from crm_core.i18n import N_, t
from crm_core.records import benchmarks, shared
from crm_core.records.registry import Refused, action, lookup
from crm_core.records.shared import Preview
from crm_core.schema import benchmark, course, lesson, network_entry, pack, playbook, standard
from crm_core.scope import Scope
from crm_core.store.record import Change

TABLES = {"standards": standard, "playbooks": playbook, "lessons": lesson, "courses": course, "benchmarks": benchmark, "network": network_entry}
KEYS = {"benchmarks": ("set_name", "figure", "from_on"), "network": ("kind", "code")}  # of the others: their code


# --- look-ups -------------------------------------------------------------------------------------------------------------
@lookup("read")
def pack_history(connection: Connection, scope: Scope) -> list[dict]:
    """Return the packs that came in, the latest first: the row, with `name` by language and `counts` (kind → how many things)."""
    rows = connection.execute(select(pack).order_by(pack.c.at.desc(), pack.c.id.desc())).mappings()
    return [{**row, "name": json.loads(row["name"]), "counts": json.loads(row["counts"])} for row in rows]


@lookup("read")
def shared_parts(connection: Connection, scope: Scope) -> dict[str, dict[str, dict]]:
    """Return what there is to hand on: kind → code → form, as association.packs.forms() gives it; lessons without those that ship."""
    return present(connection)


@lookup("standards")
def preview_pack(connection: Connection, scope: Scope, *, pack: Pack) -> Preview:
    """Say what bringing in a pack (as association.packs.read() gives it) would do."""
    return _foreseen(connection, pack)


def _foreseen(connection: Connection, new: Pack) -> Preview:
    changes = tuple(packs.preview(new, present(connection)))
    return Preview(changes, tuple(_older(connection, new)), tuple(benchmarks.second_pools(connection, new.benchmarks)), tuple(_taken(new)))


def present(connection: Connection) -> dict[str, dict[str, dict]]:
    """Return what stands in the store and is not put away: kind → code → form."""
    found = {kind: {row["code"]: row["form"] for row in shared.listed(connection, TABLES[kind])} for kind in KINDS if kind not in KEYS}
    entries = {f"{row['kind']}/{row['code']}": row["form"] for row in shared.listed(connection, network_entry)}
    sets = [Benchmark(**row) for row in connection.execute(select(*(benchmark.c[name] for name in OF_BENCHMARK))).mappings()]
    return found | {"network": entries, "benchmarks": {KINDS["benchmarks"].key(one): KINDS["benchmarks"].form(one) for one in sets}}


def _older(connection: Connection, new: Pack) -> list[str]:
    """Whether a later release of the same pack came in before."""
    there = connection.execute(select(pack.c.release).where(pack.c.code == new.code)).scalars().all()
    latest = max(there, key=_order, default="")
    if not there or _order(latest) <= _order(new.release):
        return []
    return [t("Release {latest} of this pack is here already, and this one is {release}: it would put older words in the place of newer ones.",
              latest=latest, release=new.release)]  # fmt: skip


def _order(release: str) -> tuple[int, ...]:
    return tuple(int(number[:9]) for number in re.findall(r"\d+", release))


def _taken(new: Pack) -> list[str]:
    """The lessons that would stand in the place of those that ship."""
    shipped = {one.code for one in shipping.shipped()}
    return [t("The lesson “{code}” has the code of one that comes with the program: ask the association to give it another.", code=one.code)
            for one in new.lessons if one.code in shipped]  # fmt: skip


# --- bringing in ------------------------------------------------------------------------------------------------------------
@action("standards", "import", "pack")
def bring_in(change: Change, scope: Scope, *, pack: Pack, is_confirmed: bool = False) -> int:
    """Bring in a pack with all its parts and return its number in the history; what stands under the same code is replaced.

    Raises Refused, and takes nothing, where the preview has something refused, or to confirm and it is not confirmed.
    """
    _foreseen(change.connection, pack).check(is_confirmed)
    return write_parts(change, pack, scope.user)


def write_parts(change: Change, new: Pack, actor: str) -> int:
    """Write a pack and its parts within an open change, and return the pack's number in the history.

    A part takes the place of what stands under its code; what is the same already is left alone, what was put away comes back.
    """
    number = _entered(change, new, actor)
    if benchmarks.second_pools(change.connection, new.benchmarks):
        benchmarks.clear(change.connection, new.benchmarks)
    for kind in KINDS:
        for thing in getattr(new, kind):
            keys, values = row_of(kind, thing)
            shared.put(change, actor, TABLES[kind], keys, values | {"pack_id": number})
    return number


def _entered(change: Change, new: Pack, actor: str) -> int:
    """The pack's row in the history: that of the same pack where it comes in again."""
    signed = {"actor": actor, "at": change.at}
    same = (pack.c.code == new.code) & (pack.c.release == new.release) & (pack.c.checksum == new.checksum)
    if (number := change.connection.execute(select(pack.c.id).where(same)).scalar()) is not None:
        change.connection.execute(sa.update(pack).where(pack.c.id == number).values(signed))
        return number
    values = {"code": new.code, "release": new.release, "name": shared.written(new.name), "author": new.author, "licence": new.licence,
              "checksum": new.checksum, "counts": json.dumps(new.counts)}
    return change.connection.execute(sa.insert(pack).values(**values, **signed).returning(pack.c.id)).scalar_one()


def row_of(kind: str, thing) -> tuple[dict, dict]:
    """Return the keys and the other values under which a thing of a kind (of association.packs.KINDS) is stored."""
    values = asdict(thing) if kind == "benchmarks" else {"code": thing.code, "form": shared.written(KINDS[kind].form(thing))}
    if kind == "courses":
        values |= {"points": thing.points, "valid_months": thing.valid_months, "required_for": json.dumps(list(thing.required_for))}
    if kind == "network":
        values |= {"kind": thing.kind, "on_day": thing.on, "until_on": thing.until}
    keys = {name: values.pop(name) for name in KEYS.get(kind, ("code",))}
    return keys, values


# --- handing on -------------------------------------------------------------------------------------------------------------
@action("standards", "export", "pack", marks=False)
def export_pack(change: Change, scope: Scope, *, code: str, name: Mapping[str, str], release: str, author: str, licence: str,
                chosen: Mapping[str, Sequence[str]], made_on: dt.date | None = None) -> bytes:  # fmt: skip
    """Return a pack of chosen parts (kind → codes as shared_parts() has them) as a zip file, made on the as-of date where no day is given.

    Raises Refused where a part is not there, none is chosen, or a field of the pack cannot be.
    """
    there = present(change.connection)
    if not any(chosen.values()):
        raise Refused(N_("Choose something to put into the pack."))
    if any(kind not in there or one not in there[kind] for kind, codes in chosen.items() for one in codes):
        raise Refused(N_("Something that was chosen is no longer here: choose again."))
    things = {kind: tuple(KINDS[kind].parse(there[kind][one]) for one in dict.fromkeys(codes)) for kind, codes in chosen.items()}
    try:
        return packs.write(Pack(code, name, release, author, licence, made_on or scope.as_of, **things))
    except BadPack as problem:
        raise Refused("\n".join(problem.problems)) from problem
