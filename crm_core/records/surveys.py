"""Surveys: saved and closed, and guests asked to answer one by a link that works once; we keep a hash of it and send nothing ourselves."""
import datetime as dt
import json
import re
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_
from crm_core.records.invited import Invited, invitation_rows, links, those_to_ask
from crm_core.records.questionnaire import dumps, parse
from crm_core.records.registry import Refused, Stale, action, lookup
from crm_core.schema import SURVEY_KINDS, invitation, survey
from crm_core.scope import Scope
from crm_core.store.record import Change

CODE = re.compile(r"[a-z0-9_-]{1,40}")
LONGEST_NAME, MOST_DAYS = 80, 365
ABSENT = N_("There is no such survey.")


@lookup("read")
def surveys(connection: Connection, scope: Scope, *, closed: bool = False) -> list[dict]:
    """Return the surveys that are open, or with `closed` all of them: the row with its `questions` as questionnaire.parse() takes them."""
    rows = connection.execute(select(survey).where(sa.true() if closed else survey.c.is_active == 1).order_by(survey.c.id)).mappings()
    return [{**row, "questions": json.loads(row["questions"])} for row in rows]


@action("feedback", "save", "survey")
def save_survey(change: Change, scope: Scope, *, name: str, kind: str, questions: Sequence[dict], days_open: int = 21, code: str = "",
                id: int | None = None, version: int = 0) -> int:
    """Save a survey, or (with its `id` and `version`) change it; return its id. A question keeps its kind for as long as it keeps its key.

    Raises Stale where somebody else changed it meanwhile, Refused for questions that cannot be asked (see questionnaire.parse), a code that
    is taken, and a number of days outside 1 to 365.
    """
    if kind not in SURVEY_KINDS:
        raise Refused(N_("A survey is asked during the stay or after it: choose one."))
    if type(days_open) is not int or not 1 <= days_open <= MOST_DAYS:
        raise Refused(N_("A link stays open for 1 to 365 days."))
    asked = parse(questions)
    values = {"name": _name(name), "kind": kind, "questions": dumps(asked), "days_open": days_open}
    if id is None:
        values |= {"code": _code(change.connection, code or values["name"])}
        return change.connection.execute(sa.insert(survey).values(values).returning(survey.c.id)).scalar_one()
    _keep_kinds(change.connection, id, asked)
    return _change(change, id, version, **values)


def _name(name: str) -> str:
    plain = " ".join(name.replace("\x00", "").split())
    if not 0 < len(plain) <= LONGEST_NAME:
        raise Refused(N_("A survey needs a name of at most 80 characters."))
    return plain


def _code(connection: Connection, wanted: str) -> str:
    code = re.sub(r"[^a-z0-9]+", "_", wanted.lower()).strip("_")[:40] or "survey"
    if not CODE.fullmatch(code) or connection.execute(select(survey.c.id).where(survey.c.code == code)).first():
        raise Refused(N_("There is a survey with this code or name: choose another."))
    return code


def _keep_kinds(connection: Connection, id: int, asked: tuple) -> None:
    before = json.loads(connection.execute(select(survey.c.questions).where(survey.c.id == id)).scalar() or "[]")
    kinds = {one["key"]: one["kind"] for one in before}
    if any(kinds.get(q.key, q.kind) != q.kind for q in asked):
        raise Refused(N_("A question that is asked otherwise needs another key: answers that were given stand under the old one."))


@action("feedback", "close", "survey")
def close_survey(change: Change, scope: Scope, *, id: int, version: int, reopen: bool = False) -> int:
    """Close a survey: nobody is asked any more, and links that were sent no longer open; or open it again. Raises Stale, Refused."""
    return _change(change, id, version, is_active=int(reopen))


def _change(change: Change, id: int, version: int, **values) -> int:
    s = survey.c
    row = change.connection.execute(select(survey).where(s.id == id)).mappings().one_or_none()
    if row is None:
        raise Refused(ABSENT)
    if change.connection.execute(sa.update(survey).where(s.id == id, s.version == version).values(**values, version=version + 1)).rowcount != 1:
        raise Stale(dict(row))
    return id


# --- asking ---------------------------------------------------------------------------------------------------------------
@lookup("feedback")
def invitable(connection: Connection, scope: Scope, *, id: int, since: dt.date | None = None, until: dt.date | None = None) -> dict[str, int]:
    """Return how many guests invite() would ask (`asked`), and how many it leaves out and why (keys of invited.LEFT_OUT)."""
    rows, left_out = those_to_ask(connection, scope, _open(connection, id), None, since, until)
    return {"asked": len(rows), **left_out}


@action("feedback", "invite", "survey")
def invite(change: Change, scope: Scope, *, id: int, stays: list[int] | None = None, since: dt.date | None = None,
           until: dt.date | None = None) -> Invited:
    """Ask guests to answer a survey; return their links' tokens, which exist only now, for the list that is exported.

    Asked are the guests of `stays`, or of all stays of the scope that ended (during the stay: began) on days from `since` until before
    `until`. Once for each stay, whatever was good or bad about it; never who withdrew consent to surveys, or objected. Raises Refused.
    """
    scope.require("contact")
    asked = _open(change.connection, id)
    rows, left_out = those_to_ask(change.connection, scope, asked, stays, since, until)
    return Invited(links(change, asked, rows), left_out)


@action("feedback", "reissue", "invitation")
def reissue(change: Change, scope: Scope, *, invitations: list[int]) -> Invited:
    """Give invitations that wait for an answer a new link, open for as long as a new one; the old links end. Raises Refused."""
    scope.require("contact")
    rows, left_out, by_survey = *invitation_rows(change.connection, scope, invitations), {}
    for row in rows:
        by_survey.setdefault(row["survey_id"], []).append(row)
    sent = [one for id_, some in by_survey.items() for one in links(change, _open(change.connection, id_), some)]
    return Invited(sent, left_out)


def _open(connection: Connection, id: int) -> sa.RowMapping:
    row = connection.execute(select(survey).where(survey.c.id == id)).mappings().one_or_none()
    if row is None:
        raise Refused(ABSENT)
    if not row["is_active"]:
        raise Refused(N_("This survey is closed: open it again to ask somebody."))
    return row


@lookup("contact")
def waiting_invitations(connection: Connection, scope: Scope, *, id: int, offset: int = 0, limit: int = 50) -> list[dict]:
    """Return invitations of a survey that nobody answered yet, the newest first: id, property_id, stay_id, sent_on, expires_at, name, email."""
    i = invitation.c
    mine = select(i.id).where(i.survey_id == id, i.answered_at.is_(None), i.property_id.in_(scope.properties)).order_by(i.id.desc())
    rows, _ = invitation_rows(connection, scope, list(connection.execute(mine.offset(offset).limit(limit)).scalars()), every=True)
    shown = ("id", "property_id", "stay_id", "sent_on", "expires_at", "name", "email")
    return sorted(({name: row[name] for name in shown} for row in rows), key=lambda row: -row["id"])


@lookup("read")
def waiting_invitation_count(connection: Connection, scope: Scope, *, id: int) -> int:
    """Return how many invitations of a survey wait for an answer in the scope."""
    i = invitation.c
    mine = select(func.count()).where(i.survey_id == id, i.answered_at.is_(None), i.property_id.in_(scope.properties))
    return connection.execute(mine).scalar_one()
