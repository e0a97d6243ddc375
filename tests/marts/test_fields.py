"""Who fits a rule: every field over guests that one can count by hand, and any rule against the same rule told in plain Python."""
import datetime as dt
from dataclasses import replace
from itertools import combinations

import duckdb
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from crm_core import queries, schema
from crm_core import settings as settings_
from crm_core.marts.fields import FIELDS
from crm_core.refresh import refresh
from crm_core.rule import BARE, OPERATORS, AllOf, AnyOf, Condition, Not, Segment, parse
from crm_core.scope import Scope, default_period
from crm_core.store import record
from crm_core.store import warehouse as warehouses
from tests.hotel import AS_OF, Hotel

LIS, ADD, FAR = 1, 2, 3
CODES = {LIS: "LIS", ADD: "ADD", FAR: "FAR"}
# Of each guest: home, country, language, e-mail address, consent, membership (in which year it began and ended), praise.
PEOPLE = {
    1: (LIS, "PT", "pt", "ana@example.com", "given", (2024, None), True),
    2: (LIS, "GB", "en", "ben@example.org", "withdrawn", None, False),
    3: (ADD, "PT", None, None, None, (2022, 2024), False),
    4: (ADD, None, None, "nobody", "given", None, False),
    5: (FAR, "ET", "am", "eve@example.com", "given", (2025, None), False),
    6: (LIS, None, "pt", None, None, None, False),  # known, never stayed
}
# guest, place, arrival, nights, revenue, channel, segment, room type, adults, score out of ten, complaints
STAYS = [
    (1, LIS, "2023-05-01", 2, 200, "own_site", "leisure", "A", 2, None, 1), (1, LIS, "2024-05-02", 2, 300, "ota", "business", "B", 1, 9.5, 0),
    (1, ADD, "2025-03-20", 3, 300, "own_site", "leisure", "A", 2, 7.0, 0), (2, LIS, "2024-08-01", 1, 90, "ota", "leisure", "A", 1, None, 0),
    (3, ADD, "2022-01-05", 4, 400, "corporate", "business", "B", 1, None, 2), (3, FAR, "2025-03-28", 2, 100, "ota", "leisure", "C", 2, None, 0),
    (4, ADD, "2025-01-10", 1, 50, "corporate", "group", "A", 1, 4.0, 0), (5, FAR, "2024-12-30", 2, 500, "own_site", "leisure", "C", 2, None, 0),
    (5, FAR, "2025-03-01", 2, 700, "own_site", "leisure", "C", 1, None, 0), (5, LIS, "2024-02-28", 1, 80, "ota", "contract", "A", 1, None, 0),
]  # fmt: skip
NEXT = {(1, LIS): "2025-04-20", (4, ADD): "2025-04-01", (5, FAR): "2025-06-01"}
PARTY = {1: "single", 2: "couple"}
# What the models are taken to say, by place (0: all of them together) and guest.
SCORES = {(place, guest): {
    "recency": 1 + guest % 5, "frequency": 1 + guest % 3, "monetary": 5, "rfm": ("champion", "loyal", "lost")[guest % 3], "purpose": "leisure",
    "season": ("summer", "mixed")[guest % 2], "party": "couple", "alive_ppm": None if guest == 2 else guest * 150_000, "return_ppm": place * 10_000,
    "value": None if guest == 2 else guest * 1000 + place, "expected_ppm": None if guest == 2 else 1,
    "at_stake": None if guest == 2 else guest * 10, "value_decile": 1 + guest, "tier": ("top", "base")[guest % 2],
    "cluster": guest % 3, "silent_days": 100 * guest, "gap_days": None if guest % 2 else 50.0 * guest, "recent_spend": guest * 5000}
    for place in (0, LIS, ADD, FAR) for guest in (1, 2, 3, 4, 5)}  # fmt: skip
# Open accounts of the programme: guest, place, tier, balance, and when the next points expire; guest 3 has a closed one.
ACCOUNTS = [(1, LIS, "Gold", 900, "2025-04-10"), (1, ADD, "Base", 50, "2025-09-01"), (5, FAR, "Base", 200, None)]


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """The warehouse of six guests at three properties, with scores as they are taken to be."""
    settings = settings_.at(tmp_path_factory.mktemp("rules"))
    _settle(Hotel(record.open_store(settings)).open())
    refresh(settings)
    record.close_all()
    with duckdb.connect(str(next(settings.warehouse.glob("*.duckdb")))) as duck:
        duck.execute("DELETE FROM mart_guest_scores")
        for (place, guest), said in SCORES.items():
            duck.execute(f"INSERT INTO mart_guest_scores (property_id, guest_id, stays, {', '.join(said)}) VALUES (?, ?, 1, {', '.join('?' * len(said))})",
                         [place, guest, *said.values()])
        duck.execute("DELETE FROM mart_members")
        for is_open, accounts in ((1, ACCOUNTS), (0, [(3, ADD, "Gold", 70, "2025-04-02")])):
            for account in accounts:
                duck.execute(f"""INSERT INTO mart_members (guest_id, property_id, tier, balance, expires_next_on, is_open)
                                 VALUES (?, ?, ?, ?, ?, {is_open})""", account)
    return warehouses.current(settings)


def _settle(hotel: Hotel) -> None:
    for code in CODES.values():
        hotel.property(code, 10)
    for guest, (home, country, language, email, consent, member, praised) in PEOPLE.items():
        assert hotel.guest(f"Guest {guest}", CODES[home], email=email, country=country, language=language) == guest
        if consent:
            hotel.consent(guest, consent, "2024-01-01T10:00:00+00:00")
        with hotel.changing("more") as change:
            mark = {"source": "test", "profile_id": guest, "revision": change.revision}
            if member:
                began, ended = member
                change.connection.execute(sa.insert(schema.membership).values(
                    **mark, status="active", enrolled_on=dt.date(began, 1, 1), expires_on=ended and dt.date(ended, 1, 1)))
            if praised:
                change.connection.execute(sa.insert(schema.review).values(**mark, property_id=home, score_bp=9500, reviewed_on=dt.date(2024, 5, 9)))
    _stay(hotel)


def _stay(hotel: Hotel) -> None:
    for guest, place, arrival, nights, revenue, channel, segment, room, adults, score, complaints in STAYS:
        stay = hotel.stay(CODES[place], arrival, nights, revenue, guest, channel=channel, segment=segment, room_type=room, adults=adults)
        with hotel.changing("said") as change:
            mark = {"source": "test", "property_id": place, "stay_id": stay, "revision": change.revision}
            if score:
                change.connection.execute(sa.insert(schema.review).values(**mark, score_bp=round(score * 1000), reviewed_on=None))
            for _ in range(complaints):
                change.connection.execute(sa.insert(schema.service_case).values(**mark, kind="noise", status="open", opened_at=change.at))
    for (guest, place), arrival in NEXT.items():
        hotel.stay(CODES[place], arrival, 1, 100, guest, status="confirmed")


def view(*properties: int, chain: bool = True) -> Scope:
    return Scope("local", properties, default_period(AS_OF), AS_OF, chain=(LIS, ADD, FAR) if chain else ())


def who(shown, said: dict, *properties: int) -> list[int]:
    found = queries.run(shown, view(*(properties or (LIS, ADD, FAR))), "segment_members", rule=parse(said, FIELDS), limit=99)
    return found["guest_id"].tolist()


# --- by hand ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("field", "operator", "value", "guests"), [
    ("stays", "at_least", 2, [1, 3, 5]), ("stays", "is", 0, [6]), ("nights", "between", [2, 6], [3, 5]), ("spend", "at_least", 80_000, [1, 5]),
    ("first_departure", "before", "2024-01-01", [1, 3]), ("last_departure", "from", "2025-03-01", [1, 3, 5]), ("last_departure", "last_days", 9, [1, 3]),
    ("last_departure", "older_days", 79, [2, 4]), ("silent_days", "at_most", 9, [1, 3]), ("next_arrival", "known", None, [1, 4, 5]),
    ("next_arrival", "next_days", 20, [1, 4]), ("properties", "at_least", 2, [1, 3, 5]), ("stayed_at", "one_of", [ADD], [1, 3, 4]),
    ("stayed_at", "none_of", [ADD], [2, 5]), ("stayed_on", "between", ["2024-08-01", "2024-12-31"], [2]), ("any_channel", "one_of", ["ota"], [1, 2, 3, 5]),
    ("any_channel", "none_of", ["ota"], [4]), ("first_channel", "one_of", ["ota"], [2, 5]), ("any_segment", "one_of", ["business"], [1, 3]),
    ("first_segment", "one_of", ["business"], [3]), ("any_room_type", "one_of", ["B"], [1, 3]), ("first_room_type", "none_of", ["A"], [3]),
    ("any_party", "none_of", ["couple"], [2, 4]), ("first_party", "one_of", ["couple"], [1]), ("any_score", "at_least", 9, [1]),
    ("any_score", "at_most", 7, [1, 4]), ("any_score", "unknown", None, [2, 3, 5, 6]), ("cases", "at_least", 1, [1, 3]),
    ("country", "one_of", ["PT"], [1, 3]), ("country", "none_of", ["PT"], [2, 5]), ("country", "unknown", None, [4, 6]),
    ("language", "known", None, [1, 2, 5, 6]), ("email_consent", "yes", None, [1, 4, 5]), ("email_consent", "no", None, [2, 3, 6]),
    ("valid_email", "no", None, [3, 4, 6]), ("reachable", "yes", None, [1, 5]), ("member", "yes", None, [1, 5]), ("member", "no", None, [2, 3, 4, 6]),
    ("praised", "yes", None, [1]), ("rfm", "one_of", ["lost"], [2, 5]), ("recency", "at_least", 5, [4]), ("frequency", "is", 1, [3]),
    ("monetary", "known", None, [1, 2, 3, 4, 5]), ("tier", "one_of", ["top"], [2, 4]), ("value_decile", "at_least", 5, [4, 5]),
    ("value", "unknown", None, [2, 6]), ("at_stake", "at_least", 40, [4, 5]), ("alive", "at_most", 0.45, [1, 3]), ("returns", "at_most", 0, [1, 2, 3, 4, 5]),
    ("gap_days", "is", 100, [2]), ("late", "at_least", 2, [2, 4]), ("late", "unknown", None, [1, 3, 5, 6]), ("purpose", "none_of", ["business"], [1, 2, 3, 4, 5]),
    ("season", "one_of", ["summer"], [2, 4]), ("party", "one_of", ["couple"], [1, 2, 3, 4, 5]), ("cluster", "one_of", [2], [2, 5]),
    ("recent_spend", "at_least", 20_000, [4, 5]), ("member_tier", "one_of", ["Gold"], [1]), ("member_tier", "none_of", ["Gold"], [5]),
    ("points", "at_least", 900, [1]), ("points", "unknown", None, [2, 3, 4, 6]), ("points_expire", "next_days", 30, [1]), ("points_expire", "known", None, [1]),
])  # fmt: skip
def test_a_condition_finds_its_guests(shown, field, operator, value, guests):
    assert who(shown, {"field": field, "is": operator} | ({} if value is None else {"value": value})) == guests


def test_every_field_is_counted_by_hand():
    marks = test_a_condition_finds_its_guests.pytestmark[0].args[1]
    assert {case[0] for case in marks} == set(FIELDS)


@pytest.mark.parametrize(("properties", "said", "guests"), [
    ((LIS,), {"field": "stays", "is": "at_least", "value": 2}, [1]),
    ((LIS,), {"not": {"field": "stays", "is": "at_least", "value": 2}}, [2, 5, 6]),
    ((LIS,), {"field": "first_channel", "is": "one_of", "value": ["ota"]}, [2, 5]),
    ((LIS, ADD), {"field": "first_channel", "is": "one_of", "value": ["corporate"]}, [3, 4]),
    ((LIS, ADD), {"field": "value", "is": "at_least", "value": 3000}, [3, 4, 5]),
    ((LIS, FAR), {"field": "at_stake", "is": "is", "value": 20}, [1]),
    ((FAR,), {"field": "returns", "is": "at_least", "value": 0.03}, [3, 5]),
    ((), {"field": "stays", "is": "at_least", "value": 0}, []),
    ((), {"not": {"field": "stays", "is": "at_least", "value": 0}}, []),
])  # fmt: skip
def test_history_is_that_at_the_properties_one_looks_at(shown, properties, said, guests):
    found = queries.run(shown, view(*properties), "segment_members", rule=parse(said, FIELDS), limit=99)
    assert found["guest_id"].tolist() == guests


def test_the_unknown_is_in_no_condition_and_in_every_complement(shown):
    portugal = {"field": "country", "is": "one_of", "value": ["PT"]}
    assert who(shown, portugal) == [1, 3]
    assert who(shown, portugal | {"is": "none_of"}) == [2, 5]
    assert who(shown, {"not": portugal}) == [2, 4, 5, 6]
    assert who(shown, {"not": portugal | {"is": "none_of"}}) == [1, 3, 4, 6]


@pytest.mark.parametrize(("field", "first"), [("channels", None), ("any_channel", ["ota", "own_site", "corporate"]), ("any_room_type", ["A", "C", "B"]),
                                              ("country", ["PT", "ET", "GB"]), ("language", ["pt", "am", "en"]), ("stayed_at", [1, 2, 3])])  # fmt: skip
def test_choices_come_from_the_data_most_frequent_first(shown, field, first):
    if first is None:
        with pytest.raises(KeyError):
            queries.run(shown, view(LIS), "field_choices", field=field)
        return
    assert queries.run(shown, view(LIS, ADD, FAR), "field_choices", field=field)["value"].tolist() == first


# --- any rule, against plain Python -------------------------------------------------------------------------------------
def facts(guest: int, places: tuple[int, ...]) -> dict[str, object]:
    """What is known of a guest at some places: a value, nothing (None), or a list of one value per stay."""
    _home, country, language, email, consent, member, praised = PEOPLE[guest]
    came = sorted((dt.date.fromisoformat(s[2]) + dt.timedelta(s[3]), i) for i, s in enumerate(STAYS) if s[0] == guest and s[1] in places)
    stays, left = [STAYS[i] for _, i in came], [on for on, _ in came]
    ahead = [dt.date.fromisoformat(on) for (who, place), on in NEXT.items() if who == guest and place in places]
    first, valid, here = stays[0] if stays else (None,) * 11, email is not None and "@" in email, PEOPLE[guest][0] in places
    return _scores(guest, places) | _account(guest, places) | {
        "stays": len(stays), "nights": sum(s[3] for s in stays), "spend": 100 * sum(s[4] for s in stays), "first_departure": min(left, default=None),
        "last_departure": max(left, default=None), "silent_days": (AS_OF - max(left)).days if left else None, "next_arrival": min(ahead, default=None),
        "properties": len({s[1] for s in stays}), "stayed_at": [s[1] for s in stays], "stayed_on": left, "any_channel": [s[5] for s in stays],
        "any_segment": [s[6] for s in stays], "any_room_type": [s[7] for s in stays], "any_party": [PARTY[s[8]] for s in stays],
        "first_channel": first[5], "first_segment": first[6], "first_room_type": first[7], "first_party": PARTY.get(first[8]),
        "any_score": [s[9] for s in stays if s[9]], "cases": sum(s[10] for s in stays) if stays else None, "country": country, "language": language,
        "email_consent": consent == "given", "valid_email": valid and here, "reachable": valid and here and consent == "given",
        "member": member in ((2024, None), (2025, None)) and here, "praised": praised and here}  # fmt: skip


def _account(guest: int, places: tuple[int, ...]) -> dict[str, object]:
    own = [account for account in ACCOUNTS if account[0] == guest and account[1] in places]
    days = [dt.date.fromisoformat(account[4]) for account in own if account[4]]
    return {"member_tier": [account[2] for account in own], "points": sum(account[3] for account in own) if own else None, "points_expire": min(days, default=None)}


def _scores(guest: int, places: tuple[int, ...]) -> dict[str, object]:
    own = [SCORES[place, guest] for place in ((0,) if len(places) == 3 else places) if (place, guest) in SCORES]
    if not own:
        return {key: None for key, field in FIELDS.items() if field.source.name == "guest_scores"}
    best = max(own, key=lambda s: s["value"] or 0)  # of equals the first
    total = lambda name: None if best[name] is None else sum(s[name] for s in own)  # noqa: E731
    added = {name: total(name) for name in ("value", "at_stake", "recent_spend")}
    return best | added | {
        "alive": None if best["alive_ppm"] is None else best["alive_ppm"] / 1e6, "returns": best["return_ppm"] / 1e6, "cluster": best["cluster"] or None,
        "late": best["silent_days"] / best["gap_days"] if best["gap_days"] else None}  # fmt: skip


def compared(value: object, c: Condition) -> bool:
    """Compare a known value."""
    ago = lambda days: AS_OF - dt.timedelta(days)  # noqa: E731
    return {
        "at_least": lambda v: value >= v, "from": lambda v: value >= v, "at_most": lambda v: value <= v, "before": lambda v: value < v,
        "is": lambda v: value == v, "between": lambda v: v[0] <= value <= v[1], "one_of": lambda v: value in v, "none_of": lambda v: value not in v,
        "last_days": lambda v: ago(v) <= value < AS_OF, "older_days": lambda v: value < ago(v), "next_days": lambda v: AS_OF <= value < ago(-v),
        "yes": lambda v: value, "no": lambda v: not value}[c.operator](c.value)  # fmt: skip


def fits(known: dict[str, object], c: Condition) -> bool:
    """Whether a condition holds: on one of the values where there are several, on none of them where it rules something out."""
    value = known[c.field]
    values = value if isinstance(value, list) else [] if value is None else [value]
    if c.operator in ("known", "unknown"):
        return bool(values) == (c.operator == "known")
    return bool(values) and (all if c.operator == "none_of" else any)(compared(v, c) for v in values)


def holds(known: dict[str, object], rule) -> bool:
    if isinstance(rule, Condition):
        return fits(known, rule)
    if isinstance(rule, Not):
        return not holds(known, rule.part)
    return (all if isinstance(rule, AllOf) else any)(holds(known, part) for part in rule.parts)


def people(places: tuple[int, ...]) -> list[int]:
    """The guests whom one of the places knows."""
    met = {s[0] for s in STAYS if s[1] in places} | {guest for guest, place in NEXT if place in places}
    return [guest for guest, said in PEOPLE.items() if said[0] in places or guest in met]


def seen(field: str) -> list:
    """Values that some guest has, so that conditions tell guests apart."""
    found = [facts(guest, places)[field] for places in ((LIS, ADD, FAR), (LIS,), (ADD, FAR)) for guest in PEOPLE]
    return sorted({one for value in found for one in (value if isinstance(value, list) else [value]) if one is not None}, key=str)


SEEN = {key: seen(key) for key in FIELDS}


@st.composite
def any_condition(draw) -> Condition:
    field = FIELDS[draw(st.sampled_from(sorted(FIELDS)))]
    operator = draw(st.sampled_from(OPERATORS[field.type]))
    one = st.sampled_from(SEEN[field.key])
    if operator in BARE:
        return Condition(field.key, operator)
    if operator.endswith("_days"):
        return Condition(field.key, operator, draw(st.sampled_from([1, 4, 20, 30, 80, 400, 1000])))
    if operator in ("one_of", "none_of"):
        return Condition(field.key, operator, tuple(draw(st.lists(one, min_size=1, max_size=2, unique=True))))
    if operator == "between":
        return Condition(field.key, operator, tuple(sorted((draw(one), draw(one)))))
    return Condition(field.key, operator, draw(one))


RULES = st.recursive(any_condition(), lambda inner: st.one_of(st.builds(Not, inner), *(
    st.builds(kind, st.lists(inner, min_size=1, max_size=3).map(tuple)) for kind in (AllOf, AnyOf))), max_leaves=6)
PLACES = st.sampled_from([places for n in (1, 2, 3) for places in combinations((LIS, ADD, FAR), n)])


@hypothesis(max_examples=150, deadline=None)
@given(st.lists(RULES, min_size=1, max_size=5), PLACES)
def test_any_rule_finds_whom_plain_python_finds(shown, rules, places):
    known = {guest: facts(guest, places) for guest in people(places)}
    for rule in rules:
        found = queries.run(shown, view(*places), "segment_members", rule=rule, limit=99)["guest_id"].tolist()
        assert found == [guest for guest in known if holds(known[guest], rule)]


@hypothesis(max_examples=40, deadline=None)
@given(RULES, RULES, PLACES)
def test_a_rule_and_its_complement_add_up_and_de_morgan_holds(shown, one, two, places):
    asked = (one, Not(one), Not(Not(one)), Not(AllOf((one, two))), AnyOf((Not(one), Not(two))), Not(AnyOf((one, two))), AllOf((Not(one), Not(two))))
    fit, rest, again, *pairs = queries.run(shown, view(*places), "segment_sizes", rules=asked)["guests"]
    everyone = queries.run(shown, view(*places), "segment_everyone")["guests"].iloc[0]
    assert fit + rest == everyone == len(people(places))
    assert again == fit
    assert (pairs[0], pairs[2]) == (pairs[1], pairs[3])


@pytest.mark.parametrize("places", [(LIS,), (LIS, ADD), (LIS, ADD, FAR)])
def test_a_scope_that_does_not_know_the_chain_finds_the_same_guests(shown, places):
    rules = tuple(Condition(key, "known") for key, field in FIELDS.items() if field.type != "flag" and field.source.name != "guest_scores")
    sizes = [queries.run(shown, view(*places, chain=chain), "segment_sizes", rules=rules)["guests"].tolist() for chain in (True, False)]
    assert sizes[0] == sizes[1]
    assert sum(sizes[0]) > 0


# --- as a filter --------------------------------------------------------------------------------------------------------
LATE = Segment(Condition("country", "one_of", ("PT",)))  # guests 1 and 3


@pytest.mark.parametrize(("key", "without", "within"), [("stays", 7, 3), ("rooms_sold", 13, 7), ("guests", 5, 2), ("repeat_ratio_stays", 5 / 7, 1.0)])
def test_a_segment_narrows_what_is_counted_and_never_the_history(shown, key, without, within):
    """In the year to April 2025: stays of 1 (2), 2, 3, 4 and 5 (2); those of 1, 3 and 5 are repeats."""
    asked = view(LIS, ADD, FAR)
    values = [queries.run(shown, scope, "kpi_values", keys=(key,)).iloc[0]["value"] for scope in (asked, replace(asked, segment=LATE))]
    assert values == pytest.approx([without, within])


def test_a_segment_leaves_the_rooms_as_they_are(shown):
    asked = view(LIS, ADD, FAR)
    rooms = [queries.run(shown, scope, "kpi_values", keys=("occupancy",)).iloc[0]["denominator"] for scope in (asked, replace(asked, segment=LATE))]
    assert rooms[0] == rooms[1] > 0


def test_a_segment_narrows_the_list_of_guests(shown):
    listed = queries.run(shown, replace(view(LIS, ADD, FAR), segment=LATE), "guest_list", sort="stays")
    assert listed[["guest_id", "stays"]].to_numpy().tolist() == [[1, 3], [3, 2]]


def test_the_books_of_a_segment_are_those_of_its_guests(shown):
    booked = [queries.run(shown, scope, "on_the_books")["rooms_sold"].sum() for scope in (view(LIS, ADD, FAR), replace(view(LIS, ADD, FAR), segment=LATE))]
    assert booked == [2, 1]


def test_the_life_cycle_of_a_segment_is_that_of_its_guests(shown):
    moves = queries.run(shown, replace(view(LIS, ADD, FAR), segment=LATE), "stage_moves")
    assert moves["guests"].sum() == 2
    one = queries.run(shown, replace(view(LIS, ADD, FAR), segment=LATE), "guest_stages", guest=2)
    assert one["stage"].tolist() == ["prospect", "first"]
