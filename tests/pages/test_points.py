"""Points, member value and advocates: a filter or choice moves a number, the accountant's files add up, and a list is kept as an audience."""
import csv
import io
import shutil

import duckdb
import pytest

from crm_core import jobs, settings
from crm_core.records.audiences import audience_members, audiences
from crm_core.refresh import refresh
from crm_core.store import record
from tests import rewarded
from tests.pages.test_retention import choose, drawn, metrics, titles
from tests.pages.visiting import Visits, everything, fine
from tests.rewarded import ANA, BEN, CORA, DINA


@pytest.fixture(scope="module")
def young(tmp_path_factory):
    """Settings of the programme of tests/rewarded.py as a refresh leaves it: too young for any estimate. Nobody changes it."""
    made = settings.at(tmp_path_factory.mktemp("young_programme"))
    opened = record.open_store(made)
    rewarded.house(opened)
    refresh(made)
    opened.engine.dispose()
    return made


@pytest.fixture(scope="module")
def house(tmp_path_factory, young):
    """The same, with lots, tiers and estimates written by hand. Nobody changes it."""
    return altered(tmp_path_factory.mktemp("rewarded_pages"), young, None)


@pytest.fixture
def rewards(monkeypatch, house) -> Visits:
    """Visits to the house with estimates."""
    return Visits(monkeypatch, house)


def altered(tmp_path, of, *statements: str | None):
    """Settings of a copy of a house; its warehouse is settled by hand (None) or changed by a statement."""
    shutil.copytree(of.home, tmp_path / "home")
    made = settings.at(tmp_path / "home")
    with duckdb.connect(str(next(made.warehouse.glob("*.duckdb")))) as duck:
        for statement in statements:
            if statement is None:
                rewarded.settle(duck)
                duck.execute("UPDATE mart_members SET enrolled_on = DATE '2024-01-01'")
            else:
                duck.execute(statement)
    return made


def text(at) -> str:
    return everything(at).replace("\\", "")


def listed(at, column: str):
    """Return the first table of a page that has a column."""
    return next(table.value for table in at.dataframe if column in table.value)


def rolled(at) -> dict[str, tuple[str, str]]:
    """Return the points and the money of each line of the roll-forward."""
    return {line: (points, owed) for line, points, owed in listed(at, "Owed").itertuples(index=False)}


def at_property(at, name: str):
    at.multiselect(key="properties").select(name)
    return fine(at.run())


# --- points -------------------------------------------------------------------------------------------------------------
def test_a_property_owes_for_its_own_members_points(rewards):
    """Every second of 1,860 open points at 0.4 cents, 450 of them in Addis: 372 and 90 cents."""
    at = fine(rewards.open("points"))
    assert drawn(at, "sensitivity")["data"][2]["x"] == [pytest.approx(372)]
    assert titles(at)[:2] == ["66 points are redeemed for each 100 issued", "€4 is owed for points (€3–€4)"]
    assert drawn(at, "points_age")["layout"]["xaxis"]["ticktext"][0] == "Age unknown"  # Ben's opening balance
    there = at_property(at, "Add")
    assert drawn(there, "sensitivity")["data"][2]["x"] == [pytest.approx(90)]
    assert "450 open points" in text(there)


def test_what_was_redeemed_is_told_by_reward_tier_and_property(rewards):
    at = fine(rewards.open("points"))
    assert drawn(at, "redeemed_spend")["layout"]["yaxis"]["ticktext"] == ["Free nights", "Spa", "Food and drinks"]
    assert drawn(choose(at, "redeemed_by", "property"), "redeemed_property")["data"][0]["x"] == [550, 100]
    assert "too few ripe points to tell what is never redeemed" in text(at)
    assert "Gold" in drawn(choose(at, "redeemed_by", "tier"), "redeemed_tier")["layout"]["yaxis"]["ticktext"]


def test_the_months_of_the_roll_forward_change_where_it_begins(rewards):
    at = fine(rewards.open("points"))
    opening = [rolled(at)["At the beginning"]]
    for months in (3, 1):
        opening.append(rolled(choose(at, "roll_months", months))["At the beginning"])
    assert opening == [("1,800", "€0"), ("1,650", "€1"), ("2,130", "€4")]
    assert [points for points, _ in rolled(at).values()] == ["2,130", "0", "−250", "0", "−20", "0", "0", "1,860"]
    assert "Ties to the ledger to the point" in text(at)


def test_the_accountants_files_add_up(rewards):
    files = rewards.downloads()
    fine(rewards.open("points"))
    tables = [list(csv.reader(io.StringIO(content.decode("utf-8-sig")))) for content in files if not content.startswith((b"PK", b"PAR1"))]
    lines = next({row[0]: (int(row[1]), float(row[2])) for row in table[1:]} for table in tables if table[0] == ["Line", "Points", "Owed, EUR"])
    *before, (points, money) = lines.values()
    assert (points, money) == (1860, 3.68)
    assert [round(sum(column), 2) for column in zip(*before, strict=True)] == [points, money]
    journal = next(table[1:] for table in tables if table[0][0] == "Month" and len(table[0]) == 7)
    assert [sum(map(int, row[1:])) for row in journal] == [0] * len(journal)
    assert sum(int(row[1]) for row in journal) == 1860 - 1800
    assert len(files) == 9  # the roll-forward, the journal and the list, each in three kinds


def test_members_whose_points_expire_are_listed_most_points_first(rewards):
    at = fine(rewards.open("points"))
    assert "3 members lose 430 points within 90 days" in titles(at)
    assert listed(at, "Guest")[["Guest", "Points that expire", "First on", "Balance"]].to_numpy().tolist() == [
        ["Ben Silva", "350", "15 Jun 2025", "530"], ["Dina Silva", "50", "1 May 2025", "450"], ["Cora Silva", "30", "1 May 2025", "30"]]


def test_a_programme_too_young_says_why_nothing_is_owed_yet(monkeypatch, young):
    at = fine(Visits(monkeypatch, young).open("points"))
    assert metrics(at)["Points liability"] == "–"
    assert {"What is owed for points cannot be told yet", "What share of points is redeemed in the end"} <= set(titles(at))
    assert "An estimate needs six complete quarters of issue and some redemptions." in text(at)
    assert rolled(at)["At the end"] == ("1,860", "–")
    assert set(listed(at, "Redeemed in the end")["Redeemed in the end"]) == {"–"}


def test_members_without_points_are_told_where_points_come_from(monkeypatch, tmp_path, house):
    made = altered(tmp_path, house, *(f"DELETE FROM mart_{name}" for name in ("points", "lots", "vintages", "point_months")))
    at = fine(Visits(monkeypatch, made).open("points"))
    assert titles(at) == ["No points have been posted yet"]
    assert "Bring files in" in everything(at)


# --- member value ---------------------------------------------------------------------------------------------------------
def test_a_property_has_its_own_comparison_and_its_own_verdict(rewards):
    at = fine(rewards.open("member_value"))
    assert titles(at)[0] == "Members spend €50 a year more than guests like them; it looks like €200"
    assert metrics(at)["Value of membership"] == "€50.00"
    there = at_property(at, "Lis")
    assert titles(there)[0] == "Members spend €60 a year more than guests like them; it looks like €210"
    assert "The programme earns €613 a year more than it costs (€298 to €928)" in titles(there)  # 30 × €60 × 35 % less €17.20
    assert "€60 is left. 71% of the plain difference was who joins" in text(there)


def test_a_period_moves_the_members_share_of_revenue(rewards):
    at = fine(rewards.open("member_value"))
    before = metrics(at)["Member share, value"]
    at.selectbox(key="period").select_index(1)
    assert metrics(fine(at.run()))["Member share, value"] != before


def test_before_a_year_of_members_no_effect_is_made_up(monkeypatch, young):
    at = fine(Visits(monkeypatch, young).open("member_value"))
    assert {"What members spend more than others", "Whether the programme pays cannot be told yet"} <= set(titles(at))
    said = text(at)
    for sentence in ("Nobody was a member a year ago", "Nobody is compared yet.", "As soon as members have been members for a year"):
        assert sentence in said
    assert drawn(at, "economics")["layout"]["yaxis"]["ticktext"][-1] == "Cost"


# --- advocates --------------------------------------------------------------------------------------------------------------
def test_a_property_knows_its_own_invitations(rewards):
    at = fine(rewards.open("advocates"))
    assert titles(at)[0] == "2 invited persons came"
    assert "4 members recommend or praise us" in titles(at)
    there = at_property(at, "Add")
    assert titles(there)[0] == "0 invited persons came"
    assert "1 member recommends or praises us" in titles(there)
    assert "No invited person is known as a guest yet." in text(there)


def test_advocates_are_kept_as_an_audience_with_a_part_held_out(monkeypatch, tmp_path, house):
    visits = Visits(monkeypatch, altered(tmp_path, house))
    monkeypatch.setattr(jobs, "start_refresh", lambda _settings: None)
    at = fine(visits.open("advocates"))
    at.text_input(key="advocates_name").set_value("Thanks")
    at.slider(key="advocates_held").set_value(50)
    fine(at.button(key="advocates_save").click().run())
    store = record.open_store(visits.settings)
    (made,) = audiences(store, rewarded.view())
    assert (made["name"], made["kind"], made["contact"], made["held_out"]) == ("Thanks", "advocates", 2, 2)
    assert sorted(guest for guest, _ in audience_members(store, rewarded.view(), id=made["id"])) == [ANA, BEN, CORA, DINA]


def test_without_the_right_to_contacts_no_list_bears_a_name(rewards):
    rewards.as_("group")
    for page in ("points", "advocates"):
        at = fine(rewards.open(page))
        assert "Silva" not in everything(at)
        assert any(f"Guest {BEN}" in table.value.to_csv() for table in at.dataframe)


def test_without_members_the_three_pages_say_where_members_come_from(monkeypatch, lisbon):
    visits = Visits(monkeypatch, lisbon)
    for page in ("points", "member_value", "advocates"):
        assert titles(fine(visits.open(page))) == ["There is no loyalty programme yet"]
