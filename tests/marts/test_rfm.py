"""Recency and frequency fall into published windows: each edge, and what the two make of a guest."""
import itertools

import pytest
import sqlalchemy as sa

from crm_core.marts import rfm


def asked(warehouse, expression: sa.ColumnElement):
    with warehouse.engine.connect() as connection:
        return connection.execute(sa.select(expression)).scalar_one()


@pytest.mark.parametrize(("days", "score"), [(0, 5), (90, 5), (91, 4), (180, 4), (181, 3), (365, 3), (366, 2), (730, 2), (731, 1), (9999, 1)])
def test_recency_is_the_days_since_the_last_departure(warehouse, days, score):
    assert asked(warehouse, rfm.recency(sa.literal(days))) == score


@pytest.mark.parametrize(("stays", "score"), [(0, 1), (1, 1), (2, 2), (3, 3), (4, 3), (5, 4), (8, 4), (9, 5), (900, 5)])
def test_frequency_is_the_stays_of_the_last_36_months(warehouse, stays, score):
    assert asked(warehouse, rfm.frequency(sa.literal(stays))) == score


# By recency, 5 to 1, and frequency, 1 to 5.
GROUPS = {
    5: "recent promising loyal champion champion", 4: "recent promising loyal champion champion", 3: "cooling cooling loyal loyal loyal",
    2: "lost at_risk at_risk at_risk at_risk", 1: "lost at_risk at_risk at_risk at_risk",
}


@pytest.mark.parametrize(("r", "f"), [*itertools.product(range(1, 6), repeat=2)])
def test_recency_and_frequency_make_a_group(warehouse, r, f):
    assert asked(warehouse, rfm.group(sa.literal(r), sa.literal(f))) == GROUPS[r].split()[f - 1]


def test_every_group_can_be_reached_and_has_its_place():
    assert set(" ".join(GROUPS.values()).split()) == set(rfm.GROUPS)


def test_the_window_is_36_months():
    assert rfm.WINDOW == 1095
