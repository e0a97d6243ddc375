"""A guest is enrolled, given points and a tier, and everything is taken back on the guest's page; the rules of a programme are changed on theirs."""
import datetime as dt
import shutil

import pytest
import sqlalchemy as sa

from crm_core import jobs, schema, settings
from crm_core.records import memberships
from crm_core.records.member_card import memberships_of
from crm_core.refresh import refresh
from crm_core.scope import Period, Scope
from crm_core.store import record
from tests.hotel import AS_OF, lisbon_and_addis
from tests.pages.visiting import Visits, everything, fine

ANA, BEN = 1, 2
CLUB = {
    "tiers": [{"name": "Base"}, {"name": "Silver", "qualify": {"nights": 5}, "factor": 1.5}, {"name": "Gold", "qualify": {"nights": 10}, "retain": {"nights": 6}}],
    "earn": {"room": 10, "fnb": 5}, "welcome": 500, "expiry": "age", "expiry_months": 12,
}
WHOLE = Scope("local", (1, 2), Period(dt.date(2025, 3, 1), AS_OF), AS_OF)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """Settings of Lisbon and Addis with a programme: Ana is a member with 500 points of unknown age and 700 of January; copied by each test."""
    made = settings.at(tmp_path_factory.mktemp("membership"))
    hotel = lisbon_and_addis(record.open_store(made))
    hotel.programme("club", CLUB)
    hotel.member(ANA, "2024-01-10", 1, "front_desk", number="C-1")
    hotel.points(1, "2024-01-10", "opening", 500)
    hotel.points(1, "2025-01-10", "earn", 700, spend="room", expires_on="2026-01-10", external_id="e1")
    refresh(made)
    hotel.store.engine.dispose()
    return made


@pytest.fixture
def visits(monkeypatch, tmp_path, house) -> Visits:
    """Visits to a copy of the house; a refresh is asked for and not made."""
    shutil.copytree(house.home, tmp_path / "home")
    monkeypatch.setattr(jobs, "start_refresh", lambda _settings: None)
    return Visits(monkeypatch, settings.at(tmp_path / "home"))


def member(visits: Visits, guest: int = ANA) -> list[dict]:
    return memberships_of(record.open_store(visits.settings), WHOLE, guest_id=guest)


def rows(visits: Visits, table: sa.Table) -> list:
    with record.open_store(visits.settings).reading() as connection:
        return connection.execute(sa.select(table).order_by(*table.primary_key)).all()


def field(elements, name: str, form: str):
    """Return the field of a form: keys end with the form's own number."""
    return next(one for one in elements if one.key and one.key.startswith(f"{name}_") and one.key.endswith(form))


def form_of(at, name: str) -> str:
    return at.session_state[f"{name}_form"]


def press(at, label: str):
    return fine(next(b for b in at.button if b.label == label).click().run())


def plain(at) -> str:
    return everything(at).replace("\\", "")


# --- the card -----------------------------------------------------------------------------------------------------------
def test_the_card_says_tier_points_and_lots(visits):
    """Ana's five nights of March lead into Silver; her stay that still runs does not count yet."""
    sent = plain(fine(visits.open("guest", guest="1")))
    for said in ("Club: 1,200 points", "C-1 · member since 10 Jan 2024 · Front desk", "5 of 10 nights to Gold, 5 more by 5 Mar 2026",
                 "700 points expire on 10 Jan 2026", "unknown age", "worth €4.80"):
        assert said in sent, said


def test_points_are_adjusted_once_with_a_reason(visits):
    at = fine(visits.open("guest", guest="1"))
    form = form_of(at, "adjust_1")
    field(at.number_input, "points", form).set_value(-200)
    at = press(at, "Adjust points")
    assert "Say why, in at most 400 characters." in plain(at)
    assert field(at.number_input, "points", form).value == -200  # what was typed still stands
    field(at.text_area, "reason", form).set_value("breakfast was missing")
    at = press(at, "Adjust points")
    (ana,) = member(visits)
    assert (ana["balance"], ana["ledger"][0]["reason"]) == (1000, "breakfast was missing")
    assert "Club: 1,000 points" in plain(at)
    assert rows(visits, schema.points_entry)[-1].external_id == f"hand/{form}"  # a second click would find it
    again = form_of(at, "adjust_1")
    field(at.number_input, "points", again).set_value(-5000)
    field(at.text_area, "reason", again).set_value("all")
    assert "Only 1,000 points are there on" in plain(press(at, "Adjust points"))


def test_a_movement_is_taken_back(visits):
    at = fine(visits.open("guest", guest="1"))
    form = form_of(at, "reverse_1")
    field(at.selectbox, "entry", form).set_value(2)
    field(at.text_area, "reason", form).set_value("posted twice")
    sent = plain(press(at, "Take it back"))
    assert member(visits)[0]["balance"] == 500
    assert "Points taken back: −700" in sent  # in the timeline


def test_a_tier_is_given_by_hand_and_ended_by_one_of_two(visits):
    at = fine(visits.open("guest", guest="1"))
    form = form_of(at, "tier_1")
    field(at.selectbox, "tier", form).set_value("Gold")
    field(at.text_area, "reason", form).set_value("wedding at our house")
    at = press(at, "Give this tier")
    assert member(visits)[0]["standing"].tier == "Gold"
    assert "given by hand until 1 Apr 2026, then" in plain(at)
    memberships.end_override(record.open_store(visits.settings), WHOLE, id=1, version=1)
    assert "Somebody else ended this meanwhile, on 1 Apr 2025." in plain(press(at, "End it today"))


def test_a_code_is_issued_and_ended(visits):
    at = press(fine(visits.open("guest", guest="1")), "Issue a code")
    (code,) = rows(visits, schema.referral_code)
    assert code.code in everything(at)
    press(at, "End this code")
    assert rows(visits, schema.referral_code)[0].ended_on == AS_OF


def test_a_guest_is_enrolled_with_the_points_of_welcome(visits):
    at = fine(visits.open("guest", guest="2"))
    assert "Not a member yet" in everything(at)
    sent = plain(press(at, "Enrol this guest"))
    assert member(visits, BEN)[0]["balance"] == 500
    assert "Club: 500 points" in sent


def test_two_accounts_of_one_person_are_joined(visits):
    store = record.open_store(visits.settings)
    with store.reading() as connection:
        profile = connection.execute(sa.select(schema.membership.c.profile_id)).scalar_one()
    with store.engine.begin() as connection:
        connection.execute(sa.insert(schema.membership).values(profile_id=profile, programme_id=1, source="test", external_id="x", number="C-2",
                                                               status="active", enrolled_on=dt.date(2024, 6, 1), revision=1))  # fmt: skip
        connection.execute(sa.insert(schema.points_entry).values(membership_id=2, source="test", external_id="e2", posted_on=dt.date(2025, 2, 1), kind="earn",
                                                                 points=300, counter="issued", revision=1))
    at = fine(visits.open("guest", guest="1"))
    at = fine(at.button(key="join_here_1").click().run())
    assert [(one["balance"], one["closed_on"]) for one in member(visits)] == [(1500, None), (0, AS_OF)]
    assert "Its points moved to the account C-1." in plain(at)


def test_a_role_without_contacts_sees_no_card(visits):
    assert "Club" not in everything(fine(visits.as_("group").open("guest", guest="1")))
