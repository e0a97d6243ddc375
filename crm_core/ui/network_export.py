"""One's own pack, put together for others: parts are chosen, signed with a name and a licence, and sealed."""
import streamlit as st

from crm_core.association import packs
from crm_core.association.packs import KINDS
from crm_core.association.texts import said
from crm_core.i18n import SOURCE, language, t
from crm_core.records import packs as records
from crm_core.records.registry import Refused
from crm_core.ui import network_words as words
from crm_core.ui.load import act, look, view
from crm_core.ui.network_packs import wrong
from crm_core.ui.parts import panel, small
from crm_core.ui.text import plain, safe

LICENCES = ("CC0-1.0", "CC-BY-4.0", "CC-BY-SA-4.0")


def card() -> None:
    """Choose what goes into the pack, and name it; the file is made with its checksum, and then saved."""
    parts = look(records.shared_parts, view().whole)
    with panel(t("Put a pack together"), t("One sealed file for other houses; it holds no guest, no figure of your own"), height="content"):
        if not any(parts.values()):
            small(safe(t("There is nothing to hand on yet: checklists, playbooks, lessons, courses and sets of hotels come in packs, or are written "
                         "here.")), grey=True)  # fmt: skip
            return
        chosen = _chosen(parts)
        about = _about()
        signature = repr((chosen, about))
        n = sum(map(len, chosen.values()))
        if st.button(t("Make the pack"), key="pack_make", icon=":material/package_2:", disabled=not (n and about["code"] and about["name"][SOURCE])):
            _make(chosen, about, signature)
        _offered(about, signature)


def _chosen(parts: dict[str, dict[str, dict]]) -> dict[str, list[str]]:
    """Draw one choice for each kind of thing that is here."""
    chosen = {}
    with st.grid(3, min_column_width=230, gap="small"):
        for kind in (kind for kind in KINDS if parts[kind]):
            names = {code: f"{plain(_name(kind, form))} · {plain(code)}" for code, form in parts[kind].items()}
            chosen[kind] = st.multiselect(t(words.KINDS[kind]), list(names), format_func=names.get, key=f"pack_out_{kind}", placeholder=t("None of them"))
    return chosen


def _name(kind: str, form: dict) -> str:
    """What a thing is called, read from its form; a benchmark by its set and figure."""
    if kind == "benchmarks":
        return f"{form['set_name']}: {form['figure']}"
    return said(form.get("name") or form.get("title") or {}, language())


def _about() -> dict:
    left, middle, right = st.columns(3)
    name = left.text_input(t("Name of the pack"), key="pack_name", max_chars=80)
    code = middle.text_input(t("Code, in small letters such as our-pack"), key="pack_code", max_chars=40)
    release = right.text_input(t("Release"), "1.0", key="pack_release", max_chars=40)
    left, right = st.columns(2)
    author = left.text_input(t("Author"), key="pack_author", max_chars=80)
    licence = right.selectbox(t("Licence"), LICENCES, key="pack_licence", accept_new_options=True)
    return {"code": (code or "").strip(), "name": {SOURCE: name or ""}, "release": release or "", "author": author or "", "licence": licence or ""}


def _make(chosen: dict[str, list[str]], about: dict, signature: str) -> None:
    st.session_state.pop("pack_made", None)
    try:
        data = act(records.export_pack, view().whole, chosen={kind: codes for kind, codes in chosen.items() if codes}, **about)
    except Refused as problem:
        wrong(str(problem).split("\n"), t("The pack was not made:"))
        return
    st.session_state["pack_made"] = signature, data


def _offered(about: dict, signature: str) -> None:
    """The file that was made, as long as nothing of it was chosen otherwise since."""
    made, data = st.session_state.get("pack_made", ("", b""))
    if made != signature:
        return
    pack = packs.read(data)
    st.markdown(f":green[:material/verified:] {safe(t('The pack is sealed: {parts}', parts=words.holds(pack.counts)))}")
    st.code(words.checksum(pack.checksum), language=None, wrap_lines=True)
    st.download_button(t("Save the pack"), data=data, file_name=f"{about['code']}-{about['release']}.zip", mime="application/zip", on_click="ignore",
                       icon=":material/download:", key="pack_save")  # fmt: skip
