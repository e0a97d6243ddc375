"""A board holds saved views in an order that is changed by one editor at a time."""
import pytest

from crm_core.records.boards import (
    MOST,
    add_to_board,
    archive_board,
    board_card,
    boards,
    move_on_board,
    rename_board,
    restore_board,
    save_board,
    take_off_board,
)
from crm_core.records.registry import Refused, Stale
from crm_core.records.views import archive_view, restore_view, save_view


@pytest.fixture
def monday(sqlite_store, view):
    """A board (1) with the views A, B, C and D (1 to 4), and a function that returns the order of their names."""
    board = save_board(sqlite_store, view(), name="Monday", note="At nine")
    for version, name in enumerate("ABCD", 1):
        made = save_view(sqlite_store, view(), name=name, page="value", params={})
        assert add_to_board(sqlite_store, view(), id=board, version=version, view_id=made) == version + 1
    return lambda: "".join(row["name"] for row in board_card(sqlite_store, view(), id=board)["views"])


def test_a_board_shows_its_views_in_the_order_they_were_put_there(store, view):
    board = save_board(store, view(), name="Monday")
    for version, name in ((1, "Value"), (2, "Adr")):
        add_to_board(store, view(), id=board, version=version, view_id=save_view(store, view(), name=name, page="value", params={}))
    assert [row["name"] for row in board_card(store, view(), id=board)["views"]] == ["Value", "Adr"]
    assert [(row["name"], row["views"], row["version"]) for row in boards(store, view())] == [("Monday", 2, 3)]


@pytest.mark.parametrize(("moved", "place", "order"), [(4, 1, "DABC"), (1, 4, "BCDA"), (1, 99, "BCDA"), (2, 2, "ABCD"), (2, 3, "ACBD"), (3, 0, "CABD")])
def test_a_view_is_moved_to_its_place(sqlite_store, view, monday, moved, place, order):
    assert move_on_board(sqlite_store, view(), id=1, version=5, view_id=moved, place=place) == 6
    assert monday() == order


def test_a_view_that_was_put_away_keeps_its_place(sqlite_store, view, monday):
    archive_view(sqlite_store, view(), id=2, version=1)
    assert monday() == "ACD"
    move_on_board(sqlite_store, view(), id=1, version=5, view_id=4, place=2)
    assert monday() == "ADC"
    restore_view(sqlite_store, view(), id=2, version=2)
    assert monday() == "ADBC"


def test_a_view_that_is_taken_off_is_still_a_view(sqlite_store, view, monday):
    take_off_board(sqlite_store, view(), id=1, version=5, view_id=2)
    assert monday() == "ACD"
    add_to_board(sqlite_store, view(), id=1, version=6, view_id=2)
    assert monday() == "ACDB"


def test_what_does_not_fit_the_board_is_refused_and_leaves_its_version(sqlite_store, view, monday):
    for said, change in (
        ("already", lambda: add_to_board(sqlite_store, view(), id=1, version=5, view_id=1)),
        ("no such view", lambda: add_to_board(sqlite_store, view(), id=1, version=5, view_id=99)),
        ("not on the board", lambda: take_off_board(sqlite_store, view(), id=1, version=5, view_id=99)),
        ("no such board", lambda: take_off_board(sqlite_store, view(1), id=1, version=5, view_id=1)),
    ):
        with pytest.raises(Refused, match=said):
            change()
    with pytest.raises(Stale):
        move_on_board(sqlite_store, view(), id=1, version=4, view_id=1, place=4)
    assert (monday(), boards(sqlite_store, view())[0]["version"]) == ("ABCD", 5)


def test_a_board_is_full_some_day(sqlite_store, view, monday):
    for version in range(5, MOST + 1):
        add_to_board(sqlite_store, view(), id=1, version=version, view_id=save_view(sqlite_store, view(), name=f"{version}", page="value", params={}))
    one_more = save_view(sqlite_store, view(), name="More", page="value", params={})
    with pytest.raises(Refused, match="24 views"):
        add_to_board(sqlite_store, view(), id=1, version=MOST + 1, view_id=one_more)


def test_who_sees_one_property_sees_neither_the_board_of_both_nor_its_views_on_an_own_board(sqlite_store, view, monday):
    assert boards(sqlite_store, view(2)) == []
    own = save_board(sqlite_store, view(2), name="Own")
    with pytest.raises(Refused, match="no such view"):
        add_to_board(sqlite_store, view(2), id=own, version=1, view_id=1)
    add_to_board(sqlite_store, view(), id=own, version=1, view_id=1)
    assert board_card(sqlite_store, view(2), id=own)["views"] == []


def test_a_board_is_renamed_put_away_and_brought_back(sqlite_store, view):
    board = save_board(sqlite_store, view(), name="Monday")
    with pytest.raises(Refused, match="of this name"):
        save_board(sqlite_store, view(), name="monday")
    assert rename_board(sqlite_store, view(), id=board, version=1, name="Tuesday") == 2
    archive_board(sqlite_store, view(), id=board, version=2)
    assert (boards(sqlite_store, view()), [row["name"] for row in boards(sqlite_store, view(), archived=True)]) == ([], ["Tuesday"])
    restore_board(sqlite_store, view(), id=board, version=3)
    assert [row["name"] for row in boards(sqlite_store, view())] == ["Tuesday"]
