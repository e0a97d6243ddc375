"""Reports of a board: planned by rhythm, made now, read again, and shown before they are planned."""
import datetime as dt
from pathlib import Path

import streamlit as st

from crm_core import formats, jobs
from crm_core.i18n import LANGUAGES, language, t, tn
from crm_core.records import reports as records
from crm_core.records.exporting import exported
from crm_core.records.segments import LONGEST_NAME
from crm_core.reports.content import source
from crm_core.reports.filing import folder_of
from crm_core.reports.making import file_stem, made
from crm_core.reports.printing import browser
from crm_core.schema import REPORT_FORMS, RHYTHMS
from crm_core.ui import boards_words as words
from crm_core.ui.load import act, lent, look, view
from crm_core.ui.parts import panel, small, told
from crm_core.ui.text import plain, safe

MAY = "view"
TYPES = {".html": "text/html", ".pdf": "application/pdf", ".json": "application/json"}


def card(board: dict) -> None:
    """The reports of a board, with what became of each, and the form of another one."""
    rows = [row for row in look(records.reports, view().whole) if row["board_id"] == board["id"]]
    title = tn("{n} report is made of this board", "{n} reports are made of this board", len(rows)) if rows else t("No report is made of this board yet")
    with panel(title, t("One file that prints and needs no internet; its manifest names version, days, filters and definitions, and the same inputs give "
                        "the same hash"), right=lambda: _preview(board), height="content"):
        made_now = _being_made()
        for row in rows:
            _row(row, row["id"] in made_now)
        if made_now & {row["id"] for row in rows}:
            _wait({row["id"] for row in rows})
        if view().scope.may(MAY):
            _plan(board)


def _preview(board: dict) -> None:
    if board["views"] and view().scope.may("export"):
        st.download_button(t("Preview"), data=_made_now(board), file_name=f"{file_stem(board['name'], view().scope.as_of)}.html", mime="text/html",
                           on_click="ignore", icon=":material/visibility:", type="tertiary", key="report_preview")


def _made_now(board: dict):
    """Return what makes the report as a file, on the thread that hands it out."""
    shown, spoken = view(), language()

    def build() -> bytes:
        with lent(shown, spoken):
            src = source(shown.warehouse, shown.store, shown.whole, shown.currency)  # not the run's: it has ended
            saved = [(one["name"], one["note"], one["view"]) for one in board["views"]]
            exported(shown.store, shown.scope, id=f"board-{board['id']}", rows=len(saved), columns=("html",))
            return made(src, board["name"], saved, spoken, shown.facts, shown.settings.is_demo).html.encode()

    return build


# --- one report -----------------------------------------------------------------------------------------------------------------
def _row(row: dict, is_being_made: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{safe(row['name'])}**  \n:small[{safe(words.plan(row))}]  \n:small[:gray[{safe(_last(row))}]]", width="stretch")
        if view().scope.may(MAY):
            st.button(t("Make it now"), key=f"report_{row['id']}_now", icon=":material/print:", disabled=is_being_made, on_click=make, args=(row,))
            _more(row)
    _runs(row)


def _last(row: dict) -> str:
    run = row["last"]
    return t("not made yet") if run is None else t("last for {day}: {state}", day=formats.date(run["for_on"]), state=t(words.STATES[run["state"]]))


def make(row: dict) -> None:
    """Have a report made beside the pages; it stands among its runs as soon as it is there."""
    jobs.submit(view().settings, "report", {"report": row["id"]}, view().scope.user)
    jobs.wake(view().settings)


def _being_made() -> set[int]:
    """The reports that wait for the worker or are being made."""
    return {job.params["report"] for job in jobs.recent(view().settings) if job.kind == "report" and job.is_open and job.store == view().settings.store}


@st.fragment(run_every="1s")
def _wait(ids: set[int]) -> None:
    """Look every second until the reports are there; the page can be left meanwhile."""
    if not _being_made() & ids:
        st.rerun()
    small(f":material/hourglass_top: {safe(t('The report is being made: it appears here, and you can leave the page.'))}", grey=True)


def _runs(row: dict) -> None:
    card_ = look(records.report_card, view().whole, id=row["id"])
    if card_ is None or not card_["runs"]:
        return
    with st.expander(tn("{n} time", "{n} times", len(card_["runs"])), icon=":material/history:"):
        for run in card_["runs"]:
            _run(row, run)


def _run(row: dict, run: dict) -> None:
    at = formats.instant(dt.datetime.fromisoformat(run["at"]))
    said = [t("for {day}", day=formats.date(run["for_on"])), t(words.STATES[run["state"]]), at]
    said += [t("version {number}", number=run["warehouse_version"])] if run["warehouse_version"] else []
    tone = "red" if run["state"] == "failed" else "green"
    icon = f":{tone}[:material/{'error' if run['state'] == 'failed' else 'check_circle'}:]"
    below = [run["why"]] if run["why"] else []
    below += [t("hash {hash}", hash=run["hash"])] if run["hash"] else []
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{icon} :small[{safe(' · '.join(said))}]" + (f"  \n:small[:gray[{safe(' · '.join(below))}]]" if below else ""), width="stretch")
        for path in files(run):
            st.download_button(path.suffix[1:].upper(), data=_content(path, row), file_name=path.name, mime=TYPES[path.suffix], on_click="ignore",
                               icon=":material/download:", key=f"run_{run['id']}{path.suffix}")


def files(run: dict) -> list[Path]:
    """Return the files of a run that still lie in the folder of reports: what somebody moved away is not offered."""
    if not run["file"] or not view().scope.may("export"):
        return []
    first, folder = Path(run["file"]).resolve(), folder_of(view().settings).resolve()
    there = [first.with_suffix(ending) for ending in TYPES]
    return [path for path in there if path.is_relative_to(folder) and path.is_file()]


def _content(path: Path, row: dict):
    shown, spoken = view(), language()

    def read() -> bytes:
        with lent(shown, spoken):
            exported(shown.store, shown.scope, id=f"report-{row['id']}", rows=1, columns=(path.suffix[1:],))
            return path.read_bytes()

    return read


def _more(row: dict) -> None:
    with st.popover("", icon=":material/more_horiz:", type="tertiary", help=t("More"), key=f"report_{row['id']}_more"):
        values = _form(f"report_{row['id']}_{row['version']}", row)
        with st.container(horizontal=True):
            if st.button(t("Save"), key=f"report_{row['id']}_save"):
                _do(records.change_report, row, values=values)
            if st.button(t("Put away"), key=f"report_{row['id']}_archive", icon=":material/archive:"):
                _do(records.archive_report, row)


def _do(action, row: dict, **values) -> None:
    with told():
        act(action, view().whole, id=row["id"], version=row["version"], **values)
        st.rerun()


# --- the form -------------------------------------------------------------------------------------------------------------------
def _plan(board: dict) -> None:
    with st.popover(t("Plan a report"), icon=":material/schedule_send:", key="report_plan"):
        name = st.text_input(t("Name"), plain(board["name"])[:LONGEST_NAME], key=f"report_new_name_{board['id']}", max_chars=LONGEST_NAME)
        values = _form(f"report_new_{board['id']}", {"rhythm": "weekly", "on_day": 0, "forms": ("html",), "language": language()})
        if st.button(t("Plan"), key="report_new_save"):
            with told():
                act(records.save_report, view().whole, board_id=board["id"], name=name or "", **values)
                st.rerun()


def _form(key: str, row: dict) -> dict:
    """Draw when, as what and in which language a report is made, and return it."""
    rhythm = st.selectbox(t("When"), RHYTHMS, RHYTHMS.index(row["rhythm"]), format_func=lambda one: t(words.RHYTHMS[one]), key=f"{key}_rhythm")
    on_day = row["on_day"]
    if rhythm == "weekly":
        on_day = st.selectbox(t("Weekday"), range(7), on_day if on_day in range(7) else 0, format_func=words.weekday, key=f"{key}_weekday")
    elif rhythm == "monthly":
        on_day = int(st.number_input(t("Day of the month"), 1, records.LATEST_DAY, on_day or 1, key=f"{key}_day"))
    forms = st.pills(t("As"), REPORT_FORMS, format_func=words.FORMS.get, default=list(row["forms"]), selection_mode="multi", key=f"{key}_forms")
    if "pdf" in forms and browser() is None:
        small(safe(t("No Chromium was found here: the HTML file prints as PDF from any browser.")), grey=True)
    spoken = st.selectbox(t("Language"), list(LANGUAGES), list(LANGUAGES).index(row["language"]), format_func=LANGUAGES.get, key=f"{key}_language")
    return {"rhythm": rhythm, "on_day": on_day if rhythm in ("weekly", "monthly") else None, "forms": tuple(forms), "language": spoken}
