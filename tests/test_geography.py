"""Country codes are recognised as people write them, and every shape on the map belongs to a country."""

import pytest

from crm_core.geography import Country, countries, iso2_of, label_points, shapes


def longitudes(feature):
    return [[x for ring in polygon for x, _ in ring] for polygon in feature["geometry"]["coordinates"]]


def shape_of(code):
    return next(feature for feature in shapes()["features"] if feature["properties"]["iso2"] == code)


def test_a_country_carries_codes_name_region_and_a_point():
    assert Country("SG", "SGP", "702", "Singapore", "South-eastern Asia", 104.0, 1.0) in countries()
    assert len(countries()) == 250
    assert len({country.iso2 for country in countries()}) == 250


@pytest.mark.parametrize(("text", "code"), [
    ("LK", "LK"), ("lka", "LK"), ("144", "LK"), ("Sri Lanka", "LK"), (" sri lanka ", "LK"),
    ("CN", "CN"), ("UK", "GB"), ("EL", "GR"), ("U.S.A.", "US"), ("4", "AF"), ("004", "AF"),
    ("Côte d’Ivoire", "CI"), ("COTE D'IVOIRE", "CI"), ("Turkey", "TR"), ("Türkiye", "TR"),
    ("Trinidad and Tobago", "TT"), ("Korea, Republic of", "KR"), ("XKX", "XK"), ("Viet Nam", "VN"),
])  # fmt: skip
def test_a_country_is_recognised_however_it_is_written(text, code):
    assert iso2_of(text) == code


@pytest.mark.parametrize("text", ["NA", "NAM", "Namibia", "516"])
def test_namibia_is_a_country_and_not_a_missing_value(text):
    assert iso2_of(text) == "NA"


@pytest.mark.parametrize("text", [None, "", "  ", "-", "ZZ", "Atlantis", "000", "unknown"])
def test_what_names_no_country_is_not_guessed(text):
    assert iso2_of(text) is None


def test_every_code_and_name_leads_back_to_its_own_country():
    for country in countries():
        written = [text for text in (country.iso2, country.iso3, country.numeric, country.name) if text]
        assert {iso2_of(text) for text in written} == {country.iso2}


def test_every_shape_is_a_known_country_or_has_no_code():
    codes = [feature["properties"]["iso2"] for feature in shapes()["features"]]
    assert len(codes) == 176
    assert codes.count("") == 2
    assert len(set(codes) - {""}) == 174
    assert set(codes) - {""} <= {country.iso2 for country in countries()}
    assert "AQ" not in codes


@pytest.mark.parametrize("code", ["RU", "FJ"])
def test_no_polygon_runs_across_the_antimeridian_the_long_way_round(code):
    spans = [max(xs) - min(xs) for xs in longitudes(shape_of(code))]
    assert max(spans) < 155  # Russia from Kaliningrad's side of the mainland to 180 degrees is 152.7
    east = max(max(xs) for xs in longitudes(shape_of(code)))
    west = min(min(xs) for xs in longitudes(shape_of(code)))
    assert (west, east) == (-180.0, 180.0)


def test_every_shape_lies_on_the_map():
    for feature in shapes()["features"]:
        assert all(-180 <= x <= 180 for xs in longitudes(feature) for x in xs)


def test_every_country_with_a_shape_has_a_point_and_small_ones_too():
    points = label_points()
    assert {feature["properties"]["iso2"] for feature in shapes()["features"]} - {""} <= set(points)
    assert points["SG"] == (104.0, 1.0)
    assert {country.iso2 for country in countries()} - set(points) == {"AQ", "UM"}
