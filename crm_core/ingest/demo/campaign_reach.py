"""Whom the hotels may write to on which day: who is known, has given the word, can show it, and is not held out of every campaign."""
from dataclasses import dataclass, replace

import numpy as np

from crm_core.ingest.demo import campaign_parameters as c
from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.campaign_plans import EMAIL, PLANS
from crm_core.ingest.demo.hotels import DAYS
from crm_core.ingest.demo.people import CONSENTED, People
from crm_core.ingest.demo.records import NOBODY, Records
from crm_core.ingest.demo.streams import Streams
from crm_core.outreach import draw

STILL = 10 * DAYS  # nothing has ended
# Days of the campaigns by which a guest may leave; small ones, whose people are few, are none.
LEAVING = np.array([plan.number for plan in PLANS if plan.is_sent and plan.medium == EMAIL and not plan.side])


@dataclass(frozen=True)
class Words:
    """What the persons of a block said of messages, as draws: who gave, paused, left; one entry per person, days from the first of history."""

    u: np.ndarray
    paused: np.ndarray
    gone: np.ndarray
    left: np.ndarray  # days from the first booking to the last day of history

    @property
    def has_proof(self) -> np.ndarray:
        """Whether the word can be shown."""
        return self.u[4] >= p.NO_PROOF


def words(streams: Streams, who: People) -> Words:
    """Return what the block's persons said: some withdraw and give again; some others gave once and withdraw for good."""
    u, left = streams.draw("consent", 6, len(who)), DAYS - 1 - who.created
    paused = (who.reach < CONSENTED) & (u[5] < p.WITHDRAWN_AND_GIVEN_AGAIN) & (left > 3)
    gone = (who.reach >= CONSENTED) & (who.reach < CONSENTED + p.WITHDRAWN) & (left > 1)
    return Words(u, paused, gone, left)


@dataclass(frozen=True)
class Reach:
    """One entry per person: the first record, the day since which it is known, when the word ends (STILL: not), whether by a campaign's link
    (on its day) or by a greeting's; days on which the word is paused; who is held out of everything."""

    record: np.ndarray
    since: np.ndarray
    gave: np.ndarray
    until: np.ndarray
    by_campaign: np.ndarray
    by_journey: np.ndarray
    paused: np.ndarray
    back: np.ndarray
    has_proof: np.ndarray
    held: np.ndarray

    def at(self, day: np.ndarray | int, before: int = 0) -> np.ndarray:
        """Return whom one may write to on a day, who were known so many days before."""
        return self.said(day) & self.has_proof & ~self.held & (self.since < day - before)

    def said(self, day: np.ndarray | int) -> np.ndarray:
        """Return whose word held on a day."""
        return self.gave & (self.since < day) & (day < self.until) & ~((self.paused <= day) & (day <= self.back))

    def may(self, person: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Return whether one may write to each of these persons on a day of its own."""
        word = self.gave[person] & (day < self.until[person]) & ~((self.paused[person] <= day) & (day <= self.back[person]))
        return word & self.has_proof[person] & ~self.held[person] & (self.since[person] < day)

    def leaving(self, day: int) -> np.ndarray:
        """Return who leaves by the link of that day's campaign."""
        return self.by_campaign & (self.until == day) & self.has_proof & ~self.held & (self.since < day)

    def left_earlier(self, person: np.ndarray, day: np.ndarray):
        """Return the reach in which these persons left on these days."""
        until = self.until.copy()
        until[person] = day
        return replace(self, until=until)


def reach(streams: Streams, who: People, kept: Records, profile_ids: range) -> Reach:
    """Return the reach of the block's persons; profile_ids are the ids of its records."""
    said = words(streams, who)
    known = kept.first_of != NOBODY
    since = np.where(known, np.maximum(who.created, kept.opened[kept.first_of]) if len(kept) else STILL, STILL)
    until = np.where(said.gone, who.created + 1 + (said.u[5] * (said.left - 1)).astype(int), STILL)
    how = streams.draw("how guests leave", len(who))
    place = np.searchsorted(LEAVING, until)
    next_day = np.append(LEAVING, STILL)[place]
    writable = said.gone & said.has_proof & known
    held = np.zeros(len(who), bool)
    ids = profile_ids.start + kept.first_of
    out = draw.held(ids[known].tolist(), *c.HOLDOUT)
    held[known] = [i in out for i in ids[known].tolist()]
    by_campaign = writable & ~held & (how < c.LEAVES_BY_CAMPAIGN) & (next_day < STILL) & (since < until)
    by_journey = writable & ~held & ~by_campaign & (how > 1 - c.LEAVES_BY_JOURNEY)
    return Reach(
        kept.first_of, since, (who.reach < CONSENTED) | said.gone, np.where(by_campaign, next_day, until), by_campaign, by_journey,
        np.where(said.paused, who.created + said.left // 3, STILL), np.where(said.paused, who.created + 2 * said.left // 3, STILL), said.has_proof, held)
