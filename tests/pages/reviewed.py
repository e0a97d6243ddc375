"""A house of two properties where guests have written: small enough to count by hand. The as-of date is 1 April 2025."""
from crm_core import settings as settings_
from crm_core.records.review_search import catch_up
from crm_core.refresh import refresh
from crm_core.store import record
from tests.hotel import Hotel

LIKED, BLAMED = "The staff were kind to us.", "The music kept us awake."
PAYLOAD = "![x](https://evil.example/a.png) :red[paid] <script>alert(1)</script>"


def house(home) -> settings_.Settings:
    """Make the house in a folder and return its settings.

    Lisbon: 40 reviews of 9.0 on Google that praise the staff, answered; Addis: 10 of 3.0 that blame the noise, unanswered, four of them in
    German and indicative. One guest, Cora Lind, wrote a payload in Addis: unanswered and not read yet. One survey and its guest's answer.
    """
    made = settings_.at(home)
    built = Hotel(record.open_store(made)).open()
    built.property("LIS", 20, name="Lisbon House")
    built.property("ADD", 20, name="Addis House")
    for i in range(40):
        day = f"2025-03-{1 + i % 28:02}"
        review = built.review(None, 9.0, "LIS", reviewed_on=day, text=LIKED, platform="google", language="en", answer="Thank you.",
                              answered_at=f"{day}T20:00:00+00:00", answered_by="Ana")
        built.scored(review, "positive", 0.8, ("staff", "positive"))
    for i in range(10):
        review = built.review(None, 3.0, "ADD", reviewed_on=f"2025-03-{i + 1:02}", text=BLAMED, platform="booking_com", language="en" if i < 6 else "de")
        german = {} if i < 6 else {"language": "de"}
        built.scored(review, "negative", -0.8, ("noise", "negative"), **german)
    cora = built.guest("Cora Lind", "ADD", country="SE", email="cora@example.com")
    stay = built.stay("ADD", "2025-03-20", 2, 200, cora, room="318")
    built.review(stay, 2.0, reviewed_on="2025-03-25", text=PAYLOAD, platform="tripadvisor", language="en")
    with built.changing("index") as change:
        catch_up(change)
    refresh(made)
    built.store.engine.dispose()
    return made
