"""Nothing of one property shows in another's view: every query, look-up and action, as every role.

Two properties, each with a guest whose every field is a token. Whatever is asked in the scope of one property must be the same as in
a store where the other property never was: no token, id or count crosses over.
"""
import datetime as dt
import json
import shutil
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa
from pandas.testing import assert_frame_equal

from crm_core import queries, schema
from crm_core import settings as settings_
from crm_core.association import lesson_files
from crm_core.association import packs as association
from crm_core.association.benchmarks import Line, Pooled
from crm_core.ingest import quarantine, undo  # noqa: F401  registers what they hold
from crm_core.marts import reach, tables
from crm_core.marts.fields import FIELDS
from crm_core.metrics.dimensions import Part
from crm_core.queries import QUERIES, at_risk, loyalty, retention, service, tiers, value
from crm_core.queries.answers import WHO
from crm_core.queries.campaign_people import OUTCOMES
from crm_core.queries.campaigns import SORTS
from crm_core.queries.feedback import GROUPS
from crm_core.queries.points import REDEEMED_BY
from crm_core.queries.review_lists import VIEWS
from crm_core.records import (  # noqa: F401  registers what they hold
    annotations,
    assessments,
    audience_cards,
    audience_exports,
    audiences,
    benchmarks,
    boards,
    bulk,
    bulk_undo,
    campaigns,
    case_rules,
    case_work,
    cases,
    contacts,
    corrections,
    courses,
    decisions,
    duplicates,
    experiments,
    exporting,
    feedback_words,
    gatherings,
    guests,
    holdout,
    hotel,
    imports,
    improvements,
    interactions,
    joining,
    journey_ahead,
    journey_due,
    journeys,
    leads,
    lessons,
    mappings,
    member_card,
    memberships,
    messages,
    network,
    notes,
    offers,
    packs,
    pipeline,
    playbooks,
    points,
    programme,
    questions,
    referrals,
    registrations,
    reports,
    review_answers,
    review_search,
    reviews,
    rules_preview,
    segments,
    service_targets,
    staff,
    standards,
    surveys,
    timeline,
    views,
)
from crm_core.records.registry import RECORDS, Refused, Stale
from crm_core.refresh import refresh
from crm_core.rule import Segment, parse
from crm_core.scope import ROLES, NotAllowed, Scope, default_period
from crm_core.store import record, warehouse
from tests.hotel import AS_OF, Hotel

A_YEAR_AGO = AS_OF - dt.timedelta(365)
CODES = {1: "LIS", 2: "COL"}


@dataclass(frozen=True)
class Canary:
    """One property's guest and what else bears its token."""

    property: int
    guest: int
    stay: int
    note: int
    token: str

    @property
    def entry(self) -> int:
        """The property's movement of points that could be reversed: of six of each, the third."""
        return 6 * self.property - 3

    @property
    def texts(self) -> dict[str, str]:
        t = self.token
        return {"given": f"Given{t}", "family": f"Family{t}", "email": f"mail{t}@example.com".lower(), "note": f"Note{t}",
                "confirmation": f"CONF{t}", "wish": f"Wish{t}", "phone": f"{self.property}0" * 6, "number": f"Number{t}", "reason": f"Reason{t}"}


RULES = tuple(parse(said, FIELDS) for said in (
    {"field": "stays", "is": "at_least", "value": 1}, {"not": {"field": "email_consent", "is": "yes"}},
    {"any": [{"field": "any_room_type", "is": "none_of", "value": ["A"]}, {"field": "first_channel", "is": "unknown"},
             {"field": "recency", "is": "at_least", "value": 1}, {"field": "valid_email", "is": "yes"}, {"field": "member", "is": "yes"}]}))
CLUB = 1  # the programme, which both properties share
CHECKLIST = 1  # and the standard
LADDER = {"tiers": [{"name": "Base"}, {"name": "Silver", "qualify": {"nights": 2}}]}
AFTERWARDS = {"trigger": {"on": "post_stay", "days": 2}, "steps": [{"wait": 0, "message": "thanks"}], "purpose": "transactional"}
PACK = association.read(Path(__file__).parents[1] / "data" / "association" / "example.zip")  # and what an association shares
LESSON, COURSE = PACK.lessons[0], {"code": "first_aid", "name": {"en": "First aid"}, "points": 10, "valid_months": 12, "required_for": ["*"]}
LEADS = {1: 1, 2: 34}  # each property's open lead
CANARIES = {1: Canary(1, 1, 1, 1, "Kolibri"), 2: Canary(2, 2, 7, 2, "Zeisig")}


def _settle(built: Hotel, c: Canary, country: str, rate: int) -> None:
    """Six reservations of each kind, a charge, a consent, a wish and a note."""
    at, texts = CODES[c.property], c.texts
    built.property(at, 10 * c.property, name=f"House {c.token}")
    guest = built.guest(f"{texts['given']} {texts['family']}", at, email=texts["email"], phone=texts["phone"], country=country)
    stay = built.stay(at, "2025-03-03", 2, rate, guest, confirmation=texts["confirmation"], room_type=f"Room{c.token}")
    built.charge(stay, "fnb", rate / 10)
    built.stay(at, "2024-03-04", 1, rate, guest)
    built.stay(at, "2025-03-10", 2, rate, guest, status="cancelled", channel="ota")
    built.stay(at, "2025-03-12", 1, rate, None, country=country)
    built.stay(at, "2025-03-15", 1, rate, guest, status="no_show")
    built.stay(at, "2025-04-01", 3, rate, guest, status="confirmed")
    built.consent(guest, "given", "2025-03-01T10:00:00+00:00")
    _ask(built, c, guest, stay)
    _enrol(built, c, guest, stay)
    _keep_out(built, c)
    _save(built, c, guest)
    _keep(built, c)
    _mail(built, c, guest)
    _tell(built, c, guest)
    _gather(built, c, guest)
    bulk.tag_contacts(built.store, Scope("local", (1, 2), default_period(AS_OF), AS_OF), chosen=[(guest, 1)], tag=f"Tag{c.token}")
    _speak(built, c, stay)
    with built.store.changing(_entry()) as change:
        change.connection.execute(sa.insert(schema.preference).values(guest_id=guest, kind="pillow", value=texts["wish"], source="desk",
                                                                      noted_on=sa.func.date("2025-03-02")))
        change.connection.execute(sa.insert(schema.note).values(guest_id=guest, property_id=c.property, text=texts["note"], author="ana",
                                                                created_at=change.at))


def _speak(built: Hotel, c: Canary, stay: int) -> None:
    """A review with a mark that was corrected, a survey answer that was asked for, a complaint, and a comparison set."""
    review = built.review(stay, 3.0, profile_id=c.guest, text=f"Noise {c.token}", title=c.token, author=c.token,
                          reviewed_on="2025-03-12", language="en", room=f"Room{c.token}")
    built.scored(review, "negative", -0.8, ("noise", "negative"))
    corrections.correct_mention(built.store, Scope("local", (c.property,), default_period(AS_OF), AS_OF), review_id=review, box="text", start=0, stop=9,
                                aspect="noise", label="negative")
    built.review(stay, 9.0, kind="survey", platform="survey", nps=10, reviewed_on="2025-03-13")
    built.asked(built.survey(f"survey{c.property}"), stay, "2025-03-06", profile_id=c.guest)
    built.case(stay, text=f"Music {c.token}", owner=c.token, review_id=review, opened_at="2025-03-12T10:00:00+00:00")
    with built.store.changing(_entry()) as change:
        change.connection.execute(sa.insert(schema.review_benchmark).values(
            property_id=c.property, name=f"Set {c.token}", month_on=dt.date(2025, 3, 1), figure="review_index", value=80.0 + c.property, hotels=5, reviews=100,
            largest_bp=3000, source="test"))


def _save(built: Hotel, c: Canary, guest: int) -> None:
    """A segment of two versions and an audience, whose numbers are the property's."""
    view = Scope("local", (c.property,), default_period(AS_OF), AS_OF, user=f"Owner{c.token}")
    assert segments.save_segment(built.store, view, name=f"Segment{c.token}", rule=RULES[0], note=c.texts["note"]) == c.property
    segments.save_segment_version(built.store, view, id=c.property, version=1, rule=RULES[1])
    assert audiences.save_audience(built.store, view, name=f"Audience{c.token}", kind="win_back", definition={"of": c.token}, guests=[guest]) == c.property


def _keep(built: Hotel, c: Canary) -> None:
    """A view on a board that is printed daily, a decision that is due and a note beside a day; their numbers are the property's."""
    scope, store, k = Scope("local", (c.property,), default_period(AS_OF), AS_OF, user=f"Owner{c.token}"), built.store, c.property
    assert views.save_view(store, scope, name=f"View{c.token}", page="value", params={"properties": str(k)}) == k
    assert boards.save_board(store, scope, name=f"Board{c.token}") == k
    boards.add_to_board(store, scope, id=k, version=1, view_id=k)
    assert reports.save_report(store, scope, board_id=k, name=f"Report{c.token}", rhythm="daily") == k
    reports.note_report_run(store, scope, id=k, for_on=AS_OF, state="failed", why=c.token)
    assert decisions.decide(store, scope, kpi="adr", will_do=c.token, due_on=AS_OF, from_on=A_YEAR_AGO) == k
    assert annotations.annotate(store, scope, property_id=k, on_day=AS_OF, kind="works", said=c.token) == k


def _mail(built: Hotel, c: Canary, guest: int) -> None:
    """A campaign to the audience, one planned, a message with all that can happen to it, and a step of a journey; their numbers are the property's."""
    k, own = c.property, json.dumps([c.property])
    sent = {"sent_at": "2025-03-01T10:00:00+00:00", "audience_id": k, "groups": '["way"]', "cost_minor": 1000 * k, "budget_minor": 900 * k, "currency": "EUR"}
    campaign = built.campaign(f"Campaign{c.token}", properties=own, **sent)
    built.campaign(f"Plan{c.token}", properties=own, planned_on="2025-05-01", planned_people=100 * k)
    happened = [(kind, f"2025-03-02T{10 + i}:00") for i, kind in enumerate(("delivered", "opened", "clicked", "unsubscribed", "complained"))]
    for copy in range(k):
        built.send(campaign, guest, "2025-03-02T10:00", *happened, domain="gmail.com", external_id=f"{k}/{copy}")
    with built.store.changing(_entry()) as change:
        change.connection.execute(sa.insert(schema.journey).values(id=k, name=f"Journey{c.token}", kind="post_stay", properties=own, actor="ana",
                                                                   created_at=change.at, is_active=1))
        change.connection.execute(sa.insert(schema.journey_version).values(
            journey_id=k, number=1, rules=json.dumps(AFTERWARDS | {"steps": [{"wait": wait, "message": f"Message{c.token}"} for wait in (0, 30)]}),
            from_on=dt.date(2025, 1, 1), actor="ana", at=change.at))
        for step, state in ((1, "exported"), (2, "left")):
            change.connection.execute(sa.insert(schema.journey_due).values(
                journey_id=k, number=1, guest_id=guest, property_id=k, occasion="stay", step=step, due_on=dt.date(2025, 3, step), arm="contact",
                state=state, why=f"Why{c.token}" if state == "left" else "", at=change.at, revision=change.revision))


def _tell(built: Hotel, c: Canary, guest: int) -> None:
    """A message of the campaign to nobody, a reading of its result, a guest who left the audience, and a consent with proof."""
    campaign = 2 * c.property - 1
    built.send(campaign, None, "2025-02-20T10:00", external_id=f"nobody {c.token}")
    with built.store.changing(_entry()) as change:
        for table, values in (
            (schema.campaign_reading, {"campaign_id": campaign, "kind": "peek", "as_of": AS_OF, "result": "{}", "actor": f"Owner{c.token}", "at": change.at}),
            (schema.audience_left, {"audience_id": c.property, "guest_id": guest, "step": "consent", "why": "withdrawn"}),
            (schema.consent, {"guest_id": guest, "purpose": "marketing", "channel": "post", "state": "given", "at": "2025-03-01T10:00:00+00:00",
                              "source": "desk", "proof": f"Proof{c.token}", "actor": "test", "revision": change.revision}),
        ):
            change.connection.execute(sa.insert(table).values(**values))


def _gather(built: Hotel, c: Canary, guest: int) -> None:
    """An event that the guest came to, one to come, a comparison set, and an assessment; the events' numbers are 1 and 2, or 3 and 4."""
    at, k = CODES[c.property], c.property
    assert built.event(at, "2025-03-04", name=f"Event{c.token}", place=f"Hall{c.token}", cost_minor=1000 * k, currency="EUR") == 2 * k - 1
    built.attend(2 * k - 1, guest, party=k)
    built.attend(built.event(at, "2025-05-01", name=f"Later{c.token}"), guest, "registered")
    built.market(at, "2025-03-01", "2025-04-01", 3100, 1550 * k, 155_000, set_name=f"Set{c.token}")
    built.assessment(at, CHECKLIST, "2025-03-02", {"R1": "met", "D1": "not_met" if k == 1 else "partly"})


def _train(built: Hotel, c: Canary) -> None:
    """Somebody who works there with a certificate and a lesson, an assessment that is not complete, something to be done, and a playbook that is followed."""
    k, at, scope, store = c.property, CODES[c.property], Scope("local", (c.property,), default_period(AS_OF), AS_OF), built.store
    assert built.staff(at, name=f"Staff{c.token}") == k
    assert built.certificate(k, 1, "2024-04-10", "2025-04-10", number=f"No{c.token}") == k
    staff.note_class(store, scope, lesson=f"L{c.token}", on_day=AS_OF, class_code="", results=[{"staff_id": k, "right_answers": k, "questions": 4}])
    assert assessments.start_assessment(store, scope, property_id=k, standard_id=CHECKLIST, kind="audit", assessor=c.token) == 2 + k
    assert improvements.add_improvement(store, scope, property_id=k, standard_id=CHECKLIST, item="R1", what=c.token) == k
    built.set(schema.decision, k, playbook="quiet_nights")


def _enrol(built: Hotel, c: Canary, guest: int, stay: int) -> None:
    """A member with points, some of them taken back, a tier given by hand, a code, somebody invited, and what the programme cost."""
    at, k = CODES[c.property], c.property
    member = built.member(guest, "2024-01-10", CLUB, f"Via{c.token}", number=c.texts["number"], tier="Base")
    built.points(member, "2024-03-05", "earn", 1000 * k, spend="room", stay_id=stay, external_id=f"{k}")
    built.points(member, "2024-06-05", "earn", 300 * k, spend="fnb", expires_on="2025-05-01")
    built.points(member, "2025-03-20", "burn", -200 * k, spend="room", amount_minor=80 * k, currency="EUR")
    built.points(member, "2024-08-01", "adjust", 50 * k, reason=c.texts["reason"], actor=f"Owner{c.token}")
    again = built.points(member, "2025-03-05", "earn", 70 * k, spend="room")
    built.points(member, "2025-03-06", "reverse", -70 * k, reverses_id=again)
    built.override(member, "Gold", "2025-01-01", "2025-12-31")
    built.invite(built.code(member, "2024-02-01", f"CODE{c.token}"), "2024-02-02", guest)
    built.cost(CLUB, at, "2025-01-01", 100 * k)


def _keep_out(built: Hotel, c: Canary) -> None:
    """A line of a file that waits for correction."""
    with built.changing("import") as change:
        change.connection.execute(sa.insert(schema.import_reject).values(
            batch_id=built.batch, property_id=c.property, line=9, column="adults", value=c.token, rule="whole_number", reason="-",
            cells=json.dumps({"name": c.texts["family"]})))


def _doubt(built: Hotel) -> None:
    """The guests of the two properties may be one person, and were once called two: whoever sees one of them sees none of this."""
    with built.changing("match") as change:
        change.connection.execute(sa.insert(schema.match_pair).values(a_id=1, b_id=2, probability=.7, found_at=change.at))
        change.connection.execute(sa.insert(schema.guest_link).values(
            a_id=1, b_id=2, decision="different", decided_by="person", actor="ana", at=change.at, ended_at=change.at))
        change.connection.execute(sa.insert(schema.setting).values(key=duplicates.BY_HAND, value="1,2"))


def _ask(built: Hotel, c: Canary, guest: int, stay: int) -> None:
    """An open lead with a word that waits, one that was won, thirty old ones, enough for points, and one of the period."""
    at, texts = CODES[c.property], c.texts
    who = {"guest_id": guest, "owner": f"Owner{c.token}", "name": f"Lead{c.token}", "email": texts["email"], "due_on": AS_OF}
    lead = built.lead(at, "2025-02-20T10:00", **who, value_minor=c.property * 1000, note=texts["note"])
    built.said(at, "2025-02-20T10:00", "in", lead_id=lead, guest_id=guest, subject=texts["wish"], text=texts["note"], address=texts["email"])
    built.said(at, "2025-03-20T10:00", "in", "chat", guest_id=guest, text=texts["family"])
    built.lead(at, "2024-06-01T10:00", ("won", "2024-06-09T10:00"), **who, stay_id=stay, via="phone" if c.property == 1 else "form")
    for hour in range(30):
        built.lead(at, f"2024-06-{1 + hour % 20:02}T{hour % 24:02}:00", via="phone" if c.property == 1 else "form", country=None, name=texts["given"])
    built.lead(at, "2025-03-05T10:00", name=texts["family"])


def _entry():
    from crm_core.store.audit import Entry
    return Entry("test", "add", "hotel")


@pytest.fixture(scope="module")
def houses(tmp_path_factory):
    """Settings of three stores: with both properties (None), and with property 1 or 2 alone."""
    homes = {alone: settings_.at(tmp_path_factory.mktemp("house") / "home") for alone in (None, 1, 2)}
    built = Hotel(record.open_store(homes[None])).open()
    assert built.programme("club") == CLUB
    assert built.standard() == CHECKLIST
    _settle(built, CANARIES[1], "PT", 100)
    _settle(built, CANARIES[2], "LK", 770)
    _doubt(built)
    assert courses.save_course(built.store, Scope("local", (1, 2), default_period(AS_OF), AS_OF), form=COURSE) == 1
    for c in CANARIES.values():
        _train(built, c)
    with built.store.changing(_entry()) as change:
        packs.write_parts(change, PACK, "test")
        review_search.catch_up(change)
        change.connection.execute(sa.insert(schema.offer).values(code="dinner", name="Dinner", department="fnb", margin_minor=3000, currency="EUR"))
        change.connection.execute(sa.insert(schema.case_rule).values(id=1, place=1, name="All", fits="{}", sets='{"priority": "low"}'))
    record.close_all()
    for alone in (1, 2):
        shutil.copytree(homes[None].home, homes[alone].home)
        _remove(record.open_store(homes[alone]), 3 - alone)
    for settings in homes.values():
        refresh(settings)
        _foretell(settings)
    yield homes
    record.close_all()


# No model speaks of two guests: what one might say is put in its place. Both have a stay on the books: another two guests have none, and are at risk.
FORETOLD = (
    """UPDATE mart_guest_scores SET alive_ppm = 100000 * guest_id, alive_low = 90000 * guest_id, alive_high = 110000 * guest_id, return_ppm = 50000 * guest_id,
       expected_ppm = 60000 * guest_id, expected_low = 50000 * guest_id, expected_high = 70000 * guest_id, stays_2 = 0.1, stays_3 = 0.1,
       spend_per_stay = 10000 * guest_id, value = 1000 * guest_id, value_low = 900 * guest_id, value_high = 1100 * guest_id, at_stake = 5000 * guest_id,
       value_decile = 10, tier = 'top', gap_days = 5""",
    """INSERT INTO mart_guest_tests BY NAME SELECT property_id, guest_id, guest_id AS cluster, last_on, stays, silent_days, 1000 * guest_id AS expected_ppm,
       1000 * guest_id AS return_ppm, guest_id AS decile, 1 AS came, 1 AS returned FROM mart_guest_scores""",
    """INSERT INTO mart_guest_hazards BY NAME SELECT property_id, 'direct' AS trait, 1.5 AS ratio, 1.1 AS low, 2.0 AS high, 0.01 AS p, 0.5 AS drift_p,
       600 + property_id AS guests, 700 AS n, 200 AS returns, 0 AS is_sample FROM mart_properties""",
    """UPDATE mart_members SET next_tier = 'Silver', measure = 'nights', has = 4, wants = 5, missing = 1, reach_ppm = 800000, falls_to = 'Base',
       falls_on = DATE '2025-04-10', keeps_with = guest_id""",
    "INSERT INTO mart_guest_scores SELECT * REPLACE (guest_id + 10 AS guest_id) FROM mart_guest_scores",
    # What is redeemed in the end is told of the whole programme, which both properties share: it is the same in every house.
    "DELETE FROM mart_vintages",
    """INSERT INTO mart_vintages BY NAME SELECT 1 AS programme_id, begins AS issued_on, 3 AS age, 9000 AS issued, 2000 AS redeemed, 0 AS expired, 7000 AS open,
       0.7 AS urr, 0.6 AS urr_low, 0.8 AS urr_high, 0 AS is_ripe FROM (VALUES (DATE '2024-01-01'), (DATE '2024-04-01'), (DATE '2024-07-01')) AS q (begins)""",
    """UPDATE mart_lots SET redeems_ppm = 500000, redeems_low = 400000, redeems_high = 600000, owed = 200 * points, owed_low = 160 * points,
       owed_high = 240 * points, deferred = 100 * points, deferred_low = 90 * points, deferred_high = 110 * points WHERE fate = 'open'""",
    "UPDATE mart_point_months SET urr = 0.5, value = 0.4, expected = 0.5 * closing, liability = 0.2 * closing",
    """INSERT INTO mart_drivers BY NAME SELECT property_id, 'noise' AS aspect, 0.5 AS share, 0.4 AS share_low, 0.6 AS share_high, property_id AS effect,
       0.5 AS effect_low, 2.0 AS effect_high, 0.5 AS positive_share, 100 AS mentions, 400 AS texts, 0.3 AS explained FROM mart_properties""",
    """INSERT INTO mart_alarms BY NAME SELECT property_id, aspect, DATE '2025-03-24' AS week_on, 'p' AS chart, 30 AS n, 0.3 AS value, 0.1 AS centre, 0.0 AS low,
       0.2 AS high, 1 AS is_signal, 1 AS is_worse, 1.0 AS false_per_year FROM mart_properties, (VALUES (''), ('noise')) AS a (aspect)""",
    """INSERT INTO mart_cases SELECT * REPLACE (case_id + 10 AS case_id, 0 AS is_open, DATE '2025-03-13' AS closed_on, 'broken' AS root_cause)
       FROM mart_cases""",
    # A guest without a name had the like of each stay of a year ago; one of the two was helped fast, the other slowly.
    """INSERT INTO mart_stays SELECT * REPLACE (stay_id + 1000 AS stay_id, reservation_id + 1000 AS reservation_id, guest_id + 20 AS guest_id,
       cluster + 20 AS cluster) FROM mart_stays WHERE arrival_on = DATE '2024-03-04'""",
    """INSERT INTO mart_cases SELECT c.* REPLACE (c.case_id + s.reservation_id AS case_id, s.reservation_id AS reservation_id, 0 AS is_open,
       CASE WHEN s.stay_id < 1000 THEN 60 ELSE 6000 END AS solve_minutes) FROM mart_cases AS c JOIN mart_stays AS s
       ON s.property_id = c.property_id AND s.arrival_on = DATE '2024-03-04' AND c.case_id < 10""",
    "INSERT INTO mart_mentions SELECT mart_mentions.* FROM mart_mentions, range(40)",
    # Somebody like each guest written to, or due for a message, was held out of it and did nothing; another two guests are held out of everything.
    """INSERT INTO mart_assigned SELECT mart_assigned.* REPLACE (guest_id + 30 AS guest_id, 'held_out' AS arm, 0 AS is_booked, 0 AS is_booked_here, 0 AS margin,
       0 AS margin_here, 0 AS revenue, 0 AS revenue_here, 1 AS has_control) FROM mart_assigned, range(40)""",
    "UPDATE mart_assigned SET has_control = 1",
    "INSERT INTO mart_assigned SELECT mart_assigned.* FROM mart_assigned, range(40) WHERE arm = 'contact'",
    """INSERT INTO mart_journey_steps SELECT * REPLACE (due_id + 10 AS due_id, guest_id + 30 AS guest_id, 'held_out' AS arm, 0 AS is_booked)
       FROM mart_journey_steps""",
    "INSERT INTO mart_held_out SELECT guest_id, DATE '2024-06-01' AS from_on FROM mart_guests",
    "INSERT INTO mart_draws SELECT 'salt' AS salt, 1000 AS share_bp, '1999999a' AS upto, DATE '2024-06-01' AS from_on",
    "UPDATE mart_member_effects SET effect = 100 * members, effect_low = 50 * members, effect_high = 150 * members",
)


def _foretell(settings) -> None:
    with duckdb.connect(str(next(settings.warehouse.glob("*.duckdb")))) as duck:
        for statement in FORETOLD:
            duck.execute(statement)


def _remove(store, property_id: int) -> None:
    """Take a property with its guest out of a store, as if it had never been there."""
    with store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER consent_no_delete")
        mine = f"SELECT id FROM campaign WHERE properties = '[{property_id}]'"
        connection.exec_driver_sql(f"DELETE FROM send_event WHERE send_id IN (SELECT id FROM send WHERE campaign_id IN ({mine}))")
        connection.exec_driver_sql(f"DELETE FROM send WHERE campaign_id IN ({mine})")
        connection.exec_driver_sql(f"DELETE FROM campaign_reading WHERE campaign_id IN ({mine})")
        connection.exec_driver_sql(f"DELETE FROM campaign WHERE properties = '[{property_id}]'")
        connection.exec_driver_sql(f"DELETE FROM journey_due WHERE journey_id = {property_id}")
        connection.exec_driver_sql(f"DELETE FROM journey_version WHERE journey_id = {property_id}")
        connection.exec_driver_sql(f"DELETE FROM journey WHERE id = {property_id}")
        for table in ("segment_version", "audience_member", "audience_left"):
            connection.exec_driver_sql(f"DELETE FROM {table} WHERE {table.split('_')[0]}_id = {property_id}")
        for table in ("report_run", "report", "board_view", "board", "saved_view", "decision", "annotation"):
            column = {"report_run": "report_id", "board_view": "board_id"}.get(table, "id")
            connection.exec_driver_sql(f"DELETE FROM {table} WHERE {column} = {property_id}")
        mine = f"SELECT id FROM event WHERE property_id = {property_id}"
        connection.exec_driver_sql(f"DELETE FROM attendance WHERE event_id IN ({mine})")
        mine = f"SELECT id FROM assessment WHERE property_id = {property_id}"
        connection.exec_driver_sql(f"DELETE FROM assessment_item WHERE assessment_id IN ({mine})")
        for table in ("certificate", "learning"):
            connection.exec_driver_sql(f"DELETE FROM {table} WHERE staff_id = {property_id}")
        for table in ("event", "market", "assessment", "staff", "improvement"):
            connection.exec_driver_sql(f"DELETE FROM {table} WHERE property_id = {property_id}")
        for table in ("segment", "audience"):
            connection.exec_driver_sql(f"DELETE FROM {table} WHERE id = {property_id}")
        connection.exec_driver_sql(f"DELETE FROM points_entry WHERE membership_id = {property_id} AND reverses_id IS NOT NULL")
        connection.exec_driver_sql(f"DELETE FROM points_entry WHERE membership_id = {property_id}")
        for table in ("referral", "referral_code", "tier_override", "membership"):
            connection.exec_driver_sql(f"DELETE FROM {table} WHERE id = {property_id}")
        connection.exec_driver_sql(f"DELETE FROM lead_step WHERE lead_id IN (SELECT id FROM lead WHERE property_id = {property_id})")
        for table in ("mention", "review_score", "correction"):
            connection.exec_driver_sql(f"DELETE FROM {table} WHERE review_id IN (SELECT id FROM review WHERE property_id = {property_id})")
        connection.exec_driver_sql(f"DELETE FROM case_step WHERE service_case_id IN (SELECT id FROM service_case WHERE property_id = {property_id})")
        for table in ("service_case", "review", "invitation", "review_benchmark", "room", "service_target"):
            connection.exec_driver_sql(f"DELETE FROM {table} WHERE property_id = {property_id}")
        for table in ("import_reject", "interaction", "lead", "charge", "stay", "search_term", "note", "profile", "rooms_available", "programme_cost"):
            connection.exec_driver_sql(f"DELETE FROM {table} WHERE property_id = {property_id}")
        for table in ("match_pair", "guest_link"):
            connection.exec_driver_sql(f"DELETE FROM {table} WHERE {property_id} IN (a_id, b_id)")
        for table in ("consent", "preference", "tag"):
            connection.exec_driver_sql(f"DELETE FROM {table} WHERE guest_id = {property_id}")
        for table in ("guest", "property"):
            connection.exec_driver_sql(f"DELETE FROM {table} WHERE id = {property_id}")


# --- queries ----------------------------------------------------------------------------------------------------------
KEYS = ("room_revenue", "total_revenue", "stays", "cancellation_rate", "guests", "lead_time_median", "repeat_ratio_nights", "completeness",
        "valid_email_rate", "return_rate_12m", "km_return_12m", "guests_at_risk", "clv_3y_margin", "backtest_error",
        "members", "enrolment_rate", "member_contribution", "burn_earn_ratio", "points_liability", "referral_k")
ASKED: dict[str, object] = {
    "kpi_values": lambda own, other: [{"keys": (*KEYS, "programme_cost_per_room", "incremental_member_value"), "by": by}
                                      for by in (None, "property", "country", "tier")],
    "kpi_months": lambda own, other: [{"keys": ("adr", "occupancy"), "count": 3}, {"keys": ("guests",), "count": 2}],
    "behind": lambda own, other: [{"key": key} for key in KEYS],
    "behind_total": lambda own, other: [{"key": key} for key in KEYS] + [{"key": "stays", "group": ("property", other.property)},
                                                                         {"key": "stays", "group": (("property", other.property), ("month", A_YEAR_AGO))}],
    "on_the_books": lambda own, other: [{}],
    "unusual": lambda own, other: [{}],
    "arrivals": lambda own, other: [{}],
    "arrivals_count": lambda own, other: [{}],
    "freshness": lambda own, other: [{}],
    "guest_list": lambda own, other: [{}, {"country": "LK"}, {"ids": (own.guest, other.guest)}, {"in_period": True}],
    "guest_count": lambda own, other: [{}, {"consent": "yes"}, {"stays_from": 1}],
    "guest_figures": lambda own, other: [{"guest": own.guest}, {"guest": other.guest}],
    "guest_departments": lambda own, other: [{"guest": own.guest}, {"guest": other.guest}],
    "origins": lambda own, other: [{}],
    "origin": lambda own, other: [{"country": "PT"}, {"country": "LK"}],
    "origin_figures": lambda own, other: [{}],
    "properties": lambda own, other: [{}],
    "channels": lambda own, other: [{}],
    "identity_sensitivity": lambda own, other: [{}],
    "lead_conversion_by": lambda own, other: [{}, {"by": "kind"}],
    "lead_stages": lambda own, other: [{}],
    "lead_scores": lambda own, other: [{}, {"ids": tuple(LEADS.values())}],
    "lead_models": lambda own, other: [{}],
    "lead_deciles": lambda own, other: [{}],
    "interaction_volume": lambda own, other: [{}],
    "response_times": lambda own, other: [{}],
    "stage_moves": lambda own, other: [{}],
    "stage_guests": lambda own, other: [{"stage": "member"}, {"stage": "member", "move": "entered"}],
    "guest_stages": lambda own, other: [{"guest": own.guest}, {"guest": other.guest}],
    "contact_quality": lambda own, other: [{}, {"by_source": True}],
    "quality_behind": lambda own, other: [{"field": "consent", "dimension": "valid"}, {"field": "name", "dimension": "unique"}],
    "duplicate_band": lambda own, other: [{}],
    "work_lists": lambda own, other: [{}],
    "work_list": lambda own, other: [{"work": "no_proof"}],
}
ASKED |= {
    "explored": lambda own, other: [
        {"key": "stays", "rows": "country", "columns": "property"}, {"key": "guests", "rows": Part("channel", ("ota",)), "panels": "month"},
        {"key": "cancellation_rate", "rows": "week", "columns": "country", "second": "alos"}, {"key": "past_spend", "rows": "property"}],
    "largest": lambda own, other: [{"key": "guests", "dimension": "country", "count": 3}],
    "spread": lambda own, other: [{"key": key} for key in ("total_revenue", "lead_time_median", "past_spend")] + [{"key": "rooms_sold", "by": "country"}],
    "marks": lambda own, other: [{}],
}
ASKED |= {
    **{name: lambda own, other: [{}] for name in ("channel_ledger", "cancellations", "room_mix", "product_mix", "market_sets", "market_year", "pickup_months",
                                                  "event_list", "standards_trend")},
    "market_months": lambda own, other: [{"count": 2}],
    "pickup_days": lambda own, other: [{"count": 9}],
    "event_groups": lambda own, other: [{"by": by} for by in ("event_kind", "audience", "place")],
    "event_people": lambda own, other: [{"event": 2 * c.property - late, "outcome": outcome} for c in (own, other) for late in (0, 1)
                                        for outcome in (None, "attended")],
    "event_days": lambda own, other: [{"from_on": dt.date(2025, 3, 1), "to_on": dt.date(2025, 6, 1)}],
    "guest_evidence": lambda own, other: [{"items": (("R1", "noise", "noise", ""), ("D1", "", "", "housekeeping"))}],
    "triggers": lambda own, other: [{"keys": KEYS}],
    "contribution_lines": lambda own, other: [{"keys": KEYS}],
}
ASKED |= {
    "segment_sizes": lambda own, other: [{"rules": RULES}],
    "segment_everyone": lambda own, other: [{}],
    "segment_members": lambda own, other: [{"rule": rule, "limit": 9} for rule in RULES],
    "guest_segments": lambda own, other: [{"rules": RULES, "guest": own.guest}, {"rules": RULES, "guest": other.guest}],
    "field_choices": lambda own, other: [{"field": field.key} for field in FIELDS.values() if field.listed],
}
ASKED |= {
    "rfm_cells": lambda own, other: [{}],
    "value_tiers": lambda own, other: [{}],
    "stay_patterns": lambda own, other: [{}],
    "guest_clusters": lambda own, other: [{}],
    "group_guests": lambda own, other: [{}, {"where": (("country", "LK"),)}, {"where": (("rfm", "promising"),)}],
    "group_moves": lambda own, other: [{"since": A_YEAR_AGO, "kind": kind} for kind in ("rfm", "spend")],
    "group_movers": lambda own, other: [{"since": A_YEAR_AGO, "before": "recent", "now": "promising"}],
    "compare_groups": lambda own, other: [{"key": key, "by": by} for key in ("stays", "cancellation_rate", "lead_time_median") for by in ("country", "rfm")]
    + [{"key": "total_revenue", "by": "segment", "segments": tuple(Segment(rule) for rule in RULES)}],
}
ASKED |= {
    "cases_by": lambda own, other: [{"by": by} for by in service.GROUPS],
    "backlog_ages": lambda own, other: [{}],
    "case_causes": lambda own, other: [{}],
    "case_ids": lambda own, other: [{}, {"group": ("property", other.property)}],
    "case_facts": lambda own, other: [{"ids": (own.property, other.property)}],
    "review_facts": lambda own, other: [{"ids": (2 * own.property, 2 * other.property)}],
    "recovery": lambda own, other: [{}],
    "recovery_contrast": lambda own, other: [{}],
    "aspects": lambda own, other: [{}],
    "aspect_groups": lambda own, other: [{"aspect": "noise", "by": by} for by in GROUPS],
    "review_coverage": lambda own, other: [{}],
    "review_list": lambda own, other: [{"view": view} for view in VIEWS] + [{"aspect": "noise"}, {"group": ("property", other.property)}],
    "review_sides": lambda own, other: [{"language": "en"}],
    "review_count": lambda own, other: [{}, {"view": "critical"}],
    "nps_groups": lambda own, other: [{}, {"by": "language"}],
    "nps_mix": lambda own, other: [{}],
    "non_response": lambda own, other: [{}],
    "silent_guests": lambda own, other: [{}],
    "drivers": lambda own, other: [{}],
    "what_if": lambda own, other: [{}],
    "alarm_weeks": lambda own, other: [{"property": own.property}, {"property": other.property, "aspect": "noise"}],
    "alarm_signals": lambda own, other: [{}],
    "alarm_charts": lambda own, other: [{}],
    "index_gaps": lambda own, other: [{}],
    "waiting_reviews": lambda own, other: [{}],
    "answering": lambda own, other: [{"by": by} for by in WHO],
}
COHORT = {"start": dt.date(2024, 1, 1), "end": dt.date(2024, 4, 1), "months": 12}
ASKED |= {
    "cohorts": lambda own, other: [{"grain": grain, "measure": measure} for grain in retention.GRAINS for measure in retention.MEASURES],
    "cohort_guests": lambda own, other: [COHORT],
    "return_curves": lambda own, other: [{}, {"by": "property", "since": "any"}],
    "return_groups": lambda own, other: [{"by": by} for by in retention.SPLITS],
    "return_hazards": lambda own, other: [{}],
    "gaps": lambda own, other: [{}],
    "return_limits": lambda own, other: [{}],
    "value_summary": lambda own, other: [{}, {"years": 1, "discount_bp": 500, "margin_bp": 5000}],
    "value_map": lambda own, other: [{}],
    "value_guests": lambda own, other: [{}, {"tier": "top", "band": "gone", "decile": 10}],
    "value_by": lambda own, other: [{"by": by} for by in value.ACQUIRED_BY],
    "concentration": lambda own, other: [{}],
    "recency_table": lambda own, other: [{}],
    "guest_models": lambda own, other: [{}],
    "forecast_deciles": lambda own, other: [{}],
    "risk_list": lambda own, other: [{"sort": sort, "reach": reach} for sort in at_risk.SORTS for reach in at_risk.REACHES],
    "risk_total": lambda own, other: [{"reach": reach} for reach in at_risk.REACHES],
    "list_outcomes": lambda own, other: [{}],
    "guest_outlook": lambda own, other: [{"guest": own.guest}, {"guest": other.guest}],
}
YEAR = {"from_on": A_YEAR_AGO, "to_on": AS_OF}
ASKED |= {
    "points_flow": lambda own, other: [{}],
    "points_age": lambda own, other: [{}],
    "points_expiring": lambda own, other: [{}],
    "redemptions": lambda own, other: [{"by": by} for by in REDEEMED_BY],
    "points_triangle": lambda own, other: [{}],
    "vintages": lambda own, other: [{}],
    "liability": lambda own, other: [{}, {"shift_pp": 5}],
    "sensitivity": lambda own, other: [{}],
    "roll_forward": lambda own, other: [YEAR],
    "journal": lambda own, other: [YEAR],
    "member_effect": lambda own, other: [{}],
    "programme_economics": lambda own, other: [{}],
    "referral_summary": lambda own, other: [{}],
    "promoter_share": lambda own, other: [{}],
    "advocate_list": lambda own, other: [{}],
    "referred_guests": lambda own, other: [{}],
}
ASKED |= {
    "programmes": lambda own, other: [{}],
    "enrolments": lambda own, other: [{"by": by} for by in loyalty.GROUPED_BY],
    "member_share": lambda own, other: [{}],
    "early_engagement": lambda own, other: [{}],
    "tier_mix": lambda own, other: [{}],
    "tier_moves": lambda own, other: [{}, YEAR],
    "tier_movers": lambda own, other: [{"before": "Base", "now": "Gold"}],
    "time_in_tier": lambda own, other: [{}],
    "tier_work": lambda own, other: [{"kind": kind} for kind in tiers.KINDS],
}
def _of_campaigns(**asked: object):
    """Ask of each property's campaign."""
    return lambda own, other: [{"campaign": campaign, **asked} for campaign in (2 * own.property - 1, 2 * other.property - 1)]


ASKED |= {
    "campaign_list": lambda own, other: [{"sort": sort} for sort in SORTS],
    **{name: _of_campaigns() for name in ("campaign_card", "campaign_funnel", "campaign_days", "campaign_arms", "campaign_harm", "credits_by_rule",
                                          "touch_paths")},
    "campaign_groups": lambda own, other: _of_campaigns()(own, other) + _of_campaigns(scan=True)(own, other),
    "campaign_people": lambda own, other: [{"campaign": 2 * c.property - 1, "outcome": outcome} for outcome in OUTCOMES for c in (own, other)],
    "campaign_people_total": _of_campaigns(),
    "double_counted": lambda own, other: [{}],
    "global_holdout": lambda own, other: [{}],
    **{name: lambda own, other: [{}] for name in ("opens_by_month", "campaign_overlaps")},
    **{name: lambda own, other: [{}] for name in ("domains", "bounces", "mediums", "send_times", "fatigue_bands", "fatigue_lifts", "calendar", "budget")},
    **{name: lambda own, other: [{}] for name in ("credit_ranks", "messages_per_guest", "purposes", "only_reported")},
    "audience_fall": lambda own, other: [{"rule": rule, "cap": 1} for rule in RULES],
    "audience_reach": lambda own, other: [{"rule": RULES[0]}, {"guests": (own.guest, other.guest)}],
    "clause_check": lambda own, other: [{"rule": RULES[2], "guest": own.guest}, {"rule": RULES[2], "guest": other.guest}],
    "journey_summary": lambda own, other: [{}],
    **{name: lambda own, other: [{"journey": own.property}, {"journey": other.property}] for name in ("journey_funnel", "journey_left", "journey_lift")},
}
SAFE_WITHOUT = {
    "guest_clusters": "no clusters are made of two guests",
    "lead_conversion_by": "a lead of the period is not old enough yet: its ninety days are not over",
    "lead_deciles": "no lead was tested here: the score needs two hundred bookings",
    "channels": "every property shares them",
    "largest": "no group of one guest is named",
    "spread": "no bin is told of two guests",
    "only_reported": "of every campaign there the messages are known",
    "programmes": "every property shares them",
    "vintages": "what is redeemed in the end is told of a whole programme, whose rules all properties share",
    "unusual": "its columns are the scope's properties, whatever the statement returns",
}


def test_every_query_is_asked():
    assert set(ASKED) == set(QUERIES)


def _crosses(houses, view, name: str, known: list | None = None) -> None:
    """Fail where a query's answer in the scope of one property depends on the other's."""
    own = CANARIES[view.properties[0]]
    other = CANARIES[3 - own.property]
    both = warehouse.current(houses[None])
    for params, alone in zip(ASKED[name](own, other), known or _alone(houses, view, name), strict=True):
        found = queries.run(both, view, name, **params)
        assert other.token not in found.to_csv(), (name, params)
        assert_frame_equal(found, alone, obj=f"{name} {params}")


def _alone(houses, view, name: str) -> list:
    """The answers where the other property never was."""
    own = CANARIES[view.properties[0]]
    house = warehouse.current(houses[own.property])
    return [queries.run(house, view, name, **params) for params in ASKED[name](own, CANARIES[3 - own.property])]


@pytest.fixture(scope="module")
def alone(houses, scope):
    """A function with the answers of a query to the local user where the other property never was: what any role is told must be the same."""
    return cache(lambda name, own: _alone(houses, replace(scope, properties=(own,)), name))


@pytest.mark.parametrize(("role", "own"), [(role, own) for role in ROLES for own in CANARIES if role == "local" or own == 2])
@pytest.mark.parametrize("name", QUERIES)
def test_a_query_in_the_scope_of_one_property_shows_nothing_of_the_other(houses, scope, alone, name, role, own):
    view = replace(scope, role=role, properties=(own,))
    if view.may(QUERIES[name].right):
        _crosses(houses, view, name, alone(name, own))
    else:
        with pytest.raises(NotAllowed, match=QUERIES[name].right):
            queries.run(warehouse.current(houses[None]), view, name, **ASKED[name](CANARIES[1], CANARIES[2])[0])


@pytest.mark.parametrize("name", sorted(set(QUERIES) - set(SAFE_WITHOUT)))
def test_the_check_notices_a_query_that_dropped_its_scope(houses, scope, name, monkeypatch):
    monkeypatch.setattr(reach, "allowed", lambda asked: sa.bindparam(reach.SCOPED, value=[1, 2], expanding=True))
    with pytest.raises(AssertionError):
        _crosses(houses, replace(scope, properties=(1,)), name)


@pytest.mark.parametrize("name", SAFE_WITHOUT)
def test_a_query_that_is_safe_without_its_scope_is_so_for_the_reason_given(houses, scope, name, monkeypatch):
    monkeypatch.setattr(reach, "allowed", lambda asked: sa.bindparam(reach.SCOPED, value=[1, 2], expanding=True))
    _crosses(houses, replace(scope, properties=(1,)), name)


@pytest.mark.parametrize("name", sorted(set(QUERIES) - {"channels", "programmes"}))
def test_a_scope_without_properties_is_answered_with_nothing(houses, scope, name):
    nobody = replace(scope, properties=())
    for params in ASKED[name](CANARIES[1], CANARIES[2]):
        answer = queries.run(warehouse.current(houses[None]), nobody, name, **params).to_csv()
        assert not any(c.token in answer or "PT" in answer or "LK" in answer for c in CANARIES.values())


def test_no_mart_holds_a_word_that_only_the_guest_knows(houses):
    """Room types and names of houses are the hotel's; whatever is the guest's stays in the record store."""
    with warehouse.current(houses[None]).engine.connect() as connection:
        for table in tables.marts.sorted_tables:
            text = repr(connection.exec_driver_sql(f"SELECT * FROM {table.name}").fetchall())
            for c in CANARIES.values():
                assert not [token for token in c.texts.values() if token in text], table.name


# --- look-ups and actions on the records ------------------------------------------------------------------------------
LOOKED: dict[str, object] = {
    "search": lambda own, other: [{"text": text} for text in other.texts.values()],
    "names": lambda own, other: [{"ids": (own.guest, other.guest)}],
    "card": lambda own, other: [{"id": other.guest}, {"id": own.guest}],
    "notes": lambda own, other: [{"guest_id": other.guest}, {"guest_id": own.guest}],
    "timeline": lambda own, other: [{"guest": other.guest}, {"guest": own.guest}],
    "contacts": lambda own, other: [{"ids": (own.guest, other.guest)}],
    "tags_in_use": lambda own, other: [{}],
    "saved_mappings": lambda own, other: [{}],
    "saved_mapping": lambda own, other: [{"name": "list"}],
    "leads": lambda own, other: [{}, {"text": other.token}, {"owner": f"Owner{other.token}"}],
    "lead_totals": lambda own, other: [{}],
    "lead_owners": lambda own, other: [{}],
    "lead_names": lambda own, other: [{"ids": tuple(LEADS.values())}],
    "lead_card": lambda own, other: [{"id": LEADS[other.property]}, {"id": LEADS[own.property]}],
    "lead_bookings": lambda own, other: [{"id": LEADS[other.property]}, {"id": LEADS[own.property]}],
    "interactions": lambda own, other: [{}, {"text": other.texts["note"]}, {"since": AS_OF.replace(month=1)}],
    "interaction_count": lambda own, other: [{}],
    "unanswered": lambda own, other: [{}],
    "bulk_actions": lambda own, other: [{}],
    "segments": lambda own, other: [{}, {"archived": True}],
    "segment_card": lambda own, other: [{"id": other.property}, {"id": own.property}],
    "audiences": lambda own, other: [{}, {"archived": True}, {"kind": "win_back"}],
    "audience_members": lambda own, other: [{"id": other.property}, {"id": own.property}],
    "memberships_of": lambda own, other: [{"guest_id": other.guest}, {"guest_id": own.guest}],
    "balance_on": lambda own, other: [{"membership_id": other.property, "on": AS_OF}, {"membership_id": own.property, "on": AS_OF}],
    "programmes": lambda own, other: [{}],
    "rules_versions": lambda own, other: [{"programme_id": CLUB}],
    "costs": lambda own, other: [{}, {"programme_id": CLUB}],
    "preview_rules": lambda own, other: [{"programme_id": CLUB, "rules": LADDER}],
    "distinguishing_words": lambda own, other: [{"good": [2 * other.property - 1], "bad": [2 * own.property - 1], "language": "en"}],
    "review_texts": lambda own, other: [{"ids": [2 * other.property - 1, 2 * own.property - 1]}],
    "review_card": lambda own, other: [{"id": 2 * other.property - 1}, {"id": 2 * own.property - 1}],
    "guest_reviews": lambda own, other: [{"guest_id": other.guest}, {"guest_id": own.guest}],
    "templates": lambda own, other: [{}, {"language": "en"}],
    "case_queue": lambda own, other: [{}, {"text": other.token}, {"owner": other.token}],
    "case_counts": lambda own, other: [{}],
    "case_owners": lambda own, other: [{}],
    "case_card": lambda own, other: [{"id": other.property}, {"id": own.property}],
    "case_list": lambda own, other: [{"ids": [own.property, other.property]}, {"ids": [other.property]}],
    "guest_cases": lambda own, other: [{"guest_id": other.guest}, {"guest_id": own.guest}],
    "case_rules": lambda own, other: [{}],
    "try_case_rules": lambda own, other: [{}],
    "case_route": lambda own, other: [{"property_id": own.property, "kind": "noise", "review_id": 2 * other.property - 1}],
    "service_targets": lambda own, other: [{}],
    "desk_hours": lambda own, other: [{}],
    "corrections_for_accuracy": lambda own, other: [{}],
    "labelled_own": lambda own, other: [{}],
    "to_label": lambda own, other: [{}],
    "surveys": lambda own, other: [{}, {"closed": True}],
    "invitable": lambda own, other: [{"id": survey, "since": A_YEAR_AGO, "until": AS_OF} for survey in (1, 2)],
    "waiting_invitations": lambda own, other: [{"id": survey} for survey in (1, 2)],
    "waiting_invitation_count": lambda own, other: [{"id": survey} for survey in (1, 2)],
    "search_reviews": lambda own, other: [{"text": "Noise"}, {"text": other.token}],
    "properties": lambda own, other: [{}],
    "rooms": lambda own, other: [{}],
    "channels": lambda own, other: [{}],
    "rates": lambda own, other: [{}],
    "settings": lambda own, other: [{}],
    "waiting": lambda own, other: [{}],
    "waiting_count": lambda own, other: [{}],
    "record_counts": lambda own, other: [{}],
    "side": lambda own, other: [{"id": other.guest}, {"id": own.guest}],
    "merges": lambda own, other: [{}, {"guest_id": other.guest}],
    "last_search": lambda own, other: [{}],
    "merged_by_hand": lambda own, other: [{}],
    "batches": lambda own, other: [{}],
    "rejected_lines": lambda own, other: [{"batch": 1}],
    "open_rejects": lambda own, other: [{"batch": 1}],
}
LOOKED |= {
    "campaign_plans": lambda own, other: [{}, {"archived": True}],
    "journeys": lambda own, other: [{}, {"archived": True}],
    "journey_card": lambda own, other: [{"id": other.property}, {"id": own.property}],
    "simulate_journey": lambda own, other: [{"rules": AFTERWARDS, "from_on": A_YEAR_AGO, "to_on": AS_OF}],
    "due_list": lambda own, other: [{"id": c.property, "from_on": A_YEAR_AGO, "to_on": AS_OF} for c in (other, own)],
    "coming_due": lambda own, other: [{"id": other.property, "days": 31}, {"id": own.property, "days": 31}],
    "guest_journeys": lambda own, other: [{"guest_id": other.guest}, {"guest_id": own.guest}],
    "offers": lambda own, other: [{}],
    "offers_for": lambda own, other: [{"guests": (other.guest, own.guest)}, {"audience_id": other.property}, {"audience_id": own.property}],
    "campaign_plan": lambda own, other: [{"id": 2 * other.property - 1}, {"id": 2 * own.property - 1}],
    **{name: lambda own, other: [{"campaign_id": 2 * other.property - 1}, {"campaign_id": 2 * own.property - 1}]
       for name in ("unlinked_sends", "campaign_readings")},
    "outreach_settings": lambda own, other: [{}],
    "audience_card": lambda own, other: [{"id": other.property}, {"id": own.property}],
    "audience_preview": lambda own, other: [{"guests": (own.guest, other.guest)}],
    "audience_left_of": lambda own, other: [{"id": other.property}, {"id": own.property}],
    "why": lambda own, other: [{"id": audience.property, "guest_id": guest.guest} for audience in (own, other) for guest in (own, other)],
    **{name: lambda own, other: [{"guest": other.guest}, {"guest": own.guest}] for name in ("guest_messages", "guest_audiences", "guest_consents")},
}
LOOKED |= {
    **{name: lambda own, other: [{}, {"archived": True}] for name in ("saved_views", "boards", "reports", "annotations")},
    **{name: lambda own, other: [{"id": other.property}, {"id": own.property}] for name in ("saved_view_card", "board_card", "report_card", "decision_card")},
    "due_reports": lambda own, other: [{"day": AS_OF + dt.timedelta(1)}],
    "decisions": lambda own, other: [{}, {"kpi": "adr"}],
    "due_decisions": lambda own, other: [{}],
}
LOOKED |= {
    **{name: lambda own, other: [{}] for name in ("improvements", "people", "reminders", "started_playbooks", "gatherings", "social_spaces")},
    "assessments": lambda own, other: [{}, {"property_id": other.property}, {"standard_id": CHECKLIST, "state": "draft"}],
    "assessment_card": lambda own, other: [{"id": 2 + other.property}, {"id": 2 + own.property}],
    "person": lambda own, other: [{"id": other.property}, {"id": own.property}],
    **{name: lambda own, other: [{"id": 2 * other.property}, {"id": 2 * own.property}] for name in ("gathering_card", "gathering_people")},
    **{name: lambda own, other: [{}, {"archived": True}] for name in ("checklists", "course_list", "lesson_list", "playbook_list", "network_entries")},
    **{name: lambda own, other: [{}] for name in ("benchmark_list", "pack_history", "shared_parts")},
    "checklist": lambda own, other: [{"id": CHECKLIST}],
    "lesson_card": lambda own, other: [{"code": LESSON.code}],
    "preview_lessons": lambda own, other: [{"file": lesson_files.dumps([LESSON])}],
    "preview_pack": lambda own, other: [{"pack": PACK}],
}
SHARED = {"checklists", "checklist", "course_list", "lesson_list", "lesson_card", "preview_lessons", "playbook_list", "network_entries", "benchmark_list",
          "pack_history", "shared_parts", "preview_pack",
          "batches", "channels", "rates", "settings", "last_search", "saved_mappings", "saved_mapping", "programmes", "rules_versions",
          "templates", "surveys", "case_rules", "case_route", "offers", "outreach_settings"}
# Look-ups that answer with numbers only: no token can be in them.
NUMBERS = {"simulate_journey", "offers_for",
           "audience_members", "rooms", "lead_totals", "interaction_count", "bulk_actions", "waiting", "waiting_count", "record_counts", "merged_by_hand",
           "balance_on", "costs", "preview_rules", "search_reviews", "case_counts", "try_case_rules",
           "corrections_for_accuracy", "labelled_own", "to_label", "invitable", "waiting_invitation_count", "unlinked_sends", "audience_left_of", "audience_preview"}
# Actions on what is the other property's: each must be refused and change nothing.
TRIED: dict[str, object] = {
    "add_lead": lambda other: {"property_id": other.property, "values": {"name": "found you"}},
    "log_interaction": lambda other: {"property_id": other.property, "channel": "phone", "direction": "in", "text": "found you"},
    **{name: lambda other, values=values: {"id": LEADS[other.property], "version": 1, **values} for name, values in {
        "edit_lead": {"values": {"name": "Mine"}}, "move_lead": {"stage": "offer"}, "undo_move": {}, "assign_lead": {"owner": "me"},
        "plan_lead": {"next_step": "call", "due_on": None}, "link_lead": {"person": None}}.items()},
    **{name: lambda other, values=values: {"chosen": [(3 - other.guest, 2), (other.guest, 2)], **values} for name, values in {
        "remove_email": {}, "remove_phone": {}, "expire_consents": {}, "set_country": {"country": "FR"}, "set_language": {"language": "fr"},
        "tag_contacts": {"tag": "mine"}, "untag_contacts": {"tag": "mine"}}.items()},
    **{name: lambda other, values=values, version=version: {"id": other.property, "version": version, **values} for name, version, values in (
        ("save_segment_version", 2, {"rule": RULES[2]}), ("rename_segment", 2, {"name": "Mine"}), ("archive_segment", 2, {}), ("restore_segment", 2, {}),
        ("archive_audience", 1, {}))},
    "save_audience": lambda other: {"name": "Mine", "kind": "segment", "definition": {}, "guests": [3 - other.guest, other.guest]},
    "drop": lambda other: {"batch": 1, "rejects": (other.property,)},
    "undo_batch": lambda other: {"id": 1},
    "undo_bulk": lambda other: {"id": other.guest},
    "viewed": lambda other: {"id": other.guest},
    "merge_records": lambda other: {"id": other.guest, "other": 3 - other.guest, "picks": {}},
    "keep_records_apart": lambda other: {"id": other.guest, "other": 3 - other.guest},
    "undo_decision": lambda other: {"id": 1},
    "split_record": lambda other: {"id": other.guest},
    "add_note": lambda other: {"guest_id": other.guest, "text": "found you"},
    "edit_note": lambda other: {"id": other.note, "version": 1, "text": "found you"},
    "edit_row": lambda other: {"table": "property", "id": other.property, "version": 1, "values": {"name": "Mine"}},
    "add_row": lambda other: {"table": "rooms_available", "values": {"property_id": other.property, "from_on": "2025-01-01", "rooms": 1}},
    "remove_row": lambda other: {"table": "rooms_available", "id": other.property, "version": 1},
    **{name: lambda other, values=values: {"membership_id": other.property, **values} for name, values in {
        "post_points": {"kind": "earn", "points": 1, "posted_on": AS_OF, "key": "mine"}, "adjust_points": {"points": 1, "reason": "mine", "key": "mine"},
        "set_override": {"tier": "Mine", "reason": "mine", "from_on": AS_OF, "until_on": AS_OF + dt.timedelta(1)}, "issue_code": {}}.items()},
    **{name: lambda other, values=values: {"id": other.property, "version": 1, **values} for name, values in {
        "close_membership": {}, "end_override": {}, "end_code": {}}.items()},
    "reverse_entry": lambda other: {"id": other.entry, "reason": "mine", "key": "mine"},
    "enrol": lambda other: {"guest_id": other.guest, "programme_id": CLUB, "key": "mine"},
    "join_accounts": lambda other: {"guest_id": other.guest, "into": other.property, "version": 1},
    "record_invitation": lambda other: {"code_id": other.property, "key": "mine", "invited_on": AS_OF},
    **{name: lambda other, values=values: {"id": 2 * other.property - 1, "version": 1, **values} for name, values in {
        "save_answer_draft": {"draft": "mine"}, "mark_answered": {"text": "mine"}, "take_back_answer": {}}.items()},
    "open_case": lambda other: {"property_id": other.property, "kind": "noise", "text": "mine"},
    **{name: lambda other, values=values: {"id": other.property, "version": 1, **values} for name, values in {
        "take_case": {}, "answer_case": {"text": "mine"}, "wait_for_guest": {}, "close_case": {"resolution": "mine"}, "reopen_case": {"reason": "mine"},
        "tell_guest": {}, "change_case": {"values": {"owner": "mine"}}, "note_case": {"text": "mine"},
        "set_desk_hours": {"desk_from": "08:00", "desk_to": "20:00", "desk_days": "1"}}.items()},
    "set_service_target": lambda other: {"property_id": other.property, "priority": "low", "answer_hours": 1, "solve_hours": 2},
    "correct_review": lambda other: {"review_id": 2 * other.property - 1, "label": "neutral"},
    "correct_mention": lambda other: {"review_id": 2 * other.property - 1, "box": "text", "start": 0, "stop": 9, "aspect": "noise", "label": "neutral"},
    "invite": lambda other: {"id": 1, "stays": [other.stay]},
    "reissue": lambda other: {"invitations": [other.property]},
    "set_cost": lambda other: {"programme_id": CLUB, "property_id": other.property, "month_on": AS_OF, "kind": "fees", "amount_minor": 1, "currency": "EUR"},
}
TRIED |= {
    "draw_audience": lambda other: {"name": "Mine", "kind": "segment", "definition": {}, "guests": [3 - other.guest, other.guest],
                                    "shares": {"contact": 10_000}},
    "export_audience": lambda other: {"id": other.property, "platform": "plain"},
    "change_plan": lambda other: {"id": 2 * other.property, "version": 1, "values": {"offer": "mine"}},
    **{name: lambda other: {"id": 2 * other.property, "version": 1} for name in ("fix_plan", "archive_campaign")},
    **{name: lambda other, values=values: {"id": other.property, **values} for name, values in {
        "save_journey_rules": {"version": 1, "rules": AFTERWARDS}, "start_journey": {"version": 1}, "stop_journey": {"version": 1},
        "archive_journey": {"version": 1}, "export_due": {"platform": "plain", "from_on": A_YEAR_AGO, "to_on": AS_OF}}.items()},
    "save_journey": lambda other: {"name": "Mine", "rules": AFTERWARDS, "properties": (other.property,)},
    "read_result": lambda other: {"campaign_id": 2 * other.property - 1, "kind": "peek", "as_of": AS_OF, "result": {}},
}
TRIED |= {
    **{name: lambda other, values=values: {"id": other.property, "version": 1, **values} for name, values in {
        "replace_view": {"page": "value", "params": {}}, "rename_view": {"name": "Mine"}, "archive_view": {}, "restore_view": {},
        "rename_board": {"name": "Mine"}, "archive_board": {}, "restore_board": {}, "change_report": {"values": {"rhythm": "asked"}}, "archive_report": {},
        "restore_report": {}, "change_decision": {"will_do": "mine"}, "read_outcome": {"came": 1.0}, "close_decision": {"learnt": "mine"},
        "drop_decision": {"why": "mine"}, "change_annotation": {"values": {"said": "mine"}}, "archive_annotation": {}, "restore_annotation": {}}.items()},
    **{name: lambda other, values=values: {"id": other.property, "version": 2, "view_id": other.property, **values} for name, values in {
        "add_to_board": {}, "move_on_board": {"place": 1}, "take_off_board": {}}.items()},
    "save_report": lambda other: {"board_id": other.property, "name": "Mine", "rhythm": "daily"},
    "note_report_run": lambda other: {"id": other.property, "for_on": AS_OF, "state": "made"},
    "annotate": lambda other: {"property_id": other.property, "on_day": AS_OF, "kind": "works", "said": "mine"},
}
TRIED |= {
    "start_assessment": lambda other: {"property_id": other.property, "standard_id": CHECKLIST},
    "answer_item": lambda other: {"id": 2 + other.property, "item": "R1", "result": "met"},
    **{name: lambda other: {"id": 2 + other.property, "version": 1} for name in ("complete_assessment", "drop_assessment")},
    "add_improvement": lambda other: {"property_id": other.property, "standard_id": CHECKLIST, "item": "R1", "what": "mine"},
    **{name: lambda other, values=values: {"id": other.property, "version": 1, **values} for name, values in {
        "change_improvement": {"values": {"what": "mine"}}, "finish_improvement": {}, "reopen_improvement": {}, "remove_improvement": {},
        "change_person": {"values": {"name": "Mine"}}, "leave": {"left_on": AS_OF}, "revoke": {}}.items()},
    "add_person": lambda other: {"property_id": other.property, "name": "Mine"},
    "award": lambda other: {"staff_id": other.property, "course_id": 1, "earned_on": A_YEAR_AGO},
    "note_class": lambda other: {"lesson": "L01", "on_day": AS_OF, "class_code": "", "results": [
        {"staff_id": who, "right_answers": 1, "questions": 1} for who in (3 - other.property, other.property)]},
    "plan_gathering": lambda other: {"property_id": other.property, "values": {"name": "Mine", "starts_on": AS_OF}},
    **{name: lambda other, values=values: {"id": 2 * other.property, "version": 1, **values} for name, values in {
        "change_gathering": {"values": {"name": "Mine"}}, "cancel_gathering": {}, "restore_gathering": {}, "cancel_registration": {}, "check_in": {}}.items()},
    "register_guest": lambda other: {"id": 2 * (3 - other.property), "guest_id": other.guest},
}
# Actions that touch nothing of any property.
TOUCHES_NO_PROPERTY = {
    **{name: {"id": 1, "version": 1} for name in ("archive_checklist", "restore_checklist", "archive_course", "restore_course", "archive_lesson",
                                                  "restore_lesson", "archive_playbook", "restore_playbook")},
    "archive_entry": {"id": 1}, "restore_entry": {"id": 1},
    "save_course": {"form": COURSE | {"code": "mine"}}, "change_course": {"id": 1, "version": 1, "form": COURSE},
    "save_lesson": {"form": association.KINDS["lessons"].form(replace(LESSON, code="mine"))},
    "change_lesson": {"id": 1, "version": 1, "form": association.KINDS["lessons"].form(LESSON)},
    "export_lessons": {"codes": [LESSON.code]}, "import_lessons": {"file": lesson_files.dumps([replace(LESSON, code="mine")])},
    "bring_in": {"pack": PACK}, "keep_pooled": {"found": Pooled((replace(PACK.benchmarks[0], set_name="Mine"),), ())},
    "export_pack": {"code": "mine", "name": {"en": "Mine"}, "release": "1", "author": "", "licence": "", "chosen": {"lessons": [LESSON.code]}},
    "remove_benchmarks": {"set_name": PACK.benchmarks[0].set_name, "from_on": PACK.benchmarks[0].from_on},
    "contribute": {"lines": [Line("adr", "money", 100.0, 2.0, 2, 50)], "from_on": A_YEAR_AGO, "to_on": AS_OF, "currency": "EUR"},
    "run_journeys": {},
    "save_view": {"name": "Mine", "page": "value", "params": {}}, "save_board": {"name": "Mine"},
    "decide": {"kpi": "adr", "will_do": "mine", "due_on": AS_OF + dt.timedelta(90)},
    "save_offer": {"code": "mine", "name": "Mine", "department": "spa", "margin_minor": 1, "currency": "EUR"},
    "plan_campaign": {"name": "Mine", "values": {"offer": "mine"}}, "set_holdout": {"share_bp": 1000, "from_on": AS_OF}, "set_cap": {"messages": 3, "days": 30},
    "set_setting": {"id": "as_of", "value": "2025-04-01"}, "exported": {"id": "guests", "rows": 1, "columns": ("country",)},
    "asked_in_sql": {"id": "0123456789abcdef", "rows": 1, "answered": 1},
    "set_merged_by_hand": {"properties": ()},
    "save_segment": {"name": "Mine", "rule": RULES[0]},
    "save_programme": {"name": "Mine", "currency": "EUR", "code": "mine"},
    "save_rules": {"programme_id": CLUB, "rules": LADDER, "from_on": AS_OF, "number": 0},
    "save_survey": {"name": "Mine", "kind": "post_stay", "questions": [{"key": "all", "kind": "csat", "text": {"en": "How was it?"}}]},
    "close_survey": {"id": 1, "version": 1},
    "save_case_rule": {"name": "Mine", "fits": {}, "sets": {"priority": "low"}},
    "start_with_rules": {},
    "move_case_rule": {"id": 1, "version": 1, "place": 1},
    "switch_case_rule": {"id": 1, "version": 1, "is_active": False},
    "save_template": {"language": "en", "fits": "praise", "name": "Mine", "text": "Dear {guest}"},
    "archive_template": {"language": "en", "name": "Thanks for praise"},
    "save_mapping": {"id": "list", "mapping": {"source": "bookings", "target": "bookings"}, "form": {}, "header_hash": "x"},
}


def test_every_look_up_and_every_action_is_tried():
    assert set(LOOKED) == {name for name, r in RECORDS.items() if not r.changes}
    assert {*TRIED, *TOUCHES_NO_PROPERTY} == {name for name, r in RECORDS.items() if r.changes}


def _shown(houses, view, name: str) -> str:
    own = CANARIES[view.properties[0]]
    store = record.open_store(houses[None])
    return repr([RECORDS[name].run(store, view, **params) for params in LOOKED[name](own, CANARIES[3 - own.property])])


@pytest.mark.parametrize("own", CANARIES)
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", LOOKED)
def test_a_look_up_in_the_scope_of_one_property_shows_nothing_of_the_other(houses, scope, name, role, own):
    view, other = replace(scope, role=role, properties=(own,)), CANARIES[3 - own]
    if not view.may(RECORDS[name].right):
        with pytest.raises(NotAllowed, match=RECORDS[name].right):
            _shown(houses, view, name)
        return
    shown = _shown(houses, view, name)
    assert not [token for token in (other.token, *other.texts.values()) if token in shown]
    alone = record.open_store(houses[own])
    assert repr([RECORDS[name].run(alone, view, **params) for params in LOOKED[name](CANARIES[own], other)]) == shown


# A word is told from five reviews on, and no house has so many: tests/records/test_feedback_words.py holds its scope.
@pytest.mark.parametrize("name", sorted(set(LOOKED) - SHARED - {"distinguishing_words"}))
def test_the_check_notices_a_look_up_that_dropped_its_scope(houses, scope, name):
    """In a scope of both properties the other's token is there, so the check above would see it."""
    assert CANARIES[2].token in _shown(houses, replace(scope, properties=(1, 2)), name) or name in NUMBERS
    assert _shown(houses, replace(scope, properties=(1, 2)), name) != _shown(houses, replace(scope, properties=(1,)), name)


@pytest.mark.parametrize("own", CANARIES)
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", TRIED)
def test_an_action_on_what_is_the_other_propertys_is_refused_and_changes_nothing(houses, scope, name, role, own):
    view, store = replace(scope, role=role, properties=(own,)), record.open_store(houses[None])
    refusal = (Refused, Stale) if view.may(RECORDS[name].right) else NotAllowed
    before = _content(store)
    with pytest.raises(refusal):
        RECORDS[name].run(store, view, **TRIED[name](CANARIES[3 - own]))
    assert _content(store) == before


def _content(store) -> bytes:
    """The whole store byte by byte: quicker to compare than its rows, and nothing can be forgotten."""
    with store.reading() as connection:
        return connection.connection.driver_connection.serialize()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", TOUCHES_NO_PROPERTY)
def test_an_action_without_its_right_is_refused(houses, scope, name, role, tmp_path):
    shutil.copytree(houses[1].home, tmp_path / "home")
    store, view = record.open_store(settings_.at(tmp_path / "home")), replace(scope, role=role, properties=(1,))
    if view.may(RECORDS[name].right):
        RECORDS[name].run(store, view, **TOUCHES_NO_PROPERTY[name])
        return
    before = _content(store)
    with pytest.raises(NotAllowed):
        RECORDS[name].run(store, view, **TOUCHES_NO_PROPERTY[name])
    assert _content(store) == before


def test_what_is_absent_and_what_is_forbidden_get_the_same_answer(houses, scope):
    store, view = record.open_store(houses[None]), replace(scope, properties=(1,))
    for forbidden, absent in (({"id": 2}, {"id": 99}),):
        assert guests.card(store, view, **forbidden) == guests.card(store, view, **absent) is None
    with pytest.raises(Refused) as one:
        notes.add_note(store, view, guest_id=2, text="x")
    with pytest.raises(Refused) as two:
        notes.add_note(store, view, guest_id=99, text="x")
    assert str(one.value) == str(two.value)


def test_the_audit_holds_no_word_of_a_guest(houses, scope, tmp_path):
    """Every action is done with tokens as values; the chain names fields and ids only, and who acted: that is staff, and here an owner's token."""
    shutil.copytree(houses[None].home, tmp_path / "home")
    store, own = record.open_store(settings_.at(tmp_path / "home")), CANARIES[1]
    view = replace(scope, properties=(1,))
    guests.viewed(store, view, id=own.guest)
    note = notes.add_note(store, view, guest_id=own.guest, text=own.texts["note"])
    notes.edit_note(store, view, id=note, version=1, text=own.texts["family"])
    hotel.edit_row(store, view, table="property", id=1, version=1, values={"name": own.texts["given"]})
    guests.search(store, view, text=own.texts["given"])
    with store.reading() as connection:
        chain = repr(connection.execute(sa.select(*(c for c in schema.audit.c if c.name != "actor"))).all())
    assert not [token for token in (own.token, *own.texts.values()) if token in chain]
