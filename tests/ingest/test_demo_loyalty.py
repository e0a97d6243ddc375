"""The demo's programme: its ledger holds by the law of lots, and what was planted is found again (lessons L6, L11)."""
import datetime as dt
import json
from collections import defaultdict

import numpy as np
import pandas as pd
import pytest

from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo import truth
from crm_core.ingest.demo.programmes import rules, versions
from crm_core.programme import ledger, tiers
from crm_core.programme.rules import parse
from crm_core.stats import redemption
from tests.ingest import demo_stores

LAST_DAY = dt.date(2025, 3, 31)
YEAR_AGO = "2024-04-01"


@pytest.fixture(scope="module")
def group():
    """The group in full."""
    return demo_stores.group()


@pytest.fixture(scope="module")
def members(group):
    """The memberships, with their person."""
    rows = group.frame("SELECT * FROM membership")
    return rows.assign(person=rows.profile_id.map(group.persons))


@pytest.fixture(scope="module")
def points(group):
    """The ledger, in the order of its rows."""
    return group.frame("SELECT * FROM points_entry ORDER BY id")


@pytest.fixture(scope="module")
def standing(points):
    """The ledger without what was reversed."""
    return points[(points.kind != "reverse") & ~points.id.isin(points.reverses_id)]


@pytest.fixture(scope="module")
def accounts(points):
    """The entries of every membership."""
    day = lambda text: dt.date.fromisoformat(text) if isinstance(text, str) else None  # noqa: E731
    found = defaultdict(list)
    for row in points.itertuples():
        reverses = None if pd.isna(row.reverses_id) else int(row.reverses_id)
        found[row.membership_id].append(ledger.Entry(row.id, day(row.posted_on), row.kind, row.points, None, day(row.expires_on), reverses))
    return found


@pytest.fixture(scope="module")
def settled(accounts):
    """Every membership as its ledger settles at the end of the last day."""
    return {member: ledger.settle(entries, LAST_DAY) for member, entries in accounts.items()}


@pytest.fixture(scope="module")
def parts(settled):
    """What became of every part of a lot: the quarter of history of its issue, its fate, its points, the days of both."""
    rows = [(part.issued_on, part.fate, part.points, part.taken_on) for one in settled.values() for part in one.parts]
    parts = pd.DataFrame(rows, columns=["issued_on", "fate", "points", "taken_on"])
    issued = pd.to_datetime(parts.issued_on)
    return parts.assign(issued=issued, taken=pd.to_datetime(parts.taken_on), quarter=((issued.dt.year - 2021) * 12 + issued.dt.month - 4) // 3)


# --- the ledger ----------------------------------------------------------------------------------------------------------
def test_no_account_is_ever_short_of_points(settled, members):
    assert set(settled) == set(members.id)
    assert not [member for member, one in settled.items() if one.short_on]
    assert min(one.balance for one in settled.values()) == 0


def test_just_what_should_have_expired_has(accounts, points):
    due = {(lot, day.isoformat(), gone) for entries in accounts.values() for lot, day, gone in ledger.due(entries, LAST_DAY)}
    rows = points[points.kind == "expire"]
    lots = rows.external_id.str.extract(r"^expire/(\d+)/1$")[0].astype(int)
    assert len(due) == len(rows) > 500
    assert due == set(zip(lots, rows.posted_on, -rows.points, strict=True))
    assert set(rows.source) == {"innsight"}
    assert rows.batch_id.isna().all()


def test_the_ledger_agrees_with_the_sealed_truth_of_every_vintage(group, parts):
    found = parts.groupby(["quarter", "fate"]).points.sum().unstack(fill_value=0)
    sealed = truth.vintages(group.truth)
    assert len(sealed) == 16
    assert {quarter: row[:4] for quarter, row in sealed.items()} == {
        quarter: tuple(row) for quarter, *row in found[["burned", "expired", "adjusted", "open"]].itertuples()}


def test_members_earn_ten_points_a_euro_by_their_tier_and_five_hundred_for_joining(standing, members):
    earned = standing[(standing.kind == "earn") & (standing.spend != "welcome")]
    factor = earned.points / (earned.amount_minor / 10)
    large = factor[earned.amount_minor > 10_000]
    assert set(large.round(2)) == {1, 1.25, 1.5, 2}
    welcome = standing[standing.spend == "welcome"].set_index("membership_id")
    assert set(welcome.points) == {500}
    assert (welcome.posted_on == members.set_index("id").enrolled_on).all()
    assert set(earned.spend) == {"room", *p.DEPARTMENTS}


def test_points_last_three_years_and_are_worth_four_euro_a_thousand(standing):
    credits = standing[standing.points > 0]
    assert (pd.to_datetime(credits.posted_on) + pd.DateOffset(months=36) == pd.to_datetime(credits.expires_on)).all()
    burned = standing[standing.kind == "burn"]
    assert (burned.amount_minor + burned.points * .4).abs().max() <= .5
    assert set(burned.currency) == {"EUR"}
    assert set(burned.spend) == {"room", "fnb", "spa", "upgrade"}


def test_one_line_in_a_hundred_was_posted_twice_and_one_in_two_hundred_adjusted(points, standing):
    reversals = points[points.kind == "reverse"].merge(points, left_on="reverses_id", right_on="id", suffixes=("", "_of"))
    assert (reversals.points == -reversals.points_of).all()
    assert (reversals.counter == reversals.counter_of).all()
    assert (reversals.posted_on >= reversals.posted_on_of).all()
    lines = standing[standing.kind.isin(["earn", "burn"]) & (standing.spend != "welcome")]
    assert len(reversals) / len(lines) == pytest.approx(.01, abs=.0015)
    adjusted = standing[(standing.kind == "adjust") & ~standing.reason.fillna("").str.startswith("Account closed")]
    assert len(adjusted) / len(lines) == pytest.approx(.005, abs=.001)
    assert adjusted.reason.notna().all()


def test_what_was_issued_redeemed_and_expired_so_far(standing):
    """Half of the points are two years young: the programme grows, so less is redeemed and expired by now than in one of even years."""
    total = standing.groupby("kind").points.sum()
    assert total["earn"] == pytest.approx(46e6, rel=.05)
    assert -total["burn"] / total["earn"] == pytest.approx(.43, abs=.02)
    assert -total["expire"] / total["earn"] == pytest.approx(.027, abs=.005)
    assert total.sum() == pytest.approx(24.5e6, rel=.05)


# --- members, tiers and costs ----------------------------------------------------------------------------------------------
def test_the_rules_are_stored_as_one_version_from_the_first_day(group):
    row = group.frame("SELECT * FROM programme_rules").iloc[0]
    assert (row.number, row.from_on) == (1, "2021-04-01")
    assert parse(json.loads(row.rules)) == rules()


def test_the_tier_is_the_one_that_the_rules_give_for_the_nights_that_earned(group, members, points):
    stays = group.frame("SELECT id, departure_on, julianday(departure_on) - julianday(arrival_on) AS nights FROM stay").set_index("id")
    earned = points[(points.kind == "earn") & points.stay_id.notna()].drop_duplicates("stay_id").sort_values(["membership_id", "posted_on"])
    assert (earned.posted_on == earned.stay_id.map(stays.departure_on)).all()
    active = members[members.status == "active"]
    people = {"member": active.id, "enrolled_on": active.enrolled_on.tolist(), "closed_on": [None] * len(active), "tier": active.tier}
    did = {"member": earned.membership_id, "day": earned.posted_on.tolist(), "nights": earned.stay_id.map(stays.nights),
           "stays": [1] * len(earned), "points": [0] * len(earned)}
    _, found = tiers.many(people, did, versions(), None, LAST_DAY)
    assert found["tier"].tolist() == active.tier.tolist()


def test_the_tiers_are_a_pyramid(members):
    shares = members[members.status == "active"].tier.value_counts(normalize=True)
    assert shares[["Base", "Silver", "Gold", "Platinum"]].tolist() == pytest.approx([.62, .24, .11, .03], abs=.06)


def test_nobody_is_a_member_before_the_first_stay_and_more_stays_have_asked_more_often(group, members):
    stays = group.frame("""SELECT id, profile_id, arrival_on, departure_on FROM stay
        WHERE status IN ('checked_out', 'in_house') AND departure_on < '2025-04-01'""")
    stays = stays.assign(person=group.person_of_stay(stays))
    first = stays.groupby("person").departure_on.min()
    assert (members.enrolled_on >= members.person.map(first)).all()
    before = stays[stays.departure_on < YEAR_AGO].groupby("person").size()
    joined = before.index.isin(members.person[members.enrolled_on < YEAR_AGO])
    share = pd.Series(joined).groupby(np.searchsorted([2, 4], before, side="right")).mean()
    assert share.tolist() == pytest.approx([.08, .29, .57], abs=.03)
    assert members.enrolled_via.value_counts(normalize=True)["front_desk"] == pytest.approx(.55, abs=.03)


def test_a_closed_account_has_no_points_and_earns_none(members, settled, points):
    closed = members[members.status == "closed"].set_index("id")
    assert len(closed) / len(members) == pytest.approx(.02, abs=.01)
    assert {settled[member].balance for member in closed.index} == {0}
    last = points.groupby("membership_id").posted_on.max()
    assert (last[closed.index] <= closed.closed_on).all()


def test_the_programme_costs_five_euro_for_each_occupied_room(group, standing):
    nights = group.frame("""SELECT sum(julianday(departure_on) - julianday(arrival_on)) AS n FROM stay
        WHERE status IN ('checked_out', 'in_house')""").n.item()
    costs = group.frame("SELECT * FROM programme_cost")
    assert len(costs) == 5 * 48 * 3
    earned = standing[standing.kind == "earn"].points.sum() * .74 * .004
    assert (costs.amount_minor.sum() / 100 + earned) / nights == pytest.approx(5, abs=.3)


def test_the_single_hotel_has_no_programme():
    counts = demo_stores.single().counts
    assert not {"programme", "membership", "points_entry", "referral", "programme_cost"} & set(counts)


# --- word of mouth ---------------------------------------------------------------------------------------------------------
def test_an_eighth_of_the_members_invite_one_to_six_persons_of_whom_18_percent_come(group, members):
    codes = group.frame("SELECT * FROM referral_code").set_index("id")
    sent = group.frame("SELECT * FROM referral")
    assert codes.code.is_unique
    assert len(codes) / len(members) == pytest.approx(.115, abs=.015)
    assert sent.groupby("referral_code_id").size().max() <= 6
    assert (sent.invited_on >= sent.referral_code_id.map(codes.issued_on)).all()
    settled = sent[sent.invited_on < "2024-10-03"]
    assert settled.profile_id.notna().mean() == pytest.approx(.18, abs=.03)


def test_who_comes_by_an_invitation_booked_after_it_and_arrived_within_half_a_year(group):
    sent = group.frame("SELECT * FROM referral WHERE profile_id IS NOT NULL")
    sent = sent.assign(person=sent.profile_id.map(group.persons))
    stays = group.frame("SELECT id, profile_id, booked_on, arrival_on, status FROM stay")
    stays = stays.assign(person=group.person_of_stay(stays))
    assert sent.person.is_unique
    assert (sent.person.map(stays.groupby("person").booked_on.min()) >= sent.invited_on).all()
    first = stays[stays.status.isin(["checked_out", "in_house"])].groupby("person").arrival_on.min()
    after = (pd.to_datetime(sent.person.map(first)) - pd.to_datetime(sent.invited_on)).dt.days
    assert after.between(1, 180).all()


# --- lessons -------------------------------------------------------------------------------------------------------------
def test_three_quarters_of_the_points_are_redeemed_in_the_end_and_what_is_owed_is_less_than_a_flat_share_says(group, parts):
    """Lesson L11: the naive figure takes a flat 20 % off the open points; the honest one develops each vintage by the law of redemption."""
    moved = redemption.flows(parts.issued, parts.taken.where(parts.fate == "burned"), parts.points)
    found = redemption.as_known(moved, np.datetime64("2025-04-01"), 36)
    sealed = truth.vintages(group.truth)
    true = sum(will for *_, will in sealed.values()) * .004
    open_points, redeemed = (sum(row[i] for row in sealed.values()) for i in (3, 0))
    young = ~found.is_ripe
    owed = lambda urr: .004 * np.clip(urr * found.issued - found.redeemed, 0, None)[young].sum()  # noqa: E731
    assert found.overall == pytest.approx(.74, abs=.03)
    assert owed(found.rate) == pytest.approx(true, rel=.05)
    assert open_points * .8 * .004 > 1.35 * true
    assert owed(found.rate - .05) / owed(found.rate) - 1 == pytest.approx(-.15, abs=.03)
    assert 1 - redeemed / found.issued.sum() > 2 * (1 - found.overall)  # not yet redeemed is not breakage


def test_most_of_what_members_spend_more_is_selection(group, members):
    """Lesson L6: the naive gap is who joins; beside guests of the same history the programme's own share is left."""
    guests = _year_of_guests(group, members)
    count, _, caused = truth.effect(group.truth)
    true = caused / 100 / count
    naive = guests.spent[guests.member].mean() - guests.spent[~guests.member].mean()
    low, high = _matched(guests, ["stays", "before", "silent", "home"])
    assert naive > 5 * true
    assert low < true < high < naive / 2


def _year_of_guests(group, members) -> pd.DataFrame:
    """Guests who had stayed a year before the as-of date: their history in classes, whether members by then, and EUR spent since."""
    stays = group.frame("""
        SELECT s.id, s.profile_id, s.property_id, s.arrival_on, s.departure_on, (s.room_revenue_minor + coalesce((SELECT sum(amount_minor)
               FROM charge WHERE stay_id = s.id AND department <> 'cancellation_fee'), 0)) * coalesce(x.rate, 1) / 100 AS euro
        FROM stay s LEFT JOIN exchange_rate x ON x.currency = s.currency AND x.from_on = substr(s.arrival_on, 1, 7) || '-01'
        WHERE s.status IN ('checked_out', 'in_house') ORDER BY s.arrival_on""")
    stays = stays.assign(person=group.person_of_stay(stays))
    by = stays[stays.departure_on < YEAR_AGO].groupby("person")
    since = stays[(stays.arrival_on >= YEAR_AGO) & (stays.departure_on < demo_stores.AS_OF)].groupby("person").euro.sum()
    left = members.person[members.closed_on <= YEAR_AGO]
    guests = pd.DataFrame({"stays": pd.cut(by.size(), [0, 1, 2, 3, 4, 5, 9, 999], labels=False),
                           "before": pd.qcut(by.euro.sum(), 5, labels=False), "home": by.property_id.first(),
                           "silent": pd.cut((pd.Timestamp(YEAR_AGO) - pd.to_datetime(by.departure_on.max())).dt.days,
                                            [0, 90, 180, 365, 730, 9999], labels=False)})
    guests = guests.assign(spent=since.reindex(guests.index).fillna(0), member=guests.index.isin(members.person[members.enrolled_on < YEAR_AGO]))
    return guests[~guests.index.isin(left)]


def _matched(guests: pd.DataFrame, by: list[str]) -> tuple[float, float]:
    """The 95 % interval of what members spent more than others of their stratum; strata without either side are left out."""
    found = guests.groupby([*by, "member"]).spent.agg(["mean", "var", "size"]).unstack()
    found = found[found["size"].notna().all(axis=1)]
    weight = found["size"][True] / found["size"][True].sum()
    pooled = (found["var"] * (found["size"] - 1)).sum() / (found["size"] - 1).sum()  # stands in where one guest is alone
    effect = (weight * (found["mean"][True] - found["mean"][False])).sum()
    error = np.sqrt((weight**2 * (found["var"].fillna(pooled) / found["size"]).sum(axis=1)).sum())
    return effect - 1.96 * error, effect + 1.96 * error
