"""After a refresh reports are made on their days and decisions read on theirs; what fails stops nothing and is not tried for ever."""
import datetime as dt
from dataclasses import replace

import pytest

from crm_core.jobs import store, work
from crm_core.jobs.printing import Followed, follow_refresh
from crm_core.records.boards import add_to_board, save_board
from crm_core.records.decisions import decide, decision_card
from crm_core.records.registry import Refused
from crm_core.records.reports import report_card, save_report
from crm_core.records.views import save_view
from crm_core.reports import filing
from tests.hotel import AS_OF


@pytest.fixture
def planned(hotel, rebuilt, scope):
    """A store where, before the as-of date, a full and an empty board were planned for every day, and a decision was due."""
    store, before = hotel.store, replace(scope, as_of=AS_OF - dt.timedelta(40))
    view = save_view(store, before, name="Rates", page="figure", params={"kpi": "adr", "by": "weekday"})
    for number, name in enumerate(("Empty", "Full"), 1):
        assert save_board(store, before, name=name) == number
        save_report(store, before, board_id=number, name=name, rhythm="daily")
    add_to_board(store, before, id=2, version=1, view_id=view)
    decide(store, before, kpi="rooms_sold", will_do="Sell more", due_on=AS_OF, from_on=dt.date(2025, 3, 1), expected=9)
    rebuilt()
    return store


def test_each_is_done_once_and_the_failure_is_kept_with_its_reason(planned, settings, scope):
    assert follow_refresh(settings, AS_OF) == Followed(reports=1, failed_reports=1, decisions=1)
    assert [(run["state"], run["for_on"]) for n in (1, 2) for run in report_card(planned, scope, id=n)["runs"]] == [("failed", AS_OF), ("made", AS_OF)]
    assert "no views" in report_card(planned, scope, id=1)["runs"][0]["why"]
    assert [file.name for file in sorted(filing.folder_of(settings).iterdir())] == ["2025-04-01-full-2.html", "2025-04-01-full-2.json"]
    came = decision_card(planned, scope, id=1)
    assert (came["state"], came["came"], came["came_n"]) == ("read", 9, 9)
    assert follow_refresh(settings, AS_OF) == Followed()


def test_a_decision_whose_filters_are_gone_stays_open(planned, settings, scope):
    decide(planned, replace(scope, as_of=AS_OF - dt.timedelta(40)), kpi="rooms_sold", will_do="Sell", due_on=AS_OF, params={"among": "7"})
    assert follow_refresh(settings, AS_OF).unread_decisions == 1
    assert decision_card(planned, scope, id=2)["state"] == "open"


def performed(settings, id: int) -> dict:
    """What came of a report that somebody asked for, done as the worker does it."""
    store.submit(settings, "report", {"report": id}, "ana")
    job = store.claim(settings)
    return work.perform(settings, job, store.progress(settings, job.id))


def test_a_report_is_made_when_somebody_asks_for_it(planned, settings, scope):
    made = performed(settings, 2)
    run = report_card(planned, scope, id=2)["runs"][0]
    assert (run["state"], run["hash"], run["file"]) == ("made", made["hash"], made["files"][0])


def test_a_report_that_cannot_be_made_says_why_among_its_runs(planned, settings, scope):
    with pytest.raises(Refused, match="no views"):
        performed(settings, 1)
    assert "no views" in report_card(planned, scope, id=1)["runs"][0]["why"]


def test_a_report_that_does_not_exist_is_refused(planned, settings):
    with pytest.raises(Refused):
        performed(settings, 99)


def test_where_nothing_is_due_no_figure_is_asked(hotel, settings):
    """There is no warehouse here yet."""
    assert follow_refresh(settings, AS_OF) == Followed()
