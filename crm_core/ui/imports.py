"""The card about what was brought in: the way in, the latest files, and the lines that were kept out."""

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.i18n import t
from crm_core.ingest.problems import reason
from crm_core.ingest.template import template
from crm_core.records.imports import batches, rejected_lines
from crm_core.ui.load import look, view
from crm_core.ui.parts import downloads, panel, small, table_height
from crm_core.ui.text import plain, safe


def files() -> None:
    """The latest files with their counts; a ticked one shows its rejected lines."""
    if not view().scope.may("import"):
        return
    with panel(
        t("Files brought in"),
        t("Rows read = new + changed + rejected + already here; a file is taken whole or not at all"),
        height="content",
    ):
        rows = look(batches)
        picked = _table(rows) if rows else None
        if picked is not None:
            _rejected(rows[picked])
        with st.container(horizontal=True, vertical_alignment="center"):
            st.code("python -m crm_core import bookings.csv", language="bash", width="stretch")
            st.download_button(
                t("Template, CSV"),
                template(),
                "innsight-bookings.csv",
                "text/csv",
                icon=":material/download:",
                on_click="ignore",
                key="template",
            )


def _table(rows: list[dict]) -> int | None:
    shown = pd.DataFrame(
        {
            t("File"): [plain(r["file_name"]) for r in rows],
            t("Source"): [r["source"] for r in rows],
            t("Time (UTC)"): [r["at"][:16].replace("T", " ") for r in rows],
            **{
                name: [formats.count(r[key]) for r in rows]
                for name, key in (
                    (t("Read"), "read"),
                    (t("New"), "added"),
                    (t("Changed"), "updated"),
                    (t("Rejected"), "rejected"),
                    (t("Already here"), "duplicates"),
                )
            },
        }
    )
    picked = st.dataframe(
        shown,
        hide_index=True,
        row_height=34,
        height=table_height(len(shown), 6),
        key="batches",
        on_select="rerun",
        selection_mode="single-row",
        alt=t("Files brought in"),
    ).selection.rows
    return picked[0] if picked and picked[0] < len(rows) else None


def _rejected(batch: dict) -> None:
    lines = look(rejected_lines, batch=batch["id"])
    if not lines:
        small(safe(t("No line of this file was rejected.")), grey=True)
        return
    table = pd.DataFrame(
        {
            t("Line"): [r["line"] for r in lines],
            t("Column"): [r["column"] for r in lines],
            t("Value"): [plain(r["value"]) for r in lines],
            t("Why, and what to do"): [reason(r["rule"]) for r in lines],
        }
    )
    st.dataframe(table.head(500), hide_index=True, row_height=34, height=table_height(len(table), 8), alt=t("Rejected lines"))
    downloads("rejected", list(table.columns), lambda: list(table.itertuples(index=False, name=None)))
