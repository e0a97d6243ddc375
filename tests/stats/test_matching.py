"""Which two records are one person: what agrees, what is shared by many, and what never merges by itself."""

import numpy as np
import pandas as pd
import pytest

from crm_core.stats import matching
from crm_core.stats.matching import normalise

NAMES = ("Abel", "Bruno", "Carla", "Dora", "Egon", "Frida", "Gustav", "Helga", "Ilse", "Kurt")
SURNAMES = ("Brandt", "Cordes", "Dietz", "Engel", "Fuchs", "Gruber", "Hahn", "Imhof", "Jung", "Klein")
JOHN = {
    "given_name": "John", "family_name": "Whitaker", "email": "john.whitaker@example.com", "phone": "+447700900123",
    "birth_date": "1971-06-24", "street": "12 Mill Lane", "postcode": "LS1 4AP", "city": "Leeds",
}  # fmt: skip


def strangers(n: int = 100) -> list[dict]:
    """People of whom no two share anything but a name or a town."""
    return [
        {
            "id": f"s{i}", "given_name": NAMES[i % 10], "family_name": SURNAMES[i // 10 % 10], "email": f"box{i * i + 7919}@mail{i}.org",
            "phone": f"+4915{(i + 3) * 7_654_321 % 10**9:09}", "birth_date": f"{1930 + i * 37 % 70}-{1 + i * 5 % 12:02}-{1 + i * 11 % 28:02}",
            "street": f"{SURNAMES[i * 7 % 10]} Street {i}", "postcode": f"{10_000 + i * 631}", "city": "Leeds" if i % 5 else "York",
        }
        for i in range(n)
    ]  # fmt: skip


def among_strangers(*people: dict) -> matching.Result:
    """Match the people, called a, b, c …, among a hundred strangers."""
    return matching.match(pd.DataFrame([{"id": "abcdefgh"[at], **person} for at, person in enumerate(people)] + strangers()))


def pair(found: matching.Result):
    """The row of a and b, None where they are not a pair."""
    rows = found.pairs[(found.pairs["left"] == "a") & (found.pairs["right"] == "b")]
    return rows.iloc[0] if len(rows) else None


def without(person: dict, *fields: str) -> dict:
    return {field: value for field, value in person.items() if field not in fields}


@pytest.mark.parametrize("other", [
    {"given_name": "Jhon"}, {"family_name": "Whittaker"}, {"birth_date": "1971-06-25"}, {"phone": "07700 900123", "country": "GB"},
    {"postcode": "ls14ap", "city": "LEEDS"}, {"email": "john.whitaker+hotel@example.com"}, {"given_name": "Mr. John"}, {"given_name": "J."},
    {"given_name": "Whitaker", "family_name": "John"}, {"birth_date": "1971-24-06"}, {"street": None, "phone": None}])  # fmt: skip
def test_one_person_written_in_two_ways_is_found(other):
    row = pair(among_strangers(JOHN, JOHN | other))
    assert row["probability"] >= 0.99
    assert not row["conflict"]


def test_a_person_who_moved_and_has_another_address_is_for_the_review_queue():
    moved = {"email": "jw@other.example", "phone": None, "street": "4 New Road", "postcode": "YO1 7HH", "city": "York"}
    assert 0.5 <= pair(among_strangers(JOHN, JOHN | moved))["probability"] < 0.99


def test_nobody_else_is_found():
    assert len(among_strangers(JOHN, JOHN | {"given_name": "Jhon"}).pairs) == 1


@pytest.mark.parametrize(("native", "latin"), [
    ("Հակոբ", "Hakob"), ("ተስፋዬ", "Tesfaye"), ("Сергей", "Sergei"), ("නිමල්", "Nimal"), ("Jürgen", "Jurgen"), ("ＭＡＲＫ", "mark")])
def test_names_in_other_scripts_meet_their_latin_spelling(native, latin):
    row = pair(among_strangers(JOHN | {"given_name": native}, JOHN | {"given_name": latin}))
    assert not row["conflict"]
    assert row["probability"] >= 0.99


def test_a_name_by_marriage_is_found_by_birth_date_address_and_given_name():
    known = without(JOHN, "street", "postcode", "city", "phone")
    row = pair(among_strangers(known, known | {"family_name": "Okonkwo"}))
    assert row["probability"] >= 0.5
    assert not row["conflict"]
    assert row["w_email"] > 10
    assert row["w_birth"] > 8


@pytest.mark.parametrize("other", [{"given_name": "Peter"}, {"birth_date": "1998-11-02"}, {"given_name": "Peter", "birth_date": "1998-11-02"}])
def test_twins_and_father_and_son_never_merge_by_themselves(other):
    found = among_strangers(JOHN, JOHN | other)
    row = pair(found)
    assert row is None or (row["conflict"] and row["probability"] < 0.99)
    assert not len(matching.sound_links(found.pairs, 0.5, found.against))


def test_near_names_that_others_bear_are_two_names():
    bearers = [{"given_name": name, "family_name": f"{surname}owski"} for name in ("Maria", "Mario") for surname in ("Kal", "Wit", "Zab")]
    assert pair(among_strangers(JOHN | {"given_name": "Maria"}, JOHN | {"given_name": "Mario"}, *bearers))["conflict"]


def test_a_field_that_is_missing_or_masked_is_no_evidence():
    masked = pair(among_strangers(JOHN | {"email": "1@guest.booking.com"}, JOHN | {"email": "2@guest.booking.com", "phone": None}))
    assert (masked["w_email"], masked["w_phone"], masked["w_document"], masked["w_loyalty"]) == (0, 0, 0, 0)
    assert masked["w_name"] > 8


def test_a_shared_address_weighs_less_with_every_holder_and_nothing_beyond_three():
    weights = []
    for family in range(1, 5):
        others = [{"given_name": NAMES[at], "family_name": SURNAMES[at], "email": JOHN["email"]} for at in range(family - 1)]
        weights.append(pair(among_strangers(JOHN, JOHN, *others))["w_email"])
    assert weights[0] > 1.5 * weights[1] > 1.5 * weights[2] > weights[3] == 0


def test_a_placeholder_document_makes_nobody_one():
    crowd = pd.DataFrame([person | {"document": "XX123"} for person in strangers(100)])
    found = matching.match(crowd)
    assert not len(found.pairs)


def test_a_block_of_more_than_200_is_left_out_and_reported():
    people = pd.DataFrame({"id": range(201), "email": "info@agency.example"})
    found = matching.match(people)
    assert found.compared == 0
    assert found.blocks[found.blocks["rule"] == "email"].to_dict("records") == [{"rule": "email", "size": 201, "blocks": 1}]


def test_a_rare_surname_is_worth_more_than_a_common_one():
    common, rare = ({**JOHN, "family_name": name} for name in (SURNAMES[0], "Quillfeather"))
    assert pair(among_strangers(rare, rare))["w_name"] > pair(among_strangers(common, common))["w_name"] + 1


def test_the_share_of_matches_is_fixed_at_a_tenth_of_the_people():
    found = matching.match(pd.DataFrame(strangers(100)))
    assert found.model.prior == pytest.approx(10 / 4950)
    assert set(found.model.as_dict()) == {"m", "u", "prior"}
    assert all(sum(levels) == pytest.approx(1, abs=1e-4) for levels in [*found.model.m.values(), *found.model.u.values()])


def test_a_third_record_connects_two_that_share_no_key():
    bridge = JOHN | {"family_name": "Whitacker"}
    first = {"given_name": "John", "family_name": "Whitaker", "email": JOHN["email"], "phone": JOHN["phone"], "city": "Leeds"}
    last = {"given_name": "Jon", "birth_date": JOHN["birth_date"], "street": JOHN["street"], "postcode": JOHN["postcode"]}
    found = among_strangers(first, bridge, last).pairs
    assert {("a", "b"), ("b", "c"), ("a", "c")} == set(zip(found["left"], found["right"], strict=True))


@pytest.mark.parametrize("n", [0, 1, 2])
def test_few_people_are_matched_too(n):
    found = matching.match(pd.DataFrame([{"id": str(at), **JOHN} for at in range(n)], columns=list(matching.COLUMNS)))
    assert len(found.pairs) == (1 if n == 2 else 0)
    assert list(found.pairs)[:4] == ["left", "right", "probability", "conflict"]


@pytest.mark.parametrize("ids", [["a", "a"], ["a", None]])
def test_ids_that_repeat_or_lack_are_refused(ids):
    with pytest.raises(ValueError, match="id of its own"):
        matching.match(pd.DataFrame({"id": ids, "email": "x@example.com"}))


def test_a_column_without_a_value_changes_nothing():
    people = pd.DataFrame(strangers(20))
    assert matching.match(people.assign(document=None, loyalty_number=np.nan)).compared == matching.match(people).compared


def test_progress_is_told_from_reading_to_done():
    told = []
    matching.match(pd.DataFrame(strangers(5)), progress=lambda done, total, phase: told.append((done, total, phase)))
    assert told[0] == (0, 5, "reading")
    assert told[-1] == (5, 5, "done")


@pytest.mark.parametrize(("spelling", "said", "expected"), [
    (normalise.name, "  Dr. Müller-Lüdenscheidt ", "muller ludenscheidt"), (normalise.name, "O'Brien", "obrien"), (normalise.name, "N/A", None),
    (normalise.name, "Unknown", None), (normalise.name, "Dr", "dr"), (normalise.email, " Anna+spa@Example.COM", "anna@example.com"),
    (normalise.email, "x9@m.expediapartnercentral.com", None), (normalise.email, "noemail@hotel.example", None),
    (normalise.birth, "19710624", "19710624"), (normalise.birth, "1971-06-24T00:00:00", "19710624"), (normalise.birth, "1900-01-01", None),
    (normalise.birth, "0000-00-00", None), (normalise.identifier, "c 01-X", "c01x"), (normalise.identifier, "000000", None),
    (normalise.street, "12 Mill Street", "mill st 12"), (normalise.street, "Mill St. 12", "mill st 12"), (normalise.postcode, "ls1 4ap", "ls14ap"),
    (normalise.sound, "robert", "r163"), (normalise.sound, "ashcraft", "a261"), (normalise.sound, "tymczak", "t522")])  # fmt: skip
def test_spellings_meet(spelling, said, expected):
    assert spelling(said) == expected


@pytest.mark.parametrize(("said", "country", "expected"), [
    ("+49 (0)30 1234567", "", "301234567"), ("0049 30 1234567", "DE", "301234567"), ("030 1234567", "DE", "301234567"),
    ("077 123456", "AM", "477123456"), ("+374 77 123456", "", "477123456"), ("06 1234 5678", "IT", "612345678"), ("12345", "DE", None),
    ("0000000000", "", None)])  # fmt: skip
def test_phone_numbers_meet_in_their_last_nine_digits(said, country, expected):
    assert normalise.phone(said, country) == expected
