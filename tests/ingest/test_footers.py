"""Totals and notes below a table are told from its rows."""
import pytest

from crm_core.ingest.footers import footers

ROW = ["R-1", "GALLE", "2025-03-28", "420.00"]


@pytest.mark.parametrize(("last", "n", "cut"), [
    ([["Total", "", "", "840.00"]], 1, 1), ([["", "", "Grand total:", "840.00"]], 1, 1), ([["Summe", "", "", "840,00"]], 1, 1),
    ([["Total général", "", "", "840,00"]], 1, 1), ([[], ["Total (2)", "", "", "840.00"], []], 1, 2), ([["Printed by Anna on 1 May", "", "", ""]], 1, 1),
    ([[], ["admin", "", "", ""]], 1, 1), ([["Total", "", "", "1"], ["", "", "", ""], ["Page 1 of 1"]], 2, 3), ([], 0, 0), ([[], []], 0, 0),
    ([["R-2"]], 0, 0), ([["Totally Tours", "GALLE", "", ""]], 0, 0), ([["Total", "GALLE", "2025-03-28", "1"]], 0, 0),
    ([["Total", "", "", "1"], None], 0, 0), ([["Total", "", "", "1"], ROW], 0, 0),
])
def test_the_rows_at_the_end_that_are_none(last, n, cut):
    assert footers([ROW, ROW, *last], 4) == (n, cut)


def test_a_narrow_table_has_only_totals_below_it():
    assert footers([["Anna", "Weber"], [], ["Karl Maria", ""]], 2) == (0, 0)
    assert footers([["Anna", "5"], ["Total", ""]], 2) == (1, 1)
