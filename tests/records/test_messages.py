"""What a guest was sent, which audiences the guest is on, and every word on consent, inside the scope."""
import datetime as dt

import pytest

from crm_core import i18n
from crm_core.records import duplicates
from crm_core.records.audiences import draw_audience
from crm_core.records.messages import guest_audiences, guest_consents, guest_messages
from crm_core.records.timeline import timeline
from crm_core.scope import NotAllowed
from tests.records.mailing import reached, said

ANA, BEN = 1, 2


def test_each_message_is_told_with_what_became_of_it(filled, view):
    """The mail programme's opening is told apart from Ana's; a control group got nothing; a survey does not count as marketing."""
    winter, survey = filled.campaign("Winter"), filled.campaign("How was it", purpose="survey")
    filled.send(winter, ANA, "2025-02-01T10:00", ("delivered", "2025-02-01T10:01"), ("opened", "2025-02-01T10:01", 1), ("clicked", "2025-02-01T10:02", 1))
    filled.send(winter, ANA, "2025-03-03T10:00", ("delivered", "2025-03-03T10:01"), ("opened", "2025-03-03T12:00"), ("opened", "2025-03-04T12:00"),
                ("clicked", "2025-03-03T12:01"), ("unsubscribed", "2025-03-05T10:00"), arm="B")
    filled.send(survey, ANA, "2025-03-04T10:00", ("bounced", "2025-03-04T10:01"))
    filled.send(winter, ANA, "2025-03-05T10:00", arm="Control")
    filled.send(winter, BEN, "2025-03-05T10:00")
    found = [(row["campaign"], row["sent_at"][:10], row["arm"], row["outcomes"], row["messages_30d"]) for row in guest_messages(filled.store, view(), guest=ANA)]
    assert found == [
        ("Winter", "2025-03-05", "held_out", (), 1), ("How was it", "2025-03-04", "", ("bounced",), 1),
        ("Winter", "2025-03-03", "B", ("delivered", "opened", "clicked", "unsubscribed"), 1),
        ("Winter", "2025-02-01", "", ("delivered", "machine_opened", "scanned"), 1)]  # fmt: skip


def test_messages_of_thirty_days_are_counted_with_the_day_itself(small, view):
    winter = small.campaign()
    for day in ("2025-02-01", "2025-03-02", "2025-03-03"):
        small.send(winter, ANA, f"{day}T10:00")
    # 1 February is 29 days before 2 March, and 30 before the 3rd.
    assert [row["messages_30d"] for row in guest_messages(small.store, view(), guest=ANA)] == [2, 2, 1]


def test_both_records_of_a_person_count_and_another_propertys_messages_are_not_seen(filled, view):
    anna, winter = filled.guest("Anna Silva", "ADD"), filled.campaign()
    duplicates.merge_records(filled.store, view(), id=ANA, other=anna, picks={})
    filled.send(winter, ANA, "2025-03-03T10:00")
    filled.send(winter, anna, "2025-03-04T10:00")
    assert [[row["property_id"] for row in guest_messages(filled.store, view(*of), guest=anna)] for of in ((1, 2), (1,), (2,))] == [[2, 1], [1], [2]]
    assert guest_messages(filled.store, view(2), guest=BEN) == []


def test_a_guest_is_on_an_audience_or_left_it_at_a_step(filled, view):
    cora, winter = reached(filled, "Cora Lind"), filled.campaign("Winter")
    filled.assigned({ANA: "held_out"}, "2025-03-01", winter, name="First")
    draw_audience(filled.store, view(), name="Second", kind="segment", definition={}, guests=[ANA, cora], shares={"A": 10_000})
    names = ("name", "campaign", "on", "arm", "cell", "step", "why")
    told = lambda guest: [tuple(row[name] for name in names) for row in guest_audiences(filled.store, view(), guest=guest)]  # noqa: E731
    assert told(ANA) == [("Second", None, False, "", "", "valid_address", "invalid"), ("First", "Winter", True, "held_out", "", "", "")]
    assert told(cora) == [("Second", None, True, "contact", "A", "", "")]
    assert guest_audiences(filled.store, view(1), guest=ANA) == []  # both were saved for the two properties


def test_every_word_on_consent_is_told_with_its_proof_and_which_one_counts(filled, view):
    for state, at, more in (("given", "2024-01-05T10:00:00+00:00", {"proof": "form 3", "wording": "v2", "language": "pt"}),
                            ("withdrawn", "2025-01-05T10:00:00+00:00", {"source": "mail"}), ("given", "2025-01-05T10:00:00+00:00", {"channel": "sms"})):
        said(filled, ANA, state, at, **more)
    rows = guest_consents(filled.store, view(), guest=ANA)
    assert [(row["channel"], row["state"], row["source"], row["proof"], row["wording"], row["is_last"]) for row in rows] == [
        ("sms", "given", "desk", None, None, True), ("email", "withdrawn", "mail", None, None, True), ("email", "given", "desk", "form 3", "v2", False)]
    assert guest_consents(filled.store, view(2), guest=BEN) == []


@pytest.mark.parametrize("ask", [guest_messages, guest_audiences, guest_consents])
@pytest.mark.parametrize("role", ["group", "trainer", "admin"])
def test_only_who_may_see_contacts_is_told(small, view, ask, role):
    with pytest.raises(NotAllowed):
        ask(small.store, view(role=role), guest=ANA)


def test_messages_stand_on_the_timeline(filled, view):
    i18n.use("en")
    filled.send(filled.campaign("Winter"), ANA, "2025-03-03T10:00", ("delivered", "2025-03-03T10:01"), ("opened", "2025-03-03T12:00"))
    filled.send(filled.campaign("Spring", channel="sms"), ANA, "2025-03-05T10:00")
    filled.send(1, ANA, "2025-03-06T10:00", arm="holdout")
    found = [(e.on, e.head, e.detail) for e in timeline(filled.store, view(), guest=ANA) if e.kind == "messages"]
    assert found == [(dt.date(2025, 3, 6), "Held out of Winter", ""), (dt.date(2025, 3, 5), "SMS: Spring", ""),
                     (dt.date(2025, 3, 3), "E-mail: Winter", "arrived · opened")]
