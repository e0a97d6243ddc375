"""The card of words that tell good reviews from bad ones, in one language at a time."""
import streamlit as st

from crm_core import formats
from crm_core.i18n import t
from crm_core.records.feedback_words import distinguishing_words
from crm_core.ui.load import load, look, view
from crm_core.ui.parts import panel, small
from crm_core.ui.text import safe

SURE = 2.0  # standard errors from which a word is told


@st.fragment
def phrases() -> None:
    """Words of good and of bad reviews beside each other, the surest first, with how many reviews use each."""
    langs = [lang for lang in load("review_coverage")["language"].tolist() if lang]
    if not langs or not view().scope.may("contact"):
        return
    with panel(t("Words that tell good reviews from bad ones"), t("80 of 100 and above against 60 and below · words of five reviews and more")):
        lang = st.selectbox(t("Language"), langs, format_func=formats.language_name, key="phrases_language", label_visibility="collapsed", width=200)
        sides = load("review_sides", language=lang)
        ids = {side: sides.loc[sides["side"] == side, "review_id"].astype(int).tolist() for side in ("good", "bad")}
        found = look(distinguishing_words, good=ids["good"], bad=ids["bad"], language=lang)
        sure = {side: [w for w in words if abs(w.z) >= SURE] for side, words in found.items()}
        if not any(sure.values()):
            small(safe(t("No word belongs surely to one side yet: {good} good and {bad} bad texts.", good=formats.count(len(ids["good"])),
                         bad=formats.count(len(ids["bad"])))), grey=True)
            return
        for column, side, tone, icon in zip(st.columns(2), ("good", "bad"), ("green", "red"), ("thumb_up", "thumb_down"), strict=True):
            with column:
                small(f":material/{icon}: {safe(formats.n(len(ids[side])))}", grey=True)
                st.markdown(" ".join(f":{tone}-badge[{safe(w.text)} {getattr(w, side)}]" for w in sure[side]) or "–")
