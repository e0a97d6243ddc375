"""A query tells the statements that it asks, as they run and with their parameters."""
import os
from dataclasses import replace

import pytest

from crm_core import queries
from crm_core.queries.sql import statements_of
from crm_core.scope import NotAllowed
from tests.test_canary import ASKED, CANARIES


def test_a_statement_is_told_with_its_parameters_in_the_scope_of_who_asks(warehouse, scope):
    [(text, values)] = statements_of(warehouse, scope, "properties")
    assert text.startswith("SELECT")
    assert set(scope.properties) <= set(values.values())
    assert all(f"${name}" in text for name in values)


def test_a_statement_that_is_asked_twice_is_told_once(warehouse, scope):
    told = statements_of(warehouse, scope, "kpi_values", keys=("stays", "occupancy"))
    assert len(told) == len({text + repr(values) for text, values in told})


def test_who_may_not_ask_is_told_no_statement(warehouse, scope):
    with pytest.raises(NotAllowed):
        statements_of(warehouse, replace(scope, role="admin"), "properties")


SOME = sorted(queries.QUERIES)[:: 1 if "SOAK_ROUNDS" in os.environ else 8]  # that every one compiles is seen elsewhere


@pytest.mark.parametrize("name", SOME)
def test_a_query_can_be_read_as_it_runs(warehouse, scope, name):
    params = ASKED[name](CANARIES[1], CANARIES[2])[0]
    told = statements_of(warehouse, scope, name, **params)
    assert told
    assert all("SELECT" in text for text, _ in told)
