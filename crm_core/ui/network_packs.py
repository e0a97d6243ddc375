"""Packs of an association: looked at before they come in, brought in whole or not at all, and what came in so far."""
import datetime as dt
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from crm_core import formats, views
from crm_core.association import packs
from crm_core.association.packs import EXAMPLE, BadPack, Pack
from crm_core.i18n import t, tn
from crm_core.metrics import CATALOGUE
from crm_core.records import lessons
from crm_core.records import packs as records
from crm_core.records.registry import Refused
from crm_core.records.shared import Preview
from crm_core.schema import CASE_KINDS, HOTEL_DEPARTMENTS
from crm_core.telling.feedback_words import ASPECTS
from crm_core.ui import network_words as words
from crm_core.ui.load import act, look, view
from crm_core.ui.parts import downloads, filled, panel, small, table_height
from crm_core.ui.text import plain, safe

MAY = "standards"
MOST_SHOWN = 30  # of the sentences about what is wrong with a pack


def bring_in() -> None:
    """A pack's file is dropped and looked at: who made it, what it would change, what is wrong with it; then it comes in, or does not."""
    with panel(t("Bring a pack in"), t("A zip file of an association; nothing is taken before you say so"), height="content"):
        if brought := st.session_state.pop("pack_brought", None):
            st.success(safe(brought), icon=":material/check:")
        turn = st.session_state.setdefault("pack_turn", 0)
        file = st.file_uploader(t("Pack"), "zip", key=f"pack_in_{turn}", label_visibility="collapsed")
        if file:
            _looked_at(file.getvalue())
        elif st.session_state.get("pack_example"):
            _looked_at(EXAMPLE.read_bytes())
        elif not look(records.pack_history, view().whole):
            _example()


def _example() -> None:
    small(safe(t("Nothing came in yet. An example pack of an invented association comes with the program: two checklists, five playbooks, courses, "
                 "a lesson, a set of hotels to compare with, and a directory.")))  # fmt: skip
    st.button(t("Look at the example pack"), key="pack_example_open", type=filled(), icon=":material/visibility:", on_click=_show_example)


def _show_example() -> None:
    st.session_state["pack_example"] = True


def _looked_at(data: bytes) -> None:
    try:
        pack = packs.read(data)
    except BadPack as problem:
        wrong(problem.problems, t("Nothing was taken. This is wrong with the file:"))
        return
    seen = look(records.preview_pack, view().whole, pack=pack)
    _about(pack)
    _changes(seen, pack)
    if seen.refused:
        wrong(seen.refused, t("Nothing can be taken before this is mended:"))
    else:
        _confirmed(pack, seen)


def wrong(sentences: Sequence[str], title: str) -> None:
    """Show everything that is wrong, one sentence on a line; of very many the first."""
    shown = [f"- {safe(one)}" for one in sentences[:MOST_SHOWN]]
    rest = len(sentences) - len(shown)
    shown += [f"- {safe(tn('and {n} more', 'and {n} more', rest, n=formats.count(rest)))}"] if rest > 0 else []
    st.error(f"{safe(title)}\n\n" + "\n".join(shown), icon=":material/error:")


def _about(pack: Pack) -> None:
    """Who made the pack, under which licence, when, and its seal."""
    st.markdown(f"**{safe(words.words(pack.name))}** :small[:gray[{safe(t('release {release}', release=pack.release))}]]")
    said = ((t("Author"), pack.author or t("not said")), (t("Licence"), pack.licence or t("not said")), (t("Made on"), formats.date(pack.made_on)),
            (t("Holds"), words.holds(pack.counts)))
    st.markdown("  \n".join(f":small[**{safe(name)}** {safe(text)}]" for name, text in said))
    small(safe(t("Checksum: the same on the association's own page or over the telephone means that nothing was changed on the way.")), grey=True)
    st.code(words.checksum(pack.checksum), language=None, wrap_lines=True)


def _changes(seen: Preview, pack: Pack) -> None:
    """What it would do, thing by thing, and what to think of."""
    title = words.coming(seen.changes)
    st.markdown(f"**{safe(title)}**")
    order = sorted(seen.changes, key=lambda one: list(words.CHANGES).index(one.change) if one.change != "replaces" else -1)
    table = pd.DataFrame([(t(words.KINDS[one.kind]), plain(one.name), t(words.CHANGES[one.change]), plain(one.code)) for one in order],
                         columns=[t("What"), t("Name"), t("What happens"), t("Code")])
    st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(table), 8), key="pack_changes", alt=title,
                 column_config={t("Name"): st.column_config.Column(width=300)})
    for sentence in (*seen.warnings, *misfits(pack)[:MOST_SHOWN]):
        small(f":orange[:material/warning: {safe(sentence)}]")


def misfits(pack: Pack) -> list[str]:
    """Return what of a pack does not fit this house though it can come in."""
    evidence = {"aspect": set(ASPECTS), "case_kind": set(CASE_KINDS), "department": set(HOTEL_DEPARTMENTS), "kpi": set(CATALOGUE)}
    known = {row["code"] for row in look(lessons.lesson_list, view().whole)}
    truths = {lesson.truth for lesson in pack.lessons if lesson.truth}  # whether they are sealed here is said where the lesson is taught
    return packs.problems(pack, evidence=evidence, kpis=CATALOGUE, departments=HOTEL_DEPARTMENTS, pages=views.pages(), truths=truths, known_lessons=known)


def _confirmed(pack: Pack, seen: Preview) -> None:
    """The button that brings the pack in, after what must be agreed to has been."""
    for sentence in seen.to_confirm:
        small(f":orange[:material/warning: {safe(sentence)}]")
    agreed = st.checkbox(t("Replace it all the same"), key="pack_agreed") if seen.to_confirm else False
    with st.container(horizontal=True):
        if st.button(t("Bring it in"), key="pack_bring", type=filled(), icon=":material/upload:", disabled=bool(seen.to_confirm) and not agreed):
            _bring(pack, agreed)
        if st.session_state.get("pack_example") and st.button(t("Leave it"), key="pack_leave"):
            _over()
            st.rerun()


def _bring(pack: Pack, agreed: bool) -> None:
    try:
        act(records.bring_in, view().whole, pack=pack, is_confirmed=agreed)
    except Refused as problem:
        wrong(str(problem).split("\n"), t("Nothing was taken:"))
        return
    st.session_state["pack_brought"] = t("{pack} was brought in: {parts}", pack=words.words(pack.name), parts=words.holds(pack.counts))
    _over()
    st.rerun()


def _over() -> None:
    """The pack that was looked at is not offered again."""
    st.session_state["pack_turn"] = st.session_state.get("pack_turn", 0) + 1
    st.session_state.pop("pack_example", None)


def history() -> None:
    """The packs that came in, the latest first, with their seals."""
    found = look(records.pack_history, view().whole)
    title = tn("{n} pack came in", "{n} packs came in", len(found), n=formats.count(len(found))) if found else t("No pack came in yet")
    with panel(title, t("The latest first"), height="content"):
        if not found:
            small(safe(t("What comes in is written down here with its author, licence and checksum.")), grey=True)
            return
        table = pd.DataFrame({
            t("Pack"): [words.words(row["name"]) for row in found], t("Release"): [plain(row["release"]) for row in found],
            t("Came in"): [formats.date(dt.date.fromisoformat(row["at"][:10])) for row in found], t("By"): [plain(row["actor"]) for row in found],
            t("Author"): [plain(row["author"]) for row in found],
            t("Licence"): [plain(row["licence"]) for row in found], t("Holds"): [words.holds(row["counts"]) for row in found],
            t("Checksum"): [row["checksum"] for row in found]})
        st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(table), 8), key="pack_history", alt=title)
        downloads("packs", list(table), lambda: list(table.itertuples(index=False, name=None)))
