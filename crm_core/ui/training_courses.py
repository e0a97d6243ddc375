"""The courses that there are: what each counts, who must have it, how many hold it; written down, changed, put away."""
import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.association.courses import MOST_MONTHS, MOST_POINTS, Course
from crm_core.association.courses import form as written
from crm_core.association.reading import EVERYBODY, NAME
from crm_core.i18n import SOURCE, language, t, tn
from crm_core.records import courses as records
from crm_core.records import lessons
from crm_core.ui import lesson_words, training
from crm_core.ui import training_words as words
from crm_core.ui.load import act, load, look, view
from crm_core.ui.parts import downloads, panel, small, table_height, told
from crm_core.ui.text import plain, safe


def card() -> None:
    """Every course with whom it is for and how many of those hold it; a row opens to be changed."""
    found = look(records.course_list)
    title = tn("{n} course is offered", "{n} courses are offered", len(found), n=formats.count(len(found))) if found else t("No course is offered yet")
    with panel(title, t("Who must have each, and how many of them hold a valid certificate"), height="content"):
        picked = _table(found, title) if found else []
        if not view().scope.may(training.MAY):
            return
        for place in picked:
            _edit(found[place])
        with st.expander(t("Offer a course"), icon=":material/add:"):
            _new()
        _put_away()


def _table(found: list[dict], title: str) -> list[int]:
    held = _held()
    table = pd.DataFrame({
        t("Course"): [words.course_name(one["course"]) for one in found], t("Who must have it"): [words.whom(one["course"]) for one in found],
        t("Valid"): [held.get(one["code"], formats.DASH) for one in found], t("Holds for"): [words.lasts(one["valid_months"]) for one in found],
        t("Points"): [formats.count(one["points"]) for one in found]})
    picked = st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(table), 10), key="courses", on_select="rerun",
                          selection_mode="single-row", alt=title, column_config={t("Course"): st.column_config.Column(width=280)}).selection.rows
    with st.container(horizontal=True, vertical_alignment="center"):
        small(safe(t("Tick a row to change a course.") if view().scope.may(training.MAY) else ""), grey=True)
        downloads("training-courses", list(table), lambda: list(table.itertuples(index=False, name=None)))
    return [place for place in picked if place < len(found)]


def _held() -> dict[int, str]:
    """How many of those who must have a course hold it: the course's code → "41 of 55"."""
    rows = load("kpi_values", keys=("certificates_valid",), by="course")
    rows = rows[(rows["period"] == "now") & rows["group"].notna() & (rows["denominator"] > 0)]
    return {str(row.group): formats.n_of(round(row.numerator), round(row.denominator)) for row in rows.itertuples()}


# --- written down and changed -------------------------------------------------------------------------------------------------------
def _edit(row: dict) -> None:
    course, key = row["course"], f"{row['id']}_{row['version']}"
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{safe(words.course_name(course))}** :small[:gray[{safe(course.code)}]]")
        values = _fields(course, key)
        with st.container(horizontal=True):
            if st.button(t("Save"), key=f"course_save_{key}", icon=":material/check:"):
                _do(records.change_course, row, form=_form(course.code, values, course))
            if st.button(t("Put away"), key=f"course_away_{key}", icon=":material/archive:", help=t("Nobody must have it any more; what was earned stays.")):
                _do(records.archive_course, row)


def _new() -> None:
    turn = st.session_state.get("course_turn", 0)
    code = st.text_input(t("Code, in small letters such as first_aid"), key=f"course_code_{turn}", max_chars=40)
    values = _fields(None, f"new_{turn}")
    if st.button(t("Offer it"), key=f"course_new_{turn}", icon=":material/add:", disabled=not (code and values["name"])):
        with told():
            act(records.save_course, form=_form(code, values, None))
            st.session_state["course_turn"] = turn + 1
            st.rerun()


def _fields(course: Course | None, key: str) -> dict:
    """Draw what makes up a course and return what is chosen."""
    name = st.text_input(t("Name"), words.course_name(course) if course else "", key=f"course_name_{key}", max_chars=NAME)
    left, right = st.columns(2)
    whom, counted = (list(course.required_for), list(course.lessons)) if course else ([], [])  # what a pack names and is not here stays as well
    must = left.multiselect(t("Who must have it"), list(dict.fromkeys([*words.WHOM, *whom])), default=whom, format_func=words.department,
                            key=f"course_whom_{key}", placeholder=t("Nobody must"))
    known = {code: plain(code) for code in counted}
    known |= {row["code"]: f"{row['code']} · {plain(lesson_words.name(row['lesson']))}" for row in look(lessons.lesson_list)}
    taught = right.multiselect(t("Lessons that count"), list(known), default=counted, format_func=known.get, key=f"course_lessons_{key}",
                               placeholder=t("Choose lessons"))
    left, right = st.columns(2)
    worth = left.number_input(t("Points"), 0, MOST_POINTS, course.points if course else 10, key=f"course_points_{key}")
    months = right.number_input(t("Months that it holds; empty: for good"), 1, MOST_MONTHS, course.valid_months if course else None, key=f"course_months_{key}")
    return {"name": name or "", "points": worth, "valid_months": months, "required_for": must, "lessons": taught}


def _form(code: str, values: dict, before: Course | None) -> dict:
    """A course as records take it: its name in the language of the page, beside those that it has in others."""
    names = dict(before.name) if before else {}
    names |= {language(): values["name"]} | ({} if names.get(SOURCE) else {SOURCE: values["name"]})
    must = (EVERYBODY,) if EVERYBODY in values["required_for"] else tuple(values["required_for"])
    return written(Course(code.strip(), names, values["points"], values["valid_months"], must, tuple(values["lessons"])))


def _put_away() -> None:
    away = look(records.course_list, archived=True)
    if not away:
        return
    with st.expander(tn("{n} course was put away", "{n} courses were put away", len(away), n=formats.count(len(away))), icon=":material/archive:"):
        for row in away:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(safe(words.course_name(row["course"])), width="stretch")
                if st.button(t("Bring back"), key=f"course_back_{row['id']}"):
                    _do(records.restore_course, row)


def _do(action, row: dict, **values) -> None:
    with told():
        act(action, id=row["id"], version=row["version"], **values)
        st.rerun()
