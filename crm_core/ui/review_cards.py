"""Review cards: what a guest wrote, character by character, with the clauses marked that praise or blame, and what can be done about it."""
import streamlit as st

from crm_core import formats
from crm_core.i18n import t, tn
from crm_core.records.corrections import correct_mention, correct_review
from crm_core.telling import feedback_words as words
from crm_core.ui.load import act, view
from crm_core.ui.parts import PAGES, filled, guest_link, small, told
from crm_core.ui.text import safe

TONES = {"positive": "green", "negative": "red"}
BOXES = ("title", "text", "liked", "disliked")
HEADS = {"liked": "thumb_up", "disliked": "thumb_down"}
LONGEST = 700  # characters of a box on a card


def marked(text: str, spans: list[tuple[int, int, str]]) -> str:
    """Return guest text as Markdown that shows exactly its characters, with the spans (start, end, palette name) marked; what overlaps is
    marked once."""
    out, at = [], 0
    for start, end, tone in sorted(spans):
        if start < at or not text[start:end].strip():
            continue
        out += [safe(text[at:start]), f" :{tone}-background[{safe(text[start:end])}] "]
        at = end
    return "".join([*out, safe(text[at:])])


def spans(card: dict, box: str) -> list[tuple[int, int, str]]:
    """Return the marked clauses of one box: blame before praise where a clause holds both, nothing for what is neutral."""
    found: dict[tuple[int, int], str] = {}
    for m in card["mentions"]:
        if m["box"] == box and m["label"] in TONES:
            place = (m["start"], m["stop"])
            found[place] = "red" if "red" in (found.get(place), TONES[m["label"]]) else "green"
    return [(start, stop, tone) for (start, stop), tone in found.items()]


def draw(card: dict, *, actions: bool = True, whole: bool = False) -> None:
    """Draw one review: score, source and date, language and answer; its text; where and when; pleased and annoyed by; what can be done."""
    with st.container(border=True, height="stretch", gap="xsmall"):
        _head(card)
        body(card, whole)
        _foot(card)
        if actions and view().scope.may("feedback"):
            st.space("stretch")
            _actions(card)


def body(card: dict, whole: bool = False) -> None:
    """Write what the guest wrote, each box by itself."""
    said = [box for box in BOXES if card[box]]
    for box in said:
        text = card[box] if whole or len(card[box]) <= LONGEST else card[box][:LONGEST] + " …"
        icon = f":gray[:material/{HEADS[box]}:] " if box in HEADS else ""
        line = marked(text, [s for s in spans(card, box) if s[1] <= len(text)])
        st.markdown(icon + (f"**{line}**" if box == "title" else line))
    if not said:
        small(safe(t("No words, a score only.")), grey=True)


def _head(card: dict) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        when = formats.date(card["reviewed_on"]) if card["reviewed_on"] else ""
        st.markdown(f"**{safe(words.rating(card['score_bp'], card['nps']))}** :small[· {safe(words.platform(card['platform']))} · {safe(when)}]", width="stretch")
        if lang := (card["score"] or {}).get("language") or card["language"]:
            st.badge(safe(lang), color="gray")
        answer = answer_state(card)
        if answer:
            st.badge(safe(answer[0]), color=answer[1])


def answer_state(card: dict) -> tuple[str, str] | None:
    """Return whether a review is answered and the colour of that; None where nobody can answer."""
    if card["answered_at"]:
        return t("answered"), "green"
    if not card["is_answerable"] or not card["reviewed_on"]:
        return None
    days = max(0, (view().scope.as_of - card["reviewed_on"]).days)
    return t("unanswered {days}", days=formats.days(days)), "orange"


def _foot(card: dict) -> None:
    where = [card["property"], *([t("room {room}", room=card["room"])] if card["room"] else []), *([_nights(card["nights"])] if card["nights"] else [])]
    small(safe(" · ".join(where)), grey=True)
    for icon, label in (("thumb_up", "positive"), ("thumb_down", "negative")):
        named = list(dict.fromkeys(m["aspect"] for m in card["mentions"] if m["label"] == label and m["aspect"] != "general"))
        if named:
            small(f":material/{icon}: {safe(formats.listed([words.aspect(a).lower() for a in named]))}")
    if concern := (card["score"] or {}).get("concern"):
        small(f":red[:material/warning: {safe(t('speaks of {concern}', concern=t(words.CONCERNS.get(concern, concern))))}]")
    if card["guest_id"]:
        guest_link(card["guest_id"], card["name"] or "", icon=":material/person:")


def _nights(n: int) -> str:
    return tn("{n} night", "{n} nights", n, n=formats.count(n))


def _actions(card: dict) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        if card["is_answerable"] or card["answered_at"]:
            st.page_link(PAGES / "answers.py", label=t("See answer") if card["answered_at"] else t("Answer"), query_params={"review": str(card["id"])})
        if card["words"]:
            st.button(t("Correct a mark"), type="tertiary", key=f"correct_{card['id']}", on_click=_correct, args=(card,))
        if view().scope.may("case"):
            label, target = (t("See case"), {"case": str(card["case_id"])}) if card["case_id"] else (t("Open a case"), {"review": str(card["id"])})
            st.page_link(PAGES / "case.py", label=label, query_params=target)


def _correct(card: dict) -> None:
    """Open the correction after the run: a dialog cannot be drawn in a callback."""
    st.session_state["correcting"] = card


def corrections() -> None:
    """Draw the dialog of a correction where one was asked for."""
    if card := st.session_state.pop("correcting", None):
        _dialog(card)


def _dialog(card: dict) -> None:
    @st.dialog(t("Correct what was read"), width="medium")
    def shown() -> None:
        body(card, whole=True)
        small(safe(t("Your correction stands in the place of the machine's label and counts in its accuracy.")), grey=True)
        names = list(words.LABELS)
        say = lambda label: t(words.LABELS[label])  # noqa: E731
        review = st.segmented_control(t("The whole review"), names, format_func=say, default=card["label"] or None, key=f"label_{card['id']}")
        clauses = {m["id"]: st.segmented_control(safe(f"{words.aspect(m['aspect'])}: {card[m['box']][m['start']:m['stop']][:90]}"), names, format_func=say,
                                                 default=m["label"] or None, key=f"label_{card['id']}_{m['id']}") for m in card["mentions"]}
        if st.button(t("Save"), type=filled(), key=f"save_{card['id']}"):
            with told():
                _save(card, review, clauses)
                st.rerun()
    shown()


def _save(card: dict, review: str | None, clauses: dict[int, str | None]) -> None:
    if review and review != card["label"]:
        act(correct_review, review_id=card["id"], label=review)
    for m in card["mentions"]:
        if (label := clauses[m["id"]]) and label != m["label"]:
            act(correct_mention, review_id=card["id"], box=m["box"], start=m["start"], stop=m["stop"], aspect=m["aspect"], label=label)
