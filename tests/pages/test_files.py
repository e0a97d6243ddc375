"""A file comes in through the page: understood, asked about, tried, brought in, corrected and undone."""
import pytest
import sqlalchemy as sa

from crm_core import jobs, schema
from crm_core import settings as settings_
from crm_core.jobs import store as queue
from crm_core.jobs import worker
from crm_core.store.record import open_store
from tests.pages.visiting import Visits, everything, fine

AIRBNB = """Confirmation code,Status,Guest name,Contact,# of adults,# of children,# of infants,Start date,End date,# of nights,Booked,Listing,Earnings
HM1,Past guest,Anna Weber,+49 30 901820,2,0,0,03/05/2025,03/08/2025,3,2025-01-12,Sea view,"€320.00"
HM2,Past guest,Tariq Aziz,,1,0,0,04/07/2025,04/09/2025,2,2025-02-11,Garden,"€180.50"
HM3,Past guest,Rosa Diaz,,2,1,0,05/06/2025,05/09/2025,3,2025-02-14,Sea view,a lot
"""


@pytest.fixture
def visits(monkeypatch, tmp_path) -> Visits:
    """Visits to a hotel's own empty store, whose jobs are done at once."""
    def at_once(_settings) -> None:
        while job := queue.claim(settings_.read("hotel")):
            worker.run(job)

    monkeypatch.setattr(jobs, "wake", at_once)
    return Visits(monkeypatch, settings_.at(tmp_path, "hotel"))


def dropped(visits, text: str | bytes = AIRBNB, name: str = "airbnb.csv"):
    """The page after a file was dropped on it."""
    page = fine(visits.open("data"))
    return fine(page.file_uploader[0].upload(name, text if isinstance(text, bytes) else text.encode(), "text/csv").run())


def titles(page) -> list[str]:
    return [element.value.replace("\\", "") for element in page.subheader]


def button(page, label: str):
    return next(b for b in page.button if b.label == label)


def settled(visits):
    """The page with the order of dates and the property said."""
    page = dropped(visits)
    order = next(box for box in page.selectbox if box.label == "Order of dates")
    page = fine(order.select("mdy").run())
    place = next(box for box in page.text_input if box.label == "Code of the property")
    return fine(place.input("LIS").run())


def rows(visits, table) -> int:
    with open_store(visits.settings).reading() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def test_a_known_system_is_recognised_and_what_is_unsure_is_asked(visits):
    page = dropped(visits)
    assert "Taken as: Airbnb reservations" in titles(page)
    assert "1 thing to settle about airbnb.csv" in titles(page)
    assert "03/05/2025" in everything(page)
    assert button(page, "Bring in").disabled


def test_a_trial_says_what_would_move_and_writes_nothing(visits):
    page = fine(button(settled(visits), "Try without writing").click().run())
    assert "airbnb.csv: 2 of 3 rows would come in, 1 needs your eyes" in titles(page)
    assert "Room nights +5" in everything(page).replace("\\", "")
    assert (rows(visits, schema.stay), rows(visits, schema.import_batch)) == (0, 0)


def test_a_file_comes_in_and_its_bad_line_waits_with_its_cells(visits):
    page = fine(button(settled(visits), "Bring in").click().run())
    assert "airbnb.csv: 2 of 3 rows came in, 1 needs your eyes" in titles(page)
    assert rows(visits, schema.stay) == 2
    assert "Rosa Diaz" in everything(page)
    assert list((visits.settings.home / "uploads").glob("*")) == []  # raw uploads are not kept


def test_the_last_import_can_be_undone(visits):
    page = fine(button(settled(visits), "Bring in").click().run())
    page = fine(button(page, "Undo airbnb.csv").click().run())
    assert rows(visits, schema.stay) == 0
    assert "undone" in everything(page)


def test_a_file_that_is_none_says_what_to_do(visits):
    page = dropped(visits, b"\x89PNG\r\n\x1a\n", "photo.csv")
    assert "photo" in page.error[0].value


def test_who_may_not_bring_files_in_sees_no_place_for_them(visits):
    page = visits.as_("trainer").open("data")
    assert len(page.file_uploader) == 0
    assert "not open to your role" in everything(fine(page))


GERMAN = """Buchungsnummer;Anreise;Abreise;Nachname;Vorname;Logisumsatz;Bemerkung intern
B-1;03.05.2025;08.05.2025;Weber;Anna;1.320,00;x
B-2;14.07.2025;19.07.2025;Koch;Lena;180,50;y
"""


def test_a_column_that_the_file_lacks_can_be_said_for_all_rows(visits):
    """A column that is left out, too, must not keep the page running for ever."""
    page = dropped(visits, GERMAN, "liste.csv")
    assert button(page, "Bring in").disabled
    for label, value in (("status of all rows", "checked_out"), ("channel of all rows", "Direct")):
        box = next(b for b in page.selectbox if b.label == label) if any(b.label == label for b in page.selectbox) else None
        text = None if box else next(b for b in page.text_input if b.label == label)
        page = fine(box.select(value).run() if box else text.input(value).run())
    place = next(box for box in page.text_input if box.label == "Code of the property")
    page = fine(place.input("LIS").run())
    fine(button(page, "Bring in").click().run())
    assert rows(visits, schema.stay) == 2


def test_a_workbook_is_read_though_its_upload_has_no_ending(visits):
    import io

    import openpyxl

    book = openpyxl.Workbook()
    for row in ([["Arrivals of May"], [], *(line.split(";") for line in GERMAN.strip().split("\n"))]):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    page = dropped(visits, content.getvalue(), "Arrivals.xlsx")
    assert "Taken as: Bookings" in titles(page)


def test_what_only_values_tell_must_be_said(visits):
    header, people = "q1,q2,q3,q4", "ABCDEFGHIJKLMNOPQRST"
    lines = [f"{name.lower()}@example.com,+49 30 9018{20 + i},2025-05-{1 + i:02},{100 + i}.50" for i, name in enumerate(people)]
    page = dropped(visits, "\n".join([header, *lines]), "xyz.csv")
    assert "Guessed from the values alone" in everything(page)
    assert button(page, "Bring in").disabled
