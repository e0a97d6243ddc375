"""What a page has loaded is frozen once for each page and language."""
import gc

import pytest

from crm_core.ui import settle


@pytest.fixture
def frozen(monkeypatch):
    """Count the freezes instead of doing them."""
    done = []
    monkeypatch.setattr(settle, "_settled", set())
    monkeypatch.setattr(gc, "freeze", lambda: done.append(1))
    return done


def test_a_page_is_frozen_after_its_first_run_only(frozen):
    for _ in range(3):
        settle.settle("guests", "en")
    assert len(frozen) == 1


def test_another_page_and_another_language_are_frozen_too(frozen):
    settle.settle("guests", "en")
    settle.settle("", "en")
    settle.settle("guests", "am")
    assert len(frozen) == 3
