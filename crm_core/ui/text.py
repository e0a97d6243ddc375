"""Guest text on the screen: escaped character by character, so that nothing in it is ever Markdown."""
import re

ESCAPE = str.maketrans({c: "\\" + c for c in r"\`*_{}[]()<>#+-.!|~$:^=&@/"})
# Direction marks could turn a name around; control characters have no business in one.
UNSEEN = re.compile("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def safe(text: str | None) -> str:
    """Return text as one line of Markdown that shows exactly its characters; bare links stay dead (a word joiner breaks them)."""
    line = UNSEEN.sub("", " ".join((text or "").split()))
    return re.sub("(?i)(@|www|:(?=//))", "\\1\u2060", line).translate(ESCAPE)


def plain(text: str | None) -> str:
    """Return text for a table cell, which shows it as it is: without direction marks and control characters."""
    return UNSEEN.sub("", " ".join((text or "").split()))
