"""Cells that are not known yet are blank, and all rows share one scale."""

import json

from crm_core.charts.heat import heat


def figure(mode):
    return heat(mode, ["Mon", "Tue"], ["Jan", "Feb"], [[50, 80], [60, None]], [["50", "80"], ["60", "–"]])


def test_an_unknown_cell_is_blank(mode):
    (cells,) = figure(mode)["data"]
    assert cells["z"] == [[50.0, 80.0], [60.0, None]]
    assert cells["text"] == [["50", "80"], ["60", ""]]
    assert cells["hoverongaps"] is False


def test_one_scale_from_zero_serves_all_rows(mode):
    (cells,) = figure(mode)["data"]
    assert (cells["zmin"], cells["zmax"]) == (0.0, 80.0)


def test_the_first_row_is_on_top_and_the_columns_are_named_above(mode):
    drawn = figure(mode)["layout"]
    assert drawn["yaxis"]["range"] == [1.5, -0.5]
    assert drawn["xaxis"]["side"] == "top"


def test_the_figure_is_json(mode):
    assert json.loads(json.dumps(figure(mode), allow_nan=False))["data"][0]["hovertext"][0][1] == "Jan, Tue: 80"
