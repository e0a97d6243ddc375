"""mart_profiles: what each source profile of a guest is worth, and the guest's last word on what we may send."""
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core import schema
from crm_core.marts.consents import last_word
from crm_core.marts.persons import persons
from crm_core.marts.tables import profiles


def rows() -> sa.Select:
    """Return the select that fills mart_profiles, in the order of its columns; who books for others, and who was erased, is out."""
    p, who, g = schema.profile, persons(), schema.guest
    email, sms, seen = last_word("email"), last_word("sms"), _seen()
    values = {
        **{c.name: c for c in p.c if c.name in profiles.c},
        "profile_id": p.c.id,
        **{name: who.c[name] for name in ("guest_id", "strict_id", "loose_id")},
        "seen_on": func.greatest(p.c.seen_on, seen.c.last_on),
        "email_word": func.coalesce(email.c.state, ""),
        "has_proof": case((email.c.proof.is_not(None), 1), else_=0),
        "sms_word": func.coalesce(sms.c.state, ""),
    }
    return (
        select(*(sa.cast(values[c.name], c.type).label(c.name) for c in profiles.c))
        .select_from(
            p.join(who, who.c.strict_id == p.c.guest_id)
            .join(g, g.c.id == who.c.guest_id)
            .outerjoin(email, email.c.guest_id == who.c.guest_id)
            .outerjoin(sms, sms.c.guest_id == who.c.guest_id)
            .outerjoin(seen, seen.c.profile_id == p.c.id)
        )
        .where(p.c.is_booker == 0, g.c.erased_at.is_(None))
    )


def _seen() -> sa.Subquery:
    """One row per profile with a reservation: the last day on which the guest was there, or else booked."""
    s = schema.stay
    there = func.max(case((s.c.status == "checked_out", s.c.departure_on), (s.c.status == "in_house", s.c.arrival_on)))
    return select(s.c.profile_id, func.coalesce(there, func.max(s.c.booked_on)).label("last_on")).group_by(s.c.profile_id).subquery("seen")
