"""Leads on their way into the store: who asks, whose work it is, what comes next, and the stages that each went through."""
import datetime as dt
from dataclasses import replace

import numpy as np

from crm_core import schema
from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.hotels import DAYS, iso
from crm_core.ingest.demo.leads import ENQUIRY, KINDS, OFFER, SOURCES, STAGES, WON, minor
from crm_core.ingest.demo.names import countries, full_name
from crm_core.ingest.demo.people import countries_of, names_of, own_address, phones
from crm_core.ingest.demo.records import NOBODY

LEAD = ("id", "property_id", "guest_id", "source", "external_id", "batch_id", "kind", "name", "email", "phone", "company", "country",
        "language", "via", "stage", "value_minor", "currency", "arrival_on", "nights", "rooms", "guests", "owner", "next_step", "due_on",
        "lost_reason", "created_at", "closed_at", "stay_id", "version", "revision")
STEP = ("id", "lead_id", "stage", "at", "actor", "batch_id", "revision")
STAFF = {"ADD": ("Hanna T.", "Dawit M."), "EVN": ("Nare S.", "Aram H."), "LIS": ("Inês F.", "Rui C."), "GAL": ("Nadeesha P.", "Ruwan S."),
         "KAN": ("Chathuri B.", "Asanka J.")}
NEXT_STEPS = ("Call back", "Send the offer", "Ask about the offer")
REASONS = (("no_answer", "plans", "dates"), ("elsewhere", "no_answer", "plans"), ("price", "elsewhere", "full", "plans"))
COMPANIES = ("Blue Nile Trading", "Ararat Software", "Tejo Consulting", "Lagoon Tours", "Hill Country Tea", "Northwind Films", "Saffron Health",
             "Meridian Engineering", "Open Fields Aid", "Lantern Publishing", "Cedar Logistics", "Highland Coffee Export")
FIRST_NUMBER = 30_000_000  # of people who ask and are in no guest record: beyond all persons


def write(block, writer) -> None:
    """Write the block's leads and their steps."""
    rows, hotels = block.leads, block.profile.hotels
    who = _people(block)
    u = block.streams.draw("lead work", 4, len(rows.created)).T.tolist()
    money = minor(block.profile, rows).tolist()
    arrival = iso(rows.arrival)
    owners = [owner(block, i) for i in range(len(u))]
    writer.rows(schema.lead, LEAD, (
        (number, h + 1, guest, "demo", f"L{number:06d}", 1, KINDS[kind], *contact, company, *home, SOURCES[source], STAGES[stage],
         value, hotels[h].currency, day, nights, rooms, 2 * rooms, owners[i] if contacted or stage != ENQUIRY else "", *_ahead(stage, *u[i][:2]),
         _reason(stage, reached, u[i][2]), moment(created), moment(closed), stay, 1, writer.revision)
        for i, (number, h, (guest, contact, home), kind, source, stage, reached, value, day, nights, rooms, contacted, company, created,
                closed, stay) in enumerate(zip(
            block.lead_ids, rows.hotel.tolist(), who, rows.kind.tolist(), rows.source.tolist(), rows.stage.tolist(), rows.reached.tolist(),
            money, arrival, rows.nights.tolist(), rows.rooms.tolist(), (rows.answered < DAYS).tolist(), _companies(block),
            rows.created.tolist(), np.where(rows.is_open, np.inf, rows.closed).tolist(), _stays(block), strict=True))))
    steps = _steps(block)
    writer.rows(schema.lead_step, STEP, (
        (number, block.lead_ids[i], stage, moment(at), owners[i] if stage != "enquiry" else "", 1, writer.revision)
        for number, (i, at, stage) in zip(writer.take(schema.lead_step, len(steps)), steps, strict=True)))


def owner(block, i: int) -> str:
    """Return who of the hotel's staff looks after a lead."""
    pair = STAFF[block.profile.hotels[block.leads.hotel[i]].code[:3]]
    return pair[block.lead_ids[i] % len(pair)]


def moment(day: float) -> str | None:
    """Return days from the first of history as an instant; None where there is none or it is still to come."""
    if day >= DAYS:
        return None
    return (dt.datetime.combine(p.START, dt.time(), dt.UTC) + dt.timedelta(minutes=int(day * 1440))).isoformat()


def _people(block) -> list[tuple]:
    """(guest, (name, e-mail, phone), (country, language)) of each lead: as the guest record has them, or somebody new."""
    rows, kept, who = block.leads, block.records, block.people
    own = replace(block.streams, profile=f"{block.profile.name} leads")
    place = countries_of(own, block.profile, rows.hotel, len(rows.hotel))
    known = [countries()[code] for code in place]
    latin, native, _ = names_of(own, block.profile, known, [-1] * len(known))
    numbers = phones(own, known, FIRST_NUMBER + block.lead_ids.start)
    found = []
    for i, record in enumerate(rows.record.tolist()):
        if record == NOBODY:
            email = own_address(latin[i], FIRST_NUMBER + block.lead_ids[i])
            name = full_name(*(native[i] or latin[i])) if block.lead_ids[i] % 4 == 0 else full_name(*latin[i])
            found.append((None, (name, email, numbers[i]), (place[i], known[i].language)))
        else:
            said, n = kept.known[record], kept.person[record]
            found.append((block.profile_ids[record], (full_name(said.given, said.family), said.email, said.phone),
                          (who.country[n], who.language[n])))
    return found


def _companies(block) -> list[str | None]:
    return [COMPANIES[number % len(COMPANIES)] if yes else None for number, yes in zip(block.lead_ids, block.leads.company.tolist(), strict=True)]


def _stays(block) -> list[int | None]:
    return [None if stay == NOBODY else block.stay_ids[stay] for stay in block.leads.stay.tolist()]


def _ahead(stage: int, u: float, v: float) -> tuple[str | None, str | None]:
    """(next step, due day) of a lead that is open; some are overdue."""
    return (NEXT_STEPS[stage], iso([DAYS - 5 + int(v * 16)])[0]) if stage <= OFFER and u < p.LEAD_NEXT else (None, None)


def _reason(stage: int, reached: int, u: float) -> str:
    if stage <= WON:
        return ""
    reasons = REASONS[min(reached, OFFER)]
    return reasons[int(u * len(reasons))]


def _steps(block) -> list[tuple[int, float, str]]:
    """(lead, moment, stage) of every step up to the as-of date, by lead and moment."""
    rows = block.leads
    last = [STAGES[stage] for stage in rows.stage.tolist()]
    moments = zip(rows.created.tolist(), rows.qualified.tolist(), rows.offered.tolist(), np.where(rows.is_open, np.inf, rows.closed).tolist(),
                  last, strict=True)
    return [(i, at, stage) for i, (created, qualified, offered, closed, end) in enumerate(moments)
            for at, stage in ((created, "enquiry"), (qualified, "qualified"), (offered, "offer"), (closed, end)) if at < DAYS]
