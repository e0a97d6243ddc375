"""What is done with a service case: opened and routed, taken, answered, left to the guest, closed, opened again, corrected, noted."""
import json

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_
from crm_core.records import cards
from crm_core.records.case_rules import KNOWN, facts, in_force
from crm_core.records.cases import here, review_case
from crm_core.records.guests import visible
from crm_core.records.persons import members, person_of
from crm_core.records.registry import Refused, Stale, action, lookup
from crm_core.records.service_targets import due_times
from crm_core.schema import case_step, guest, interaction, profile, property, review, service_case, stay
from crm_core.scope import Scope
from crm_core.service.causes import CAUSES
from crm_core.service.routing import Decided, route

LONGEST, LONGEST_NAME = 4000, 200
MOST_MONEY = 10**12
FIELDS = ("kind", "severity", "aspect", "department", "priority", "owner", "room", "root_cause")
ABSENT = N_("There is no such case.")
CODES = {name: KNOWN[name] for name in ("kind", "severity", "aspect", "department", "priority", "opened_from")} | {"root_cause": CAUSES}
MAY_BE_EMPTY = ("aspect", "department", "root_cause")


@lookup("contact")
def case_route(connection: Connection, scope: Scope, *, property_id: int, kind: str, severity: str = "minor", text: str = "", aspect: str = "",
               room: str = "", review_id: int | None = None, opened_from: str = "desk") -> dict[str, dict[str, str]]:
    """Return what the rules would set for a new case, by key: {"value", "rule"}. Raises Refused for a property outside the scope."""
    _place(connection, scope, property_id)
    new = {"property_id": property_id, "kind": kind, "severity": severity, "text": text, "aspect": aspect, "room": room, "opened_from": opened_from,
           "review_id": review_id if _one(connection, scope, review, review_id) else None}
    return {key: {"value": one.value, "rule": one.rule} for key, one in route(facts(connection, new), in_force(connection)).items()}


@action("case", "open", "service_case")
def open_case(change, scope: Scope, *, property_id: int, kind: str, text: str, severity: str = "minor", priority: str | None = None, room: str = "",
              guest_id: int | None = None, stay_id: int | None = None, review_id: int | None = None, interaction_id: int | None = None,
              opened_from: str = "desk", aspect: str = "") -> int:
    """Open a case, routed by the rules and due by the property's targets, and return its id; what is given goes before what rules say.

    Raises Refused for what is outside the scope, a text that is missing, and a review that has a case which is not closed
    (`case_id` of the error).
    """
    connection, place = change.connection, _place(change.connection, scope, property_id)
    given = {"kind": kind, "severity": severity, "aspect": aspect, "opened_from": opened_from, "room": room}
    row = {"property_id": property_id, "text": _said(text), **{name: _field(name, value) for name, value in given.items()},
           **_about(connection, scope, property_id, guest_id, stay_id, review_id, interaction_id)}
    found = route(facts(connection, row), in_force(connection))
    found |= {"priority": Decided(_field("priority", priority), "")} if priority else {}
    row |= {key: one.value for key, one in found.items()}
    row |= {"priority": row.get("priority", "normal"), "source": "hand", "opened_at": change.at, "currency": place.currency, "revision": change.revision}
    row |= due_times(connection, place, row["priority"], change.at)
    made = connection.execute(sa.insert(service_case).values(row).returning(service_case.c.id)).scalar_one()
    _step(change, scope, made, "opened", json.dumps({key: one.rule for key, one in found.items() if one.rule}, ensure_ascii=False))
    return made


@action("case", "take", "service_case")
def take_case(change, scope: Scope, *, id: int, version: int, owner: str | None = None) -> int:
    """Take a case, or give it to somebody (`owner`; "" = nobody), and return its version. Raises Stale, Refused."""
    named = _field("owner", scope.user if owner is None else owner)
    return _do(change, scope, id, version, "taken", named, owner=named)


@action("case", "answer", "service_case")
def answer_case(change, scope: Scope, *, id: int, version: int, text: str) -> int:
    """Write down what the guest was answered; the first answer is the one that counts. Return the version. Raises Stale, Refused."""
    row = _unsolved(change, scope, id)
    return _do(change, scope, id, version, "answered", said=_said(text), status="answered", answered_at=row.answered_at or change.at)


@action("case", "wait", "service_case")
def wait_for_guest(change, scope: Scope, *, id: int, version: int, text: str = "") -> int:
    """Say that the guest is to answer now; the due time stays. Return the version. Raises Stale, Refused."""
    _unsolved(change, scope, id)
    return _do(change, scope, id, version, "waiting", said=_said(text, needed=False), status="waiting")


@action("case", "close", "service_case")
def close_case(change, scope: Scope, *, id: int, version: int, resolution: str, compensation_minor: int | None = None, root_cause: str = "",
               told_guest: bool = False) -> int:
    """Close a case with what was done, the money given (minor units of the property's currency) and its cause; return the version.

    `told_guest`: the guest knows, which is an answer too where there was none before. Raises Stale, Refused.
    """
    row = _unsolved(change, scope, id)
    if compensation_minor is not None and not 0 <= compensation_minor <= MOST_MONEY:
        raise Refused(N_("A compensation is an amount of money, not less than nothing."))
    values = {"resolution": _said(resolution), "compensation_minor": compensation_minor, "root_cause": _field("root_cause", root_cause)}
    told = {"told_at": change.at, "answered_at": row.answered_at or change.at} if told_guest else {}
    new = _do(change, scope, id, version, "closed", values["root_cause"], values["resolution"], status="closed", closed_at=change.at, **values, **told)
    if told_guest:
        _step(change, scope, id, "told")
    return new


@action("case", "reopen", "service_case")
def reopen_case(change, scope: Scope, *, id: int, version: int, reason: str) -> int:
    """Open a closed case again and return its version: its due time stays as it was. Raises Stale, Refused."""
    row = _read(change, scope, id)
    if row.status != "closed":
        raise Refused(N_("This case is not closed."))
    other = row.review_id and review_case(change.connection, row.review_id)
    if other:
        raise Refused(N_("Another case of the same review is open: work on that one."))
    return _do(change, scope, id, version, "reopened", said=_said(reason), status="open", closed_at=None, reopened=row.reopened + 1)


@action("case", "tell", "service_case")
def tell_guest(change, scope: Scope, *, id: int, version: int, text: str = "") -> int:
    """Say that the guest was told what became of it, and return the version. Raises Stale, Refused."""
    _read(change, scope, id)
    return _do(change, scope, id, version, "told", said=_said(text, needed=False), told_at=change.at)


@action("case", "change", "service_case")
def change_case(change, scope: Scope, *, id: int, version: int, values: dict) -> int:
    """Correct fields of a case (FIELDS) and return its version; with another priority it is due by that one's target. Raises Stale, Refused."""
    if not values or set(values) - set(FIELDS):
        raise Refused(N_("A case has no such field."))
    row, new = _read(change, scope, id), {name: _field(name, value) for name, value in values.items()}
    if new.get("priority", row.priority) != row.priority:
        new |= due_times(change.connection, _place(change.connection, scope, row.property_id), new["priority"], row.opened_at)
    differs = {name: new[name] for name in FIELDS if name in new and new[name] != getattr(row, name)}
    return _do(change, scope, id, version, "changed", json.dumps(differs, ensure_ascii=False), **new)


@action("case", "note", "service_case")
def note_case(change, scope: Scope, *, id: int, version: int, text: str) -> int:
    """Add a note for colleagues and return the version. Raises Stale, Refused."""
    return _do(change, scope, id, version, "noted", said=_said(text))


# --- inside -----------------------------------------------------------------------------------------------------------------
def _place(connection: Connection, scope: Scope, id: int) -> sa.Row:
    found = connection.execute(select(property).where(property.c.id == id, property.c.id.in_(scope.properties))).first()
    if found is None:
        raise Refused(N_("There is no such property."))
    return found


def _one(connection: Connection, scope: Scope, table: sa.Table, id: int | None) -> sa.Row | None:
    return connection.execute(select(table).where(table.c.id == id, table.c.property_id.in_(scope.properties))).first() if id is not None else None


def _about(connection: Connection, scope: Scope, property_id: int, guest_id, stay_id, review_id, interaction_id) -> dict:
    """The ids of what a case is about: what is not given is known from the review, and the guest from the stay."""
    named = {"stay": (stay, stay_id), "review": (review, review_id), "interaction": (interaction, interaction_id)}
    rows = {name: _one(connection, scope, table, id_) for name, (table, id_) in named.items()}
    if any(id_ is not None and (rows[name] is None or rows[name].property_id != property_id) for name, (_, id_) in named.items()):
        raise Refused(N_("The stay, the review or the message is not one of this property."))
    open_one = review_id is not None and review_case(connection, review_id)
    if open_one:
        refusal = Refused(N_("This review has an open case already: work on that one."))
        refusal.case_id = open_one
        raise refusal
    written = rows["review"]
    stayed = rows["stay"] or (_one(connection, scope, stay, written.stay_id) if written else None)
    who = _profile(connection, scope, property_id, guest_id) if guest_id is not None else None
    return {"stay_id": stayed and stayed.id, "review_id": review_id, "interaction_id": interaction_id,
            "profile_id": who or (stayed and stayed.profile_id) or (written and written.profile_id)}


def _profile(connection: Connection, scope: Scope, property_id: int, guest_id: int) -> int:
    """A profile of a guest, one at the property where there is one."""
    person, p = person_of(connection, guest_id), profile.c
    seen = connection.execute(select(guest.c.id).where(guest.c.id == person, visible(scope))).first()
    mine = select(p.id).where(p.guest_id.in_(members(person)), p.property_id.in_(scope.properties)).order_by(p.property_id != property_id, p.id)
    found = connection.execute(mine).scalars().first() if seen else None
    if found is None:
        raise Refused(N_("There is no such guest."))
    return found


def _read(change, scope: Scope, id: int) -> sa.Row:
    found = change.connection.execute(select(service_case).where(service_case.c.id == id, here(scope))).first()
    if found is None:
        raise Refused(ABSENT)
    return found


def _unsolved(change, scope: Scope, id: int) -> sa.Row:
    row = _read(change, scope, id)
    if row.status == "closed":
        raise Refused(N_("This case is closed: open it again first."))
    return row


def _do(change, scope: Scope, id: int, version: int, step: str, value: str = "", said: str = "", **values) -> int:
    """Write a case and its step. Raises Stale with what stands there now."""
    mine = (service_case.c.id == id) & here(scope) & (service_case.c.version == version)
    written = sa.update(service_case).where(mine).values(**values, version=version + 1, revision=change.revision)
    if change.connection.execute(written).rowcount != 1:
        raise Stale(dict(_read(change, scope, id)._mapping))
    _step(change, scope, id, step, value, said)
    return version + 1


def _step(change, scope: Scope, id: int, kind: str, value: str = "", said: str = "") -> None:
    change.connection.execute(sa.insert(case_step).values(service_case_id=id, kind=kind, value=value, text=said, actor=scope.user, at=change.at,
                                                          revision=change.revision))


def _said(text: str, needed: bool = True) -> str:
    plain = text.replace("\x00", "").strip()
    if needed and not plain:
        raise Refused(N_("Write down what was said or done."))
    if len(plain) > LONGEST:
        raise Refused(N_("A text has at most 4,000 characters."))
    if cards.numbers(plain):
        raise Refused(N_("The text holds a payment card number: take it out."))
    return plain


def _field(name: str, value: str) -> str:
    text = " ".join(str(value or "").replace("\x00", "").split())
    if name in CODES and text not in CODES[name] and not (text == "" and name in MAY_BE_EMPTY):
        raise Refused(N_("Choose the kind, severity, department, priority and cause from the list."))
    if len(text) > LONGEST_NAME:
        raise Refused(N_("A field has at most 200 characters."))
    return text
