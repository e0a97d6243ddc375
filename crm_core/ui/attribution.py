"""The cards of the attribution lab: one campaign by every rule beside what it caused, all campaigns ranked, what is counted twice, a caution."""
import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import bars, interval
from crm_core.charts.credited import credited
from crm_core.charts.slope import slope
from crm_core.i18n import t
from crm_core.marts import credits
from crm_core.telling.figures import tile
from crm_core.ui import attribution_words as words
from crm_core.ui.load import load, view
from crm_core.ui.parts import PAGES, chart, empty, mode, panel, small, table_height
from crm_core.ui.text import plain, safe

STATE, PARAMETER = "lab_campaign", "campaign"
SHOWN, PATHS, JOINED, NAME = 12, 8, 8, 16
# The published example of the caution: base rate of 30 days and open rate (2023), whose product is the published conversion.
EXAMPLE = (0.0056, 0.358)


def anything() -> bool:
    """Say whether there is a campaign to look at: of the period, or the one in the URL."""
    return bool(_choices())


def nothing() -> None:
    """The lab without campaigns: what is missing and where they come from."""
    empty(t("No campaign in this view"), t("No marketing campaign began in these days. Choose other dates, or bring in what your e-mail platform exports."))
    with st.container(horizontal=True):
        st.page_link(PAGES / "campaigns.py", label=t("All campaigns"), icon=":material/campaign:")
        st.page_link(PAGES / "data.py", label=t("Bring files in"), icon=":material/upload:")


# --- which campaign ----------------------------------------------------------------------------------------------------------------------
def _choices() -> dict[int, str]:
    """The marketing campaigns of the period by id, the newest first, and the one that the URL names."""
    found = load("campaign_list")
    found = found[(found["purpose"] == "marketing") & (found["is_reported"] == 0)]
    names = {int(row.campaign_id): _named(row) for row in found.itertuples()}
    asked = _asked()
    if asked is not None and asked not in names:
        names |= {int(row.campaign_id): _named(row) for row in load("campaign_card", campaign=asked).itertuples()}
    return names


def _named(row) -> str:
    day = formats.date(pd.Timestamp(row.started_on).date()) if pd.notna(row.started_on) else t("not sent yet")
    return f"{plain(row.campaign)} · {day}"


def _asked() -> int | None:
    said = st.query_params.get(PARAMETER, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None


def chosen() -> int:
    """Draw the choice of a campaign and return its id; the URL bears the id, so that a link works in every language.

    Without one in the URL it is the newest whose effect is told, else the newest.
    """
    names = _choices()
    asked = _asked()
    if asked in names:
        st.session_state[STATE] = asked
    elif st.session_state.get(STATE) not in names:
        st.session_state[STATE] = _usual(names)
    picked = st.selectbox(t("Campaign"), list(names), format_func=names.get, key=STATE, on_change=_remember, width=420)
    return int(picked)


def _usual(names: dict[int, str]) -> int:
    found = load("campaign_list")
    known = found[found["verdict"].isin(words.TOLD) & found["campaign_id"].isin(names)]["campaign_id"]
    return int(known.iloc[0]) if len(known) else next(iter(names))


def _remember() -> None:
    st.query_params[PARAMETER] = str(st.session_state[STATE])


# --- one campaign ------------------------------------------------------------------------------------------------------------------------
def lab(campaign: int) -> None:
    """What each rule credits, hatched where it would have come anyway, below what was caused; and how to read it."""
    card, found = load("campaign_card", campaign=campaign).iloc[0], words.in_order(load("credits_by_rule", campaign=campaign))
    said = words.title(found, card)
    with panel(said, t("Bookings credited by each rule · hatched: would have come anyway · caused: guests who booked because of it, with 95% interval")):
        small(safe(words.facts(card)), grey=True)
        texts, notes = zip(*(words.numbers(row, card) for row in found.itertuples()), strict=True)
        labels = [t(words.SHORT[rule]) for rule in found["rule"]]
        chart(credited(mode(), labels, found["bookings"], found["came_anyway"].where(found["rule"] != words.HOLDOUT), texts, notes=notes, lows=found["low"],
                       highs=found["high"], accent=labels[:1]), said, key="lab")
        for line in words.reading(card):
            small(safe(line), grey=True)
        st.page_link(PAGES / "campaign.py", label=t("Open this campaign"), icon=":material/arrow_forward:", query_params={PARAMETER: str(campaign)})


def rules(campaign: int) -> None:
    """The same as a table, and the paths of messages that two rules are made from."""
    found, currency = words.in_order(load("credits_by_rule", campaign=campaign)), view().currency
    with panel(t("Every rule in numbers"), t("Revenue: room revenue of the bookings credited · an upper bound, not an effect, except where held out")):
        money = lambda column: [formats.money(x, currency) for x in found[column]]  # noqa: E731
        table = pd.DataFrame({
            t("Rule"): [t(words.RULES[rule]) for rule in found["rule"]], t("Bookings"): [words.credit(n) for n in found["bookings"]],
            t("Revenue"): money("revenue"), t("Counted twice"): [words.credit(n) for n in found["double_bookings"]],
            t("Twice, revenue"): money("double_revenue"), t("Came anyway (95% interval)"): [words.anyway(row) for row in found.itertuples()]})
        right = {name: st.column_config.Column(alignment="right") for name in table.columns[1:]}
        st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(table)), column_config=right, alt=t("Every rule in numbers"))
        small(safe(t("Counted twice: the same booking is credited to another campaign by this rule, too.")), grey=True)
        _paths(campaign)


def terms() -> None:
    """What each rule counts, in words, with where it is published."""
    with panel(t("What each rule counts"), t("As their help pages say; what they are silent about is marked as assumed")):
        heads = (t("The clock starts"), t("Window"), t("What is needed"), t("Several campaigns"), t("Source"))
        columns = zip(*words.TERMS.values(), strict=True)
        table = pd.DataFrame({t("Rule"): [t(words.RULES[rule]) for rule in words.TERMS],
                              **{head: [t(term) for term in column] for head, column in zip(heads, columns, strict=True)}})
        st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(table)), alt=t("What each rule counts"),
                     column_config={t("What is needed"): st.column_config.Column(width=190), t("Source"): st.column_config.Column(width=340)})
        small(safe(t("Names of firms say whose help page describes a rule; none of them endorses this.")), grey=True)


def _paths(campaign: int) -> None:
    found = load("touch_paths", campaign=campaign, limit=PATHS)
    if found.empty:
        return
    with st.expander(t("Messages before a booking: the paths that Markov and Shapley are made from")):
        names = load("campaign_list").set_index("campaign_id")["campaign"]
        named = lambda id: plain(names.get(int(id), t("campaign {id}", id=id)))  # noqa: E731
        booked, not_booked = t("Booked"), t("Did not book")
        table = pd.DataFrame({t("Messages, oldest first"): [" → ".join(named(id) for id in path.split(">")) for path in found["touches"]],
                              booked: [formats.count(n) for n in found["conversions"]], not_booked: [formats.count(n) for n in found["non_conversions"]]})
        right = st.column_config.Column(width=110, alignment="right")
        st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(table)), column_config={booked: right, not_booked: right},
                     alt=t("The most frequent paths of messages before a booking"))


# --- all campaigns of the period ---------------------------------------------------------------------------------------------------------
@st.fragment
def ranks() -> None:
    """Campaigns by what they caused, with the place that each rule gives them; a row opens the campaign."""
    found = load("credit_ranks")
    said = words.ranks_title(found)
    able = words.told(found)["campaign_id"].nunique() > 1
    with panel(said, t("Campaigns of the period by what they caused · at each rule its place and the bookings that it credits"), right=_rule if able else None):
        if found.empty:
            small(safe(t("No marketing campaign began in this period.")), grey=True)
            return
        if able:
            _orders(found, said)
        rows = words.ranked(found).head(SHOWN)
        table = pd.DataFrame({t("Campaign"): [plain(name) for name in rows["campaign"]], t("Caused"): [words.caused(row) for row in rows.itertuples()],
                              **{t(words.SHORT[rule]): rows[rule].tolist() for rule in words.SHORT if rule in rows}})
        right = {t(words.SHORT[rule]): st.column_config.Column(width=126, alignment="right") for rule in words.SHORT if rule in rows}
        widths = right | {t("Campaign"): st.column_config.Column(width=180), t("Caused"): st.column_config.Column(width=140, alignment="right")}
        picked = st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(table), SHOWN), key="rank_rows", on_select="rerun",
                              selection_mode="single-row", alt=said, column_config=widths).selection.rows
        small(safe(t("Where intervals overlap, the order by what was caused is not certain either. Tick a row to open the campaign.")), grey=True)
        if picked and picked[0] < len(rows):
            _open(int(rows["campaign_id"].iloc[picked[0]]), str(rows["campaign"].iloc[picked[0]]))


def _rule() -> None:
    codes = [rule for rule in words.SHORT if rule in credits.RULES]
    st.selectbox(t("Ranked by"), codes, format_func=lambda rule: t(words.RULES[rule]), key="rank_rule", label_visibility="collapsed", width=250)


def _orders(found: pd.DataFrame, said: str) -> None:
    """The order of one rule beside that of what was caused, of campaigns whose effect can be compared."""
    rule = st.session_state.get("rank_rule") or credits.DEFAULT
    rows = words.told(found)
    rows = rows[rows["rule"] == rule].nlargest(JOINED, "bookings")
    names = [words.shortened(plain(name), NAME) for name in rows["campaign"]]
    chart(slope(mode(), names, rows["bookings"].tolist(), rows["incremental"].tolist(), [words.credit(n) for n in rows["bookings"]],
                [formats.count(n) for n in rows["incremental"]], heads=(t("Credited"), t("Caused")), accent=names[:1]), said, key="orders")


def _open(campaign: int, name: str) -> None:
    with st.container(horizontal=True):
        st.page_link(PAGES / "campaign.py", label=safe(t("Open “{name}”", name=name)), icon=":material/campaign:", query_params={PARAMETER: str(campaign)})
        st.page_link(PAGES / "attribution.py", label=t("See it by every rule"), icon=":material/rule:", query_params={PARAMETER: str(campaign)})


def double() -> None:
    """What the rules claim over all campaigns, beside what was booked."""
    found, currency = load("double_counted"), view().currency
    said = words.double_title(found)
    with panel(said, t("Revenue claimed over all campaigns, divided by the revenue of the bookings behind it · bookings made in the period")):
        found = found[found["bookings"] > 0]
        if found.empty:
            small(safe(t("A booking is credited once a message arrived in the 30 days before it.")), grey=True)
            return
        labels = [t(words.SHORT[rule]) for rule in found["rule"]]
        notes = [t("{n} of {all} twice", n=formats.count(row.double_bookings), all=formats.count(row.bookings)) for row in found.itertuples()]
        most = [label for label, times in zip(labels, found["times"], strict=True) if times == found["times"].max() and times >= words.NOTABLE]
        chart(bars.bars(mode(), labels, found["times"], [formats.times(x, 2) for x in found["times"]], most, notes=notes), said, key="double")
        for row in found[found["times"] >= words.NOTABLE].nlargest(1, "times").itertuples():
            small(safe(t("“{rule}” claims {claimed}; the bookings behind it are worth {revenue}.", rule=t(words.RULES[row.rule]),
                         claimed=formats.compact_money(row.claimed, currency), revenue=formats.compact_money(row.revenue, currency))), grey=True)


def anyway() -> None:
    """How much of the credit of each rule would have come anyway."""
    ranks = load("credit_ranks")
    found = words.shares(ranks)
    said = words.shares_title(found)
    with panel(said, t("Share of the bookings credited by each rule, % · campaigns of the period with enough people held out")):
        if found.empty:
            small(safe(t("No campaign of the period has a finished window and enough people held out.")), grey=True)
            return
        texts = [f"{formats.percent(r.share, 0)} ({formats.share_interval(r.low, r.high, 0)})" for r in found.itertuples()]
        chart(interval.forest(mode(), [t(words.SHORT[rule]) for rule in found["rule"]], 100 * found["share"], 100 * found["low"], 100 * found["high"], texts,
                              say=formats.count), said, key="anyway")
        campaigns = words.told(ranks)["campaign_id"].nunique()
        n = t("{low} to {high}", low=words.credit(found["bookings"].min()), high=words.credit(found["bookings"].max()))
        small(safe(t("From {campaigns} campaigns with {n} credited bookings. Limits of campaigns are added up: a cautious interval.",
                     campaigns=formats.count(campaigns), n=n)), grey=True)


# --- a caution ---------------------------------------------------------------------------------------------------------------------------
@st.fragment
def caution() -> None:
    """A small calculator: what the rule "30 days, opened" credits although nothing was caused."""
    base, n = words.own_base(load("credit_ranks"))
    opened = tile(load("kpi_values", keys=("human_open_rate",)), "human_open_rate")
    own_open = EXAMPLE[1] if opened.few else opened.value
    start = base if n and base else EXAMPLE[0]
    with st.container(border=True, gap="xsmall"):
        heading = st.container(gap="xsmall")
        left, right, result = st.columns(3, vertical_alignment="bottom")
        rate = left.number_input(t("Book within 30 days anyway, %"), 0.0, 100.0, round(100 * start, 2), 0.01, format="%.2f", key="caution_base") / 100
        share = right.number_input(t("Open the message, %"), 0.0, 100.0, round(100 * own_open, 1), 0.1, format="%.1f", key="caution_open") / 100
        result.metric(t("Credited without any effect"), formats.percent(words.without_effect(rate, share), 2))
        with heading:
            st.subheader(safe(words.caution_title(rate, share)), anchor=False)
            st.caption(safe(t("The rule “30 days, opened” in a world where the campaign does nothing: base rate × open rate")))
        small(safe(_where_from(n, opened.few, base)), grey=True)
        small(safe(t("With a base of {base} and the published open rate of {opened} (2023) this gives {product}: the published average conversion, reached "
                     "without any effect.", base=formats.percent(EXAMPLE[0], 2), opened=formats.percent(EXAMPLE[1]),
                     product=formats.percent(words.without_effect(*EXAMPLE), 2))), grey=True)


def _where_from(n: int, few: bool, base: float) -> str:
    first = (t("Base rate: your guests who were held out ({n}).", n=formats.count(n)) if n and base
             else t("Base rate: an example, because nobody held out has booked yet."))
    return f"{first} " + (t("Open rate: a published example, because too few of yours are known.") if few else t("Open rate: yours, people only, of the period."))
