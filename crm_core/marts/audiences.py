"""mart_audience_members: who is on which audience, by the persons of today."""
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core import schema
from crm_core.marts.persons import persons
from crm_core.marts.tables import audience_members


def rows() -> sa.Select:
    """Return the select that fills mart_audience_members; of two records that are one person now, "contact" stands: the person was contacted."""
    m, a, who = schema.audience_member, schema.audience, persons()
    contacted = m.c.arm == schema.ARMS[0]
    kept = lambda column: func.coalesce(func.min(case((contacted, column))), func.min(column))  # noqa: E731  of the record that stands
    values = {"audience_id": a.c.id, "guest_id": who.c.guest_id, "kind": a.c.kind, "arm": func.min(m.c.arm),
              "cell": kept(m.c.cell), "cell_stratum": kept(m.c.stratum), "saved_on": a.c.as_of,
              "window_days": a.c.window_days, "properties_said": a.c.properties}
    return (select(*(sa.cast(values[c.name], c.type).label(c.name) for c in audience_members.c))
            .select_from(m.join(a, a.c.id == m.c.audience_id).join(who, who.c.strict_id == m.c.guest_id))
            .group_by(a.c.id, who.c.guest_id, a.c.kind, a.c.as_of, a.c.window_days, a.c.properties))
