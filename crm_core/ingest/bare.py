"""A cell without what stands around its value: the wrapping that keeps spreadsheets off, quotation marks, blanks."""
import re

WRAPPED = re.compile(r'="(.*)"', re.DOTALL)
QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»"}
BLANKS = " \t\r\n\u00a0\u202f\u2007\u200b\ufeff"
NOTHING = frozenset({"", "-", "--", "—", "–", "?", "null", "none", "nan", "nat", "na", "n/a", "n.a.", "#n/a", "#null!", "undefined",
    "unknown", "(null)", "\\n"})


def bare(cell: str) -> str:
    """Return a cell's value: `="0042"`, “ 0042 ” and "0042" are 0042."""
    cell = cell.strip(BLANKS)
    if cell[:2] == '="' and (wrapped := WRAPPED.fullmatch(cell)):
        cell = wrapped[1].replace('""', '"').strip(BLANKS)
    if len(cell) > 1 and QUOTES.get(cell[0]) == cell[-1]:
        cell = cell[1:-1].strip(BLANKS)
    return cell


def is_nothing(value: str) -> bool:
    """Return whether a bare value only says that there is none."""
    return value.casefold() in NOTHING
