"""How a rule's guests fall from the selected to those who may be written to, by the figures of the version: at once, also for a million guests."""
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import and_, case, func, select

from crm_core.dialects import days_between
from crm_core.marts import segments, tables
from crm_core.marts.scoped import within
from crm_core.metrics.campaigns import MAILS_DAYS
from crm_core.queries.registry import query
from crm_core.rule import Rule
from crm_core.scope import Scope
from crm_core.store.warehouse import Warehouse

# Of several addresses the best one counts.
STATES = ("valid", "relay", "placeholder", "bounced", "invalid", "missing")
REFUSALS = ("withdrawn", "objected", "expired")


@query
def audience_fall(warehouse: Warehouse, scope: Scope, *, rule: Rule, cap: int | None = None, days: int = MAILS_DAYS) -> pd.DataFrame:
    """One row per reason for which guests of a rule may not be written to by e-mail for marketing: step, why (as crm_core.outreach.waterfall names
    them) and guests, the first reason of each guest; the row whose why is "" are those who may be. `cap`: marketing messages allowed in so many `days`.

    What only the records know (ages, other campaigns' held-out parts) is not asked here.
    """
    found, known, mail, held = segments.members(rule, scope).subquery("found").c, _addresses(scope), _mail(scope, days), within(tables.held_out, scope).c
    joined = found.guest_id.table
    for facts in (known.guest_id.table, mail.guest_id.table, held.guest_id.table):
        joined = joined.outerjoin(facts, facts.c.guest_id == found.guest_id)
    tests = [
        ("has_address", "no_address", func.coalesce(known.state, STATES.index("missing")) == STATES.index("missing")),
        *(("valid_address", state, known.state == STATES.index(state)) for state in STATES[1:5]),
        *(("consent", word, known.word == word) for word in REFUSALS),
        ("consent", "no_word", known.word != "given"),
        ("consent", "no_proof", known.has_proof == 0),
        ("not_suppressed", "complained", mail.complained == 1),
        *([("not_suppressed", "frequency_cap", mail.recent >= cap)] if cap is not None else []),
        ("not_held_out", "global_holdout", and_(held.guest_id.is_not(None), held.from_on <= scope.as_of)),
    ]
    place = case(*((test, sa.literal(i)) for i, (*_, test) in enumerate(tests)), else_=len(tests)).label("place")
    counted = warehouse.frame(select(place, func.count().label("guests")).select_from(joined).group_by(place).order_by(place))
    names = [*((step, why) for step, why, _ in tests), ("to_send", "")]
    return pd.DataFrame({"step": [names[i][0] for i in counted["place"]], "why": [names[i][1] for i in counted["place"]], "guests": counted["guests"]})


def _addresses(scope: Scope) -> sa.sql.ColumnCollection:
    """One row per guest: the best e-mail address's state, the last word on marketing by e-mail, and whether it can be shown."""
    p = within(tables.profiles, scope, history=True).c
    order = case(*((p.email_state == state, i) for i, state in enumerate(STATES)), else_=STATES.index("invalid"))
    return (select(p.guest_id, func.min(order).label("state"), func.max(p.email_word).label("word"), func.max(p.has_proof).label("has_proof"))
            .group_by(p.guest_id).subquery("addresses").c)


def _mail(scope: Scope, days: int) -> sa.sql.ColumnCollection:
    """One row per guest with a message: whether one was reported as spam, and how many for marketing there were lately."""
    m = within(tables.sends, scope, history=True).c
    lately = and_(m.is_marketing == 1, m.is_sent == 1, days_between(m.sent_on, m.as_of).between(1, days))
    return (select(m.guest_id, func.max(m.is_complained).label("complained"), func.count(case((lately, 1))).label("recent"))
            .where(m.medium == "email").group_by(m.guest_id).subquery("mail").c)
