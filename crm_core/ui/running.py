"""What runs beside the pages: progress in counts, a way to end it, and what became of it."""
import datetime as dt

import streamlit as st

from crm_core import formats, jobs
from crm_core.charts import proportion
from crm_core.i18n import N_, t, tn
from crm_core.ingest.problems import reason, warning
from crm_core.jobs import words
from crm_core.ui.load import view
from crm_core.ui.parts import chart, mode, panel, small, table_height
from crm_core.ui.text import plain, safe

KINDS = {"import": N_("Bringing in {file}"), "inbox": N_("Bringing in {file} from the inbox"), "refresh": N_("Counting anew"),
         "match": N_("Looking for duplicates"), "score": N_("Reading what guests wrote"), "fit": N_("Fitting the scorer to your labels"),
         "report": N_("Making a report")}
UNITS = {"reading": N_("{done} of {total} bytes"), "checking": N_("{done} of {total} rows"), "writing": N_("{done} of {total} rows")}


def import_job() -> jobs.Job | None:
    """Return the import that this visitor started last, None where there is none."""
    id_ = st.session_state.get("import_job")
    return jobs.job(view().settings, id_) if id_ is not None else None


def working() -> None:
    """Show what is queued or running; nothing where all is quiet."""
    if any(job.is_open for job in jobs.recent(view().settings)):
        _working()


@st.fragment(run_every="1s")
def _working() -> None:
    shown = [job for job in jobs.recent(view().settings) if job.is_open]
    if not shown:
        st.rerun()
    writing = any(job.phase == "writing" for job in shown)
    said = t("Rows are being written: an edit made now waits for a moment and is then saved") if writing else t(
        "The pages keep showing the last version; you can go on working")
    with panel(t("At work"), said, height="content"):
        for job in reversed(shown):
            _one(job)


def _one(job: jobs.Job) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        name = t(KINDS[job.kind], file=job.params.get("name") or job.params.get("file", "")) if "file" in KINDS[job.kind] else t(KINDS[job.kind])
        counted = t(UNITS[job.phase], done=formats.count(job.done), total=formats.count(job.total)) if job.phase in UNITS and job.total > 1 else ""
        st.markdown(f"**{safe(name)}**  \n:small[:gray[{safe(' · '.join(filter(None, (words.phase(job), counted))))}]]", width="stretch")
        st.button(t("Cancel"), type="tertiary", key=f"cancel_{job.id}", on_click=jobs.cancel, args=(view().settings, job.id))
    st.progress(job.share)


def outcome(job: jobs.Job) -> None:
    """What became of a trial or of an import that failed; one that came in is the first of the files below."""
    tried = job.params.get("dry_run")
    if job.is_open or (job.state == "done" and not tried):
        return
    if job.state != "done":
        with panel(t("{file} did not come in", file=job.params.get("name", "")), height="content"):
            st.markdown(safe(jobs.said(job)))
        return
    done = job.result
    with panel(headline(job.params.get("name", ""), done, tried=True), t("Nothing was written"), height="content"):
        counted(done, key="tried")
        for code, values in done.get("warnings", []):
            small(f":material/info: {safe(warning(code, values))}")
        _preview(done["preview"])


def headline(name: str, done: dict, tried: bool = False) -> str:
    """Return the sentence that adds up: what came in, what needs a person, what was already here."""
    values = {"file": name, "n": formats.count(done["accepted"]), "rows": formats.count(done["read"])}
    said = t("{file}: {n} of {rows} rows would come in", **values) if tried else t("{file}: {n} of {rows} rows came in", **values)
    rejected, known = done["rejected"], done["duplicates"]
    parts = [tn("{n} needs your eyes", "{n} need your eyes", rejected, n=formats.count(rejected))] if rejected else []
    parts += [tn("{n} was already here", "{n} were already here", known, n=formats.count(known))] if known else []
    return ", ".join([said, *parts])


def counted(done: dict, key: str) -> None:
    """Draw the rows read as one bar: accepted, rejected, already here."""
    names = (t("accepted"), t("rejected"), t("already here"))
    values = (done["accepted"], done["rejected"], done["duplicates"])
    if not done["read"]:
        return
    said = t("{accepted} accepted, {rejected} rejected, {duplicates} already here = {rows} rows read; nothing was dropped",
             accepted=formats.count(values[0]), rejected=formats.count(values[1]), duplicates=formats.count(values[2]), rows=formats.count(done["read"]))
    chart(proportion.proportion(mode(), names, values, ("accent", "bad", "line")), said, key=f"rows_{key}")
    small(safe(said), grey=True)


def _preview(preview: dict) -> None:
    """What would move, and the first lines that would be kept out."""
    if said := moves(preview):
        small(f":material/trending_flat: **{safe(t('What would move'))}** {safe(' · '.join(said))}")
    rejects = preview["rejects"]
    if rejects:
        table = {t("Line"): [r["line"] for r in rejects], t("Column"): [plain(r["column"]) for r in rejects],
                 t("Value"): [plain(r["value"]) for r in rejects], t("Why, and what to do"): [reason(r["rule"]) for r in rejects]}
        st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(rejects), 8), alt=t("Lines that would be kept out"))


def moves(preview: dict) -> list[str]:
    """Return what a file would move, one sentence for each figure that does."""
    change, found = preview["change"], []
    counts = ((t("Stays"), change["stays"]), (t("Room nights"), change["room_nights"]), (t("Guests with a stay"), change["guests"]))
    found += [f"{name} {formats.signed(value)}" for name, value in counts if value]
    found += [f"{t('Room revenue')} {'+' if minor > 0 else ''}{formats.money(minor, currency)}" for currency, minor in change["revenue"].items()]
    if preview["first_on"]:
        first, last = (formats.date(dt.date.fromisoformat(str(preview[name])[:10])) for name in ("first_on", "last_on"))
        found.append(t("Days touched: {first} to {last}", first=first, last=last))
    places = ", ".join(f"{code} {formats.count(sum(counts.values()))}" for code, counts in preview["by_property"].items())
    return [*found, t("Rows by property: {places}", places=places)] if places else found
