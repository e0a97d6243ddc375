"""Gains stand above the line, losses below it, and both fit the axis."""
import json

from crm_core.charts.gain_loss import gain_loss


def figure(mode, **over):
    given = {"labels": ["Apr", "May"], "gains": [100, None], "losses": [-50, 0], "gain_texts": ["+100", "–"], "loss_texts": ["−50", "0"]}
    return gain_loss(mode, **(given | over))


def test_gains_and_losses_stand_on_one_line(mode):
    drawn = figure(mode)
    assert [trace["y"] for trace in drawn["data"]] == [[100, None], [-50, 0]]
    assert drawn["layout"]["barmode"] == "relative"
    assert [round(edge) for edge in drawn["layout"]["yaxis"]["range"]] == [-56, 112]
    assert drawn["data"][1]["hovertext"] == ["Apr: −50", "May: 0"]


def test_nothing_is_drawn_of_nothing(mode):
    assert json.dumps(figure(mode, labels=[], gains=[], losses=[], gain_texts=[], loss_texts=[]))
