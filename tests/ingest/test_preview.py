"""A dry run writes nothing and says what would move."""
import pytest

from crm_core.ingest.problems import Cancelled
from tests.ingest.conftest import BOOKING, csv_of
from tests.ingest.test_undo import dump


def test_a_dry_run_of_bookings_says_how_the_figures_would_move_and_writes_nothing(desk):
    desk.bring_rows({"guest_ref": "1"})
    before, revision = desk.everything(), desk.store.revision()
    done = desk.bring_rows({"room_revenue": "400.00", "guest_ref": "1"}, {"confirmation": "R-2", "arrival": "2025-04-01",
        "departure": "2025-04-03", "guest_ref": "2", "currency": "LKR", "room_revenue": "900.00"}, {"confirmation": "R-3", "status": "x"},
        name="april.csv", dry_run=True)
    assert (desk.everything(), desk.store.revision()) == (before, revision)
    assert (done.batch, done.read, done.added, done.updated, done.rejected) == (0, 3, 1, 1, 1)
    moved = done.preview.change
    assert (moved.reservations, moved.stays, moved.room_nights, moved.guests) == (1, 1, 2, 1)
    assert moved.revenue == {"EUR": -2000, "LKR": 90000}
    assert (done.preview.first_on, done.preview.last_on, done.preview.months) == ("2025-03-28", "2025-04-03", ("2025-03", "2025-04"))
    assert [row["rule"] for row in done.preview.rejects] == ["status"]
    assert ("moves_revenue", {"amount": "+900.00", "currency": "LKR"}) in done.preview.moves


def test_a_dry_run_and_the_import_after_it_agree(desk):
    text = csv_of([BOOKING, BOOKING | {"confirmation": "R-2", "adults": "two"}])
    tried, done = desk.bring(text, dry_run=True), desk.bring(text)
    assert (tried.accepted, tried.rejected, tried.warnings) == (done.accepted, done.rejected, done.warnings)


def test_a_dry_run_of_other_rows_counts_them_by_property(desk):
    desk.bring_rows({}, {"confirmation": "R-2", "property": "KANDY"})
    rows = [{"review_id": str(n), "property": place, "reviewed_on": "2025-04-03", "score": "8"} for n, place in enumerate(("GALLE", "GALLE", "KANDY"))]
    done = desk.bring(csv_of(rows), target="reviews", dry_run=True)
    assert done.preview.by_property == {"GALLE": {"added": 2}, "KANDY": {"added": 1}}
    assert desk.table("review") == []


@pytest.mark.parametrize("when", [1, 2, 3])
def test_an_import_that_is_cancelled_writes_nothing(desk, when):
    before, asked = dump(desk), []

    def cancelled():
        asked.append(1)
        return len(asked) == when
    with pytest.raises(Cancelled, match="Nothing was written"):
        desk.bring(csv_of([BOOKING]), cancelled=cancelled)
    assert dump(desk) == before
