"""Simulated guests whose truth is known: duplicates with slips, families, twins, namesakes, shared and masked addresses, placeholders."""

import random
import string

import pandas as pd

COLUMNS = (
    "id", "given_name", "family_name", "email", "phone", "birth_date", "document", "street", "postcode", "city", "country", "loyalty_number",
)  # fmt: skip
NAMES = (
    "James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph Jessica Thomas Sarah "
    "Charles Karen Daniel Lisa Matthew Nancy Anthony Betty Mark Sandra Paul Ashley Steven Emily Andrew Kimberly Joshua Margaret Anna Peter "
    "Hans Ursula Klaus Monika Jürgen Renate Pierre Marie Jean Isabelle Luis Carmen Jose Pilar Giulia Marco Francesca Luca Sofia Mateo Elena "
    "Ivan Olga Piotr Agnieszka Katarzyna Tomasz Lars Ingrid Björn Astrid Ahmed Fatima Omar Aisha Wei Li Ming Yuki Hiroshi Priya Raj Amit "
    "Nimal Chaminda Tesfaye Almaz Armen Ani Hakob Lusine Miguel Lucia Hugo Noah Emma Oliver Mia Lea Leon Ella Jan Eva Nina Nora Clara Felix"
)
GIVEN = NAMES.split()
NICKNAMES = {
    "Robert": "Bob", "William": "Bill", "Elizabeth": "Liz", "Michael": "Mike", "Katarzyna": "Kasia", "Jose": "Pepe", "Thomas": "Tom",
    "Daniel": "Dan", "Margaret": "Peggy", "Jennifer": "Jen", "Richard": "Dick", "Joshua": "Josh", "Andrew": "Andy", "Patricia": "Pat",
}  # fmt: skip
SCRIPTS = {  # as one desk writes them, and another
    "Hakob": "Հակոբ", "Armen": "Արմեն", "Ani": "Անի", "Lusine": "Լուսինե", "Ivan": "Иван", "Olga": "Ольга", "Elena": "Елена",
    "Tesfaye": "ተስፋዬ", "Almaz": "አልማዝ", "Nimal": "නිමල්", "Chaminda": "චමින්ද",
}  # fmt: skip
STARTS = "Ba Be Bro Ca Co Da De Do Fe Fi Ga Gre Ha He Ho Ja Ka Ke Kro La Le Lo Ma Mc Me Mi Mo Na No Pa Pe Ro Sa Scha Se Sta Ta To Va Wa We Za"
MIDDLES = "ra ri lo li ne na mi ma ve va do da so se ti to ga ke chi ber sen ste man der len mar vin"
ENDS = "son sen man mann er ez ini ova ski yan berg ton ley ford wood dez ski ell ard in ak ic nen quist stein field court bach hoff"
TOWNS = 400
DOMAINS = ("gmail.com", "outlook.com", "yahoo.com", "web.de", "orange.fr", "mail.ru", "icloud.com", "proton.me")
SIZES = (0.7, 0.17, 0.07, 0.06)  # households of one, two, three and four
SURPLUS = 0.22  # of all profiles are a person's second, third …
KEYBOARD = string.ascii_lowercase


def simulated(profiles: int, seed: int = 7, families: bool = True) -> tuple[pd.DataFrame, pd.Series]:
    """Return so many profiles in random order, and for each the person (a number) it belongs to; without families all live alone."""
    chance = random.Random(seed)
    world = _World(chance, profiles, SIZES if families else (1, 0, 0, 0))
    rows, truth, person = [], [], 0
    while len(rows) < profiles:
        for member in world.household():
            for row in _profiles(chance, member, world):
                rows.append(row)
                truth.append(person)
            person += 1
    order = list(range(profiles))
    chance.shuffle(order)
    frame = pd.DataFrame([rows[at] for at in order], columns=COLUMNS[1:])
    frame.insert(0, "id", [f"p{place}" for place in range(profiles)])
    return frame.replace("", None), pd.Series([truth[at] for at in order])


class _World:
    """Where people come from: surnames by a long-tailed frequency, towns with their postcodes, streets."""

    def __init__(self, chance: random.Random, profiles: int, sizes: tuple[float, ...]):
        self.chance, self.sizes = chance, sizes
        parts = [start + middle + end for start in STARTS.split() for middle in ["", *MIDDLES.split()] for end in ENDS.split()]
        chance.shuffle(parts)
        self.surnames = parts[: max(2000, min(len(parts), profiles // 4))]
        self.towns = [(chance.choice(parts) + chance.choice(("", " am See", " Bay", "ville", " Spa")), chance.randrange(10, 99)) for _ in range(TOWNS)]
        self.streets = [chance.choice(parts) + chance.choice((" Street", " Road", "straße", " Avenue", " Lane")) for _ in range(3000)]
        self.serial = 0

    def surname(self) -> str:
        return self.surnames[int(len(self.surnames) * self.chance.random() ** 2.5)]

    def given(self) -> str:
        name = GIVEN[int(len(GIVEN) * self.chance.random() ** 1.5)]
        return f"{name} {self.chance.choice(GIVEN)}" if self.chance.random() < 0.15 else name

    def _other_than(self, name: str) -> str:
        return self.chance.choice([given for given in GIVEN if given not in name.split()])

    def number(self, digits: int) -> str:
        return "".join(self.chance.choices(string.digits, k=digits))

    def household(self) -> list[dict]:
        """Return people who live together: most alone, a third as families; of their children some are twins or bear a parent's name."""
        chance = self.chance
        town, region = self.towns[int(TOWNS * chance.random() ** 2)]
        home = {
            "family_name": self.surname(), "street": f"{chance.choice(self.streets)} {chance.randrange(1, 150)}",
            "postcode": f"{region}{chance.randrange(100, 160)}", "city": town, "country": "DE",
        }  # fmt: skip
        size = chance.choices((1, 2, 3, 4), self.sizes)[0]
        people = [self._person(home, 1940 + chance.randrange(60)) for _ in range(size)]
        if size > 1 and chance.random() < 0.5:
            shared = chance.choice(("email", "phone"))
            people = [{**one, shared: people[0][shared]} for one in people]
        if size == 4 and chance.random() < 0.15:
            people[3] |= {"birth_date": people[2]["birth_date"], "given_name": self._other_than(people[2]["given_name"])}
        if size == 3 and chance.random() < 0.1:
            people[2]["given_name"] = people[0]["given_name"]
        return people

    def _person(self, home: dict, year: int) -> dict:
        self.serial += 1
        chance, given = self.chance, self.given()
        local = chance.choice((f"{given}.{home['family_name']}", f"{given[0]}{home['family_name']}{year % 100}", f"{given}{self.number(3)}"))
        return {
            "given_name": given, **home, "email": f"{local.lower().replace(' ', '')}{self.serial % 97}@{chance.choice(DOMAINS)}",
            "phone": f"+4917{self.number(8)}", "birth_date": f"{year}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}",
            "document": "C" + self.number(8), "loyalty_number": self.number(9),
        }  # fmt: skip


KEPT = {  # share of profiles in which a field is filled
    "given_name": 0.98, "email": 0.72, "phone": 0.65, "birth_date": 0.7, "document": 0.35, "street": 0.7, "postcode": 0.85, "city": 0.9,
    "loyalty_number": 0.12,
}  # fmt: skip


def _profiles(chance: random.Random, person: dict, world: _World) -> list[tuple]:
    """Return one person's profiles: the first as it is, the others with what happens at desks."""
    more = 0
    while chance.random() < SURPLUS:
        more += 1
    rows = [_written(chance, person)]
    for _ in range(more):
        rows.append(_written(chance, _changed(chance, person, world)))
    return rows


def _written(chance: random.Random, person: dict) -> tuple:
    said = {field: value if chance.random() < KEPT.get(field, 1) else "" for field, value in person.items()}
    lot = chance.random()
    if lot < 0.06:
        said["email"] = f"{chance.randrange(10**9)}@guest.booking.com"
    elif lot < 0.065:
        said["email"] = f"bookings@agency{chance.randrange(5)}.com"
    if chance.random() < 0.02:
        said["document"] = chance.choice(("000000000", "PASSPORT", "X"))
    if chance.random() < 0.01:
        said["birth_date"] = chance.choice(("1900-01-01", "1970-01-01"))
    return tuple(said[column] for column in COLUMNS[1:])


def _changed(chance: random.Random, person: dict, world: _World) -> dict:
    said = dict(person)
    for field in ("given_name", "family_name", "email", "street", "city", "birth_date", "postcode", "phone"):
        if chance.random() < 0.06:
            said[field] = slip(chance, said[field])
    first, *others = said["given_name"].split() or [""]
    if others and chance.random() < 0.4:
        said["given_name"] = first
    lot = chance.random()
    if lot < 0.03:
        said["given_name"] = NICKNAMES.get(first, first)
    elif lot < 0.06:
        said["given_name"] = f"{first[:1]}."
    elif lot < 0.09:
        said["given_name"], said["family_name"] = said["family_name"], said["given_name"]
    elif lot < 0.13:
        said["given_name"] = SCRIPTS.get(first, first)
    elif lot < 0.15:
        said["family_name"] = world.surname()  # by marriage
    if chance.random() < 0.12:
        said["email"] = f"{first.lower()}{world.number(4)}@{chance.choice(DOMAINS)}"
    if chance.random() < 0.12:
        said["phone"] = f"+4916{world.number(8)}"
    elif chance.random() < 0.4:
        said["phone"] = f"0{said['phone'][3:6]} {said['phone'][6:9]} {said['phone'][9:]}"
    if chance.random() < 0.08:
        said["document"] = "D" + world.number(8)
    if chance.random() < 0.02:
        year, month, day = person["birth_date"].split("-")
        said["birth_date"] = f"{year}-{day}-{month}"
    if chance.random() < 0.07:
        moved = world.household()[0]
        said |= {field: moved[field] for field in ("street", "postcode", "city")}
    return said


def slip(chance: random.Random, text: str) -> str:
    """Return text with one sign left out, doubled, replaced, or exchanged with its neighbour."""
    if len(text) < 3:
        return text
    at = chance.randrange(len(text) - 1)
    kind = chance.randrange(4)
    other = chance.choice(string.digits if text[at].isdigit() else KEYBOARD)
    middle = ("", text[at] * 2, other, text[at + 1] + text[at])[kind]
    return text[:at] + middle + text[at + (2 if kind == 3 else 1) :]
