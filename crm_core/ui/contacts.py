"""The cards of the Contacts page: its figures, what identity does to the numbers, and the quality of each field."""
import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import interval
from crm_core.charts.theme import TOKENS
from crm_core.i18n import N_, t
from crm_core.queries.contacts import DIMENSIONS
from crm_core.ui import guest_rows, tiles
from crm_core.ui.load import load
from crm_core.ui.parts import PAGES, chart, mode, panel, small, table_height
from crm_core.ui.text import plain, safe

KEYS = ("completeness", "valid_email_rate", "ota_alias_share", "consent_rate", "reachable_share", "duplicate_rate")
IDENTITIES = {"strict": N_("Strict"), "default": N_("As today"), "loose": N_("Loose")}
FIELDS = {"name": N_("Name"), "email": N_("E-mail"), "phone": N_("Phone"), "birth": N_("Birth date"), "country": N_("Country"),
          "language": N_("Language"), "consent": N_("Consent")}
TITLES = {"complete": N_("Filled in"), "valid": N_("Valid"), "unique": N_("Unique"), "fresh": N_("Fresh"), "reachable": N_("Reachable")}
FORMULAS = (
    N_("Filled in: profiles that have the field, out of all; a placeholder counts as empty."),
    N_("Valid: of those, what is well-formed and possible. A yes to marketing is valid where its proof is kept."),
    N_("Unique: of those, who does not wait in a pair of records that may be one person."),
    N_("Fresh: of those, who was seen within three years."),
    N_("Reachable: of the valid ones, with consent on that channel (e-mail; SMS for the phone)."),
    N_("Score: the mean of the row's shares. All count profiles as they stand at the as-of date; the period does not narrow them."),
)
FAILING = {
    "right": N_("Profiles without a right one"), "complete": N_("Profiles without it"), "valid": N_("Profiles where it is wrong"),
    "unique": N_("Profiles that may be a double"), "fresh": N_("Profiles not seen for three years"),
    "reachable": N_("Profiles without consent on that channel"),
}


def figures() -> None:
    """The tiles: as things stand at the as-of date."""
    tiles.kpi_row(KEYS)


def identity() -> None:
    """What identity does to the numbers: guests and returning guests when fewer or more records are joined."""
    frame = load("identity_sensitivity")
    known = frame[frame["guests"] > 0]
    with panel(t("What identity does to the numbers"), t("Returning guests of the period · strict: no records joined, loose: every doubtful pair joined too")):
        if known.empty:
            small(safe(t("No guest stayed in this period.")), grey=True)
        else:
            chart(_forest(known), t("Share of returning guests under three ways of joining records"), key="identity")
            small(safe(_band(known)))
        small(safe(_duplicates(load("duplicate_band").set_index("identity"))))
        st.space("stretch")
        st.page_link(PAGES / "duplicates.py", label=t("Review duplicates"), icon=":material/arrow_forward:", icon_position="right")


def _forest(known: pd.DataFrame) -> dict:
    labels = [t(IDENTITIES[i]) for i in known["identity"]]
    ratio = known["repeat_ratio"].astype(float).tolist()
    texts = [f"{formats.percent(share)} · {formats.n(int(n))}" for share, n in zip(ratio, known["guests"], strict=True)]
    tones = ["accent" if i == "default" else "line" for i in known["identity"]]
    return interval.forest(mode(), labels, ratio, known["low"].tolist(), known["high"].tolist(), texts, tones=tones,
                           say=lambda v: formats.percent(v, 0))


def _band(known: pd.DataFrame) -> str:
    ratio, guests = known["repeat_ratio"].astype(float), known["guests"].astype(int)
    if ratio.nunique() == 1:
        return t("{share} of {n} guests came back, whoever is taken for one person: no pair of records makes a difference.",
                 share=formats.percent(ratio.iloc[0]), n=formats.count(guests.iloc[0]))
    return t("Between {low} and {high} of {least} to {most} guests came back, whoever is taken for one person.", low=formats.percent(ratio.min()),
             high=formats.percent(ratio.max()), least=formats.count(guests.min()), most=formats.count(guests.max()))


def _duplicates(band: pd.DataFrame) -> str:
    rate = band["duplicate_rate"]
    return t("Duplicate rate {now}: {least} if nothing were joined, {most} if every doubtful pair were. A guest with a profile at each of two "
             "properties counts there too.", now=formats.percent(rate["default"]), least=formats.percent(rate["strict"]),
             most=formats.percent(rate["loose"]))


@st.fragment
def quality() -> None:
    """Shares by field and dimension, or by source and field; a cell that is clicked opens to the profiles that fail."""
    frame = scored(load("contact_quality", by_source=_by_source()))
    with panel(_title(frame), t("Share of profiles, and how many it is a share of · click a cell for the profiles that fail"), right=_choice):
        table, shares = _by_sources(frame) if _by_source() else _by_fields(frame)
        picked = st.dataframe(_shaded(table, shares), hide_index=True, row_height=34, height=table_height(len(table)), on_select="rerun",
                              selection_mode="single-cell", key=f"quality_{_by_source()}", alt=t("Quality of contacts by field")).selection.cells
        if picked:
            _failing(frame, *_cell(frame, table, *picked[0]))
        with st.expander(t("How it is computed"), icon=":material/function:"):
            st.markdown("\n".join(f"- {safe(t(line))}" for line in FORMULAS))


def _by_source() -> bool:
    return st.session_state.get("quality_by") == "source"


def _choice() -> None:
    names = {"field": t("By field"), "source": t("By source")}
    st.segmented_control(t("Quality by"), list(names), format_func=names.get, default="field", required=True, key="quality_by",
                         label_visibility="collapsed")


def scored(frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows of the query contact_quality with each dimension's share (NaN where nothing can be said) and their mean as the score."""
    shares = {name: frame[f"{name}_part"] / frame[f"{name}_n"].where(frame[f"{name}_n"] > 0) for name in DIMENSIONS}
    return frame.assign(**shares, score=pd.DataFrame(shares).mean(axis=1))


def _title(frame: pd.DataFrame) -> str:
    total = frame.groupby("field", sort=False)[["valid_part", "profiles"]].sum()
    worst = (total["valid_part"] / total["profiles"].where(total["profiles"] > 0)).idxmin()
    return t("Weakest field: {field}", field=t(FIELDS[worst]).lower())


def _by_fields(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    names = {t(TITLES[d]): d for d in DIMENSIONS}
    table = pd.DataFrame({t("Field"): [t(FIELDS[f]) for f in frame["field"]]} | {
        title: [_said(share, n) for share, n in zip(frame[d], frame[f"{d}_n"], strict=True)] for title, d in names.items()} | {
        t("Score"): [formats.percent(s, 0) for s in frame["score"]]})
    return table, pd.DataFrame({title: frame[d] for title, d in names.items()} | {t("Score"): frame["score"]})


def _by_sources(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row per source: of each field the share of all profiles that have it and have it right, and the mean of the fields' scores."""
    right = frame.assign(right=frame["valid_part"] / frame["profiles"]).pivot(index="source", columns="field", values="right")[list(FIELDS)]
    many = frame.groupby("source")["profiles"].first()
    score = frame.groupby("source")["score"].mean()
    shares = right.rename(columns={f: t(FIELDS[f]) for f in FIELDS}).assign(**{t("Score"): score}).reset_index(drop=True)
    words = shares.map(lambda share: formats.percent(share, 0))
    return pd.concat([pd.DataFrame({t("Source"): [plain(s) for s in right.index], t("Profiles"): [formats.count(n) for n in many]}), words],
                     axis=1), shares


def _said(share: float, n: int) -> str:
    return f"{formats.percent(share, 0)} · {formats.count(n)}" if pd.notna(share) else formats.DASH


def _shaded(table: pd.DataFrame, shares: pd.DataFrame):
    """Shade the cells by what is missing to all: the eye falls on what needs work, and what is in order stays white."""
    k = TOKENS[mode()]

    def style(share: float) -> str:
        step = 0 if pd.isna(share) else min(int((1 - share) * 8 + 0.5), 7)
        return f"background-color: {k['sequential'][step]}; color: {k['ink'] if step < 5 else k['background']}" if step else ""

    styles = pd.DataFrame("", index=table.index, columns=table.columns)
    for column in shares:
        styles[column] = [style(share) for share in shares[column]]
    return table.style.apply(lambda _: styles, axis=None)


def _cell(frame: pd.DataFrame, table: pd.DataFrame, row: int, column: str) -> tuple[str, str, str]:
    """Return source, field and dimension of a cell; a field's and a score's own cell stand for what is filled in."""
    if not _by_source():
        titles = {t(TITLES[d]): d for d in DIMENSIONS}
        return "", frame["field"].iloc[row], titles.get(column, "complete")
    fields = {t(FIELDS[f]): f for f in FIELDS}
    return sorted(frame["source"].unique())[row], fields.get(column, "email"), "right"


def _failing(frame: pd.DataFrame, source: str, field: str, dimension: str) -> None:
    row = frame[(frame["field"] == field) & (frame["source"] == source)].iloc[0]
    total = int(row["profiles"] - row["valid_part"] if dimension == "right" else row[f"{dimension}_n"] - row[f"{dimension}_part"])
    st.markdown(f"**{safe(t(FIELDS[field]))}{safe(f', {source}' if source else '')}** · {safe(t(FAILING[dimension]))}: {safe(formats.count(total))}")
    if total:
        rows = lambda offset, limit: load("quality_behind", field=field, dimension=dimension, source=source, offset=offset, limit=limit)  # noqa: E731
        guest_rows.listing(f"quality_{field}_{dimension}", total, rows, _columns, t(FAILING[dimension]))


def _columns(frame: pd.DataFrame) -> dict[str, list]:
    places = load("properties").set_index("property_id")["name"]
    return {t("Property"): [str(places.get(p, p)) for p in frame["property_id"]], t("Source"): frame["source"].map(plain),
            t("Last seen"): frame["seen_on"].map(guest_rows.day)}
