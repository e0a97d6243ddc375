"""The foot of every page: version and store, the switch between stores, and the language."""

import streamlit as st

from crm_core import settings
from crm_core.i18n import LANGUAGES, N_, language, t
from crm_core.ui.load import View
from crm_core.ui.text import safe

STORES = {"demo": N_("Demo data"), "hotel": N_("Our hotel")}


def footer(shown: View, version: str) -> None:
    """Draw the footer. The choices are kept for the session and written to the URL, so that a link opens the same."""
    st.space("small")
    left, right = st.columns([1.62, 1], vertical_alignment="center")
    with left:
        number = shown.warehouse.version.number if shown.warehouse else "–"
        st.markdown(
            f":small[:gray[{safe(t('Innsight {version} · warehouse version {number} · nothing leaves this computer', version=version, number=number))}]]"
        )
    with right, st.container(horizontal=True, horizontal_alignment="right"):
        _store(shown)
        st.selectbox(
            t("Language"),
            list(LANGUAGES),
            index=list(LANGUAGES).index(language()),
            format_func=LANGUAGES.get,
            key="choose_language",
            on_change=_choose,
            args=("language", "lang", "choose_language"),
            label_visibility="collapsed",
            width=140,
        )


def _store(shown: View) -> None:
    stores = [s.store for s in settings.published()]
    if len(stores) > 1 and shown.settings.store in stores:
        st.selectbox(
            t("Store"),
            stores,
            index=stores.index(shown.settings.store),
            format_func=lambda s: t(STORES[s]),
            key="choose_store",
            on_change=_choose,
            args=("store", "store", "choose_store"),
            label_visibility="collapsed",
            width=150,
        )


def _choose(kept: str, parameter: str, widget: str) -> None:
    st.session_state[kept] = st.session_state[widget]
    st.query_params[parameter] = st.session_state[widget]
