"""Lessons as one file: written from those of one's own, and brought in after a look at what that would do."""
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from crm_core.i18n import language, t, tn
from crm_core.records import lessons as records
from crm_core.records.registry import Refused
from crm_core.records.shared import Preview
from crm_core.ui import lesson_words
from crm_core.ui.load import act, lent, look, view
from crm_core.ui.parts import panel, small, table_height
from crm_core.ui.text import plain, safe

FILE = "innsight-lessons.json"


def files(rows: Sequence[dict]) -> None:
    """Draw both ways of a file, side by side, for who keeps lessons."""
    if not view().scope.may("standards"):
        return
    left, right = st.columns([1.62, 1])
    with left:
        _bring_in()
    with right:
        _hand_on([row for row in rows if not row["is_shipped"]])


def problems(sentences: Sequence[str], title: str = "") -> None:
    """Show everything that was refused, one sentence on a line."""
    lines = "\n".join(f"- {safe(one)}" for one in sentences)
    st.error(f"{safe(title)}\n\n{lines}" if title else lines, icon=":material/error:")


def _hand_on(own: Sequence[dict]) -> None:
    with panel(t("Hand lessons on"), t("One file, for another house or association"), height="stretch"):
        names = {row["code"]: f"{row['code']} · {plain(lesson_words.name(row['lesson']))}" for row in own}
        if not names:
            small(safe(t("Only lessons written here need a file: everybody has those that come with the program.")), grey=True)
            return
        turn = st.session_state.get("lessons_turn", 0)  # what was just brought in is among them
        chosen = st.multiselect(t("Lessons"), list(names), default=list(names), format_func=names.get, key=f"lessons_out_{turn}", placeholder=t("Choose lessons"))
        st.download_button(t("Export lessons"), data=_written(chosen), file_name=FILE, mime="application/json", on_click="ignore", icon=":material/download:",
                           disabled=not chosen, key="lessons_export")


def _written(codes: list[str]):
    shown, spoken = view(), language()

    def build() -> bytes:
        with lent(shown, spoken):
            return records.export_lessons(shown.store, shown.scope, codes=codes)

    return build


def _bring_in() -> None:
    with panel(t("Bring lessons in"), t("A file that was written by “Export lessons”; nothing is taken before you say so"), height="stretch"):
        if brought := st.session_state.pop("lessons_brought", None):
            st.success(safe(brought), icon=":material/check:")
        turn = st.session_state.setdefault("lessons_turn", 0)
        file = st.file_uploader(t("File of lessons"), "json", key=f"lessons_in_{turn}", label_visibility="collapsed")
        if file:
            _looked_at(file.getvalue())


def _looked_at(file: bytes) -> None:
    try:
        seen = look(records.preview_lessons, file=file)
    except Refused as problem:
        problems(str(problem).split("\n"), t("Nothing was taken. This is wrong with the file:"))
        return
    small(safe(lesson_words.coming(seen.changes)))
    rows = [(one.code, plain(one.name), t(lesson_words.CHANGES[one.change])) for one in seen.changes]
    table = pd.DataFrame(rows, columns=[t("Code"), t("Lesson"), t("What happens")])
    st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(table), 8), key="lessons_seen", alt=lesson_words.coming(seen.changes))
    for sentence in seen.warnings:
        small(f":orange[:material/warning: {safe(sentence)}]")
    if seen.refused:
        problems(seen.refused, t("Nothing can be taken before this is mended:"))
    else:
        _confirmed(seen, file)


def _confirmed(seen: Preview, file: bytes) -> None:
    """The button that takes the file over, after what it would replace has been agreed to."""
    for sentence in seen.to_confirm:
        small(safe(sentence))
    agreed = st.checkbox(t("Replace them"), key="lessons_agreed") if seen.to_confirm else False
    waits = bool(seen.to_confirm) and not agreed
    if st.button(t("Bring them in"), icon=":material/upload:", key="lessons_bring", disabled=waits):
        try:
            n = act(records.import_lessons, file=file, is_confirmed=agreed)
        except Refused as problem:
            problems(str(problem).split("\n"))
            return
        st.session_state["lessons_brought"] = tn("{n} lesson was brought in.", "{n} lessons were brought in.", n)
        st.session_state["lessons_turn"] += 1  # the file that was taken is not offered again
        st.rerun()
