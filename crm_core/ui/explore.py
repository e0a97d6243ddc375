"""Explore: any figure by any dimensions, chosen in the page and in its link, as a chart, as a table with totals, and down to the guest."""
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.i18n import N_, t
from crm_core.metrics import CATALOGUE, Metric, metric
from crm_core.metrics.dimensions import DIMENSIONS, TOTAL, Part
from crm_core.queries.explore import fits
from crm_core.scope import Period
from crm_core.telling import exploring, words
from crm_core.telling.exploring import Axes
from crm_core.ui import drawer, explore_picture
from crm_core.ui.filters import missing, one, tell_missing
from crm_core.ui.load import load, view
from crm_core.ui.parts import downloads, empty, panel, picture_choice, small, table_height
from crm_core.ui.text import safe
from crm_core.views import CHARTS, TOPS

NONE = "none"
MOST_COLUMNS, MOST_PANELS, MOST_GROUPS = 8, 12, 400


@dataclass(frozen=True)
class Choice:
    """What was chosen: codes, None for none."""

    kpi: str
    rows: str
    columns: str | None
    panels: str | None
    chart: str
    second: str | None
    top: str
    sort: str
    cells: str

    @property
    def k(self) -> Metric:
        return metric(self.kpi)


def page() -> None:
    """Draw the choices and what they come to."""
    choice = choose()
    fitting = [key for key in DIMENSIONS if fits(choice.k, key)]
    if (why := _impossible(choice, fitting)) is not None:
        title, text, offers = why
        empty(title, text, *offers)
        return
    keys = (choice.rows, choice.columns, choice.panels)
    axes = Axes(*keys, _names(*keys))
    frame = _asked(choice)
    _picture(choice, axes, frame)
    cell = _table(choice, axes, frame)
    _guests(choice, axes, frame, cell)


def choose() -> Choice:
    """Draw the choices, which live in the URL."""
    dimensions = {key: d.name for key, d in DIMENSIONS.items()}
    usual = {"month": dimensions.pop("month")} | dimensions
    optional = lambda label: {NONE: label} | usual  # noqa: E731
    kpis = {k.key: k.name for k in CATALOGUE.values()}
    gone = missing({"kpi": kpis, "rows": usual, "columns": optional(""), "panels": optional(""), "chart": CHARTS, "second": {NONE: "", **kpis}})
    with st.grid(5, min_column_width=150, gap="xsmall"):
        kpi = one("kpi", t("Figure"), kpis, labelled=True)
        rows = one("rows", t("Rows"), usual, labelled=True)
        columns = one("columns", t("Columns"), optional(N_("No columns")), labelled=True)
        panels = one("panels", t("One picture for each"), optional(N_("One picture")), labelled=True)
        chart = one("chart", t("Chart"), CHARTS, labelled=True)
        second = one("second", t("Second figure"), {NONE: N_("No second figure")} | kpis, labelled=True)
        top = one("top", t("How many groups"), TOPS, labelled=True)
        sort = one("ordered", t("Order"), exploring.SORTS, labelled=True)
        cells = one("cells", t("In the cells"), exploring.SHOWN, labelled=True)
    tell_missing(gone)
    bare = lambda code: None if code == NONE else code  # noqa: E731
    return Choice(kpi, rows, bare(columns), bare(panels), chart, bare(second), top, sort, cells)


# --- what cannot be shown ---------------------------------------------------------------------------------------------------------------
def _impossible(choice: Choice, fitting: list[str]) -> tuple[str, str, list] | None:
    """Why the choices come to nothing, and what may be chosen instead: title, reason, and buttons that mend it."""
    keys = (choice.rows, choice.columns, choice.panels)
    if any(key and key not in fitting for key in keys):
        return t("This figure cannot be split like that"), exploring.unfit(choice.k, keys, fitting), _mends(choice, fitting)
    named = [key for key in keys if key]
    if len(set(named)) < len(named):
        return t("Each dimension can be used once"), t("Choose another one for the columns or the pictures."), [(t("Rows only"), _set(columns=NONE, panels=NONE))]
    if choice.second and not all(fits(metric(choice.second), key) for key in named):
        return (t("The second figure cannot be split like that"),
                exploring.unfit(metric(choice.second), keys, [key for key in fitting if fits(metric(choice.second), key)]),
                [(t("Without a second figure"), _set(second=NONE))])
    return None


def _mends(choice: Choice, fitting: list[str]) -> list:
    """A button that keeps of the choices what fits."""
    if not fitting:
        return []
    kept = [key for key in (choice.rows, choice.columns, choice.panels) if key in fitting] or [fitting[0]]
    rows, columns, panels = (*kept, NONE, NONE, NONE)[:3]
    return [(t("Split by {dimension} instead", dimension=t(DIMENSIONS[rows].name)), _set(rows=rows, columns=columns, panels=panels))]


def _set(**codes: str):
    """Return what a button does: to choose these codes."""
    def choose() -> None:
        st.session_state.update(codes)
    return choose


# --- what was asked ---------------------------------------------------------------------------------------------------------------------
def _names(*keys: str | None) -> dict:
    """What properties, channels and campaigns are called."""
    return {"property": load("properties").set_index("property_id")["name"].to_dict(), "channel": load("channels").set_index("channel")["name"].to_dict(),
            "campaign": load("campaign_list").set_index("campaign_id")["campaign"].to_dict() if "campaign" in keys else {}}


def _asked(choice: Choice) -> pd.DataFrame:
    """The table's cells: of dimensions without an order the largest groups, and all others together."""
    params = {"key": choice.kpi, "rows": _part(choice, choice.rows, _most(choice.top)), "columns": _part(choice, choice.columns, MOST_COLUMNS),
              "panels": _part(choice, choice.panels, MOST_PANELS - 1), "second": choice.second}
    return load("explored", **{name: value for name, value in params.items() if value is not None})


def _most(top: str) -> int | None:
    return None if top == "all" else int(top)


def _part(choice: Choice, dimension: str | None, most: int | None) -> Part | None:
    """A dimension with the groups that stay themselves; a map shows every country."""
    if dimension is None:
        return None
    if most is None or dimension in words.ORDERED or (dimension == "country" and choice.chart == "map" and dimension == choice.rows):
        return Part(dimension)
    return Part(dimension, tuple(load("largest", key=choice.kpi, dimension=dimension, count=most)["group"]))


def compared() -> tuple[str, int, Period]:
    """The comparison that the header chose: its name, how many days earlier it is, and its days."""
    scope = view().scope
    elapsed = scope.elapsed().period
    before = elapsed.year_before() if scope.comparison == "year" else elapsed.previous()
    return scope.comparison, (elapsed.start - before.start).days, before


# --- what is drawn ----------------------------------------------------------------------------------------------------------------------
def _picture(choice: Choice, axes: Axes, frame: pd.DataFrame) -> None:
    scope = view().scope
    elapsed = scope.elapsed().period
    kind = explore_picture.kind_of(choice.chart, axes)
    if kind == "table":
        return
    drawn = axes if kind in ("line", "heat") else Axes(axes.rows, None, axes.panels if kind == "bars" else None, axes.names)  # the others show no columns
    title = exploring.title(choice.k, drawn) if kind != "spread" else t("{name}: what each guest or stay adds", name=t(choice.k.name))
    if choice.second and kind == "scatter":
        title = t("{name} and {second} by {rows}", name=t(choice.k.name), second=t(metric(choice.second).name), rows=t(DIMENSIONS[axes.rows].name).lower())
    said = formats.period(elapsed.start, elapsed.end) if choice.k.dated else t("as of {day}", day=formats.date(scope.as_of))
    whole = exploring.whole_said(choice.k, frame, view().currency)
    with panel(title, f"{said} · {whole}" if whole else said, right=picture_choice):
        explore_picture.draw(kind, choice, axes, frame, compared(), title)


def _table(choice: Choice, axes: Axes, frame: pd.DataFrame) -> tuple | None:
    """The table with its totals; return the cell that was picked: its groups of rows, columns and panels."""
    k, currency, against = choice.k, view().currency, _against()
    with panel(t("The table: {title}", title=exploring.title(k, axes)), _cells_said(choice)):
        panel_ = _panel(axes, frame)
        grid = exploring.Grid(frame, axes, choice.sort, panel_)
        if not grid.rows:
            small(safe(t("Nothing was counted in this period: widen the period or the filters.")), grey=True)
            return None
        if len(grid.rows) > MOST_GROUPS:
            small(safe(t("The first {n} groups are listed; the files hold all.", n=formats.count(MOST_GROUPS))), grey=True)
            grid.rows = grid.rows[:MOST_GROUPS]
        beside = exploring.beside(frame, axes, *compared(), panel=panel_)
        cell = _pivot(choice, grid, beside, currency) if axes.columns else _list(choice, grid, beside, currency, against)
        for line in exploring.kept_back(frame, k):
            small(safe(line), grey=True)
        downloads(f"explore-{choice.kpi}", exploring.file_columns(k, axes), lambda: exploring.file_rows(frame, axes))
        drawer.as_run(k, tuple(_dimension(choice, axes, place) for place, key in enumerate(axes.keys) if key))
    return None if cell is None else (*cell, panel_)


def _panel(axes: Axes, frame: pd.DataFrame) -> object:
    """The picture whose table is shown: all together, or one of the panels."""
    if not axes.panels:
        return TOTAL
    groups = [TOTAL, *exploring.panels_of(frame, axes)]
    named = [axes.name(2, group) for group in groups]
    at = st.selectbox(t(DIMENSIONS[axes.panels].name), range(len(groups)), format_func=lambda i: named[i], key=f"explore_panel_{axes.panels}")
    return groups[at]


def _against() -> str:
    return t("Last year") if view().scope.comparison == "year" else t("Days before")


def _cells_said(choice: Choice) -> str:
    if not choice.columns:
        return t("Each group with its interval, its cases and the comparison; tick a row for the guests behind it")
    return t("{shown} in each cell, totals counted from the rows; pick a cell for the guests behind it", shown=t(exploring.SHOWN[choice.cells]))


def _pivot(choice: Choice, grid: exploring.Grid, beside, currency: str) -> tuple | None:
    table = exploring.pivot(choice.k, grid, beside, choice.cells, currency)
    names = list(table.columns)
    config = {name: st.column_config.Column(alignment="right") for name in names[1:]}
    picked = st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(table), 16), on_select="rerun", selection_mode="single-cell",
                          column_config=config, key=f"explore_pivot_{choice.kpi}_{choice.rows}_{choice.columns}",
                          alt=exploring.title(choice.k, grid.axes)).selection.cells
    if not picked or picked[0][1] not in names[1:]:
        return None
    row, column = [*grid.rows, TOTAL][picked[0][0]], [*grid.columns, TOTAL][names.index(picked[0][1]) - 1]
    return row, column


def _list(choice: Choice, grid: exploring.Grid, beside, currency: str, against: str) -> tuple | None:
    table = exploring.listed(choice.k, grid, beside, against, currency, metric(choice.second) if choice.second else None)
    config = {name: st.column_config.Column(alignment="right") for name in list(table.columns)[1:]}
    picked = st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(table), 16), on_select="rerun", selection_mode="single-row",
                          column_config=config, key=f"explore_list_{choice.kpi}_{choice.rows}", alt=exploring.title(choice.k, grid.axes)).selection.rows
    return ([*grid.rows, TOTAL][picked[0]], TOTAL) if picked and picked[0] < len(table) else None


# --- who is behind it -------------------------------------------------------------------------------------------------------------------
def _guests(choice: Choice, axes: Axes, frame: pd.DataFrame, cell: tuple | None) -> None:
    """The guests or stays behind the cell that was picked."""
    k = choice.k
    if cell is None or not k.opens:
        return
    whose = " · ".join(axes.name(place, group) for place, group in enumerate(cell) if group != TOTAL) or t("Total")
    figures = exploring.Grid(frame, axes, panel=cell[2]).cell(*cell[:2])
    with panel(t("Behind {cell}", cell=whose), t("What each adds to the number; together they make it")):
        if figures is None or figures.hidden:
            small(safe(t("Nobody is named here: fewer than five guests stand behind this cell, or it could be reckoned from the others.")
                       if figures is not None else t("Nobody is behind this cell.")), grey=True)
            return
        group = tuple((_dimension(choice, axes, place), value) for place, value in enumerate(cell) if value != TOTAL)
        count = int(load("behind_total", key=k.key, **({"group": group} if group else {}))["rows"].iloc[0])
        drawer.rows_behind(k, count, group or None)


def _dimension(choice: Choice, axes: Axes, place: int) -> Part:
    """The dimension of a place as it was asked: with the groups that stayed themselves, so that all others are found too."""
    return _part(choice, axes.keys[place], (_most(choice.top), MOST_COLUMNS, MOST_PANELS - 1)[place])



