"""A number opened: where it comes from and who is behind it, in a drawer that leaves the page in sight."""

import math

import pandas as pd
import streamlit as st

from crm_core import exports, formats
from crm_core.charts import bars, trend
from crm_core.i18n import N_, t
from crm_core.marts.tables import TOGETHER
from crm_core.metrics import Metric, metric
from crm_core.metrics.dimensions import DIMENSIONS, Part
from crm_core.queries.sql import sql_of
from crm_core.records.guests import names
from crm_core.records.leads import lead_names
from crm_core.telling import case_words, feedback_words, words
from crm_core.telling.figures import Tile, axis_text, basis_text, change_markdown, interval_text, tile, value_text
from crm_core.ui import decisions_form
from crm_core.ui.load import load, look, view
from crm_core.ui.parts import PAGES, chart, downloads, guest_link, mode, small, table_height, too_few
from crm_core.ui.text import plain, safe

PAGE_ROWS = 50
# KPIs that depend on who is taken for one person, and their column in the sensitivity to it.
BY_IDENTITY = {"guests": "guests", "repeat_ratio_guests": "repeat_ratio"}
BETTER = {"up": N_("Higher is better."), "down": N_("Lower is better."), "none": N_("Neither direction is better in itself.")}


def opens(key: str) -> None:
    """Open the drawer of a KPI over the page."""
    k = metric(key)

    @st.dialog(t(k.name), width="medium", position="right")
    def _drawer() -> None:
        _head(k)
        definition(k)
        _identity(k)
        _tabs(k)
        decisions_form.form(tile(load("kpi_values", keys=(k.key,)), k.key))
        as_run(k)

    _drawer()


def _head(k: Metric) -> None:
    shown, one = view(), tile(load("kpi_values", keys=(k.key,)), k.key)
    left, middle, right = st.columns([1, 1.4, 2.2], vertical_alignment="center")
    left.metric(t(k.name), formats.DASH if one.few else value_text(k, one.value, shown.currency), label_visibility="collapsed")
    with middle:
        said = interval_text(k, one.low, one.high, shown.currency)
        small(
            "  \n".join(
                filter(
                    None,
                    (
                        t("95% interval {interval}", interval=said) if said and not one.few else "",
                        too_few(one.n, k.minimum) if one.few else _rests_on(one),
                    ),
                )
            )
        )
    with right:
        small(
            "  \n".join(
                f"{change_markdown(c)} {t('vs {value}', value=value_text(k, c.before, shown.currency))} {_when(name)}"
                for name, c in (one.changes.items() if k.dated else ())
            )
        )


def _rests_on(one: Tile) -> str:
    """The numerator and denominator of a share of cases, else what the tile says."""
    if one.metric.interval == "wilson":
        return formats.n_of(round(one.numerator), round(one.denominator))
    return formats.n(round(one.n)) if one.metric.interval != "none" else basis_text(one, view().currency)


def _when(name: str) -> str:
    return t("on the same weekdays before") if name == "previous" else t("in the same weeks last year")


def definition(k: Metric) -> None:
    """What a KPI is, which direction is better, and how far back history is known."""
    history = view().warehouse.version.history_from
    st.markdown(f"{safe(t(k.definition))} {safe(t(BETTER[k.better]))}")
    if any(m.order and "stay_key" in m.mart.c for m in k.measures) and history:
        small(safe(t("History is known from {day}; an earlier stay before that day is not seen.", day=formats.date(history))), grey=True)


def _identity(k: Metric) -> None:
    """What the KPI would be if no records were merged, and if every doubtful pair were one guest."""
    if k.key not in BY_IDENTITY:
        return
    rows = load("identity_sensitivity").set_index("identity")[BY_IDENTITY[k.key]]
    if rows.isna().any():
        return
    said = t("By identity: {strict} if no records were merged, {default} as they are, {loose} if every doubtful pair were one guest.",
             **{name: value_text(k, float(value), view().currency) for name, value in rows.items()})
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":small[:gray[{safe(said)}]]", width="stretch")
        st.page_link(PAGES / "duplicates.py", label=t("Duplicates"), icon=":material/arrow_forward:", icon_position="right")


def _tabs(k: Metric) -> None:
    rows = int(load("behind_total", key=k.key)["rows"].iloc[0]) if k.opens else 0
    label = _behind_name(k, formats.count(rows))
    behind, by_property, by_month = st.tabs([label, t("By property"), t("By month")])
    with behind:
        if k.opens:
            rows_behind(k, rows)
        else:
            small(t("No single guest stands behind this figure."), grey=True)
    with by_property:
        split(k, "property", key=f"drawer_{k.key}")
    with by_month:
        months(k)


def _behind_name(k: Metric, n: str) -> str:
    names = {"leads": N_("Leads · {n}"), "guests": N_("Guests · {n}"), "profiles": N_("Profiles · {n}"), "stays": N_("Stays · {n}"),
             "reviews": N_("Reviews · {n}"), "cases": N_("Cases · {n}")}
    return t(names[k.behind], n=n)


def rows_behind(k: Metric, rows: int, group: tuple[str, object] | None = None, place: str = "") -> None:
    """List the guests or stays behind a KPI, page by page; a row that is ticked offers its guest.

    `place` tells apart what one page lists twice, such as a figure's own page under its drawer.
    """
    pages = max(1, math.ceil(rows / PAGE_ROWS))
    name = f"{k.key}{place}"
    page = min(st.session_state.get(f"page_{name}", 1), pages)
    frame = load("behind", key=k.key, offset=(page - 1) * PAGE_ROWS, limit=PAGE_ROWS, **({"group": group} if group else {}))
    shown = people_table(k, frame)
    picked = st.dataframe(
        shown,
        hide_index=True,
        row_height=34,
        height=table_height(len(shown), 9),
        key=f"behind_{name}",
        on_select="rerun",
        selection_mode="single-row",
        alt=t("The rows behind {name}", name=t(k.name)),
    ).selection.rows
    if pages > 1:
        st.pagination(pages, key=f"page_{name}")
    first, last = min((page - 1) * PAGE_ROWS + 1, rows), min(page * PAGE_ROWS, rows)
    with st.container(horizontal=True, vertical_alignment="center"):
        said = t(
            "{first}–{last} of {rows}, largest part first", first=formats.count(first), last=formats.count(last), rows=formats.count(rows)
        )
        st.markdown(f":small[:gray[{safe(said)}]]", width="stretch")
        if picked and pd.notna(frame["guest_id"].iloc[picked[0]]):
            guest_link(int(frame["guest_id"].iloc[picked[0]]), t("Open guest"), icon=":material/person:")
        downloads(name, list(shown.columns), lambda: _all_rows(k, group))


def _all_rows(k: Metric, group: tuple[str, object] | None) -> list[tuple]:
    frame = load("behind", key=k.key, limit=exports.MOST_ROWS, **({"group": group} if group else {}))
    return list(people_table(k, frame).itertuples(index=False, name=None))


def people_table(k: Metric, frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows of the query `behind` as a table in words: guest, property, dates and what each adds to the number.

    Reviews also say where they were written and with what score, cases what they are about and how far they are.
    """
    places = load("properties").set_index("property_id")["name"]
    ids = tuple(int(i) for i in frame["guest_id"].dropna().unique())
    known = look(names, ids=ids) if view().scope.may("contact") else {}
    columns = {
        **_who(k, frame, known),
        **_what(k, frame),
        t("Property"): [t("All properties") if p == TOGETHER else str(places.get(p, p)) for p in frame["property_id"]],
        t("Date"): [formats.date(d) if pd.notna(d) else formats.DASH for d in frame["last_on"]],
    }
    if k.people:
        columns[t("Stays")] = [formats.count(x) for x in frame["times"]]
    else:
        columns[t("Contribution")] = [_part(k, x) for x in frame["part"]]
    return pd.DataFrame(columns)


def _who(k: Metric, frame: pd.DataFrame, known: dict[int, str]) -> dict[str, list[str]]:
    if k.behind != "leads":
        return {t("Guest"): [_guest(i, known) for i in frame["guest_id"]]}
    called = look(lead_names, ids=tuple(int(i) for i in frame["id"])) if view().scope.may("lead") else {}
    return {t("Lead"): [plain(called.get(int(i))) or t("Lead {id}", id=int(i)) for i in frame["id"]]}


def _what(k: Metric, frame: pd.DataFrame) -> dict[str, list[str]]:
    """What a review or a case is, beside its guest; nothing of guests and stays."""
    if k.behind not in ("reviews", "cases") or frame.empty:
        return {}
    ids = tuple(int(i) for i in frame["id"])
    facts = load("review_facts" if k.behind == "reviews" else "case_facts", ids=ids).set_index(f"{k.behind[:-1]}_id").reindex(ids)
    if k.behind == "reviews":
        return {t("Platform"): [feedback_words.platform(p) for p in facts["platform"]],
                t("Score"): [feedback_words.rating(r.score_bp, r.nps) for r in facts.itertuples()]}
    return {t("Kind"): [case_words.coded("kind", kind) for kind in facts["kind"]], t("Status"): [t(case_words.STATUSES[s]) for s in facts["status"]]}


def _guest(guest_id, known: dict[int, str]) -> str:
    if pd.isna(guest_id):
        return t("Unidentified")
    return plain(known.get(int(guest_id))) or t("Guest {id}", id=int(guest_id))


def _part(k: Metric, part) -> str:
    if k.numerator[0].money:
        return formats.money_exact(part / k.scale, view().currency)
    return formats.count(part) if k.scale == 1 else formats.decimal(part / k.scale, 2)


def split(k: Metric, by: str, key: str) -> None:
    """Draw a KPI split by a dimension as bars with their n."""
    values = load("kpi_values", keys=(k.key,), by=by)
    now = values[values["period"] == "now"]
    names = {**load("properties").set_index("property_id")["name"].to_dict(), **load("channels").set_index("channel")["name"].to_dict()}
    labels = [words.group_name(by, g, names) for g in now["group"]]
    texts = [formats.DASH if few else value_text(k, v, view().currency) for v, few in zip(now["value"], now["few"], strict=True)]
    figure = bars.bars(
        mode(), labels, [None if few else v for v, few in zip(now["value"], now["few"], strict=True)], texts, notes=cases(k, now["n"])
    )
    chart(figure, t("{name} by {dimension}", name=t(k.name), dimension=t(DIMENSIONS[by].name).lower()), key=f"{key}_{by}")


def cases(k: Metric, counts: pd.Series) -> list[str] | None:
    """Return the n of each group as a note, or nothing for a count, which is its own n."""
    return [formats.n(round(n)) for n in counts.fillna(0)] if k.denominator or k.interval != "none" else None


def months(k: Metric, place: str = "") -> None:
    """Draw a KPI's complete months as a line of numbers; `place` as in rows_behind()."""
    frame = load("kpi_months", keys=(k.key,), count=13)
    if k.key not in frame:
        why = t("A median has no months here: see it split on its own page.") if k.dated else t("How this stood in earlier months is not kept.")
        small(why, grey=True)
        return
    labels = [formats.month_short(m) for m in frame["month"]]
    figure = trend.trend(
        mode(),
        labels,
        frame[k.key].tolist(),
        [None] * len(frame),
        [True] * len(frame),
        [value_text(k, v, view().currency) for v in frame[k.key]],
        say=lambda v: axis_text(k, v, view().currency),
    )
    chart(figure, t("{name} by month", name=t(k.name)), key=f"months_{k.key}{place}")


def as_run(k: Metric, by: tuple[str | Part, ...] = ()) -> None:
    """The KPI's SQL with its parameters, split by dimensions if so asked, folded."""
    written(sql_of(view().scope, k, by))


def written(statements: list[tuple[str, dict[str, object]]], *, expanded: bool = False) -> None:
    """Statements with their parameters and the version that they were asked, folded."""
    shown = view()
    with st.expander(t("Query as run, with parameters"), expanded=expanded, icon=":material/code:"):
        for text, values in statements:
            st.code(text, language="sql", wrap_lines=True)
            small(safe(" · ".join(f"{name} = {value}" for name, value in values.items())), grey=True)
        version = shown.warehouse.version
        small(
            safe(
                t(
                    "version {number} of {at} · as of {day} · persons as they are joined today",
                    number=version.number,
                    at=version.at,
                    day=formats.date(version.as_of),
                )
            ),
            grey=True,
        )
