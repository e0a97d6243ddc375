"""Lines below a table that are no rows: totals, and notes about who printed it."""
import re
from collections.abc import Sequence

from crm_core.ingest.bare import bare

MOST_FOOTERS = 12
NARROW = 4  # from so many columns on a note can be told from a row
TOTAL = re.compile(
    r"((grand|sub|report|overall|general)[ -]?)?total(s|e|es)?|total (général|general|geral|of)( .*)?|totaal|(gesamt|end|zwischen)?summen?|gesamt|"
    r"somme|suma( total)?|soma|totale generale|итого|всего|razem|toplam|合计|合計|总计|المجموع|الإجمالي|ընդամենը|එකතුව|ድምር", re.IGNORECASE)


def footers(rows: Sequence[list[str] | None], width: int) -> tuple[int, int]:
    """Return how many of a table's last rows are no rows of it, and how many must be cut off with the blank ones among them.

    A row that could not be read is None and counts as a row; `width` is the number of columns.
    """
    n = cut = 0
    for back in range(1, len(rows) + 1):
        cells = rows[-back]
        if cells is None:
            break
        filled = [bare(cell) for cell in cells if cell and not cell.isspace()]
        if filled:
            above_is_blank = back < len(rows) and rows[-back - 1] is not None and not any(rows[-back - 1])
            if not _is_footer(filled, width, above_is_blank):
                break
            n, cut = n + 1, back
    return n, cut


def _is_footer(filled: list[str], width: int, above_is_blank: bool) -> bool:
    if len(filled) < width and TOTAL.fullmatch(filled[0].rstrip(": 0123456789()").strip()):
        return True
    is_sparse = width >= NARROW and len(filled) <= max(1, width // NARROW)
    return is_sparse and (above_is_blank or " " in filled[0])
