"""What stands around a value is taken away, and the words that mean nothing are known."""
import pytest

from crm_core.ingest.bare import bare, is_nothing


@pytest.mark.parametrize(("cell", "value"), [
    ('="0042"', "0042"), ('="say ""hi"""', 'say "hi"'), ("\u00a0 42\u202f", "42"), ('"Galle"', "Galle"), ("“Galle”", "Galle"), ("", ""),
    ('"', '"'), ('5" nails', '5" nails'), ("=1+1", "=1+1"), ("\ufeffname", "name"), ('=""', ""),
])
def test_a_cell_without_its_wrapping(cell, value):
    assert bare(cell) == value


def test_words_that_say_that_there_is_nothing():
    assert all(map(is_nothing, ["", "NULL", "?", "Undefined", "N/A", "-", "nan"]))
    assert not any(map(is_nothing, ["0", "Nathan", "no"]))
