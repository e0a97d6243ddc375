"""What matters: nothing is told of too few reviews, figures of the models are told as association, alarms open a chart."""
import duckdb
import pytest

from tests.pages.test_feedback import at_first, reviewed, text  # noqa: F401
from tests.pages.test_retention import drawn, titles
from tests.pages.visiting import Visits, fine


@pytest.fixture
def told(reviewed):  # noqa: F811
    """Visits to the house with drivers written by hand: the staff first, noise behind it beyond doubt."""
    with duckdb.connect(str(next(reviewed.settings.warehouse.glob("*.duckdb")))) as duck:
        columns = [row[0] for row in duck.execute("DESCRIBE mart_drivers").fetchall()]
        for aspect, share in (("staff", 0.6), ("noise", 0.2)):
            row = {"property_id": 0, "aspect": aspect, "share": share, "share_low": share - 0.1, "share_high": share + 0.1, "texts": 400, "explained": 0.5}
            given = {name: row.get(name, 0) for name in columns}
            duck.execute(f"INSERT INTO mart_drivers ({', '.join(given)}) VALUES ({', '.join('?' * len(given))})", list(given.values()))
    return reviewed


def test_too_few_reviews_tell_nothing_and_say_how_many_are_needed(reviewed):  # noqa: F811
    at = fine(reviewed.open("drivers"))
    assert titles(at) == ["What ratings go with cannot be told yet", "What more praise would bring cannot be told yet",
                          "No comparison set is large enough to be shown", "Too few reviews to watch week by week"]
    assert "200 scored reviews with a score are needed" in text(at)
    assert "fewer than four hotels beside your own" in text(at)


def test_what_ratings_go_with_is_an_association(told):
    at = fine(told.open("drivers"))
    assert titles(at)[0] == "Ratings go most with Staff: 60% of what is explained"
    assert [trace["x"] for trace in drawn(at, "drivers")["data"]] == [[pytest.approx(60)], [pytest.approx(20)]]
    assert "an association, never a cause. 50% of the ratings' spread is explained · 400 reviews" in text(at)


def test_a_house_without_reviews_is_told_where_they_come_from(monkeypatch, lisbon):
    assert titles(fine(Visits(monkeypatch, lisbon).open("drivers"))) == ["No reviews in this view"]
