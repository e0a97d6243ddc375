"""A file of people from any system, to be searched for those who are in it twice."""

import re
from pathlib import Path

import numpy as np
import pandas as pd

from crm_core import geography
from crm_core.ingest import aliases, layout, letters
from crm_core.ingest.opening import kind, plain
from crm_core.ingest.problems import ImportProblem
from crm_core.stats.matching import COLUMNS

# Beside the names in data/imports/aliases.toml: what data sets of people call their columns.
NAMES = {
    "id": ("id", "rec_id", "record_id", "unique_id", "guest_id", "guest_ref", "profile_id", "profile", "person_id", "customer_id"),
    "given_name": ("given_name", "first_name", "forename", "name_first"),
    "family_name": ("family_name", "surname", "last_name", "name_last"),
    "full_name": ("full_name", "name", "guest_name"),
    "email": ("email", "e_mail", "email_address", "mail"),
    "phone": ("phone", "phone_number", "telephone", "mobile", "mobile_phone", "tel"),
    "birth_date": ("birth_date", "date_of_birth", "dob", "birth_on", "birthdate", "birthday", "born_on"),
    "document": ("document", "document_number", "passport", "passport_number", "id_number", "soc_sec_id", "ssn", "document_hash"),
    "street": ("street", "address", "address_1", "address1", "address_line_1", "street_address", "street_name"),
    "street_number": ("street_number", "house_number"),
    "postcode": ("postcode", "zip", "zip_code", "postal_code", "zipcode"),
    "city": ("city", "town", "suburb", "place"),
    "country": ("country", "country_code", "nationality"),
    "loyalty_number": ("loyalty_number", "loyalty_id", "membership_number", "member_number", "card_number"),
}  # fmt: skip
DAY = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")


def read_people(path: str | Path) -> pd.DataFrame:
    """Return a file's people in the columns of `matching.COLUMNS`, text or None; raises ImportProblem where that cannot be.

    Columns are found by their names in any usual spelling; the id is the column of that name or else the first one.
    """
    name = Path(path).name
    with plain(path, name, kind(path, name)) as table:
        cells = _cells(table.path, name)
    found = _columns(list(cells.columns))
    people = pd.DataFrame({column: cells[header] for column, header in found.items()})
    if not set(people) - {"id", "street_number", "country"}:
        raise ImportProblem("people_columns", file=name, found=", ".join(map(str, list(cells)[:5])))
    if not len(people):
        raise ImportProblem("people_none", file=name)
    return _checked(_composed(people), name)


def _cells(path: Path, name: str) -> pd.DataFrame:
    encoding = letters.encoding(path, name).value
    delimiter = layout.delimiter(layout.head(path, encoding), name).value
    try:
        cells = pd.read_csv(
            path, sep=delimiter, encoding=encoding, encoding_errors="replace", dtype="str", keep_default_na=False, skipinitialspace=True,
            index_col=False,
        )  # fmt: skip
    except pd.errors.EmptyDataError as error:
        raise ImportProblem("empty", file=name) from error
    except (pd.errors.ParserError, ValueError) as error:
        said = " ".join(str(error).replace("Error tokenizing data. C error: ", "").split())
        raise ImportProblem("people_cells", file=name, said=said) from error
    cells.columns = [str(header).strip() for header in cells.columns]
    return cells.fillna("")


def _columns(headers: list[str]) -> dict[str, str]:
    """Return the header of each column that is found: the first that carries one of its names."""
    known = {name: meanings[0][0] for name, meanings in aliases.spelled("guests", COLUMNS[1:]).items()}
    known |= {aliases.folded(name): column for column, names in NAMES.items() for name in names}
    found: dict[str, str] = {}
    for header in headers:
        if column := known.get(aliases.folded(header)):
            found.setdefault(column, header)
    if "id" not in found and headers and headers[0] not in found.values():
        found["id"] = headers[0]
    return found


def _composed(people: pd.DataFrame) -> pd.DataFrame:
    """Return the canonical columns: trimmed, number and street in one, a whole name in two, dates and countries in one spelling."""
    people = people.apply(lambda column: column.str.strip())
    if "street_number" in people:
        people["street"] = (people["street_number"] + " " + people.get("street", "")).str.strip()
    if "full_name" in people and "family_name" not in people:
        people["given_name"], people["family_name"] = _divided(people["full_name"])
    elif "full_name" in people and "given_name" not in people:  # beside a surname, "name" is the given one
        people["given_name"] = people["full_name"]
    if "birth_date" in people:
        people["birth_date"] = _iso(people["birth_date"])
    if "country" in people:
        codes = {text: geography.iso2_of(text) for text in people["country"].unique()}
        people["country"] = people["country"].map(codes)
    people = people.reindex(columns=list(COLUMNS)).astype(object)
    return people.where(people.notna() & people.ne(""), None)


def _divided(names: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return given and family names of whole names: "Weber, Anna" or "Anna Weber"."""
    comma = names.str.partition(",")
    space = names.str.rpartition(" ")
    has_comma = comma[1] != ""
    return comma[2].where(has_comma, space[0]).str.strip(), comma[0].where(has_comma, space[2]).str.strip()


def _iso(dates: pd.Series) -> pd.Series:
    """Return days as ISO text; whether day or month stands first in 03/04/1980 is the whole column's (day, where nothing tells)."""
    parts = dates.str.extract(DAY)
    written = parts[0].notna().to_numpy()
    if not written.any():
        return dates
    one, two, year = (parts[at].fillna("") for at in range(3))
    is_month_first = pd.to_numeric(two).max() > 12 >= pd.to_numeric(one).max()
    day, month = (two, one) if is_month_first else (one, two)
    return pd.Series(np.where(written, year + "-" + month.str.zfill(2) + "-" + day.str.zfill(2), dates), dates.index)


def _checked(people: pd.DataFrame, name: str) -> pd.DataFrame:
    ids = people["id"]
    if ids.isna().any():
        raise ImportProblem("people_id", file=name)
    if ids.duplicated().any():
        twice = ids[ids.duplicated()]
        raise ImportProblem("people_ids_twice", file=name, n=len(twice), found=", ".join(twice.unique()[:3]))
    return people
