"""The buttons under a work list: what can be done to all contacts that are ticked."""
from collections.abc import Callable

import streamlit as st

from crm_core import formats
from crm_core.i18n import N_, t
from crm_core.records import bulk
from crm_core.records.contacts import tags_in_use
from crm_core.ui.load import look
from crm_core.ui.parts import filled

Run = Callable[..., None]  # (action, chosen, **values)
# What mends a list at once, and the words on its button.
MENDS = {
    "email_invalid": (bulk.remove_email, N_("Remove the wrong address")),
    "phone_invalid": (bulk.remove_phone, N_("Remove the wrong number")),
    "no_proof": (bulk.expire_consents, N_("Let the consent expire")),
}


def controls(name: str, chosen: list[tuple[int, int]], run: Run) -> None:
    """Draw the buttons; they wait until somebody is ticked."""
    nobody = not chosen
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":small[{t('{n} chosen', n=formats.count(len(chosen)))}]")
        if name in MENDS:
            action, words = MENDS[name]
            if st.button(t(words), key=f"mend_{name}", type=filled(), disabled=nobody):
                run(action, chosen)
        with st.popover(t("Tag"), icon=":material/label:", disabled=nobody):
            _tag(chosen, run)
        with st.popover(t("Country"), icon=":material/public:", disabled=nobody):
            _set(bulk.set_country, "country", t("Country"), dict(formats.locale().territories), chosen, run)
        with st.popover(t("Language"), icon=":material/translate:", disabled=nobody):
            _set(bulk.set_language, "language", t("Language"), dict(formats.locale().languages), chosen, run)


def _tag(chosen: list[tuple[int, int]], run: Run) -> None:
    word = st.selectbox(t("Tag"), look(tags_in_use), index=None, accept_new_options=True, placeholder=t("Choose or type a tag"),
                        key="bulk_tag", label_visibility="collapsed")
    with st.container(horizontal=True):
        if st.button(t("Add tag"), key="bulk_add_tag", disabled=not word):
            run(bulk.tag_contacts, chosen, tag=word)
        if st.button(t("Remove tag"), key="bulk_remove_tag", disabled=not word):
            run(bulk.untag_contacts, chosen, tag=word)


def _set(action, field: str, title: str, names: dict[str, str], chosen: list[tuple[int, int]], run: Run) -> None:
    """Choose a country or language by its name in the visitor's language, and set it."""
    codes = sorted((code for code in names if code.isalpha() and len(code) == 2), key=lambda code: names[code])
    code = st.selectbox(title, codes, index=None, format_func=names.get, placeholder=title, key=f"bulk_{field}", label_visibility="collapsed")
    if st.button(t("Set for {n}", n=formats.count(len(chosen))), key=f"bulk_set_{field}", disabled=not code):
        run(action, chosen, **{field: code})
