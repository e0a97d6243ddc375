"""The fields that a lesson's words are written into, in the language that was chosen above them."""
import streamlit as st

from crm_core.association.forms import LONGEST_TEXT
from crm_core.association.lessons import LONGEST_TITLE
from crm_core.i18n import SOURCE, language
from crm_core.ui.lesson_draft import Draft


def spoken() -> str:
    """Return the language whose words are being written: chosen above the words, else that of the interface."""
    return st.session_state.get("lesson_words_in") or language()


def field(draft: Draft, name: str, label: str, words: str, english: str = "", height: int | None = None, most: int = LONGEST_TITLE) -> str:
    """Draw a field for words, one line or several, and return what stands in it; the English ones shimmer through in other languages."""
    in_ = spoken()
    key = f"write{draft.turn}_{name}_{in_}"
    st.session_state.setdefault(key, words)
    hint = " ".join(english.split())[:200] if in_ != SOURCE else None
    if height:
        return st.text_area(label, key=key, height=height, placeholder=hint, max_chars=LONGEST_TEXT) or ""
    return st.text_input(label, key=key, placeholder=hint, max_chars=most) or ""
