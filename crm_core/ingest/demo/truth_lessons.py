"""What the planted lessons teach, in numbers: what the naive look says and what is true, from the demo's parameters and from what was written."""
from collections.abc import Iterator

import numpy as np

from crm_core.ingest.demo import campaign_parameters as c
from crm_core.ingest.demo import feedback_parameters as f
from crm_core.ingest.demo import market_parameters as m
from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.hotels import DAYS, ROOMS_A_FLOOR, Profile
from crm_core.ingest.demo.market import LENGTHS
from crm_core.ingest.demo.records import NOBODY
from crm_core.ingest.demo.stays import CHECKED_OUT
from crm_core.ingest.demo.truth import LessonTruth

YEAR = 365
# Of the single hotel agencies and direct bookings are measured to pay alike: lesson L9 is not in it.
CARRIED = {"independent": ("L07", "L08", "L10", "L13"), "group": tuple(f"L{number:02d}" for number in range(1, 15))}
ROUNDED = 6  # decimals


# --- what is counted while the blocks are written --------------------------------------------------------------------------------
def watch(block, writer) -> None:
    """Add what the block's guests did to the sums that lessons rest on; nothing of it is written to the store."""
    stays, named = block.stays, block.records.of_stay != NOBODY
    slept = (stays.status == CHECKED_OUT) & (stays.nights > 0)
    for name, numbers in (("persons", stays.guest[slept]), ("records", block.records.of_stay[slept & named])):
        count = np.bincount(numbers)
        writer.seen[name] += int((count > 0).sum())
        writer.seen[f"{name} again"] += int((count > 1).sum())
    _watch_returns(stays, slept, writer.seen)
    _watch_spending(block, writer.seen)
    _watch_answers(block, writer)


def _watch_returns(stays, slept: np.ndarray, seen) -> None:
    """Guests whose first stay ended in the last year of history, and how many of them came again (lesson L7)."""
    guest, first = np.unique(stays.guest[slept], return_index=True)
    began = stays.departure[slept][first] >= DAYS - YEAR
    count = np.bincount(stays.guest[stays.realised & (stays.nights > 0)], minlength=len(stays.guest) + 1)[guest]
    seen["new"] += int(began.sum())
    seen["new again"] += int((began & (count > 1)).sum())


def _watch_spending(block, seen) -> None:
    """Guests who had stayed a year ago, members by then and others: how many, and the EUR cents that they spent since (lesson L6)."""
    who, stays, begin, persons = block.members, block.stays, DAYS - YEAR, len(block.members.enrolled)
    known = np.bincount(stays.guest[stays.realised & (stays.departure < begin)], minlength=persons) > 0
    cents = (stays.lodging + np.bincount(block.spent.stay, block.spent.minor, len(stays.guest))) * stays.euro
    since = stays.realised & (stays.arrival >= begin) & (stays.departure < DAYS)
    spent = np.bincount(stays.guest[since], cents[since], persons)
    for name, rows in (("members", known & who.at(np.arange(persons), np.full(persons, begin))), ("others", known & ~who.joined)):
        seen[name] += int(rows.sum())
        seen[f"{name} spent"] += round(spent[rows].sum())


def _watch_answers(block, writer) -> None:
    """Answers of the hotels of lesson L8, and how many would and would not recommend the house."""
    rows, stays, siblings = writer.invited, block.stays, block.profile.siblings
    told = rows.answered & ((stays.hotel[rows.stay] % siblings != 0) | (siblings == 1))
    for name, which in (("answers", told), ("promoters", told & (rows.kind == 3)), ("detractors", told & (rows.kind < 2))):
        writer.seen[name] += int(which.sum())


# --- what they teach ---------------------------------------------------------------------------------------------------------------
def close_lessons(writer, profile: Profile) -> None:
    """Seal what each lesson of the profile teaches, once all guests are written."""
    carried = CARRIED[profile.name]
    writer.truth.lessons(one for one in _lessons(writer, profile) if one.id in carried)


def _lessons(writer, profile: Profile) -> Iterator[LessonTruth]:
    seen, sums = writer.seen, writer.truth.sums
    yield _lesson("L01", "share of delivered campaign messages that people opened since mail programs open by themselves",
                  c.PROXIED * c.PROXY_OPENS + (1 - c.PROXIED) * c.CAMPAIGN_OPENS[1], c.CAMPAIGN_OPENS[1], .01, "campaigns")
    yield _lesson("L02", "bookings that September sun brought: credited by opens within 30 days, and beyond those held out",
                  c.SEPTEMBER["opened"], _lift(c.SEPTEMBER) * c.SEPTEMBER["treated"], .5, "attribution")
    yield _lesson("L03", "bookings that Winter light brought: credited by opens within 30 days, and beyond those held out",
                  c.NOVEMBER["opened"], _lift(c.NOVEMBER) * c.NOVEMBER["treated"], 5, "attribution")
    yield _lesson("L04", "points of NPS of the first hotel, year on year: of all answers, and within each segment",
                  _total("last year") - _total("before"), _within(), 1.5, "feedback")
    yield _lesson("L05", "share of guests with a stay who have two or more: of records, and of persons",
                  _part(seen, "records"), _part(seen, "persons"), .03, "contacts")
    yield _lesson("L06", "EUR that a member spent more in the last year: than others, and because of the programme",
                  _mean(seen, "members") - _mean(seen, "others"), sums["effect", 2] / 100 / max(sums["effect", 0], 1), 10, "member_value")
    yield _lesson("L07", "share of new guests who come again: those of the last year so far, and of any year within 12 months",
                  _part(seen, "new"), _returned(profile, YEAR), _returned(profile, YEAR) / 6, "retention")
    yield _lesson("L08", "NPS of the hotels without the first: of those who answered, and of all stays", _nps(seen["answers"], seen["promoters"],
                  seen["detractors"]), _nps(*(sums["latent", k] for k in range(3))), 6, "feedback")  # fmt: skip
    yield _lesson("L09", "EUR a night: how far online agencies' rate lies above that of direct bookings, and how far direct lies above them net of costs",
                  *_rate_and_net(), 1, "revenue")
    yield _lesson("L10", "part of the first hotel's complaints of noise that comes from its street side: if they were spread evenly, and in truth",
                  *_street(profile.hotels[0].rooms), .12, "feedback")
    yield _lesson("L11", "EUR owed for open points: all but a flat fifth, and as each quarter's points will be redeemed",
                  .8 * _worth(sums["vintage", 4]), _worth(sums["vintage", 5]), .05 * _worth(sums["vintage", 5]), "points")
    yield _lesson("L12", "groups of thirty that differ: with p below .05, and in truth", 1, 0, 0, "segments")
    yield _lesson("L13", "Lisbon, year on year: change of RevPAR as a share, and points of its index beside the comparison set",
                  _lisbon(writer, profile) - 1, 100 * (m.INDEX["LIS"][3] - m.INDEX["LIS"][2]), 1, "revenue")
    yield _lesson("L14", "share of guests back within a year after a case solved in 4 hours, beyond those after 48 hours: raw, and of equal severity",
                  _back(0) - _back(2), f.BACK_AFTER_CASE[0][0] - f.BACK_AFTER_CASE[2][0], .02, "service")


def _lesson(id: str, statement: str, naive: float, true: float, tolerance: float, page: str) -> LessonTruth:
    return LessonTruth(id, statement, *(round(float(value), ROUNDED) for value in (naive, true, tolerance)), page)


def _part(seen, name: str) -> float:
    return seen[f"{name} again"] / max(seen[name], 1)


def _mean(seen, name: str) -> float:
    return seen[f"{name} spent"] / 100 / max(seen[name], 1)


def _nps(answers: int, promoters: int, detractors: int) -> float:
    return 100 * (promoters - detractors) / max(answers, 1)


def _worth(points: int) -> float:
    return points * p.VALUE_PER_1000 / 100_000


def _lift(plan: dict) -> float:
    return plan["booked"] / plan["treated"] - plan["held booked"] / plan["held"]


def _total(when: str) -> float:
    mix = f.MIX[when]
    return mix * _segment("leisure", when) + (1 - mix) * _segment("business", when)


def _within() -> float:
    """Both segments rise alike."""
    return _segment("leisure", "last year") - _segment("leisure", "before")


def _segment(segment: str, when: str) -> float:
    shares = f.SEGMENTS[segment, when]
    return 100 * (shares[3] - shares[0] - shares[1])


def _returned(profile: Profile, days: int) -> float:
    points = p.GAP[profile.name]
    return p.RETURN[profile.name] * float(np.interp(days, [day for _, day in points], [share for share, _ in points]))


def _rate_and_net() -> tuple[float, float]:
    rates = dict(zip(p.MARKET, p.GROUP_RATE, strict=True))
    direct, agency = rates["direct"], rates["ota"]
    return agency - direct, direct * (1 - p.DIRECT_COST / 10_000) - agency * (1 - p.COMMISSION["ota"] / 10_000)


def _street(rooms: int) -> tuple[float, float]:
    """The street side's part of a hotel's rooms, and of its texts that complain of noise: a scorer that misses some misses them everywhere."""
    floor, count = f.STREET
    street = min(max(rooms - (floor - 1) * ROOMS_A_FLOOR, 0), count)
    loud = street * f.NOISY["block"]
    return street / rooms, loud / (loud + (rooms - street) * f.NOISY["elsewhere"])


def _lisbon(writer, profile: Profile) -> float:
    """RevPAR of the last year against that of the year before."""
    own = writer.earned.cents[[h.code for h in profile.hotels].index("LIS")].reshape(-1, 12).sum(axis=1)
    return float(own[3] / own[2] * LENGTHS[-24:-12].sum() / LENGTHS[-12:].sum())


def _back(speed: int) -> float:
    minor, major = f.BACK_AFTER_CASE[speed]
    return (1 - f.MAJOR[speed]) * minor + f.MAJOR[speed] * major
