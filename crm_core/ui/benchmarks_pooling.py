"""An association pools what its members gave: the files, what was pooled and what was refused and why, and the set that is kept."""
from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.association.benchmarks import LEAST_HOTELS, K, Pooled
from crm_core.i18n import t, tn
from crm_core.metrics import CATALOGUE, metric
from crm_core.records import benchmarks as records
from crm_core.records.registry import Refused
from crm_core.telling.figures import value_text
from crm_core.ui import benchmarks_words as words
from crm_core.ui.benchmarks import MAY
from crm_core.ui.load import act, view
from crm_core.ui.parts import panel, small, table_height
from crm_core.ui.text import safe

MOST_FILES = 200


@st.fragment
def pool() -> None:
    """Drop the files of the members, see what comes of them, and keep the set."""
    if not view().scope.may(MAY):
        return
    with panel(t("Pool contributions"), t("From {least} hotels on; no one more than half of a figure; sums are not kept", least=LEAST_HOTELS)):
        if kept := st.session_state.pop("pool_kept", None):
            st.success(safe(kept), icon=":material/check:")
        turn = st.session_state.setdefault("pool_turn", 0)
        files = st.file_uploader(t("Files that members saved as contributions"), "json", accept_multiple_files=True, key=f"pool_files_{turn}")
        name = st.text_input(t("Name of the set"), key=f"pool_name_{turn}", max_chars=records.LONGEST_NAME, placeholder=t("Our members 2024"))
        if not files:
            small(safe(t("A member makes its file on this page of its own house.")), grey=True)
        elif not (name or "").strip():
            small(safe(tn("{n} file is here: give the set a name.", "{n} files are here: give the set a name.", len(files), n=formats.count(len(files)))), grey=True)
        else:
            _looked_at({file.name: file.getvalue() for file in files[:MOST_FILES]}, name)


def _looked_at(files: Mapping[str, bytes], name: str) -> None:
    try:
        found = records.pooled(files, name, view().scope.as_of)
    except Refused as problem:
        _problems(t("Nothing was pooled. This is wrong:"), str(problem).split("\n"))
        return
    st.markdown(f"**{safe(words.pooled_title(len(found.benchmarks), len(found.refused)))}**")
    if found.benchmarks:
        _table(found)
    for key, why in found.refused:
        small(f":material/block: {safe(t('{name}: {why}', name=words.kpi_name(key), why=why))}")
    if found.benchmarks:
        small(safe(t("Each hotel gave nothing of fewer than {k} guests. Publish one pool of a period only: two that differ by a hotel tell of it.", k=K)), grey=True)
        _keep(found)


def _problems(title: str, sentences: Sequence[str]) -> None:
    lines = "\n".join(f"- {safe(one)}" for one in sentences)
    st.error(f"{safe(title)}\n\n{lines}", icon=":material/error:")


def _table(found: Pooled) -> None:
    rows = pd.DataFrame([(words.kpi_name(one.figure), _told(one.figure, one.value, one.currency), _between(one), formats.count(one.hotels), formats.count(one.n),
                          formats.percent(one.largest_bp / 10_000, 0)) for one in found.benchmarks],
                        columns=[t("Figure"), t("Pooled"), t("95% interval"), t("Hotels"), t("Cases"), t("Largest hotel")])  # fmt: skip
    st.dataframe(rows, hide_index=True, row_height=34, height=table_height(len(rows), 12), alt=t("What was pooled"))


def _told(key: str, value: float, currency: str) -> str:
    return value_text(metric(key), value, currency) if key in CATALOGUE else formats.decimal(value, 4)


def _between(one) -> str:
    if one.low is None or one.high is None:
        return formats.DASH
    return t("{low} to {high}", low=_told(one.figure, one.low, one.currency), high=_told(one.figure, one.high, one.currency))


def _keep(found: Pooled) -> None:
    """Keep the set; where another pool of its name and days is here, only after that was confirmed."""
    about, asked = st.session_state.get("pool_asked", (None, ""))
    asked = asked if about == found else ""  # of another pool something else is asked
    if asked:
        st.warning(safe(asked), icon=":material/warning:")
    agreed = st.checkbox(t("Replace it all the same"), key="pool_agreed") if asked else False
    if st.button(t("Keep this set"), icon=":material/save:", key="pool_keep", disabled=bool(asked) and not agreed):
        try:
            n = act(records.keep_pooled, found=found, is_confirmed=agreed)
        except Refused as problem:
            st.session_state["pool_asked"] = found, t(str(problem))
            st.rerun()
        st.session_state.pop("pool_asked", None)
        st.session_state["pool_kept"] = tn("{n} figure is kept; hand the set on from its card above.", "{n} figures are kept; hand the set on from its card above.",
                                           n, n=formats.count(n))  # fmt: skip
        st.session_state["pool_turn"] += 1  # the files that were pooled are not offered again
        st.rerun()
