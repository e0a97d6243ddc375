"""The cards that a planned and a saved audience share: how it falls, its arms, what they can show, and what its definition says."""
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import waterfall
from crm_core.i18n import N_, t
from crm_core.marts.fields import FIELDS
from crm_core.outreach.arms import Cell
from crm_core.records.segments import segments
from crm_core.rule import BadRule, Rule, parse
from crm_core.schema import ARMS
from crm_core.scope import Period
from crm_core.ui import audience_words as words
from crm_core.ui import campaign_words, guest_rows, rule_editor, rule_words
from crm_core.ui.load import load, look, view
from crm_core.ui.parts import chart, mode, panel, small, table_height
from crm_core.ui.text import plain, safe

YEARS = 3
MOST_CELLS = 40
JOINT = "/"  # between the codes of several traits
WORK = words.KINDS | {"at_risk": N_("Guests at risk")}


# --- how it falls -----------------------------------------------------------------------------------------------------------------
def falls(selected: int, left: Sequence[tuple[str, str, int]], held: int, key: str) -> None:
    """Draw the waterfall from the selected to those who are written to: what is lost is hatched."""
    rows = words.fall(selected, left, held)
    texts = [formats.count(row.people) if row.is_level else formats.signed(row.people) for row in rows]
    shares = [_share(abs(row.people), selected) if place else "" for place, row in enumerate(rows)]
    chart(waterfall.waterfall(mode(), [row.name for row in rows], [row.people for row in rows], texts, [row.is_level for row in rows], notes=shares),
          words.fall_title(selected, rows[-1].people, left), key=f"fall_{key}")


def _share(part: int, whole: int) -> str:
    return formats.percent(part / whole, 0 if 100 * part >= whole or not part else 1) if whole else ""


def counted(left: Mapping[int, tuple[str, str]]) -> list[tuple[str, str, int]]:
    """Return how many people left at each step for each reason."""
    found = pd.Series(list(left.values()), dtype=object).value_counts()
    return [(*why, int(n)) for why, n in found.items()]


def people_who(key: str, groups: Mapping[str, list[tuple[int, str]]], names: Mapping[str, str]) -> None:
    """Draw a choice of groups of people (id, what is said of each) and the list of the chosen one, whose rows open guests."""
    if not groups:
        return
    say = lambda code: f"{names[code]} · {formats.count(len(groups[code]))}"  # noqa: E731
    chosen = st.selectbox(t("People"), list(groups), format_func=say, key=f"people_{key}", label_visibility="collapsed")
    found = groups[chosen]
    rows = lambda offset, limit: pd.DataFrame(found[offset:offset + limit], columns=["guest_id", "said"])  # noqa: E731
    guest_rows.listing(f"{key}_{chosen}".replace("/", "_"), len(found), rows, _known, t("People: {group}", group=names[chosen]))


def _known(frame: pd.DataFrame) -> dict[str, list]:
    """What is known of people on a list: stays, the last departure, the next arrival; and what was decided of each."""
    everyone = replace(view().scope, segment=None, channels=(), identified=False)
    facts = load("guest_list", everyone, ids=tuple(frame["guest_id"].tolist()), limit=len(frame)).set_index("guest_id").reindex(frame["guest_id"])
    return {t("Stays"): [formats.count(n) if pd.notna(n) else formats.DASH for n in facts["stays"]],
            t("Last departure"): facts["last_departure_on"].map(guest_rows.day).tolist(),
            t("Next arrival"): facts["next_arrival_on"].map(guest_rows.day).tolist(), t("Decided"): [plain(said) for said in frame["said"]]}


# --- arms -----------------------------------------------------------------------------------------------------------------------
def arms(counts: Sequence[tuple[str, str, int]], cells: Sequence[Cell], gap: float | None, traits: Sequence[str]) -> None:
    """Draw the arms with their people, and how alike they are in each group."""
    total = sum(n for *_, n in counts)
    with st.grid(max(2, len(counts)), min_column_width=110, gap="xsmall"):
        for name, cell, n in counts:
            with st.container(gap="xxsmall"):
                st.metric(words.arm(name, cell), formats.count(n))
                small(safe(formats.percent(n / total, 1)) if total else "", grey=True)
    small(safe(words.gap_said(gap)), grey=True)
    if cells:
        with st.expander(t("Arms in each group: {traits}", traits=formats.listed([t(words.STRATA.get(trait, trait)) for trait in traits]))):
            _cells(cells, traits)


def _cells(cells: Sequence[Cell], traits: Sequence[str]) -> None:
    places = {str(row.property_id): row.name for row in load("properties").itertuples()}
    found = [{"stratum": c.stratum, "arm": words.planned_arm(c.arm), "said": f"{formats.count(c.n)} · {formats.percent(c.share, 0)}"} for c in cells]
    table = pd.DataFrame(found).pivot(index="stratum", columns="arm", values="said").reset_index().rename(columns={"stratum": t("Group")})
    table[t("Group")] = [plain(_stratum(said, traits, places)) or t("Not known") for said in table[t("Group")]]
    st.dataframe(table.head(MOST_CELLS), hide_index=True, row_height=34, height=table_height(min(len(table), MOST_CELLS), 8), alt=t("Arms in each group"))


def strata(frame: pd.DataFrame, traits: Sequence[str]) -> dict[int, str]:
    """Return the group that each guest of the query audience_reach is kept alike in, as it is frozen with the list: the traits' codes."""
    if not traits:
        return {}
    codes = zip(*(frame[trait] for trait in traits), strict=True)
    return dict(zip(frame["guest_id"].astype(int).tolist(), (JOINT.join(map(str, each)) for each in codes), strict=True))


def _stratum(said: str, traits: Sequence[str], places: Mapping[str, str]) -> str:
    codes = said.split(JOINT)
    return " · ".join(_trait(trait, code, places) for trait, code in zip(traits, codes, strict=True)) if len(codes) == len(traits) else said


def _trait(trait: str, code: str, places: Mapping[str, str]) -> str:
    if trait == "property":
        return places.get(code, code)
    return t(campaign_words.GROUPS.get(trait, {}).get(code, code)) if code else t(campaign_words.UNKNOWN.get(trait, N_("Not known")))


# --- what the arms can show ---------------------------------------------------------------------------------------------------------
def base_rate(window: int) -> tuple[float, str]:
    """Return how many of the guests who are not written to book in a window, and where that is known from."""
    as_of = view().scope.as_of
    found = load("campaign_list", replace(view().scope, period=Period(as_of.replace(year=as_of.year - YEARS, day=1), as_of)))
    ripe = found[(found["control_n"] > 0) & (found["window_days"] == window) & ~found["verdict"].isin(("early", "no_control", "broken"))]
    people, booked = int(ripe["control_n"].sum()), int(ripe["control_booked"].sum())
    if people < words.LEAST_KNOWN or not booked:
        return words.USUAL_RATE, t("an assumption: too few were held out of campaigns yet")
    return booked / people, t("those held out of the campaigns of three years: {n}", n=formats.n_of(booked, people))


def power(written: int, held: int, window: int, key: str) -> None:
    """The card of what these arms can show, at the hotel's own rate or another one that is put in."""
    known, source = base_rate(window)
    rate = st.session_state.get(f"rate_{key}", round(100 * known, 2)) / 100
    said = t("Smallest lift that is seen in four cases of five · who books anyway: {source}", source=source)
    with panel(words.power_title(written, held, rate), said, height="content"):
        for line in words.power_lines(written, held, rate):
            st.markdown(safe(line))
        st.number_input(t("Book in the window without a message, %"), 0.01, 99.0, round(100 * known, 2), 0.1, key=f"rate_{key}", width=330)


# --- what it is -----------------------------------------------------------------------------------------------------------------------
def rule_of(definition: Mapping) -> Rule | None:
    """Return the rule that a list was drawn by, None for a list of another kind or a rule that cannot be read any more."""
    try:
        return parse(definition["rule"], FIELDS) if "rule" in definition else None
    except BadRule:
        return None


def defined(definition: Mapping) -> str:
    """Return what a list was drawn by, in words, as it was frozen."""
    rule = rule_of(definition)
    if rule is not None:
        return _named(definition) + rule_words.sentence(rule, rule_editor.names(), view().currency)
    if "list" in definition:
        return t("Drawn from a work list: {name}.", name=t(WORK.get(definition["list"], str(definition["list"]))))
    if definition == {"all": []}:
        return t("Everybody whom these properties know.")
    return t("How this list was chosen is not recorded.")


def _named(definition: Mapping) -> str:
    kept = next((row for row in look(segments) if row["id"] == definition.get("segment")), None)
    return t("Segment “{name}”, version {number}: ", name=kept["name"], number=definition.get("version", 1)) if kept else ""


def facts(card: Mapping, today: dt.date) -> str:
    """Return the line of facts of a saved list."""
    parts = (t(words.PURPOSES.get(card["purpose"], card["purpose"])), t(words.CHANNELS.get(card["channel"], card["channel"])),
             t("drawn on {day} by {who}", day=formats.date(card["as_of"]), who=card["actor"]),
             t("followed for {days}", days=formats.days(card["window_days"])), words.state(card, today))
    return " · ".join(parts)


def sizes(counts: Sequence[tuple[str, str, int]]) -> tuple[int, int]:
    """Return how many are written to, and how many are held out."""
    return sum(n for arm, _, n in counts if arm == ARMS[0]), sum(n for arm, _, n in counts if arm == ARMS[1])
