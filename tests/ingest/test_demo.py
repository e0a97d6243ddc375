"""The demo: the same rows from one seed, a house that could exist, and shares as they were measured."""
import hashlib

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core.ingest import demo
from crm_core.ingest.demo import parameters as p
from tests.ingest import demo_stores
from tests.ingest.demo_stores import AS_OF, made

KEPT_APART = ("audit", "store_state")  # they hold when and by whom, not what


def content(store) -> dict[str, str]:
    """One hash per table over all its rows in the order of the key."""
    tables = [t for t in schema.metadata.sorted_tables if t.name not in KEPT_APART]
    with store.reading() as connection:
        rows = {t.name: connection.execute(sa.select(t).order_by(*t.primary_key)).all() for t in tables}
    return {name: hashlib.sha256(repr(found).encode()).hexdigest() for name, found in rows.items()}


@pytest.fixture(scope="module")
def small():
    """The group at a twentieth of its size."""
    return demo_stores.small()


@pytest.fixture(scope="module")
def group():
    """The group in full."""
    return demo_stores.group()


@pytest.fixture(scope="module")
def stays(group):
    """The group's stays with their person, home country, hotel and channel, nights and lead in days, and room revenue in EUR."""
    rows = group.frame("""
        SELECT s.*, s.country AS home, pr.code, c.kind, c.cost_bp + c.commission_bp AS cost, coalesce(x.rate, 1) AS rate
        FROM stay s JOIN property pr ON pr.id = s.property_id JOIN channel c ON c.id = s.channel_id
        LEFT JOIN exchange_rate x ON x.currency = s.currency AND x.from_on = substr(min(s.arrival_on, '2025-04-01'), 1, 7) || '-01'""")
    arrival, departure, booked = (pd.to_datetime(rows[name]) for name in ("arrival_on", "departure_on", "booked_on"))
    return rows.assign(
        arrival=arrival, departure=departure, nights=(departure - arrival).dt.days, lead=(arrival - booked).dt.days,
        euro=rows.room_revenue_minor * rows.rate / 100, held=rows.status.isin(["checked_out", "in_house"]), past=rows.arrival_on < AS_OF,
        person=group.person_of_stay(rows))


def variation(values: pd.Series, shares: dict) -> float:
    """Total variation between the values' shares and a table's."""
    table = pd.Series(shares, dtype=float) / sum(shares.values())
    seen = values.value_counts(normalize=True)
    return float(table.sub(seen, fill_value=0).abs().sum() / 2)


# --- the same for everyone ---------------------------------------------------------------------------------------------
def test_one_seed_gives_the_same_rows_again(small, tmp_path):
    assert content(made(tmp_path, scale=.05).store) == content(small.store)


def test_another_seed_gives_other_people_and_stays(small, tmp_path):
    other = content(made(tmp_path, scale=.05, seed=8).store)
    changed = {name for name, hashed in content(small.store).items() if other[name] != hashed}
    assert {"guest", "profile", "search_term", "stay", "charge", "preference", "consent", "membership", "review", "lead", "lead_step",
            "interaction", "points_entry", "referral_code", "referral", "send", "send_event", "audience_member", "audience_left", "journey_due",
            "market", "attendance"} <= changed
    assert not changed & {"property", "rooms_available", "channel", "exchange_rate", "programme", "programme_rules", "programme_cost", "campaign",
                          "journey", "journey_version", "offer", "event"}


def test_the_settings_name_the_store_its_seed_and_its_day(small):
    rows = small.frame("SELECT key, value FROM setting")
    assert dict(zip(rows.key, rows.value, strict=True)) == {
        "as_of": "2025-04-01", "reporting_currency": "EUR", "store": "demo",
        "demo_profile": "group", "demo_seed": "7", "demo_scale": "0.05",
        "holdout_salt": "demo", "holdout_bp": "1000", "holdout_from": "2021-04-01"}


def test_a_store_with_rows_is_refused(small):
    with pytest.raises(demo.NotEmpty, match="needs an empty one"):
        demo.generate(small.store, scale=.05)


def test_an_unknown_profile_is_refused(small):
    with pytest.raises(ValueError, match="one of group, independent"):
        demo.generate(small.store, profile="resort")


def test_progress_ends_where_all_guests_are_written(tmp_path):
    told = []
    made(tmp_path, scale=.05, progress=lambda *what: told.append(what))
    assert told == [(1000, 2000, "guests"), (2000, 2000, "guests"), (2000, 2000, "search index")]


def test_the_batch_counts_the_rows_that_came_in(small):
    batch = small.frame("SELECT * FROM import_batch").iloc[0]
    tables = ("guest", "profile", "stay", "charge", "preference", "consent", "membership", "points_entry", "referral", "review",
              "invitation", "service_case", "lead", "interaction", "campaign", "send", "send_event", "market",
              "event", "attendance", "staff", "certificate", "annotation")
    rows = small.frame(" UNION ALL ".join(f"SELECT count(*) n FROM {table}" for table in tables))
    assert (batch.source, batch["read"], batch.added) == ("demo", rows.n.sum(), rows.n.sum())


def test_every_parameter_says_whether_it_is_measured_or_assumed():
    marks = [mark for _, mark, _ in demo.assumptions()]
    assert set(marks) == {"M1", "M2", "P", "A", "C"}
    assert all(what and source for what, _, source in demo.assumptions())


# --- a house that could exist ------------------------------------------------------------------------------------------
def test_no_room_holds_two_stays_in_one_night(stays):
    rows = stays[stays.held & (stays.nights > 0)].sort_values(["code", "room", "arrival"])
    assert (rows.room != "").all()
    before = rows.groupby(["code", "room"]).departure.shift()
    assert not (rows.arrival < before).any()


def test_no_night_sells_more_rooms_than_there_are(group, stays):
    rooms = group.frame("SELECT code, rooms FROM property p JOIN rooms_available r ON r.property_id = p.id").set_index("code").rooms
    for code, rows in stays[~stays.status.isin(["cancelled", "no_show"])].groupby("code"):
        change = pd.concat([rows.arrival.value_counts(), -rows.departure.value_counts()]).groupby(level=0).sum().sort_index()
        assert change.cumsum().max() <= rooms[code]


def test_a_status_agrees_with_the_as_of_date(stays):
    by = dict(list(stays.groupby("status")))
    assert set(by) == {"tentative", "confirmed", "in_house", "checked_out", "cancelled", "no_show"}
    assert (by["checked_out"].departure_on < AS_OF).all()
    assert (by["checked_out"].ended_on == by["checked_out"].departure_on).all()
    assert ((by["in_house"].arrival_on < AS_OF) & (by["in_house"].departure_on >= AS_OF)).all()
    assert (by["no_show"].arrival_on < AS_OF).all()
    assert (by["cancelled"].ended_on < AS_OF).all()
    assert (by["confirmed"].arrival_on >= AS_OF).all()
    assert by["confirmed"].ended_on.isna().all()


def test_everything_was_booked_before_the_as_of_date_and_before_arrival(stays):
    assert (stays.booked_on < AS_OF).all()
    assert (stays.booked_on <= stays.arrival_on).all()
    ended = stays[stays.status.isin(["cancelled", "no_show"])]
    assert ((ended.booked_on <= ended.ended_on) & (ended.ended_on <= ended.arrival_on)).all()


def test_a_guest_is_in_one_place_at_a_time(stays):
    rows = stays[stays.held & (stays.nights > 0)].sort_values(["person", "arrival"])
    assert (rows.arrival > rows.groupby("person").departure.shift().fillna(pd.Timestamp(0))).all()


def test_complimentary_stays_cost_nothing_and_agencies_take_eighteen_percent(stays):
    assert (stays.room_revenue_minor[stays.rate_class == "complimentary"] == 0).all()
    assert (stays.room_revenue_minor[stays.rate_class == "paid"] > 0).all()
    ota = stays[stays.held & (stays.kind == "ota")]
    assert (ota.commission_minor - ota.room_revenue_minor * .18).abs().max() <= .5
    assert (stays.commission_minor[~stays.held] == 0).all()


def test_charges_are_posted_during_the_stay_in_its_currency(group):
    rows = group.frame("""SELECT c.*, s.arrival_on, s.departure_on, s.currency AS money, s.status
        FROM charge c JOIN stay s ON s.id = c.stay_id""")
    spent = rows[rows.department != "cancellation_fee"]
    assert ((spent.arrival_on <= spent.posted_on) & (spent.posted_on <= spent.departure_on) & (spent.posted_on < AS_OF)).all()
    assert (rows.currency == rows.money).all()
    assert (rows.amount_minor > 0).all()
    assert set(rows.status[rows.department == "cancellation_fee"]) == {"cancelled", "no_show"}


def test_a_guest_is_found_at_every_property_that_knows_the_guest(group):
    known = group.frame("""SELECT property_id, guest_id FROM profile UNION
        SELECT s.property_id, p.guest_id FROM stay s JOIN profile p ON p.id = s.profile_id ORDER BY 1, 2""")
    found = group.frame("SELECT DISTINCT property_id, guest_id FROM search_term ORDER BY 1, 2")
    assert known.equals(found)


def test_addresses_and_numbers_belong_to_nobody(group):
    profiles = group.frame("SELECT email, phone, email_state, phone_state FROM profile")
    emails = profiles.email[profiles.email_state.isin(["valid", "bounced", "relay"])]
    assert emails.str.fullmatch(r"\S+@(example\.(com|org|net)|guest\.booking\.example)").all()
    phones = profiles.phone[profiles.phone_state == "valid"].str.replace(r"\D", "", regex=True)
    assert phones.str.fullmatch(r"(00)?\d{1,3}000\d{7}").all()


# --- shares as they were measured ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("code", "season"), [("ADD", "addis"), ("EVN", "yerevan"), ("LIS", "city"), ("GAL", "galle"), ("KAN", "kandy")])
def test_arrivals_follow_the_months_of_each_hotel(stays, code, season):
    rows = stays[(stays.code == code) & stays.past]
    assert variation(rows.arrival.dt.month, dict(enumerate(p.MONTHS[season], 1))) < .03


@pytest.mark.parametrize(("code", "table"), [("ADD", "addis"), ("EVN", "yerevan"), ("LIS", "city")])
def test_new_guests_come_from_the_countries_of_each_hotel(stays, code, table):
    first = stays.sort_values(["person", "arrival"]).drop_duplicates("person")
    words = p.COUNTRIES[table].split()
    named = dict(zip(words[::2], map(float, words[1::2]), strict=True))
    seen = first.home[first.code == code].dropna()
    assert variation(seen.where(seen.isin(list(named)), "rest"), named | {"rest": 1 - sum(named.values())}) < .03


def test_bookings_follow_the_measured_tables(stays):
    past = stays[stays.past]
    lead = pd.cut((past.lead + .001) / .6, [0, *p.LEAD_EDGES[1:-1], 9999], right=False, labels=False)
    assert variation(past.arrival.dt.day_of_week, dict(enumerate(p.WEEKDAYS))) < .03
    assert variation(lead, dict(enumerate(p.LEADS))) < .03
    assert variation(past.nights[past.held], dict(enumerate(p.NIGHTS))) < .03
    city = past[past.code.isin(["ADD", "EVN", "LIS"])]
    assert variation(city.room_type, dict(zip(p.ROOM_TYPES, p.ROOM_TYPE_SHARES["city"], strict=True))) < .03
    kinds = past.kind.replace({"own_site": "direct", "phone": "direct", "gds": "aviation"})
    assert variation(kinds, dict(zip(p.MARKET, p.MARKET_SHARES["group"], strict=True))) < .03


def test_stays_per_guest_follow_the_table(stays):
    count = stays[(stays.status == "checked_out") & (stays.nights > 0)].groupby("person").size()
    classes = pd.cut(count, [0, 1, 2, 3, 5, 9, 999], labels=False)
    assert variation(classes, dict(enumerate((.775, .120, .043, .030, .019, .013)))) < .03


def test_the_house_is_two_thirds_full_and_a_quarter_direct(group, stays):
    nights = stays[stays.held].nights.sum()
    assert nights / (184 * 1461) == pytest.approx(.65, abs=.02)
    assert stays[stays.held & stays.kind.isin(["own_site", "phone"])].nights.sum() / nights == pytest.approx(.24, abs=.02)
    assert group.counts["stay"] == pytest.approx(84_000, rel=.03)
    assert (stays.status == "checked_out").sum() == pytest.approx(60_000, rel=.02)
    assert stays[stays.past].status.isin(["cancelled", "no_show"]).mean() == pytest.approx(.27, abs=.01)


@pytest.mark.parametrize(("kinds", "rate", "net"), [(["ota"], 118, 96.8), (["own_site", "phone"], 112, 107.0)])
def test_agencies_bring_the_higher_rate_and_direct_bookings_the_higher_net(stays, kinds, rate, net):
    rows = stays[stays.held & stays.kind.isin(kinds)]
    adr = rows.euro.sum() / rows.nights.sum()
    assert adr == pytest.approx(rate, abs=1.2)
    assert adr * (1 - rows.cost.iloc[0] / 10_000) == pytest.approx(net, abs=1)


def test_guests_return_by_one_law_in_every_year(stays):
    rows = stays[(stays.status == "checked_out") & (stays.nights > 0)].sort_values(["person", "arrival"])
    first = rows.assign(gap=(rows.groupby("person").arrival.shift(-1) - rows.departure).dt.days).drop_duplicates("person")
    year = first.departure.sub(pd.Timestamp("2021-04-01")).dt.days // 365
    within = (first.gap <= 365).groupby(year).mean()
    assert np.abs(within.loc[:2] - .179).max() < .015


def test_other_spend_is_a_sixth_to_a_fifth_of_revenue_by_department(group, stays):
    charges = group.frame("""SELECT c.department, c.amount_minor * coalesce(x.rate, 1) / 100 AS euro
        FROM charge c LEFT JOIN exchange_rate x ON x.currency = c.currency AND x.from_on = substr(c.posted_on, 1, 7) || '-01'
        WHERE department <> 'cancellation_fee'""")
    spent = charges.groupby("department").euro.sum()
    assert spent.sum() / (spent.sum() + stays.euro[stays.held].sum()) == pytest.approx(.184, abs=.006)
    table = pd.Series(p.DEPARTMENTS)
    assert (spent / spent.sum() - table).abs().sum() / 2 < .03


def first_records(group) -> pd.DataFrame:
    """The record that each person was first entered in."""
    profiles = group.frame("SELECT * FROM profile ORDER BY id")
    return profiles.assign(person=profiles.id.map(group.persons)).drop_duplicates("person")


def test_consents_fold_to_the_waterfall(group):
    first = first_records(group)
    profiles = group.frame("SELECT id, email_state FROM profile").set_index("id").email_state
    events = group.frame("SELECT * FROM consent ORDER BY guest_id, at, id")
    last = events.drop_duplicates(["guest_id", "purpose", "channel"], keep="last")
    yes = last[last.state == "given"].assign(person=lambda rows: rows.guest_id.map(group.persons))
    given = yes.drop_duplicates(["person", "purpose", "channel"]).groupby(["purpose", "channel"]).size() / len(first)
    assert given["marketing", "email"] == pytest.approx(.38, abs=.005)
    assert given["marketing", "sms"] == pytest.approx(.11, abs=.01)
    assert given["marketing", "post"] == pytest.approx(.06, abs=.01)
    shares = first.email_state.value_counts(normalize=True)
    assert 1 - shares["missing"] - shares["placeholder"] == pytest.approx(.88, abs=.005)
    assert shares["relay"] == pytest.approx(.30, abs=.005)
    assert shares["valid"] == pytest.approx(.52, abs=.005)
    assert set(profiles[yes.guest_id[yes.channel == "email"]]) <= {"valid"}
    assert first.country.isna().mean() == pytest.approx(.004, abs=.001)


def test_half_of_the_ethiopian_and_armenian_names_stand_in_their_own_script(group):
    first = first_records(group)
    local = first[first.country.isin(["ET", "AM"]) & (first.name_state == "valid")]
    native = ~local.family_name.str.fullmatch(r"[A-Za-z ]+")
    assert native.groupby(local.country).mean().tolist() == pytest.approx([.5, .5], abs=.05)


# --- the other profile and the load shapes ---------------------------------------------------------------------------------
def test_the_single_hotel_sees_hardly_anybody_again():
    single = demo_stores.single()
    rows = single.frame("SELECT id, profile_id FROM stay WHERE status = 'checked_out'")
    count = single.person_of_stay(rows).value_counts()
    assert single.counts["property"] == 1
    assert (count >= 2).mean() == pytest.approx(.023, abs=.006)
    assert len(count) / 10_000 == pytest.approx(.76, abs=.02)
    assert single.counts["stay"] == pytest.approx(13_000, rel=.05)


def test_a_load_shape_has_more_stays_for_each_guest(tmp_path):
    shaped = made(tmp_path, scale=.05, stays_factor=3.5)
    assert len(set(shaped.persons.values())) == pytest.approx(2000, rel=.03)
    assert shaped.counts["stay"] == pytest.approx(84_000 * .05 * 3.5, rel=.1)
