"""What is expected to fall due on a running journey in the days to come, by what is known now; nothing of it is kept."""
import datetime as dt
import json
from collections.abc import Collection, Mapping
from dataclasses import replace

from sqlalchemy.engine import Connection

from crm_core.i18n import N_
from crm_core.records.journey_steps import coming, salt_of
from crm_core.records.journeys import find, in_force, versions_of
from crm_core.records.registry import Refused, lookup
from crm_core.scope import Scope

LONGEST = 31  # days


@lookup("campaign")
def coming_due(connection: Connection, scope: Scope, *, id: int, days: int = 7, meets: Mapping[int, Collection[int]] | None = None) -> list[dict]:
    """Return what will fall due on a journey in the days after the as-of date: guest_id, property_id, occasion, step, message, due_on, arm, state, why.

    Bookings, cancellations and refusals of those days change it. Empty for a journey that does not run, or that the scope may not see. The rules
    of steps need `meets`: by step, from 1, whom they mean.
    """
    if not 0 < days <= LONGEST:
        raise Refused(N_("Choose from 1 to 31 days."))
    row, versions = find(connection, scope, id), versions_of(connection, id)
    if row is None or not versions or not row["is_active"] or row["archived_at"]:
        return []
    now, begin = in_force(versions, scope.as_of), scope.as_of + dt.timedelta(1)
    if any(step.rule and number not in (meets or {}) for number, step in enumerate(now.journey.steps, 1)):
        raise Refused(N_("A message is for some guests only: look up first whom its rule means."))
    here = replace(scope, properties=tuple(json.loads(row["properties"])) or scope.properties)
    found = coming(connection, here, now.journey, begin, begin + dt.timedelta(days), salt_of(id), id=id, since=now.from_on, meets=meets)
    return [one | {"message": now.journey.steps[one["step"] - 1].message} for one in found.rows.to_dict("records")]
