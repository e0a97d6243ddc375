"""What a guest said of us, on the profile and at arrival: what pleased and annoyed, how it went through time, open cases, the reviews themselves."""
import streamlit as st

from crm_core import formats
from crm_core.charts import points
from crm_core.i18n import t, tn
from crm_core.records.cases import guest_cases
from crm_core.records.reviews import guest_reviews
from crm_core.telling import case_words
from crm_core.ui import guest_feedback_words as words
from crm_core.ui import review_cards
from crm_core.ui.load import look, view
from crm_core.ui.parts import PAGES, chart, mode, panel, small
from crm_core.ui.text import safe

SHOWN = 2


def recognised(guest: int) -> list[tuple[str, str, str]]:
    """Return what to remember at arrival, as rows of the arrival card: (icon, sentence, since when)."""
    reviews, cases = look(guest_reviews, guest_id=guest), look(guest_cases, guest_id=guest)
    rows = [("error" if waits else "sentiment_dissatisfied", said + ".", "") for said, waits in words.annoyed(reviews, cases, view().scope.as_of)]
    pleased = words.named(reviews, "positive")
    return rows + ([("thumb_up", t("Praised {aspects}.", aspects=formats.listed(pleased)), "")] if pleased else [])


def arrival_line(guest: int) -> str:
    """Return the last thing that annoyed an arriving guest as one line of Markdown, orange while nobody has solved it; empty for nothing."""
    if not view().scope.may("contact"):
        return ""
    told = words.annoyed(look(guest_reviews, guest_id=guest), look(guest_cases, guest_id=guest), view().scope.as_of)
    return f":{'orange' if told[0][1] else 'gray'}[{safe(told[0][0])}]" if told else ""


def open_cases(person: dict) -> None:
    """The guest's cases that are not closed, each a link."""
    rows = [row for row in look(guest_cases, guest_id=person["id"]) if row["status"] != "closed"]
    if not rows:
        return
    with panel(tn("{n} open case", "{n} open cases", len(rows), n=formats.count(len(rows))), t("Complaints and requests that are not closed"), height="content"):
        for row in rows:
            said, tone = case_words.state(row)
            st.page_link(PAGES / "case.py", label=safe(case_words.title(row)), query_params={"case": str(row["id"])}, icon=":material/flag:")
            st.markdown(f":{tone}-badge[{safe(said)}] :small[:gray[{safe(row['owner'] or t('nobody yet'))}]]")


@st.fragment
def said(person: dict) -> None:
    """What pleased and annoyed, how well the guest spoke of us through time, and the reviews with their marks."""
    reviews = look(guest_reviews, guest_id=person["id"])
    if not reviews:
        return
    title = words.spoken_title(reviews)
    with panel(title, t("From all reviews and survey answers of this guest"), height="content"):
        _through_time(words.spoken(reviews))
        whole = st.session_state.get("all_reviews", False)
        for card in reviews if whole else reviews[:SHOWN]:
            review_cards.draw(card | {"guest_id": None}, actions=False, whole=True)
        if len(reviews) > SHOWN and not whole:
            st.button(t("Show {n} earlier reviews", n=formats.count(len(reviews) - SHOWN)), type="tertiary", icon=":material/expand_more:", key="more_reviews",
                      on_click=lambda: st.session_state.update(all_reviews=True))


def _through_time(spoken: list) -> None:
    """One point for each review that was read, from −100 (all blame) to +100 (all praise)."""
    if len(spoken) < 2:
        return
    nothing, values = [None] * len(spoken), [value for _, value in spoken]
    labels = [formats.month(day) for day, _ in spoken]
    title = t("How well this guest spoke of us, −100 to +100")
    small(safe(title), grey=True)
    chart(points.points(mode(), labels, values, nothing, nothing, [formats.signed(value) for value in values], say=lambda x: formats.signed(x), height=130), title,
          key="spoken")
