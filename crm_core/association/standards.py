"""Standards: checklists as data, with sections and weighted items, and the score of an assessment."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from crm_core.association.reading import LINE, NAME, Bad, Sheet, filled, place
from crm_core.association.texts import Texts
from crm_core.i18n import N_, t

RESULTS = ("met", "partly", "not_met", "not_applicable", "not_assessed")
WORTH = {"met": 1.0, "partly": 0.5, "not_met": 0.0}  # what an item's weight counts for
MOST_UNASSESSED = 0.10  # of the applicable weight; above it there is no score
MOST_SECTIONS, MOST_ITEMS, HEAVIEST = 40, 200, 100
OF_STANDARD, OF_SECTION = ("code", "name", "release", "sections"), ("code", "name", "items")
OF_ITEM = ("code", "text", "weight", "aspect", "case_kind", "department", "kpi", "course")
EVIDENCE = {"aspect": N_("aspect of reviews"), "case_kind": N_("kind of case"), "department": N_("department"), "kpi": N_("KPI"), "course": N_("course")}


class BadStandard(Bad):
    """The standard cannot be meant."""


@dataclass(frozen=True)
class Item:
    """One check: what is looked at, how much it weighs, and where guests say something of the same thing.

    aspect (of reviews), case_kind, department (of the hotel), kpi (a key of the catalogue) and course (a code) are "" where there is none.
    """

    code: str
    text: Texts
    weight: int = 1
    aspect: str = ""
    case_kind: str = ""
    department: str = ""
    kpi: str = ""
    course: str = ""


@dataclass(frozen=True)
class Section:
    """Items under one heading."""

    code: str
    name: Texts
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Standard:
    """A checklist in one release; the codes of its items are unique in all its sections."""

    code: str
    name: Texts
    release: str
    sections: tuple[Section, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """Every item, in order."""
        return tuple(item for section in self.sections for item in section.items)


@dataclass(frozen=True)
class Score:
    """How far a standard is met: a share from 0 to 1, or None where too much is not assessed or nothing applies.

    met_weight counts half of what is partly met; unassessed_share is that part of the applicable weight for which there is no result.
    """

    value: float | None
    met_weight: float
    applicable_weight: int
    unassessed_share: float
    answered: int
    items: int


# --- reading and writing ------------------------------------------------------------------------------------------------
def parse(said: object) -> Standard:
    """Return the standard of what JSON or TOML gave, in the form of form(). Raises BadStandard with every problem."""
    sheet = Sheet.of(said, place(N_("Standard “{code}”"), said), OF_STANDARD)
    sections = tuple(_section(part) for part in sheet.parts("sections", OF_SECTION, N_("{place}, section {number}"), MOST_SECTIONS, 1))
    standard = Standard(sheet.code("code"), sheet.texts("name", NAME), sheet.text("release", 40), sections)
    sheet.once("sections", [section.code for section in sections])
    sheet.once("items", [item.code for item in standard.items])
    if len(standard.items) > MOST_ITEMS:
        sheet.refuse("items", t("there are {n} items, and {most} are possible: make two standards of it.", n=len(standard.items), most=MOST_ITEMS))
    return sheet.done(standard, BadStandard)


def _section(sheet: Sheet) -> Section:
    items = tuple(_item(part) for part in sheet.parts("items", OF_ITEM, N_("{place}, item {number}"), MOST_ITEMS, 1))
    return Section(sheet.code("code"), sheet.texts("name", NAME), items)


def _item(sheet: Sheet) -> Item:
    evidence = [sheet.code(field, is_needed=False) for field in EVIDENCE]
    return Item(sheet.code("code"), sheet.texts("text", LINE), sheet.whole("weight", 1, HEAVIEST, 1), *evidence)


def form(standard: Standard) -> dict:
    """Return a standard as JSON takes it; parse() reads it again."""
    sections = [{"code": s.code, "name": dict(s.name), "items": [_item_form(item) for item in s.items]} for s in standard.sections]
    return {"code": standard.code, "name": dict(standard.name), "release": standard.release, "sections": sections}


def _item_form(item: Item) -> dict:
    return filled({"code": item.code, "text": dict(item.text), "weight": item.weight, **{field: getattr(item, field) for field in EVIDENCE}})


def problems(standard: Standard, known: Mapping[str, Collection[str]]) -> list[str]:
    """Say what the items name that this house does not know: `known` holds the allowed words of aspect, case_kind, department, kpi, course.

    A kind of evidence that `known` leaves out is not looked at.
    """
    return [t("Standard “{code}”, item “{item}”: “{value}” ({kind}) does not exist here; the item stands without this evidence.",
              code=standard.code, item=item.code, kind=t(EVIDENCE[field]), value=value)
            for item in standard.items for field, value in _named(item, known) if value not in known[field]]  # fmt: skip


def _named(item: Item, known: Mapping[str, Collection[str]]) -> Iterator[tuple[str, str]]:
    yield from ((field, getattr(item, field)) for field in EVIDENCE if field in known and getattr(item, field))


# --- the score ----------------------------------------------------------------------------------------------------------
def score(standard: Standard, results: Mapping[str, str]) -> Score:
    """Return how far the whole standard is met by results (item's code → one of RESULTS); an item without one is not assessed.

    Σ weight met (partly met: half) / Σ weight applicable, where what is not assessed counts as applicable and not met; None where more than
    a tenth of the applicable weight is not assessed, or where nothing applies. Raises ValueError for a result that is none.
    """
    return _scored(standard.items, results)


def by_section(standard: Standard, results: Mapping[str, str]) -> dict[str, Score]:
    """Return the score of each section, by its code, in the standard's order."""
    return {section.code: _scored(section.items, results) for section in standard.sections}


def _scored(items: tuple[Item, ...], results: Mapping[str, str]) -> Score:
    found = [(item.weight, _result(results.get(item.code, "not_assessed"))) for item in items]
    applicable = sum(weight for weight, result in found if result != "not_applicable")
    met = sum(weight * WORTH.get(result, 0.0) for weight, result in found)
    unassessed = sum(weight for weight, result in found if result == "not_assessed")
    has_score = applicable > 0 and unassessed <= MOST_UNASSESSED * applicable
    return Score(met / applicable if has_score else None, met, applicable, unassessed / applicable if applicable else 0.0,
                 sum(result != "not_assessed" for _, result in found), len(found))  # fmt: skip


def _result(result: str) -> str:
    if result not in RESULTS:
        raise ValueError(f"“{result}” is no result: one of {', '.join(RESULTS)}.")
    return result
