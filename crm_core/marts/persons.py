"""Who a guest record is: the person it was merged into, and the person it may be under looser matching."""
import sqlalchemy as sa
from sqlalchemy import func, select

from crm_core import schema


def persons() -> sa.Subquery:
    """One row per guest record: itself (strict), the person it belongs to (guest_id), and who it may be if every doubtful pair is one."""
    g = schema.guest.c
    person = func.coalesce(g.merged_into, g.id)
    return select(g.id.label("strict_id"), person.label("guest_id"), func.coalesce(g.loose_id, person).label("loose_id")).subquery("persons")
