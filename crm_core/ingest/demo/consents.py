"""Consents: events given, withdrawn and given again, whose fold says who may be written to."""
import numpy as np

from crm_core import schema
from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.campaign_reach import words
from crm_core.ingest.demo.hotels import iso
from crm_core.ingest.demo.people import CONSENTED, RELAY, WORKING

COLUMNS = ("id", "guest_id", "purpose", "channel", "state", "at", "source", "wording", "language", "proof", "actor", "revision")
MARKETING, SURVEY, SMS, POST = ("marketing", "email"), ("survey", "email"), ("marketing", "sms"), ("marketing", "post")


def write(block, writer) -> None:
    """Write the block's consent events, by record and day: given on a person's first record, and said again on some later ones."""
    who, kept = block.people, block.records
    first = [(int(kept.first_of[guest]), day, *event) for guest, day, *event in _events(block) if kept.first_of[guest] >= 0]
    events = sorted(first + _again(block, {record for record, _, about, *_ in first if about == MARKETING}))
    ids = writer.take(schema.consent, len(events))
    days = iso(np.array([event[1] for event in events], int))
    writer.rows(schema.consent, COLUMNS, (
        (number, block.profile_ids[record], *about, state, f"{day}T10:00:00+00:00", source, f"{about[0]}-2021-1",
         who.language[kept.person[record]], proof, "demo", writer.revision)
        for number, (record, _, about, state, source, proof), day in zip(ids, events, days, strict=True)))


def _again(block, said: set[int]) -> list[tuple]:
    """Who consented and comes back under a new record is asked again at the desk; whose word was withdrawn is not."""
    who, kept = block.people, block.records
    asked = (kept.place > 0) & (who.reach[kept.person] < CONSENTED) & (block.streams.draw("consent again", len(kept)) < p.SAID_AGAIN)
    return [(i, int(kept.opened[i]), MARKETING, "given", "registration_card", f"form-{block.profile_ids[i]}-again")
            for i in np.flatnonzero(asked).tolist() if kept.first_of[kept.person[i]] in said and _is_own(kept.known[i].email)]


def _is_own(email: str | None) -> bool:
    return bool(email) and not email.endswith(RELAY)


def _events(block) -> list[tuple]:
    """(guest, day, (purpose, channel), state, source, proof) of every event; given with the first booking, the rest later."""
    who, u = block.people, words(block.streams, block.people).u
    given = {MARKETING: who.reach < CONSENTED, SURVEY: (who.reach < WORKING) & (u[0] < p.SURVEY_CONSENT),
             SMS: u[1] < p.SMS_CONSENT, POST: u[2] < p.POST_CONSENT}
    source = np.where(u[3] < .5, "booking", "registration_card").tolist()
    proof = [None if x < p.NO_PROOF else f"form-{block.first_id + g}" for g, x in enumerate(u[4].tolist())]
    first = [(g, int(who.created[g]), about, "given", source[g], proof[g])
             for about, mask in given.items() for g in np.flatnonzero(mask).tolist()]
    return first + _second_thoughts(block, proof)


def _second_thoughts(block, proof: list) -> list[tuple]:
    """Some withdraw and give again; some others, beyond the share that consents, gave once and withdrew for good, a part of them by a message."""
    who, said, reach = block.people, words(block.streams, block.people), block.outreach.reach
    events = []
    for g in np.flatnonzero(said.paused).tolist():
        events += [(g, int(who.created[g] + said.left[g] // 3), MARKETING, "withdrawn", "link", None),
                   (g, int(who.created[g] + 2 * said.left[g] // 3), MARKETING, "given", "preference_centre", proof[g])]
    for g in np.flatnonzero(said.gone).tolist():
        events += [(g, int(who.created[g]), MARKETING, "given", "booking", proof[g]), (g, int(reach.until[g]), MARKETING, "withdrawn", "link", None)]
    return events
