"""Titles of reach and fatigue name a month, a provider or an hour only beyond chance, and say where there is too little to tell."""
from types import SimpleNamespace

import numpy as np
import pandas as pd

from crm_core.stats.intervals import wilson
from crm_core.ui import reach_words as words


def rated(rate: str, part: str, of: str, **columns) -> pd.DataFrame:
    """A frame with a rate and its limits, as the queries give them."""
    frame = pd.DataFrame(columns)
    low, high = wilson(frame[part].to_numpy(float), frame[of].to_numpy(float))
    return frame.assign(**{rate: frame[part] / frame[of], f"{rate}_low": low, f"{rate}_high": high})


def months(complained: list[int], delivered: int = 5000) -> pd.DataFrame:
    days = pd.date_range("2025-01-01", periods=len(complained), freq="MS")
    return rated("complaint_rate", "complained", "delivered", month=days, complained=complained, delivered=[delivered] * len(complained))


def test_complaints_are_named_by_month_only_beyond_chance():
    assert words.complaints_title(months([2, 6])) == "0.08% complained; no month is beyond chance above 0.1%"
    assert words.complaints_title(months([2, 14])) == "Complaints were above 0.1% in Feb 2025"
    assert words.complaints_title(months([30, 2, 40])) == "Complaints were above 0.3% in Jan 2025 and Mar 2025: mail providers block from there"
    assert words.complaints_title(months([1], 999)) == "Too few e-mails to tell about complaints: 999 of 1,000"


def test_what_comes_back_is_told_with_what_comes_back_for_good():
    assert words.bounces_title(pd.DataFrame({"sent": [600, 400], "bounced": [8, 4], "hard": [3, 1]})) == "1.2% came back, 0.4% for good"
    assert words.bounces_title(pd.DataFrame({"sent": [29], "bounced": [1], "hard": [1]})) == "Too few e-mails to tell what comes back: 29 of 30"


def test_a_provider_is_named_where_it_returns_more_than_all_together():
    found = rated("bounce_rate", "bounced", "sent", domain=["gmail.com", "yahoo.com", "other"], sent=[1000, 500, 100], bounced=[10, 30, 20])
    assert words.providers_title(found) == "yahoo.com returns 6.0%, all together 3.8%"
    assert words.providers_title(found.assign(bounce_rate_low=0.0)) == "No mail provider returns more than others, beyond chance"
    assert words.providers_title(found[:0]) == "What arrives, by mail provider"


def bands(unsubscribed: list[int], delivered: list[int]) -> pd.DataFrame:
    return rated("unsubscribe_rate", "unsubscribed", "delivered", band=list(words.BANDS)[:len(delivered)], unsubscribed=unsubscribed, delivered=delivered)


def test_fatigue_is_told_from_the_first_band_beyond_chance():
    assert words.fatigue_title(bands([10, 40, 9], [5000, 4000, 299])) == "At 2 messages in 30 days 1.00% unsubscribe, at 1 message 0.20%"
    assert words.fatigue_title(bands([10, 9], [5000, 4000])) == "Who gets more messages does not unsubscribe more often, beyond chance"
    assert words.fatigue_title(bands([10, 9], [5000, 299])) == "Too few guests got several messages to tell when it is too much"


def test_a_rate_says_how_many_messages_it_still_lacks():
    row = next(bands([10], [5000]).itertuples())
    assert words.share(row, "unsubscribe_rate", 2) == "0.20% (0.11–0.37)"
    assert words.share(next(bands([1], [299]).itertuples()), "unsubscribe_rate") == "299 of 300"


def lifts(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["band", "few", "lift", "low", "high"])


def test_campaigns_wear_out_only_beyond_chance():
    assert words.lifts_title(lifts(("0", 0, 0.02, 0.01, 0.03), ("1", 0, 0.0, -0.005, 0.005))) == "Campaigns add less among those whom others write to"
    assert words.lifts_title(lifts(("0", 0, 0.02, 0.01, 0.03), ("1", 0, 0.01, -0.005, 0.025))).startswith("No difference beyond chance")
    assert words.lifts_title(lifts(("0", 0, 0.02, 0.01, 0.03), ("1", 1, 0.0, -0.1, 0.1))).startswith("Too few to tell")


def test_a_lift_without_people_held_out_says_how_many_there_are():
    assert words.lift(SimpleNamespace(few=1, lift=0.03, low=-0.2, high=0.1, treated_n=127, control_n=9)) == "held out: 9 of 100"
    assert words.lift(SimpleNamespace(few=0, lift=0.012, low=0.004, high=0.019, treated_n=7200, control_n=1800)) == "+1.2 pp (0.4 to 1.9)"
    assert words.lift(SimpleNamespace(few=1, lift=np.nan, low=np.nan, high=np.nan, treated_n=9, control_n=400)) == "too few: n 409"


def test_nineteen_of_twenty_guests_and_those_over_the_cap():
    found = pd.DataFrame({"messages": [1, 2, 3, 6], "guests": [60, 30, 5, 5]})
    assert words.percentile(found) == 3
    assert words.spread_title(found) == "19 of 20 guests who were written to got 3 messages at most"
    assert words.spread_title(found[:1]) == "19 of 20 guests who were written to got 1 message at most"
    assert (words.over_cap(found, 4), words.over_cap(found, 2), words.percentile(found[:0])) == (5, 10, 0)
    assert words.spread_title(found[:0]) == "Nobody got a marketing message in the last 30 days"


def test_an_hour_is_named_only_where_it_lies_apart_from_all_others():
    hours = rated("click_rate", "clicked", "delivered", weekday=[2, 4, 6], hour=[9, 18, 23], delivered=[2000, 2000, 50], clicked=[40, 160, 20])
    assert words.times_title(hours) == "Most clicked what was sent on Thursday at 18:00: 8.0%, over all hours 5.4%"
    alike = rated("click_rate", "clicked", "delivered", weekday=[2, 4], hour=[9, 18], delivered=[2000, 2000], clicked=[90, 110])
    assert words.times_title(alike) == "No hour stands out: 5.0% clicked over all of them"
    assert words.times_title(hours[2:]) == "Too few messages by weekday and hour to tell"


def test_ways_and_purposes_are_told_by_their_share():
    assert words.mediums_title(pd.DataFrame({"medium": ["email", "sms"], "sent": [10, 90]})) == "Marketing went by SMS and e-mail"
    assert words.mediums_title(pd.DataFrame({"medium": ["email"], "sent": [10]})) == "All marketing went by e-mail"
    assert words.purposes_title(pd.DataFrame({"purpose": ["marketing", "survey"], "sent": [30, 10]})) == "75% of the messages were marketing"
    assert words.purposes_title(pd.DataFrame({"purpose": [], "sent": []})) == "No message was sent in this period"
    assert words.reported_title(pd.DataFrame({"campaign_id": [1]})) == "Of 1 campaign only the platform's counts are known"
