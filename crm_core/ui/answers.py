"""The response desk: what waits, who answers how fast, and one review with the answer that a person writes and posts."""
import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.i18n import N_, language, t
from crm_core.queries.answers import AGES
from crm_core.records.registry import Stale
from crm_core.records.review_answers import (
    FITS,
    archive_template,
    begun,
    fitting,
    mark_answered,
    save_answer_draft,
    save_template,
    take_back_answer,
    templates,
)
from crm_core.records.reviews import review_card, review_texts
from crm_core.telling import feedback_words as words
from crm_core.ui import review_cards
from crm_core.ui.feedback import group_name
from crm_core.ui.load import act, load, look, view
from crm_core.ui.parts import empty, filled, panel, small, table_height, told
from crm_core.ui.text import plain, safe

KEYS = ("review_answer_rate", "answer_time_median", "answer_time_p90", "loop_closed_rate")
FIT_NAMES = {"praise": N_("Praise"), "complaint": N_("Complaint"), "mixed": N_("Praise and blame"), "no_text": N_("No words")}
WHO = {"who": N_("Who answers"), "platform": N_("Platform"), "language": N_("Language"), "property": N_("Property")}
SHOWN = 25
FALLBACK = "en"


# --- what waits --------------------------------------------------------------------------------------------------------------------
def queue() -> None:
    """The reviews that wait, the critical ones first; one that is ticked is opened beside it."""
    total = int(load("waiting_reviews")["reviews"].sum())
    with panel(words.waiting_title(load("waiting_reviews")), t("Of the period, critical ones first, then the longest wait")):
        found = load("review_list", view="waiting", limit=SHOWN)
        if found.empty:
            small(safe(t("Nothing of this period waits for an answer.") if total else t("Every review is answered.")), grey=True)
            return
        picked = st.dataframe(_rows(found), hide_index=True, row_height=34, height=table_height(len(found), 10), key="desk_queue", on_select="rerun",
                              selection_mode="single-row", alt=t("Reviews that wait for an answer")).selection.rows
        if picked:
            st.session_state["desk_review"] = int(found["review_id"].iloc[picked[0]])
        small(safe(t("{n} wait in all, whatever the period", n=formats.count(total))), grey=True)


def _rows(found: pd.DataFrame) -> pd.DataFrame:
    texts = {card["id"]: card for card in look(review_texts, ids=found["review_id"].astype(int).tolist())} if view().scope.may("contact") else {}
    first = lambda card: plain(next((card[box] for box in review_cards.BOXES if card[box]), "") if card else "")[:80]  # noqa: E731
    return pd.DataFrame({
        t("Score"): [formats.decimal(r / 10) if r == r else "" for r in found["rating"]], t("Waits"): [formats.days(m // 1440) for m in found["wait_minutes"]],
        t("Critical"): ["●" if c else "" for c in found["is_critical"]], t("Platform"): [words.platform(p) for p in found["platform"]],
        t("Language"): [str(x or "") for x in found["language"]], t("Property"): [group_name("property", p) for p in found["property_id"]],
        t("Begins with"): [first(texts.get(int(i))) for i in found["review_id"]]})


def ages() -> None:
    """How many wait for how long, with the critical ones."""
    found = load("waiting_reviews").set_index("age")
    with panel(t("How long they wait"), t("Unanswered reviews by age in days")):
        with st.grid(5, min_column_width=50, gap="xsmall"):
            for _, age in AGES:
                with st.container(gap="xxsmall"):
                    st.metric(t(words.AGES[age]), formats.count(found.loc[age, "reviews"]))
                    critical = int(found.loc[age, "critical"])
                    small(f":red[{safe(t('{n} critical', n=formats.count(critical)))}]" if critical else safe(t("none critical")), grey=not critical)


@st.fragment
def answering() -> None:
    """Who answers how much and how fast."""
    by = st.session_state.get("answering_by") or "who"
    found = load("answering", by=by)
    with panel(t("Who answers, and how fast"), t("Reviews of the period · times by Kaplan-Meier: what waits counts too"), right=_by):
        if found.empty:
            small(safe(t("Nobody has answered a review of this period yet.")), grey=True)
            return
        named = (lambda g: str(g) or t("Not known")) if by == "who" else (lambda g: group_name(by, g))
        table = pd.DataFrame({t(WHO[by]): [plain(named(g)) for g in found["group"]], t("Reviews"): [formats.count(n) for n in found["reviews"]],
                              t("Answered"): [_share(row) for row in found.itertuples()], t("Median"): [_hours(h) for h in found["hours"]],
                              t("90% within"): [_hours(h) for h in found["hours_90"]]})
        st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(table), 8), alt=t("Answers by who, platform, language or property"))


def _by() -> None:
    st.selectbox(t("Split by"), list(WHO), format_func=lambda by: t(WHO[by]), key="answering_by", label_visibility="collapsed", width=150)


def _share(row) -> str:
    return formats.count(row.answered) if pd.isna(row.share) else f"{formats.percent(row.share, 0)} ({formats.share_interval(row.low, row.high, 0)})"


def _hours(hours: float) -> str:
    if pd.isna(hours):
        return t("not reached")
    return t("{n} h", n=formats.decimal(hours, 0)) if hours < 48 else formats.days(round(hours / 24, 1), 1)


# --- one review ----------------------------------------------------------------------------------------------------------------------
def chosen() -> int | None:
    """Return the review that the link or the queue names."""
    asked = str(st.session_state.get("desk_review") or st.query_params.get("review", ""))
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 16 else None


def desk() -> None:
    """The chosen review, and beside it the answer as a person writes it."""
    if not view().scope.may("contact"):
        return
    card = look(review_card, id=chosen()) if chosen() else None
    if card is None:
        if chosen():
            empty(t("There is no such review"), t("The link may be old, or the review may belong to a property that is not yours."))
        return
    left, right = st.columns(2)
    with left:
        review_cards.draw(card, actions=False, whole=True)
    with right:
        _answer(card)


def _answer(card: dict) -> None:
    with panel(t("Answered") if card["answered_at"] else t("Your answer"), t("Innsight never sends or posts anything: copy the text to where the review stands.")):
        if not view().scope.may("feedback"):
            small(safe(card["answer"] or t("Your role does not answer reviews.")), grey=True)
        elif card["answered_at"]:
            _posted(card)
        else:
            _draft(card)


def _posted(card: dict) -> None:
    st.text(card["answer"] or "")
    who = t("{who}, {day}", who=card["answered_by"] or t("Not known"), day=formats.date(pd.Timestamp(card["answered_at"]).date()))
    small(safe(who), grey=True)
    if st.button(t("Take the answer back"), key="take_back", type="tertiary"):
        _done(take_back_answer, id=card["id"], version=card["version"])


def _draft(card: dict) -> None:
    """A text begun from a template in the guest's language, edited by a person, kept as a draft or marked as posted."""
    key = f"answer_{card['id']}"
    version = _begun(card, key)
    _templates(card, key)
    text = st.text_area(t("Answer"), key=key, height=220, label_visibility="collapsed", max_chars=8000)
    by = st.text_input(t("Who answers"), value=view().scope.user, key=f"by_{card['id']}", width=220)
    with st.container(horizontal=True):
        if st.button(t("I posted it: mark as answered"), key="mark", type=filled(), disabled=not text.strip()):
            _done(mark_answered, id=card["id"], version=version, text=text, by=by)
        if st.button(t("Save draft"), key="draft"):
            _done(save_answer_draft, id=card["id"], version=version, draft=text)


def _begun(card: dict, key: str) -> int:
    """Return the version that the text on the screen was begun from. A page that is drawn anew reads a newer one: what somebody else wrote
    meanwhile is taken over only where nothing was typed."""
    version, draft = st.session_state.get(f"{key}_begun", (None, ""))
    if key not in st.session_state or (version != card["version"] and st.session_state[key] == draft):
        version, st.session_state[key] = card["version"], card["draft"] or ""
        st.session_state[f"{key}_begun"] = (version, card["draft"] or "")
    return version


def _templates(card: dict, key: str) -> None:
    lang = (card["score"] or {}).get("language") or card["language"] or FALLBACK
    found = look(templates, language=lang) or look(templates, language=FALLBACK)
    fits = fitting(card)
    order = sorted(found, key=lambda one: (one["fits"] != fits, FITS.index(one["fits"]), one["name"]))
    names = {f"{i}": one for i, one in enumerate(order)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        say = lambda i: f"{names[i]['name']} · {t(FIT_NAMES[names[i]['fits']])}"  # noqa: E731
        picked = st.selectbox(t("Begin with"), list(names), format_func=say, key=f"template_{card['id']}")
        if picked is not None:
            st.button(t("Fill in"), key=f"fill_{card['id']}", on_click=_fill, args=(key, begun(card, names[picked])))
    if found and found[0]["language"] != lang:
        small(safe(t("There is no template in {language}: this one is English.", language=formats.language_name(lang))), grey=True)


def _fill(key: str, text: str) -> None:
    st.session_state[key] = text


def _done(action, **values) -> None:
    """Do what was asked and draw the page anew; where somebody was faster, show what stands there and keep what was typed."""
    try:
        with told():
            try:
                act(action, **values)
            except Stale as stale:
                st.text(stale.current.get("answer") or stale.current.get("draft") or "")
                st.session_state[f"answer_{values['id']}_begun"] = (stale.current["version"], None)  # who has seen it may save over it
                raise
            st.session_state.pop(f"answer_{values['id']}", None)
            st.rerun()
    finally:
        st.session_state["desk_review"] = values["id"]


# --- templates -------------------------------------------------------------------------------------------------------------------------
@st.fragment
def template_editor() -> None:
    """The texts that answers begin with: by language and kind of review, edited, added, put away."""
    if not view().scope.may("feedback"):
        return
    with st.expander(t("Templates")):
        found = look(templates)
        langs = sorted({one["language"] for one in found})
        spoken = langs.index(language()) if language() in langs else langs.index(FALLBACK)
        lang = st.selectbox(t("Language"), langs, spoken, format_func=formats.language_name, key="template_language", width=220)
        mine = [one for one in found if one["language"] == lang]
        say = lambda i: t("A new one") if i is None else mine[i]["name"]  # noqa: E731
        picked = st.selectbox(t("Template"), [None, *range(len(mine))], format_func=say, key="template_picked")
        _edit(lang, mine[picked] if picked is not None else None)


def _edit(lang: str, one: dict | None) -> None:
    tag = f"{lang}_{one['name'] if one else 'new'}"
    name = st.text_input(t("Name"), value=one["name"] if one else "", key=f"name_{tag}")
    fits = st.segmented_control(t("Fits"), FITS, format_func=lambda f: t(FIT_NAMES[f]), default=one["fits"] if one else "praise", required=True, key=f"fits_{tag}")
    text = st.text_area(t("Text"), value=one["text"] if one else "", height=180, key=f"text_{tag}", help=t("{guest}, {property} and {aspects} are filled in."))
    with st.container(horizontal=True):
        if st.button(t("Save"), key=f"save_{tag}"):
            with told():
                act(save_template, language=lang, fits=fits, name=name, text=text, **({"id": one["id"], "version": one["version"]} if one and one["id"] else {}))
                st.rerun()
        if one and st.button(t("Put away"), key=f"away_{tag}", type="tertiary"):
            with told():
                own = {"id": one["id"], "version": one["version"]} if one["id"] else {"language": lang, "name": one["name"]}
                act(archive_template, **own)
                st.rerun()
