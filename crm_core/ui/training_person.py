"""One person on the staff: what they hold and lack, their points by year, the lessons they took; changed, awarded, gone."""
import datetime as dt

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.association import courses as association
from crm_core.association.texts import said
from crm_core.i18n import N_, language, t
from crm_core.records import courses, lessons, staff
from crm_core.telling import case_words
from crm_core.ui import training
from crm_core.ui import training_words as words
from crm_core.ui.load import act, look, view
from crm_core.ui.parts import downloads, filled, panel, small, table_height, told
from crm_core.ui.text import plain, safe


def chosen() -> dict | None:
    """Return the person of the address; None where it names none, nobody in sight, or the role keeps no staff."""
    training.opened()
    asked = st.query_params.get("staff", "")
    if not asked or not view().scope.may(training.MAY):
        return None
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 16 else 0
    if (row := look(staff.person, view().whole, id=number)) is None:
        st.warning(safe(t("There is no such person: the link may be old, or the person may work at a property that is not yours.")),
                   icon=":material/search_off:")
        return None
    st.query_params["staff"] = asked  # a link from this page to itself leaves the browser's address as it was
    return row


def head(row: dict) -> None:
    """The way back, the person's name with the finding, and what is due."""
    st.button(t("Everybody"), icon=":material/arrow_back:", type="tertiary", key="staff_back", on_click=lambda: st.query_params.pop("staff", None))
    about = [case_words.coded("department", row["department"]), row["job"], row["property"]]
    about += [t("since {day}", day=formats.date(row["joined_on"]))] if row["joined_on"] else []
    about += [t("until {day}", day=formats.date(row["left_on"]))] if row["left_on"] else []
    with panel(words.person_title(plain(row["name"]), row["due"]), " · ".join(filter(None, about)), right=lambda: _more(row), height="content"):
        if not row["due"]:
            small(safe(t("Nothing is due in the next 90 days.")), grey=True)
        for one in row["due"]:
            badge = f":{words.TONES[one.state]}-badge[{safe(t(words.DUE[one.state]))}]"
            ends = f" :small[:gray[{safe(formats.date(one.expires_on))}]]" if one.expires_on else ""
            st.markdown(f"{badge} {safe(words.course_name(one.course))}{ends}")


def _more(row: dict) -> None:
    key = f"{row['id']}_{row['version']}"
    with st.popover(t("Change"), icon=":material/edit:", type="tertiary", key=f"staff_more_{key}"):
        name = st.text_input(t("Name"), row["name"] or "", key=f"staff_name_{key}", max_chars=staff.LONGEST)
        values = training.fields(row, key)
        if st.button(t("Save"), key=f"staff_save_{key}"):
            _do(staff.change_person, row, values={"name": name or "", **values})
        if row["left_on"]:
            if st.button(t("Works here again"), key=f"staff_back_{key}"):
                _do(staff.leave, row, left_on=None)
            return
        last = st.date_input(t("Or leaves; last day"), view().scope.as_of, key=f"staff_left_{key}", format="YYYY-MM-DD",
                             min_value=dt.date(1950, 1, 1), max_value=dt.date(2100, 1, 1))
        if st.button(t("Leaves"), key=f"staff_leave_{key}"):
            _do(staff.leave, row, left_on=last)


def _do(action, row: dict, **values) -> None:
    with told():
        act(action, view().whole, id=row["id"], version=row["version"], **values)
        st.rerun()


# --- certificates -------------------------------------------------------------------------------------------------------------------
def certificates(row: dict) -> None:
    """What the person holds and held, the latest first; one that was written by mistake is taken back."""
    held = row["certificates"]
    with panel(_held_title(held), t("The latest first"), height="content"):
        if held:
            _held(held)
        _award(row)


def _held_title(held: list[dict]) -> str:
    valid = sum(one["is_valid"] for one in held)
    return t("{n} certificates are valid", n=formats.n_of(valid, len(held))) if held else t("No certificate is written down")


def _held(held: list[dict]) -> None:
    table = pd.DataFrame({
        t("Course"): [words.course_name(one["course"]) for one in held], t("Earned"): [formats.date(one["earned_on"]) for one in held],
        t("Ends on"): [formats.date(one["expires_on"]) if one["expires_on"] else t("never") for one in held],
        t("Valid"): [t("yes") if one["is_valid"] else t("no") for one in held], t("Points"): [formats.count(one["points"]) for one in held],
        t("Number"): [plain(one["number"]) for one in held]})
    picked = st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(table), 8), key="certificates", on_select="rerun",
                          selection_mode="single-row", alt=_held_title(held)).selection.rows
    with st.container(horizontal=True, vertical_alignment="center"):
        small(safe(t("Tick a row to take a certificate back.")), grey=True)
        downloads("training-certificates", list(table), lambda: list(table.itertuples(index=False, name=None)))
    if picked and picked[0] < len(held):
        one = held[picked[0]]
        if st.button(t("Take back “{course}”", course=words.course_name(one["course"])), key=f"certificate_revoke_{one['id']}", icon=":material/undo:"):
            with told():
                act(courses.revoke, view().whole, id=one["id"], version=one["version"])
                st.rerun()


def _award(row: dict) -> None:
    offered = {one["id"]: one["course"] for one in look(courses.course_list)}
    if not offered:
        small(safe(t("No course is offered yet: write one down on the page of everybody, or bring in a pack.")), grey=True)
        return
    due = [one.course_id for one in row["due"]]
    order = sorted(offered, key=lambda number: due.index(number) if number in due else len(due))
    turn = len(row["certificates"])
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{safe(t('Award a certificate'))}**")
        left, middle, right = st.columns(3)
        number = left.selectbox(t("Course"), order, format_func=lambda one: words.course_name(offered[one]), key=f"award_course_{turn}")
        earned = middle.date_input(t("Earned on"), view().scope.as_of - dt.timedelta(1), key=f"award_on_{turn}", format="YYYY-MM-DD", min_value=dt.date(1950, 1, 1))
        written = right.text_input(t("Number"), key=f"award_number_{turn}", max_chars=courses.LONGEST_NUMBER)
        until = association.expires(offered[number], earned) if number and earned else None
        holds = t("It holds until {day}.", day=formats.date(until)) if until else t("It holds for good.")
        later = [t("It counts from the day after.")] if earned and earned >= view().scope.as_of else []  # like every figure, up to the last complete day
        small(safe(" ".join([holds, *later])), grey=True)
        if st.button(t("Award"), key=f"award_{turn}", type=filled(), icon=":material/workspace_premium:", disabled=not (number and earned)):
            with told():
                act(courses.award, view().whole, staff_id=row["id"], course_id=number, earned_on=earned, number=written or "")
                st.rerun()


# --- points and lessons ---------------------------------------------------------------------------------------------------------------
def points(row: dict) -> None:
    """The points that certificates earned, year by year."""
    years = row["points"]
    with panel(t("Points by year"), t("Of the certificates that were earned in it"), height="content"):
        if not years:
            small(safe(t("No certificate, no points yet.")), grey=True)
            return
        with st.grid(3, min_column_width=88, gap="xsmall"):
            for year, earned in list(years.items())[:6]:
                with st.container(gap="xxsmall"):
                    st.metric(formats.year(dt.date(year, 1, 1)), formats.count(earned))


RIGHT = N_("{right} of {questions}")


def learning(row: dict) -> None:
    """The lessons that the person took in classes, the latest first."""
    taken = row["learning"]
    titles = {one["code"]: plain(said(one["lesson"].title, language())) for one in look(lessons.lesson_list)} if taken else {}
    with panel(t("Lessons taken"), t("As score sheets of classes were written into the records"), height="content"):
        if not taken:
            small(safe(t("None yet: write a class into the records on the page of everybody.")), grey=True)
            return
        table = pd.DataFrame({
            t("On"): [formats.date(one["on_day"]) for one in taken],
            t("Right"): [t(RIGHT, right=formats.count(one["right_answers"]), questions=formats.count(one["questions"])) for one in taken],
            t("Lesson"): [titles.get(one["lesson"], plain(one["lesson"])) for one in taken], t("Class"): [plain(one["class_code"]) for one in taken]})
        st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(table), 8), key="lessons_taken", alt=t("Lessons taken"),
                     column_config={t("On"): st.column_config.Column(width=100), t("Right"): st.column_config.Column(width=70)})
        downloads("training-lessons", list(table), lambda: list(table.itertuples(index=False, name=None)))
