"""The card of what was ticked and guests contradict: the item, what they say with interval and n, and the way to their words and cases."""
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import interval
from crm_core.i18n import t, tn
from crm_core.telling import feedback_words
from crm_core.ui import feedback
from crm_core.ui import standards_words as words
from crm_core.ui.load import load, view
from crm_core.ui.parts import PAGES, chart, mode, panel, small
from crm_core.ui.standards import Chosen
from crm_core.ui.text import safe

TEXTS = 6  # reviews shown of an aspect


def evidence(at: Chosen, card: Mapping) -> pd.DataFrame:
    """Return what the guests of the chosen house say of each item of the checklist that names something they speak of.

    Complaints are those of its kind; where it names no kind, those of the department that it is the business of.
    """
    items = tuple((item.code, item.aspect, item.case_kind, "" if item.case_kind else item.department) for item in card["standard"].items)
    found = load("guest_evidence", replace(view().scope, properties=view().visitor.properties), items=items)
    return found[found["property_id"] == at.house].reset_index(drop=True)


def otherwise(card: Mapping, found: pd.DataFrame) -> None:
    """Draw the ticked items that guests contradict, the heaviest first, each with the evidence; then how many could be told at all."""
    weights = {item.code: item.weight for item in card["standard"].items}
    ticked = [code for code, given in card["items"].items() if given["result"] in words.TICKED]
    mine = found[found["item"].isin(ticked)]
    told = int(sum(words.is_told(row) for row in mine.to_dict("records")))
    against = mine[mine["contradicted"]]
    against = against.assign(weight=[weights.get(code, 0) for code in against["item"]]).sort_values("weight", ascending=False, kind="stable")
    with panel(words.said_title(len(ticked), told, len(against)),
               t("Items met or partly met, beside reviews and complaints of the period · beyond chance worse than all aspects, or more complaints than all houses"),
               height="content"):
        for rows in words.by_evidence(against.to_dict("records")):
            _block(card, rows)
        _forest(against)
        _rest(len(ticked), told, len(against))
        _few(mine)


def _block(card: Mapping, rows: Sequence[Mapping]) -> None:
    """What guests say of one thing, and every ticked item that it contradicts."""
    first, items = rows[0], {item.code: item for item in card["standard"].items}
    left, right = st.columns([1.62, 1], vertical_alignment="center")
    with left, st.container(gap="xsmall"):
        said = words.evidence(first)
        st.markdown(f"**{safe(said[0])}**" + "".join(f"  \n:small[:gray[{safe(one)}]]" for one in said[1:]))
        ticks = [(words.ICONS[card["items"][row["item"]]["result"]], safe(words.item_text(items[row["item"]]))) for row in rows]
        st.markdown("  \n".join(f":small[{icon} {text}]" for icon, text in ticks))
    with right, st.container(horizontal=True, horizontal_alignment="right"):
        if first["aspect_contradicts"] and view().scope.may("contact"):
            st.button(t("What they wrote"), icon=":material/rate_review:", key=f"said_{first['item']}", on_click=_open, args=(first["aspect"],))
        if first["cases_contradict"]:
            chosen = {f"case_{name}": first[column] for name, column in (("kind", "case_kind"), ("department", "department")) if first[column]}
            st.page_link(PAGES / "cases.py", label=t("Cases"), icon=":material/flag:", query_params=chosen)


def _open(aspect: str) -> None:
    st.session_state["standards_aspect"] = aspect


def _close() -> None:
    st.session_state.pop("standards_aspect", None)


def wrote(at: Chosen) -> None:
    """Open over the page what guests of the house wrote of an aspect, until it is closed."""
    aspect = st.session_state.get("standards_aspect")
    if aspect:
        st.dialog(feedback_words.aspect(aspect), width="large", on_dismiss=_close)(lambda: _texts(at, aspect))()


def _texts(at: Chosen, aspect: str) -> None:
    found = load("review_list", replace(view().scope, properties=(at.house,)), aspect=aspect, limit=TEXTS)
    small(safe(t("The newest texts of {house} that name it, good and bad", house=at.houses[at.house])), grey=True)
    feedback.cards(found["review_id"].tolist(), "standards")
    st.page_link(PAGES / "feedback.py", label=t("Reviews"), icon=":material/arrow_forward:", icon_position="right")


def _forest(against: pd.DataFrame) -> None:
    """The aspects that contradict a tick, with their intervals and, hollow, the share over all aspects."""
    found = against[against["aspect_contradicts"]].drop_duplicates("aspect")
    if len(found) < 2:
        return  # one is told in words
    texts = [f"{formats.percent(row.aspect_share, 0)} ({formats.share_interval(row.aspect_low, row.aspect_high, 0)})" for row in found.itertuples()]
    small(safe(t("Good among the mentions of the aspect, with 95% interval · hollow: over all aspects")), grey=True)
    hundred = lambda name: 100 * found[name]  # noqa: E731
    chart(interval.forest(mode(), [feedback_words.aspect(a) for a in found["aspect"]], hundred("aspect_share"), hundred("aspect_low"), hundred("aspect_high"), texts,
                          tones=["bad"] * len(found), former=hundred("house_share"), say=lambda x: formats.percent(x / 100, 0)),
          t("Aspects that guests like less than the rest"), key="standard_said")


def _rest(ticked: int, told: int, against: int) -> None:
    """What became of the other ticked items."""
    parts = [t("{n} not contradicted", n=formats.count(told - against)), t("of {n} guests say too little, or nothing of the kind", n=formats.count(ticked - told))]
    small(safe(" · ".join([t("{n} items ticked", n=formats.count(ticked)), *parts[: 1 + (ticked > told)]])), grey=True)


def _few(mine: pd.DataFrame) -> None:
    """What more days or the background worker would tell."""
    few = mine[(mine["aspect_n"] > 0) & (mine["aspect_n"] < words.LEAST)]
    if len(few):
        names = formats.listed([feedback_words.aspect(aspect) for aspect in dict.fromkeys(few["aspect"])])
        small(safe(t("Fewer than {least} mentions of: {names}. Choose more days above.", least=formats.count(words.LEAST), names=names)), grey=True)
    if waiting := int(load("review_coverage")["waiting"].sum()):
        small(safe(tn("{n} text of guests is not read yet and not among them.", "{n} texts of guests are not read yet and not among them.", waiting,
                      n=formats.count(waiting))), grey=True)
