"""A choice whose code stands in the URL: the same in every language, and kept by a saved view."""
from collections.abc import Mapping

import streamlit as st


def one(key: str, label: str, options: Mapping[str, str], **how) -> str:
    """Draw a choice (code → words, at least one) and return its code. What the URL names and does not exist is the first."""
    asked = st.query_params.get(key, "")
    code = asked if asked in options else next(iter(options))
    widget = f"choose_{key}"
    if st.session_state.get(widget) != code:  # the URL is the truth: a link, the way back, or what is gone moves the control
        st.session_state[widget] = code
    st.selectbox(label, list(options), format_func=options.get, key=widget, on_change=_go, args=(key, widget), **how)
    return code


def _go(key: str, widget: str) -> None:
    st.query_params[key] = st.session_state[widget]
