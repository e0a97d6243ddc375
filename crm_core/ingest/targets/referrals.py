"""Whom members invited: by a code, or by the number of the member who recommends."""
import sqlalchemy as sa

from crm_core.i18n import N_
from crm_core.ingest.targets.definition import FULL_NAME, PROPERTY, Column, Target
from crm_core.ingest.targets.finding import Member
from crm_core.ingest.targets.landing import Landing, Misfit, Row, land, on
from crm_core.ingest.targets.persons import known_or_new
from crm_core.ingest.targets.programmes import PROGRAMME, programmes
from crm_core.records.referrals import drawn
from crm_core.schema import guest, membership, profile, referral, referral_code

NAMING = ("guest_ref", "given_name", "family_name", "email", "phone")


def write(landing: Landing) -> None:
    """Write invitations; an invited person who is not known becomes a profile, one whom the row does not name stays unknown."""
    land(landing, referral, _referral)


def _referral(landing: Landing, row: Row) -> dict:
    member = _member(landing, row)
    code = _code(landing, row, member)
    invited = _invited(landing, row)
    if invited and _person(landing, invited) == _person(landing, code.profile_id if code else member.profile_id):
        raise Misfit("advocate_number" if row["advocate_number"] else "code", "own_referral")
    return {"referral_code_id": code.id if code else _new_code(landing, row, member), "profile_id": invited, "invited_on": on(row["invited_on"]),
            "channel": row["channel"]}


def _member(landing: Landing, row: Row) -> Member | None:
    """Return the member whose number the row has; raises Misfit for one who is not here, or was none yet."""
    if not row["advocate_number"]:
        return None
    found = landing.find.member(row["advocate_number"], programmes(landing).said(row))
    if found is None:
        raise Misfit("advocate_number", "no_such_member")
    if found.enrolled_on and on(row["invited_on"]) < found.enrolled_on:
        raise Misfit("invited_on", "before_enrolment")
    return found


def _code(landing: Landing, row: Row, member: Member | None) -> sa.Row | None:
    """Return the code that a row names, else the oldest of its member; None where the member shall get one. Raises Misfit."""
    c = referral_code.c
    said = sa.func.lower(c.code) == row["code"].lower() if row["code"] else c.membership_id == member.id
    found = landing.connection.execute(sa.select(c.id, c.membership_id, membership.c.profile_id).join_from(referral_code, membership)
                                       .where(said).order_by(c.id).limit(1)).first()
    if found is None and member is None:
        raise Misfit("code", "no_such_code")
    if found and member and found.membership_id != member.id:
        raise Misfit("code", "other_code")
    return found


def _new_code(landing: Landing, row: Row, member: Member) -> int:
    """Write the row's code, or a new one, as the member's; it is as old as the membership, because older invitations may stand further down."""
    id_ = landing.connection.execute(sa.insert(referral_code).values(
        membership_id=member.id, code=row["code"] or drawn(landing.connection), issued_on=member.enrolled_on or on(row["invited_on"]),
        actor=landing.actor, revision=landing.change.revision).returning(referral_code.c.id)).scalar_one()
    landing.kept.added("referral_code", [id_])
    return id_


def _invited(landing: Landing, row: Row) -> int | None:
    """Return the profile of the invited person; None where the row names nobody."""
    named = any(row[name] for name in NAMING)
    return (landing.find.profile(row) or known_or_new(landing, row, landing.place(row).id)) if named else None


def _person(landing: Landing, profile_id: int | None) -> int | None:
    """Return the person behind a profile."""
    asked = sa.select(sa.func.coalesce(guest.c.merged_into, guest.c.id)).join_from(profile, guest).where(profile.c.id == profile_id)
    return landing.connection.execute(asked).scalar()


REFERRALS = Target("referrals", N_("Referrals"), N_("One row per person whom a member invited."), (
    Column("referral_id", N_("The invitation's number. With it a later file corrects the invitation."), "id", False, "RF-1"),
    Column("code", N_("The code by which the member recommends. A code that is new needs the member's number beside it."), "id", False,
        "ANNA-2001"),
    Column("advocate_number", N_("The number of the member who recommends."), "id", False, "M-2001"),
    PROGRAMME, PROPERTY,
    Column("invited_on", N_("The day of the invitation."), "day", True, "2025-04-10"),
    Column("channel", N_("How the person was invited, in your own word."), "text", False, "e-mail"),
    Column("guest_ref", N_("The invited person's number in your system."), "id", False, "G-78"),
    Column("given_name", N_("The invited person's given name."), "text", False, "Jonas"),
    Column("family_name", N_("The invited person's family name."), "text", False, "Berg"),
    FULL_NAME,
    Column("email", N_("The invited person's e-mail address. It is no consent: nothing is sent to it."), "email", False, "jonas.berg@example.com"),
    Column("phone", N_("The invited person's phone number."), "phone", False, ""),
), needs=("code", "advocate_number"), number="referral_id", write=write, content=("code", "advocate_number", "invited_on", *NAMING))
