"""The lot holds the same guests out whoever asks: this program, or a database."""
import duckdb
import pytest

from crm_core.outreach.draw import held, is_held, limit


def test_the_limit_is_a_share_of_all_hashes():
    assert [limit(share) for share in (0, 1, 1000, 2500, 5000, 9999, 10_000)] == [
        "00000000", "00068db8", "19999999", "40000000", "80000000", "fff97247", "g"]


@pytest.mark.parametrize("share", [-1, 10_001])
def test_no_share_is_below_nothing_or_above_everything(share):
    with pytest.raises(ValueError, match="between 0 and 10000"):
        limit(share)


def test_a_guest_is_held_out_by_its_own_number_alone():
    """The hashes of spring/1, spring/2 and spring/3 begin with 27b73da7, 6649243d and 62a4ad99; 39 % lie below 63d70a3d."""
    assert [held([1, 2, 3], "spring", share) for share in (0, 2500, 3900, 10_000)] == [set(), {1}, {1, 3}, {1, 2, 3}]
    assert is_held(3, "spring", 3900)
    assert not is_held(3, "spring", 2500)


def test_about_the_share_is_held_out_and_a_larger_share_only_adds():
    tenth, fifth = (held(range(1, 10_001), "spring", share) for share in (1000, 2000))
    assert 900 <= len(tenth) <= 1100
    assert tenth < fifth
    assert 60 <= len(tenth & held(range(1, 10_001), "autumn", 1000)) <= 140  # 100 by chance


def test_a_database_draws_the_same_lot():
    with duckdb.connect() as connection:
        drawn = connection.execute("SELECT guest_id FROM range(1, 2001) t(guest_id) WHERE substr(md5(? || '/' || guest_id), 1, 8) < ?",
                                   ["spring", limit(1000)]).fetchall()  # fmt: skip
    assert {i for (i,) in drawn} == held(range(1, 2001), "spring", 1000)
