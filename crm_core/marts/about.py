"""What a review, a case or an invitation is about: its guest, and the stay with everything that stays are grouped by."""
import sqlalchemy as sa
from sqlalchemy import case, func, literal

from crm_core.marts import memberships, tables

# Whom nobody knows is a cluster alone: below every reservation's own.
NOBODY = -(2**44)


def beside(rows: sa.Table, key: sa.ColumnElement) -> tuple[sa.Join, dict[str, sa.ColumnElement]]:
    """Return the rows joined with their stays, and the columns that are known of them: those of tables._about, and the country."""
    folio, whole, profile, room, channel = tables.stays.alias("folio"), tables.stays.alias("whole"), tables.profiles, tables.rooms, tables.channels
    guest = func.coalesce(folio.c.guest_id, profile.c.guest_id)
    own = rows.c.room if "room" in rows.c else literal("")
    where = func.coalesce(func.nullif(own, ""), folio.c.room, "")
    member = memberships.is_member(whole.c, whole.c.stay_departure_on)
    found = {
        "guest_id": guest,
        "cluster": func.coalesce(guest, folio.c.cluster, literal(NOBODY, sa.BigInteger) - key),
        **{name: folio.c[name] for name in ("channel", "is_direct", "segment", "room_type", "party", "country")},
        **{name: whole.c[name] for name in ("stay_departure_on", "stay_nights", "next_here", "next_anywhere", "score_bp")},
        "room": where,
        "floor": func.coalesce(room.c.floor, floor(where)),
        "block": func.coalesce(room.c.block, ""),
        "is_member": case((member, 1), else_=0),
        "stratum": stratum(whole.c, channel.c.kind, member),
    }
    joined = (
        rows.outerjoin(folio, folio.c.reservation_id == rows.c.reservation_id)
        .outerjoin(whole, (whole.c.stay_id == folio.c.stay_id) & (whole.c.is_stay == 1))
        .outerjoin(profile, profile.c.profile_id == rows.c.profile_id)
        .outerjoin(channel, channel.c.channel == folio.c.channel)
        .outerjoin(room, (room.c.property_id == rows.c.property_id) & (room.c.room == where))
    )
    return joined, found


def floor(room: sa.ColumnElement) -> sa.ColumnElement:
    """The floor that a room's number tells (318 is on 3, 1204 on 12), empty where it tells none."""
    return case(
        ((func.length(room) == 3) & room.between("100", "999"), func.substr(room, 1, 1)),
        ((func.length(room) == 4) & room.between("1000", "9999"), func.substr(room, 1, 2)),
        else_="",
    )


def stratum(stay: sa.sql.ColumnCollection, kind: sa.ColumnElement, member: sa.ColumnElement[bool]) -> sa.ColumnElement:
    """How a stay is weighted where answers stand for all stays (KPI 14): way of booking, member or not, and 1, 2 to 3 or 4 nights and more."""
    way = case((stay.is_direct == 1, "direct"), (kind == "ota", "ota"), else_="other")
    nights = case((stay.stay_nights <= 1, "1"), (stay.stay_nights <= 3, "2-3"), else_="4+")
    return case((stay.is_stay == 1, way + literal("/") + case((member, "member"), else_="guest") + literal("/") + nights))
