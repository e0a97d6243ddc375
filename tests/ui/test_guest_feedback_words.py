"""What pleased and annoyed a guest is remembered with its month and whether it was solved."""
import datetime as dt

from crm_core.ui import guest_feedback_words as words

TODAY = dt.date(2025, 4, 1)


def review(on: str, *mentions: tuple[str, str], case_id: int | None = None, polarity: int | None = None) -> dict:
    score = None if polarity is None else {"label": "positive", "polarity_ppm": polarity}
    return {"reviewed_on": dt.date.fromisoformat(on), "case_id": case_id, "score": score, "mentions": [{"aspect": a, "label": said} for a, said in mentions]}


def case(id: int, opened: str, status: str, kind: str = "noise", room: str = "") -> dict:
    return {"id": id, "opened_at": f"{opened}T10:00:00+00:00", "status": status, "kind": kind, "room": room}


def test_blame_is_told_with_its_month_and_whether_its_case_is_solved():
    reviews = [review("2025-03-10", ("noise", "negative"), ("staff", "positive"), case_id=1), review("2025-01-05", ("wifi", "negative"))]
    assert words.annoyed(reviews, [case(1, "2025-03-11", "closed")], TODAY) == [
        ("Annoyed by noise in Mar 2025; the case is solved", False), ("Annoyed by wi-fi in Jan 2025", False)]
    assert words.annoyed(reviews[:1], [case(1, "2025-03-11", "open")], TODAY) == [("Annoyed by noise in Mar 2025; the case is still open", True)]


def test_complaints_at_the_desk_count_too_requests_and_old_ones_do_not():
    cases = [case(2, "2025-02-01", "open", room="12"), case(3, "2025-02-02", "closed", kind="request"), case(4, "2021-02-02", "closed")]
    assert words.annoyed([review("2022-01-01", ("food", "negative"))], cases, TODAY) == [
        ("Complaint about noise, room 12, in Feb 2025; the case is still open", True)]


def test_the_title_names_what_is_spoken_of_most():
    reviews = [review("2025-03-10", ("staff", "positive"), ("noise", "negative")), review("2025-01-01", ("staff", "positive"), ("food", "positive"))]
    assert words.spoken_title(reviews) == "Pleased by staff and breakfast, food; annoyed by noise"
    assert words.spoken_title([review("2025-03-10", ("noise", "negative"))]) == "Annoyed by noise"
    assert words.spoken_title([review("2025-03-10", ("general", "positive"))]) == "1 review"


def test_only_reviews_that_were_read_are_drawn_through_time_oldest_first():
    reviews = [review("2025-03-10", polarity=-500_000), review("2025-02-01"), review("2025-01-01", polarity=800_000)]
    assert words.spoken(reviews) == [(dt.date(2025, 1, 1), 80.0), (dt.date(2025, 3, 10), -50.0)]
