"""Who would be in another tier under a draft of rules, worked out on request, before anybody saves it."""
import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import heat
from crm_core.i18n import t
from crm_core.programme.rules import Rules, said
from crm_core.records import rules_preview
from crm_core.ui import guest_rows
from crm_core.ui import programme_rules_words as words
from crm_core.ui.load import look
from crm_core.ui.loyalty_words import tier_name
from crm_core.ui.parts import chart, mode, panel, small
from crm_core.ui.text import safe


def card(row: dict, rules: Rules) -> None:
    """The members by their tier today and under the draft, and those who would move."""
    key, draft = f"preview_{row['id']}", said(rules)
    asked, found = st.session_state.get(key, (None, None))
    title = words.preview_title(found) if asked == draft else t("Who would be in another tier")
    with panel(title, t("Open accounts at your properties, had these rules been in force all along; tiers given by hand do not count"), height="content"):
        if asked != draft:
            if st.button(t("Work it out"), key="work_out", icon=":material/groups:"):
                st.session_state[key] = (draft, look(rules_preview.preview_rules, programme_id=row["id"], rules=draft))
                st.rerun()
        else:
            _shown(found, rules)


def _shown(found: dict, rules: Rules) -> None:
    if not found["n"]:
        small(safe(t("Members come with a file, or are enrolled on a guest's page.")), grey=True)
        return
    chart(matrix(found["moves"], rules, mode()), words.preview_title(found), key="rules_preview")
    small(safe(t("Each row is a tier today, each column the tier under the draft: share of the row, accounts.")), grey=True)
    if found["guests"]:
        frame = pd.DataFrame(found["guests"], columns=["guest_id", "before", "now"])
        guest_rows.listing("rules_preview", len(frame), lambda offset, limit: frame.iloc[offset : offset + limit].reset_index(drop=True), _columns,
                           t("Members who would be in another tier"))
        if (moved := sum(n for before, now, n in found["moves"] if before != now)) > len(frame):
            small(safe(t("The first {n} of {of} are listed.", n=formats.count(len(frame)), of=formats.count(moved))), grey=True)


def _columns(frame: pd.DataFrame) -> dict[str, list]:
    return {t("Tier today"): [tier_name(tier) for tier in frame["before"]], t("Tier then"): [tier_name(tier) for tier in frame["now"]]}


def matrix(moves: list[tuple[str, str, int]], rules: Rules, shade: str) -> dict:
    """Return the figure of moves (tier today, tier then, members, from the lowest up): what share of each tier would be where."""
    rows = list(dict.fromkeys(before for before, _, _ in moves))[::-1]
    columns = [tier.name for tier in reversed(rules.tiers)]
    at = {(before, now): n for before, now, n in moves}
    of = {row: sum(at.get((row, column), 0) for column in columns) for row in rows}
    cells = [[at.get((row, column), 0) for column in columns] for row in rows]
    return heat.heat(
        shade, [tier_name(tier) for tier in columns], [tier_name(tier) for tier in rows],
        [[n / of[row] for n in line] for row, line in zip(rows, cells, strict=True)],
        [[f"{formats.percent(n / of[row], 0)}\n{formats.count(n)}" if n else formats.count(0) for n in line] for row, line in zip(rows, cells, strict=True)],
        notes=[formats.count(of[row]) for row in rows], row_height=44,
    )  # fmt: skip
