"""The network: members, events and news of an association; packs are looked at, come in whole or not at all, and go out sealed."""
import pytest

from crm_core.association import packs
from crm_core.association.packs import EXAMPLE
from crm_core.records.network import network_entries
from crm_core.records.packs import bring_in, pack_history
from crm_core.records.playbooks import playbook_list
from crm_core.scope import Scope, default_period
from crm_core.store import record
from tests.hotel import AS_OF
from tests.pages.visiting import Visits, everything, fine

WHOLE = Scope("local", (1, 2), default_period(AS_OF), AS_OF, user="ana", chain=(1, 2))


@pytest.fixture
def visits(monkeypatch, lisbon_to_change) -> Visits:
    """Visits to Lisbon and Addis, which a test may change; no pack came in yet."""
    return Visits(monkeypatch, lisbon_to_change)


@pytest.fixture
def joined(visits) -> Visits:
    """Visits to the same house after the example pack came in."""
    bring_in(store(visits), WHOLE, pack=packs.read(EXAMPLE))
    return visits


def store(visits: Visits):
    return record.open_store(visits.settings)


def titles(at) -> list[str]:
    return [s.value.replace("\\", "") for s in at.subheader]


def told(at) -> str:
    return everything(at).replace("\\", "")


def dropped(visits: Visits, data: bytes):
    at = fine(visits.open("network"))
    return fine(at.file_uploader[0].upload("pack.zip", data, "application/zip").run())


def test_where_nothing_came_in_the_example_is_offered_looked_at_and_brought_in(visits):
    at = fine(visits.open("network"))
    assert titles(at) == ["Bring a pack in", "No pack came in yet", "Put a pack together"]
    at = fine(at.button(key="pack_example_open").click().run())
    assert pack_history(store(visits), WHOLE) == []
    pack = packs.read(EXAMPLE)
    for said in ("Lantern Small Hotels, an example", "CC0-1.0", pack.checksum[:8], f"{sum(pack.counts.values())} things are new"):
        assert said in told(at)
    at = fine(at.button(key="pack_bring").click().run())
    assert [row["checksum"] for row in pack_history(store(visits), WHOLE)] == [pack.checksum]
    assert "was brought in" in at.success[0].value
    assert {"2 members", "1 pack came in"} <= set(titles(at))


def test_a_pack_that_is_here_already_says_so(joined):
    at = dropped(joined, EXAMPLE.read_bytes())
    assert f"{sum(packs.read(EXAMPLE).counts.values())} are here already" in told(at)


@pytest.mark.parametrize(("data", "said"), [(b"nothing", "no zip file"), (EXAMPLE.read_bytes()[:4000], "no zip file"), (b"", "no zip file")])
def test_a_broken_pack_says_what_is_wrong_and_nothing_is_taken(visits, data, said):
    at = dropped(visits, data)
    assert said in at.error[0].value
    assert "pack_bring" not in [button.key for button in at.button]
    assert pack_history(store(visits), WHOLE) == playbook_list(store(visits), WHOLE) == []


def test_a_search_narrows_members_events_and_news(joined):
    entries = network_entries(store(joined), WHOLE)
    house = next(row["entry"] for row in entries if row["kind"] == "member")
    at = fine(joined.open("network", network_text=house.title["en"].upper()))
    assert "1 member" in titles(at)
    at = fine(joined.open("network", network_text="nowhere to be found"))
    assert "No member fits" in titles(at)
    assert "Nothing fits “nowhere to be found”" in told(at)


def test_an_entry_is_put_away_and_brought_back(joined):
    first = network_entries(store(joined), WHOLE)[0]["id"]
    at = fine(joined.open("network"))
    at = fine(at.button(key=f"entry_{first}_away").click().run())
    assert "1 member" in titles(at)
    at = fine(at.button(key=f"entry_{first}_back").click().run())
    assert "2 members" in titles(at)


def test_an_own_pack_of_chosen_parts_goes_out_with_its_checksum_and_can_be_read(joined):
    at = fine(joined.open("network"))
    assert at.button(key="pack_make").disabled
    codes = [row["code"] for row in playbook_list(store(joined), WHOLE)]
    at.multiselect(key="pack_out_playbooks").set_value(codes[:2])
    at.text_input(key="pack_name").set_value("Ours")
    at.text_input(key="pack_code").set_value("ours-1")
    found = joined.downloads()
    at = fine(fine(at.run()).button(key="pack_make").click().run())
    made = packs.read(found[-1])
    assert (made.code, dict(made.name), [one.code for one in made.playbooks], made.courses) == ("ours-1", {"en": "Ours"}, sorted(codes[:2]), ())
    assert made.checksum[:8] in told(at)
    at.text_input(key="pack_name").set_value("Another")
    assert made.checksum[:8] not in told(fine(at.run()))


def test_a_pack_of_a_code_that_cannot_be_is_refused_in_words(joined):
    at = fine(joined.open("network"))
    at.multiselect(key="pack_out_courses").set_value([packs.read(EXAMPLE).courses[0].code])
    at.text_input(key="pack_name").set_value("Ours")
    at.text_input(key="pack_code").set_value("no code!")
    at = fine(fine(at.run()).button(key="pack_make").click().run())
    assert "The pack was not made" in at.error[0].value


def test_who_only_reads_sees_the_network_and_brings_nothing(joined):
    at = fine(joined.as_("group").open("network"))
    assert {"2 members", "1 pack came in"} <= set(titles(at))
    assert at.file_uploader.len == 0
    assert at.button.len == 0
