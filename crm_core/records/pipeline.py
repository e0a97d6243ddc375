"""What is done with a lead: taken down, corrected, moved through the stages and back, given an owner, a next step and a guest."""
import datetime as dt

import sqlalchemy as sa
from sqlalchemy import select

from crm_core.i18n import N_
from crm_core.records.guests import visible
from crm_core.records.leads import CLOSED, here
from crm_core.records.registry import Refused, Stale, action
from crm_core.schema import LEAD_KINDS, LEAD_SOURCES, LEAD_STAGES, guest, lead, lead_step, property, stay
from crm_core.scope import Scope

BY_HAND = "hand"
LOST_REASONS = ("price", "dates", "full", "elsewhere", "no_answer", "plans", "duplicate", "spam", "other")
LONGEST, LONGEST_NOTE = 200, 4000
WORDS = ("name", "email", "phone", "company", "note")
NUMBERS = {"value_minor": 10**12, "nights": 365, "rooms": 2000, "guests": 20_000}
CODES = {"kind": LEAD_KINDS, "via": LEAD_SOURCES}
FIELDS = (*WORDS, *NUMBERS, *CODES, "country", "language", "arrival_on", "owner", "next_step", "due_on")
ABSENT = N_("There is no such lead.")


@action("lead", "add", "lead")
def add_lead(change, scope: Scope, *, property_id: int, values: dict) -> int:
    """Take down an enquiry and return its id. Raises Refused where nobody could be reached by it, or for a property outside the scope."""
    place = change.connection.execute(select(property).where(property.c.id == property_id, property.c.id.in_(scope.properties))).first()
    if place is None:
        raise Refused(N_("There is no such property."))
    new = _reachable(_checked(values))
    row = {"property_id": property_id, "source": BY_HAND, "currency": place.currency, "created_at": change.at, "revision": change.revision, **new}
    made = change.connection.execute(sa.insert(lead).values(row).returning(lead.c.id)).scalar_one()
    _step(change, scope, made, "enquiry")
    return made


@action("lead", "edit", "lead")
def edit_lead(change, scope: Scope, *, id: int, version: int, values: dict) -> int:
    """Correct fields of a lead and return its new version. Raises Stale where another editor was first, Refused for what cannot be."""
    new = _checked(values)
    _reachable({name: new.get(name, getattr(_read(change, scope, id), name)) for name in WORDS})
    return _write(change, scope, id, version, **new)


@action("lead", "move", "lead")
def move_lead(change, scope: Scope, *, id: int, version: int, stage: str, reason: str = "", stay_id: int | None = None, confirmation: str = "") -> int:
    """Move a lead to a stage and return its new version; a lost one needs a reason, a won one may name its booking."""
    if stage not in LEAD_STAGES:
        raise Refused(N_("There is no such stage."))
    old = _read(change, scope, id)
    if old.stage == stage:
        raise Refused(N_("The lead is in this stage already."))
    if stage == "lost" and reason not in LOST_REASONS:
        raise Refused(N_("Say why it was lost: that is how the next offer gets better."))
    booking = _booking(change, old.property_id, stay_id, confirmation.strip()) if stage == "won" else old.stay_id
    closed = change.at if stage in CLOSED else None
    new = _write(change, scope, id, version, stage=stage, closed_at=closed, lost_reason=reason if stage == "lost" else "", stay_id=booking)
    _step(change, scope, id, stage)
    return new


def _booking(change, property_id: int, stay_id: int | None, confirmation: str) -> int | None:
    """The reservation at the lead's property that came of it, by its id or by what the guest was told."""
    if stay_id is None and not confirmation:
        return None
    which = stay.c.id == stay_id if stay_id is not None else stay.c.external_id == confirmation
    found = change.connection.execute(select(stay.c.id).where(which, stay.c.property_id == property_id)).scalars().first()
    if found is None:
        raise Refused(N_("No reservation of this property has this confirmation number."))
    return found


@action("lead", "undo", "lead")
def undo_move(change, scope: Scope, *, id: int, version: int) -> int:
    """Take the last move back and return the new version: the lead stands where it stood, and both moves stay in its history."""
    _read(change, scope, id)
    steps = change.connection.execute(select(lead_step).where(lead_step.c.lead_id == id).order_by(lead_step.c.id.desc()).limit(2)).all()
    if len(steps) < 2:
        raise Refused(N_("There is no move to take back."))
    before = steps[1]
    closed = before.at if before.stage in CLOSED else None
    kept = {} if before.stage == "lost" else {"lost_reason": ""}
    new = _write(change, scope, id, version, stage=before.stage, closed_at=closed, **kept)
    _step(change, scope, id, before.stage)
    return new


@action("lead", "assign", "lead")
def assign_lead(change, scope: Scope, *, id: int, version: int, owner: str) -> int:
    """Give a lead to somebody, or to nobody (""), and return its new version."""
    return _write(change, scope, id, version, **_checked({"owner": owner}))


@action("lead", "plan", "lead")
def plan_lead(change, scope: Scope, *, id: int, version: int, next_step: str | None, due_on: dt.date | None) -> int:
    """Say what comes next and until when, and return the new version."""
    return _write(change, scope, id, version, **_checked({"next_step": next_step, "due_on": due_on}))


@action("lead", "link", "lead")
def link_lead(change, scope: Scope, *, id: int, version: int, person: int | None) -> int:
    """Say which guest a lead is (or that it is none of them) and return its new version."""
    known = person is None or change.connection.execute(select(guest.c.id).where(guest.c.id == person, visible(scope))).first()
    if not known:
        raise Refused(N_("There is no such guest."))
    left = _read(change, scope, id).guest_id  # the guest loses an enquiry: the next refresh is to look at it too
    change.connection.execute(sa.update(guest).where(guest.c.id == left).values(revision=change.revision))
    return _write(change, scope, id, version, guest_id=person)


def _read(change, scope: Scope, id: int) -> sa.Row:
    found = change.connection.execute(select(lead).where(lead.c.id == id, here(scope))).first()
    if found is None:
        raise Refused(ABSENT)
    return found


def _write(change, scope: Scope, id: int, version: int, **values) -> int:
    mine = (lead.c.id == id) & here(scope)
    written = sa.update(lead).where(mine, lead.c.version == version).values(**values, version=version + 1, revision=change.revision)
    if change.connection.execute(written).rowcount == 1:
        return version + 1
    raise Stale(dict(_read(change, scope, id)._mapping))


def _step(change, scope: Scope, id: int, stage: str) -> None:
    change.connection.execute(
        sa.insert(lead_step).values(lead_id=id, stage=stage, at=change.at, actor=scope.user, revision=change.revision))


def _checked(values: dict) -> dict:
    """Return the values as they are stored. Raises Refused with what to do about the first that cannot be."""
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise Refused(N_("A lead has no such field."))
    return {name: _field(name, value) for name, value in values.items()}


def _field(name: str, value):
    if name in NUMBERS:
        if value is not None and not 0 <= value <= NUMBERS[name]:
            raise Refused(N_("A number is out of range: check value, nights, rooms and guests."))
        return value
    if name in CODES and value not in CODES[name]:
        raise Refused(N_("Choose the kind and the source from the list."))
    if name.endswith("_on") or value is None:
        return value if name != "owner" else ""
    text = value.replace("\x00", "").strip()
    if len(text) > (LONGEST_NOTE if name == "note" else LONGEST):
        raise Refused(N_("A field has at most 200 characters, the note 4,000."))
    return text if text or name == "owner" else None


def _reachable(values: dict) -> dict:
    """Refuse a lead that names nobody, and an e-mail address that cannot be one."""
    if not any(values.get(name) for name in ("name", "email", "phone", "company")):
        raise Refused(N_("A lead needs a name, a company, an e-mail address or a phone number."))
    if values.get("email") and not _is_address(values["email"]):
        raise Refused(N_("This is not an e-mail address: it needs one @ and a domain after it."))
    return values


def _is_address(text: str) -> bool:
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True
