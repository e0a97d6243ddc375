"""What became of the messages: bounced, opened by people and by machines, clicked, unsubscribed, complained of; and their rows in the store."""
from dataclasses import dataclass

import numpy as np

from crm_core import schema
from crm_core.ingest.demo import campaign_parameters as c
from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.campaign_lists import UNKNOWN
from crm_core.ingest.demo.campaign_plans import LESSONS, NUMBERS, PLANS, SMS
from crm_core.ingest.demo.hotels import DAYS
from crm_core.ingest.demo.messages import COMPLAINS, FINE, HARD, NEVER, STAYING, UNSUBSCRIBES, Mail, mail
from crm_core.ingest.demo.people import CONSENTED, RELAY
from crm_core.ingest.demo.streams import pick, quantile

SEND = ("id", "campaign_id", "profile_id", "source", "external_id", "batch_id", "address", "sent_at", "arm", "domain", "revision")
EVENT = ("id", "send_id", "source", "kind", "at", "is_machine", "detail", "batch_id", "revision")
CONSENT = ("id", "guest_id", "purpose", "channel", "state", "at", "source", "wording", "language", "proof", "actor", "revision")
PROXY_FROM = (c.PROXY_FROM - p.START).days
LEAVES_AT = 10 / 24  # o'clock, UTC
EPOCH = np.datetime64(p.START, "s")


@dataclass(frozen=True)
class Became:
    """One entry per message: how it bounced; moments in days, NEVER where it did not happen."""

    bounced: np.ndarray
    by_machine: np.ndarray
    opened: np.ndarray
    clicked: np.ndarray
    scanned: np.ndarray
    left: np.ndarray


def write(block, writer) -> None:
    """Write the block's messages and what became of them; who left by a message that needed no consent has withdrawn all the same."""
    rows = mail(block, writer.invited)
    became = _became(block, writer, rows)
    ids = writer.take(schema.send, len(rows.record))
    _write_sends(block, writer, rows, ids)
    _write_events(writer, rows, became, ids)
    _write_withdrawals(block, writer, rows, became)


# --- what became of them -----------------------------------------------------------------------------------------------------------
def _became(block, writer, rows: Mail) -> Became:
    u = block.streams.draw("messages sent", 9, len(rows.record))
    person = block.records.person[rows.record]
    text = np.isin(rows.campaign, [n for n, plan in enumerate(PLANS, 1) if plan.medium == SMS])
    late = rows.sent >= PROXY_FROM
    machine = block.outreach.machine[person] & late & ~text
    bounced = np.where(rows.bounced != UNKNOWN, rows.bounced, (u[0] < c.BOUNCED) & (rows.leaves == STAYING))
    arrived = bounced == FINE
    by_machine = np.where(machine & arrived & (u[1] < c.PROXY_OPENS), rows.sent + .001 + .012 * u[2], NEVER)
    opened, clicked = np.zeros(len(person), bool), np.zeros(len(person), bool)
    for cell in np.unique(rows.campaign * 2 + late).tolist():
        here = (rows.campaign * 2 + late == cell) & arrived
        opens, clicks = _rates(cell // 2, bool(cell % 2))
        can = here & ~machine & ~text
        sure = can & ((rows.opened == 1) | np.isfinite(rows.answered) | (rows.leaves != STAYING))
        opened[can] = _some(writer, ("open", cell), opens, sure[can], (rows.opened == 0)[can] & ~sure[can], u[3][can])
        answered = here & np.isfinite(rows.answered)
        clicked[here & opened] = _some(writer, ("click", cell), clicks / max(opens, 1e-9), answered[here & opened], None, u[4][here & opened])
        clicked[here & ~can] = _some(writer, ("click unseen", cell), clicks, answered[here & ~can], None, u[4][here & ~can])
    return _timed(rows, u, Became(bounced, by_machine, opened, clicked, arrived & ~text & (u[5] < c.SCANNED), rows.leaves != STAYING))


def _rates(campaign: int, late: bool) -> tuple[float, float]:
    """Human opens and clicks of a campaign's messages."""
    key = next((key for key, number in NUMBERS.items() if number == campaign), None)
    if key:
        return c.AUTOMATIC[key]
    plan = PLANS[campaign - 1]
    if plan.medium == SMS:
        return 0, c.SMS_CLICKS
    if plan.lesson:
        return LESSONS[plan.lesson]["open"], c.LESSON_CLICKS[plan.lesson]
    return c.CAMPAIGN_OPENS[late], c.CAMPAIGN_CLICKS[late]


def _some(writer, cell: object, share: float, sure: np.ndarray, never: np.ndarray | None, order: np.ndarray) -> np.ndarray:
    """A share of the rows: those that are sure, and as many of the others as it takes."""
    chosen = sure.copy()
    never = np.zeros(len(sure), bool) if never is None else never
    rest = np.flatnonzero(~(sure | never))
    wanted = (share * len(sure) - sure.sum()) / max(len(rest), 1)
    chosen[rest] = writer.quota.some(cell, float(np.clip(wanted, 0, 1)), order[rest])
    return chosen


def _timed(rows: Mail, u: np.ndarray, did: Became) -> Became:
    """When: who answered had opened and clicked before; those on whom a lesson's counts rest do all on the day of sending."""
    fixed = (rows.opened != UNKNOWN) & ~np.isfinite(rows.answered)
    wait = np.where(fixed, .01 + .2 * u[6], quantile(u[6], c.OPEN_DAYS))
    wait = np.where(rows.leaves != STAYING, .02, wait)
    until = np.where(np.isfinite(rows.answered), rows.answered - rows.sent, NEVER)
    wait = np.minimum(wait, .9 * until)
    after = np.minimum(wait + np.where(rows.leaves != STAYING, .01, .001 + .02 * u[7]), np.where(np.isfinite(until), until, wait + .03))
    when = lambda mask, moment: np.where(mask, moment, NEVER)  # noqa: E731
    return Became(did.bounced, did.by_machine, when(did.opened, rows.sent + wait), when(did.clicked, rows.sent + after),
                  when(did.scanned, rows.sent + 4 / 86_400), when(did.left, np.floor(rows.sent) + LEAVES_AT))


# --- in the store --------------------------------------------------------------------------------------------------------------------
def _write_sends(block, writer, rows: Mail, ids: range) -> None:
    known, person = block.records.known, block.records.person
    u = block.streams.draw("provider", len(block.people))
    providers = [tuple(c.PROVIDERS)[k] for k in pick(u, tuple(c.PROVIDERS.values())).tolist()]
    text = {n for n, plan in enumerate(PLANS, 1) if plan.medium == SMS}
    first = block.profile_ids.start
    writer.rows(schema.send, SEND, (
        (number, campaign, first + record, "demo", f"E{number:08d}", 1, known[record].phone if campaign in text else known[record].email, at, cell,
         "" if campaign in text else "other" if known[record].email.endswith(RELAY) else providers[n], writer.revision)
        for number, campaign, record, n, at, cell in zip(
            ids, rows.campaign.tolist(), rows.record.tolist(), person[rows.record].tolist(), instants(rows.sent), rows.cell.tolist(), strict=True)))


def _write_events(writer, rows: Mail, did: Became, ids: range) -> None:
    """Write what happened until the as-of date, message by message in the order of moments."""
    unsubscribed = np.where(rows.leaves == UNSUBSCRIBES, did.left, NEVER)
    complained = np.where(rows.leaves == COMPLAINS, did.left, NEVER)
    bounced = np.where(did.bounced != FINE, rows.sent + .0004, NEVER)
    kinds = (("bounced", 0, bounced), ("opened", 1, did.by_machine), ("clicked", 1, did.scanned), ("opened", 0, did.opened), ("clicked", 0, did.clicked),
             ("unsubscribed", 0, unsubscribed), ("complained", 0, complained))  # fmt: skip
    at = np.stack([moment for *_, moment in kinds])
    kind, message = np.nonzero(at < DAYS)
    order = np.lexsort((kind, at[kind, message], message))
    kind, message = kind[order], message[order]
    details = np.where(did.bounced == HARD, "hard", "soft")
    writer.rows(schema.send_event, EVENT, (
        (number, ids[m], "demo", kinds[k][0], moment, kinds[k][1], detail if k == 0 else "", 1, writer.revision)
        for number, k, m, moment, detail in zip(
            writer.take(schema.send_event, len(kind)), kind.tolist(), message.tolist(), instants(at[kind, message]), details[message].tolist(), strict=True)))


def _write_withdrawals(block, writer, rows: Mail, did: Became) -> None:
    """Write the word of those who never gave it and unsubscribe from a message of service: it holds for marketing, as on import."""
    person = block.records.person[rows.record]
    left = np.flatnonzero((rows.leaves != STAYING) & (did.left < DAYS) & ~block.outreach.reach.gave[person] & (block.people.reach[person] >= CONSENTED))
    writer.rows(schema.consent, CONSENT, (
        (number, block.profile_ids[record], "marketing", "email", "withdrawn", at, "link", "", block.people.language[n], None, "demo", writer.revision)
        for number, record, n, at in zip(
            writer.take(schema.consent, len(left)), rows.record[left].tolist(), person[left].tolist(), instants(did.left[left]), strict=True)))


def instants(days: np.ndarray) -> list[str]:
    """Return moments in days from the first of history as instants."""
    moments = EPOCH + np.rint(np.asarray(days, float) * 86_400).astype(np.int64).astype("timedelta64[s]")
    return [f"{moment}+00:00" for moment in np.datetime_as_string(moments, unit="s").tolist()]
