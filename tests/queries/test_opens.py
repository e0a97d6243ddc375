"""Openings as a platform counts them beside those by people, and who got another campaign in the same window: counted by hand (tests/mailed.py)."""
import datetime as dt

from crm_core import queries
from crm_core.scope import Period, Scope
from tests.hotel import AS_OF
from tests.mailed import ARMS, DOLLARS, EARLY, WINTER

CHAIN = (1, 2)
VIEW = Scope("local", CHAIN, Period(dt.date(2025, 1, 1), dt.date(2025, 4, 1)), AS_OF, chain=CHAIN)


def test_what_a_machine_opened_is_reported_and_by_no_person(mailed):
    """In February four messages arrived: one opened by a person, who clicked, one by a machine; two were to people without such a programme."""
    found = queries.run(mailed, VIEW, "opens_by_month")
    assert found[["delivered", "openable", "reported", "opened_human", "machine_opened", "clicked"]].to_numpy().tolist() == [
        [4, 4, 0, 0, 0, 0], [4, 2, 2, 1, 1, 1], [2, 2, 0, 0, 0, 0]]
    assert found[["reported_rate", "human_rate", "click_rate"]].iloc[1].tolist() == [0.5, 0.5, 0.25]


def test_people_of_another_campaign_in_the_same_window_are_counted(mailed):
    found = queries.run(mailed, VIEW, "campaign_overlaps").set_index("campaign_id")
    assert found["overlapping"].to_dict() == {WINTER: 2, EARLY: 0, DOLLARS: 0, ARMS: 0}
    assert found.loc[WINTER, ["assigned", "held", "held_overlapping"]].tolist() == [4, 1, 0]
