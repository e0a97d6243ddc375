"""Labelling reviews of one's own house, drawn at random and without the machine's marks, and fitting the scorer to them."""
import streamlit as st

from crm_core import jobs
from crm_core.i18n import t
from crm_core.jobs import fitting
from crm_core.records.corrections import correct_review, corrections_for_accuracy, to_label
from crm_core.records.reviews import review_card
from crm_core.telling.feedback_words import LABELS
from crm_core.ui import accuracy_words as words
from crm_core.ui import review_cards
from crm_core.ui.load import act, look, view
from crm_core.ui.parts import panel, small, told
from crm_core.ui.text import safe

ICONS = {"positive": "thumb_up", "neutral": "thumbs_up_down", "negative": "thumb_down"}
SEED = 6  # the same draw for everybody: two people who label do not choose what they like


def _may() -> bool:
    return view().scope.may("feedback") and view().scope.may("contact")


@st.fragment
def labelling() -> None:
    """One review after the other, as the guest wrote it: what is it on the whole?"""
    if not _may():
        return
    n = words.judged(look(corrections_for_accuracy))
    with panel(t("Label 100 of your own reviews"), t("Drawn at random; what the scorer said stays hidden until you have judged")):
        st.progress(min(1.0, n / words.WANTED), text=safe(words.progress_said(n)))
        passed = st.session_state.setdefault("label_passed", [])
        ids = [id for id in look(to_label, count=len(passed) + 1, seed=SEED) if id not in passed]
        card = look(review_card, id=ids[0]) if ids else None
        if card is None:
            small(safe(t("No more reviews to judge: all that were scored are judged.")), grey=True)
        else:
            _judge(card)
        _last()


def _judge(card: dict) -> None:
    """The bare text, and one button for each answer."""
    with st.container(border=True, height=180):
        review_cards.body(card | {"mentions": []}, whole=True)
    with st.container(horizontal=True, vertical_alignment="center"):
        for label, name in LABELS.items():
            st.button(t(name), icon=f":material/{ICONS[label]}:", key=f"judge_{label}", on_click=_keep, args=(card["id"], label, (card["score"] or {}).get("label")))
        st.button(t("Pass"), type="tertiary", key="judge_pass", on_click=_pass, args=(card["id"],))


def _keep(review: int, label: str, machine: str | None) -> None:
    with told():
        act(correct_review, review_id=review, label=label)
        st.session_state["label_last"] = (label, machine)


def _pass(review: int) -> None:
    st.session_state["label_passed"] = [*st.session_state["label_passed"], review]


def _last() -> None:
    """What the scorer had said of the review just judged."""
    if not (last := st.session_state.get("label_last")):
        return
    label, machine = (t(LABELS[one]) if one in LABELS else t("nothing") for one in last)
    if label == machine:
        small(f":green[:material/check: {safe(t('The last one: you and the scorer say {label}.', label=label))}]")
    else:
        small(f":orange[:material/difference: {safe(t('The last one: you say {label}, the scorer said {machine}.', label=label, machine=machine))}]")


@st.fragment(run_every=10)
def own_scorer() -> None:
    """The scorer fitted to the house's labels: when it may be, how it goes, what it brought, and the way back."""
    if not _may():
        return
    here, n = view().settings, words.judged(look(corrections_for_accuracy))
    last = next((job for job in jobs.recent(here, 100) if job.kind == "fit" and job.store == here.store), None)
    with panel(t("A scorer of your own"), t("Fitted again to our sentences and to your labels; it stays on this computer")):
        if last and last.is_open:
            st.progress(last.share, text=t("Being fitted: some minutes. You may leave the page."))
        elif last and last.state == "done":
            small(safe(words.fit_said(last.result)))
        elif last and (said := jobs.said(last)):
            small(f":orange[{safe(said)}]")
        in_use = fitting.own_head(here).exists()
        small(safe(t("In use: your own, for all reviews of this store.") if in_use else t("In use: the shipped one.")), grey=True)
        with st.container(horizontal=True):
            st.button(t("Fit to our labels"), key="fit_own", disabled=n < words.WANTED or bool(last and last.is_open), on_click=_fit,
                      icon=":material/model_training:", help=None if n >= words.WANTED else t("{wanted} labelled reviews are needed.", wanted=words.WANTED))
            if in_use:
                st.button(t("Back to the shipped one"), key="fit_back", type="tertiary", on_click=_back)


def _fit() -> None:
    shown = view()
    shown.scope.require("feedback")
    jobs.submit_once(shown.settings, "fit", {"properties": list(shown.visitor.properties)}, actor=shown.visitor.user)
    jobs.wake(shown.settings)


def _back() -> None:
    """All reviews are read again by the shipped scorer."""
    shown = view()
    shown.scope.require("feedback")
    fitting.forget(shown.settings)
    jobs.submit_once(shown.settings, "score", actor=shown.visitor.user)
    jobs.wake(shown.settings)
