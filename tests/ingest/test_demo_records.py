"""The demo's records of one person: how many there are, how they differ, what is dirty, and that the truth stays sealed."""
import pandas as pd
import pytest

from crm_core import settings
from crm_core.ingest import demo, quality
from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo import truth
from crm_core.store import record
from tests.ingest import demo_stores
from tests.ingest.demo_stores import made

REPEATS = "SELECT id, profile_id FROM stay WHERE status = 'checked_out' AND departure_on > arrival_on"
MATERIAL = ["given_name", "family_name", "email", "phone", "birth_on"]


@pytest.fixture(scope="module")
def group():
    """The group in full."""
    return demo_stores.group()


@pytest.fixture(scope="module")
def profiles(group):
    """The group's profiles with their true person."""
    rows = group.frame("SELECT * FROM profile ORDER BY id")
    return rows.assign(person=rows.id.map(group.persons))


@pytest.fixture(scope="module")
def pairs(profiles):
    """Every further record beside the first one of its person: columns of the first end in _own."""
    first = profiles.drop_duplicates("person")
    found = profiles[~profiles.id.isin(first.id)].merge(first, on="person", suffixes=("", "_own"))
    return found[(found.name_state_own == "valid") & (found.name_state == "valid")]


def test_every_profile_has_a_guest_of_its_own_until_somebody_matches_them(group, profiles):
    assert (profiles.id == profiles.guest_id).all()
    assert group.frame("SELECT count(*) n FROM guest WHERE merged_into IS NOT NULL").n.item() == 0
    assert group.counts["guest"] == group.counts["profile"] == len(group.persons)


def test_a_fifth_of_the_profiles_is_surplus(profiles):
    assert len(profiles) == pytest.approx(51_000, rel=.01)
    assert 1 - profiles.person.nunique() / len(profiles) == pytest.approx(.22, abs=.015)


def test_duplicates_hide_half_of_the_repeat_guests(group):
    """Lesson L5: the naive share counts records, the honest one persons."""
    stays = group.frame(REPEATS)
    naive = (stays.profile_id.value_counts() >= 2).mean()
    true = (group.person_of_stay(stays).value_counts() >= 2).mean()
    assert naive == pytest.approx(.123, abs=.02)
    assert true == pytest.approx(.229, abs=.012)
    assert true / naive == pytest.approx(1.9, abs=.1)


def test_a_repeat_stay_opens_a_new_profile_less_often_the_more_a_guest_has_stayed(group):
    stays = group.frame(REPEATS).dropna()
    person = stays.profile_id.map(group.persons)
    count, records = person.value_counts(), stays.assign(person=person).groupby("person").profile_id.nunique()
    opened = (records.groupby(count).sum() - count.value_counts()) / (count.value_counts() * (count.value_counts().index - 1))
    assert opened[2] == pytest.approx(.75, abs=.04)
    assert opened[4] == pytest.approx(.45, abs=.06)


def test_copies_differ_as_planned(pairs):
    known = pairs[pairs.birth_on_own.notna() & (pairs.birth_state_own == "valid")]
    assert known.birth_on.isna().mean() == pytest.approx(.35, abs=.04)
    relayed = pairs[pairs.email_state == "relay"]
    assert len(relayed) / len(pairs) == pytest.approx(.30, abs=.03)
    assert (relayed.email != relayed.email_own).all()
    mailed = pairs[pairs.email_state_own.isin(["valid", "bounced"])]
    assert (mailed.email != mailed.email_own).mean() == pytest.approx(1 - .55 * .70 * .96, abs=.05)
    phoned = pairs[(pairs.phone_state_own == "valid") & (pairs.phone_state == "valid")]
    assert (phoned.phone != phoned.phone_own).mean() == pytest.approx(.40, abs=.04)
    swapped = (pairs.given_name == pairs.family_name_own) & (pairs.given_name != pairs.given_name_own)
    assert swapped.mean() == pytest.approx(.08 * .7, abs=.02)  # the others are mistyped or changed beside
    assert (pairs[MATERIAL].fillna("") != pairs[[f"{c}_own" for c in MATERIAL]].fillna("").set_axis(MATERIAL, axis=1)).any(axis=1).mean() > .85


def test_relatives_share_an_address_and_are_two_persons(profiles):
    own = profiles[profiles.email_state.isin(["valid", "bounced"])].drop_duplicates("person")
    shared = own[own.email.duplicated()]
    assert len(shared) / profiles.person.nunique() == pytest.approx(.04, abs=.005)
    both = shared.merge(own.drop_duplicates("email"), on="email", suffixes=("", "_own"))
    assert (both.person != both.person_own).all()
    assert (both.birth_on != both.birth_on_own).all()
    assert (both.family_name == both.family_name_own).mean() > .4  # as far as both write it in one script


def test_placeholders_are_shared_by_hundreds(profiles):
    emails = profiles[profiles.email_state == "placeholder"]
    assert set(emails.email) == {"noemail@example.com", "guest@example.org", "none@example.net"}
    assert (emails.email.value_counts() >= 150).all()
    assert emails.person.nunique() > 450
    assert profiles.document_hash.value_counts().iloc[0] == pytest.approx(.45 * .02 * len(profiles), rel=.15)
    assert (profiles.birth_state == "placeholder").mean() == pytest.approx(.005, abs=.001)
    assert (profiles.name_state == "placeholder").mean() == pytest.approx(.002, abs=.001)


def test_some_addresses_and_numbers_cannot_be(profiles):
    first = profiles.drop_duplicates("person")
    shares = first.email_state.value_counts(normalize=True)
    assert [shares["invalid"], shares["bounced"]] == pytest.approx([.03, .03], abs=.004)
    numbered = profiles[profiles.phone.notna()]
    assert numbered.phone_state.isin(["invalid", "placeholder"]).mean() == pytest.approx(.015, abs=.003)


def test_the_states_are_those_that_the_app_would_find(profiles):
    some = profiles.iloc[::40]
    found = pd.DataFrame([quality.states(*row, p.AS_OF) for row in some[["given_name", "family_name", "email", "phone", "birth_on",
                                                                         "country"]].astype(object).where(some.notna(), None).values.tolist()])
    said = some[list(quality.FIELDS)].replace("bounced", "valid").reset_index(drop=True)
    assert found.equals(said)


def test_part_of_the_profiles_has_address_document_and_card(profiles):
    assert profiles.street.notna().mean() == pytest.approx(.48, abs=.03)
    assert profiles.document_hash.notna().mean() == pytest.approx(.45, abs=.01)
    carded = profiles[profiles.loyalty_number.notna()]
    assert (carded.groupby("loyalty_number").person.nunique() == 1).all()


def test_some_bookings_of_agencies_have_no_guest(group):
    stays = group.frame("SELECT s.id, s.profile_id, c.kind FROM stay s JOIN channel c ON c.id = s.channel_id")
    nobody = stays[stays.profile_id.isna()]
    assert len(nobody) / len(stays) == pytest.approx(.04, abs=.003)
    assert set(nobody.kind) == {"ota", "operator"}
    assert set(nobody.id) == set(truth.unidentified(group.truth))


def test_members_are_an_eighth_of_the_persons(group, profiles):
    members = group.frame("SELECT * FROM membership").merge(profiles[["id", "person"]], left_on="profile_id", right_on="id")
    assert len(members) / 40_000 == pytest.approx(.125, abs=.005)
    assert members.person.is_unique
    assert members.enrolled_on.max() < demo_stores.AS_OF


def test_every_tenth_stay_has_a_public_score_by_the_scale_of_its_platform(group):
    reviews = group.frame("SELECT r.*, s.departure_on FROM review r JOIN stay s ON s.id = r.stay_id WHERE r.kind = 'review'")
    assert len(reviews) / group.frame("SELECT count(*) n FROM stay WHERE status = 'checked_out'").n.item() == pytest.approx(.10, abs=.005)
    stars = pd.Series(p.SCORES).groupby([0, 0, 1, 1, 2, 2, 3, 3, 4, 4]).sum() / sum(p.SCORES)  # two points of ten are a star
    given = ((reviews.score_bp + 1000) // 2000 - 1).value_counts(normalize=True).sort_index()
    assert given.sub(stars).abs().sum() / 2 < .03
    of_ten = reviews[reviews.floor_bp == 1000]
    assert sorted(of_ten.score_bp.unique() // 1000) == list(range(1, 11))
    assert sorted(reviews.score_bp[reviews.floor_bp == 2000].unique() // 2000) == [1, 2, 3, 4, 5]
    assert of_ten.score_bp.mean() == pytest.approx(8060, rel=.03)
    assert ((reviews.departure_on < reviews.reviewed_on) & (reviews.reviewed_on < demo_stores.AS_OF)).all()


def test_the_single_hotel_has_more_profiles_than_documents_and_few_equal_names():
    single = demo_stores.single()
    profiles = single.frame("SELECT given_name || ' ' || family_name AS name, document_hash FROM profile")
    assert 1 - profiles.document_hash.nunique() / len(profiles) == pytest.approx(.079, abs=.01)
    assert 1 - profiles.name.nunique() / len(profiles) == pytest.approx(.035, abs=.01)


# --- the sealed truth ----------------------------------------------------------------------------------------------------
def test_the_truth_is_the_same_for_the_same_seed(tmp_path):
    again = made(tmp_path, scale=.05)
    assert again.truth.read_bytes() == demo_stores.small().truth.read_bytes()


def test_the_store_holds_nothing_of_the_truth(group):
    stored = (group.settings.home / "demo.db").read_bytes()
    assert stored.count(b"truth_") == 0
    assert stored.count(b"planted") == 0


def test_without_a_path_no_truth_is_written(tmp_path):
    demo.generate(record.open_store(settings.at(tmp_path)), scale=.001)
    assert {path.name.split(".")[0] for path in tmp_path.iterdir()} == {"demo"}


def test_a_store_that_is_refused_keeps_its_truth():
    small = demo_stores.small()
    before = small.truth.read_bytes()
    with pytest.raises(demo.NotEmpty):
        demo.generate(small.store, scale=.05, truth=small.truth)
    assert small.truth.read_bytes() == before
