"""The cards of the Duplicates page: two records side by side, what speaks for one person, the decision, and how to take it back."""
import datetime as dt

import streamlit as st

from crm_core import formats, jobs
from crm_core.charts import bars
from crm_core.i18n import N_, t, tn
from crm_core.records import duplicates, hotel
from crm_core.records.persons import SHOWN
from crm_core.stats.matching import AUTOMATIC
from crm_core.ui.load import act, look, view
from crm_core.ui.parts import chart, empty, filled, guest_link, mode, panel, small, told
from crm_core.ui.text import safe

AHEAD = 40
RECENT, HISTORY = 6, 100
MOST_SURE = .999
NOTHING = "&nbsp;"  # an empty cell would give up its width
FIELDS = {
    "name": N_("Name"), "email": N_("E-mail"), "phone": N_("Phone"), "birth_on": N_("Born"), "country": N_("Country"),
    "language": N_("Language"), "street": N_("Street"), "postcode": N_("Postcode"), "city": N_("City"), "loyalty_number": N_("Loyalty number"),
}
EVIDENCE = {"w_name": N_("Name"), "w_email": N_("E-mail"), "w_phone": N_("Phone"), "w_birth": N_("Birth date"), "w_document": N_("Document"),
            "w_address": N_("Address"), "w_loyalty": N_("Loyalty number")}
DECIDED_BY = {"rule": N_("rule"), "person": N_("staff"), "source": N_("source system"), "kept together": N_("kept together")}
WIDTHS = (88, "stretch", "stretch", 112)  # held together on a phone too: two records are only compared side by side


def summary() -> int:
    """How many records and persons there are, who merged them, and how many pairs wait; return the last."""
    counts, waiting = look(duplicates.record_counts), look(duplicates.waiting_count)
    tiles = (
        (t("Records"), formats.count(counts["records"]), t("as their sources have them")),
        (t("Persons"), formats.count(counts["persons"]), t("after merging")),
        (t("Merged by rule"), formats.count(counts["by_rule"]), t("99% sure or more")),
        (t("Merged by staff"), formats.count(counts["by_person"]), t("or told by a source")),
        (t("Waiting"), formats.count(waiting), t("pairs that wait for a decision")),
    )
    with st.grid(5, min_column_width=150, gap="small"):
        for name, value, says in tiles:
            with st.container(border=True, height="stretch", gap="xxsmall"):
                small(safe(name))
                st.metric(name, value, label_visibility="collapsed")
                small(safe(says), grey=True)
    return waiting


def review(waiting: int) -> None:
    """The next pair, side by side, with the decision under it."""
    passed = st.session_state.setdefault("passed_pairs", [])
    pairs = [p for p in look(duplicates.waiting, limit=AHEAD + len(passed)) if (p["a_id"], p["b_id"]) not in passed]
    if not pairs:
        _nothing(waiting, passed)
        return
    pair = pairs[0]
    sides = [look(duplicates.side, id=pair[name]) for name in ("a_id", "b_id")]
    left, right = st.columns([1.62, 1])
    with left:
        picks = _side_by_side(pair, sides)
    with right:
        _evidence(pair)
        _ahead(pairs[1:])
    st.session_state["pair"] = pair
    st.session_state["picks"] = picks


def _nothing(waiting: int, passed: list) -> None:
    if passed:
        still = tn("{n} pair was passed over and is still undecided.", "{n} pairs were passed over and are still undecided.", len(passed))
        empty(t("You have seen every pair that waits"), still, (t("Look at them again"), passed.clear))
    elif waiting == 0:
        empty(t("No pair waits for a decision"), t("Sure pairs are merged by themselves; doubtful ones appear here after an import."),
              (t("Search again"), _search))
    _take_back()


def _side_by_side(pair: dict, sides: list[dict]) -> dict[str, int]:
    """Draw both records field by field; return which record's value was picked for the fields where they differ."""
    title = t("{share} sure that these are one person", share=_sure(pair["probability"]))
    with panel(title, t("Values as their source has them. Merging changes no record and can be undone at any time."), height="content"):
        if pair["conflict"]:
            small(f":orange-badge[{safe(t('Given names or birth dates contradict each other: twins, or father and son?'))}]")
        elif pair["probability"] >= AUTOMATIC:
            small(safe(t("Sure as a pair, and yet it waits: a third record fits one of them and contradicts the other, or here only people merge.")), grey=True)
        _heads(sides)
        picks = {field: picked for field, name in FIELDS.items() if (picked := _field(field, t(name), *sides))}
        for name, values in ((t("Stays"), map(_stays, sides)), (t("E-mail consent"), (t("yes") if side["consent"] == "given" else t("no") for side in sides))):
            with _row(name, *values):
                small(NOTHING)
        _decisions()
    return picks


def _sure(probability: float) -> str:
    """Return a probability as a share that is never said to be certain."""
    return f"> {formats.percent(MOST_SURE, 1)}" if probability > MOST_SURE else formats.percent(probability, 1)


def _heads(sides: list[dict]) -> None:
    first, left, right, last = _cells()
    for empty_cell in (first, last):
        with empty_cell:
            small(NOTHING)
    for cell, side in zip((left, right), sides, strict=True):
        with cell:
            guest_link(side["id"], t("Record {id}", id=side["id"]), width="stretch")
            small(safe(", ".join(side["sources"])), grey=True)


def _field(field: str, name: str, left: dict, right: dict) -> int | None:
    """Draw one field of both records; where they differ, offer which value to keep. Return the record that was picked."""
    a, b = _said(field, left[field]), _said(field, right[field])
    if not (a or b):
        return None
    with _row(name, a, b, agree=bool(a) and a == b):
        if a and b and a != b and field in SHOWN:
            keep = {left["id"]: t("left"), right["id"]: t("right")}
            return st.segmented_control(t("Keep {field}", field=name), list(keep), format_func=keep.get, key=f"keep_{field}_{left['id']}_{right['id']}",
                                        label_visibility="collapsed")
        small(safe(t("same") if a == b else t("differs") if a and b else t("one side only")), grey=True)
    return None


def _cells() -> list:
    """Return the four cells of a line: its name, the left and the right record, and what to say or pick."""
    with st.container(horizontal=True, vertical_alignment="center", wrap=False, gap="xsmall"):
        return [st.container(width=width) for width in WIDTHS]


def _row(name: str, a: str, b: str, agree: bool = False):
    """Draw a line of both records and return its last cell."""
    first, left, right, last = _cells()
    with first:
        small(safe(name), grey=True)
    for cell, value in ((left, a), (right, b)):
        with cell:
            st.markdown(f"**{safe(value)}**" if agree else safe(value) or "–")
    return last


def _said(field: str, value) -> str:
    if not value:
        return ""
    if field == "birth_on":
        return formats.date(value)
    return formats.territory(value) if field == "country" else formats.language_name(value) if field == "language" else str(value)


def _stays(side: dict) -> str:
    known = tn("{n} stay", "{n} stays", side["stays"])
    return t("{stays}, last left {day}", stays=known, day=formats.date(side["last_on"])) if side["last_on"] else known


def _decisions() -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(t("Same person"), type=filled(), shortcut="m", on_click=_merge, key="same_person")
        st.button(t("Two persons"), shortcut="d", on_click=_apart, key="two_persons")
        st.button(t("Later"), type="tertiary", shortcut="s", on_click=_pass, key="pass_pair")
        _take_back()
    small(safe(t("Where nothing is picked, the rules choose: the name, birth date and country that most records say; "
                 "the newest address, phone and language that work.")), grey=True)


def _take_back() -> None:
    if st.session_state.get("last_decision"):
        st.button(t("Undo the last decision"), type="tertiary", icon=":material/undo:", shortcut="z", on_click=_undo_last, key="undo_last")


def _merge() -> None:
    pair, picks = st.session_state["pair"], st.session_state["picks"]
    _decided(lambda: act(duplicates.merge_records, id=pair["a_id"], other=pair["b_id"], picks=picks))


def _apart() -> None:
    pair = st.session_state["pair"]
    _decided(lambda: act(duplicates.keep_records_apart, id=pair["a_id"], other=pair["b_id"]))


def _decided(decide) -> None:
    with told():
        st.session_state["last_decision"] = decide()
        jobs.start_refresh(view().settings)


def _pass() -> None:
    pair = st.session_state["pair"]
    st.session_state["passed_pairs"].append((pair["a_id"], pair["b_id"]))


def _undo_last() -> None:
    undo(st.session_state.pop("last_decision"))


def undo(link: int) -> None:
    """Take a decision back."""
    with told():
        act(duplicates.undo_decision, id=link)
        jobs.start_refresh(view().settings)


def _evidence(pair: dict) -> None:
    """What speaks for one person and what against, in bits."""
    bits = {t(EVIDENCE[key]): value for key, value in pair["evidence"].items() if key in EVIDENCE and value}
    with panel(t("What speaks for one person"), t("Evidence in bits: each bit doubles the odds, a negative one halves them"), height="content"):
        texts = [formats.signed(value, 1) for value in bits.values()]
        best = max(bits, key=bits.get, default="")
        chart(bars.bars(mode(), list(bits), list(bits.values()), texts, accent=[best]), t("Evidence by field, {field} first", field=best),
              key=f"evidence_{pair['a_id']}_{pair['b_id']}")


def _ahead(pairs: list[dict]) -> None:
    if pairs:
        small(safe(t("Next: {shares}", shares=" · ".join(_sure(p["probability"]) for p in pairs[:5]))), grey=True)


def history() -> None:
    """Merges and decisions, newest first; each can be taken back, months later too."""
    rows = look(duplicates.merges, limit=HISTORY if st.session_state.get("all_decisions") else RECENT)
    with panel(t("Decisions"), t("Undoing gives both records back exactly as they were, also after further merges"), height="content"):
        if not rows:
            small(safe(t("Nothing was merged yet.")), grey=True)
        for row in rows:
            _decision(row)
        if len(rows) >= RECENT:
            st.toggle(t("Show the last {n}", n=HISTORY), key="all_decisions")


def _decision(row: dict) -> None:
    with st.container(horizontal=True, vertical_alignment="center", wrap=False):
        sign = "=" if row["decision"] == "same" else "≠"
        by = t(DECIDED_BY.get(row["decided_by"], row["decided_by"]))
        sure = f" · {_sure(row['probability'])}" if row["probability"] else ""
        line = f"**{safe(row['a_name'])}** {sign} **{safe(row['b_name'])}**  \n:small[:gray[{safe(day(row['at']) + ' · ' + by + sure)}]]"
        st.markdown(f":gray[{line}]" if row["ended_at"] else line, width="stretch")
        if row["ended_at"]:
            small(safe(t("undone")), grey=True)
        else:
            st.button(t("Undo"), type="tertiary", key=f"undo_{row['id']}", on_click=undo, args=(row["id"],))


def search_again() -> None:
    """When duplicates were last searched for, how well, and where only people may merge."""
    last = look(duplicates.last_search)
    with panel(t("Search for duplicates"), t("Runs after every import; also when you ask for it"), height="content"):
        small(safe(_last(last) if last else t("Not searched yet.")))
        if last and last["dropped"]:
            small(safe(tn("{n} value shared by more than 200 records was left out of the comparison.",
                          "{n} values shared by more than 200 records were left out of the comparison.", _too_large(last["dropped"]))), grey=True)
        _by_hand()
        running = any(job.kind == "match" and job.state in ("queued", "running") for job in jobs.recent(view().settings))
        st.button(t("Searching …") if running else t("Search again"), disabled=running, on_click=_search, key="search_again", icon=":material/search:")


def day(at: str) -> str:
    """Return the day of an instant as the record store writes it."""
    return formats.date(dt.date.fromisoformat(at[:10]))


def _too_large(dropped: list[dict]) -> int:
    return sum(int(block.get("blocks", 1)) for block in dropped)


def _last(last: dict) -> str:
    return t("{day}: {profiles} records, {pairs} pairs compared, {merged} merged, {waiting} to review.", day=day(last["at"]),
             profiles=formats.count(last["profiles"]), pairs=formats.count(last["compared"]), merged=formats.count(last["merged"]),
             waiting=formats.count(last["to_review"]))


def _search() -> None:
    settings = view().settings
    jobs.submit_once(settings, "match", actor=view().visitor.user)
    jobs.wake(settings)


def _by_hand() -> None:
    places = {row["id"]: row["name"] for row in look(hotel.properties)}

    def save() -> None:
        with told():
            act(duplicates.set_merged_by_hand, properties=tuple(st.session_state["by_hand"]))

    st.multiselect(t("Merge only after review at"), list(places), default=list(look(duplicates.merged_by_hand)), format_func=places.get, key="by_hand",
                   on_change=save, placeholder=t("no property"))
