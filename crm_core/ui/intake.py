"""The way of a file into Innsight: dropped, read, mapped, tried without writing, and brought in."""
import hashlib
import shutil
import time
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import pandas as pd
import streamlit as st

from crm_core import formats, jobs
from crm_core.i18n import N_, t, tn
from crm_core.ingest.form import Detected, Evidence, detect
from crm_core.ingest.mapping import Mapping, Suggestion, header_hash, suggest, why_text
from crm_core.ingest.problems import ImportProblem
from crm_core.ingest.sources import SOURCES, note_text
from crm_core.ingest.targets import TARGETS
from crm_core.records import hotel, mappings
from crm_core.schema import STATUSES
from crm_core.ui.load import act, look, view
from crm_core.ui.parts import filled, panel, small, table_height, told
from crm_core.ui.text import plain, safe

TYPES = ["csv", "tsv", "txt", "xlsx", "xls", "json", "jsonl", "ndjson", "parquet"]
KEPT_FOR = 24 * 3600  # seconds that a dropped file may wait for its decision
EXAMPLES = 3
ASPECTS = {
    "sheet": N_("Sheet"), "encoding": N_("Letters"), "delimiter": N_("Columns divided by"), "header": N_("Line of column names"),
    "date_order": N_("Order of dates"), "decimal": N_("Decimals"), "currency": N_("Currency"), "footer": N_("Last lines"),
}
FIELDS = {"header": "header_line"}
VALUES = {
    "date_order": {"ymd": N_("year-month-day"), "dmy": N_("day.month.year"), "mdy": N_("month/day/year")},
    "decimal": {".": N_("1,240.50"), ",": N_("1.240,50")},
    "delimiter": {",": N_("comma"), ";": N_("semicolon"), "\t": N_("tab"), "|": N_("bar")},
}


@dataclass(frozen=True)
class Dropped:
    """A file that waits to be brought in, and what a person has settled about it."""

    name: str
    path: Path
    form: dict = field(default_factory=dict)
    source: str | None = None
    columns: dict[str, str] | None = None

    @property
    def id(self) -> str:
        return self.path.name


def drop() -> Dropped | None:
    """Draw the place to drop files; return the one that is being worked on, None while there is none."""
    with panel(t("Bring files in"), t("Exports of your property system, travel sites, e-mail platform or reviews; at most 20 MB each, larger ones by the inbox")):
        files = st.file_uploader(t("Files"), TYPES, accept_multiple_files=True, key="files", label_visibility="collapsed")
        waiting = st.session_state.setdefault("dropped", {})
        for file in files:
            one = _kept(file)
            waiting.setdefault(one.id, one)
        here = [waiting[_id(file.getvalue(), file.name)] for file in files if _id(file.getvalue(), file.name) not in st.session_state.get("brought", set())]
        if len(here) > 1:
            names = {one.id: one.name for one in here}
            picked = st.pills(t("File"), list(names), format_func=lambda i: plain(names[i]), default=here[0].id, key="one_file", label_visibility="collapsed")
            return waiting[picked] if picked in waiting else here[0]
    return here[0] if here else None


def _id(data: bytes, name: str) -> str:
    return hashlib.sha256(data + name.encode()).hexdigest()[:24]


def _kept(file) -> Dropped:
    """Keep a dropped file in a folder of this user's own until it is decided on; the name that it came with is never a path."""
    folder = view().settings.home / "dropped"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _forget_old(folder)
    data = file.getvalue()
    path = folder / _id(data, file.name)
    if not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(data)
    return Dropped(Path(file.name).name, path)


def _forget_old(folder: Path) -> None:
    for path in folder.iterdir():
        if time.time() - path.stat().st_mtime > KEPT_FOR:
            path.unlink(missing_ok=True)


def settle(one: Dropped, **changes) -> Dropped:
    """Remember what a person settled about a file."""
    changed = replace(one, **changes)
    st.session_state["dropped"][one.id] = changed
    return changed


@lru_cache(maxsize=16)
def _detected(path: str, name: str, fixed: tuple) -> Detected:
    return detect(path, name, **dict(fixed))


def read(one: Dropped) -> Detected | None:
    """Return what the file is, or say why it cannot be used and return None."""
    try:
        with st.spinner(t("Looking at the file …")):
            return _detected(str(one.path), one.name, tuple(sorted(one.form.items())))
    except ImportProblem as problem:
        st.error(safe(str(problem)), icon=":material/error:")
        return None


def form(one: Dropped, found: Detected) -> None:
    """How the file is written: each aspect with its evidence, and a way to correct it; what is not certain is asked."""
    open_questions = len(found.open_questions())
    title = tn("{n} thing to settle about {file}", "{n} things to settle about {file}", open_questions, file=one.name) if open_questions else t(
        "{file} is understood", file=one.name)
    rows = tn("{n} row", "{n} rows", found.rows, n=formats.count(found.rows))
    with panel(title, t("{rows}, {columns} columns; correct what is wrong, the rest is looked at anew", rows=rows, columns=len(found.header)), height="content"):
        for evidence in sorted(found.evidence, key=lambda e: e.certain):
            _aspect(one, evidence)


def _aspect(one: Dropped, evidence: Evidence) -> None:
    name, chosen, why = st.columns([1, 1.8, 2.2], vertical_alignment="center")
    with name:
        small(safe(t(ASPECTS[evidence.aspect])), grey=evidence.certain)
    with chosen:
        _choice(one, evidence)
    with why:
        small((":orange-badge[:material/help: " + safe(t("please settle")) + "] " if not evidence.certain else "") + safe(evidence.text()), grey=evidence.certain)


def _choice(one: Dropped, evidence: Evidence) -> None:
    """The value of an aspect, as a choice where there is one."""
    words = VALUES.get(evidence.aspect, {})
    spoken = lambda value: t(words[value]) if value in words else str(value)  # noqa: E731
    key, field_name = f"form_{evidence.aspect}_{one.id}", FIELDS.get(evidence.aspect, evidence.aspect)
    options = list(dict.fromkeys([*([] if evidence.value is None else [evidence.value]), *evidence.alternatives, *words]))
    if evidence.aspect in ("footer", "currency") and not evidence.alternatives:
        small(safe(spoken(evidence.value) if evidence.value is not None else "–"))
        return

    def settled() -> None:
        settle(one, form={**one.form, field_name: st.session_state[key]})

    label = t(ASPECTS[evidence.aspect])
    if evidence.aspect == "header":
        st.number_input(label, 1, 200, int(evidence.value or 1), key=key, on_change=settled, label_visibility="collapsed")
    else:
        index = options.index(evidence.value) if evidence.certain and evidence.value in options else None
        st.selectbox(label, options, index, format_func=spoken, key=key, on_change=settled, label_visibility="collapsed",
                     placeholder=t("choose …"), accept_new_options=evidence.aspect == "encoding")


def suggested(one: Dropped, found: Detected) -> Suggestion:
    """Return which column is which: what was corrected here, else the mapping that was saved for this header, else what is found."""
    if one.columns is not None and one.source:
        return suggest(found, saved=Mapping(one.source, SOURCES[one.source].target, one.columns, SOURCES[one.source].constants))
    saved = look(mappings.saved_mapping, header_hash=header_hash(found.header)) if one.source is None else None
    if saved and saved["form"] and not one.form:
        settle(one, form=saved["form"])
        st.rerun()
    return suggest(found, source=one.source, saved=Mapping.from_dict(saved["mapping"]) if saved else None)


def columns(one: Dropped, found: Detected, guess: Suggestion) -> None:
    """Which column is which of ours: the file's columns with examples, our column, and why; each can be corrected."""
    source = SOURCES[guess.mapping.source]
    left_out = t("What is not named is left out; documents, cards and passwords are never stored")
    with panel(t("Taken as: {source}", source=t(source.title)), left_out, height="content"):
        _source(one, guess)
        for note in source.notes:
            small(f":material/info: {safe(note_text(note))}", grey=True)
        ours = {header: column for column, header in guess.mapping.columns.items()}
        table = _table(found, guess, ours)
        edited = st.data_editor(table, hide_index=True, row_height=34, height=table_height(len(table), 12), key=f"columns_{one.id}_{source.name}",
                                disabled=[t("In the file"), t("Examples"), t("Why")], column_config=_configured(source.target))
        _corrected(one, guess, dict(zip(found.header, edited[t("Our column")], strict=True)), ours)
        wanted = ", ".join(column for column in guess.missing if column != "property")  # the property is asked beside
        if wanted:
            small(f":orange-badge[{safe(t('still needed: {columns}', columns=wanted))}]")


def _source(one: Dropped, guess: Suggestion) -> None:
    names = list(dict.fromkeys([guess.mapping.source, *(name for name, _ in guess.candidates), *SOURCES]))

    def chosen() -> None:
        settle(one, source=st.session_state[f"source_{one.id}"], columns=None)

    st.selectbox(t("Kind of file"), names, format_func=lambda name: t(SOURCES[name].title), key=f"source_{one.id}", on_change=chosen)


def _table(found: Detected, guess: Suggestion, ours: dict[str, str]) -> pd.DataFrame:
    examples = [", ".join(dict.fromkeys(plain(row[i])[:28] for row in found.sample if i < len(row) and row[i].strip())) for i in range(len(found.header))]
    why = [why_text(*guess.why[ours[header]]) if header in ours and ours[header] in guess.why else _left_out(header, guess) for header in found.header]
    return pd.DataFrame({
        t("In the file"): [plain(header) for header in found.header],
        t("Examples"): [", ".join(text.split(", ")[:EXAMPLES]) for text in examples],
        t("Our column"): [ours.get(header) for header in found.header],
        t("Why"): [plain(text) for text in why],
    })


def _left_out(header: str, guess: Suggestion) -> str:
    return t("never stored") if header in guess.dropped else t("left out")


def _configured(target: str) -> dict:
    return {
        t("In the file"): st.column_config.TextColumn(width=170), t("Examples"): st.column_config.TextColumn(width=210),
        t("Our column"): st.column_config.SelectboxColumn(width=150, options=list(TARGETS[target].names)),
        t("Why"): st.column_config.TextColumn(width=330),
    }


def _corrected(one: Dropped, guess: Suggestion, chosen: dict[str, str | None], before: dict[str, str]) -> None:
    """Take over what was changed in the table; where one of our columns is named twice, the one named last counts."""
    now = {header: column for header, column in chosen.items() if pd.notna(column) and column}  # an empty cell of the table is NaN
    if now != before:
        fresh = {column: header for header, column in now.items() if before.get(header) != column}
        kept = {column: header for header, column in now.items() if before.get(header) == column and column not in fresh}
        settle(one, source=guess.mapping.source, columns={**kept, **fresh})
        st.rerun()


def decide(one: Dropped, found: Detected, guess: Suggestion) -> None:
    """Try the file without writing, bring it in, and save its mapping under a name."""
    with panel(t("Bring it in"), t("A file is taken whole or not at all; the same file again changes nothing"), height="content"):
        place, lacking = _property(one, guess), [column for column in guess.missing if column != "property"]
        constants = {column: value for column in lacking if _can_be_shared(guess, column) and (value := _constant(one, guess.mapping.target, column))}
        missing = len(constants) < len(lacking) or ("property" in guess.missing and not place)
        guessed = _is_guessed(one, guess)
        if guessed:
            small(f":orange-badge[{safe(t('Guessed from the values alone: say which kind of file it is'))}]")
        ready = not (found.open_questions() or missing or guessed)
        if not ready:
            small(safe(t("Settle the orange points first.")), grey=True)
        guess = replace(guess, mapping=replace(guess.mapping, constants=guess.mapping.constants | constants))
        options = {"source": guess.mapping.source, "target": guess.mapping.target, "form": found.form.as_dict(), "mapping": guess.mapping.as_dict(),
                   "property_code": place}
        with st.container(horizontal=True):
            st.button(t("Try without writing"), disabled=not ready, on_click=_submit, args=(one, {**options, "dry_run": True}), key=f"try_{one.id}")
            st.button(t("Bring in"), type=filled(), disabled=not ready, on_click=_submit, args=(one, options), key=f"bring_{one.id}",
                      icon=":material/upload:")
        _save_mapping(one, found, guess)


def _is_guessed(one: Dropped, guess: Suggestion) -> bool:
    """Whether nothing but the look of the values says what the file is, and no person has said it."""
    return one.source is None and bool(guess.why) and {code for code, _ in guess.why.values()} == {"values"}


def _can_be_shared(guess: Suggestion, column: str) -> bool:
    """Whether all rows of a file may well have one value in a column: a channel or a status, but no day and no amount."""
    return bool(guess.mapping.columns) and TARGETS[guess.mapping.target].column(column).kind in ("word", "channel", "currency")


def _constant(one: Dropped, target: str, column: str) -> str | None:
    """Ask for a value that all rows share, for a column that the file does not have."""
    words = STATUSES if (target, column) == ("bookings", "status") else tuple(dict.fromkeys(TARGETS[target].column(column).words.values()))
    names = [row["name"] for row in look(hotel.channels)] if column == "channel" else list(words)
    label, key = t("{column} of all rows", column=column), f"constant_{column}_{one.id}"
    if names:
        return st.selectbox(label, names, None, key=key, placeholder=t("choose …"), accept_new_options=column == "channel")
    return st.text_input(label, key=key, max_chars=60).strip() or None


def _property(one: Dropped, guess: Suggestion) -> str | None:
    """Ask for the property where the file does not say."""
    if "property" in guess.mapping.columns or "property" in guess.mapping.constants or "property" not in TARGETS[guess.mapping.target].names:
        return None
    places = {row["code"]: row["name"] for row in look(hotel.properties)}
    if not places:
        return st.text_input(t("Code of the property"), key=f"place_{one.id}", max_chars=20).strip() or None
    return st.selectbox(t("Property of all rows"), list(places), 0 if len(places) == 1 else None, format_func=places.get, key=f"place_{one.id}",
                        placeholder=t("choose …"))


def _submit(one: Dropped, options: dict) -> None:
    settings = view().settings
    with one.path.open("rb") as file:
        id_ = jobs.submit_import(settings, one.name, file, actor=view().visitor.user, **options)
    jobs.wake(settings)
    st.session_state["import_job"] = id_
    if not options.get("dry_run"):
        st.session_state.setdefault("brought", set()).add(one.id)


def _save_mapping(one: Dropped, found: Detected, guess: Suggestion) -> None:
    with st.popover(t("Save this mapping"), icon=":material/bookmark:", width="content"):
        name = st.text_input(t("Name"), max_chars=60, key=f"mapping_name_{one.id}", placeholder=t("such as: Monthly list of the reservation desk"))
        if st.button(t("Save"), disabled=not name.strip(), key=f"save_mapping_{one.id}"):
            with told():
                act(mappings.save_mapping, id=name, mapping=guess.mapping.as_dict(), form=one.form, header_hash=header_hash(found.header))
                st.toast(t("Saved: the next file with these columns is read this way."))


def forget(one: Dropped) -> None:
    """Remove a dropped file from this machine."""
    shutil.rmtree(one.path, ignore_errors=True) if one.path.is_dir() else one.path.unlink(missing_ok=True)
