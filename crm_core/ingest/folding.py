"""Several rows of one booking, and one row of several rooms, become stays: one for each room.

A booking of several rooms is one stay for each of them, so that its room nights are right; figures count them as one visit of the guest.
The rooms beyond the first bear the booking's number with /2, /3 and so on, and share its room revenue, commission and people evenly.
"""
import marshal

from crm_core.ingest.staging import FACTS, FORMAT, FURTHER, Staging, unpacked

SHARED = ("room_revenue_minor", "commission_minor", "adults", "children")
FIRST_ONLY = ("fnb", "spa", "other", "cancellation_fee")
BOOKED = FACTS.index("booked_on")


def rooms_apart(lines: list[int], found: dict[str, list]) -> tuple[list[int], dict[str, list]]:
    """Return the lines and columns with one more row for each room beyond a row's first; `further` says which these are."""
    rooms = found.get("rooms")
    if not rooms or not any(n and n > 1 for n in rooms):
        return lines, found
    picks = [(at, room) for at, n in enumerate(rooms) for room in range(n or 1)]
    apart = {name: [values[at] for at, _ in picks] for name, values in found.items()}
    for name in (*SHARED, *FIRST_ONLY):
        apart[name] = [_share(found[name][at], rooms[at] or 1, room, name) for at, room in picks]
    apart["confirmation"] = [_numbered(found["confirmation"][at], room) for at, room in picks]
    apart["further"] = [int(room > 0) for _, room in picks]
    return [lines[at] for at, _ in picks], apart


def _share(amount: int | None, rooms: int, room: int, name: str) -> int | None:
    if amount is None or rooms == 1:
        return amount
    if name in FIRST_ONLY:
        return None if room else amount
    return amount // rooms + (amount % rooms if room == 0 else 0)


def _numbered(confirmation: str | None, room: int) -> str | None:
    return f"{confirmation}/{room + 1}" if confirmation and room else confirmation


def fold(staging: Staging, rule: str) -> int:
    """Fold the rows of bookings that stand several times by a source's rule; return how many rows of the file were dropped.

    "last": the last one counts. "amendments": the last one counts, booked on the day of the first. "rooms": each is a room of its own.
    """
    dropped = [row for rows in staging.repeated() for row in RULES[rule](staging, rows)]
    staging.drop(row[0] for row in dropped)
    return sum(not row[2] & FURTHER for row in dropped)


def _last(_staging: Staging, rows: list[tuple]) -> list[tuple]:
    return rows[:-1]


def _amendments(staging: Staging, rows: list[tuple]) -> list[tuple]:
    booked = [day for row in rows if (day := unpacked(row[3])[BOOKED])]
    facts = list(unpacked(rows[-1][3]))
    if booked and facts[BOOKED] != min(booked):
        facts[BOOKED] = min(booked)
        staging.replace_facts([(marshal.dumps(tuple(facts), FORMAT), rows[-1][0])])
    return _last(staging, rows)


def _rooms(staging: Staging, rows: list[tuple]) -> list[tuple]:
    """Number the rooms by what they are, so that the order of the file does not matter."""
    confirmation = staging.value(f"SELECT confirmation FROM row WHERE n = {rows[0][0]:d}")
    in_order = sorted(rows, key=lambda row: (row[3], row[0]))
    staging.rename((_numbered(confirmation, room), row[0]) for room, row in enumerate(in_order))
    return []


RULES = {"last": _last, "amendments": _amendments, "rooms": _rooms}
