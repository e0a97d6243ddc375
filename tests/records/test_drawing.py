"""Audiences are drawn once: everybody selected is in an arm, or left at a step for a reason that can be shown later."""
import csv
import datetime as dt
import io
import json

import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core.exports import csv_text
from crm_core.outreach.arms import split
from crm_core.records import duplicates, erasure
from crm_core.records.audience_cards import Check, audience_card, audience_left_of, why
from crm_core.records.audience_exports import export_audience
from crm_core.records.audiences import archive_audience, audience_members, draw_audience
from crm_core.records.campaigns import archive_campaign, campaign_plan, plan_campaign
from crm_core.records.holdout import outreach_settings, set_cap, set_holdout
from crm_core.records.registry import Refused
from crm_core.scope import NotAllowed
from tests.hotel import AS_OF
from tests.records.mailing import judged, reached, said

ANA, BEN = 1, 2
HALF = {"contact": 5000, "held_out": 5000}
ALL = {"contact": 10_000}


def draw(hotel, view, guests, **changes) -> int:
    return draw_audience(hotel.store, view(), **{"name": "May", "kind": "segment", "definition": {"segment": 1}, "guests": guests, "shares": ALL} | changes)


def export(hotel, view, made, **changes):
    return export_audience(hotel.store, view(), **{"id": made, "platform": "plain"} | changes)


@pytest.fixture
def four(small):
    """Four more guests of Lisbon who may be written to, 3 to 6."""
    for name in ("Cora Lind", "Dora Lind", "Emil Lind", "Fia Lind"):
        reached(small, name)
    return small


# --- the draw -----------------------------------------------------------------------------------------------------------
def test_everybody_selected_is_in_an_arm_or_left_for_a_reason(filled, view):
    """Ana's address was judged by nobody; Ben has none; Cora withdrew; Dora has no proof; Emil complained; Fia and Gus are left."""
    filled.set(schema.profile, BEN, email=None)
    cora, dora, emil = reached(filled, "Cora Lind"), reached(filled, "Dora Lind", proof=""), reached(filled, "Emil Lind")
    fia, gus = reached(filled, "Fia Lind"), reached(filled, "Gus Lind")
    said(filled, cora, "withdrawn", "2025-01-01T10:00:00+00:00")
    filled.send(filled.campaign(), emil, "2024-03-01T10:00", ("complained", "2024-03-01T11:00"))
    made = draw(filled, view, [ANA, BEN, cora, dora, emil, fia, gus], shares=HALF)
    card = audience_card(filled.store, view(), id=made)
    assert card["steps"] == [["selected", 7], ["has_address", 6], ["valid_address", 5], ["consent", 3], ["not_suppressed", 2], ["not_held_out", 1], ["to_send", 1]]
    assert card["left"] == [("has_address", "no_address", 1), ("valid_address", "invalid", 1), ("consent", "no_proof", 1), ("consent", "withdrawn", 1),
                            ("not_suppressed", "complained", 1)]
    assert audience_left_of(filled.store, view(), id=made) == [
        (ANA, "valid_address", "invalid"), (BEN, "has_address", "no_address"), (cora, "consent", "withdrawn"), (dora, "consent", "no_proof"),
        (emil, "not_suppressed", "complained")]
    assert audience_left_of(filled.store, view(), id=made, step="consent", offset=1) == [(dora, "consent", "no_proof")]
    assert dict(audience_members(filled.store, view(), id=made)) == split([fia, gus], card["salt"], HALF)
    assert (card["arms"], card["holdout_bp"], card["shares"]) == ([("contact", "", 1), ("held_out", "", 1)], 5000, HALF)


def test_variants_are_cells_of_the_contacted_arm_alike_in_every_stratum(four, view):
    shares = {"A": 2500, "B": 2500, "held_out": 5000}
    made = draw(four, view, [3, 4, 5, 6], shares=shares, strata=("country",), strata_of={3: "PT", 4: "PT", 5: "GB", 6: "GB"})
    card = audience_card(four.store, view(), id=made)
    assert card["arms"] == [("contact", "A", 1), ("contact", "B", 1), ("held_out", "", 2)]
    assert (card["strata"], [(cell.stratum, cell.arm, cell.n) for cell in card["cells"] if cell.arm == "held_out"]) == (
        ["country"], [("GB", "held_out", 1), ("PT", "held_out", 1)])
    assert card["gap"] == 25.0  # one guest of the two of a country is in A, and a quarter of all


def test_the_lot_keeps_guests_out_of_every_campaign_but_not_of_what_belongs_to_a_booking(four, view):
    set_holdout(four.store, view(), share_bp=0, from_on=AS_OF)
    with four.store.reading() as connection:
        salt = connection.execute(sa.select(schema.setting.c.value).where(schema.setting.c.key == "holdout_salt")).scalar_one()
    four_of = sa.update(schema.setting).where(schema.setting.c.key == "holdout_bp").values(value="10000")
    with four.changing("set") as change:
        change.connection.execute(four_of)
    assert len(salt) == 16
    with pytest.raises(Refused, match="Nobody is left who may be written to"):
        draw(four, view, [3, 4])
    made = draw(four, view, [3, 4], purpose="transactional")
    assert audience_card(four.store, view(), id=made)["steps"][-1] == ["to_send", 2]
    assert [(one.step, one.passed) for one in why(four.store, view(), id=made, guest_id=3)["now"]][-1] == ("not_held_out", True)


def test_the_lot_begins_on_its_day(four, view):
    set_holdout(four.store, view(), share_bp=2000, from_on=AS_OF + dt.timedelta(1))
    with four.changing("set") as change:
        change.connection.execute(sa.update(schema.setting).where(schema.setting.c.key == "holdout_bp").values(value="10000"))
    assert audience_card(four.store, view(), id=draw(four, view, [3]))["left"] == []


def test_who_got_enough_messages_waits(four, view):
    campaign = four.campaign()
    for day in (1, 8, 15, 22):
        four.send(campaign, 3, f"2025-03-{day + 2:02}T10:00")
    assert audience_card(four.store, view(), id=draw(four, view, [3, 4]))["left"] == [("not_suppressed", "frequency_cap", 1)]
    set_cap(four.store, view(), messages=5, days=30)
    assert audience_card(four.store, view(), id=draw(four, view, [3, 4], name="June"))["left"] == []


def test_two_records_of_one_person_are_drawn_once_in_the_stratum_of_the_first(four, view):
    duplicates.merge_records(four.store, view(), id=3, other=4, picks={})
    made = draw(four, view, [3, 4], strata=("country",), strata_of={4: "GB", 3: "PT"})
    with four.store.reading() as connection:
        rows = connection.execute(sa.select(schema.audience_member)).all()
    assert [tuple(row) for row in rows] == [(made, 3, "contact", "", "PT")]


def test_a_campaign_has_one_audience_drawn_before_its_first_message(four, view):
    campaign = plan_campaign(four.store, view(), name="Spring", values={})
    made = draw(four, view, [3], campaign_id=campaign)
    plan = campaign_plan(four.store, view(), id=campaign)
    assert (plan["audience_id"], plan["version"], plan["drawn_on"]) == (made, 2, AS_OF)
    assert [audience_card(four.store, view(), id=made)[name] for name in ("campaign_id", "campaign")] == [campaign, "Spring"]
    with pytest.raises(Refused, match="has its audience"):
        draw(four, view, [4], name="June", campaign_id=campaign)
    sent = four.campaign("Sent")
    four.send(sent, 3, "2025-03-01T10:00")
    with pytest.raises(Refused, match="Messages are out"):
        draw(four, view, [4], name="June", campaign_id=sent)
    archive_campaign(four.store, view(), id=sent, version=1)
    for absent in (sent, 99):
        with pytest.raises(Refused, match="no such campaign"):
            draw(four, view, [4], name="June", campaign_id=absent)


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"guests": []}, "at least one guest"), ({"name": " "}, "1 to 80"), ({"guests": [3, 99]}, "no such guest among yours"),
    ({"guests": [ANA]}, "Nobody is left who may"),
    ({"shares": {"contact": 9000}}, "add up to 90 %"), ({"shares": {"contact": 4000, "held_out": 6000}}, "0 to 50 %"), ({"shares": {}}, "at least one arm"),
    ({"shares": {"x" * 21: 10_000}}, "short names"), ({"purpose": "fun"}, "purpose and a channel"), ({"window_days": 0}, "1 to 730"),
])
def test_what_cannot_be_drawn_is_refused_with_a_reason(four, view, changes, sentence):
    before = four.store.revision()
    with pytest.raises(Refused, match=sentence):
        draw(four, view, **{"guests": [3]} | changes)
    assert four.store.revision() == before


def test_the_audit_names_arms_and_no_guest(four, view):
    draw(four, view, [3], strata=("country",), strata_of={3: "Lind"})
    with four.store.reading() as connection:
        (row,) = connection.execute(sa.select(schema.audit.c.verb, schema.audit.c.fields).where(schema.audit.c.kind == "audience")).all()
    assert (row.verb, json.loads(row.fields)) == ("draw", ["segment", "guests", "kind", "name", "contact", "country", "strata_of"])


# --- why ----------------------------------------------------------------------------------------------------------------
def test_why_tells_what_was_frozen_and_what_would_be_today(four, view):
    """Cora withdrew after she was drawn; Ana's address was not known to work, and does today."""
    made = draw(four, view, [ANA, 3, 4], shares=HALF)
    said(four, 3, "withdrawn", "2025-03-31T10:00:00+00:00")
    judged(four, ANA, "valid")
    found = why(four.store, view(), id=made, guest_id=3)
    assert (found["on"], found["arm"] in ("contact", "held_out"), found["step"], found["definition"]) == (True, True, "", {"segment": 1})
    assert [one for one in found["now"] if one.step in ("has_address", "consent")] == [
        Check("has_address", True, "", None), Check("consent", False, "withdrawn", "2025-03-31T10:00:00+00:00")]
    assert next(one.passed for one in found["now"] if one.step == "not_held_out") == (found["arm"] == "contact")
    found = why(four.store, view(), id=made, guest_id=ANA)
    assert (found["on"], found["arm"], found["step"], found["why"]) == (False, "", "valid_address", "invalid")
    assert [(one.step, one.passed, one.why) for one in found["now"]] == [
        ("has_address", True, ""), ("valid_address", True, ""), ("consent", False, "no_word"), ("not_suppressed", True, ""), ("not_held_out", True, "")]
    found = why(four.store, view(), id=made, guest_id=BEN)
    assert (found["on"], found["arm"], found["step"], found["why"]) == (False, "", "", "")


def test_why_tells_since_when_an_address_came_back(four, view):
    made = draw(four, view, [3])
    four.send(four.campaign(), 3, "2025-03-01T10:00", ("bounced", "2025-03-01T10:05"))
    judged(four, 3, "bounced")
    assert why(four.store, view(), id=made, guest_id=3)["now"][1] == Check("valid_address", False, "bounced", "2025-03-01T10:05:00+00:00")


def test_an_audience_of_both_properties_is_not_there_for_one_of_them(four, view):
    made = draw(four, view, [3, ANA])
    asked = {"audience_card": lambda of, id: audience_card(four.store, of, id=id), "why": lambda of, id: why(four.store, of, id=id, guest_id=3),
             "left": lambda of, id: audience_left_of(four.store, of, id=id) or None}
    for name, ask in asked.items():
        assert (ask(view(1), made), ask(view(), 99)) == (None, None), name
        assert ask(view(), made), name
    assert why(four.store, view(), id=made, guest_id=99) is None
    with pytest.raises(Refused, match="no such audience"):
        export_audience(four.store, view(1), id=made, platform="plain")


def test_an_erased_guest_has_left_no_trace_on_an_audience(filled, view):
    cora = reached(filled, "Cora Lind")
    made = draw(filled, view, [ANA, cora])
    with filled.changing("erase") as change:
        erasure.erase(change, ANA, "nimali")
    assert audience_left_of(filled.store, view(), id=made) == []
    assert audience_card(filled.store, view(), id=draw(filled, view, [ANA, cora], name="June"))["steps"][0] == ["selected", 1]


# --- the export ---------------------------------------------------------------------------------------------------------
def test_a_file_holds_the_contacted_arm_with_the_proof_of_each_consent(filled, view):
    cora, dora = reached(filled, "Cora Lind", country="SE"), reached(filled, "Dora Lind")
    made = draw(filled, view, [cora, dora], shares=HALF, campaign_id=plan_campaign(filled.store, view(), name="Spring", values={}))
    (contacted,) = [guest for guest, arm in audience_members(filled.store, view(), id=made) if arm == "contact"]
    found = export(filled, view, made)
    assert (found.expires_on, found.dropped) == (dt.date(2025, 4, 8), {})
    (row,) = [dict(zip(found.columns, line, strict=True)) for line in found.rows]
    assert row | {"consent_id": ""} == {
        "email": f"{'cora' if contacted == cora else 'dora'}@example.com", "phone": "", "given_name": "Cora" if contacted == cora else "Dora",
        "family_name": "Lind", "language": "", "country": "SE" if contacted == cora else "", "campaign": "Spring", "cell": "", "consent_id": "",
        "consent_at": "2024-01-05T10:00:00+00:00", "consent_proof": "form 3", "expires_on": "2025-04-08", "guest_ref": str(contacted)}
    card = audience_card(filled.store, view(), id=made)
    assert (card["exported_at"] is not None, card["expires_on"], card["version"]) == (True, dt.date(2025, 4, 8), 2)


def test_who_may_no_longer_be_written_to_is_dropped_by_reason(four, view):
    """Of four: Cora withdrew, Dora was erased, Emil complained; Fia is written to."""
    made = draw(four, view, [3, 4, 5, 6])
    said(four, 3, "withdrawn", "2025-03-31T10:00:00+00:00")
    four.send(four.campaign(), 5, "2025-03-31T10:00", ("complained", "2025-03-31T11:00"))
    with four.changing("erase") as change:
        erasure.erase(change, 4, "nimali")
    found = export(four, view, made)
    assert ([row[0] for row in found.rows], found.dropped) == (["fia@example.com"], {("consent", "withdrawn"): 1, ("not_suppressed", "complained"): 1})


def test_who_turns_out_to_be_one_with_somebody_held_out_is_not_written_to(four, view):
    made = draw(four, view, [3, 4], shares=HALF)
    duplicates.merge_records(four.store, view(), id=3, other=4, picks={})
    with pytest.raises(Refused, match="Nobody on this list"):
        export(four, view, made)


def test_a_second_file_does_not_count_the_campaigns_own_messages(four, view):
    campaign = plan_campaign(four.store, view(), name="Spring", values={})
    made = draw(four, view, [3], campaign_id=campaign)
    for day in range(4):
        four.send(campaign, 3, f"2025-03-{20 + day}T10:00")
    assert len(export(four, view, made).rows) == 1
    for day in range(4):
        four.send(four.campaign(f"Other {day}"), 3, "2025-03-20T10:00")
    with pytest.raises(Refused, match="Nobody on this list"):
        export(four, view, made)


def test_an_export_is_audited_with_its_columns_and_how_many_rows(four, view):
    made = draw(four, view, [3, 4])
    export(four, view, made, platform="brevo")
    with four.store.reading() as connection:
        rows = connection.execute(sa.select(schema.audit.c.fields).where(schema.audit.c.verb == "export", schema.audit.c.kind == "audience")).scalars().all()
    assert [json.loads(fields)[:3] for fields in rows] == [["brevo", "rows=2", "EMAIL"], [f"id={made}", "platform"]]
    assert "cora" not in repr(rows).lower()


def test_no_cell_of_a_file_is_taken_for_a_formula(four, view):
    """The file's writer guards what a guest could have put in."""
    evil = reached(four, "=cmd|'/C calc'!A0 Lind", email="evil@example.com")
    found = export(four, view, draw(four, view, [evil]))
    (row,) = list(csv.DictReader(io.StringIO(csv_text(found.columns, found.rows))))
    assert row["given_name"].startswith("'=cmd")


def test_a_letter_goes_to_a_place_and_an_sms_to_a_number(four, view):
    judged(four, 3, "valid", street="Storgatan 1", city="Lund", postcode="222 22", phone="+46 1", phone_state="valid")
    for channel in ("post", "sms"):
        said(four, 3, "given", "2025-01-05T10:00:00+00:00", channel=channel, proof="call")
    letters = export(four, view, draw(four, view, [3], name="Letters", channel="post"))
    assert (letters.columns[-1], letters.rows[0][-1], letters.rows[0][0]) == ("address", "Storgatan 1, 222 22 Lund", "")
    found = export(four, view, draw(four, view, [3], name="SMS", channel="sms"))
    assert found.rows[0][:2] == ["", "+46 1"]
    with pytest.raises(Refused, match="letters need the plain list"):
        export(four, view, 1, platform="klaviyo")


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"platform": "fax"}, "one of the platforms"), ({"expires_on": AS_OF + dt.timedelta(91)}, "within 90 days"),
    ({"expires_on": dt.date(2025, 3, 31)}, "within 90 days"),
])
def test_a_file_that_cannot_be_is_refused(four, view, changes, sentence):
    made = draw(four, view, [3])
    with pytest.raises(Refused, match=sentence):
        export(four, view, made, **changes)
    archive_audience(four.store, view(), id=made, version=1)
    with pytest.raises(Refused, match="no such audience"):
        export(four, view, made)


@pytest.mark.parametrize("role", ["group", "trainer", "privacy", "admin"])
def test_only_who_plans_campaigns_draws_and_exports(four, view, role):
    made = draw(four, view, [3])
    with pytest.raises(NotAllowed):
        draw_audience(four.store, view(role=role), name="June", kind="segment", definition={}, guests=[3], shares=ALL)
    with pytest.raises(NotAllowed):
        export_audience(four.store, view(role=role), id=made, platform="plain")


# --- the settings ---------------------------------------------------------------------------------------------------------
def test_the_settings_are_the_usual_ones_until_they_are_set(small, view):
    assert outreach_settings(small.store, view()) == {"holdout_bp": 0, "holdout_from": None, "marketing_cap": 4, "marketing_cap_days": 30}
    set_holdout(small.store, view(), share_bp=1000, from_on=AS_OF)
    set_cap(small.store, view(), messages=2, days=7)
    assert outreach_settings(small.store, view()) == {"holdout_bp": 1000, "holdout_from": AS_OF, "marketing_cap": 2, "marketing_cap_days": 7}


def test_the_salt_of_the_lot_is_made_once_so_that_a_larger_share_only_adds_guests(small, view):
    salts = set()
    for share in (1000, 2000):
        set_holdout(small.store, view(), share_bp=share, from_on=AS_OF)
        with small.store.reading() as connection:
            salts.add(connection.execute(sa.select(schema.setting.c.value).where(schema.setting.c.key == "holdout_salt")).scalar_one())
    assert len(salts) == 1


def test_a_holdout_cannot_be_dated_back_and_is_the_whole_houses(small, view):
    yesterday = AS_OF - dt.timedelta(1)
    for changes, sentence in (({"share_bp": 2001, "from_on": AS_OF}, "0 to 20 %"), ({"share_bp": 500, "from_on": yesterday}, "begins today or later")):
        with pytest.raises(Refused, match=sentence):
            set_holdout(small.store, view(), **changes)
    for act, values in ((set_holdout, {"share_bp": 500, "from_on": AS_OF}), (set_cap, {"messages": 1, "days": 1})):
        with pytest.raises(Refused, match="all properties"):
            act(small.store, view(1, chain=(1, 2)), **values)
        act(small.store, view(chain=(1, 2)), **values)
    for messages, days in ((0, 30), (101, 30), (4, 0), (4, 366)):
        with pytest.raises(Refused, match="1 to 100 messages"):
            set_cap(small.store, view(), messages=messages, days=days)
