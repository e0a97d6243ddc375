"""The parts that pages are put together from: cards, KPI tiles, sentences, lists of guests, states, downloads."""

from collections.abc import Callable, Sequence
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from crm_core import exports, formats
from crm_core.i18n import language, t
from crm_core.records.exporting import exported
from crm_core.records.registry import Refused, Stale
from crm_core.ui.load import act, lent, view
from crm_core.ui.text import safe

PAGES = Path(__file__).resolve().parents[2] / "pages"
CHART = {"displayModeBar": False}
PICTURES = ("SVG", "PNG")
BUTTON = 22  # px above a chart for the button that saves it


def mode() -> str:
    """Return "light" or "dark": the theme the visitor sees."""
    return "dark" if st.context.theme.type == "dark" else "light"


def filled() -> str:
    """Return the button type of the one filled button of a page; a white label on the light accent of dark mode cannot be read."""
    return "primary" if mode() == "light" else "secondary"


def panel(title: str, subtitle: str | None = None, right: Callable[[], object] | None = None, height: str = "stretch"):
    """Return a card with its title, a grey line that says measure, unit and period, and a control at the right."""
    card = st.container(border=True, height=height, gap="xsmall")
    with card:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(safe(title), anchor=False, width="stretch")
            if right:
                right()
        if subtitle:
            st.caption(safe(subtitle))
    return card


def small(text: str, grey: bool = False) -> None:
    """Write small type; the text is ready Markdown (guest text through safe())."""
    st.markdown(f":small[:gray[{text}]]" if grey else f":small[{text}]")


def chart(figure: dict, alt: str, key: str, save: str | None = None) -> None:
    """Draw a Plotly figure with a sentence for those who cannot see it. `save` ("svg", "png") gives it a button that saves it as a picture."""
    st.plotly_chart(_roomy(figure, save), config=_config(key, save), key=f"chart_{key}", alt=alt)


def _roomy(figure: dict, save: str | None) -> dict:
    """The figure with room above for the button that saves it, so that it covers no number."""
    layout = figure["layout"]
    if save is None or layout["margin"]["t"] >= BUTTON or not layout.get("height"):
        return figure
    margin = layout["margin"] | {"t": layout["margin"]["t"] + BUTTON}
    return figure | {"layout": layout | {"margin": margin, "height": layout["height"] + BUTTON}}


def selectable_chart(figure: dict, alt: str, key: str, save: str | None = None) -> str | None:
    """Draw a Plotly figure whose marks can be clicked, and return the key of the one that is; `save` as in chart()."""
    event = st.plotly_chart(_roomy(figure, save), config=_config(key, save), key=f"chart_{key}", alt=alt, on_select="rerun", selection_mode="points")
    return picked_key(event.selection.points)


def picture_kind() -> str:
    """Return as what charts are saved: "svg" or "png", as picture_choice() was last set."""
    return st.session_state.get("picture", PICTURES[0]).lower()


def picture_choice() -> None:
    """Draw the choice of how the chart's own button saves it."""
    st.segmented_control(t("Save the chart as"), PICTURES, default=PICTURES[0], required=True, key="picture", label_visibility="collapsed", width="content")


def _config(key: str, save: str | None) -> dict:
    """Plotly's settings of a chart; the picture is made in the browser."""
    if save is None:
        return CHART
    picture = {"format": save, "filename": f"innsight-{key}", "scale": 2 if save == "png" else 1}
    return {"displayModeBar": True, "displaylogo": False, "modeBarButtons": [["toImage"]], "toImageButtonOptions": picture}


def picked_key(points: list[dict]) -> str | None:
    """Return the key of the first selected mark; Plotly hands it over bare or in a list."""
    found = points[0].get("customdata") if points else None
    return found[0] if isinstance(found, list) and found else found or None


def table_height(rows: int, most: int = 15) -> int:
    """Return the height at which no half row shows."""
    return 34 * (min(rows, most) + 1) + 2


def guest_link(guest: int, name: str, **options) -> None:
    """Write a link to a guest's profile."""
    st.page_link(PAGES / "guest.py", label=safe(name) or t("Guest {id}", id=guest), query_params={"guest": str(guest)}, **options)


def empty(title: str, why: str, *offers: tuple[str, Callable[[], None]]) -> None:
    """Draw the state of a view without data: what is missing, why, and what to do (the first offer is filled)."""
    with panel(title, height="content"):
        st.markdown(safe(why))
        with st.container(horizontal=True):
            for i, (label, mend) in enumerate(offers):
                st.button(label, on_click=mend, type=filled() if i == 0 else "secondary", key=f"offer_{i}_{label}")


def clear_filters() -> None:
    """Put every filter back to its default."""
    for key in ("properties", "period", "comparison", "channels", "who", "among", "dates"):
        st.session_state.pop(key, None)


def too_few(n: float, minimum: int) -> str:
    """Return the sentence of a tile that has too little data."""
    return t("too few to tell: {n} of {minimum} needed", n=formats.count(n), minimum=formats.count(minimum))


def downloads(name: str, columns: Sequence[str], rows: Callable[[], list[tuple]]) -> None:
    """Draw the CSV, XLSX and Parquet buttons of a table; its rows are fetched on the click, and every download is audited."""
    if not view().scope.may("export"):
        return
    with st.container(horizontal=True, width="content", gap="xsmall"):
        for label, write, mime in (
            ("CSV", exports.csv_bytes, "text/csv"),
            ("XLSX", exports.xlsx_bytes, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            ("Parquet", exports.parquet_bytes, "application/vnd.apache.parquet"),
        ):
            st.download_button(
                label,
                data=_file(name, columns, rows, write),
                file_name=f"innsight-{name}.{label.lower()}",
                mime=mime,
                on_click="ignore",
                icon=":material/download:",
                key=f"download_{name}_{label}",
            )


def _file(name: str, columns: Sequence[str], rows: Callable[[], list[tuple]], write: Callable) -> Callable[[], bytes]:
    shown, spoken, words = view(), language(), list(columns)

    def build() -> bytes:
        with lent(shown, spoken):
            found = rows()
            exported(shown.store, shown.scope, id=name, rows=len(found), columns=tuple(words))
            return write(words, found)

    return build


@contextmanager
def told():
    """Turn what an action refuses into a message on the page; nothing typed is lost."""
    try:
        yield
    except Refused as problem:
        st.error(t(str(problem)), icon=":material/error:")
    except Stale:
        st.warning(
            t("Somebody else changed this while you were editing. Your text is still here: compare, and save again."),
            icon=":material/sync_problem:",
        )


__all__ = [
    "PAGES",
    "act",
    "chart",
    "clear_filters",
    "downloads",
    "empty",
    "filled",
    "guest_link",
    "mode",
    "panel",
    "picked_key",
    "picture_choice",
    "picture_kind",
    "selectable_chart",
    "small",
    "table_height",
    "told",
    "too_few",
]
