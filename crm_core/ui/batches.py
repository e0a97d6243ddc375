"""What was brought in: the files with their counts, the lines that need a person, and the way back."""
import json

import pandas as pd
import streamlit as st

from crm_core import formats, jobs
from crm_core.i18n import t, tn
from crm_core.ingest import quarantine, undo
from crm_core.ingest.problems import reason, warning
from crm_core.ingest.targets import TARGETS
from crm_core.records.imports import batches
from crm_core.ui.load import act, look, view
from crm_core.ui.parts import downloads, filled, panel, small, table_height, told
from crm_core.ui.running import counted, headline, import_job
from crm_core.ui.text import plain, safe

MOST_LINES = 200  # that are corrected at once


def history() -> None:
    """The latest files; a ticked one opens below."""
    rows = look(batches, limit=30)
    with panel(t("Files brought in"), t("Rows read = new + changed + rejected + already here; a file is taken whole or not at all"), height="content"):
        if not rows:
            small(safe(t("No file came in yet.")), grey=True)
            return
        picked = _table(rows)
    place = picked if picked is not None else _own(rows)
    one(rows[place], is_last=_is_last(rows, place))


def _own(rows: list[dict]) -> int:
    """Return the place of the batch that this visitor brought in last; the newest where there is none: another's must not slip under a button."""
    mine = import_job()
    batch = (mine.result or {}).get("batch") if mine else None
    return next((place for place, row in enumerate(rows) if row["id"] == batch), 0)


def _is_last(rows: list[dict], place: int) -> bool:
    """Only the newest file that was not undone can be undone: what came later may rest on it."""
    standing = [row["id"] for row in rows if not row["undone_at"]]
    return bool(standing) and rows[place]["id"] == standing[0]


def _table(rows: list[dict]) -> int | None:
    said = lambda r: t("undone") if r["undone_at"] else ""  # noqa: E731
    shown = pd.DataFrame({
        t("File"): [plain(r["file_name"]) for r in rows],
        t("Rows of"): [t(TARGETS[r["target"]].title) if r["target"] in TARGETS else r["target"] for r in rows],
        t("Time (UTC)"): [r["at"][:16].replace("T", " ") for r in rows],
        **{name: [formats.count(r[key]) for r in rows] for name, key in (
            (t("Read"), "read"), (t("New"), "added"), (t("Changed"), "updated"), (t("Rejected"), "rejected"), (t("Already here"), "duplicates"))},
        t("State"): [said(r) for r in rows],
    })
    picked = st.dataframe(shown, hide_index=True, row_height=34, height=table_height(len(shown), 6), key="batches", on_select="rerun",
                          selection_mode="single-row", alt=t("Files brought in")).selection.rows
    return picked[0] if picked and picked[0] < len(rows) else None


def one(batch: dict, is_last: bool) -> None:
    """One file: its counts, what is worth knowing, and the lines that were kept out."""
    done = {**batch, "accepted": batch["added"] + batch["updated"], "batch": batch["id"]}
    under = t("{source} · {at} UTC · by {actor} · batch {batch}", source=batch["source"], at=batch["at"][:16].replace("T", " "), actor=batch["actor"],
              batch=batch["id"])
    with panel(headline(plain(batch["file_name"]), done), plain(under), height="content"):
        counted(done, key=f"batch_{batch['id']}")
        for code, values in _warnings(batch):
            small(f":material/info: {safe(warning(code, values))}", grey=True)
        lines = look(quarantine.open_rejects, batch=batch["id"])
        if lines:
            _lines(batch, lines)
        elif batch["rejected"]:
            small(safe(t("All rejected lines of this file are settled.")), grey=True)
        _undo(batch, is_last)


def _warnings(batch: dict) -> list:
    return json.loads(batch["warnings"] or "[]")


def _lines(batch: dict, lines: list[dict]) -> None:
    """The lines that were kept out: what is wrong beside the cells, which can be corrected here."""
    headers = list(lines[0]["cells"]) if lines[0]["cells"] else []
    fixed = {t("Line"): [r["line"] for r in lines], t("Column"): [plain(r["column"]) for r in lines], t("Value"): [plain(r["value"]) for r in lines],
             t("Why, and what to do"): [reason(r["rule"]) for r in lines]}
    table = pd.DataFrame({**fixed, **{name: [plain((r["cells"] or {}).get(name, "")) for r in lines] for name in headers}}).head(MOST_LINES)
    edited = st.data_editor(table, hide_index=True, row_height=34, height=table_height(len(table), 9), disabled=list(fixed), key=f"lines_{batch['id']}")
    changed = _changed(table, edited, headers, lines)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(tn("Bring in {n} corrected line", "Bring in {n} corrected lines", len(changed)), type=filled() if changed else "secondary", disabled=not changed,
                  on_click=_correct, args=(batch, changed), key=f"correct_{batch['id']}")
        downloads("rejected", [*headers, *quarantine.TOLD], lambda: [
            (*((r["cells"] or {}).get(name, "") for name in headers), r["line"], r["column"], r["reason"]) for r in lines])
        with st.popover(t("Let them go"), width="content"):
            st.markdown(safe(t("The lines are removed for good and stay out of the figures.")))
            gone = tuple(line["id"] for line in lines)
            st.button(tn("Remove {n} line", "Remove {n} lines", len(lines)), on_click=_let_go, args=(batch, gone), key=f"let_go_{batch['id']}")
    small(safe(t("{n} of {all} lines shown, in the order of the file; correct cells in the table, or export, correct in a spreadsheet and send it again.",
                 n=len(table), all=len(lines))), grey=True)


def _changed(before: pd.DataFrame, after: pd.DataFrame, headers: list[str], lines: list[dict]) -> dict[int, dict[str, str]]:
    """Return the corrected cells by reject and column."""
    found: dict[int, dict[str, str]] = {}
    for place, line in enumerate(lines[:len(before)]):
        cells = {name: str(after[name].iloc[place] or "") for name in headers if after[name].iloc[place] != before[name].iloc[place]}
        if cells:
            found[line["id"]] = cells
    return found


def _correct(batch: dict, changed: dict[int, dict[str, str]]) -> None:
    with told():
        done = act(quarantine.correct, batch=batch["id"], rows=changed)
        st.toast(t("{n} of {rows} corrected lines came in.", n=done.accepted, rows=done.read))
        jobs.start_refresh(view().settings)


def _let_go(batch: dict, lines: tuple[int, ...]) -> None:
    with told():
        act(quarantine.drop, batch=batch["id"], rejects=lines)


def _undo(batch: dict, is_last: bool) -> None:
    if batch["undone_at"]:
        small(safe(t("Undone on {day} by {actor}; the same file can be brought in again.", day=batch["undone_at"][:10], actor=batch["undone_by"])), grey=True)
    elif is_last and batch["source"] != "demo":
        with st.popover(t("Undo this import"), icon=":material/undo:", width="content"):
            st.markdown(safe(t("New rows go away again and changed ones get their former values back. Refusals of consent stay.")))
            st.button(t("Undo {file}", file=plain(batch["file_name"])), on_click=_undone, args=(batch["id"],), key=f"undo_{batch['id']}")


def _undone(batch: int) -> None:
    with told():
        act(undo.undo_batch, id=batch)
        jobs.start_refresh(view().settings)
