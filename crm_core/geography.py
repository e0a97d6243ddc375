"""Countries: their codes, names and regions, what files call them, and their shapes on the map."""

import csv
import json
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "data" / "geography"

# What hotel systems and guests write beside the codes and the names in countries.csv.
ALIASES = {
    "AE": ["UAE", "Emirates"],
    "BA": ["Bosnia"],
    "BN": ["Brunei Darussalam"],
    "BO": ["Bolivia, Plurinational State of", "Bolivia (Plurinational State of)"],
    "CD": ["DR Congo", "Democratic Republic of the Congo", "Congo, Democratic Republic of the", "Congo, The Democratic Republic of the"],
    "CG": ["Congo", "Republic of the Congo"],
    "CI": ["Ivory Coast", "Cote d Ivoire"],
    "CN": ["People's Republic of China", "Mainland China", "PR China"],
    "CV": ["Cabo Verde"],
    "CZ": ["Czech Republic"],
    "FK": ["Falkland Islands (Malvinas)"],
    "GB": ["UK", "Great Britain", "Britain", "England", "Scotland", "Wales", "Northern Ireland",
           "United Kingdom of Great Britain and Northern Ireland"],
    "GR": ["EL", "Hellas"],
    "HK": ["Hong Kong SAR China", "Hong Kong SAR"],
    "IR": ["Iran, Islamic Republic of", "Iran (Islamic Republic of)"],
    "KP": ["Korea, Democratic People's Republic of", "Democratic People's Republic of Korea"],
    "KR": ["Korea", "Republic of Korea", "Korea, Republic of"],
    "LA": ["Lao People's Democratic Republic", "Lao"],
    "MD": ["Moldova, Republic of", "Republic of Moldova"],
    "MK": ["Macedonia"],
    "MM": ["Burma", "Myanmar (Burma)"],
    "MO": ["Macau", "Macao SAR China", "Macao SAR"],
    "NL": ["Holland", "Netherlands, Kingdom of the"],
    "PS": ["Palestinian Territories", "Palestine, State of", "State of Palestine"],
    "RU": ["Russian Federation"],
    "SY": ["Syrian Arab Republic"],
    "SZ": ["Swaziland"],
    "TL": ["East Timor"],
    "TR": ["Turkey"],
    "TW": ["Taiwan, Province of China"],
    "TZ": ["Tanzania, United Republic of", "United Republic of Tanzania"],
    "US": ["United States of America", "U.S.", "U.S.A.", "America"],
    "VA": ["Vatican", "Holy See"],
    "VE": ["Venezuela, Bolivarian Republic of", "Venezuela (Bolivarian Republic of)"],
    "VN": ["Viet Nam"],
}


@dataclass(frozen=True)
class Country:
    """One country or territory of ISO 3166-1 (and Kosovo); the label point is None where it has no place on the map."""

    iso2: str
    iso3: str
    numeric: str
    name: str
    region: str
    longitude: float | None
    latitude: float | None


@cache
def countries() -> tuple[Country, ...]:
    """All 250 countries and territories, by alpha-2 code; the numeric code is text of three digits, empty for Kosovo."""
    with open(FOLDER / "countries.csv", encoding="utf-8", newline="") as file:
        return tuple(_country(row) for row in csv.DictReader(file))


def _country(row: dict[str, str]) -> Country:
    point = {name: float(row[name]) if row[name] else None for name in ("longitude", "latitude")}
    return Country(**(row | point))


def iso2_of(text: str | None) -> str | None:
    """The alpha-2 code that a code (alpha-2, alpha-3, numeric), English name or usual other name stands for; None if unknown.

    Capitals, accents and punctuation do not matter.
    """
    key = _key(text or "")
    return _codes_by_key().get(key.zfill(3) if key.isdecimal() else key)


@cache
def _codes_by_key() -> dict[str, str]:
    written = {country.iso2: [country.iso2, country.iso3, country.numeric, country.name] for country in countries()}
    keys = {_key(text): code for source in (ALIASES, written) for code, texts in source.items() for text in texts}
    return {key: code for key, code in keys.items() if key}  # Kosovo's empty number names nothing


def _key(text: str) -> str:
    """Letters and digits only, without accents and capitals, `and` for &, so that spellings meet."""
    plain = unicodedata.normalize("NFKD", text.replace("&", " and ")).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


@cache
def shapes() -> dict:
    """The world without Antarctica as GeoJSON; each feature's property `iso2` is its code, empty where ISO has none. Read only."""
    return json.loads((FOLDER / "countries.geojson").read_text(encoding="utf-8"))


@cache
def label_points() -> dict[str, tuple[float, float]]:
    """Longitude and latitude by alpha-2 code, for every country with a place on the map."""
    return {country.iso2: (country.longitude, country.latitude) for country in countries() if country.longitude is not None}
