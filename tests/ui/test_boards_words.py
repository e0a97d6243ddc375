"""When a report is made, in words; and the views that a first board begins with exist."""
import pytest

from crm_core import views
from crm_core.ui import boards_words as words
from crm_core.views import View


@pytest.mark.parametrize(("rhythm", "on_day", "said"), [
    ("daily", None, "every day"), ("weekly", 0, "every week on Monday"), ("weekly", 6, "every week on Sunday"),
    ("monthly", 5, "on day 5 of every month"), ("asked", None, "only when asked")])
def test_a_rhythm_is_said_with_its_day(rhythm, on_day, said):
    assert words.rhythm(rhythm, on_day) == said


def test_a_plan_says_rhythm_forms_and_language():
    row = {"rhythm": "weekly", "on_day": 4, "forms": ("html", "pdf"), "language": "si"}
    assert words.plan(row) == "every week on Friday · HTML + PDF · සිංහල"


def test_what_a_first_board_begins_with_is_all_there():
    assert [views.problems(View(page, params)) for _, page, params in words.STARTERS] == [[]] * len(words.STARTERS)
