"""The demo: an invented hotel group (or a single hotel) with four years of guests, the same for everyone from one seed."""
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from crm_core import schema
from crm_core.ingest.demo import (
    campaign_lists,
    campaign_plans,
    campaign_results,
    cases,
    community,
    consents,
    interactions,
    journeys,
    kept,
    lead_rows,
    ledger,
    market,
    members,
    message_events,
    programmes,
    records,
    referrals,
    reviews,
    rooms,
    spend,
    staff_rows,
    standards_rows,
    stays,
    surveys,
    truth_lessons,
    win_back,
    wishes,
)
from crm_core.ingest.demo.blocks import blocks
from crm_core.ingest.demo.hotels import profile as profile_of
from crm_core.ingest.demo.parameters import assumptions
from crm_core.ingest.demo.truth import Truth
from crm_core.ingest.demo.write import Writer, close, house, search_index
from crm_core.store.audit import Entry
from crm_core.store.record import RecordStore

__all__ = ["DOMAINS", "NotEmpty", "assumptions", "generate"]

PROFILES = ("group", "independent")
# Each writes its own tables for one block of guests: domain(block, writer). Parents stand before children;
# who only watches stands last.
DOMAINS = [records.write, stays.write, spend.write, wishes.write, consents.write, members.write, ledger.write, referrals.write,
           reviews.write, surveys.write, cases.write,
           lead_rows.write, interactions.write, win_back.write, campaign_lists.write, message_events.write, journeys.write,
           community.watch, market.watch, truth_lessons.watch]


class NotEmpty(ValueError):
    """The store holds data: a demo is only written into an empty store."""


def generate(store: RecordStore, profile: str = "group", seed: int = 7, scale: float = 1.0, stays_factor: float = 1.0,
             progress: Callable[[int, int, str], None] | None = None, truth: Path | None = None) -> dict[str, int]:
    """Fill an empty store with the demo in one change; return the number of rows by table.

    `scale` multiplies guests (and from 2 on, hotels), `stays_factor` the stays of each guest: a load shape, not a realistic hotel.
    Which profiles are one person goes to the file `truth` and nowhere else. `progress(done, total, what)` is told the persons written so
    far. Raises NotEmpty, and ValueError for an unknown profile.
    """
    if profile not in PROFILES:
        raise ValueError(f"Unknown demo profile {profile!r}: it is one of {', '.join(PROFILES)}.")
    plan = profile_of(profile, scale, stays_factor)
    tell = progress or (lambda done, total, what: None)
    with store.changing(Entry("demo", "generate", "store", f"{profile} seed {seed}")) as change:
        _must_be_empty(change.connection)
        with closing(Truth(truth)) as sealed:
            writer = Writer(change, sealed)
            house(writer, plan, seed, scale)
            rooms.open_rooms(writer, plan)
            surveys.open_surveys(writer)
            cases.open_desk(writer, plan)
            win_back.open_list(writer, plan)
            journeys.open_journeys(writer, plan)
            campaign_plans.open_campaigns(writer, plan)
            programmes.open_programme(writer, plan)
            kept.open_kept(writer, plan)
            staff_rows.open_staff(writer, plan, seed, standards_rows.open_association(writer, plan, seed))
            writer.events = community.planned(plan)
            for block in blocks(plan, seed, writer.take):
                for domain in DOMAINS:
                    domain(block, writer)
                tell(block.people.number[-1], plan.persons, "guests")
            campaign_results.close_campaigns(writer)
            community.close_events(writer, plan, seed)
            market.close_market(writer, plan, seed)
            truth_lessons.close_lessons(writer, plan)
        tell(plan.persons, plan.persons, "search index")
        search_index(writer)
        close(writer)
    return dict(writer.counts)


def _must_be_empty(connection) -> None:
    for table in (schema.property, schema.guest, schema.stay):
        if connection.execute(sa.select(sa.exists().select_from(table))).scalar():
            raise NotEmpty(f"This store has rows in {table.name}: the demo needs an empty one. Choose another CRM_HOME or remove the file.")
