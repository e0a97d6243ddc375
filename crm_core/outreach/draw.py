"""The lot that holds guests out of every campaign, or of a journey: by the guest's own number, whoever else there is.

A guest's place is md5("salt/guest") in hexadecimal; held out is whose first eight digits stand below the share's limit. The databases draw
the same lot: in DuckDB and PostgreSQL `substr(md5(salt || '/' || guest_id), 1, 8) < limit`. The lot of a growing share only adds guests.
"""
import hashlib
from collections.abc import Iterable

DIGITS = 8
EVERYBODY = "g"  # stands behind every hexadecimal digit
WHOLE = 10_000  # basis points


def limit(share_bp: int) -> str:
    """Return the eight hexadecimal digits below which a share of guests (0 to 10,000 basis points) lies; "g" for all of them."""
    if not 0 <= share_bp <= WHOLE:
        raise ValueError(f"A share lies between 0 and {WHOLE} basis points, not at {share_bp}.")
    return EVERYBODY if share_bp == WHOLE else f"{share_bp * 16**DIGITS // WHOLE:0{DIGITS}x}"


def is_held(guest_id: int, salt: str, share_bp: int) -> bool:
    """Say whether the lot of this salt holds a guest out."""
    return _place(guest_id, salt) < limit(share_bp)


def held(ids: Iterable[int], salt: str, share_bp: int) -> set[int]:
    """Return those of the guests whom the lot of this salt holds out."""
    below = limit(share_bp)
    return {int(i) for i in ids if _place(i, salt) < below}


def _place(guest_id: int, salt: str) -> str:
    return hashlib.md5(f"{salt}/{guest_id}".encode(), usedforsecurity=False).hexdigest()[:DIGITS]
