"""The campaigns of the demo, one by one, and the messages that follow from what guests do: their plans, as written down before."""
import datetime as dt
import json
from dataclasses import dataclass, field

from crm_core import schema
from crm_core.ingest.demo import campaign_parameters as c
from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.hotels import PERSONS, Profile

EMAIL, SMS = "email", "sms"
SEPTEMBER, NOVEMBER = "september", "november"
LESSONS = {SEPTEMBER: c.SEPTEMBER, NOVEMBER: c.NOVEMBER}


@dataclass(frozen=True)
class Plan:
    """A campaign: its day, how many people it was for (of 40,000 guests), the share held out in basis points (None: no list was kept), its cost in
    EUR (None: nobody knows). `lesson` is a key of LESSONS; `side` tells a small one, whose people are left out of the next list."""

    name: str
    subject: str
    day: dt.date
    people: int
    held_bp: int | None = None
    cost: int | None = None
    offer: str = ""
    medium: str = EMAIL
    cells: tuple[str, ...] = ()
    mistaken: bool = False
    lesson: str = ""
    side: bool = False
    more: dict = field(default_factory=dict)

    @property
    def number(self) -> int:
        """The day, counted from the first of history."""
        return (self.day - p.START).days

    @property
    def is_sent(self) -> bool:
        """Whether there are messages of it here."""
        return self.people > 0


D = dt.date
PLANS = (
    Plan("First summer", "Come out and see the sun again", D(2021, 6, 10), 900, cost=300),
    Plan("Long weekends", "Three nights, one more on us", D(2021, 7, 22), 1300, cost=340, offer="third"),
    Plan("Autumn in the city", "When the streets are ours again", D(2021, 9, 7), 2000, cost=380),
    Plan("Year's end", "Where will you be at midnight?", D(2021, 11, 16), 2300, 1000, 420, "dinner"),
    Plan("Back in spring", "Blossom, and breakfast outside", D(2022, 2, 15), 3000, cost=430),
    Plan("Two cities", "One ticket, two houses of ours", D(2022, 4, 26), 3400, 1000, 520, "third"),
    Plan("Coast and hills", "From Galle up to Kandy", D(2022, 6, 21), 3600, None, 610),
    Plan("Harvest", "What the kitchen cooks in September", D(2022, 9, 6), 3900, 1000, 560, "dinner"),
    Plan("Quiet weeks", "The best rooms, while it is quiet", D(2022, 11, 8), 4100, cost=480, offer="upgrade"),
    Plan("A morning in the spa", "Bring nothing but time", D(2023, 1, 24), 4900, 1000, 640, "spa"),
    Plan("Coffee ceremony", "How Addis begins its day", D(2023, 3, 14), 5000, None, 590),
    Plan("Text for the weekend", "", D(2023, 4, 20), 1300, None, 310, "late", SMS),
    Plan("Two subject lines", "Your summer, as you like it", D(2023, 5, 30), 5800, 1000, 760, cells=("A", "B")),
    Plan("Summer by the sea", "The sea is warm", D(2023, 7, 11), 5200, None, 690, "third"),
    Plan("Autumn tables", "A table by the window", D(2023, 10, 3), 5800, 1000, 800, "dinner", mistaken=True),
    Plan("New year, early", "Next year begins with a plan", D(2024, 1, 16), 6000, 1000, None, "early"),
    Plan("Spring rates", "Before the season begins", D(2024, 3, 19), 6400, None, 940, "early"),
    Plan("Long days", "Evenings that do not end", D(2024, 6, 4), 6800, 1000, 1020),
    Plan("Members' evening", "An evening with our chefs", D(2024, 8, 27), 600, cost=300, side=True),
    Plan("September sun", "Summer stays a little longer", D(2024, 9, 10), 9000, 1000, 900, "late", lesson=SEPTEMBER),
    Plan("Concert nights", "Music in the courtyard", D(2024, 10, 25), 600, cost=310, side=True),
    Plan("Winter light", "The light of winter, and a fire", D(2024, 11, 12), 9000, 2000, 940, "upgrade", lesson=NOVEMBER),
    Plan("Tea and rain", "Kandy in the green season", D(2025, 2, 11), 0, cost=450,
         more={"sent": 2140, "delivered": 2118, "bounces": 22, "opens_reported": 731, "opens_proxy": 488, "clicks": 41, "unsubscribes": 4, "complaints": 1,
               "conversions": 9, "attributed_minor": 286_000}),
    Plan("Easter at home", "A house full of friends", D(2025, 4, 15), 0, 1000, None, "early", more={"planned": 6000, "budget": 1100}),
)  # fmt: skip
# Messages that follow from what a guest does: the key of their rates, name, purpose, and the kind of their journey ("" for none).
AUTOMATIC = (("welcome", "Welcome", "marketing", ""), ("pre_arrival", "Before arrival", "transactional", "pre_arrival"),
             ("survey", "After the stay: survey", "survey", ""), ("birthday", "Birthday", "marketing", "birthday"),
             ("lapsed", "Not seen for long", "marketing", "lapsed"))
NUMBERS = {key: len(PLANS) + place for place, (key, *_) in enumerate(AUTOMATIC, 1)}
JOURNEYS = {kind: place for place, kind in enumerate((kind for *_, kind in AUTOMATIC if kind), 1)}
FIRST_AUDIENCE = 2  # the first is the win-back list
AUDIENCES = {number: FIRST_AUDIENCE + place for place, number in enumerate(
    number for number, plan in enumerate(PLANS, 1) if plan.held_bp is not None and plan.is_sent)}
HYPOTHESES = {
    SEPTEMBER: "A fifth off late September brings bookings from guests who would not have come.",
    NOVEMBER: "An upgrade in the dark months brings bookings that would not have been made.",
}
CAMPAIGN = ("id", "source", "external_id", "batch_id", "name", "channel", "purpose", "subject", "sent_at", "sent", "delivered", "bounces", "opens_reported",
            "opens_proxy", "clicks", "unsubscribes", "complaints", "conversions", "attributed_minor", "cost_minor", "currency", "revision", "budget_minor",
            "offer", "planned_on", "window_days", "hypothesis", "planned_people", "holdout_bp", "stop_on", "groups", "fixed_at", "audience_id", "journey_id",
            "properties", "owner", "version")
REPORTED = ("sent", "delivered", "bounces", "opens_reported", "opens_proxy", "clicks", "unsubscribes", "complaints", "conversions", "attributed_minor")
AUDIENCE = ("id", "name", "kind", "definition", "as_of", "properties", "window_days", "holdout_bp", "salt", "actor", "at", "version", "purpose", "channel",
            "shares", "exported_at")
# Code, name, what it is of, what it earns in EUR cents, and the fewest nights.
OFFERS = (("third", "Third night for half", "room", 3400, 3), ("dinner", "Dinner for two at the chef's table", "fnb", 2600, 1),
          ("breakfast", "Breakfast in bed", "fnb", 900, 1), ("spa", "Hour in the spa", "spa", 2200, 1),
          ("transfer", "Transfer from the airport", "transfer", 1200, 1),
          ("upgrade", "Next better room", "room", 1800, 2), ("late", "Late departure", "late_checkout", 1500, 1),
          ("early", "Laundry with every long stay", "laundry", 700, 4))  # fmt: skip
OWNER = "Leyla A."
SENT_AT, FIXED_DAYS = 8, 4  # o'clock UTC; days before the first message on which a plan is fixed


def lift_of(lesson: str) -> float:
    """Return what a campaign truly added to the share of those who book."""
    plan = LESSONS.get(lesson)
    return plan["booked"] / plan["treated"] - plan["held booked"] / plan["held"] if plan else 0.


def share(profile: Profile) -> float:
    """Return the people of a campaign in this demo against those of 40,000 guests of the group."""
    return c.MAILS[profile.name] * profile.persons / PERSONS


def open_campaigns(writer, profile: Profile) -> None:
    """Write the audiences and the campaigns with their plans; who is on them follows block by block."""
    houses = json.dumps(list(range(1, len(profile.hotels) + 1)))
    salt, share_bp = c.HOLDOUT
    writer.rows(schema.setting, ("key", "value"), (("holdout_salt", salt), ("holdout_bp", str(share_bp)), ("holdout_from", p.START.isoformat())))
    writer.rows(schema.offer, ("id", "code", "name", "department", "margin_minor", "least_nights", "currency", "is_active", "version"), (
        (number, *one, "EUR", 1, 1) for number, one in enumerate(OFFERS, 1)))
    writer.rows(schema.audience, AUDIENCE, (_audience(number, houses) for number in AUDIENCES))
    writer.rows(schema.campaign, CAMPAIGN, (
        *(_planned(number, plan, writer.revision, share(profile), houses) for number, plan in enumerate(PLANS, 1)),
        *(_automatic(NUMBERS[key], name, purpose, kind, _begun(key, profile), writer.revision, houses) for key, name, purpose, kind in AUTOMATIC)))


def _audience(number: int, houses: str) -> tuple:
    plan = PLANS[number - 1]
    contact = 10_000 - plan.held_bp
    shares = {cell: contact // len(plan.cells) for cell in plan.cells} or {"contact": contact}
    return (AUDIENCES[number], plan.name, "segment", json.dumps({"all": []}), plan.day.isoformat(), houses, c.WINDOW, plan.held_bp, "demo", "demo",
            f"{plan.day.isoformat()}T06:00:00+00:00", 1, "marketing", plan.medium, json.dumps(shares | {"held_out": plan.held_bp}),
            f"{plan.day.isoformat()}T06:30:00+00:00")


def _planned(number: int, plan: Plan, revision: int, part: float, houses: str) -> tuple:
    known = plan.more if "sent" in plan.more else {}
    is_out = plan.is_sent or bool(known)
    day, experiment = plan.day.isoformat(), plan.held_bp is not None
    people = plan.more.get("planned", plan.people)
    budget = plan.more.get("budget", 1000 if plan.lesson else None)
    return (number, "demo", f"K{number:03d}", 1, plan.name, plan.medium, "marketing", plan.subject or None,
            f"{day}T{SENT_AT:02d}:00:00+00:00" if is_out else None, *(known.get(name) for name in REPORTED), None if plan.cost is None else plan.cost * 100,
            "EUR", revision, None if budget is None else budget * 100, plan.offer, day, c.WINDOW, _hypothesis(plan), round(people * part) if experiment else None,
            plan.held_bp, (plan.day + dt.timedelta(c.WINDOW)).isoformat() if experiment else None,
            json.dumps(["trip", "is_member"] if plan.lesson else []),
            f"{(plan.day - dt.timedelta(FIXED_DAYS)).isoformat()}T09:00:00+00:00" if experiment and is_out else None, AUDIENCES.get(number), None, houses, OWNER, 1)


def _hypothesis(plan: Plan) -> str:
    if plan.held_bp is None:
        return ""
    return HYPOTHESES.get(plan.lesson, "Guests who are written to book more often than those held out.")


def _begun(key: str, profile: Profile) -> dt.date:
    """The first day of messages that follow from what guests do."""
    return {"pre_arrival": c.PRE_ARRIVAL_FROM[profile.name], "survey": c.SURVEYED_FROM[profile.name], **c.LAUNCHED}.get(key, p.START)


def _automatic(number: int, name: str, purpose: str, kind: str, begun: dt.date, revision: int, houses: str) -> tuple:
    day = begun.isoformat()
    return (number, "demo", f"K{number:03d}", 1, name, EMAIL, purpose, name, f"{day}T06:00:00+00:00", *[None] * len(REPORTED), None, "EUR",
            revision, None, "", day, c.WINDOW, "", None, None, None, "[]", None, None, JOURNEYS.get(kind), houses, OWNER, 1)
