"""The page of boards: the views that are read together, such as on a Monday morning, in the order that was chosen."""
import streamlit as st

from crm_core import formats, views
from crm_core.i18n import t, tn
from crm_core.metrics import CATALOGUE
from crm_core.records import boards as records
from crm_core.records import views as saved
from crm_core.records.kept import LONGEST_NOTE
from crm_core.records.segments import LONGEST_NAME
from crm_core.reports.content import SPLITTING, shown_kpis
from crm_core.telling.figures import basis_text, change_markdown, tile, value_text
from crm_core.ui import boards_words, standing, tiles
from crm_core.ui.keeping_names import Names
from crm_core.ui.load import act, load, look, view
from crm_core.ui.parts import empty, small, told, too_few
from crm_core.ui.text import plain, safe

MAY = "view"
FIGURES = 4  # of a page on its card


def chosen() -> dict | None:
    """Draw the choice of a board where there are several, and return the one that is open with its views; None where there is none."""
    there = sorted(look(records.boards, view().whole), key=lambda row: row["id"])
    if not there:
        _first()
        return None
    names = {str(row["id"]): plain(row["name"]) for row in there}
    asked = st.query_params.get("board", "")
    if asked and asked not in names:
        st.warning(safe(t("There is no such board: it may have been put away. This is another one.")), icon=":material/search_off:")
    number = asked if asked in names else next(iter(names))
    if len(names) > 1:
        st.segmented_control(t("Board"), list(names), format_func=lambda one: safe(names[one]), default=number, key=f"choose_board_{number}", required=True,
                             on_change=_go, args=(f"choose_board_{number}",), label_visibility="collapsed")
    return look(records.board_card, view().whole, id=int(number))


def _go(widget: str) -> None:
    st.query_params["board"] = st.session_state[widget]


def _first() -> None:
    if not view().scope.may(MAY):
        empty(t("No board yet"), t("A board gathers saved views that are read together. Your role keeps none."))
        return
    empty(t("No board yet"), t("A board gathers saved views that are read together: save a view at the end of any page, or begin with four that most "
                               "houses read on Mondays."), (t("Begin “My Monday”"), begin), (t("Begin an empty board"), begin_empty))


def begin() -> None:
    """Begin a board with the views that most houses read first; of those that exist already under these names the saved ones."""
    number = act(records.save_board, view().whole, name=t(boards_words.FIRST_BOARD))
    there = {row["name"]: row["id"] for row in look(saved.saved_views, view().whole)}
    for version, (name, page, params) in enumerate(boards_words.STARTERS, 1):
        made = there.get(t(name)) or act(saved.save_view, view().whole, name=t(name), page=page, params=params)
        act(records.add_to_board, view().whole, id=number, version=version, view_id=made)


def begin_empty() -> None:
    """Begin a board without views."""
    act(records.save_board, view().whole, name=t(boards_words.FIRST_BOARD))


# --- the board ------------------------------------------------------------------------------------------------------------------
def head(row: dict) -> None:
    """The board's name and note, its link to send, and what can be done with it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{safe(row['name'])}** :small[:gray[{safe(tn('{n} view', '{n} views', len(row['views'])))}]]"
                    + (f"  \n:small[{safe(row['note'])}]" if row["note"] else ""), width="stretch")
        with st.popover(t("Link"), icon=":material/link:", type="tertiary", key="board_link"):
            small(safe(t("Whoever may see these properties sees this board here:")), grey=True)
            st.code(standing.address(views.View("boards", {"board": str(row["id"])})), language=None, wrap_lines=True)
        if view().scope.may(MAY):
            _add(row)
            _more(row)


def _add(row: dict) -> None:
    on = {one["id"] for one in row["views"]}
    rest = {one["id"]: plain(one["name"]) for one in look(saved.saved_views, view().whole) if one["id"] not in on}
    with st.popover(t("Add a view"), icon=":material/add:", type="tertiary", key="board_add"):
        if not rest:
            small(safe(t("Every saved view is on this board: save another at the end of any page.")), grey=True)
            return
        picked = st.selectbox(t("Saved view"), list(rest), format_func=rest.get, key="board_add_view")
        if st.button(t("Add"), key="board_add_save"):
            _do(records.add_to_board, row, view_id=picked)


def _more(row: dict) -> None:
    with st.popover("", icon=":material/more_horiz:", type="tertiary", help=t("More"), key="board_more"):
        name = st.text_input(t("Name"), row["name"], key=f"board_{row['id']}_{row['version']}_name", max_chars=LONGEST_NAME)
        noted = st.text_area(t("Note"), row["note"], key=f"board_{row['id']}_{row['version']}_note", max_chars=LONGEST_NOTE, height=80)
        with st.container(horizontal=True):
            if st.button(t("Rename"), key="board_rename"):
                _do(records.rename_board, row, name=name or "", note=noted or "")
            if st.button(t("Put away"), key="board_archive", icon=":material/archive:"):
                _do(records.archive_board, row)
        other = st.text_input(t("Begin another board"), key="board_new_name", max_chars=LONGEST_NAME, placeholder=t("Name"))
        if st.button(t("Begin"), key="board_new", disabled=not other):
            with told():
                st.query_params["board"] = str(act(records.save_board, view().whole, name=other))
                st.rerun()


def put_away() -> None:
    """The boards and views that were put away, each of which can be brought back."""
    if not view().scope.may(MAY):
        return
    away = [(look(records.boards, view().whole, archived=True), records.restore_board, "board"),
            (look(saved.saved_views, view().whole, archived=True), saved.restore_view, "view")]
    count = sum(len(rows) for rows, _, _ in away)
    if not count:
        return
    with st.expander(tn("{n} board or view was put away", "{n} boards and views were put away", count), icon=":material/archive:"):
        for rows, restore, kind in away:
            for row in rows:
                with st.container(horizontal=True, vertical_alignment="center"):
                    st.markdown(f"{safe(row['name'])} :small[:gray[{safe(t(boards_words.KINDS[kind]))}]]", width="stretch")
                    if st.button(t("Bring back"), key=f"restore_{kind}_{row['id']}"):
                        _do(restore, row)


def _do(action, row: dict, **values) -> None:
    with told():
        act(action, view().whole, id=row["id"], version=row["version"], **values)
        st.rerun()


# --- its views ------------------------------------------------------------------------------------------------------------------
def listing(row: dict) -> None:
    """The board's views in their order, each a card that opens it."""
    if not row["views"]:
        small(safe(t("Nothing is on this board yet: add a saved view, or save one at the end of any page.")), grey=True)
        return
    names = Names()
    with st.grid(3, min_column_width=280, gap="small"):
        for place, one in enumerate(row["views"], 1):
            _card(row, one, place, names)


def _card(row: dict, one: dict, place: int, names: Names) -> None:
    problems = names.problems(one["view"])
    with st.container(border=True, height="stretch", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(safe(one["name"]), anchor=False, width="stretch")
            if view().scope.may(MAY):
                _menu(row, one, place)
        if problems:
            _gone(row, one, problems)
        else:
            small(safe(names.said(one["view"])), grey=True)
            _figure(one, names)
        if one["note"]:
            small(safe(one["note"]))
        st.space("stretch")
        if not problems:
            standing.link(one["view"], names=names.by_parameter, icon=":material/arrow_forward:", icon_position="right")


def _gone(row: dict, one: dict, problems: list[str]) -> None:
    """A view of which something does not exist here: what that is, and the way to be rid of it."""
    for problem in problems:
        st.markdown(f":small[:orange[:material/link_off:] {safe(problem)}]")
    if view().scope.may(MAY) and st.button(t("Take it off the board"), key=f"gone_{one['id']}"):
        _do(records.take_off_board, row, view_id=one["id"])


def _figure(one: dict, names: Names) -> None:
    """What the view's figure is under its own filters; of a page the first figures of its row."""
    keys = shown_kpis(one["view"])
    if not keys:
        return
    known = {place: place for place in names.places} | {name: place for place, name in names.places.items()}
    scope = views.scope_of(one["view"], view().whole, known, names.channels.keys(), names.segments)
    if one["view"].page not in SPLITTING:
        _row_of(keys[:FIGURES], scope)
        return
    key = keys[0]
    k, found = CATALOGUE[key], tile(load("kpi_values", scope, keys=(key,)), key, view().currency)
    st.metric(t(k.name), formats.DASH if found.few else value_text(k, found.value, view().currency), delta_color="gray",
              chart_data=tiles.sparkline(load("kpi_months", scope, keys=(key,), count=13), key))
    st.markdown("  \n".join(f":small[{line}]" for line in tiles.lines(found)))


def _row_of(keys: tuple[str, ...], scope) -> None:
    """Figures as lines: name and what it rests on, value, change on the comparison that the view chose."""
    values = load("kpi_values", scope, keys=keys)
    for key in keys:
        one = tile(values, key, view().currency)
        said = formats.DASH if one.few else value_text(one.metric, one.value, view().currency)
        change = one.changes[scope.comparison]
        moved = f" :small[{change_markdown(change)}]" if one.metric.dated and not one.few and change.text != formats.DASH else ""
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            rests = too_few(one.n, one.metric.minimum) if one.few else basis_text(one, view().currency)
            st.markdown(f":small[{safe(t(one.metric.name))}]  \n:small[:gray[{safe(rests)}]]", width="stretch")
            st.markdown(f"**{safe(said)}**{moved}", width="content")


def _menu(row: dict, one: dict, place: int) -> None:
    with st.popover("", icon=":material/more_horiz:", type="tertiary", help=t("More"), key=f"view_{one['id']}_more"):
        with st.container(horizontal=True, gap="xsmall"):
            if st.button(t("Up"), key=f"view_{one['id']}_up", icon=":material/arrow_upward:", disabled=place == 1):
                _do(records.move_on_board, row, view_id=one["id"], place=place - 1)
            if st.button(t("Down"), key=f"view_{one['id']}_down", icon=":material/arrow_downward:", disabled=place == len(row["views"])):
                _do(records.move_on_board, row, view_id=one["id"], place=place + 1)
            if st.button(t("Take off"), key=f"view_{one['id']}_off", icon=":material/playlist_remove:"):
                _do(records.take_off_board, row, view_id=one["id"])
        name = st.text_input(t("Name"), one["name"], key=f"view_{one['id']}_{one['version']}_name", max_chars=LONGEST_NAME)
        noted = st.text_area(t("Note"), one["note"], key=f"view_{one['id']}_{one['version']}_note", max_chars=LONGEST_NOTE, height=80)
        with st.container(horizontal=True):
            if st.button(t("Rename"), key=f"view_{one['id']}_rename"):
                _do(saved.rename_view, one, name=name or "", note=noted or "")
            if st.button(t("Put away"), key=f"view_{one['id']}_archive", icon=":material/archive:"):
                _do(saved.archive_view, one)
