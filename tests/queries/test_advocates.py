"""Word of mouth, counted by hand: who was invited by whom, who came in time, what they brought, and who praises."""
import datetime as dt

import pandas as pd
import pytest

from crm_core import queries
from tests.rewarded import ADD, ANA, BEN, CHAIN, CORA, DINA, EVE, FRED, GIL, HANA, LIS, view


def ask(warehouse, name, places=CHAIN, **params) -> pd.DataFrame:
    return queries.run(warehouse, view(places), name, **params)


# --- invitations ------------------------------------------------------------------------------------------------------
def test_of_the_invitations_whose_time_is_over_the_share_that_came(rewarded_house):
    """Lisbon: Eve came after 61 days, Fred after 274, someone unknown never; Gil came, but his 180 days are not over. Eve's second invitation
    counts for nobody."""
    row = ask(rewarded_house, "referral_summary", (LIS,)).iloc[0]
    assert row[["inviting", "invited", "ripe", "came"]].tolist() == [3, 4, 3, 1]
    assert row[["share", "low", "high"]].tolist() == pytest.approx([1 / 3, 0.061492, 0.792340], abs=1e-6)


def test_what_invited_guests_brought_however_late(rewarded_house):
    """Eve 2 + 1 nights for €200, €10 and €90, Fred 4 for €400, Gil 1 for €100."""
    row = ask(rewarded_house, "referral_summary", (LIS,)).iloc[0]
    assert row[["guests", "stays", "nights", "revenue"]].tolist() == [3, 4, 8, 80_000]


def test_the_factor_is_persons_who_came_for_each_open_member(rewarded_house):
    """Ana 1, Ben 0, Cora 1 of three accounts; Hana's is closed. Residuals 1/3, 2/3, 1/3: variance 3/2 × 6/9 / 9 = 1/9."""
    row = ask(rewarded_house, "referral_summary", (LIS,)).iloc[0]
    assert row[["members", "k", "few"]].tolist() == [3, pytest.approx(2 / 3), True]
    assert row[["k_low", "k_high"]].tolist() == pytest.approx([2 / 3 - 1.959964 / 3, 2 / 3 + 1.959964 / 3])
    kpi = ask(rewarded_house, "kpi_values", (LIS,), keys=("referral_k",))
    assert kpi[kpi["period"] == "now"].iloc[0]["value"] == pytest.approx(row["k"])


def test_a_person_whom_the_property_does_not_know_came_as_far_as_it_knows_never(rewarded_house):
    """Dina of Addis invited Hana, who stayed in Lisbon."""
    here, everywhere = (ask(rewarded_house, "referral_summary", places).iloc[0] for places in ((ADD,), CHAIN))
    assert here[["invited", "ripe", "came", "guests", "revenue"]].tolist() == [1, 1, 0, 0, 0]
    assert everywhere[["invited", "ripe", "came", "guests", "revenue"]].tolist() == [5, 4, 2, 4, 88_000]
    assert ask(rewarded_house, "referred_guests", (ADD,)).empty


def test_invited_guests_with_what_they_brought_most_first(rewarded_house):
    found = ask(rewarded_house, "referred_guests")
    columns = ["guest_id", "invited_by", "came_on", "days", "in_time", "stays", "nights", "revenue"]
    assert found[columns].to_numpy().tolist() == [
        [FRED, ANA, dt.date(2024, 10, 1), 274, 0, 1, 4, 40_000], [EVE, ANA, dt.date(2024, 5, 1), 61, 1, 2, 3, 30_000],
        [GIL, CORA, dt.date(2025, 1, 10), 40, 1, 1, 1, 10_000], [HANA, DINA, dt.date(2024, 3, 10), 37, 1, 1, 1, 8000]]  # fmt: skip
    second = ask(rewarded_house, "referred_guests", offset=1, limit=1).iloc[0]
    assert (second["guest_id"], second["rows"]) == (EVE, 4)


# --- praise -----------------------------------------------------------------------------------------------------------
def test_promoters_by_tier_and_how_many_of_them_recommend(rewarded_house):
    """Ana's last score was 9.5, Ben's 7 after a 10, Dina's 6; Cora's is older than two years."""
    found = ask(rewarded_house, "promoter_share").set_index("tier")
    assert list(found.index) == ["Base", "Silver", "Gold"]
    assert found[["members", "answered", "promoters", "recommended"]].to_numpy().tolist() == [[2, 2, 0, 0], [1, 0, 0, 0], [1, 1, 1, 1]]
    assert found.loc["Gold", ["share", "low", "high", "recommends"]].tolist() == pytest.approx([1, 0.206549, 1, 1], abs=1e-6)
    assert found["share"].isna().to_dict() == {"Base": False, "Silver": True, "Gold": False}
    assert found["few"].all()


def test_the_list_begins_with_those_whose_invited_friends_came(rewarded_house):
    found = ask(rewarded_house, "advocate_list")
    columns = ["guest_id", "tier", "praised", "invited", "came", "value", "rows"]
    assert found[columns].to_numpy().tolist() == [
        [ANA, "Gold", 1, 2, 1, 70_000, 4], [CORA, "Silver", 0, 1, 1, 10_000, 4], [DINA, "Base", 0, 1, 1, 8000, 4], [BEN, "Base", 0, 1, 0, 0, 4]]
    assert found["score_bp"].fillna(0).tolist() == [9500, 0, 6000, 7000]


def test_who_only_praises_is_on_the_list_and_who_does_neither_is_not(altered):
    found = ask(altered("DELETE FROM mart_referrals"), "advocate_list")
    assert found[["guest_id", "score_bp", "invited", "came", "value"]].to_numpy().tolist() == [[ANA, 9500, 0, 0, 0]]
