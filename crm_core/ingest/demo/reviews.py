"""Reviews: the scores that guests gave their stays; what they wrote is not invented here."""
import numpy as np

from crm_core import schema
from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.hotels import BEFORE as HISTORY
from crm_core.ingest.demo.hotels import DAYS, ISO, iso
from crm_core.ingest.demo.records import NOBODY
from crm_core.ingest.demo.stays import CHECKED_OUT
from crm_core.ingest.demo.streams import normal, pick, ranks
from crm_core.ingest.demo.traits import experience

COLUMNS = ("id", "property_id", "profile_id", "stay_id", "source", "external_id", "reviewed_on", "stay_month", "score_bp", "language",
           "country", "batch_id", "revision")


def write(block, writer) -> None:
    """Write the block's reviews: one for every eighth stay, in the month of the stay or soon after it."""
    stays, who = block.stays, block.people
    u = block.streams.draw("review", 5, len(stays.guest))
    rows = np.flatnonzero((stays.status == CHECKED_OUT) & (u[0] < p.REVIEWED))
    day = stays.departure[rows] + 1 + (pick(u[1][rows], p.REVIEW_MONTH) * 30 + u[2][rows] * 12).astype(int)
    rows, day = rows[day < DAYS], day[day < DAYS]
    guest, record = stays.guest[rows], block.records.of_stay[rows]
    member = block.members.at(guest, stays.departure[rows])
    score = 1 + pick(ranks(normal(_found(block, u[3])[rows]) + p.MEMBER_SCORE * member + 1e-6 * u[4][rows]), p.SCORES)
    writer.rows(schema.review, COLUMNS, (
        (number, h + 1, None if k == NOBODY else block.profile_ids[k], block.stay_ids[s], "demo", f"R{number:07d}", on, month[:7],
         points * 1000, who.language[g], who.country[g], 1, writer.revision)
        for number, h, k, s, on, month, points, g in zip(
            writer.take(schema.review, len(rows)), stays.hotel[rows].tolist(), record.tolist(), rows.tolist(), iso(day),
            ISO[stays.departure[rows] + HISTORY], score.tolist(), guest.tolist(), strict=True)))


def _found(block, u: np.ndarray) -> np.ndarray:
    """How the guest found each stay, 0 to 1: the first as the guest's return goes by, the others by chance."""
    stays = block.stays
    held = np.flatnonzero(stays.realised)
    guest, first = np.unique(stays.guest[held], return_index=True)
    found = u.copy()
    found[held[first]] = experience(block.streams, len(block.people))[guest]
    return found
