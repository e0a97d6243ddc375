"""A guest is enrolled, given points and a tier, and everything is taken back on the guest's page; the rules of a programme are changed on theirs."""
import datetime as dt
import shutil

import pytest
import sqlalchemy as sa

from crm_core import jobs, schema, settings
from crm_core.records import memberships, programme
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


# --- rules --------------------------------------------------------------------------------------------------------------
def titles(at) -> list[str]:
    return [s.value.replace("\\", "") for s in at.subheader]


def edit(at, table: str, row: int, **values):
    """Return the page after a cell of a table was changed; the visits know no hand on a table."""
    form = at.session_state["rules_1"]["form"]
    at.session_state[f"{table}_{form}"] = {"edited_rows": {row: values}, "added_rows": [], "deleted_rows": []}
    return fine(at.run())


def test_a_change_of_rules_is_tried_on_the_members_and_saved_as_the_next_version(visits):
    """With Silver from six nights on, Ana, who has five, would be in the lowest tier."""
    at = edit(fine(visits.open("programme")), "tiers", 1, qualify_nights=6, retain_nights=6)
    assert "Silver: reached with 6 nights, kept with 6 nights, earns by 1.50×" in plain(at)
    at = press(at, "Work it out")
    assert "1 of 1 members would be in another tier" in titles(at)
    moving = next(table.value for table in at.dataframe if "Tier then" in table.value)
    assert moving[["Guest", "Tier today", "Tier then"]].to_numpy().tolist() == [["Ana Silva", "Silver", "Base"]]
    at.text_input(key=f"note_{at.session_state['rules_1']['form']}").set_value("for 2026")
    at = press(at, "Save these rules")
    saved = rows(visits, schema.programme_rules)[-1]
    assert (saved.number, saved.from_on, saved.note) == (2, AS_OF, "for 2026")
    assert "Version 2, from 1 Apr 2025" in plain(at)
    assert member(visits)[0]["standing"].tier == "Silver"  # she keeps what she was promised until its end


def test_what_is_wrong_in_rules_is_a_sentence_and_cannot_be_saved(visits):
    at = edit(fine(visits.open("programme")), "tiers", 2, qualify_nights=5, retain_nights=5)
    assert [e.value.replace("\\", "") for e in at.error] == ["“Gold” must ask for more than “Silver”, a tier below it: the two overlap."]
    assert not [b for b in at.button if b.key == "save_rules"]


def test_the_second_of_two_who_save_rules_sees_what_the_first_saved(visits):
    at = fine(visits.open("programme"))
    form = at.session_state["rules_1"]["form"]
    at = fine(at.number_input(key=f"welcome_{form}").set_value(700).run())
    programme.save_rules(record.open_store(visits.settings), WHOLE, programme_id=1, rules=CLUB | {"welcome": 250}, from_on=AS_OF, number=1)
    at = press(at, "Save these rules")
    assert "local saved version 2 meanwhile" in plain(at)
    assert "New members get 250 points, 500 before" in plain(at)
    assert at.number_input(key=f"welcome_{form}").value == 700
    press(at, "Save these rules")
    assert [row.number for row in rows(visits, schema.programme_rules)] == [1, 2, 3]


def test_a_cost_is_written_into_its_month(visits):
    at = fine(visits.open("programme"))
    place = at.selectbox(key="cost_property").value
    at.session_state[f"edit_costs_1_{place}_EUR_0" if place == 1 else f"edit_costs_1_{place}_ETB_0"] = {"edited_rows": {1: {"fees": 12.5}}}
    press(fine(at.run()), "Save costs")
    (made,) = rows(visits, schema.programme_cost)
    assert (made.property_id, made.month_on, made.kind, made.amount_minor) == (place, dt.date(2025, 3, 1), "fees", 1250)


def test_the_first_programme_is_set_up_with_a_usual_draft(monkeypatch, tmp_path, lisbon):
    shutil.copytree(lisbon.home, tmp_path / "home")
    monkeypatch.setattr(jobs, "start_refresh", lambda _settings: None)
    visits = Visits(monkeypatch, settings.at(tmp_path / "home"))
    assert "Set up a programme" in everything(fine(visits.open("guest", guest="1")))
    at = fine(visits.open("programme"))
    assert titles(at) == ["There is no loyalty programme yet"]
    for name, value in (("name", "Hearth"), ("code", "hearth")):
        at.text_input(key=f"programme_new_{name}").set_value(value)
    at = press(at, "Save")
    assert "Save as version 1" in titles(at)
    assert [row.name for row in rows(visits, schema.programme)] == ["Hearth"]


def test_who_may_not_change_settings_reads_the_rules_only(visits):
    at = fine(visits.as_("trainer").open("programme"))
    assert "Silver: reached with 5 nights" in plain(at)
    assert not [b for b in at.button if b.key in ("save_rules", "work_out")]
