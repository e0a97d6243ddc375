"""The card of what needs no person: the inbox folder, the command line, and our own templates to fill in."""
import streamlit as st

from crm_core.i18n import t, tn
from crm_core.ingest.targets import TARGETS
from crm_core.ingest.template import template
from crm_core.jobs import inbox
from crm_core.ui.load import view
from crm_core.ui.parts import panel, small
from crm_core.ui.text import safe


def card() -> None:
    """Where nightly exports are put, how the same is done by command, and templates."""
    folder = inbox.opened(view().settings)
    with panel(t("Without a person"), t("Files in this folder come in by themselves; what became of each stands beside it in done or rejected")):
        st.code(str(folder), language=None)
        left = sum(1 for path in (folder / "rejected").rglob("*.report.txt")) if (folder / "rejected").exists() else 0
        if left:
            small(f":orange-badge[{safe(tn('{n} file was rejected: see its report', '{n} files were rejected: see their reports', left))}]")
        st.code("python -m crm_core import export.csv --dry-run", language="bash")
        _templates()


def _templates() -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        target = st.selectbox(t("Template"), list(TARGETS), format_func=lambda name: t(TARGETS[name].title), key="template_of", width="stretch")
        st.download_button("CSV", template(target), f"innsight-{target}.csv", "text/csv", icon=":material/download:", on_click="ignore", key="template")
