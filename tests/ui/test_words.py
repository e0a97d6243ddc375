"""The groups of every dimension are told in words."""
import datetime as dt

import pytest

from crm_core import schema
from crm_core.telling import words
from crm_core.telling.words import group_name


@pytest.mark.parametrize(("dimension", "value", "said"), [
    ("platform", "booking_com", "Booking.com"), ("platform", "", "Not known"), ("language", "am", "Amharic"), ("language", "", "Unknown"),
    ("aspect", "checkin", "Check-in"), ("label", "neutral", "Neutral or mixed"), ("coverage", "indicative", "indicative"), ("floor", "3", "Floor 3"),
    ("block", "Garden wing", "Garden wing"), ("block", "", "Unknown"), ("case_kind", "air", "Air, heating"), ("department", "it", "IT"),
    ("department", "", "No department"), ("priority", "urgent", "Urgent"), ("root_cause", "worn_out", "Worn out"), ("root_cause", "", "Not known"),
    ("stratum", "ota/member/2-3", "Online agency · members · 2–3 nights"), ("stratum", "direct/guest/1", "Direct · not members · 1 night"),
    ("stratum", None, "Unknown"), ("segment", "leisure", "Leisure"), ("month", dt.date(2025, 3, 1), "Mar 2025")])
def test_a_group_is_told_in_words(dimension, value, said):
    assert group_name(dimension, value, {}) == said


@pytest.mark.parametrize(("dimension", "codes"), [
    ("platform", schema.PLATFORMS), ("aspect", schema.ASPECTS), ("label", schema.LABELS), ("case_kind", schema.CASE_KINDS),
    ("priority", schema.CASE_PRIORITIES), ("department", schema.HOTEL_DEPARTMENTS)])
def test_every_code_of_the_data_has_a_word(dimension, codes):
    assert set(codes) <= set(words.CODED[dimension])
