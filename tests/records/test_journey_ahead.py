"""The days to come of a journey are told by what is known today, and nothing of them is written down."""
import datetime as dt

import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core.records.journey_ahead import coming_due
from crm_core.records.journey_due import run_journeys
from crm_core.records.journeys import save_journey, start_journey
from crm_core.records.registry import Refused
from crm_core.scope import NotAllowed

ANA, BEN = 1, 2
BEFORE = {"trigger": {"on": "pre_arrival", "days": 7}, "steps": [{"wait": 0, "message": "soon"}, {"wait": 6, "message": "tomorrow"}], "exit": ["cancelled"],
          "holdout_bp": 0, "purpose": "transactional", "channel": "email", "once_per": "stay"}


@pytest.fixture
def house(small):
    """Ana comes to Lisbon on 8 April and Ben on the 11th; the as-of date is the 1st."""
    with small.changing("reach") as change:
        change.connection.execute(sa.update(schema.profile).values(email_state="valid", revision=change.revision))
    small.stay("LIS", "2025-04-08", 2, 100, ANA, lead=20, status="confirmed")
    small.stay("LIS", "2025-04-11", 2, 100, BEN, lead=20, status="confirmed")
    return small


def ahead(house, view, id: int, **options) -> list[tuple]:
    return [(row["guest_id"], row["due_on"], row["message"], row["state"]) for row in coming_due(house.store, view(), id=id, **options)]


def test_messages_of_the_next_days_are_told_and_not_kept(house, view):
    id = save_journey(house.store, view(), name="Before", rules=BEFORE)
    assert ahead(house, view, id) == []
    start_journey(house.store, view(), id=id, version=1)
    run_journeys(house.store, view())
    assert ahead(house, view, id) == [(BEN, dt.date(2025, 4, 4), "soon", "due"), (ANA, dt.date(2025, 4, 7), "tomorrow", "due")]
    assert ahead(house, view, id, days=2) == []
    with house.store.reading() as connection:
        assert connection.execute(sa.select(schema.journey_due.c.guest_id)).scalars().all() == [ANA]


def test_rules_of_steps_need_whom_they_mean(house, view):
    some = BEFORE | {"steps": [{"wait": 0, "message": "soon", "if": {"field": "stays", "is": "at_least", "value": 1}}]}
    id = save_journey(house.store, view(), name="Some", rules=some)
    start_journey(house.store, view(), id=id, version=1)
    with pytest.raises(Refused):
        coming_due(house.store, view(), id=id)
    assert [row["why"] for row in coming_due(house.store, view(), id=id, meets={1: {ANA}})] == ["not_meant"]


def test_another_houses_journey_and_a_span_too_long_tell_nothing(house, view):
    id = save_journey(house.store, view(), name="Before", rules=BEFORE)
    start_journey(house.store, view(), id=id, version=1)
    assert coming_due(house.store, view(2), id=id) == []
    assert coming_due(house.store, view(), id=99) == []
    with pytest.raises(Refused):
        coming_due(house.store, view(), id=id, days=32)
    with pytest.raises(NotAllowed):
        coming_due(house.store, view(role="trainer"), id=id)
