"""What somebody has kept in the demo before the first morning: saved views on a board with its report, decisions, notes on the time axis."""
import json

from crm_core import schema
from crm_core.ingest.demo import association_parameters as a
from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.campaign_plans import OWNER
from crm_core.ingest.demo.hotels import Profile

BOARD, REPORT = 1, 1
MONDAY = 0
SAVED_AT = "2025-03-03T07:40:00+00:00"
OF_DECISION = ("kpi", "will_do", "owner", "from_on", "due_on", "expected", "was", "was_low", "was_high", "was_n", "playbook", "state", "came", "came_low",
               "came_high", "came_n")


def open_kept(writer, profile: Profile) -> None:
    """Write the views, the board, its report, the decisions and the notes; all are of all hotels but the notes."""
    houses = json.dumps(list(range(1, len(profile.hotels) + 1)))
    by_whom = (houses, OWNER, SAVED_AT, 1)
    writer.rows(schema.saved_view, ("id", "name", "page", "params", "note", "properties", "actor", "created_at", "version"), (
        (number, name, page, json.dumps(params, sort_keys=True), note, *by_whom) for number, (name, page, params, note) in enumerate(a.VIEWS, 1)))
    writer.rows(schema.board, ("id", "name", "note", "properties", "actor", "created_at", "version"), [(BOARD, *a.BOARD, *by_whom)])
    writer.rows(schema.board_view, ("board_id", "saved_view_id", "place"), ((BOARD, number, number) for number in range(1, len(a.VIEWS) + 1)))
    writer.rows(schema.report, ("id", "board_id", "name", "rhythm", "on_day", "forms", "language", "made_for", "properties", "actor", "created_at", "version"), [
        (REPORT, BOARD, a.BOARD[0], "weekly", MONDAY, "html", "en", p.AS_OF.isoformat(), *by_whom)])
    _write_decisions(writer, houses)
    _write_notes(writer, profile)


def _write_decisions(writer, houses: str) -> None:
    days = ("from_on", "due_on")
    writer.rows(schema.decision, ("id", *OF_DECISION, "page", "params", "properties", "actor", "created_at", "version"), (
        (number, *(one[name].isoformat() if name in days else one.get(name) for name in OF_DECISION), "figure",
         json.dumps({"kpi": one["kpi"], "period": "12m"}), houses, OWNER, f"{one['from_on'].isoformat()}T09:00:00+00:00", 1)
        for number, one in enumerate(a.DECISIONS, 1)))


def _write_notes(writer, profile: Profile) -> None:
    codes = [hotel.code for hotel in profile.hotels]
    found = [(codes.index(code), *about) for code, *about in a.NOTES if code in codes]
    writer.rows(schema.annotation, ("id", "property_id", "source", "external_id", "batch_id", "on_day", "until_on", "kind", "said", "actor", "version",
                                    "revision"), (
        (number, h + 1, "demo", f"N{number:03d}", 1, on.isoformat(), until.isoformat() if until else None, kind, said, OWNER, 1, writer.revision)
        for number, (h, on, until, kind, said) in enumerate(found, 1)))
