"""The Leads page: what is open, the pipeline as a board and as a table, and what is done there with one click."""
import datetime as dt
import math

import pandas as pd
import streamlit as st

from crm_core import exports, formats
from crm_core.i18n import N_, t, tn
from crm_core.records import leads as records
from crm_core.schema import LEAD_STAGES
from crm_core.telling.lead_words import FOLLOWING, KINDS, LOST, SOURCES, STAGES, band, called, due, stay_asked
from crm_core.ui import lead_moves, tiles
from crm_core.ui.filters import one, understand
from crm_core.ui.load import load, look, view
from crm_core.ui.parts import PAGES, downloads, filled, panel, small, table_height
from crm_core.ui.text import plain, safe

CARDS, CLOSED_CARDS = 4, 3
PAGE_ROWS = 50
CLOSED_SHOWN = dt.timedelta(30)
VIEWS = {"board": N_("Board"), "table": N_("Table")}
DUES = {"any": N_("Any due date"), "overdue": N_("Overdue"), "week": N_("Due in 7 days"), "none": N_("Nothing due")}
SORTS = {"due": N_("Due first"), "created": N_("Newest first"), "value": N_("Highest value"), "arrival": N_("Next arrival")}
COLUMNS = (N_("Lead"), N_("Stage"), N_("Kind"), N_("Value"), N_("Arrival"), N_("Owner"), N_("Next step"), N_("Due"), N_("Score"), N_("Source"),
           N_("Since"))
WIDTHS = (150, 84, 76, 92, 100, 80, 150, 92, 100, 86, 100)


def totals() -> None:
    """The tiles: what is open, what it is worth, what is overdue, and how many leads become bookings."""
    with st.grid(4, min_column_width=150, gap="small"):
        if view().scope.may("lead"):
            _open_tiles(look(records.lead_totals))
        tiles.card("lead_conversion")


def _open_tiles(by_stage: dict[str, dict]) -> None:
    of = lambda name: [by_stage[stage][name] for stage in records.OPEN]  # noqa: E731
    values, leads, overdue = of("value"), sum(of("leads")), sum(of("overdue"))
    worth = _worth(None if None in values else sum(values))
    _tile(t("Open leads"), formats.count(leads), [f"{t(STAGES[s])} {formats.count(by_stage[s]['leads'])}" for s in records.OPEN])
    _tile(t("Open value"), worth, [f"{t(STAGES[s])} {_worth(by_stage[s]['value'])}" for s in records.OPEN] + [t("not weighted by chance")])
    late = t("{share} of the open leads", share=formats.percent(overdue / leads, 0)) if leads else t("nothing is open")
    _tile(t("Overdue"), formats.count(overdue), [late, t("{n} without a due date", n=formats.count(sum(of("no_step"))))])


def _worth(value: float | None) -> str:
    return formats.DASH if value is None else formats.compact_money(value, view().currency)


def _tile(name: str, value: str, lines: list[str]) -> None:
    with st.container(border=True, height="stretch", gap="xxsmall"):
        small(safe(name))
        st.metric(name, value, label_visibility="collapsed")
        small("  \n".join(safe(line) for line in lines), grey=False)


def work() -> None:
    """The pipeline with its filters, as a board or as a table."""
    if not view().scope.may("lead"):
        return
    lead_moves.undo_strip()
    chosen = _filters()
    by_stage = look(records.lead_totals, **chosen, closed_from=view().scope.as_of - CLOSED_SHOWN)
    if not any(one_stage["leads"] for one_stage in by_stage.values()):
        _nothing()
    elif st.session_state.get("show") == "table":
        _table(chosen)
    else:
        _board(chosen, by_stage)


def _filters() -> dict:
    owners = look(records.lead_owners)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(width="content"):
            _switch()
        with st.container(width="stretch"):
            text = st.text_input(t("Find a lead"), key="lead_text", type="search", icon=":material/search:", live="300ms", bind="query-params",
                                 placeholder=t("Name, company, e-mail or words"), label_visibility="collapsed")  # fmt: skip
        if st.button(t("New enquiry"), icon=":material/add:", type=filled(), key="new_enquiry"):
            st.switch_page(PAGES / "enquiry.py")
    with st.grid(4, min_column_width=140, gap="xsmall"):
        owner = one("owner", t("Owner"), {"any": N_("Any owner"), "nobody": N_("Without an owner")} | {name: name for name in owners})
        via = one("source", t("Source"), {"any": N_("Any source")} | SOURCES)
        kind = one("asked", t("Kind"), {"any": N_("Any kind")} | KINDS)
        when = one("due", t("Due"), DUES)
    picked = {"owner": "" if owner == "nobody" else owner, "via": via, "kind": kind, "due": when, "text": text}
    return {name: value for name, value in picked.items() if value not in ("any", None)}


def _switch() -> None:
    understand("show", VIEWS)
    st.segmented_control(t("View"), list(VIEWS), format_func=lambda v: t(VIEWS[v]), default="board", key="show", required=True,
                         bind="query-params", label_visibility="collapsed")  # fmt: skip


def _nothing() -> None:
    with panel(t("No leads here"), t("Open ones, and those that were won or lost in the last 30 days"), height="content"):
        st.markdown(safe(t("Nobody fits these filters, or no enquiry was taken down yet. Enquiries come in by file, too: see Data.")))
        st.button(t("Clear the filters"), key="clear_leads", on_click=_clear)


def _clear() -> None:
    for key in ("owner", "source", "asked", "due", "lead_text"):
        st.session_state.pop(key, None)


def _board(chosen: dict, by_stage: dict[str, dict]) -> None:
    scores = load("lead_scores").set_index("lead_id")
    with st.grid(len(STAGES), min_column_width=200, gap="xsmall"):
        for stage in STAGES:
            with st.container(gap="xsmall"):
                _column(stage, by_stage[stage], chosen, scores)


def _column(stage: str, total: dict, chosen: dict, scores: pd.DataFrame) -> None:
    closed = stage in records.CLOSED
    worth = "" if not total["value"] else f" · {formats.compact_money(total['value'], view().currency)}"
    since = f" · {t('30 days')}" if closed else ""
    st.markdown(f"**{safe(t(STAGES[stage]))}** {formats.count(total['leads'])} :small[:gray[{safe(worth + since)}]]")
    found = look(records.leads, **{**chosen, "stages": (stage,)}, sort="closed" if closed else "due", limit=CLOSED_CARDS if closed else CARDS,
                 closed_from=view().scope.as_of - CLOSED_SHOWN)  # fmt: skip
    for row in found:
        _card(row, scores)
    if total["leads"] > len(found):
        small(safe(t("{n} more in the table", n=formats.count(total["leads"] - len(found)))), grey=True)


def _card(row: dict, scores: pd.DataFrame) -> None:
    with st.container(border=True, gap="xxsmall"):
        st.page_link(PAGES / "lead.py", label=safe(called(row)), query_params={"lead": str(row["id"])}, width="stretch")
        value = f"**{safe(formats.money(row['value_minor'], row['currency']))}** · " if row["value_minor"] else ""
        small(value + safe(stay_asked(row)))
        said = [due(row, view().scope.as_of), f":gray[{safe(row['owner'])}]" if row["owner"] else ""] if row["stage"] in records.OPEN else []
        said += [safe(_closed(row))]
        small(" ".join(filter(None, said)))
        _foot(row, scores)


def _closed(row: dict) -> str:
    if row["stage"] == "lost":
        return t(LOST.get(row["lost_reason"], row["lost_reason"] or N_("Other")))
    return (t("with a booking") if row["stay_id"] else t("no booking named")) if row["stage"] == "won" else ""


def _foot(row: dict, scores: pd.DataFrame) -> None:
    """The score at the left, the step to the next stage at the right."""
    if row["stage"] not in FOLLOWING:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
        score = band(scores.loc[row["id"]]) if row["id"] in scores.index else ""
        st.markdown(f":small[:gray[{safe(score)}]]", width="stretch")
        following = FOLLOWING[row["stage"]]
        label = t("→ {stage}", stage=t(STAGES[following]))
        st.button(label, key=f"next_{row['id']}", type="tertiary", width="content", on_click=lead_moves.begin, args=(row, following))


def _table(chosen: dict) -> None:
    left, right = st.columns([1, 1], vertical_alignment="center")
    with left:
        stage = one("stage", t("Stage"), {"open": N_("Open leads"), "all": N_("All leads")} | STAGES)
    with right:
        sort = one("lead_sort", t("Sort by"), SORTS)
    chosen = chosen | {"stages": {"open": records.OPEN, "all": LEAD_STAGES}.get(stage, (stage,))}
    total = sum(part["leads"] for part in look(records.lead_totals, **chosen).values())
    pages = max(1, math.ceil(total / PAGE_ROWS))
    page = min(st.session_state.get("lead_page", 1), pages)
    rows = look(records.leads, **chosen, sort=sort, offset=(page - 1) * PAGE_ROWS, limit=PAGE_ROWS)
    picked = st.dataframe(_words(rows), hide_index=True, row_height=34, height=table_height(len(rows)), key="lead_rows", on_select="rerun",
                          selection_mode="single-row", alt=t("Leads, {sort}", sort=t(SORTS[sort])),
                          column_config=_widths()).selection.rows  # fmt: skip
    _under(rows, picked, total, pages, chosen, sort)


def _widths() -> dict:
    return {t(name): st.column_config.Column(width=width, alignment="right" if name == "Value" else "left")
            for name, width in zip(COLUMNS, WIDTHS, strict=True)}


def _words(rows: list[dict]) -> pd.DataFrame:
    scores = load("lead_scores", ids=tuple(row["id"] for row in rows)).set_index("lead_id")
    date = lambda day: formats.date(day) if day else ""  # noqa: E731
    told = [(plain(called(r)), t(STAGES[r["stage"]]), t(KINDS.get(r["kind"], r["kind"])),
             formats.money(r["value_minor"], r["currency"]) if r["value_minor"] is not None else "", date(r["arrival_on"]), plain(r["owner"]),
             plain(r["next_step"]), date(r["due_on"]), band(scores.loc[r["id"]]) if r["id"] in scores.index else "",
             t(SOURCES.get(r["via"], r["via"])), date(dt.date.fromisoformat(r["created_at"][:10]))) for r in rows]  # fmt: skip
    return pd.DataFrame(told, columns=[t(name) for name in COLUMNS])


def _under(rows: list[dict], picked: list[int], total: int, pages: int, chosen: dict, sort: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if pages > 1:
            st.pagination(pages, key="lead_page")
        st.markdown(f":small[:gray[{safe(tn('{n} lead', '{n} leads', total, n=formats.count(total)))}]]", width="stretch")
        if picked and picked[0] < len(rows):
            row = rows[picked[0]]
            st.page_link(PAGES / "lead.py", label=t("Open lead"), icon=":material/arrow_forward:", icon_position="right",
                         query_params={"lead": str(row["id"])})  # fmt: skip
        every = lambda: _words(look(records.leads, **chosen, sort=sort, limit=exports.MOST_ROWS))  # noqa: E731
        downloads("leads", [t(name) for name in COLUMNS], lambda: list(every().itertuples(index=False, name=None)))
