"""Rejected lines come back as rows and as a file that no spreadsheet runs."""
from crm_core import i18n
from crm_core.ingest.rejects import as_csv, rejects


def test_rejects_are_listed_in_file_order_with_their_reason(desk):
    desk.bring_rows({"adults": "two"}, {"confirmation": "R-2"}, {"confirmation": "R-3", "status": "asleep"})
    with desk.store.reading() as connection:
        found = list(rejects(connection, 1))
    assert [(row["line"], row["column"], row["value"], row["rule"]) for row in found] == [
        (2, "adults", "two", "whole_number"), (4, "status", "asleep", "status")]
    assert found[0]["reason"] == "Write a whole number of 0 or more, in digits."
    assert desk.table("import_reject", "property_id", order="line") == [(1,), (1,)]


def test_a_value_that_a_spreadsheet_would_run_is_made_inert(desk):
    desk.bring_rows({"adults": "=1+1"}, {"confirmation": "R-2", "adults": " @x"})
    with desk.store.reading() as connection:
        lines = as_csv(rejects(connection, 1)).splitlines()
    assert lines[0] == "line,column,value,rule,reason"
    assert lines[1].startswith("2,adults,'=1+1,whole_number,")
    assert lines[2].startswith("3,adults,' @x,")


def test_the_reason_is_in_the_language_in_use(desk):
    desk.bring_rows({"adults": "two"})
    i18n.use("hy")
    try:
        with desk.store.reading() as connection:
            assert next(rejects(connection, 1))["reason"] == i18n.t("Write a whole number of 0 or more, in digits.")
    finally:
        i18n.use("en")
