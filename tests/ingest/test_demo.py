"""The demo: the same rows from one seed, a house that could exist, and shares as they were measured."""
import hashlib

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa

from crm_core import schema, settings
from crm_core.ingest import demo
from crm_core.ingest.demo import parameters as p
from crm_core.store import record

KEPT_APART = ("audit", "store_state")  # they hold when and by whom, not what
AS_OF = "2025-04-01"


def made(folder, **options):
    """A new store with a demo in it."""
    store = record.open_store(settings.at(folder))
    return store, demo.generate(store, **options)


def frame(store, statement: str) -> pd.DataFrame:
    """The rows of a statement."""
    with store.reading() as connection:
        return pd.read_sql(sa.text(statement), connection)


def content(store) -> dict[str, str]:
    """One hash per table over all its rows in the order of the key."""
    tables = [t for t in schema.metadata.sorted_tables if t.name not in KEPT_APART]
    with store.reading() as connection:
        rows = {t.name: connection.execute(sa.select(t).order_by(*t.primary_key)).all() for t in tables}
    return {name: hashlib.sha256(repr(found).encode()).hexdigest() for name, found in rows.items()}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The group at a twentieth of its size."""
    return made(tmp_path_factory.mktemp("small"), scale=.05)[0]


@pytest.fixture(scope="module")
def group(tmp_path_factory):
    """The group in full, with how many rows were written."""
    return made(tmp_path_factory.mktemp("group"))


@pytest.fixture(scope="module")
def stays(group):
    """The group's stays with their guest, hotel and channel, nights and lead in days, and room revenue in EUR."""
    rows = frame(group[0], """
        SELECT s.*, p.guest_id, p.country AS home, pr.code, c.kind, c.cost_bp + c.commission_bp AS cost, coalesce(x.rate, 1) AS rate
        FROM stay s JOIN profile p ON p.id = s.profile_id
        JOIN property pr ON pr.id = s.property_id JOIN channel c ON c.id = s.channel_id
        LEFT JOIN exchange_rate x ON x.currency = s.currency AND x.from_on = substr(min(s.arrival_on, '2025-04-01'), 1, 7) || '-01'""")
    arrival, departure, booked = (pd.to_datetime(rows[name]) for name in ("arrival_on", "departure_on", "booked_on"))
    return rows.assign(
        arrival=arrival, departure=departure, nights=(departure - arrival).dt.days, lead=(arrival - booked).dt.days,
        euro=rows.room_revenue_minor * rows.rate / 100, held=rows.status.isin(["checked_out", "in_house"]), past=rows.arrival_on < AS_OF)


def variation(values: pd.Series, shares: dict) -> float:
    """Total variation between the values' shares and a table's."""
    table = pd.Series(shares, dtype=float) / sum(shares.values())
    seen = values.value_counts(normalize=True)
    return float(table.sub(seen, fill_value=0).abs().sum() / 2)


# --- the same for everyone ---------------------------------------------------------------------------------------------
def test_one_seed_gives_the_same_rows_again(small, tmp_path):
    assert content(made(tmp_path, scale=.05)[0]) == content(small)


def test_another_seed_gives_other_people_and_stays(small, tmp_path):
    other = content(made(tmp_path, scale=.05, seed=8)[0])
    changed = {name for name, hashed in content(small).items() if other[name] != hashed}
    assert {"guest", "profile", "search_term", "stay", "charge", "preference", "consent"} <= changed
    assert not changed & {"property", "rooms_available", "channel", "exchange_rate"}


def test_the_settings_name_the_store_its_seed_and_its_day(small):
    rows = frame(small, "SELECT key, value FROM setting")
    assert dict(zip(rows.key, rows.value, strict=True)) == {
        "as_of": "2025-04-01", "reporting_currency": "EUR", "store": "demo",
        "demo_profile": "group", "demo_seed": "7", "demo_scale": "0.05"}


def test_a_store_with_rows_is_refused(small):
    with pytest.raises(demo.NotEmpty, match="needs an empty one"):
        demo.generate(small, scale=.05)


def test_an_unknown_profile_is_refused(small):
    with pytest.raises(ValueError, match="one of group, independent"):
        demo.generate(small, profile="resort")


def test_progress_ends_where_all_guests_are_written(tmp_path):
    told = []
    made(tmp_path, scale=.05, progress=lambda *what: told.append(what))
    assert told == [(1000, 2000, "guests"), (2000, 2000, "guests"), (2000, 2000, "search index")]


def test_the_batch_counts_the_rows_that_came_in(small):
    batch = frame(small, "SELECT * FROM import_batch").iloc[0]
    tables = ("guest", "profile", "stay", "charge", "preference", "consent")
    rows = frame(small, " UNION ALL ".join(f"SELECT count(*) n FROM {table}" for table in tables))
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
    rooms = frame(group[0], "SELECT code, rooms FROM property p JOIN rooms_available r ON r.property_id = p.id").set_index("code").rooms
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
    rows = stays[stays.held & (stays.nights > 0)].sort_values(["guest_id", "arrival"])
    assert (rows.arrival > rows.groupby("guest_id").departure.shift().fillna(pd.Timestamp(0))).all()


def test_complimentary_stays_cost_nothing_and_agencies_take_eighteen_percent(stays):
    assert (stays.room_revenue_minor[stays.rate_class == "complimentary"] == 0).all()
    assert (stays.room_revenue_minor[stays.rate_class == "paid"] > 0).all()
    ota = stays[stays.held & (stays.kind == "ota")]
    assert (ota.commission_minor - ota.room_revenue_minor * .18).abs().max() <= .5
    assert (stays.commission_minor[~stays.held] == 0).all()


def test_charges_are_posted_during_the_stay_in_its_currency(group):
    rows = frame(group[0], """SELECT c.*, s.arrival_on, s.departure_on, s.currency AS money, s.status
        FROM charge c JOIN stay s ON s.id = c.stay_id""")
    spent = rows[rows.department != "cancellation_fee"]
    assert ((spent.arrival_on <= spent.posted_on) & (spent.posted_on <= spent.departure_on) & (spent.posted_on < AS_OF)).all()
    assert (rows.currency == rows.money).all()
    assert (rows.amount_minor > 0).all()
    assert set(rows.status[rows.department == "cancellation_fee"]) == {"cancelled", "no_show"}


def test_a_guest_is_found_at_every_property_that_knows_the_guest(group):
    known = frame(group[0], "SELECT property_id, guest_id FROM profile ORDER BY 1, 2")
    found = frame(group[0], "SELECT DISTINCT property_id, guest_id FROM search_term ORDER BY 1, 2")
    assert known.equals(found)


def test_addresses_and_numbers_belong_to_nobody(group):
    guests = frame(group[0], "SELECT email, phone FROM guest")
    assert guests.email.dropna().str.fullmatch(r"\S+@(example\.(com|org|net)|guest\.booking\.example)").all()
    assert guests.email.dropna().is_unique
    assert guests.phone.dropna().str.fullmatch(r"\+\d{1,3} 000 \d{3} \d{4}").all()


# --- shares as they were measured ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("code", "season"), [("ADD", "addis"), ("EVN", "yerevan"), ("LIS", "city"), ("GAL", "galle"), ("KAN", "kandy")])
def test_arrivals_follow_the_months_of_each_hotel(stays, code, season):
    rows = stays[(stays.code == code) & stays.past]
    assert variation(rows.arrival.dt.month, dict(enumerate(p.MONTHS[season], 1))) < .03


@pytest.mark.parametrize(("code", "table"), [("ADD", "addis"), ("EVN", "yerevan"), ("LIS", "city")])
def test_new_guests_come_from_the_countries_of_each_hotel(stays, code, table):
    first = stays.sort_values(["guest_id", "arrival"]).drop_duplicates("guest_id")
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
    count = stays[(stays.status == "checked_out") & (stays.nights > 0)].groupby("guest_id").size()
    classes = pd.cut(count, [0, 1, 2, 3, 5, 9, 999], labels=False)
    assert variation(classes, dict(enumerate((.775, .120, .043, .030, .019, .013)))) < .03


def test_the_house_is_two_thirds_full_and_a_quarter_direct(group, stays):
    nights = stays[stays.held].nights.sum()
    assert nights / (184 * 1461) == pytest.approx(.65, abs=.02)
    assert stays[stays.held & stays.kind.isin(["own_site", "phone"])].nights.sum() / nights == pytest.approx(.24, abs=.02)
    assert group[1]["stay"] == pytest.approx(84_000, rel=.03)
    assert (stays.status == "checked_out").sum() == pytest.approx(60_000, rel=.02)
    assert stays[stays.past].status.isin(["cancelled", "no_show"]).mean() == pytest.approx(.27, abs=.01)


@pytest.mark.parametrize(("kinds", "rate", "net"), [(["ota"], 118, 96.8), (["own_site", "phone"], 112, 107.0)])
def test_agencies_bring_the_higher_rate_and_direct_bookings_the_higher_net(stays, kinds, rate, net):
    rows = stays[stays.held & stays.kind.isin(kinds)]
    adr = rows.euro.sum() / rows.nights.sum()
    assert adr == pytest.approx(rate, abs=1.2)
    assert adr * (1 - rows.cost.iloc[0] / 10_000) == pytest.approx(net, abs=1)


def test_guests_return_by_one_law_in_every_year(stays):
    rows = stays[(stays.status == "checked_out") & (stays.nights > 0)].sort_values(["guest_id", "arrival"])
    first = rows.assign(gap=(rows.groupby("guest_id").arrival.shift(-1) - rows.departure).dt.days).drop_duplicates("guest_id")
    year = first.departure.sub(pd.Timestamp("2021-04-01")).dt.days // 365
    within = (first.gap <= 365).groupby(year).mean()
    assert np.abs(within.loc[:2] - .179).max() < .015


def test_other_spend_is_a_sixth_to_a_fifth_of_revenue_by_department(group, stays):
    charges = frame(group[0], """SELECT c.department, c.amount_minor * coalesce(x.rate, 1) / 100 AS euro
        FROM charge c LEFT JOIN exchange_rate x ON x.currency = c.currency AND x.from_on = substr(c.posted_on, 1, 7) || '-01'
        WHERE department <> 'cancellation_fee'""")
    spent = charges.groupby("department").euro.sum()
    assert spent.sum() / (spent.sum() + stays.euro[stays.held].sum()) == pytest.approx(.184, abs=.006)
    table = pd.Series(p.DEPARTMENTS)
    assert (spent / spent.sum() - table).abs().sum() / 2 < .03


def test_consents_fold_to_the_waterfall(group):
    guests = frame(group[0], "SELECT id, email, country FROM guest")
    events = frame(group[0], "SELECT * FROM consent ORDER BY guest_id, at, id")
    last = events.drop_duplicates(["guest_id", "purpose", "channel"], keep="last")
    given = last[last.state == "given"].groupby(["purpose", "channel"]).guest_id.size() / len(guests)
    assert given["marketing", "email"] == pytest.approx(.38, abs=.001)
    assert given["marketing", "sms"] == pytest.approx(.11, abs=.01)
    assert given["marketing", "post"] == pytest.approx(.06, abs=.01)
    alias = guests.email.str.endswith("guest.booking.example", na=False)
    assert guests.email.notna().mean() == pytest.approx(.88, abs=.001)
    assert alias.mean() == pytest.approx(.30, abs=.001)
    may_be_written_to = last.guest_id[(last.state == "given") & (last.channel == "email")]
    assert not set(may_be_written_to) & set(guests.id[alias | guests.email.isna()])
    assert guests.country.isna().mean() == pytest.approx(.004, abs=.001)


def test_half_of_the_ethiopian_armenian_and_sinhala_names_stand_in_their_own_script(group):
    guests = frame(group[0], "SELECT name, country FROM guest WHERE country IN ('ET', 'AM')")
    native = ~guests.name.str.fullmatch(r"[A-Za-z ]+")
    assert native.groupby(guests.country).mean().tolist() == pytest.approx([.5, .5], abs=.05)


# --- the other profile and the load shapes ---------------------------------------------------------------------------------
def test_the_single_hotel_sees_hardly_anybody_again(tmp_path):
    store, counts = made(tmp_path, profile="independent", scale=.25)
    rows = frame(store, """SELECT guest_id, count(*) n FROM stay s JOIN profile p ON p.id = s.profile_id
        WHERE status = 'checked_out' GROUP BY 1""")
    assert counts["property"] == 1
    assert (rows.n >= 2).mean() == pytest.approx(.023, abs=.006)
    assert len(rows) / 10_000 == pytest.approx(.76, abs=.02)
    assert counts["stay"] == pytest.approx(13_000, rel=.05)


def test_a_load_shape_has_more_stays_for_each_guest(tmp_path):
    _, counts = made(tmp_path, scale=.05, stays_factor=3.5)
    assert counts["guest"] == 2000
    assert counts["stay"] == pytest.approx(84_000 * .05 * 3.5, rel=.1)
