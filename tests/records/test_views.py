"""Views are saved, replaced, renamed, put away and brought back, and seen by those who see all that they were saved for."""
import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core.records.registry import Refused, Stale
from crm_core.records.views import (
    archive_view,
    rename_view,
    replace_view,
    restore_view,
    save_view,
    saved_view_card,
    saved_views,
)
from crm_core.scope import NotAllowed
from crm_core.views import View

ADR = {"page": "figure", "params": {"kpi": "adr", "by": "month"}}


def names(store, view, **asked) -> list[str]:
    return [row["name"] for row in saved_views(store, view, **asked)]


def test_a_view_is_saved_with_its_choices_and_found_by_name(store, view):
    made = save_view(store, view(), name="  Rate \n by month", note="For Monday", **ADR)
    save_view(store, view(), name="arrivals", page="briefing", params={})
    first, second = saved_views(store, view())
    assert (first["name"], second["name"], second["id"], second["note"]) == ("arrivals", "Rate by month", made, "For Monday")
    assert second["view"] == View("figure", {"kpi": "adr", "by": "month"})
    assert (second["actor"], second["version"]) == ("local", 1)


def test_a_view_of_two_properties_is_not_seen_by_who_sees_one(sqlite_store, view):
    both = save_view(sqlite_store, view(1, 2), name="Both", **ADR)
    save_view(sqlite_store, view(1), name="One", **ADR)
    assert names(sqlite_store, view(1)) == ["One"]
    assert names(sqlite_store, view(1, 2)) == ["Both", "One"]
    assert saved_view_card(sqlite_store, view(1), id=both) is None
    with pytest.raises(Refused, match="no such view"):
        archive_view(sqlite_store, view(1), id=both, version=1)


def test_the_second_of_two_editors_is_told_and_overwrites_nothing(sqlite_store, view):
    made = save_view(sqlite_store, view(), name="Rate", **ADR)
    assert replace_view(sqlite_store, view(), id=made, version=1, page="value", params={"period": "3m"}) == 2
    for late in (lambda: rename_view(sqlite_store, view(), id=made, version=1, name="Mine"),
                 lambda: replace_view(sqlite_store, view(), id=made, version=1, **ADR), lambda: archive_view(sqlite_store, view(), id=made, version=1)):
        with pytest.raises(Stale) as told:
            late()
        assert told.value.current["version"] == 2
    assert saved_view_card(sqlite_store, view(), id=made)["view"] == View("value", {"period": "3m"})


def test_a_name_is_free_again_when_its_view_is_put_away_and_taken_when_it_comes_back(sqlite_store, view):
    first = save_view(sqlite_store, view(), name="Rate", **ADR)
    with pytest.raises(Refused, match="of this name"):
        save_view(sqlite_store, view(), name="RATE", **ADR)
    archive_view(sqlite_store, view(), id=first, version=1)
    save_view(sqlite_store, view(), name="rate", **ADR)
    assert (names(sqlite_store, view()), names(sqlite_store, view(), archived=True)) == (["rate"], ["Rate"])
    with pytest.raises(Refused, match="of this name"):
        restore_view(sqlite_store, view(), id=first, version=2)
    rename_view(sqlite_store, view(), id=first, version=2, name="Rate of old")
    restore_view(sqlite_store, view(), id=first, version=3)
    assert names(sqlite_store, view()) == ["rate", "Rate of old"]


@pytest.mark.parametrize(("page", "said"), [("guest", "one person"), ("case", "one person"), ("cockpit", "no such page")])
def test_a_page_of_one_person_or_one_that_does_not_exist_is_not_saved(sqlite_store, view, page, said):
    with pytest.raises(Refused, match=said):
        save_view(sqlite_store, view(), name="Mine", page=page, params={})


@pytest.mark.parametrize("params", [{"kpi": "x" * 4000}, {"kpi": 3}, {"kpi": ["adr"]}])
def test_choices_beyond_measure_are_refused(sqlite_store, view, params):
    with pytest.raises(Refused, match="too many choices"):
        save_view(sqlite_store, view(), name="Mine", page="figure", params=params)


def test_saving_moves_no_figure_and_is_audited_without_its_words(sqlite_store, view):
    before = sqlite_store.revision()
    save_view(sqlite_store, view(), name="Secret name", **ADR)
    assert sqlite_store.revision() == before
    with sqlite_store.reading() as connection:
        last = connection.execute(sa.select(schema.audit).order_by(schema.audit.c.sequence.desc())).mappings().first()
    assert (last["verb"], last["kind"]) == ("save", "view")
    assert "Secret" not in str(dict(last))


def test_who_may_only_look_saves_nothing(sqlite_store, view):
    with pytest.raises(NotAllowed):
        save_view(sqlite_store, view(role="trainer"), name="Mine", **ADR)
    assert saved_views(sqlite_store, view(role="trainer")) == []
