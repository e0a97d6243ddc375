"""Leads and interactions in figures, counted by hand at Lisbon."""
import datetime as dt
import math
from dataclasses import replace

import pandas as pd
import pytest

from crm_core import queries
from crm_core.scope import Period

YEAR = Period(dt.date(2024, 4, 1), dt.date(2025, 4, 1))


@pytest.fixture
def year(scope):
    return replace(scope, period=YEAR)


def test_conversion_is_told_by_source_and_kind(hotel, rebuilt, year):
    hotel.lead("LIS", "2024-06-01T10:00", ("won", "2024-06-03T10:00"), via="phone")
    hotel.lead("LIS", "2024-06-02T10:00", ("lost", "2024-06-03T10:00"), via="phone", lost_reason="price", kind="group")
    hotel.lead("LIS", "2024-06-03T10:00")
    hotel.lead("ADD", "2024-06-04T10:00", ("lost", "2024-06-05T10:00"), lost_reason="spam")
    hotel.lead("LIS", "2025-03-03T10:00")
    made = rebuilt()
    found = queries.run(made, year, "lead_conversion_by")
    assert found[["group", "leads", "won"]].to_numpy().tolist() == [["phone", 2, 1], ["form", 1, 0]]
    assert (found["low"][0], found["high"][0]) == pytest.approx((0.094529, 0.905471), abs=1e-5)  # Wilson for 1 of 2
    assert queries.run(made, year, "lead_conversion_by", by="kind")[["group", "leads"]].to_numpy().tolist() == [["room", 2], ["group", 1]]
    with pytest.raises(ValueError, match="via or kind"):
        queries.run(made, year, "lead_conversion_by", by="owner")


def test_stages_say_who_was_won_and_how_long_leads_stay(hotel, rebuilt, year):
    """Three enter as enquiries; two leave after 2 and 4 days, one still is there: half have left after 4 days, with no upper end yet."""
    hotel.lead("LIS", "2024-06-01T10:00", ("qualified", "2024-06-03T10:00"), ("offer", "2024-06-04T10:00"), ("won", "2024-06-05T10:00"))
    hotel.lead("LIS", "2024-06-02T10:00", ("qualified", "2024-06-06T10:00"))
    hotel.lead("LIS", "2024-06-03T10:00")
    found = queries.run(rebuilt(), year, "lead_stages").set_index("group")
    assert found[["leads", "won", "n_days", "waiting"]].to_numpy().tolist() == [[3, 1, 3, 1], [2, 1, 2, 1], [1, 1, 1, 0]]
    assert found["days"].tolist() == [4.0, 1.0, 1.0]
    assert math.isnan(found.at["enquiry", "high_days"])


def test_volume_is_told_by_month_and_channel(hotel, rebuilt, year):
    for when, way, channel in (("03-01T10:00", "in", "email"), ("03-02T10:00", "out", "email"), ("03-03T10:00", "in", "chat"), ("02-01T10:00", "in", "chat")):
        hotel.said("LIS", f"2025-{when}", way, channel)
    hotel.said("LIS", "2024-03-31T10:00", "in", "chat")
    found = queries.run(rebuilt(), year, "interaction_volume")
    assert [(pd.Timestamp(m).month, *rest) for m, *rest in found.to_numpy().tolist()] == [
        (2, "chat", 1, 0), (3, "chat", 1, 0), (3, "email", 1, 1)]


def test_answers_are_timed_and_who_still_waits_counts_as_far_as_seen(hotel, rebuilt, year):
    """E-mails: answered after 60 minutes, after two days (too late), and not at all; a chat of yesterday is not ripe; a call never waits."""
    for thread, day, answer in (("A", "2025-03-01", "2025-03-01T11:00"), ("B", "2025-03-02", "2025-03-04T10:00"), ("C", "2025-03-03", None)):
        hotel.said("LIS", f"{day}T10:00", "in", thread=thread)
        if answer:
            hotel.said("LIS", answer, "out", thread=thread)
    hotel.said("LIS", "2025-03-31T10:00", "in", "chat")
    hotel.said("LIS", "2025-03-10T10:00", "in", "phone")
    found = queries.run(rebuilt(), year, "response_times")
    assert [None if pd.isna(g) else g for g in found["group"]] == [None, "chat", "email"]
    assert found[["asked", "answered", "ripe", "in_time"]].to_numpy().tolist() == [[4, 2, 3, 1], [1, 0, 0, 0], [3, 2, 3, 1]]
    assert found["minutes"].tolist()[2] == 2880
    assert math.isnan(found["minutes"].tolist()[1])


def test_where_nobody_asked_there_is_nothing(warehouse, year):
    for name in ("lead_conversion_by", "lead_scores", "lead_models", "lead_deciles", "interaction_volume", "response_times"):
        assert queries.run(warehouse, year, name).empty
    assert queries.run(warehouse, year, "lead_stages")["leads"].tolist() == [0, 0, 0]
