"""The cards of surveys: who answers, whom to ask, the list of links, and the questionnaires themselves."""
import datetime as dt

import pandas as pd
import streamlit as st

from crm_core import exports, formats
from crm_core.charts import interval
from crm_core.i18n import LANGUAGES, N_, t, tn
from crm_core.records import questionnaire
from crm_core.records.exporting import exported
from crm_core.records.surveys import (
    close_survey,
    invitable,
    invite,
    reissue,
    save_survey,
    surveys,
    waiting_invitation_count,
    waiting_invitations,
)
from crm_core.ui import feedback
from crm_core.ui.load import act, load, look, view
from crm_core.ui.parts import chart, filled, mode, panel, small, table_height, told
from crm_core.ui.text import plain, safe
from crm_core.web import form

KEYS = ("survey_response_rate", "nps", "nps_weighted", "csat_top2", "ces_top")
KINDS = {"post_stay": N_("After the stay"), "in_stay": N_("During the stay")}
QUESTIONS = {"nps": N_("Recommendation, 0–10"), "csat": N_("Satisfaction, 1–5"), "ces": N_("Ease, 1–7"), "rating": N_("Rating"), "choice": N_("Choice"),
             "text": N_("Text")}
LEFT_OUT = {"not_stayed": N_("have not stayed"), "already_asked": N_("were asked already"), "nobody": N_("are nobody's stay"),
            "no_email": N_("have no usable address"), "refused": N_("objected or withdrew consent"), "answered": N_("have answered")}
LEAST = 30
COLUMNS = ("name", "email", "language", "link", "expires_at")


def rates() -> None:
    """Response rate by property, with its interval."""
    found = load("kpi_values", keys=("survey_response_rate",), by="property")
    now = found[found["period"] == "now"].sort_values("value", ascending=False)
    with panel(t("Who answers"), t("Completed of delivered invitations that had 21 days, with 95% interval")):
        if not now["n"].sum():
            small(safe(t("No invitation has had its 21 days yet.")), grey=True)
            return
        few = now["few"].astype(bool)
        texts = [t("too few: {n}", n=formats.count(r.n)) if r.few else f"{formats.percent(r.value)} · {formats.n(int(r.n))}" for r in now.itertuples()]
        chart(interval.forest(mode(), [feedback.group_name("property", g) for g in now["group"]], (100 * now["value"]).mask(few), (100 * now["low"]).mask(few),
                              (100 * now["high"]).mask(few), texts, say=lambda x: formats.percent(x / 100, 0)), t("Response rate by property"), key="survey_rates")
        small(safe(t("Everybody who stayed is asked, whatever they may say: only who objected is left out.")), grey=True)


def answers() -> None:
    """The latest answers, as cards."""
    with panel(t("Latest answers"), t("Surveys of the period")):
        ids = load("review_list", kind="survey", limit=6)["review_id"].tolist()
        if not ids:
            small(safe(t("Nobody has answered a survey in this period.")), grey=True)
        elif not view().scope.may("contact"):
            small(safe(t("Your role sees figures, not texts.")), grey=True)
        feedback.cards(ids, "survey_answers")


# --- asking ------------------------------------------------------------------------------------------------------------------------
def asking() -> None:
    """Choose a survey and days, see who would be asked and who not, and make the list of links."""
    if not (view().scope.may("feedback") and view().scope.may("contact")):
        return
    open_ones = {one["id"]: one for one in look(surveys)}
    with panel(t("Ask guests"), t("A one-time link for each stay; your e-mail system sends it, Innsight does not")):
        if not open_ones:
            small(safe(t("There is no open survey: begin with one below.")), grey=True)
            return
        chosen = st.selectbox(t("Survey"), list(open_ones), format_func=lambda i: plain(open_ones[i]["name"]), key="survey_asked")
        until = view().scope.as_of
        since, until = _days(until)
        counts = look(invitable, id=chosen, since=since, until=until)
        _waterfall(counts)
        if st.button(tn("Make {n} link", "Make {n} links", counts["asked"], n=formats.count(counts["asked"])), type=filled(), disabled=not counts["asked"],
                     key="survey_invite"):
            with told():
                st.session_state["survey_links"] = act(invite, id=chosen, since=since, until=until).links
        _links()
        _outstanding(chosen)


def _days(until: dt.date) -> tuple[dt.date, dt.date]:
    span = st.date_input(t("Departures"), (until - dt.timedelta(7), until - dt.timedelta(1)), max_value=until, key="survey_days", format="YYYY-MM-DD")
    first, last = span if len(span) == 2 else (until - dt.timedelta(7), until - dt.timedelta(1))
    return first, last + dt.timedelta(1)


def _waterfall(counts: dict[str, int]) -> None:
    """Who is asked, and for each reason how many are not."""
    small(f"**{safe(formats.count(counts['asked']))}** {safe(t('guests would be asked'))}")
    out = [f"{formats.count(n)} {t(LEFT_OUT[why])}" for why, n in counts.items() if why in LEFT_OUT and n]
    if out:
        small(safe(t("Left out: {reasons}", reasons=" · ".join(out))), grey=True)


def _links() -> None:
    """The list of links that were just made: it exists only now."""
    made = st.session_state.get("survey_links")
    if not made:
        return
    base = st.text_input(t("Address of the form, as guests reach it"), value="https://survey.example", key="survey_base", help=t(
        "python -m crm_core serve-surveys serves the form alone; put your web server before it."))
    rows = [(one.name, one.email, one.language, f"{base.rstrip('/')}/survey/{one.token}", one.expires_at) for one in made]
    small(f":orange[{safe(t('The links are shown once: save the list now. Innsight keeps only what recognises them.'))}]")
    st.download_button(t("Save the list ({n})", n=formats.count(len(rows))), exports.csv_bytes(COLUMNS, rows), "innsight-survey-links.csv", "text/csv",
                       key="survey_list", icon=":material/download:", on_click=_saved, args=(len(rows),))


def _saved(rows: int) -> None:
    exported(view().store, view().scope, id="survey-links", rows=rows, columns=COLUMNS)


def _outstanding(survey: int) -> None:
    total = look(waiting_invitation_count, id=survey)
    if not total:
        return
    with st.expander(tn("{n} invitation waits for an answer", "{n} invitations wait for an answer", total, n=formats.count(total))):
        rows = look(waiting_invitations, id=survey, limit=50)
        table = pd.DataFrame({t("Guest"): [plain(r["name"] or "") for r in rows], t("E-mail"): [plain(r["email"] or "") for r in rows],
                              t("Asked on"): [formats.date(r["sent_on"]) if r["sent_on"] else "" for r in rows],
                              t("Open until"): [formats.date(pd.Timestamp(r["expires_at"]).date()) if r["expires_at"] else "" for r in rows]})
        picked = st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(table), 8), key="survey_waiting", on_select="rerun",
                              selection_mode="multi-row", alt=t("Invitations without an answer")).selection.rows
        if picked and st.button(t("New links for these"), key="survey_reissue"):
            with told():
                st.session_state["survey_links"] = act(reissue, invitations=[rows[i]["id"] for i in picked]).links
                st.rerun()


# --- questionnaires -----------------------------------------------------------------------------------------------------------------
@st.fragment
def questionnaires() -> None:
    """The questionnaires as data: seen as the guest sees them, changed as a table, closed, begun."""
    kept = look(surveys, closed=True)
    with panel(t("Questionnaires"), t("What is asked, in which languages")):
        names = {f"{one['id']}": one for one in kept}
        picked = st.selectbox(t("Questionnaire"), [*names, *(["new"] if view().scope.may("feedback") else [])], key="survey_picked",
                              format_func=lambda i: t("A new one") if i == "new" else _named(names[i]))
        if picked is None:
            small(safe(t("There is no survey yet.")), grey=True)
        elif picked == "new":
            _new()
        else:
            _show(names[picked])


def _named(one: dict) -> str:
    closed = "" if one["is_active"] else f" ({t('closed')})"
    return f"{plain(one['name'])}{closed}"


def _new() -> None:
    given = list(questionnaire.shipped())
    base = st.selectbox(t("Begin with"), range(len(given)), format_func=lambda i: t(KINDS[given[i]["kind"]]), key="survey_base_form")
    name = st.text_input(t("Name"), value=given[base]["name"], key="survey_new_name")
    if st.button(t("Save"), type=filled(), key="survey_new"):
        with told():
            act(save_survey, name=name, kind=given[base]["kind"], questions=given[base]["questions"], days_open=given[base]["days_open"])
            st.rerun()


def _show(one: dict) -> None:
    asked = questionnaire.parse(one["questions"])
    left, right = st.columns(2)
    with left:
        _questions(one, asked)
    with right:
        _preview(asked)


def _questions(one: dict, asked: tuple) -> None:
    """Wordings by language as a table; kinds and keys of questions that were answered stay."""
    said = [{"key": q.key, t("Kind"): t(QUESTIONS[q.kind]), t("Required"): q.required, **{code: q.text.get(code, "") for code in LANGUAGES}} for q in asked]
    may = view().scope.may("feedback")
    edited = st.data_editor(pd.DataFrame(said), hide_index=True, disabled=["key", t("Kind")] if may else True, key=f"survey_words_{one['id']}")
    if not may:
        return
    with st.container(horizontal=True):
        if st.button(t("Save wordings"), key=f"survey_save_{one['id']}"):
            with told():
                act(save_survey, id=one["id"], version=one["version"], name=one["name"], kind=one["kind"], days_open=one["days_open"], code=one["code"],
                    questions=_worded(asked, edited))
                st.rerun()
        label = t("Close the survey") if one["is_active"] else t("Open it again")
        if st.button(label, type="tertiary", key=f"survey_close_{one['id']}"):
            with told():
                act(close_survey, id=one["id"], version=one["version"], reopen=not one["is_active"])
                st.rerun()


def _worded(asked: tuple, edited: pd.DataFrame) -> list[dict]:
    """The questions with the wordings and marks of the table; other languages stay as they are."""
    found = []
    for q, row in zip(asked, edited.to_dict("records"), strict=True):
        texts = {code: str(row[code]).strip() for code in LANGUAGES if row[code] and str(row[code]).strip()}
        found.append(questionnaire.dump(q) | {"text": {**{c: w for c, w in q.text.items() if c not in LANGUAGES}, **texts}, "required": bool(row[t("Required")])})
    return found


def _preview(asked: tuple) -> None:
    """The form as a guest's phone shows it, in one of its languages."""
    there = [code for code in asked[0].text if all(code in q.text for q in asked)] or ["en"]
    language = st.selectbox(t("Preview in"), there, format_func=formats.language_name, key="survey_preview")
    with st.container(border=True, height=420):
        for q in asked:
            st.markdown(f"**{safe(questionnaire.wording(q.text, language))}**")
            small(safe(t(QUESTIONS[q.kind])) + (" · " + safe(t("required")) if q.required else ""), grey=True)
            for _, texts in q.options:
                small(safe("○ " + questionnaire.wording(texts, language)))
            if q.kind in form.ENDS:
                small(safe(" … ".join(t(end) for end in form.ENDS[q.kind])), grey=True)
