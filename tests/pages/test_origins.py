"""Map and list of origins follow the measure that is chosen."""
import pytest

from tests.pages.test_retention import titles
from tests.pages.visiting import fine


def ranked(at):
    return next(d.value for d in at.dataframe if "Country" in d.value)


def choose(at, measure: str):
    return fine(next(box for box in at.selectbox if box.label == "Measure").set_value(measure).run())


@pytest.mark.parametrize(("measure", "column"), [("growth", "Change of guests"), ("spend", "Value of a guest"), ("direct", "Direct share"),
                                                 ("distance", "Distance to direct")])
def test_each_measure_has_its_column_and_title(visits, measure, column):
    at = fine(visits.open("origins"))
    counted = titles(at)
    at = choose(at, measure)
    assert column in ranked(at)
    assert titles(at) != counted


def test_the_furthest_below_the_house_comes_first(visits):
    told = [float(said.split("pp")[0].lstrip("≈▲▼ ").replace("−", "-").replace("+", "")) for said in
            ranked(choose(fine(visits.open("origins")), "distance"))["Distance to direct"] if "pp" in said]
    assert len(told) > 1
    assert told == sorted(told)
