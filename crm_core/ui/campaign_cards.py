"""The charts of one campaign: for whom it worked, what rules credit, how its list was made, its funnel, its days, its arms, what it annoyed."""
import json

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import credited, fall, interval, survival, trend
from crm_core.i18n import t, tn
from crm_core.marts.fields import FIELDS
from crm_core.outreach.waterfall import REASONS
from crm_core.queries.campaigns import UNTOLD
from crm_core.records.audience_cards import audience_card
from crm_core.rule import BadRule, loads
from crm_core.ui import campaign_words as words
from crm_core.ui import rule_editor, rule_words
from crm_core.ui.attribution_words import PUBLISHED
from crm_core.ui.load import load, look, view
from crm_core.ui.parts import PAGES, chart, mode, panel, small
from crm_core.ui.text import safe

USUAL = ("trip", "is_member", "stays_before")  # looked at where the plan named no groups
SHOWN = 30
# Those of the lab that are shown here: what vendors publish, and the last touch.
RULES = (*PUBLISHED, "last_touch")
FUNNEL = ("sent", "delivered", "opened_human", "machine_opened", "clicked", "booked")
WEEK = 7
LOW = 112  # px of a chart of one row: below, Plotly cuts what stands above it


# --- for whom --------------------------------------------------------------------------------------------------------------------------
def groups(card: dict) -> None:
    """The lift overall and in the groups that the plan named beforehand; all groups on demand, told beside how many were looked at."""
    named = json.loads(card["groups_said"] or "[]")
    found = load("campaign_groups", campaign=int(card["campaign_id"]), **({} if named else {"traits": USUAL}))
    with panel(words.groups_title(card, found)):
        if card["verdict"] in UNTOLD:
            small(safe(words.whole(words.verdict(card, view().currency))), grey=True)
        else:
            _looked_at(card, found, bool(named))


@st.fragment
def _looked_at(card: dict, found: pd.DataFrame, named: bool) -> None:
    """The groups; those that nobody named beforehand after a click."""
    scan = bool(st.session_state.get("all_groups"))
    shown = load("campaign_groups", campaign=int(card["campaign_id"]), scan=True) if scan else found
    st.caption(safe(_groups_said(card, named, scan)))
    _forest(card, shown[shown["few"] == 0].head(SHOWN), words.groups_title(card, found))
    if scan or named:
        small(safe(words.looks(shown)))
    if left := int((shown["few"] == 1).sum()):
        small(safe(tn("{n} group with fewer than 30 people in an arm is not told.", "{n} groups with fewer than 30 people in an arm are not told.", left,
                      n=formats.count(left))), grey=True)
    st.toggle(t("Look at all groups"), key="all_groups", help=t("The more groups one looks at, the more of them look like an effect by chance."))


def _groups_said(card: dict, named: bool, scan: bool) -> str:
    which = t("all groups, found afterwards") if scan else t("groups named before the start") if named else t("usual groups, not named before the start")
    return t("Booked within {days}, written to less held out, in points · 95% interval · {which}", days=formats.days(card["window_days"]), which=which)


def _forest(card: dict, told: pd.DataFrame, title: str) -> None:
    places = load("properties").set_index("property_id")["name"].to_dict()
    overall = (None, None, None) if card["verdict"] == "few" else (card["lift"], card["low"], card["high"])
    rows = [(t("All"), *overall), *((words.group(r.trait, r.value, places), r.lift, r.low, r.high) for r in told.itertuples())]
    labels, lifts, lows, highs = (list(column) for column in zip(*rows, strict=True))
    texts = [words.lifted(*row[1:]) for row in rows]
    hundred = lambda values: [100 * value if pd.notna(value) else None for value in values]  # noqa: E731
    chart(interval.forest(mode(), labels, hundred(lifts), hundred(lows), hundred(highs), texts, overall=True, no_effect=t("no effect"),
                          say=words.axis), title, key="groups")


# --- what rules credit --------------------------------------------------------------------------------------------------------------------
def rules(card: dict) -> None:
    """What each rule credits the campaign with, split into what would have come anyway and the rest, below what was caused."""
    found = load("credits_by_rule", campaign=int(card["campaign_id"]))
    caused = found[found["rule"] == "holdout_lift"]
    others = found[found["rule"].isin(RULES) & found["bookings"].notna()].sort_values("bookings")
    title = words.credits_title(pd.concat([caused, others]))
    with panel(title, t("Bookings credited by each rule, an upper bound and no effect · hatched: would have come anyway")):
        if not others["bookings"].sum() and caused["bookings"].isna().all():
            small(safe(t("No rule credits this campaign with a booking.")), grey=True)
        else:
            _credited(caused, others, title)
            small(safe(t("What came anyway is a share of each rule's bookings: as large as among all who booked after they were written to. No rule subtracts it.")
                       if caused["bookings"].notna().any() else t("How much of it would have come anyway nobody can tell: no effect is known.")), grey=True)
        st.page_link(PAGES / "attribution.py", label=t("Attribution lab"), query_params={"campaign": str(int(card["campaign_id"]))}, icon=":material/balance:")


def _credited(caused: pd.DataFrame, others: pd.DataFrame, title: str) -> None:
    rows = pd.concat([caused[caused["bookings"].notna()], others])
    labels = [words.rule(code) for code in rows["rule"]]
    notes = [t("({interval})", interval=formats.signed_interval(r.low, r.high)) if pd.notna(r.low) else words.came_anyway(r) for r in rows.itertuples()]
    anyway = rows["came_anyway"].where(rows["rule"] != "holdout_lift", 0)
    accent = labels[:1] if caused["bookings"].notna().any() else []
    chart(credited.credited(mode(), labels, rows["bookings"], anyway, [formats.count(round(n)) for n in rows["bookings"]], notes=notes, lows=rows["low"],
                            highs=rows["high"], accent=accent), title, key="rules")


# --- how the list was made ----------------------------------------------------------------------------------------------------------------
def audience(card: dict) -> None:
    """From the selected to the delivered: how many were left after each step, and what was removed there, as it was frozen."""
    made = look(audience_card, id=int(card["audience_id"])) if pd.notna(card["audience_id"]) else None
    steps = [tuple(step) for step in (made or {}).get("steps", [])]
    if not made or not steps:
        title = t("How the list was made is not known") if pd.notna(card["started_on"]) else t("Nobody is chosen yet")
        with panel(title, t("People left after each step, from the selected to those written to")):
            small(safe(_without(card, made)), grey=True)
            if pd.isna(card["started_on"]):
                st.page_link(PAGES / "audiences.py", label=t("Draw an audience"), icon=":material/group_add:")
        return
    title = words.fall_title(steps, made["left"], REASONS)
    with panel(title, t("People left after each step · hatched: removed there, and why · frozen on {day}", day=formats.date(made["as_of"]))):
        labels, left, gone = (list(column) for column in zip(*_steps(steps, card), strict=True))
        chart(fall.fall(mode(), labels, left, gone, [formats.count(n) for n in left], notes=[_gone(n) for n in gone], accent=labels[-2:]), title, key="audience")
        small(safe(words.left_said([*made["left"], *_own_lot(card)], REASONS)))
        small(safe(_definition(made)), grey=True)
        st.page_link(PAGES / "audiences.py", label=t("Open the audience"), query_params={"audience": str(made["id"])}, icon=":material/group:")


def _without(card: dict, made: dict | None) -> str:
    if made:
        return t("The audience was saved without its steps: {name}.", name=made["name"])
    if pd.isna(card["started_on"]):
        return t("No audience is drawn for this campaign yet.")
    return t("This campaign came from a file: its platform does not say whom it selected, and whom it left out.")


def _steps(steps: list[tuple[str, int]], card: dict) -> list[tuple[str, int, int]]:
    """The rows of the fall: name, people left, people removed."""
    before = [steps[0][1], *(n for _, n in steps)]
    rows = [(t(words.WAY[step]), n, was - n) for (step, n), was in zip(steps, before, strict=False) if step in words.WAY]
    arrived = pd.notna(card["delivered"]) and card["sent"]
    return [*rows, *([(t(words.STEPS["delivered"]), int(card["delivered"]), int(card["bounced"]))] if arrived else [])]


def _gone(n: int) -> str:
    return f"{formats.MINUS}{formats.count(n)}" if n else ""


def _own_lot(card: dict) -> list[tuple[str, str, int]]:
    """Those whom the campaign's own lot holds out: they are in its arms, not among those who left."""
    return [("not_held_out", "held_out", int(card["control_n"]))] if card["control_n"] else []


def _definition(made: dict) -> str:
    """Whom the audience meant on that day, in words."""
    said = made["definition"].get("rule")
    try:
        words_ = rule_words.sentence(loads(said if isinstance(said, str) else json.dumps(said), FIELDS), rule_editor.names(), view().currency) if said else ""
    except (BadRule, TypeError, ValueError):
        words_ = t("its rule cannot be read any more")
    return t("“{name}”: {definition}", name=made["name"], definition=words_) if words_ else t("“{name}”", name=made["name"])


# --- what became of the messages --------------------------------------------------------------------------------------------------------------
def funnel(card: dict) -> None:
    """From sent to booked: each step with its numerator and denominator; openings by machines stand apart."""
    found = load("campaign_funnel", campaign=int(card["campaign_id"])).set_index("step")
    title = words.funnel_title(found["n"].to_dict())
    with panel(title, t("Arrived and booked of those sent; opened by a person of those that can be told, by a machine and clicked of those that arrived · "
                        "openings are not a measure of success")):
        if not found["n"].get("sent"):
            small(safe(t("No single message is known.")), grey=True)
            return
        rows = found.loc[[step for step in FUNNEL if pd.notna(found["n"].get(step))]]
        labels = [t(words.STEPS[step]) for step in rows.index]
        chart(fall.fall(mode(), labels, rows["n"], [None] * len(rows), [formats.count(n) for n in rows["n"]],
                        notes=[words.share_of(r, found["n"]) for r in rows.itertuples()], accent=(t(words.STEPS["clicked"]),)), title, key="funnel")
        small(safe(words.funnel_said(found["n"], card["reported_opens"])), grey=True)


def days(card: dict) -> None:
    """When people acted, and how both arms came to book, day by day since the assignment."""
    found = load("campaign_days", campaign=int(card["campaign_id"]))
    told = bool(card["is_ripe"])
    title = words.days_title(found, told)
    with panel(title, t("Share of everyone assigned who had booked by each day since sending; below: opened by people, and clicked, by day")):
        if found.empty:
            small(safe(t("The first day is not over.")), grey=True)
            return
        until = max(int(card["window_days"]), 1)
        arms = [(t("written to"), "treated_share", "accent"), (t("held out"), "control_share", "grey")]
        curves = [survival.Curve(name, found["day"].tolist(), found[column].tolist(), end=formats.percent(found[column].iloc[-1]), tone=tone)
                  for name, column, tone in arms if found[column].notna().all() and told]
        if curves:
            chart(survival.survival(mode(), curves, until=until, ticks=list(range(0, until + 1, WEEK)), under=t("days since it was sent"),
                                    say=formats.round_percent, height=230), title, key="days")
        elif not told:
            small(safe(t("How both arms booked is told on {day}, when the window is over.", day=formats.date(card["ripe_on"]))), grey=True)
        acted = [(name, column) for name, column in ((t("Opened by people"), "opened"), (t("Clicked"), "clicked")) if found[column].sum()]
        with st.grid(2, min_column_width=200, gap="small"):
            for name, column in acted:
                _acted(found.head(2 * WEEK), name, column)
        if told and not curves and not acted:
            small(safe(t("Nobody opened or clicked, and nobody was assigned to an arm.")), grey=True)


def _acted(shown: pd.DataFrame, name: str, column: str) -> None:
    """How many did something on each of the first days."""
    with st.container(gap="xxsmall"):
        small(safe(name), grey=True)
        texts = [formats.count(n) if n else "" for n in shown[column]]
        chart(trend.trend(mode(), [formats.count(day) for day in shown["day"]], shown[column], None, [True] * len(shown), texts, say=formats.count, height=110),
              t("{name} by day", name=name), key=f"days_{column}")


# --- its arms -----------------------------------------------------------------------------------------------------------------------------------
def arms(card: dict) -> None:
    """Each variant beside those held out, and what is known of the difference between two variants."""
    found = load("campaign_arms", campaign=int(card["campaign_id"]))
    title = words.arms_title(found) if card["is_ripe"] else t("Each arm beside those held out")
    with panel(title, t("Booked within the window; difference from those compared with, in points · 95% interval")):
        if found.empty:
            small(safe(t("Nobody was assigned to an arm: who was held out, or got which variant, is not known.")), grey=True)
            return
        told = found[found["lift"].notna()]
        if len(told):
            _beside(told, title)
        for row in found.itertuples():
            said = words.arm_said(row, view().currency, bool(card["is_ripe"]))
            small(f"**{safe(words.arm(row.arm, row.cell))}** · {safe(said)}")
        if len(told) > 1:
            small(safe(t("That one arm shows an effect and another does not is no proof that they differ: only their own difference is.")), grey=True)


def _beside(told: pd.DataFrame, title: str) -> None:
    """Each arm's difference from the one it is compared with."""
    texts = [words.lifted(r.lift, r.low, r.high) for r in told.itertuples()]
    nothing = t("no effect") if (told["against"] == "held_out").all() else t("no difference")
    chart(interval.forest(mode(), [words.arm(r.arm, r.cell) for r in told.itertuples()], *(100 * told[name] for name in ("lift", "low", "high")), texts,
                          tones=["accent"] * len(told), no_effect=nothing, say=words.axis, height=LOW if len(told) == 1 else None), title, key="arms")


def harm(card: dict) -> None:
    """How often people unsubscribed, complained or had moved, beside all other campaigns of its way and purpose."""
    found = load("campaign_harm", campaign=int(card["campaign_id"]))
    found = found[found["n"] > 0] if len(found) else found
    with panel(words.harm_title(found) if len(found) else t("What it annoyed"), t("Share of the messages that arrived (came back: of those sent) · 95% interval")):
        if found.empty:
            small(safe(t("No single message is known.")), grey=True)
        for row in found.itertuples():
            tone = ":red[:material/trending_up:] " if row.verdict == "more" else ":green[:material/trending_down:] " if row.verdict == "less" else ""
            st.markdown(f"{tone}**{safe(t(words.HARMS[row.harm]))}**  \n:small[{safe(words.harm(row))}]")
