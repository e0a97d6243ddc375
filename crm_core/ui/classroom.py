"""The trainer's desk: start a class, lead it, keep its score sheet, put the demo back."""

import segno
import streamlit as st

from crm_core import exports, formats
from crm_core.association.lessons import Lesson
from crm_core.association.texts import said
from crm_core.classroom import pristine, running, store
from crm_core.classroom.addresses import join_link
from crm_core.classroom.keys import keys, sealed
from crm_core.classroom.running import Class
from crm_core.classroom.sheet import sheet, totals
from crm_core.i18n import N_, language, t, tn
from crm_core.records.lessons import lesson_list
from crm_core.settings import is_class
from crm_core.ui.load import look, view
from crm_core.ui.parts import filled, panel, small, told
from crm_core.ui.text import plain, safe

MODES = {"follow": N_("Together: phones follow this screen"), "alone": N_("Alone: each at their own pace")}
COLUMNS = (N_("No."), N_("Name"), N_("Lesson"), N_("Question"), N_("Answer"), N_("Right"), N_("Answered at (UTC)"))
SERVE = "python -m crm_core serve --class"


def current() -> Class | None:
    """Return the class that runs on the demo that is open, None where there is none. Raises NotAllowed for a role that does not teach."""
    view().scope.require("teach")
    return running.latest(view().settings) if view().settings.is_demo else None


def heading(shown: Class | None) -> None:
    """Write the page's title: the class's own while one runs."""
    st.header(safe(shown.title) if shown and shown.title else t("Class"), anchor=False)
    if seconds := st.session_state.pop("class_was_reset", None):
        st.success(safe(t("The demo is as it was when it was made ({seconds} s).", seconds=seconds)), icon=":material/restart_alt:")


def demo_only() -> None:
    """The hotel's own store is open: a class never sees it."""
    with panel(t("A class works on the demo"), t("Your own data stay closed to it"), height="content"):
        st.markdown(safe(t("Choose the demo data at the foot of this page, or open the demo to phones in the room:")))
        st.code(SERVE, language="bash")


def beginning() -> None:
    """Choose lessons and start a class; what past classes left, and the demo's reset."""
    left, right = st.columns([1.62, 1])
    with left:
        _starting()
    with right:
        _reachable()
        _reset()
    _past()


def _starting() -> None:
    here, known = view().settings, lessons()
    with panel(t("Start a class"), t("Participants join on their phones, without an account; they see the demo only")):
        if not known:
            st.markdown(safe(t("The right answers of the lessons are sealed with the demo, and this one has none. Make it anew: python -m crm_core demo")))
        chosen = st.multiselect(t("Lessons, in this order"), list(known), format_func=lambda code: _named(known[code]), key="class_lessons",
                                placeholder=t("Choose lessons"))
        mode = st.segmented_control(t("How the class works"), list(MODES), format_func=lambda one: t(MODES[one]), default="follow", key="class_mode", required=True)
        title = st.text_input(t("Title, as participants see it"), max_chars=running.LONGEST_TITLE, key="class_title")
        minutes = sum(known[code].minutes for code in chosen)
        if chosen:
            small(safe(tn("{n} minute", "{n} minutes", minutes, n=formats.count(minutes))), grey=True)
        if st.button(t("Start the class"), type=filled(), key="class_start", disabled=not chosen):
            with told():
                picked = [known[code] for code in chosen]
                running.start(here, picked, keys(here, picked), title=title, seed=view().facts.get("demo_seed", ""), mode=mode)
                st.rerun()


def lessons() -> dict[str, Lesson]:
    """Return the lessons by code, shipped and own, whose views exist and whose right answers are known with this demo."""
    here = view().settings
    fit = [row["lesson"] for row in look(lesson_list, truths=tuple(sealed(here))) if not row["problems"]]
    right = keys(here, fit)
    return {lesson.code: lesson for lesson in fit if all(question.key in right[lesson.code] for question in lesson.quiz)}


def _named(lesson: Lesson) -> str:
    return f"{lesson.code} · {plain(said(lesson.title, language()))}"


def _reachable() -> None:
    """Whether phones reach this machine, and how they will."""
    with panel(t("Who can join"), height="content"):
        if is_class():
            st.markdown(safe(t("Every phone in this network. Only the demo is open to them; this desk opens on this machine only.")))
            return
        st.markdown(safe(t("Only this machine, to try things out. To open the demo to phones in the room, stop Innsight and start:")))
        st.code(SERVE, language="bash")


# --- while it runs ----------------------------------------------------------------------------------------------------------------
def address(shown: Class | None = None) -> str:
    """Return the link by which participants join."""
    host = st.get_option("browser.serverAddress") if is_class() else "127.0.0.1"
    return join_link(host, st.get_option("server.port"), shown.code if shown else "")


def square(shown: Class) -> None:
    """Draw the code that a phone's camera reads; dark on white in every theme, as cameras want it."""
    st.image(segno.make(address(shown), error="m").svg_inline(scale=10, border=4, light="#fff", dark="#000"), width=320, alt=address(shown))


def score(shown: Class) -> None:
    """Offer the score sheet as a file; who ran the class may have it."""
    spoken, columns = language(), [t(one) for one in COLUMNS]
    here = view().settings
    with st.container(horizontal=True, width="content", gap="xsmall"):
        for label, write, mime in (("CSV", exports.csv_bytes, "text/csv"),
                                   ("XLSX", exports.xlsx_bytes, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")):  # fmt: skip
            st.download_button(t("Score sheet, {kind}", kind=label), data=_file(here, shown, spoken, columns, write), mime=mime, on_click="ignore",
                               file_name=f"innsight-class-{shown.code}.{label.lower()}", icon=":material/download:", key=f"sheet_{shown.code}_{label}")


def _file(here, shown: Class, spoken: str, columns: list[str], write):
    return lambda: write(columns, sheet(here, shown, spoken))


def ranking(shown: Class, most: int = 10) -> list[tuple[str, int, int]]:
    """Return (name, right, answered) of the best."""
    return [(one.name, one.right, one.answered) for one in totals(view().settings, shown)[:most]]


# --- afterwards -------------------------------------------------------------------------------------------------------------------
@st.fragment
def _past() -> None:
    """Score sheets of classes that have ended, until they are forgotten."""
    here = view().settings
    ended = {one.code: one for one in running.past(here)}
    with panel(t("Past classes"), t("Names and answers are forgotten after {n} days, or when you say so", n=store.KEPT_DAYS)):
        if not ended:
            small(safe(t("No class has ended yet.")), grey=True)
            return
        code = st.selectbox(t("Class"), list(ended), format_func=lambda one: f"{ended[one].started_at[:10]} · {plain(ended[one].title) or one}", key="class_past")
        rows = ranking(ended[code], 500)
        small(safe(tn("{n} participant", "{n} participants", len(rows), n=formats.count(len(rows)))))
        score(ended[code])
        if st.button(t("Forget this class"), type="tertiary", key="class_forget"):
            store.forget(here, code)
            st.rerun()


def _reset() -> None:
    """Put the demo back to what it was when it was made."""
    with panel(t("Reset the demo"), t("Undoes everything that was changed in it"), height="content"):
        if pristine.kept(view().settings) is None:
            st.markdown(safe(t("No copy of this demo is kept. Make it anew, which takes a minute or two:")))
            st.code("python -m crm_core demo", language="bash")
        elif st.button(t("Reset the demo …"), key="class_reset"):
            st.dialog(t("Reset the demo"))(_confirm)()


def _confirm() -> None:
    """Ask before everything is undone."""
    if "class_was_reset" in st.session_state:
        st.rerun()  # the question is answered: the page says so
    st.markdown(safe(t("All that was changed in the demo is undone: notes, cases, campaigns, and lessons written in it, which you can export before.")))
    st.markdown(safe(t("The scores of classes stay.")))
    st.button(t("Reset it now"), type=filled(), key="class_reset_now", on_click=_restore)


def _restore() -> None:
    with told():
        st.session_state["class_was_reset"] = formats.decimal(pristine.restore(view().settings))
