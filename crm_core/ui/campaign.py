"""One campaign: its verdict, six figures that open to what they are made of, its plan as an experiment, and the looks at its result."""
import math
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.i18n import t
from crm_core.metrics import metric
from crm_core.records.campaigns import campaign_plan
from crm_core.records.experiments import campaign_readings, read_result
from crm_core.stats.uplift import LEAST
from crm_core.ui import campaign_plan_words as plan_words
from crm_core.ui import campaign_words as words
from crm_core.ui import drawer
from crm_core.ui.attribution_words import PUBLISHED
from crm_core.ui.load import act, load, look, view
from crm_core.ui.parts import PAGES, empty, panel, small, told, too_few
from crm_core.ui.rank_words import misranked
from crm_core.ui.text import safe

RESULT = ("verdict", "treated_n", "treated_booked", "control_n", "control_booked", "lift", "low", "high", "incremental", "incremental_low", "incremental_high",
          "margin", "margin_low", "margin_high", "cost", "romi", "romi_low", "romi_high", "srm_p")  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """A tile of a campaign: the KPI it is an instance of, its value and the lines below, all as text, and how it comes about."""

    key: str
    name: str
    value: str
    lines: list[str]
    made_of: list[str]


def asked() -> dict | None:
    """Return the campaign of the URL as a row of the query campaign_card, or None where there is none for this visitor."""
    said = st.query_params.get("campaign", "")
    if not (said.isascii() and said.isdecimal() and len(said) < 16):
        return None
    found = load("campaign_card", campaign=int(said))
    return found.iloc[0].to_dict() if len(found) else None


def unknown() -> None:
    """The same answer for a campaign that does not exist, one that was put away, and one of another hotel."""
    st.header(t("Campaign"), anchor=False)
    empty(t("There is no such campaign"), t("The link may be old, the campaign may have been put away, or it may belong to a property that is not yours."))
    st.page_link(PAGES / "campaigns.py", label=t("All campaigns"), icon=":material/arrow_back:")


def begun(card: dict) -> bool:
    """Say whether a campaign has been sent, or its people assigned."""
    return pd.notna(card["started_on"])


def counts_only(card: dict) -> bool:
    """Say whether a platform's counts are all that is known: no message, no arm, no person."""
    return bool(card["is_reported"])


def plan(card: dict) -> dict:
    """Return the plan of a campaign as recorded; empty where the visitor sees only its figures."""
    return look(campaign_plan, id=int(card["campaign_id"])) or {}


# --- the head -----------------------------------------------------------------------------------------------------------------------
def head(card: dict, said: dict) -> None:
    """The way back, the verdict as title, badges and facts, and the two or three sentences of what happened."""
    readings = look(campaign_readings, campaign_id=int(card["campaign_id"]))
    st.page_link(PAGES / "campaigns.py", label=t("All campaigns"), icon=":material/arrow_back:")
    st.header(safe(words.title(card, view().currency)), anchor=False)
    badges = " ".join(f":{tone}-badge[{safe(text)}]" for tone, text in words.badges(card, _fixed(card)))
    facts = words.facts(card, readings)
    sentences = [*words.sentence(card, view().currency), *_ranked(card)]
    st.markdown(f"{badges} :small[:gray[{safe(facts)}]]" if facts else badges)
    if sentences:
        st.markdown(safe(" ".join(sentences)))
    for line in words.troubles(card, said.get("troubles", {})) if pd.notna(card["started_on"]) else []:
        small(f":material/info: {safe(line)}", grey=True)


def _ranked(card: dict) -> list[str]:
    """Whether rules prefer a campaign without an effect to this one."""
    said = misranked(load("credit_ranks"), int(card["campaign_id"]), PUBLISHED) if card["verdict"] == "shown" else ""
    return [said] if said else []


def _fixed(card: dict) -> bool:
    """Whether the plan was fixed by the day of the first message."""
    return pd.notna(card["fixed_on"]) and (pd.isna(card["started_on"]) or card["fixed_on"] <= card["started_on"])


# --- the figures ----------------------------------------------------------------------------------------------------------------------
def tiles(card: dict) -> None:
    """Lift, bookings, margin, return, unsubscribed, split: each opens to its definition and what it is made of."""
    with st.grid(6, min_column_width=150, gap="small"):
        for figure in figures(card, load("campaign_harm", campaign=int(card["campaign_id"])), view().currency):
            with st.container(border=True, height="stretch", gap="xxsmall"):
                if st.button(figure.name, type="tertiary", key=f"open_{figure.key}", icon=":material/chevron_right:", icon_position="right"):
                    _opens(figure)
                st.metric(figure.name, figure.value, label_visibility="collapsed")
                st.markdown("  \n".join(f":small[{safe(line)}]" for line in figure.lines))


def _opens(figure: Figure) -> None:
    k = metric(figure.key)

    @st.dialog(figure.name, width="medium", position="right")
    def _drawer() -> None:
        left, right = st.columns([1, 2], vertical_alignment="center")
        left.metric(figure.name, figure.value, label_visibility="collapsed")
        with right:
            small("  \n".join(safe(line) for line in figure.lines))
        drawer.definition(k)
        for line in figure.made_of:
            st.markdown(safe(line))
        small(safe(t("Below: the same figure over all campaigns of the period, as it is run.")), grey=True)
        drawer.as_run(k)

    _drawer()


def figures(card: dict, harm: pd.DataFrame, currency: str) -> list[Figure]:
    """Return the six figures of a campaign as text; a dash and the reason where nothing is told."""
    arms = [t("Written to: {n} booked", n=formats.n_of(int(card["treated_booked"]), int(card["treated_n"]))),
            t("Held out: {n} booked", n=formats.n_of(int(card["control_booked"]), int(card["control_n"])))]
    return [_lift(card, arms), _bookings(card, arms), _margin(card, currency), _return(card, currency), _unsubscribed(card, harm), _split(card)]


def _told(card: dict, name: str) -> bool:
    """Whether a figure can be told: of too few people none is."""
    return card["verdict"] != "few" and pd.notna(card[name])


def _why(card: dict) -> list[str]:
    """Why there is no effect to tell."""
    if card["verdict"] == "few":
        return _few(card)
    return [{"early": t("too early"), "no_control": t("nobody was held out"), "broken": t("split broken")}.get(card["verdict"], t("not known"))]


def _few(card: dict) -> list[str]:
    """Say that the smaller arm has too few people, and how many there are."""
    least = min(int(card["treated_n"]), int(card["control_n"]))
    return [too_few(least, LEAST) if least < LEAST else t("too few bookings to tell")]


def _lift(card: dict, arms: list[str]) -> Figure:
    if not _told(card, "lift"):
        return Figure("lift_abs", t("Lift"), formats.DASH, _why(card), arms)
    lines = [t("{interval} · 95%", interval=formats.points_interval(card["low"], card["high"])),
             formats.n(int(card["treated_n"] + card["control_n"]))]
    return Figure("lift_abs", t("Lift"), formats.points(card["lift"]), lines, [*arms, *_relative(card)])


def _relative(card: dict) -> list[str]:
    least = formats.points(card["detectable"]) if words.is_known(card["detectable"]) else ""
    said = [t("Smallest lift that so many people show in four cases of five: {least}", least=least)] if least else []
    if pd.isna(card["relative"]) or pd.isna(card["relative_low"]):
        return said
    return [t("As a part of what those held out did: {value} ({low} to {high})", value=formats.relative(card["relative"], 0),
              low=formats.relative(card["relative_low"], 0), high=formats.relative(card["relative_high"], 0)), *said]


def _bookings(card: dict, arms: list[str]) -> Figure:
    if not _told(card, "incremental"):
        return Figure("incremental_bookings", t("Extra bookings"), formats.DASH, _why(card), arms)
    span = formats.signed_interval(card["incremental_low"], card["incremental_high"])
    lines = [t("{interval} · of {n} booked", interval=span, n=formats.count(card["treated_booked"]))]
    made = t("{n} people written to × {lift}", n=formats.count(card["treated_n"]), lift=formats.points(card["lift"], 2))
    return Figure("incremental_bookings", t("Extra bookings"), formats.count(round(card["incremental"])), lines, [*arms, made])


def _margin(card: dict, currency: str) -> Figure:
    if not _told(card, "margin"):
        why = _why(card) if not _told(card, "lift") else [t("an exchange rate is missing")]
        return Figure("incremental_margin", t("Extra margin"), formats.DASH, why, [])
    low, high = (formats.compact_money(card[f"margin{end}"], currency) for end in ("_low", "_high"))
    made = [t("Margin per person written to: {amount}", amount=formats.money_exact(card["treated_margin"], currency)),
            t("Margin per person held out: {amount}", amount=formats.money_exact(card["control_margin"], currency)),
            t("× {n} people written to; whoever did not book counts as 0", n=formats.count(card["treated_n"]))]
    return Figure("incremental_margin", t("Extra margin"), formats.compact_money(card["margin"], currency),
                  [t("{low} to {high}", low=low, high=high), formats.n(int(card["treated_n"] + card["control_n"]))], made)


def _return(card: dict, currency: str) -> Figure:
    costs = [(t("Media"), card["media"]), (t("Discounts given"), card["discount"]), (t("Work"), card["staff"])]
    made = [f"{name}: {formats.money(amount, currency)}" for name, amount in costs if pd.notna(amount)]
    if pd.isna(card["cost"]):
        return Figure("romi_incremental", t("Return on cost"), formats.DASH, [t("cost not known")], made)
    cost = t("cost {amount}", amount=formats.compact_money(card["cost"], currency))
    if not _told(card, "romi"):
        return Figure("romi_incremental", t("Return on cost"), formats.DASH, [*_why(card), cost], made)
    low, high = (formats.relative(card[f"romi{end}"], 0) for end in ("_low", "_high"))
    return Figure("romi_incremental", t("Return on cost"), formats.relative(card["romi"], 0), [t("{low} to {high}", low=low, high=high), cost], made)


def _unsubscribed(card: dict, harm: pd.DataFrame) -> Figure:
    found = harm[harm["harm"] == "unsubscribed"].to_dict("records")
    if not found or not found[0]["n"]:
        known = not pd.isna(card["unsubscribed"]) and card["delivered"]
        lines = [formats.n_of(int(card["unsubscribed"]), int(card["delivered"]))] if known else [t("no messages")]
        return Figure("unsubscribe_rate", t("Unsubscribed"), formats.percent(card["unsubscribe_rate"], 2) if known else formats.DASH, lines, [])
    one = found[0]
    lines = [f"{formats.share_interval(one['low'], one['high'], 2)} · {formats.n(int(one['n']))}",
             t("others {rate}", rate=formats.percent(one["others_rate"], 2)) if one["others_n"] else t("no others to compare")]
    made = [t("{n} people unsubscribed of those it reached", n=formats.n_of(int(one["k"]), int(one["n"]))), t(words.COMPARED[one["verdict"]]).capitalize()]
    return Figure("unsubscribe_rate", t("Unsubscribed"), formats.percent(one["rate"], 2), lines, made)


def _split(card: dict) -> Figure:
    people = card["treated_n"] + card["control_n"]
    got = t("{n} held out: {share}", n=formats.n_of(int(card["control_n"]), int(people)), share=formats.percent(card["control_n"] / people)) if people else ""
    if pd.isna(card["srm_p"]):
        return Figure("srm_p", t("Split check"), formats.DASH, [t("nobody was held out") if not card["control_n"] else t("no share was planned")], [got])
    value = t("p {p}", p=formats.decimal(card["srm_p"], 2)) if card["srm_p"] >= 0.001 else t("p below {p}", p=formats.decimal(0.001, 3))
    planned = t("{planned} held out planned, {got} got", planned=formats.percent(card["holdout_bp"] / 10_000), got=formats.percent(card["control_n"] / people))
    return Figure("srm_p", t("Split check"), value, [planned], [got])


# --- the experiment -------------------------------------------------------------------------------------------------------------------
def experiment(card: dict, said: dict) -> None:
    """What was expected and how it was to be measured, and every look at the result; the planned reading is one."""
    readings = look(campaign_readings, campaign_id=int(card["campaign_id"]))
    with panel(plan_words.experiment_title(card, said, _fixed(card)), t("Hypothesis, measure, people and day, written down before the first message")):
        if said.get("hypothesis"):
            st.markdown(f"“{safe(said['hypothesis'])}”")
        small("  \n".join(f":gray[{safe(name)}] · {safe(text)}" for name, text in plan_words.planned(card, said)))
        for reading in readings:
            small(f"{_mark(reading)} {safe(plan_words.reading(reading, view().currency))}")
        if not readings:
            small(safe(t("The result was not read yet.")), grey=True)
        if not view().scope.may("campaign"):
            return
        if begun(card):
            _read(card, said, readings)
        else:
            st.page_link(PAGES / "planning.py", label=t("Go on planning"), icon=":material/edit_calendar:")


def _mark(reading: dict) -> str:
    return f":green-badge[{safe(t('as planned'))}]" if reading["kind"] == "planned" else f":orange-badge[{safe(t('before its day'))}]"


def _read(card: dict, said: dict, readings: list[dict]) -> None:
    due = bool(said.get("fixed_at") and said.get("stop_on") and said["stop_on"] <= view().scope.as_of)
    done = any(one["kind"] == "planned" for one in readings)
    if done:
        small(safe(t("The planned reading is done: what is looked at later changes nothing of it.")), grey=True)
        return
    if not due:
        small(safe(plan_words.peek_said(said)), grey=True)
    if st.button(t("Read the result") if due else t("Look at the result now"), icon=":material/fact_check:", key="read_result"):
        with told():
            act(read_result, campaign_id=int(card["campaign_id"]), kind="planned" if due else "peek", as_of=view().scope.as_of, result=result(card))
            st.rerun()


def result(card: dict) -> dict:
    """Return what a reading keeps of a campaign's figures; what is not told is None."""
    return {name: _plain(card[name]) for name in RESULT}


def _plain(value: object) -> object:
    if isinstance(value, str):
        return value
    number = float(value) if pd.notna(value) else math.nan
    return None if not math.isfinite(number) else int(number) if number == int(number) else round(number, 6)
