"""Erasing a guest: nothing personal is left of the record in any table, and the guests beside it lose nothing."""
import datetime as dt
import json

import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core.records import erasure, identity

WORD = "Silva"  # stands in every personal text of guest 1
GUEST = 1


def said(table: sa.Table) -> dict[str, str]:
    """The word in every personal text column of a table."""
    return {c.name: WORD for c in table.c if c.info.get("personal") and isinstance(c.type, sa.Text)}


@pytest.fixture
def known(filled):
    """Ana Silva as a member, with a note, a lead, messages, a review, a case, a send, a pair that waits and former images."""
    with filled.changing("fill") as change:
        def add(table, **values):
            return change.connection.execute(sa.insert(table).values(**said(table) | values).returning(table.c.id)).scalar_one()

        profile = change.connection.execute(sa.select(schema.profile.c.id).where(schema.profile.c.guest_id == GUEST)).scalar_one()
        change.connection.execute(sa.update(schema.profile).where(schema.profile.c.id == profile).values(external_id="ref:7"))
        own, at = {"source": "x", "external_id": "1"}, change.at
        campaign = change.connection.execute(sa.insert(schema.campaign).values(**own, name="May").returning(schema.campaign.c.id)).scalar_one()
        lead = add(schema.lead, **own, property_id=1, guest_id=GUEST, currency="EUR", created_at=at)
        add(schema.note, guest_id=GUEST, property_id=1, author="nimali", created_at=at)
        add(schema.membership, **own, profile_id=profile)
        add(schema.send, **own, campaign_id=campaign, profile_id=profile, sent_at=at)
        add(schema.service_case, **own, property_id=1, profile_id=profile, kind="noise", opened_at=at)
        add(schema.review, **own, property_id=1, profile_id=profile, reviewed_on=dt.date(2025, 3, 1))
        for number, whose in (("1", {"guest_id": GUEST}), ("2", {"lead_id": lead})):
            add(schema.interaction, source="x", external_id=number, property_id=1, channel="email", direction="in", at=at, **whose)
        change.connection.execute(sa.insert(schema.match_pair).values(
            a_id=1, b_id=2, probability=.9, found_at=at, evidence="{}"))
        identity.settle(change, (1, 2))
        for table, row in (("guest", GUEST), ("profile", profile), ("survivor", GUEST), ("lead", lead)):
            change.connection.execute(sa.insert(schema.former).values(
                table_name=table, row_id=row, row=json.dumps({"name": WORD, "stage": "enquiry"})))
    return filled


def everything(store) -> dict[str, list]:
    with store.reading() as connection:
        return {t.name: [dict(row) for row in connection.execute(sa.select(t).order_by(*t.primary_key.columns)).mappings()] for t in schema.metadata.sorted_tables}


def test_no_personal_word_is_left_in_any_table(known):
    before = everything(known.store)
    assert {name for name, rows in before.items() if WORD.lower() in repr(rows).lower()} == {
        "guest", "profile", "search_term", "lead", "note", "membership", "send", "service_case", "review", "interaction", "former"}
    with known.changing("erase") as change:
        erasure.erase(change, GUEST, "nimali")
    after = everything(known.store)
    assert {name for name, rows in after.items() if WORD.lower() in repr(rows).lower()} == set()
    assert (after["note"], after["match_pair"]) == ([], [])
    assert [(row["id"], row["name"], row["loose_id"]) for row in after["guest"]] == [(1, None, None), (2, before["guest"][1]["name"], None)]
    assert (after["lead"][0]["stage"], after["lead"][0]["version"], len(after["interaction"])) == ("enquiry", 2, 2)


def test_the_guest_leaves_lists_and_journeys_and_no_message_says_where_the_address_was(known):
    with known.changing("write") as change:
        def add(table, **values):
            return change.connection.execute(sa.insert(table).values(**values).returning(*table.primary_key.columns)).first()[0]

        change.connection.execute(sa.update(schema.send).values(domain="gmail.com"))
        change.connection.execute(sa.insert(schema.former).values(table_name="send", row_id=1, row='{"address": "Silva", "domain": "gmail.com", "arm": "A"}'))
        list_ = add(schema.audience, name="May", kind="segment", definition="{}", as_of=dt.date(2025, 3, 1), salt="", actor="ana", at=change.at, holdout_bp=0)
        journey = add(schema.journey, name="Birthday", kind="birthday", actor="ana", created_at=change.at)
        for guest in (1, 2):
            add(schema.audience_left, audience_id=list_, guest_id=guest, step="consent", why="withdrawn")
            add(schema.journey_due, journey_id=journey, number=1, guest_id=guest, property_id=1, occasion="2025", step=1, due_on=dt.date(2025, 3, 1),
                arm="contact", state="due", at=change.at)
    with known.changing("erase") as change:
        erasure.erase(change, GUEST, "nimali")
    after = everything(known.store)
    assert [row["guest_id"] for name in ("audience_left", "journey_due") for row in after[name]] == [2, 2]
    assert (after["send"][0]["domain"], after["send"][0]["address"]) == ("", None)
    assert [json.loads(row["row"]) for row in after["former"] if row["table_name"] == "send"] == [{"address": None, "domain": "", "arm": "A"}]


def test_the_former_image_of_a_lead_loses_its_name_only_and_those_of_the_guest_go(known):
    with known.changing("erase") as change:
        erasure.erase(change, GUEST, "nimali")
    (image,) = everything(known.store)["former"]
    kept = json.loads(image["row"])
    assert (image["table_name"], kept["name"], kept["stage"]) == ("lead", None, "enquiry")
