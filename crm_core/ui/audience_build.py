"""The card that draws an audience: whom, for what, split how; who would be written to and why the others not; then it is frozen."""
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from crm_core import formats, jobs
from crm_core.i18n import t, tn
from crm_core.marts.fields import FIELDS
from crm_core.outreach.arms import imbalance, split
from crm_core.queries.audience_reach import STRATA
from crm_core.records import audiences as records
from crm_core.records.campaigns import campaign_plans
from crm_core.records.holdout import outreach_settings
from crm_core.records.segments import LONGEST_NAME
from crm_core.rule import BadRule, Rule, canonical, dump, parse
from crm_core.schema import ARMS, CAMPAIGN_PURPOSES, CONSENT_CHANNELS
from crm_core.ui import audience_cards as cards
from crm_core.ui import audience_words as words
from crm_core.ui import rule_draft, rule_editor, rule_words, segment_open
from crm_core.ui.load import act, load, look, view
from crm_core.ui.parts import filled, panel, small, told
from crm_core.ui.text import plain, safe
from crm_core.views import segment_of

DRAFT, SEEN, MADE = "audience_draft", "audience_seen", "audience_made"
MOST_VARIANTS = 4
HOLDOUT, WINDOW = 10, 30
OWN_RULE = "rule"
GLANCED = ("marketing", "email")
UNSENT = ("planned", "fixed")  # campaigns that an audience can still be drawn for
EXAMPLE = "example"  # the salt of the split that is shown before the lot is drawn: sizes are the same, people are not


@dataclass(frozen=True)
class Plan:
    """What is drawn: whom (a saved segment, a rule or a work list), for what, and how they are split."""

    source: str
    rule: Rule | None
    list_id: int | None
    definition: dict
    kind: str
    purpose: str
    channel: str
    shares: dict[str, int]
    traits: tuple[str, ...]
    window: int

    @property
    def selects(self) -> tuple:
        """What a preview depends on."""
        return (self.rule and canonical(self.rule), self.list_id, self.purpose, self.channel, view().scope.properties, view().warehouse.version.at)


@dataclass(frozen=True)
class Seen:
    """A preview: what it was asked for, the guests selected with their traits, and how they fall."""

    selects: tuple
    frame: pd.DataFrame
    found: records.Preview


@st.fragment
def card() -> None:
    """Whom to write to, step by step, for a role that draws audiences."""
    if not view().scope.may("campaign"):
        return
    with panel(t("Draw an audience"), t("Who is written to, who is held out by lot, and who may not be written to · frozen when it is drawn"), height="content"):
        plan = _plan()
        if plan is None:
            return
        _glance(plan)
        asked = st.button(t("Show who would be written to"), icon=":material/filter_list:", key="audience_show")
    seen = _seen(plan, asked)
    if seen is not None:
        _preview(plan, seen)


# --- the plan ---------------------------------------------------------------------------------------------------------------------
def _plan() -> Plan | None:
    sources = _sources()
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        source = st.selectbox(t("Whom"), list(sources), format_func=lambda code: sources[code], key="audience_source", width=300)
        purpose = st.selectbox(t("For"), CAMPAIGN_PURPOSES, format_func=lambda code: t(words.PURPOSES[code]), key="audience_purpose", width=180)
        channel = st.selectbox(t("By which way"), CONSENT_CHANNELS, format_func=lambda code: t(words.CHANNELS[code]), key="audience_channel", width=120)
    whom = _whom(source)
    if whom is None:
        return None
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        held = st.slider(t("Held out by lot, %"), 0, 50, HOLDOUT, 5, key="audience_held", width=220,
                         help=t("Guests who are not contacted. Without them nobody can tell who would have come anyway."))
        variants = st.number_input(t("Variants"), 1, MOST_VARIANTS, 1, key="audience_variants", width=110,
                                   help=t("Two or more are tried against each other, in equal parts"))
        window = st.number_input(t("Look at the days after"), 1, records.LONGEST_WINDOW, WINDOW, 10, key="audience_window", width=160)
        traits = st.multiselect(t("Arms alike by"), STRATA, format_func=lambda trait: t(words.STRATA[trait]), key="audience_traits",
                                placeholder=t("Choose"), width=300)
    return Plan(source, *whom, purpose, channel, words.shares(held, int(variants)), tuple(traits), int(window))


def _glance(plan: Plan) -> None:
    """How many may be written to by the figures of the version, at once; the button looks at the records of this moment."""
    if plan.rule is not None and (plan.purpose, plan.channel) == GLANCED:
        rules = look(outreach_settings)
        found = load("audience_fall", rule=plan.rule, cap=rules["marketing_cap"], days=rules["marketing_cap_days"])
        small(safe(words.glance(found, view().scope.as_of)), grey=True)


def _sources() -> dict[str, str]:
    """Saved segments, a rule of one's own, and the lists that were kept from work lists."""
    saved = {f"s{row['id']}": t("Segment: {name}", name=plain(row["name"])) for row in view().saved if segment_of(row)}
    kept = look(records.audiences) if view().scope.may("people") else []
    lists = {f"l{row['id']}": t("Work list: {name}", name=plain(row["name"])) for row in kept if row["kind"] != "segment"}
    return {OWN_RULE: t("A rule, below")} | saved | lists


def _whom(source: str) -> tuple[Rule | None, int | None, dict, str] | None:
    """Return rule, list, definition and kind of a source; None, with the reason on the page, where a rule is not complete."""
    if source.startswith("l"):
        row = next(row for row in look(records.audiences) if f"l{row['id']}" == source)
        small(safe(cards.defined(row["definition"])), grey=True)
        return None, row["id"], row["definition"] | {"audience": row["id"]}, row["kind"]
    if source.startswith("s"):
        row = next(row for row in view().saved if f"s{row['id']}" == source)
        rule = segment_of(row).rule
        small(safe(rule_words.sentence(rule, rule_editor.names(), view().currency)), grey=True)
        return rule, None, {"segment": row["id"], "version": row["number"], "rule": dump(rule)}, "segment"
    rule = _own_rule()
    return None if rule is None else (rule, None, {"rule": dump(rule)}, "segment")


def _own_rule() -> Rule | None:
    draft = st.session_state.get(DRAFT)
    if draft is None:
        draft = rule_draft.Draft()
        draft.add_condition(draft.root)
        st.session_state[DRAFT] = draft
    rule_editor.edit(draft, DRAFT)
    try:
        return parse(rule_draft.said(draft.root), FIELDS)
    except BadRule as bad:
        st.markdown(f":orange[:material/edit:] {safe(segment_open.problem_text(bad))}")
        return None


# --- the preview ------------------------------------------------------------------------------------------------------------------
def _seen(plan: Plan, asked: bool) -> Seen | None:
    """Return the preview of a plan: made when it is asked for, kept as long as it is of the same guests."""
    kept = st.session_state.get(SEEN)
    if kept is not None and kept.selects == plan.selects and not asked:
        return kept
    if not asked:
        return None
    with told(), st.spinner(t("Looking at addresses, consents and messages…")):
        frame = _selected(plan)
        found = look(records.audience_preview, guests=tuple(frame["guest_id"].astype(int).tolist()), purpose=plan.purpose, channel=plan.channel)
        st.session_state[SEEN] = Seen(plan.selects, frame, found)
        return st.session_state[SEEN]
    return None


def _selected(plan: Plan) -> pd.DataFrame:
    if plan.list_id is None:
        return load("audience_reach", rule=plan.rule)
    return load("audience_reach", guests=tuple(person for person, _ in look(records.audience_members, id=plan.list_id)))


def _preview(plan: Plan, seen: Seen) -> None:
    left, remaining = cards.counted(seen.found.left), list(seen.found.remaining)
    strata = cards.strata(seen.frame, plan.traits)
    arm_of = split(remaining, EXAMPLE, plan.shares, strata) if remaining else {}
    held = sum(arm == ARMS[1] for arm in arm_of.values())
    one, two = st.columns([1.35, 1])
    with one, panel(words.fall_title(len(seen.frame), len(remaining) - held, left), t("Guests, if the list were drawn now · hatched: not written to, and why")):
        cards.falls(len(seen.frame), left, held, "preview")
        with st.expander(t("Who left, and why")):
            cards.people_who("preview", *_groups(seen.found.left))
    with two:
        _arms(plan, arm_of, strata)
        cards.power(len(remaining) - held, held, plan.window, "preview")
    _draw(plan, seen, strata)


def _groups(left: Mapping[int, tuple[str, str]]) -> tuple[dict[str, list], dict[str, str]]:
    """Return the people who left by reason, each with what is said, and the reasons' names."""
    groups: dict[str, list] = {}
    for person, (_, why) in sorted(left.items()):
        groups.setdefault(why, []).append((person, words.reason(why)))
    return groups, {why: words.reason(why) for why in groups}


def _arms(plan: Plan, arm_of: Mapping[int, str], strata: Mapping[int, str]) -> None:
    counts = [(ARMS[1], "", n) if name == ARMS[1] else (ARMS[0], "" if name in ARMS else name, n) for name, n in _sizes(plan, arm_of)]
    found, gap = imbalance(arm_of, strata) if plan.traits and arm_of else ([], None)
    with panel(words.arms_title(counts), t("The arms: people, drawn by lot"), height="content"):
        cards.arms(counts, found, gap, plan.traits)


def _sizes(plan: Plan, arm_of: Mapping[int, str]) -> list[tuple[str, int]]:
    return [(name, sum(arm == name for arm in arm_of.values())) for name in plan.shares]


# --- drawing ------------------------------------------------------------------------------------------------------------------------
def _draw(plan: Plan, seen: Seen, strata: dict[int, str]) -> None:
    """Name and campaign, and the button that freezes."""
    n = len(seen.found.remaining)
    with panel(t("Freeze it"), t("The lot is drawn anew; afterwards neither people nor arms change"), height="content"):
        plans = {row["id"]: row["name"] for row in look(campaign_plans, view().whole) if not row["audience_id"] and row["status"] in UNSENT}
        usual = t("{list}, {day}", list=_usual(plan), day=formats.date(view().scope.as_of))[:LONGEST_NAME]
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            name = st.text_input(t("Name"), usual, key=f"audience_name_{plan.source}", max_chars=LONGEST_NAME, width=320)
            campaign = st.selectbox(t("For the campaign"), [None, *plans], format_func=lambda i: plain(plans[i]) if i else t("None yet"),
                                    key="audience_campaign", width=260)
            label = tn("Draw {n} person", "Draw {n} people", n, n=formats.count(n))
            pressed = st.button(label, type=filled(), icon=":material/casino:", key="audience_draw", disabled=not n)
        if pressed:
            with told():
                _freeze(plan, seen, strata, name, campaign)


def _usual(plan: Plan) -> str:
    return _sources()[plan.source].split(": ", 1)[-1] if plan.source != OWN_RULE else t("New rule")


def _freeze(plan: Plan, seen: Seen, strata: dict[int, str], name: str, campaign: int | None) -> None:
    made = act(records.draw_audience, name=name or "", kind=plan.kind, definition=plan.definition, guests=seen.frame["guest_id"].astype(int).tolist(),
               purpose=plan.purpose, channel=plan.channel, shares=plan.shares, strata=plan.traits, strata_of=strata, window_days=plan.window, campaign_id=campaign)
    st.session_state.pop(SEEN, None)
    jobs.start_refresh(view().settings)
    st.toast(t("Drawn and frozen."), icon=":material/check:")
    st.session_state[MADE] = str(made)
    st.rerun()
