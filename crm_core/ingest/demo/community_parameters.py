"""The numbers of the demo's events, each with its mark."""
from crm_core.ingest.demo.parameters import given

EVENTS = given({"independent": 0, "group": 40}, "Events, those to come with them", "A")
TO_COME = given((9, 16, 30, 51), "Days from the as-of date to the events to come", "A")
CALLED_OFF = given((17,), "Events that were called off, by their place in time", "A")
FIRST_EVENT = given(140, "First day of history with an event", "A")
WHERE = given("ADD LIS EVN ADD GAL ADD EVN LIS KAN ADD", "Hotels of the events, in turn: as their rooms", "A")
KINDS = given((
    ("social", "Coffee and neighbours", "Coffee bar", "everyone", "17:00", 420), ("member_evening", "Members' evening", "Roof terrace", "members", "19:00", 980),
    ("culture", "Songs of the city", "Library", "everyone", "19:30", 760), ("food", "Supper at the long table", "Courtyard", "guests", "19:00", 1250),
    ("family", "Kite morning", "Garden", "everyone", "10:00", 380),
    ("business", "Breakfast for founders", "Library", "everyone", "08:00", 540),
    ("social", "Open house on the terrace", "Roof terrace", "everyone", "18:00", 690),
    ("member_evening", "Tasting for members", "Courtyard", "members", "18:30", 1400),
    ("sport", "Morning run with the team", "Garden", "guests", "06:30", 210),
), "Events in turn: kind, name, social space, for whom, time, cost in EUR", "A")
PLACES = given(80, "Places of an event", "A")
REGISTERED = given(60, "Registered for each event, without those who cancel in time", "A")
IN_TIME = given(6, "Beside them, cancelled a day or more before it", "A")
CAME = given((.72, .07, .21), "Of those registered: came, cancelled late, stayed away", "A")
SWING = given((0., .05, -.1, .1, -.05), "By how much the share of those who come differs from event to event, in turn", "A")
STRANGERS = given(.08, "Registered persons whom the hotel does not know", "A")
AHEAD = given(((0, 1), (.5, 9), (.9, 24), (1, 40)), "Days from registering to the event, quantiles", "A")
PAIRS = given(.35, "Registrations for two", "A")
HALO = given(.09, "Room nights within a day of an event that it brought, per person who came and is known; beside them nights that would have been anyway", "A")
NEIGHBOURS = given(.45, "How much likelier guests from the hotel's own country are to register (power of the draw)", "A")
EARLY_BOOKED = given(.4, "Places that are taken so far of events to come", "A")
