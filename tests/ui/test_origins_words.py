"""A country is named only where it differs beyond what chance does among all countries that are looked at."""
import pandas as pd
import pytest

from crm_core.ui import origins_words as words


def figures(measure: str, *rows, **more) -> pd.DataFrame:
    found = pd.DataFrame(rows, columns=["country", measure, f"{measure}_low", f"{measure}_high"])
    return found.assign(hidden=False, few=False, guests=100, **more)


def test_among_many_countries_an_interval_just_beside_zero_is_chance():
    alone = figures("growth", ("AM", .2, .01, .39))
    assert words.growth_title(alone) == "Armenia grew by 20% in guests, beyond chance"
    many = pd.concat([alone, figures("growth", *((f"X{at}", 0, -.2, .2) for at in range(9)))])
    assert words.growth_title(many) == "No country brings more or fewer guests than before beyond chance"


def test_what_fell_is_named_where_nothing_grew():
    assert words.growth_title(figures("growth", ("AM", -.5, -.6, -.4))) == "Armenia fell by 50% in guests, beyond chance"
    assert words.growth_title(figures("growth", ("AM", -.5, -.6, -.4)).assign(few=True)) == "Change of guests by country"


def test_whose_guests_spend_most_stands_beside_the_mean_of_all():
    found = figures("spend", ("PT", 60_000, 58_000, 62_000), ("DE", 40_000, 38_000, 42_000))
    assert words.spend_title(found, "EUR") == "Guests from Portugal spend most: €600 each, all €500"
    alike = figures("spend", ("PT", 51_000, 40_000, 62_000), ("DE", 49_000, 38_000, 60_000))
    assert words.spend_title(alike, "EUR") == "No country's guests spend more than all do beyond chance: €500 each"


def test_the_country_that_books_directly_too_seldom_is_named_with_its_nights():
    found = figures("distance", ("FR", -.1, -.12, -.08), ("PT", .2, .15, .25), direct=[.15, .45], distant_nights=[-320., 90.])
    assert words.direct_title(found) == "France books directly less often than the house: to catch up would bring 320 nights"
    assert words.direct_title(found[1:]) == "Portugal books directly most often beyond chance: 45.0%"
    assert words.direct_title(found.assign(distance_low=-.5, distance_high=.5)) == "No country books directly more or less often than the house beyond chance"


@pytest.mark.parametrize(("measure", "row", "said"), [
    ("growth", (.2, .01, .39), "▲ +20% (1 to 39)"), ("growth", (-.04, -.13, .06), "≈ −4% (−13 to +6)"),
    ("distance", (-.1, -.12, -.08), "▼ −10.0 pp (−12.0 to −8.0)"),
    ("growth", (float("nan"),) * 3, "–"), ("spend", (60_000, 58_000, 62_000), "€600 (€580–€620)"), ("direct", (.25, .2, .3), "25.0%")])
def test_a_figure_stands_with_its_interval(measure, row, said):
    found = figures(measure, ("PT", *row))
    assert words.with_interval(next(found.itertuples()), measure, "EUR") == said
    assert words.with_interval(next(found.assign(few=True).itertuples()), measure, "EUR") == "too few"
