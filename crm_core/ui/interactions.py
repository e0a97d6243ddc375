"""The Interactions page: who waits for an answer, how long answers take, how much is said where, and every word of it."""
import math

import pandas as pd
import streamlit as st

from crm_core import exports, formats
from crm_core.charts import bars, interval, trend
from crm_core.i18n import N_, t, tn
from crm_core.records import hotel
from crm_core.records import interactions as records
from crm_core.scope import months
from crm_core.telling.lead_words import CHANNELS, DIRECTIONS, clock, lasted, lasted_between
from crm_core.ui import said
from crm_core.ui.filters import one
from crm_core.ui.load import load, look, view
from crm_core.ui.parts import PAGES, chart, downloads, guest_link, mode, panel, small
from crm_core.ui.text import plain, safe

WAITING, MOST_WAITING = 10, 100
PAGE_ROWS = 20
ENOUGH, ENOUGH_TIMES = 30, 20
COLUMNS = (N_("When"), N_("Channel"), N_("Whose word"), N_("Who"), N_("Subject"), N_("What was said"), N_("By"), N_("Property"))


def totals() -> None:
    """The tiles: messages, the usual time to an answer, how many were answered in time, and who waits."""
    volume, times = load("interaction_volume"), load("response_times")
    received, sent = int(volume["received"].sum()), int(volume["sent"].sum())
    every = times.iloc[0] if len(times) else None
    with st.grid(4, min_column_width=150, gap="small"):
        _tile(t("Said and written"), formats.count(received + sent), t("{n} from guests, {m} from us", n=formats.count(received), m=formats.count(sent)))
        _tile(t("Time to an answer"), *_median(every))
        _tile(t("Answered in time"), *_in_time(every))
        if view().scope.may("contact"):
            waiting = look(records.unanswered, limit=1000)
            late = sum(_is_late(row) for row in waiting)
            _tile(t("Waiting now"), formats.count(len(waiting)), tn("{n} of them too long", "{n} of them too long", late, n=formats.count(late)))


def _tile(name: str, value: str, line: str) -> None:
    with st.container(border=True, height="stretch", gap="xxsmall"):
        small(safe(name))
        st.metric(name, value, label_visibility="collapsed")
        small(safe(line))


def _median(every) -> tuple[str, str]:
    if every is None or every["asked"] < ENOUGH_TIMES:
        return formats.DASH, t("too few to tell: {n} of {minimum} needed", n=0 if every is None else int(every["asked"]), minimum=ENOUGH_TIMES)
    spread = lasted_between(every["low_minutes"], every["high_minutes"])
    return lasted(every["minutes"]), t("half are answered by then · {spread} · {n}", spread=spread, n=formats.n(int(every["asked"])))


def _in_time(every) -> tuple[str, str]:
    if every is None or every["ripe"] < ENOUGH:
        return formats.DASH, t("too few to tell: {n} of {minimum} needed", n=0 if every is None else int(every["ripe"]), minimum=ENOUGH)
    spread = formats.share_interval(every["low"], every["high"])
    return formats.percent(every["in_time"] / every["ripe"]), f"{spread} · {formats.n_of(int(every['in_time']), int(every['ripe']))}"


def _is_late(row: dict) -> bool:
    return _waited(row) > row["sla_hours"] * 60


def _waited(row: dict) -> float:
    """Minutes that a word has waited, up to the as-of date."""
    return max(0.0, (pd.Timestamp(view().scope.as_of, tz="UTC") - said.instant(row["at"])).total_seconds() / 60)


def waiting() -> None:
    """The work list: words of guests that nobody answered, the one that waits longest first."""
    if not view().scope.may("contact"):
        return
    found = look(records.unanswered, limit=MOST_WAITING if st.session_state.get("all_waiting") else WAITING)
    title = t("Nobody waits for an answer") if not found else t("These guests wait for an answer")
    with panel(title, t("Written words of the last 60 days without an answer after them; calls and talks at the desk never wait")):
        for row in found:
            _waiting_row(row)
        if len(found) == WAITING:
            st.button(t("Show all"), key="all_waiting_button", type="tertiary", icon=":material/expand_more:",
                      on_click=lambda: st.session_state.update(all_waiting=True))  # fmt: skip


def _waiting_row(row: dict) -> None:
    left, right = st.columns([1.62, 1], vertical_alignment="center")
    with left:
        _who_link(row)
    with right:
        colour = "orange" if _is_late(row) else "gray"
        small(f":{colour}-badge[{safe(lasted(_waited(row)))}] :gray[{safe(t(CHANNELS.get(row['channel'], row['channel'])))}]")
    small(safe(said.short(row["subject"] or row["text"] or "")), grey=True)


def _who_link(row: dict) -> None:
    """The way to the person: the lead where there is one, else the guest."""
    name = plain(row["who"]) or t("Somebody unknown")
    if row["lead_id"] and view().scope.may("lead"):
        st.page_link(PAGES / "lead.py", label=safe(name), query_params={"lead": str(row["lead_id"])}, width="stretch")
    elif row["guest_id"]:
        guest_link(row["guest_id"], name, width="stretch")
    else:
        small(safe(row["address"] or name))


def by_channel() -> None:
    """Answered within the property's hours, by channel, with the usual time beside it."""
    found = load("response_times")
    drawn = found[found["ripe"] >= ENOUGH]
    with panel(_slowest(drawn), t("Share answered within the hours that the property sets, and the median time to an answer")):
        if drawn.empty:
            small(safe(t("Too few to tell: a share is shown from {minimum} words of guests on a channel.", minimum=ENOUGH)))
            return
        share = drawn["in_time"] / drawn["ripe"]
        texts = [f"{formats.percent(s, 0)} · {lasted(row.minutes)}" for s, row in zip(share, drawn.itertuples(), strict=True)]
        late = _behind(drawn)
        tones = ["line" if pd.isna(g) or g != late else "accent" for g in drawn["group"]]
        labels = [t("All channels") if pd.isna(g) else t(CHANNELS.get(g, g)) for g in drawn["group"]]
        figure = interval.forest(mode(), labels, share, drawn["low"], drawn["high"], texts, tones=tones, overall=True,
                                 say=lambda x: formats.percent(x, 0))  # fmt: skip
        chart(figure, _slowest(drawn), key="answered_by_channel")


def _slowest(drawn: pd.DataFrame) -> str:
    late = _behind(drawn)
    if late is None:
        return t("How soon guests are answered")
    return t("{channel} is answered late most often", channel=t(CHANNELS.get(late, late)))


def _behind(drawn: pd.DataFrame) -> str | None:
    """The channel that falls behind all others beyond noise, if there is one."""
    each = drawn[drawn["group"].notna()].assign(share=lambda f: f["in_time"] / f["ripe"]).sort_values("share")
    apart = len(each) > 1 and each["high"].iloc[0] < each["low"].iloc[1:].min()
    return each["group"].iloc[0] if apart else None


@st.fragment
def volume() -> None:
    """What was said by month, and by channel."""
    found = load("interaction_volume")
    every = months(view().scope.period)
    with panel(t("How much is said, by month"), t("Words of guests and of ours, all channels"), right=lambda: _way()):
        way = st.session_state.get("said_way") or "received"
        by_month = found.groupby("month")[way].sum()
        by_month.index = pd.to_datetime(by_month.index)
        values = [int(by_month.get(pd.Timestamp(month), 0)) for month in every]
        running = [(month.replace(day=28) + pd.Timedelta(days=4)).replace(day=1) > view().scope.as_of for month in every]
        figure = trend.trend(mode(), [formats.month_short(m) for m in every], values, None, [True] * len(every),
                             [formats.count(v) for v in values], provisional=running, say=formats.count, height=200)  # fmt: skip
        chart(figure, t("How much is said, by month"), key="said_by_month")
        by_medium = found.groupby("medium")[way].sum().sort_values(ascending=False)
        labels = [t(CHANNELS.get(c, c)) for c in by_medium.index]
        total = by_medium.sum() or 1
        chart(bars.bars(mode(), labels, by_medium.tolist(), [formats.count(v) for v in by_medium], labels[:1],
                        notes=[formats.percent(v / total, 0) for v in by_medium]), t("How much is said, by channel"), key="said_by_channel")  # fmt: skip


def _way() -> None:
    ways = {"received": t("From guests"), "sent": t("From us")}
    st.segmented_control(t("Whose word"), list(ways), format_func=ways.get, default="received", key="said_way", required=True,
                         label_visibility="collapsed")  # fmt: skip


def log() -> None:
    """Every word, newest first: searched, filtered, paged, and exported."""
    if not view().scope.may("contact"):
        return
    with panel(t("Everything that was said"), t("Of the period above, newest first"), height="content"):
        chosen = _chosen()
        total = look(records.interaction_count, **chosen)
        if not total:
            small(safe(t("Nothing fits: widen the period, or clear the words and filters.")))
            return
        pages = math.ceil(total / PAGE_ROWS)
        page = min(st.session_state.get("said_page", 1), pages)
        zones = _zones()
        for row in look(records.interactions, **chosen, offset=(page - 1) * PAGE_ROWS, limit=PAGE_ROWS):
            _log_row(row, zones)
        _under(total, pages, chosen, zones)


def _chosen() -> dict:
    period = view().scope.elapsed().period
    with st.grid(3, min_column_width=150, gap="xsmall"):
        text = st.text_input(t("Find words"), key="said_text", type="search", icon=":material/search:", live="300ms", bind="query-params",
                             placeholder=t("Words, a subject, a name"), label_visibility="collapsed")  # fmt: skip
        channel = one("medium", t("Channel"), {"any": N_("Any channel")} | CHANNELS)
        way = one("way", t("Whose word"), {"any": N_("From guests and from us")} | DIRECTIONS)
    picked = {"channel": channel, "direction": way, "text": text}
    return {"since": period.start, "until": period.end} | {name: value for name, value in picked.items() if value not in ("any", None, "")}


def _zones() -> dict[int, dict]:
    return {place["id"]: place for place in look(hotel.properties)}


def _log_row(row: dict, zones: dict) -> None:
    left, right = st.columns([1, 3.4])
    with left:
        _who_link(row)
    with right:
        said.row(row, zones.get(row["property_id"], {}).get("time_zone"))


def _under(total: int, pages: int, chosen: dict, zones: dict) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if pages > 1:
            st.pagination(pages, key="said_page")
        st.markdown(f":small[:gray[{safe(tn('{n} entry', '{n} entries', total, n=formats.count(total)))}]]", width="stretch")
        downloads("interactions", [t(name) for name in COLUMNS], lambda: _rows(chosen, zones))


def _rows(chosen: dict, zones: dict) -> list[tuple]:
    found = look(records.interactions, **chosen, limit=exports.MOST_ROWS)
    place = lambda row: zones.get(row["property_id"], {})  # noqa: E731
    return [(clock(r["at"], place(r).get("time_zone")), t(CHANNELS.get(r["channel"], r["channel"])), t(DIRECTIONS.get(r["direction"], r["direction"])),
             plain(r["who"]), plain(r["subject"]), plain(r["text"]), plain(r["by"]), place(r).get("name", "")) for r in found]


def nothing_yet() -> bool:
    """Say so where nothing was ever written down in the period, and return whether that is the case."""
    if len(load("interaction_volume")):
        return False
    with panel(t("Nothing was said in this period"), t("E-mails, calls, chats and talks come in by file, or are written down here"), height="content"):
        st.markdown(safe(t("Bring in an export of your mail or chat system (see Data), or write down a talk on a guest's or a lead's page.")))
    return True
