"""The page of standards: which house and checklist, how far it is met by section, how that moved, and how the houses stand beside each other."""
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.association.standards import Standard
from crm_core.association.texts import said
from crm_core.charts import bars, lines
from crm_core.i18n import language, t
from crm_core.metrics import CATALOGUE, metric
from crm_core.queries.standards import WHOLE
from crm_core.records import assessments as records
from crm_core.records.standards import checklists
from crm_core.telling.figures import value_text
from crm_core.ui import choosing
from crm_core.ui import standards_words as words
from crm_core.ui.load import load, look, view
from crm_core.ui.parts import PAGES, chart, downloads, empty, mode, panel, small, table_height
from crm_core.ui.text import plain, safe

MAY = "standards"
HOUSES = 12  # beside each other


@dataclass(frozen=True)
class Chosen:
    """The house and the checklist that the page is about, all houses to choose from by id, and every assessment of this house by it, latest first."""

    house: int
    houses: Mapping[int, str]
    row: Mapping
    assessed: tuple[dict, ...]

    @property
    def standard(self) -> Standard:
        """The checklist as it is today."""
        return self.row["standard"]

    @property
    def latest(self) -> dict | None:
        """The latest complete assessment, None where there is none."""
        return next((row for row in self.assessed if row["state"] == "complete"), None)

    @property
    def drafts(self) -> list[dict]:
        """Assessments that somebody has begun."""
        return [row for row in self.assessed if row["state"] == "draft"]


def chosen() -> Chosen | None:
    """Draw the choice of house and checklist, kept in the URL in codes, and return it; without any checklist say where they come from."""
    there, houses = look(checklists), _houses()
    if not there or not houses:
        _nothing()
        return None
    assessed = look(records.assessments)
    used = [row["code"] for row in assessed]  # the checklist in use stands first
    by_code = {row["code"]: row for row in sorted(there, key=lambda row: used.index(row["code"]) if row["code"] in used else len(used))}
    with st.grid(2, min_column_width=240, gap="small"):
        house = int(choosing.one("house", t("House"), {str(number): name for number, name in houses.items()}))
        code = choosing.one("checklist", t("Checklist"), {code: plain(words.name(row["standard"])) for code, row in by_code.items()})
    return Chosen(house, houses, by_code[code], tuple(row for row in assessed if (row["property_id"], row["code"]) == (house, code)))


def card(at: Chosen) -> dict | None:
    """Return the latest complete assessment of the house with its items and scores, None where there is none."""
    return look(records.assessment_card, id=at.latest["id"]) if at.latest else None


def _houses() -> dict[int, str]:
    names = load("properties").set_index("property_id")["name"]
    return {int(number): plain(str(name)) for number, name in names.items() if number in view().scope.properties}


def _nothing() -> None:
    empty(t("No checklist yet"), t("Checklists come with the pack of an association: bring one in, or begin with the example that we wrote."))
    st.page_link(PAGES / "network.py", label=t("Packs"), icon=":material/inventory_2:")


# --- the latest assessment, by section --------------------------------------------------------------------------------------------
def sections(at: Chosen, card: Mapping, evidence: pd.DataFrame) -> None:
    """The latest assessment by section, with what changed since the one before, and its file."""
    standard, before = card["standard"], _before(at)
    names = [said(section.name, language()) for section in standard.sections]
    found = [card["sections"][section.code] for section in standard.sections]
    title = words.sections_title(standard, card["score"], card["sections"])
    with panel(title, t("Weight met out of the weight that applies; partly met counts half · {held}", held=words.held(card))):
        notes = [_moved(score.value, before.get(section.code)) for section, score in zip(standard.sections, found, strict=True)]
        values = [None if score.value is None else 100 * score.value for score in found]
        lowest = [name for name, value in zip(names, values, strict=True) if value is not None and value == min(v for v in values if v is not None) < 100]
        chart(bars.bars(mode(), names, values, [words.score(score) for score in found], lowest[:1], notes=notes), title, key="standard_sections")
        _results(card)
        with st.expander(t("Every item with its answer, and what guests say beside it")):
            _answers(at, card, evidence)


def _before(at: Chosen) -> dict[str, float]:
    """The scores by section of the assessment before the latest one."""
    complete = [row for row in at.assessed if row["state"] == "complete"]
    if len(complete) < 2:
        return {}
    return {code: score.value for code, score in look(records.assessment_card, id=complete[1]["id"])["sections"].items()}


def _moved(now: float | None, before: float | None) -> str:
    if now is None or before is None:
        return ""
    return t("as before") if round(100 * (now - before)) == 0 else formats.points(now - before, 0)


def _results(card: Mapping) -> None:
    """How many items came out how, in one line."""
    found = [card["items"].get(item.code, {"result": words.UNSEEN})["result"] for item in card["standard"].items]
    counted = {code: found.count(code) for code in (*words.RESULTS, words.UNSEEN) if code in found}
    small("   ".join(f"{words.ICONS[code]} {safe(words.result(code))} **{formats.count(n)}**" for code, n in counted.items()))


def _answers(at: Chosen, card: Mapping, evidence: pd.DataFrame) -> None:
    """Every item with its answer, what guests say and the figure that it names, as a table and as a file."""
    columns = [t("Section"), t("Code"), t("Item"), t("Weight"), t("Result"), t("What was seen"), t("Seen on"), t("What guests say"), t("Guests say otherwise"),
               t("Figure")]
    said_of, figures = {row["item"]: row for row in evidence.to_dict("records")}, _figures(at, card["standard"])
    rows = [(*_answer(section.name, item, card["items"].get(item.code), said_of.get(item.code)), figures.get(item.kpi, ""))
            for section in card["standard"].sections for item in section.items]
    shown = pd.DataFrame(rows, columns=columns).drop(columns=[t("Section"), t("Code"), t("Seen on")])
    st.dataframe(shown.map(lambda cell: plain(str(cell))), hide_index=True, row_height=34, height=table_height(len(rows), 12),
                 column_config={t("Item"): st.column_config.TextColumn(width=340)}, alt=t("Every item with its answer"))
    downloads(f"checklist-{at.row['code']}", columns, lambda: rows)


def _figures(at: Chosen, standard: Standard) -> dict[str, str]:
    """The value of each KPI that an item names, of the chosen house in the period."""
    keys = tuple(sorted({item.kpi for item in standard.items if item.kpi in CATALOGUE}))
    if not keys:
        return {}
    found = load("kpi_values", replace(view().scope, properties=(at.house,)), keys=keys)
    now = found[found["period"] == "now"]
    values = [formats.DASH if few else value_text(metric(key), value, view().currency) for key, value, few in zip(now["key"], now["value"], now["few"], strict=True)]
    return {key: f"{t(metric(key).name)}: {value}" for key, value in zip(now["key"], values, strict=True)}


def _answer(section: Mapping, item, given: Mapping | None, guests: Mapping | None) -> tuple:
    given = given or {"result": words.UNSEEN, "evidence": "", "evidence_on": None}
    otherwise = "" if guests is None else t("yes") if guests["contradicted"] and given["result"] in words.TICKED else t("no")
    return (said(section, language()), item.code, words.item_text(item), item.weight, words.result(given["result"]), given["evidence"],
            given["evidence_on"].isoformat() if given["evidence_on"] else "", " · ".join(words.evidence(guests)) if guests else "", otherwise)


# --- through time, and house by house ---------------------------------------------------------------------------------------------
def _scores() -> pd.DataFrame:
    """The scores of every house the visitor may see, whichever the header names: a checklist is compared between houses."""
    found = load("standards_trend", replace(view().scope, properties=view().visitor.properties))
    return found[found["section"] == WHOLE]


def trend(at: Chosen) -> None:
    """The score of the house by this checklist, assessment by assessment."""
    found = _scores()
    found = found[(found["standard"] == at.row["code"]) & (found["property_id"] == at.house)].sort_values(["assessed_on", "assessment_id"])
    title = words.trend_title(found["score"].tolist())
    with panel(title, t("Score of each complete assessment of {house}; a full count, not a sample", house=at.houses[at.house])):
        if found["score"].notna().sum() < 2:
            small(safe(t("A line needs two assessments with a score.")), grey=True)
            return
        days = [formats.date(pd.Timestamp(day).date()) for day in found["assessed_on"]]
        texts = [formats.percent(one, 0) for one in found["score"]]
        last = texts[-1] if pd.notna(found["score"].iloc[-1]) else ""
        series = lines.Series(last, (100 * found["score"]).tolist(), texts)
        chart(lines.lines(mode(), days, [series], say=lambda x: formats.round_percent(x / 100), ticks=days if len(days) < 5 else None, height=200), title,
              key="standard_trend")


def houses(at: Chosen) -> None:
    """The latest score of every house by this checklist, the chosen one in the accent."""
    found = _scores()
    found = found[(found["standard"] == at.row["code"]) & (found["is_latest"] == 1)]
    names = load("properties", replace(view().scope, properties=view().visitor.properties)).set_index("property_id")["name"]
    found = found.assign(house=[plain(str(names.get(number, number))) for number in found["property_id"]]).head(HOUSES)
    title = words.houses_title(dict(zip(found["house"], found["score"], strict=True)))
    with panel(title, t("Latest complete assessment of each house by this checklist")):
        if found.empty:
            small(safe(t("No house has a complete assessment yet.")), grey=True)
            return
        texts = [formats.percent(one, 0) if pd.notna(one) else t("no score") for one in found["score"]]
        notes = [formats.month(pd.Timestamp(day).date()) for day in found["assessed_on"]]
        chart(bars.bars(mode(), found["house"].tolist(), 100 * found["score"], texts, [at.houses[at.house]], notes=notes), title, key="standard_houses")


def unassessed(at: Chosen) -> None:
    """A house that was never held against this checklist: what it is, and how to begin."""
    standard = at.standard
    with panel(t("{house} was not assessed by this checklist yet", house=at.houses[at.house]), t("What it looks at"), height="content"):
        for section in standard.sections:
            st.markdown(f"**{safe(said(section.name, language()))}** :small[:gray[{len(section.items)}]]  \n"
                        + ":small[" + safe(" · ".join(words.short(words.item_text(item), 60) for item in section.items)) + "]")
