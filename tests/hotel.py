"""A hotel small enough to count by hand, written row by row into a record store."""

import datetime as dt
import json
from dataclasses import dataclass, field

import sqlalchemy as sa

from crm_core import schema
from crm_core.records.search_terms import terms
from crm_core.store import audit
from crm_core.store.record import RecordStore

AS_OF = dt.date(2025, 4, 1)
CHANNELS = (
    ("own_site", "Own website", "own_site", 0, 450),
    ("ota", "Online agency", "ota", 1800, 0),
    ("corporate", "Corporate", "corporate", 0, 0),
)


@dataclass
class Hotel:
    """Adds properties, guests and stays to a store; every call is one change."""

    store: RecordStore
    properties: dict[str, int] = field(default_factory=dict)
    channels: dict[str, int] = field(default_factory=dict)
    batch: int = 0

    def open(self) -> "Hotel":
        """Write the settings, the channels and a batch that stands for where the rows came from."""
        with self.changing("open") as change:
            for key, value in (("as_of", AS_OF.isoformat()), ("reporting_currency", "EUR"), ("store", "demo")):
                change.connection.execute(sa.insert(schema.setting).values(key=key, value=value))
            for code, name, kind, commission, cost in CHANNELS:
                self.channels[code] = self._add(
                    change, schema.channel, code=code, name=name, kind=kind, commission_bp=commission, cost_bp=cost
                )
            self.batch = self._add(
                change, schema.import_batch, source="bookings", file_name="by hand", sha256="-", at=change.at, actor="test"
            )
        return self

    def property(self, code: str, rooms: int, currency: str = "EUR", name: str | None = None) -> int:
        with self.changing("property") as change:
            self.properties[code] = self._add(
                change, schema.property, code=code, name=name or code.title(), currency=currency, country="PT"
            )
            self._add(change, schema.rooms_available, property_id=self.properties[code], from_on=dt.date(2023, 1, 1), rooms=rooms)
        return self.properties[code]

    def rooms(self, at: str, from_on: str, rooms: int) -> None:
        with self.changing("rooms") as change:
            self._add(change, schema.rooms_available, property_id=self.properties[at], from_on=dt.date.fromisoformat(from_on), rooms=rooms)

    def rate(self, currency: str, from_on: str, rate: float) -> None:
        with self.changing("rate") as change:
            self._add(change, schema.exchange_rate, currency=currency, from_on=dt.date.fromisoformat(from_on), rate=rate)

    def guest(self, name: str, at: str, **details) -> int:
        """Add a guest with one profile at a property; return the guest's id."""
        given, _, family = name.partition(" ")
        with self.changing("guest") as change:
            guest = self._add(
                change,
                schema.guest,
                name=name,
                created_at=change.at,
                revision=change.revision,
                **{k: details.get(k) for k in ("email", "phone", "country", "language", "birth_on")},
            )
            self._add(
                change,
                schema.profile,
                guest_id=guest,
                property_id=self.properties[at],
                source="bookings",
                external_id=f"ref:{name}",
                given_name=given,
                family_name=family,
                revision=change.revision,
                is_booker=details.get("is_booker", 0),
                **{k: details.get(k) for k in ("email", "phone", "country")},
            )
            for term in terms(given, family, details.get("email"), details.get("phone")):
                change.connection.execute(sa.insert(schema.search_term).values(property_id=self.properties[at], term=term, guest_id=guest))
        return guest

    def stay(self, at: str, arrival: str, nights: int, revenue: float, guest: int | None = None, **details) -> int:
        """Add a reservation; revenue in units of the property's currency. Return its id."""
        arrival_on = dt.date.fromisoformat(arrival)
        departure_on = arrival_on + dt.timedelta(nights)
        with self.changing("stay") as change:
            p = schema.profile
            profile = guest and change.connection.execute(sa.select(p.c.id).where(p.c.guest_id == guest)).scalars().first()
            currency = change.connection.execute(
                sa.select(schema.property.c.currency).where(schema.property.c.id == self.properties[at])
            ).scalar_one()
            status = details.get("status", "checked_out")
            return self._add(
                change,
                schema.stay,
                property_id=self.properties[at],
                profile_id=profile,
                source="bookings",
                external_id=details.get("confirmation"),
                status=status,
                booked_on=arrival_on - dt.timedelta(details.get("lead", 10)),
                arrival_on=arrival_on,
                departure_on=departure_on,
                ended_on={"checked_out": departure_on, "cancelled": arrival_on - dt.timedelta(1), "no_show": arrival_on}.get(status),
                channel_id=self.channels[details.get("channel", "own_site")],
                segment=details.get("segment", "leisure"),
                room_type=details.get("room_type", "A"),
                room=details.get("room", ""),
                rate_class=details.get("rate_class", "paid"),
                adults=details.get("adults", 2),
                children=details.get("children", 0),
                country=details.get("country"),
                currency=currency,
                room_revenue_minor=round(revenue * 100),
                commission_minor=details.get("commission_minor"),
                row_hash=b"-",
                batch_id=self.batch,
                revision=change.revision,
            )

    def charge(self, stay: int, department: str, amount: float, posted: str | None = None) -> int:
        with self.changing("charge") as change:
            s = change.connection.execute(sa.select(schema.stay).where(schema.stay.c.id == stay)).one()
            return self._add(
                change,
                schema.charge,
                stay_id=stay,
                property_id=s.property_id,
                department=department,
                currency=s.currency,
                posted_on=dt.date.fromisoformat(posted) if posted else s.departure_on,
                amount_minor=round(amount * 100),
                revision=change.revision,
            )

    def review(self, stay: int | None, score: float | None = None, at: str | None = None, **details) -> int:
        """Add a review of a stay, or of nobody `at` a property, its score out of ten (none: words only). Return its id."""
        with self.changing("review") as change:
            place = self._place_of(change, stay) if stay else self.properties[at]
            values = {"stay_id": stay, "property_id": place, "source": "test", "revision": change.revision, **_dated(details, "reviewed_on")}
            values |= {"score_bp": None if score is None else round(score * 1000)}
            values |= {"words": len((values.get("text") or "").split()), **values}
            return self._add(change, schema.review, **values)

    def scored(self, review: int, label: str = "positive", polarity: float = 0.8, *mentions: tuple[str, str], **details) -> list[int]:
        """Note what the scorer read in a review: its label, and mentions (aspect, label) one after the other. Return the mentions' ids."""
        with self.changing("score") as change:
            values = {"language": "en", "tier": "validated", "confidence_ppm": 900_000, "scorer": "test", "text_hash": b"-", "at": change.at, **details}
            self._add(change, schema.review_score, review_id=review, label=label, polarity_ppm=round(polarity * 1e6), revision=change.revision, **values)
            return [self._add(change, schema.mention, review_id=review, box="text", start=10 * i, stop=10 * i + 9, aspect=aspect, label=said,
                              polarity_ppm={"positive": 800_000, "negative": -800_000}.get(said, 0), confidence_ppm=900_000, language="en", scorer="test")
                    for i, (aspect, said) in enumerate(mentions)]

    def case(self, stay: int | None, kind: str = "noise", at: str | None = None, **details) -> int:
        """Add a complaint or request of a stay, or of nobody `at` a property. Return its id."""
        with self.changing("case") as change:
            place = self._place_of(change, stay) if stay else self.properties[at]
            return self._add(change, schema.service_case, **{"stay_id": stay, "property_id": place, "source": "test", "kind": kind,
                                                             "opened_at": change.at, "revision": change.revision, **details})

    def survey(self, code: str = "stay", kind: str = "post_stay", questions: str = "[]") -> int:
        """Add a questionnaire. Return its id."""
        with self.changing("survey") as change:
            return self._add(change, schema.survey, code=code, name=code.title(), kind=kind, questions=questions)

    def asked(self, survey: int, stay: int, sent_on: str, **details) -> int:
        """Ask the guest of a stay to answer a survey. Return the invitation's id."""
        with self.changing("invitation") as change:
            return self._add(change, schema.invitation, survey_id=survey, stay_id=stay, property_id=self._place_of(change, stay), source="test",
                             sent_on=dt.date.fromisoformat(sent_on), created_at=change.at, revision=change.revision, **details)

    def _place_of(self, change, stay: int) -> int:
        return change.connection.execute(sa.select(schema.stay.c.property_id).where(schema.stay.c.id == stay)).scalar_one()

    def consent(self, guest: int, state: str, at: str, purpose: str = "marketing", channel: str = "email") -> int:
        with self.changing("consent") as change:
            return self._add(
                change,
                schema.consent,
                guest_id=guest,
                purpose=purpose,
                channel=channel,
                state=state,
                at=at,
                source="desk",
                actor="test",
                revision=change.revision,
            )

    def programme(self, code: str = "club", rules: dict | None = None, *, currency: str = "EUR", from_on: str = "2023-01-01") -> int:
        """Add a loyalty programme with its first rules, as `programme.rules.said` writes them (none: the source's tiers count). Return its id."""
        with self.changing("programme") as change:
            made = self._add(change, schema.programme, code=code, name=code.title(), currency=currency, version=1, revision=change.revision)
        if rules is not None:
            self.rules(made, rules, from_on)
        return made

    def rules(self, programme: int, rules: dict, from_on: str) -> int:
        """Add the next version of a programme's rules, in force from a day on. Return its number."""
        r = schema.programme_rules
        with self.changing("rules") as change:
            last = change.connection.execute(sa.select(sa.func.max(r.c.number)).where(r.c.programme_id == programme)).scalar_one() or 0
            self._add(change, r, programme_id=programme, number=last + 1, from_on=dt.date.fromisoformat(from_on), rules=json.dumps(rules),
                      actor="test", at=change.at, revision=change.revision)  # fmt: skip
        return last + 1

    def member(self, guest: int, enrolled: str | None, programme: int | None = None, via: str = "", **details) -> int:
        """Enrol a guest, by the guest's first profile or by that at the property `at`, on a day. Return the membership's id."""
        p, at = schema.profile, details.pop("at", None)
        mine = sa.select(p.c.id).where(p.c.guest_id == guest, *([p.c.property_id == self.properties[at]] if at else []))
        with self.changing("member") as change:
            profile = change.connection.execute(mine.order_by(p.c.id)).scalars().first()
            days = {name: dt.date.fromisoformat(details.pop(name)) for name in ("closed_on", "expires_on") if details.get(name)}
            return self._add(change, schema.membership, profile_id=profile, programme_id=programme, source="test", enrolled_via=via,
                             enrolled_on=enrolled and dt.date.fromisoformat(enrolled), revision=change.revision, **days, **details)  # fmt: skip

    def points(self, member: int, posted: str, kind: str, points: int, **details) -> int:
        """Post points of a membership on a day: what the member gains, or (below zero) loses. Return the entry's id.

        Of a reversal, name the entry it takes back: `reverses_id`. A number of the source: `external_id`, else none.
        """
        days = {name: dt.date.fromisoformat(details.pop(name)) for name in ("lot_on", "expires_on") if details.get(name)}
        with self.changing("points") as change:
            counter = schema.COUNTERS.get(kind) or self._counter_of(change, details["reverses_id"])
            return self._add(change, schema.points_entry, membership_id=member, posted_on=dt.date.fromisoformat(posted), kind=kind, points=points,
                             counter=counter, revision=change.revision, **days, **{"source": "test", **details})  # fmt: skip

    def _counter_of(self, change, entry: int) -> str:
        return change.connection.execute(sa.select(schema.points_entry.c.counter).where(schema.points_entry.c.id == entry)).scalar_one()

    def override(self, member: int, tier: str, from_on: str, until_on: str, ended_on: str | None = None) -> int:
        """Give a member a tier by hand, from a day on, until before another. Return the override's id."""
        days = {"from_on": from_on, "until_on": until_on, "ended_on": ended_on}
        with self.changing("override") as change:
            return self._add(change, schema.tier_override, membership_id=member, tier=tier, reason="test", actor="test", at=change.at,
                             revision=change.revision, **{name: day and dt.date.fromisoformat(day) for name, day in days.items()})  # fmt: skip

    def code(self, member: int, issued: str, code: str | None = None) -> int:
        """Give a member a code to recommend the house by. Return its id."""
        with self.changing("code") as change:
            return self._add(change, schema.referral_code, membership_id=member, code=code or f"CODE-{change.revision}", actor="test",
                             issued_on=dt.date.fromisoformat(issued), revision=change.revision)  # fmt: skip

    def invite(self, code: int, invited_on: str, guest: int | None = None, channel: str = "email") -> int:
        """Add a person invited by a code: a guest of the house, or not yet. Return the invitation's id."""
        p = schema.profile
        with self.changing("invite") as change:
            profile = guest and change.connection.execute(sa.select(p.c.id).where(p.c.guest_id == guest).order_by(p.c.id)).scalars().first()
            return self._add(change, schema.referral, referral_code_id=code, profile_id=profile, source="test", channel=channel,
                             invited_on=dt.date.fromisoformat(invited_on), revision=change.revision)  # fmt: skip

    def cost(self, programme: int, at: str, month_on: str, amount: float, kind: str = "fees", currency: str = "EUR") -> int:
        """Add what a programme cost a property in a month, in units of a currency. Return its id."""
        with self.changing("cost") as change:
            return self._add(change, schema.programme_cost, programme_id=programme, property_id=self.properties[at], kind=kind, currency=currency,
                             month_on=dt.date.fromisoformat(month_on), amount_minor=round(amount * 100), actor="test", at=change.at)  # fmt: skip

    def lead(self, at: str, created: str, *steps: tuple[str, str], **details) -> int:
        """Add a lead made at an instant ("2025-03-01T10:00"), and the stages it then entered: (stage, instant). Return its id."""
        stamp = lambda instant: f"{instant}:00+00:00"  # noqa: E731
        stage, last = steps[-1] if steps else ("enquiry", created)
        with self.changing("lead") as change:
            values = {"kind": "room", "via": "form", "value_minor": 50_000, "currency": "EUR", "version": 1, **details}
            lead = self._add(change, schema.lead, property_id=self.properties[at], source="test", stage=stage, created_at=stamp(created),
                             closed_at=stamp(last) if stage in ("won", "lost") else None, revision=change.revision, **values)  # fmt: skip
            for entered, when in (("enquiry", created), *steps):
                self._add(change, schema.lead_step, lead_id=lead, stage=entered, at=stamp(when), actor="test", revision=change.revision)
        return lead

    def said(self, at: str, when: str, direction: str, channel: str = "email", **details) -> int:
        """Add a message, call or talk at an instant ("2025-03-01T10:00"). Return its id."""
        with self.changing("interaction") as change:
            return self._add(change, schema.interaction, property_id=self.properties[at], source="test", channel=channel, direction=direction,
                             at=f"{when}:00+00:00", revision=change.revision, **{"text": "Hello", **details})  # fmt: skip

    def campaign(self, name: str = "Winter light", **details) -> int:
        """Add a campaign; amounts (`cost_minor`, …) in the minor units of `currency`. Return its id."""
        with self.changing("campaign") as change:
            return self._add(change, schema.campaign, name=name, source="test", revision=change.revision,
                             **_dated(details, "planned_on", "stop_on"))  # fmt: skip

    def send(self, campaign: int, guest: int | None, sent: str, *happened: tuple, **details) -> int:
        """Send a guest's first profile a campaign's message at an instant ("2025-03-01T10:00"), and what happened to it: (kind, instant) or
        (kind, instant, is_machine). Return the message's id."""
        p = schema.profile
        with self.changing("send") as change:
            profile = guest and change.connection.execute(sa.select(p.c.id).where(p.c.guest_id == guest).order_by(p.c.id)).scalars().first()
            values = {"source": "test", "profile_id": profile, "sent_at": f"{sent}:00+00:00", "revision": change.revision, **details}
            made = self._add(change, schema.send, campaign_id=campaign, **values)
            for kind, at, *machine in happened:
                self._add(change, schema.send_event, send_id=made, source="test", kind=kind, at=f"{at}:00+00:00", is_machine=machine[0] if machine else 0,
                          detail="hard" if kind == "bounced" else "", revision=change.revision)  # fmt: skip
        return made

    def assigned(self, arms: dict[int, str], saved_on: str, campaign: int | None = None, **details) -> int:
        """Save guests as an audience, each in an arm ("contact", "held_out"), and write a campaign to them. Return the audience's id."""
        with self.changing("audience") as change:
            values = {"name": f"Audience {change.revision}", "kind": "segment", "definition": "{}", "as_of": dt.date.fromisoformat(saved_on), "salt": "test",
                      "properties": json.dumps(sorted(self.properties.values())), "window_days": 30, "holdout_bp": 1000, "actor": "test", "at": change.at}
            made = self._add(change, schema.audience, **values | details)
            for guest, arm in arms.items():
                change.connection.execute(sa.insert(schema.audience_member).values(audience_id=made, guest_id=guest, arm=arm))
        if campaign:
            self.set(schema.campaign, campaign, audience_id=made)
        return made

    def event(self, at: str, starts_on: str, **details) -> int:
        """Plan an event of a property. Return its id."""
        with self.changing("event") as change:
            values = {"name": "Garden concert", "kind": "social", "source": "test", "starts_on": dt.date.fromisoformat(starts_on), "revision": change.revision}
            return self._add(change, schema.event, property_id=self.properties[at], **values | _dated(details, "ends_on", "register_until"))

    def attend(self, event: int, guest: int | None, status: str = "attended", **details) -> int:
        """Register a guest's first profile for an event, and what became of it. Return the registration's id."""
        p = schema.profile
        with self.changing("attendance") as change:
            profile = guest and change.connection.execute(sa.select(p.c.id).where(p.c.guest_id == guest).order_by(p.c.id)).scalars().first()
            values = {"source": "test", "profile_id": profile, "status": status, "revision": change.revision}
            return self._add(change, schema.attendance, event_id=event, **values | _dated(details, "registered_on"))

    def market(self, at: str, from_on: str, to_on: str, rooms: int, sold: int, revenue: float, **details) -> int:
        """Note what a property's comparison set had in a span of days. Return the row's id."""
        with self.changing("market") as change:
            values = {"set_name": "City", "hotels": 6, "largest_bp": 3000, "currency": "EUR", "source": "test", "from_on": dt.date.fromisoformat(from_on),
                      "to_on": dt.date.fromisoformat(to_on), "rooms": rooms, "sold": sold, "revenue_minor": round(revenue * 100)}
            return self._add(change, schema.market, property_id=self.properties[at], revision=change.revision, **values | details)

    def staff(self, at: str, department: str = "front_desk", **details) -> int:
        """Employ a person at a property. Return the id."""
        with self.changing("staff") as change:
            values = {"name": f"Person {change.revision}", "department": department, "source": "test", "revision": change.revision}
            return self._add(change, schema.staff, property_id=self.properties[at], **values | _dated(details, "joined_on", "left_on"))

    def course(self, code: str = "fire", required_for: tuple[str, ...] = ("*",), valid_months: int | None = 12, points: int = 10) -> int:
        """Offer a course. Return its id."""
        with self.changing("course") as change:
            form = {"code": code, "name": {"en": code.title()}, "points": points, "valid_months": valid_months, "required_for": list(required_for)}
            return self._add(change, schema.course, code=code, form=json.dumps(form), points=points, valid_months=valid_months,
                             required_for=json.dumps(required_for), actor="test", at=change.at)

    def certificate(self, staff: int, course: int, earned_on: str, expires_on: str | None = None, **details) -> int:
        """Give a person a certificate. Return its id."""
        with self.changing("certificate") as change:
            values = {"earned_on": dt.date.fromisoformat(earned_on), "expires_on": expires_on and dt.date.fromisoformat(expires_on), "points": 10}
            return self._add(change, schema.certificate, staff_id=staff, course_id=course, source="test", revision=change.revision, **values | details)

    def standard(self, code: str = "house", items: tuple[tuple[str, str, int], ...] = (("Rooms", "R1", 2), ("Rooms", "R2", 1), ("Desk", "D1", 1))) -> int:
        """Keep a checklist of (section, item, weight). Return its id."""
        sections = {name: [{"code": item, "text": {"en": f"Check {item}"}, "weight": weight} for part, item, weight in items if part == name]
                    for name in dict.fromkeys(part for part, *_ in items)}
        form = {"code": code, "name": {"en": "House rules"}, "release": "1",
                "sections": [{"code": name.lower(), "name": {"en": name}, "items": found} for name, found in sections.items()]}
        with self.changing("standard") as change:
            return self._add(change, schema.standard, code=code, form=json.dumps(form), actor="test", at=change.at)

    def assessment(self, at: str, standard: int, on: str, results: dict[str, str], *, weights: dict[str, int] | None = None, **details) -> int:
        """Hold a property against a checklist: item → result. It is complete unless `state` says otherwise. Return its id."""
        with self.changing("assessment") as change:
            values = {"kind": "self", "on_day": dt.date.fromisoformat(on), "state": "complete", "actor": "test", "created_at": change.at,
                      "revision": change.revision}
            made = self._add(change, schema.assessment, property_id=self.properties[at], standard_id=standard, **values | details)
            for item, result in results.items():
                change.connection.execute(sa.insert(schema.assessment_item).values(
                    assessment_id=made, item=item, section=item[0].lower(), weight=(weights or {}).get(item, 1), result=result))
        return made

    def set(self, table: sa.Table, row: int, **values) -> None:
        """Change columns of a row the way an import or an edit does."""
        with self.changing("edit") as change:
            if "revision" in table.c:
                values["revision"] = change.revision
            change.connection.execute(sa.update(table).where(table.c.id == row).values(**values))

    def changing(self, verb: str):
        """Open one change of the store."""
        return self.store.changing(audit.Entry("test", verb, "hotel"))

    @staticmethod
    def _add(change, table: sa.Table, **values) -> int:
        return change.connection.execute(sa.insert(table).values(**values).returning(table.c.id)).scalar_one()


def _dated(details: dict, *names: str) -> dict:
    return details | {name: dt.date.fromisoformat(details[name]) for name in names if isinstance(details.get(name), str)}


def lisbon_and_addis(store: RecordStore) -> Hotel:
    """Lisbon (EUR, 10 rooms) and Addis Ababa (ETB at 0.01, 5 rooms), nine reservations; see the comments for what they add up to.

    In March 2025: Ana's second stay (3 nights, €300, dinner €60), Ben's first (2 nights, €240, agency), a stay without a name
    (1 night, €100, agency), Ana in Addis (2 nights, ETB 20,000 = €200), one cancelled and one no-show reservation.
    """
    hotel = Hotel(store).open()
    hotel.property("LIS", 10, name="Lisbon")
    hotel.property("ADD", 5, "ETB", name="Addis Ababa")
    hotel.rate("ETB", "2023-01-01", 0.01)
    ana = hotel.guest("Ana Silva", "LIS", email="ana@example.com", phone="+351 21 555 0100", country="PT", language="pt")
    ben = hotel.guest("Ben Okafor", "LIS", email="ben@example.org", country="GB", language="en")
    hotel.stay("LIS", "2024-03-04", 2, 200, ana, confirmation="L1")
    again = hotel.stay("LIS", "2025-03-03", 3, 300, ana, confirmation="L2", lead=30)
    hotel.charge(again, "fnb", 60)
    hotel.stay("LIS", "2025-03-10", 2, 240, ben, confirmation="L3", channel="ota", lead=20)
    hotel.stay("LIS", "2025-03-12", 1, 100, None, confirmation="L4", channel="ota", lead=2)
    hotel.stay("ADD", "2025-03-20", 2, 20000, ana, confirmation="A1", channel="corporate", segment="business", lead=5)
    hotel.stay("LIS", "2025-03-15", 2, 180, ben, confirmation="L5", status="cancelled", channel="ota", lead=40)
    hotel.stay("LIS", "2025-03-16", 1, 90, None, confirmation="L6", status="no_show", channel="ota")
    hotel.stay("LIS", "2025-04-02", 2, 260, ben, confirmation="L7", status="confirmed")
    hotel.stay("LIS", "2025-03-31", 3, 330, ana, confirmation="L8", status="in_house")
    return hotel
