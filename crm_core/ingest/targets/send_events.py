"""What became of messages: what people did is told apart from what programmes and scanners did."""
import datetime as dt
import re
from collections.abc import Iterable, Iterator
from itertools import groupby

import sqlalchemy as sa

from crm_core.i18n import N_
from crm_core.ingest.lookup import among
from crm_core.ingest.targets.definition import Column, Target, words
from crm_core.ingest.targets.landing import Landing, Misfit, Row, land
from crm_core.ingest.targets.messages import is_before, messages, past
from crm_core.schema import campaign, consent, profile, send, send_event

HAPPENED = words(
    "delivered", "bounced", "opened", "clicked", "unsubscribed", "complained", "hard_bounced", "soft_bounced", "machine_opened",
    delivered="delivery", bounced="bounce failed", hard_bounced="hardbounce hardbounces", soft_bounced="softbounce softbounces",
    opened="open opens uniqueopened firstopening loaded", clicked="click clicks", unsubscribed="unsub unsubscribe optout unsubscribes",
    machine_opened="proxyopen uniqueproxyopen loadedbyproxy machineopen mppopen applemppopen",
    complained="spam complaint abuse abusereport markedasspam spamcomplaint")
# What a kind says beside itself: the kind that is kept, its detail, and whether no person did it.
MEANT = {"hard_bounced": ("bounced", "hard", 0), "soft_bounced": ("bounced", "soft", 0), "machine_opened": ("opened", "proxy", 1)}
BOUNCES = words("hard", "soft", hard="permanent", soft="transient temporary")
SCANNERS = re.compile(
    r"barracuda|proofpoint|mimecast|forcepoint|fireeye|trellix|ironport|messagelabs|symantec|sophos|trend ?micro|safelinks|existence discovery|"
    r"urlscan|bot\b|spider|crawl|scanner|headlesschrome|phantomjs|python-|curl/|wget/|okhttp|go-http-client|java/|libwww|^mozilla/5\.0$", re.I)
UNSUBSCRIBES = re.compile(
    r"unsubscri|opt[-_]?out|abmeld|abbestell|d[eé]sabonn|d[eé]sinscri|disiscri|[/.?=](?:(?:e?mail|subscription|communication|marketing|contact|manage|"
    r"update|your)[-_]?)?preferences", re.I)
PERSONAL = re.compile(r"@|%40")  # an address in what follows a link's question mark
AT_ONCE, LINKS = dt.timedelta(seconds=10), 2


def _look_up(landing: Landing, rows: list[Row]) -> None:
    """Ask for the messages of some rows, and for what is told of them already."""
    found, e = messages(landing), send_event.c
    found.look_up(rows)
    ids = {one.id for some in (*found.by_number.values(), *found.by_address.values()) for one in some}
    asked = sa.select(e.send_id, e.kind, e.at, e.url).where(among(landing.connection, e.send_id, ids))
    landing.told = set(map(tuple, landing.connection.execute(asked))) if ids else set()


def _happened(landing: Landing, row: Row) -> dict | None:
    """Return what happened to a message; None for what was told already. Raises Misfit."""
    at = past(landing, row, "at")
    sent = messages(landing).message(row, at)
    if is_before(at, sent):
        raise Misfit("at", "before_send")
    kind, detail, is_machine = _read(row)
    same = sent.id, kind, at, _link(row)
    if same in landing.told and row.number is None:
        landing.counts["repeated_events"] += 1
        return None
    landing.told.add(same)
    landing.counts["unsubscribe_links"] += detail == "unsubscribe_link"
    return {"send_id": sent.id, "kind": kind, "at": at, "is_machine": is_machine, "url": same[-1], "detail": detail}


def _read(row: Row) -> tuple[str, str, int]:
    """Return the kind of a row, its detail, and whether a programme did it."""
    kind, detail, is_machine = MEANT.get(row["kind"], (row["kind"], "", 0))
    if kind == "bounced":
        return kind, detail or row["bounce"] or "", 0
    if kind == "clicked" and UNSUBSCRIBES.search(row["url"] or ""):
        return kind, "unsubscribe_link", 1
    if kind in ("opened", "clicked") and SCANNERS.search(row["user_agent"] or ""):
        return kind, detail or "scanner", 1
    return kind, detail, is_machine or row["is_machine"] or 0


def _link(row: Row) -> str | None:
    """The link that was clicked; what follows its question mark is left out where it names a person."""
    url = row["url"] or ""
    start, _, rest = url.partition("?")
    return (start if PERSONAL.search(rest) else url) or None


# --- what follows from it -----------------------------------------------------------------------------------------------
def _draw_consequences(landing: Landing) -> None:
    """A message that came back for good marks the address; who unsubscribed or complained has withdrawn the consent."""
    for whose in _new_refusals(landing):
        if whose.kind != "bounced":
            _withdraw(landing, whose, whose.at)
        elif whose.detail != "soft" and whose.email == whose.address and whose.channel == "email":
            landing.kept.keep(profile, [whose.id])
            landing.connection.execute(sa.update(profile).where(profile.c.id == whose.id).values(
                email_state="bounced", revision=landing.change.revision))


def _new_refusals(landing: Landing) -> list[sa.Row]:
    """The bounces, refusals and complaints that this file was the first to tell, with the profile that each is of."""
    e, there = send_event.c, {id_ for name, id_ in landing.kept.kept if name == send_event.name}
    wanted = sa.select(e.id.label("event_id"), e.kind, e.detail, e.at, profile.c.id, profile.c.guest_id, send.c.address, campaign.c.channel, profile.c.email)
    rows = landing.connection.execute(
        wanted.join_from(send_event, send, send.c.id == e.send_id).join(profile, profile.c.id == send.c.profile_id)
        .join(campaign, campaign.c.id == send.c.campaign_id)
        .where(e.batch_id == landing.batch, e.kind.in_(("bounced", "unsubscribed", "complained"))).order_by(e.id)).all()  # fmt: skip
    return [row for row in rows if row.event_id not in there]


def _withdraw(landing: Landing, whose: sa.Row, at: str) -> None:
    said = {"guest_id": whose.guest_id, "purpose": "marketing", "channel": whose.channel, "state": "withdrawn", "at": at,
            "source": landing.source}
    there = sa.select(consent.c.id).where(*(consent.c[name] == value for name, value in said.items()))
    if landing.connection.execute(there).first() is None:
        landing.connection.execute(sa.insert(consent).values(**said, actor=landing.actor, batch_id=landing.batch,
            revision=landing.change.revision))


# --- clicks that no person makes ----------------------------------------------------------------------------------------
def _mark_scanners(landing: Landing) -> None:
    """Mark clicks on several links of a message within seconds of its arrival: a scanner follows links before a person reads."""
    fast = list(_fast(_clicks(landing)))
    if not fast:
        return
    landing.counts["scanner_clicks"] = len(fast)
    landing.kept.keep(send_event, fast)
    e = send_event.c
    landing.connection.execute(sa.update(send_event).where(among(landing.connection, e.id, fast)).values(
        is_machine=1, detail="scanner", revision=landing.change.revision))


def _clicks(landing: Landing) -> Iterable[sa.Row]:
    """Return clicks and deliveries of the messages that this file has clicks of, by message."""
    e = send_event.c
    touched = sa.select(e.send_id).where(e.batch_id == landing.batch, e.kind == "clicked")
    asked = sa.select(e.send_id, send.c.sent_at, e.id, e.kind, e.at, e.url, e.is_machine).join_from(send_event, send, send.c.id == e.send_id)
    return landing.connection.execute(asked.where(e.send_id.in_(touched), e.kind.in_(("clicked", "delivered"))).order_by(e.send_id, e.id))


def _fast(rows: Iterable[sa.Row]) -> Iterator[int]:
    """Yield the clicks on two links or more at once after sending or arrival that are not a machine's yet."""
    for _, some in groupby(rows, lambda row: row.send_id):
        some = list(some)
        starts = [dt.datetime.fromisoformat(at) for at in (some[0].sent_at, *(row.at for row in some if row.kind == "delivered"))]
        clicks = [row for row in some if row.kind == "clicked" and row.url and _is_at_once(row.at, starts)]
        if len({row.url for row in clicks}) >= LINKS:
            yield from (row.id for row in clicks if not row.is_machine)


def _is_at_once(at: str, starts: list[dt.datetime]) -> bool:
    clicked = dt.datetime.fromisoformat(at)
    return any(dt.timedelta() <= clicked - start <= AT_ONCE for start in starts)


def write(landing: Landing) -> None:
    """Write what became of messages; a row whose message is not here is kept out."""
    land(landing, send_event, _happened, ahead=_look_up)
    _draw_consequences(landing)
    _mark_scanners(landing)


SEND_EVENTS = Target("send_events", N_("What became of messages"), N_("One row per thing that happened to a message."), (
    Column("event_id", N_("The event's number on its platform."), "id", False, "E-9001"),
    Column("send_id", N_("The message's number on its platform."), "id", False, "K-17-204"),
    Column("campaign_id", N_("The campaign's number, where the message is told by campaign and address."), "id", False, "K-17"),
    Column("email", N_("The address that the message went to."), "email", False, "anna.weber@example.com"),
    Column("kind", N_("delivered, bounced (or hard_bounced, soft_bounced), opened (or machine_opened), clicked, unsubscribed or complained."), "word",
        True, "opened", HAPPENED),
    Column("at", N_("The moment; a time without a zone is UTC."), "instant", True, "2025-02-03T10:12:00Z"),
    Column("url", N_("The link that was clicked. A click on a link to unsubscribe is no interest in the offer."), "text", False, ""),
    Column("bounce", N_("hard or soft, of a message that came back: a soft one leaves the address as it is."), "word", False, "", BOUNCES, ""),
    Column("user_agent", N_("The programme that opened or clicked, by which scanners are known. It is not kept."), "text", False, ""),
    Column("is_machine", N_("yes where a mail programme or scanner did it, and no person."), "yes_no", False, "no"),
), needs=("send_id", "campaign_id"), number="event_id", write=write, keeps_equals=False)
