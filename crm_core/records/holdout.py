"""Rules for all campaigns: guests whom a lot keeps out of every one of them, and how many marketing messages are enough."""
import datetime as dt
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_
from crm_core.outreach import draw
from crm_core.records.registry import Refused, action, lookup
from crm_core.schema import setting
from crm_core.scope import Scope
from crm_core.store.record import Change

SALT, SHARE, FROM, CAP, CAP_DAYS = "holdout_salt", "holdout_bp", "holdout_from", "marketing_cap", "marketing_cap_days"
USUAL_CAP, USUAL_DAYS = 4, 30
MOST_HELD_OUT = 2000  # of ten thousand
MOST_MESSAGES, LONGEST_WINDOW = 100, 365


@dataclass(frozen=True)
class Outreach:
    """The settings: the lot with its share in basis points and its first day (0 and None: nobody is held out), and the cap of messages in days."""

    salt: str
    holdout_bp: int
    holdout_from: dt.date | None
    cap: int
    cap_days: int

    def held(self, people: Iterable[int], on: dt.date) -> set[int]:
        """Return those of the people whom the lot keeps out of every campaign on a day."""
        if not self.salt or self.holdout_from is None or on < self.holdout_from:
            return set()
        return draw.held(people, self.salt, self.holdout_bp)


def outreach(connection: Connection) -> Outreach:
    """Return the settings as they stand, the usual ones where nothing was set."""
    said = {row.key: row.value for row in connection.execute(select(setting).where(setting.c.key.in_((SALT, SHARE, FROM, CAP, CAP_DAYS))))}
    from_on = said.get(FROM)
    return Outreach(said.get(SALT, ""), int(said.get(SHARE) or 0), dt.date.fromisoformat(from_on) if from_on else None,
                    int(said.get(CAP) or USUAL_CAP), int(said.get(CAP_DAYS) or USUAL_DAYS))


@lookup("read")
def outreach_settings(connection: Connection, scope: Scope) -> dict:
    """Return holdout_bp, holdout_from, marketing_cap and marketing_cap_days as they stand."""
    now = outreach(connection)
    return {SHARE: now.holdout_bp, FROM: now.holdout_from, CAP: now.cap, CAP_DAYS: now.cap_days}


@action("campaign", "set holdout", "setting")
def set_holdout(change: Change, scope: Scope, *, share_bp: int, from_on: dt.date) -> None:
    """Hold a share of all guests (0 to 20 %, in basis points) out of every campaign from a day on.

    The lot's salt is made once and never changed: a larger share adds guests, and who was held out stays so. Raises Refused where the
    share cannot be, the day is past (guests written to since then were not held out), or the scope is not the whole house.
    """
    _whole_house(scope)
    before = outreach(change.connection)
    if not 0 <= share_bp <= MOST_HELD_OUT:
        raise Refused(N_("Hold out 0 to 20 % of all guests."))
    if from_on < scope.as_of and (from_on, share_bp) != (before.holdout_from, before.holdout_bp):
        raise Refused(N_("A holdout begins today or later: until now these guests were written to."))
    _set(change, {SALT: before.salt or secrets.token_hex(8), SHARE: str(share_bp), FROM: from_on.isoformat()})


@action("campaign", "set cap", "setting")
def set_cap(change: Change, scope: Scope, *, messages: int, days: int) -> None:
    """Say how many marketing messages a guest may get in how many days. Raises Refused for numbers that cannot be."""
    _whole_house(scope)
    if not 1 <= messages <= MOST_MESSAGES or not 1 <= days <= LONGEST_WINDOW:
        raise Refused(N_("Allow 1 to 100 messages in 1 to 365 days."))
    _set(change, {CAP: str(messages), CAP_DAYS: str(days)})


def _whole_house(scope: Scope) -> None:
    if scope.chain and not scope.everywhere:
        raise Refused(N_("This holds for all properties: choose all of them first."))


def _set(change: Change, values: dict[str, str]) -> None:
    change.connection.execute(sa.delete(setting).where(setting.c.key.in_(values)))
    change.connection.execute(sa.insert(setting), [{"key": key, "value": value} for key, value in values.items()])
