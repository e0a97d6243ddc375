"""The cards of the page of reviews: how we are doing, what guests talk about, who would recommend us, what waits, and what was written."""
from dataclasses import replace

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import interval, three_columns
from crm_core.i18n import N_, t
from crm_core.queries.feedback import GROUPS
from crm_core.records.review_search import search_reviews
from crm_core.records.reviews import review_texts
from crm_core.telling import feedback_words as words
from crm_core.telling import words as plain_words
from crm_core.ui import review_cards
from crm_core.ui.load import load, look, view
from crm_core.ui.parts import PAGES, chart, empty, mode, panel, selectable_chart, small
from crm_core.ui.text import safe

KEYS = ("review_index", "nps", "nps_weighted", "review_answer_rate", "answer_time_median", "survey_response_rate")
VIEWS = {"written": N_("Newest"), "critical": N_("Critical, unanswered"), "lowest": N_("Lowest first")}
BY = ("property", "platform", "language", "country", "party", "segment", "month")
PAGE = 12
LEAST = 30


def anything() -> bool:
    """Say whether the period has reviews."""
    return bool(load("review_count")["reviews"].iloc[0])


def nothing() -> None:
    """The page without reviews: what is missing and where it comes from."""
    empty(t("No reviews in this view"),
          t("No review or survey answer of these days is known. Bring in an export of a travel site, or ask your guests with a survey of your own."))
    with st.container(horizontal=True):
        st.page_link(PAGES / "data.py", label=t("Bring files in"), icon=":material/upload:")
        st.page_link(PAGES / "surveys.py", label=t("Surveys"), icon=":material/assignment:")


def formula() -> None:
    """How the index is made, for whoever wants to know."""
    with st.expander(t("How the index is made")):
        st.markdown(safe(t("Each score is put between the lowest and the highest of its scale, 0 to 100. It counts half as much every 90 days and by the weight "
                           "of its source; reviews older than 365 days are out. Ten reviews' worth of the all-time mean are added, so that a few reviews do not "
                           "shake it.")))
        st.code("index = (Σ w·r + 10·mean) / (Σ w + 10)      w = 2^(−days / 90) × source weight", language=None)
        small(safe(t("An index of our own with an open formula; not comparable with those of review services.")), grey=True)


# --- what they talk about -------------------------------------------------------------------------------------------------------
@st.fragment
def talk() -> None:
    """Aspects: how often named, how well spoken of, what changed; a row opens to where it comes from and to the texts."""
    found = load("aspects")
    covered = load("review_coverage")
    with panel(words.aspects_title(found), t("Positive share of mentions with 95% interval, and its change in points")):
        if found.empty:
            small(safe(_why_empty(covered)), grey=True)
            return
        picked = selectable_chart(_aspects(found), words.aspects_title(found), key="aspects")
        small(safe(words.coverage_said(covered)) + " · " + safe(t("languages that are only indicative are not among them")), grey=True)
        st.page_link(PAGES / "accuracy.py", label=t("How accurate is this?"), icon=":material/fact_check:")
        if picked in set(found["aspect"]):
            groups(picked)


def _why_empty(covered: pd.DataFrame) -> str:
    if covered["waiting"].sum():
        return t("The texts are not read yet: the background worker does it, some thousand an hour.")
    return t("No text of this period could be scored.")


def _aspects(found: pd.DataFrame) -> dict:
    enough = found["positive"] + found["negative"] >= LEAST
    hundred = lambda name: (100 * found[name]).where(enough)  # noqa: E731
    return three_columns.three_columns(
        mode(), [words.aspect(a) for a in found["aspect"]], found["rate"], [formats.percent(rate, 0) for rate in found["rate"]], hundred("share"), hundred("low"),
        hundred("high"), [words.change(row) for row in found.itertuples()], [words.TONES[v] for v in found["verdict"]],
        (t("named in"), t("positive share, %"), t("change")), say=lambda x: formats.count(round(x)), keys=found["aspect"],
        hover=[words.aspect_hover(row) for row in found.itertuples()])


def groups(aspect: str) -> None:
    """Where one aspect is praised and blamed: by property, month, language, floor, block, room …"""
    by = st.pills(t("Split by"), GROUPS, format_func=lambda g: t(words.GROUPS[g]), default="property", required=True, key="aspect_by", label_visibility="collapsed")
    found = load("aspect_groups", aspect=aspect, by=by, limit=20)
    found = found[found["texts"] > 0]
    if found.empty:
        small(safe(t("Nothing is known of this.")), grey=True)
        return
    title = words.groups_title(found, aspect, by, lambda g: group_name(by, g))
    st.markdown(f"**{safe(title)}**")
    texts = [t("{share} ({interval}) · {bad} of {texts}", share=formats.percent(r.blame), interval=formats.share_interval(r.blame_low, r.blame_high),
               bad=formats.count(r.bad), texts=formats.count(r.texts)) for r in found.itertuples()]
    tones = ["bad" if r.ratio_low > 1 else "good" if r.ratio_high < 1 else "line" for r in found.itertuples()]
    clicked = selectable_chart(interval.forest(mode(), [group_name(by, g) for g in found["group"]], 100 * found["blame"], 100 * found["blame_low"],
                                               100 * found["blame_high"], texts, tones=tones, say=lambda x: formats.percent(x / 100, 0), keys=found.index),
                               title, key=f"aspect_{aspect}_{by}")
    small(safe(t("Share of texts that blame it · red and green: beyond chance against all others")), grey=True)
    group = (by, _plain(found.loc[int(clicked), "group"])) if clicked is not None and int(clicked) in found.index else None
    st.markdown(f"**{safe(words.aspect(aspect))}** :small[:gray[{safe(group_name(*group)) if group else ''}]]")
    cards(load("review_list", aspect=aspect, group=group if by != "month" else None, limit=6)["review_id"].tolist(), "mentions")


def _plain(value: object) -> object:
    return value.item() if hasattr(value, "item") else value


def group_name(by: str, group: object) -> str:
    """Return a group of a split in words."""
    if by == "property":
        return str(load("properties").set_index("property_id")["name"].get(group, t("Not known")))
    if by == "month":
        return formats.month(pd.Timestamp(group).date())
    if by == "platform":
        return words.platform(str(group))
    if by == "language":
        return formats.language_name(str(group) or None) if group else t("Not known")
    if by == "country":
        return formats.territory(str(group) or None)
    return plain_words.group_name(by, group, {}) if by in plain_words.CODED and group else str(group) or t("Not known")


# --- who would recommend --------------------------------------------------------------------------------------------------------
def recommending() -> None:
    """NPS by group with its interval and the former value hollow, and how much of the change is mix."""
    by = st.session_state.get("nps_by") or "property"
    found = load("nps_groups", by=by)
    found = found[found["n"] > 0].sort_values("n", ascending=False).head(8).sort_values("nps", ascending=False)
    name = lambda g: group_name(by, g)  # noqa: E731
    with panel(words.nps_title(found, name), t("NPS with 95% interval · hollow: the comparison"), right=_nps_by):
        if found.empty:
            small(safe(t("Nobody answered the recommendation question in this period.")), grey=True)
            return
        texts = [_answered(r) for r in found.itertuples()]
        told = found["n"] >= LEAST
        tones = ["bad" if r.change_high < 0 else "good" if r.change_low > 0 else "accent" for r in found.itertuples()]
        chart(interval.forest(mode(), [name(g) for g in found["group"]], found["nps"].where(told), found["low"].where(told), found["high"].where(told), texts,
                              tones=tones, former=found["was_nps"].where(found["was_n"] >= LEAST), say=lambda x: formats.count(round(x))),
              words.nps_title(found, name), key=f"nps_{by}")
        _mix(found, by)


def _mix(found: pd.DataFrame, by: str) -> None:
    """How much of the change is the mix of guests: of the property that moved most, else of all together."""
    moved = words.moved_most(found) if by == "property" else None
    scope = view().scope if moved is None else replace(view().scope, properties=(int(moved),))
    if said := words.mix_said(load("nps_mix", scope), lambda g: group_name("segment", g)):
        small(safe(said if moved is None else f"{group_name('property', moved)}: {said}"))


def _answered(row) -> str:
    """A group's NPS with its n, or how many answers it has of those that it needs."""
    enough = row.n >= LEAST
    return f"{formats.signed(row.nps)} · {formats.n(int(row.n))}" if enough else t("{n} of {least}", n=formats.count(row.n), least=LEAST)


def _nps_by() -> None:
    st.selectbox(t("Split by"), BY, format_func=lambda by: t(words.GROUPS[by]), key="nps_by", label_visibility="collapsed", width=132)


def silent() -> None:
    """What those who did not answer would say: raw, weighted, and the band of what weighting cannot repair."""
    row = load("silent_guests").iloc[0]
    with panel(words.silent_title(row), t("NPS as answered, and weighted to all stays by way of booking, membership and nights")):
        if pd.isna(row.raw):
            small(safe(t("Nobody answered the recommendation question in this period.")), grey=True)
            return
        names, values = [t("As answered"), t("Weighted to all stays")], [row.raw, row.weighted]
        lows, highs = [row.raw_low, row.weighted_low], [row.raw_high, row.weighted_high]
        texts = [f"{formats.signed(v)} ({formats.signed_interval(a, b)})" for v, a, b in zip(values, lows, highs, strict=True)]
        chart(interval.forest(mode(), names, values, lows, highs, texts, tones=["line", "accent"], say=lambda x: formats.count(round(x))),
              words.silent_title(row), key="silent")
        small(safe(t("If the delighted and the angry answer up to half as often again as others, the truth lies between {low} and {high}: weighting alone does "
                     "not repair that.", low=formats.signed(row.band_low), high=formats.signed(row.band_high))))
        small(safe(formats.n(int(row.n))), grey=True)


# --- what waits -----------------------------------------------------------------------------------------------------------------
def waiting() -> None:
    """Unanswered reviews by age, with those that are critical."""
    found = load("waiting_reviews")
    with panel(words.waiting_title(found), t("Unanswered reviews by age · critical: 40 of 100 or less, safety, pests, discrimination")):
        with st.grid(5, min_column_width=50, gap="xsmall"):
            for row in found.itertuples():
                with st.container(gap="xxsmall"):
                    st.markdown(f"**{formats.count(row.reviews)}**")
                    late = row.age in ("3-7", "8-30", ">30")
                    critical = safe(t("{n} critical", n=formats.count(row.critical)))
                    small(f":red[**{critical}**]" if row.critical and late else critical, grey=not (row.critical and late))
                    small(safe(t(words.AGES[row.age])), grey=True)
        small(safe(t("days since published, whatever the period")), grey=True)
        st.page_link(PAGES / "answers.py", label=t("Answer them"), icon=":material/reply:")


# --- what they wrote ------------------------------------------------------------------------------------------------------------
@st.fragment
def written() -> None:
    """The reviews themselves: newest, critical, lowest, of an aspect, in a language, or with a word."""
    st.subheader(t("What guests wrote"), anchor=False)
    if not view().scope.may("contact"):
        small(safe(t("Your role sees figures, not texts.")), grey=True)
        return
    chosen, text, language = _choose()
    shown = st.session_state.get("reviews_shown", PAGE)
    ids, total = _found(chosen, text, language, shown)
    cards(ids, "written")
    if not ids:
        small(safe(t("No review fits.")), grey=True)
    elif total > len(ids):
        st.button(t("More: {n} of {total} shown", n=formats.count(len(ids)), total=formats.count(total)), on_click=_more, key="reviews_more")
    review_cards.corrections()


def _choose() -> tuple[str, str, str | None]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.pills(t("Show"), (*VIEWS, *words.ASPECTS), format_func=lambda v: t(VIEWS[v]) if v in VIEWS else words.aspect(v), default="written",
                          required=True, key="reviews_view", label_visibility="collapsed", width="stretch")
        text = st.text_input(t("Words in reviews"), key="reviews_text", placeholder=t("Search the texts"), label_visibility="collapsed", width=220)
        langs = load("review_coverage")["language"].tolist()
        language = st.selectbox(t("Language"), [None, *filter(None, langs)], format_func=lambda code: formats.language_name(code) if code else t("All languages"),
                                key="reviews_language", label_visibility="collapsed", width=160)
    return chosen, text.strip(), language


def _found(chosen: str, text: str, language: str | None, most: int) -> tuple[list[int], int]:
    """The ids to show, and how many there are; a search looks through all reviews of the properties, whatever the period."""
    if text:
        ids = look(search_reviews, text=text, limit=most + 1)
        return ids[:most], len(ids)
    asked = {"view": chosen} if chosen in VIEWS else {"aspect": chosen}
    asked |= {"language": language} if language else {}
    return load("review_list", **asked, limit=most)["review_id"].tolist(), int(load("review_count", **asked)["reviews"].iloc[0])


def _more() -> None:
    st.session_state["reviews_shown"] = min(st.session_state.get("reviews_shown", PAGE) + PAGE, 96)


def cards(ids: list[int], key: str) -> None:
    """Draw reviews as cards, three beside each other; nothing for a role that may not read texts."""
    if not ids or not view().scope.may("contact"):
        return
    found = look(review_texts, ids=[int(i) for i in ids])
    for start in range(0, len(found), 3):
        for column, card in zip(st.columns(3), found[start:start + 3], strict=False):
            with column, st.container(key=f"{key}_{card['id']}", height="stretch"):
                review_cards.draw(card, actions=key == "written")
