"""Words of good and bad reviews: counted by review, of the scope alone, each box on its own side."""
from crm_core.records.feedback_words import distinguishing_words
from crm_core.scope import Scope, default_period
from tests.hotel import AS_OF


def view(*properties: int, role: str = "local") -> Scope:
    return Scope(role, properties, default_period(AS_OF), AS_OF)


def test_words_are_told_by_the_side_that_uses_them_and_by_how_many_reviews(hotel):
    good = [hotel.review(None, 9.0, "LIS", text="Lovely terrace", liked="sunny terrace", disliked="terrace stairs") for _ in range(6)]
    bad = [hotel.review(None, 3.0, "LIS", text="Broken boiler again", liked="boiler man came") for _ in range(6)]
    found = distinguishing_words(hotel.store, view(1), good=good, bad=bad, language="en")
    assert "terrace" in {w.text for w in found["good"]} | {part for w in found["good"] for part in w.text.split()}
    assert {w.bad for w in found["bad"]} == {6}
    assert not any("stairs" in w.text or "man" in w.text for side in found.values() for w in side)


def test_reviews_of_another_house_are_left_out(hotel):
    good = [hotel.review(None, 9.0, "ADD", text="Secret garden") for _ in range(6)]
    assert distinguishing_words(hotel.store, view(1), good=good, bad=[], language="en") == {"good": [], "bad": []}
