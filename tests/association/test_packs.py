"""A pack is read whole or refused whole, in words, whatever somebody did to its bytes."""

import datetime as dt
import hashlib
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_core import schema
from crm_core.association import archives, packs
from crm_core.association.archives import unpack
from crm_core.association.courses import Course
from crm_core.association.network import Entry
from crm_core.association.packs import BadPack, Change, Pack, forms, from_folder, preview, problems, read, write
from crm_core.metrics import CATALOGUE

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "data" / "association" / "example"
EN = {"en": "Words"}
SMALL = Pack("small", {"en": "Small", "am": "ትንሽ"}, "1.0", "We", "CC0-1.0", dt.date(2026, 1, 15),
             courses=(Course("a", EN, 1), Course("b", EN, 2)), network=(Entry("member", "mill", EN, EN),))  # fmt: skip
FILES = unpack(write(SMALL))
HOUSE = {"evidence": {"aspect": schema.ASPECTS, "case_kind": schema.CASE_KINDS, "department": schema.HOTEL_DEPARTMENTS, "kpi": CATALOGUE, "course": ()},
         "kpis": CATALOGUE, "departments": schema.HOTEL_DEPARTMENTS, "pages": {path.stem for path in (ROOT / "pages").glob("*.py")}, "truths": (),
         "known_lessons": ()}  # fmt: skip


@pytest.fixture(scope="module")
def example():
    return from_folder(EXAMPLE)


def zipped(files, **entry):
    """A zip file of (name, content) pairs as anybody could make it; `entry`: attributes of every entry."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            for attribute, value in entry.items():
                setattr(info, attribute, value)
            archive.writestr(info, content)
    return out.getvalue()


def sealed(change=lambda manifest: None, **files):
    """A pack with other files (name without .json → form or bytes), its seal made to fit; `change` alters the manifest afterwards."""
    contents = {path: content for path, content in FILES.items() if path != "manifest.json"}
    contents |= {f"{path}.json": form if isinstance(form, bytes) else json.dumps(form).encode() for path, form in files.items()}
    manifest = json.loads(FILES["manifest.json"])
    manifest["files"] = packs._hashes(contents)
    manifest["checksum"] = packs._checksum({field: manifest[field] for field in packs.ABOUT}, manifest["files"])
    change(manifest)
    return zipped([*contents.items(), ("manifest.json", json.dumps(manifest))])


def said_of(data):
    with pytest.raises(BadPack) as problem:
        read(data)
    return problem.value.problems


# --- the example -----------------------------------------------------------------------------------------------------------
def test_the_example_that_ships_is_what_its_sources_make(example):
    data = (EXAMPLE.parent / "example.zip").read_bytes()
    assert read(data) == example
    assert unpack(data) == unpack(write(example))  # not the bytes of the zip: libraries compress differently


def test_the_example_shows_every_kind_and_fits_this_program(example):
    assert example.counts == {"standards": 2, "playbooks": 5, "lessons": 1, "courses": 5, "benchmarks": 10, "network": 6}
    assert [len(standard.items) for standard in example.standards] == [12, 30]
    assert problems(example, **HOUSE) == []


def test_what_does_not_fit_is_told_though_it_can_be_brought_in(example):
    found = problems(example, **HOUSE | {"kpis": set(CATALOGUE) - {"nps", "occupancy"}, "departments": {"spa"}, "pages": ()})
    assert "Playbook “quiet_nights” looks at the KPI “occupancy”, which does not exist here: choose another." in found
    assert "Course “clean” is required for the department “housekeeping”, which does not exist here: choose another." in found
    assert any(one.startswith("few_answers: Its view “feedback” does not exist here") for one in found)


# --- there and back --------------------------------------------------------------------------------------------------------
def test_a_pack_that_is_written_is_read_as_it_was(example, tmp_path):
    for pack in (SMALL, example, Pack("empty", EN, "1", "", "", dt.date(2026, 1, 15))):
        assert read(write(pack)) == pack
    (tmp_path / "pack.zip").write_bytes(write(SMALL))
    assert read(tmp_path / "pack.zip") == SMALL


def test_equal_packs_give_equal_bytes_in_whatever_order_their_things_stand():
    assert write(SMALL) == write(replace(SMALL, courses=SMALL.courses[::-1]))
    assert SMALL.checksum == json.loads(FILES["manifest.json"])["checksum"]
    assert SMALL.checksum != replace(SMALL, release="1.1").checksum


def test_the_manifest_lists_every_file_with_its_checksum():
    manifest = json.loads(FILES["manifest.json"])
    assert (manifest["format"], manifest["version"], manifest["made_on"]) == ("innsight-pack", 1, "2026-01-15")
    assert manifest["files"] == {path: hashlib.sha256(FILES[path]).hexdigest() for path in ("courses.json", "network.json")}


def test_what_could_not_be_read_again_is_not_written():
    with pytest.raises(BadPack, match="“points”: a whole number from 0 to 1000 is needed"):
        write(replace(SMALL, courses=(Course("a", EN, 10**6),)))


def test_the_preview_says_what_is_new_what_is_replaced_and_what_stays():
    present = forms(SMALL)
    present["courses"]["b"] = {"code": "b"}
    del present["network"]["member/mill"]
    assert preview(SMALL, present) == [Change("courses", "a", "Words", "same"), Change("courses", "b", "Words", "replaces"),
                                       Change("network", "member/mill", "Words", "new")]  # fmt: skip
    assert {one.change for one in preview(SMALL, {})} == {"new"}


# --- what is refused -------------------------------------------------------------------------------------------------------
AGAIN = "Ask the association for the pack again."


def test_a_file_that_was_changed_or_left_out_or_added_is_named():
    changed = zipped([(path, content.replace(b"Words", b"World") if path == "network.json" else content) for path, content in FILES.items()])
    assert said_of(changed) == ("“network.json” was changed after the pack was made.", AGAIN)
    left_out = zipped([(path, content) for path, content in FILES.items() if path != "network.json"])
    assert said_of(left_out) == ("“network.json” is missing from the pack.", AGAIN)
    added = zipped([*FILES.items(), ("lessons/x.json", b"{}")])
    assert said_of(added) == ("“lessons/x.json” does not belong to the pack: its manifest does not list it.", AGAIN)


@pytest.mark.parametrize("field, value", [("author", "Somebody else"), ("release", "2.0"), ("made_on", "2026-01-16"), ("checksum", "0" * 64), ("checksum", None)])
def test_a_manifest_that_was_changed_breaks_the_seal(field, value):
    assert said_of(sealed(lambda manifest: manifest.update({field: value}))) == ("The pack was changed after it was made: its checksum does not fit.", AGAIN)


@pytest.mark.parametrize("change, sentence", [
    ({"version": 2}, "The pack was written by a newer version of the program: update this one first."),
    ({"version": "1"}, "The pack was written by a newer version of the program: update this one first."),
    ({"format": "innsight-lessons"}, "The file is no pack: its manifest says something else. Choose the zip file that an association gave you."),
    ({"code": "../x"}, "manifest.json, “code”: use Latin letters, digits, - and _ only, and begin with a letter or a digit."),
    ({"name": {"en": "\ud800"}}, "manifest.json, “name.en”: this holds signs that cannot be shown: type it again."),
    ({"price": 5}, "manifest.json, “price”: this is not known here.")])  # fmt: skip
def test_a_manifest_that_cannot_be_meant_is_refused(change, sentence):
    assert said_of(sealed(lambda manifest: manifest.update(change)))[0].startswith(sentence)


def test_every_thing_that_is_wrong_is_told_with_its_file():
    found = said_of(sealed(courses=[{"code": "a", "name": EN, "points": 1}, {"code": "a", "name": EN, "points": -1}], network={}))
    assert found == ("courses.json: Course “a”, “points”: a whole number from 0 to 1000 is needed.", "network.json: a list of at most 2000 entries is needed.")


@pytest.mark.parametrize("files, sentence", [
    ({"courses": [{"code": "a", "name": EN, "points": 1}] * 2}, "courses.json: the code “a” stands twice, or under the name of another file."),
    ({"standards/x": {"code": "y", "name": EN, "release": "1", "sections": [{"code": "s", "name": EN, "items": [{"code": "i", "text": EN}]}]}},
     "standards/x.json: the code “y” stands twice, or under the name of another file."),
    ({"recipes": []}, "“recipes.json” is nothing that a pack may hold."),
    ({"courses/a": {"code": "a", "name": EN, "points": 1}}, "“courses/a.json” is nothing that a pack may hold.")])  # fmt: skip
def test_what_a_pack_may_not_hold_is_refused_though_its_seal_fits(files, sentence):
    assert said_of(sealed(**files)) == (sentence,)


@pytest.mark.parametrize("content", [b"[" * 20_000, b"[" * 9_000 + b"]" * 9_000, b'[{"code": NaN}]', b"\xff", b"", b"PK\x03\x04"], ids=range(6))
def test_what_is_no_json_is_refused_though_its_seal_fits(content):
    assert said_of(sealed(courses=content)) == ("courses.json: this is no complete JSON file. Ask for it again.",)


NO_ZIP = "The file is damaged, or no zip file. Ask for it again."


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip file", b"PK\x05\x06" + bytes(18), write(SMALL)[:-30], write(SMALL)[40:]], ids=range(6))
def test_what_is_no_zip_file_is_refused(data):
    assert said_of(data)[0] in (NO_ZIP, "The file is no pack: it has no manifest. Choose the zip file that an association gave you.")


def test_a_file_that_is_not_there_is_told_by_its_name(tmp_path):
    assert said_of(tmp_path / "gone.zip") == ("The file “gone.zip” cannot be opened.",)


@pytest.mark.parametrize("name", ["../x.json", "/etc/x.json", "a/../../x.json", "a\\b.json", "C:x.json", "inner.zip", "lessons/", "lessons/a/b.json", "x.exe",
                                  "ａ.json", "", "con.json ", ".json", "lessons//a.json", "x.JSON"])  # fmt: skip
def test_a_name_that_leads_elsewhere_is_refused(name):
    found = said_of(zipped([*FILES.items(), (name, b"{}")]))
    assert len(found) == 1
    assert "does not belong into such a file" in found[0]


def test_a_name_that_hides_its_end_is_refused():
    data = zipped([*FILES.items(), ("a.json_.exe", b"{}")]).replace(b"a.json_.exe", b"a.json\0.exe")
    assert said_of(data) == ("“a.json�.exe” does not belong into such a file: it may hold nothing but its own JSON files.",)


def test_a_name_that_stands_twice_is_refused():
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zipped([*FILES.items(), ("courses.json", b"[]")])
    assert said_of(data) == ("“courses.json” stands in the file twice.",)


def test_links_and_devices_are_refused():
    for mode in (0o120777, 0o060644, 0o040755):
        assert said_of(zipped(FILES.items(), external_attr=mode << 16))[0] == "“courses.json” is no plain file."


def test_locked_and_oddly_packed_entries_are_refused():
    locked = bytearray(write(SMALL))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + offset] |= 1
    assert said_of(bytes(locked)) == ("“courses.json” is locked by a password. Ask for the file without one.",)
    assert said_of(zipped(FILES.items(), compress_type=zipfile.ZIP_LZMA))[0] == "“courses.json” is no plain file."


def test_bombs_are_put_out_while_they_unpack(monkeypatch):
    too_much = "“a.json” unpacks into far too much. The file may be meant to do harm: do not use it."
    assert said_of(zipped([("a.json", bytes(30_000_000))])) == (too_much,)
    assert said_of(zipped([("a.json", b" " * 900_000)])) == (too_much,)  # 1,000 : 1
    many = [(f"a{at}.json", bytes(range(256)) * 3900) for at in range(9)]  # each within its limit, 200 : 1 together
    assert "unpacks into far too much" in said_of(zipped(many))[0]
    monkeypatch.setattr(archives, "LARGEST_UNPACKED", 200)
    assert "unpacks into far too much" in said_of(BYTES)[0]


def test_a_header_that_lies_about_the_size_is_not_believed():
    data = bytearray(zipped([("a.json", bytes(3_000_000))]))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(mark) + offset
        data[at:at + 4] = (10).to_bytes(4, "little")
    assert said_of(bytes(data)) == (NO_ZIP,)


def test_entries_that_share_their_bytes_are_counted_each_time():
    """The overlapping bomb: one compressed part, a thousand names."""
    one = zipped([("a0000.json", bytes(range(256)) * 800)])
    start = one.index(b"PK\x01\x02")
    entry, end = one[start:one.index(b"PK\x05\x06")], one.index(b"PK\x05\x06")
    directory = entry * 900
    tail = bytearray(one[end:])
    tail[8:12] = (900).to_bytes(2, "little") * 2
    tail[12:16] = len(directory).to_bytes(4, "little")
    assert said_of(one[:start] + directory + bytes(tail))[0] == "“a0000.json” stands in the file twice."


def test_a_hundred_thousand_entries_and_large_files_are_refused():
    entry = zipped([("a.json", b"")])
    start, end = entry.index(b"PK\x01\x02"), entry.index(b"PK\x05\x06")
    directory = entry[start:end] * 65_000
    tail = bytearray(entry[end:])
    tail[8:12] = (65_000).to_bytes(2, "little") * 2
    tail[12:16] = len(directory).to_bytes(4, "little")
    assert said_of(entry[:start] + directory + bytes(tail)) == ("The file holds 65000 files, and at most 1000 are possible. Ask for a smaller one.",)
    assert said_of(bytes(10_000_001)) == ("The file has more than 10 MB. Ask for a smaller one.",)


BYTES = write(SMALL)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(BYTES) - 1), st.integers(0, 255)), min_size=1, max_size=4), st.integers(0, len(BYTES)))
def test_a_pack_with_other_bytes_is_the_same_pack_or_none(changes, cut):
    data = bytearray(BYTES)
    for at, value in changes:
        data[at] = value
    for broken in (bytes(data), bytes(data[:cut]), bytes(data[cut:])):
        try:
            found = read(broken)
        except BadPack as problem:
            found = problem.problems
        assert found == SMALL or (isinstance(found, tuple) and found and all(found))


WORDS = st.sampled_from(["code", "name", "en", "text", "on"]) | st.text(max_size=5)
NESTED = st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
                      lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4), max_leaves=20)  # fmt: skip
PATHS = st.sampled_from(["standards/x", "playbooks/x", "lessons/x", "courses", "benchmarks", "network"])


@settings(max_examples=80, deadline=None)
@given(PATHS, NESTED, st.sampled_from(["format", *packs.ABOUT, "files"]), NESTED)
def test_whatever_stands_in_a_sealed_file_the_answer_is_a_pack_or_words(path, form, field, value):
    for data in (sealed(**{path: form}), sealed(**{path: [form]}), sealed(lambda manifest: manifest.update({field: value}))):
        try:
            found = read(data)
        except BadPack as problem:
            found = problem.problems
        assert isinstance(found, Pack) or (found and all(found))


def test_a_folder_tells_all_that_is_wrong_with_it(tmp_path):
    (tmp_path / "lessons").mkdir()
    (tmp_path / "pack.toml").write_text('code = "x"\nname.en = "X"\nrelease = "1"\nmade_on = 2026-01-15\n')
    assert from_folder(tmp_path) == Pack("x", {"en": "X"}, "1", "", "", dt.date(2026, 1, 15))
    (tmp_path / "courses.toml").write_text('[[courses]]\ncode = "a"\nname.en = "A"\npoints = -1\n')
    (tmp_path / "lessons" / "l.toml").write_text("code = ")
    with pytest.raises(BadPack) as problem:
        from_folder(tmp_path)
    assert problem.value.problems[0].startswith("l.toml: the file cannot be read:")
    assert "courses.toml: Course “a”, “points”: a whole number from 0 to 1000 is needed." in problem.value.problems
