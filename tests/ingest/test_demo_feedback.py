"""What guests say in the demo: texts that say what their gold marks say, and what was planted is found again (lessons L4, L8, L10)."""
import pandas as pd
import pytest

from crm_core.ingest.demo import truth
from tests.ingest import demo_stores

YEAR_AGO = "2024-04-01"
SAID = """SELECT r.*, s.segment, s.room AS slept, coalesce(o.block, '') AS block FROM review r JOIN stay s ON s.id = r.stay_id
    LEFT JOIN room o ON o.property_id = s.property_id AND o.room = s.room"""


@pytest.fixture(scope="module")
def group():
    """The group in full."""
    return demo_stores.group()


@pytest.fixture(scope="module")
def said(group):
    """Reviews and survey answers beside the room and segment of their stays."""
    return group.frame(SAID)


@pytest.fixture(scope="module")
def gold(group):
    """The gold marks of all texts."""
    return pd.DataFrame(truth.mentions(group.truth), columns=["review", "box", "start", "stop", "aspect", "polarity", "language"])


def nps(answers: pd.Series) -> float:
    """Share of 9 and 10 less share of 0 to 6, in points."""
    return 100 * float((answers >= 9).mean() - (answers <= 6).mean())


# --- reviews and surveys ---------------------------------------------------------------------------------------------------
def test_every_tenth_stay_has_a_review_and_four_in_ten_have_no_text(said):
    reviews = said[said.kind == "review"]
    assert len(reviews) == pytest.approx(5_500, abs=500)
    assert (reviews.words == 0).mean() == pytest.approx(.423, abs=.02)
    assert reviews.answer.notna().mean() == pytest.approx(.68, abs=.02)
    shares = reviews.platform.value_counts(normalize=True)
    assert shares[["booking_com", "google", "tripadvisor", "expedia", "airbnb"]].tolist() == pytest.approx([.30, .33, .20, .10, .07], abs=.02)
    assert reviews.language.nunique() == 14


def test_gold_marks_lie_inside_their_boxes_and_only_texts_have_them(said, gold):
    rows = gold.merge(said, left_on="review", right_on="id", suffixes=("", "_review"))
    assert len(rows) == len(gold) > 10_000
    lengths = [len(row[row["box"]]) for row in rows[["box", "text", "liked", "disliked"]].to_dict("records")]
    assert (rows.stop <= lengths).all() and (rows.start < rows.stop).all() and (rows.words > 0).all()
    assert (rows.language == rows.language_review).all()
    judged = gold[gold.polarity != "neutral"]
    assert (judged.polarity == "positive").mean() == pytest.approx(.76, abs=.04)


def test_one_of_six_invitations_is_answered_once(group, said):
    sent = group.frame("SELECT * FROM invitation")
    answers = said[said.kind == "survey"]
    assert len(sent) == pytest.approx(43_500, abs=3_000)
    assert set(answers.invitation_id) == set(sent.id[sent.answered_at.notna()])
    assert answers.invitation_id.is_unique and sent.stay_id.is_unique
    assert not (sent.is_bounced.astype(bool) & sent.answered_at.notna()).any()
    assert (answers.score_bp == answers.csat_bp).all() and answers.nps.between(0, 10).all()


# --- what the desk has to do ---------------------------------------------------------------------------------------------------
def test_some_cases_are_opened_from_critical_reviews_after_they_were_written(group):
    cases = group.frame("""SELECT c.*, r.stay_id AS reviewed, r.reviewed_at, r.kind AS said, (r.score_bp - r.floor_bp) * 100.0 / (10000 - r.floor_bp) AS rating
        FROM service_case c LEFT JOIN review r ON r.id = c.review_id""")
    told = cases[cases.opened_from == "review"]
    assert cases.review_id.notna().equals(cases.opened_from == "review") and told.review_id.is_unique
    assert 50 < len(told) < 150
    assert (told.stay_id == told.reviewed).all() and (told.said == "review").all() and (told.rating <= 40).all()
    assert (told.opened_at >= told.reviewed_at).all() and (cases.opened_at < demo_stores.AS_OF).all()
    assert .2 < (told.severity == "major").mean() < .6  # as other cases: .38


def test_cases_are_open_and_critical_reviews_wait_on_the_last_day(group, said):
    late = said[(said.kind == "review") & (said.reviewed_on >= "2025-03-02") & ((said.score_bp - said.floor_bp) / (10_000 - said.floor_bp) <= .4)]
    assert len(late) >= 5 and late.answer.notna().mean() <= .5
    assert 20 <= group.frame("SELECT count(*) n FROM service_case WHERE status <> 'closed'").n.item() <= 60


def test_cases_are_routed_by_the_rules_that_come_with_the_product(group):
    rules = group.frame("SELECT place, name, is_active FROM case_rule ORDER BY place")
    assert rules.place.tolist() == list(range(1, 13)) and rules.is_active.all()
    assert rules.name.iloc[-1] == "All else goes to the front desk"


# --- lessons -----------------------------------------------------------------------------------------------------------------
def test_the_total_falls_while_every_segment_rises(said):
    """Lesson L4: the naive total compares two mixes of guests; within each segment the hotel is recommended more."""
    answers = said[(said.kind == "survey") & (said.property_id == 1)]
    before, since = (answers[answers.reviewed_on.between(*days)] for days in (("2023-04-01", "2024-03-31"), (YEAR_AGO, "2025-03-31")))
    assert nps(since.nps) - nps(before.nps) == pytest.approx(-11.8, abs=1.5)
    was, now = (rows.groupby("segment").nps.apply(nps) for rows in (before, since))
    assert (now - was).tolist() == pytest.approx([8, 8], abs=2.5)
    shares = [rows.segment.value_counts(normalize=True) for rows in (before, since)]
    within = ((now - was) * (shares[0] + shares[1]) / 2).sum()
    mix = ((shares[1] - shares[0]) * (now + was) / 2).sum()
    assert (within, mix) == (pytest.approx(8.0, abs=1.5), pytest.approx(-19.8, abs=1.5))


def test_who_answers_is_more_content_than_who_does_not_and_weighting_repairs_a_part_of_it(group, said):
    """Lesson L8: the naive figure asks those who answer; weights by membership take a part away, the extremes' readiness the rest."""
    answers = said[(said.kind == "survey") & (said.property_id != 1)]
    stays, promoters, detractors = truth.latent(group.truth)
    true, raw = 100 * (promoters - detractors) / stays, nps(answers.nps)
    weighted = _weighted(group, answers)
    assert raw > true + 9
    assert true + 2 < weighted < raw - 4
    thinned = answers.nps.map(lambda n: 1 / 1.5 if n >= 9 or n <= 3 else 1.0)
    assert _weighted(group, answers, thinned) < true < weighted


def _weighted(group, answers: pd.DataFrame, weight: pd.Series | None = None) -> float:
    """NPS of members and others, each as often as among all stays; answers may count less than once."""
    stays = group.frame("SELECT id, profile_id, departure_on FROM stay WHERE status = 'checked_out' AND property_id <> 1")
    card = group.frame("SELECT * FROM membership").assign(person=lambda rows: rows.profile_id.map(group.persons)).set_index("person")
    person = group.person_of_stay(stays)
    member = (person.map(card.enrolled_on) <= stays.departure_on) & ~(person.map(card.closed_on) <= stays.departure_on)
    share = member.mean()
    by = answers.assign(member=answers.stay_id.map(member.set_axis(stays.id)), weight=1.0 if weight is None else weight)
    points = (by.nps >= 9).astype(int) - (by.nps <= 6)
    found = (points * by.weight).groupby(by.member).sum() / by.weight.groupby(by.member).sum()
    return 100 * (share * found[True] + (1 - share) * found[False])


def test_half_of_the_noise_comes_from_one_side_of_one_floor(said, gold):
    """Lesson L10: the naive share says the house is noisy; by room block it is eight rooms of sixty."""
    texts = said[(said.property_id == 1) & (said.words > 0) & (said.slept != "")]
    loud = texts.id.isin(gold.review[(gold.aspect == "noise") & (gold.polarity == "negative")])
    street = texts.block == "Street side"
    assert street.mean() == pytest.approx(8 / 60, abs=.03)
    assert loud.mean() == pytest.approx(.076, abs=.012)
    assert loud[street].mean() == pytest.approx(.31, abs=.02)
    assert loud[~street].mean() == pytest.approx(.04, abs=.01)
    assert loud[street].sum() / loud.sum() == pytest.approx(.54, abs=.06)


def test_fast_cases_are_the_small_ones_and_little_is_left_of_their_return_rate(group):
    """Lesson L14: the naive gap compares small complaints with large ones; within each the gap is four points, too little to tell."""
    cases = group.frame("""SELECT c.*, s.departure_on, (julianday(c.closed_at) - julianday(c.opened_at)) * 24 AS hours
        FROM service_case c JOIN stay s ON s.id = c.stay_id""")
    stays = group.frame("SELECT * FROM stay WHERE status IN ('checked_out', 'in_house') AND departure_on > arrival_on")
    stays = stays.assign(person=group.person_of_stay(stays)).sort_values(["person", "arrival_on"])
    gap = (pd.to_datetime(stays.groupby("person").arrival_on.shift(-1)) - pd.to_datetime(stays.departure_on)).dt.days
    ripe = cases[cases.departure_on < YEAR_AGO].assign(back=lambda rows: rows.stay_id.map((gap <= 365).set_axis(stays.id)))
    back = {name: rows.groupby("severity").back.agg(["mean", "size"]) for name, rows in (("fast", ripe[ripe.hours < 4]), ("slow", ripe[ripe.hours > 48]))}
    raw = ripe.back[ripe.hours < 4].mean() - ripe.back[ripe.hours > 48].mean()
    size = back["fast"]["size"] + back["slow"]["size"]
    stratified = ((back["fast"]["mean"] - back["slow"]["mean"]) * size / size.sum()).sum()
    assert len(cases) == pytest.approx(2_400, abs=50)
    assert raw == pytest.approx(.112, abs=.015)
    assert stratified == pytest.approx(.04, abs=.015)
    error = sum(one["mean"] * (1 - one["mean"]) / one["size"] * (size / size.sum()) ** 2 for one in back.values()).sum() ** .5
    assert stratified - 1.96 * error < 0 < stratified + 1.96 * error
