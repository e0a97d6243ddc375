"""What a profile's name, e-mail address, phone and birth date are worth: missing, valid, invalid, a placeholder, or a travel site's own."""
import datetime as dt
import re
from functools import lru_cache

import phonenumbers
import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email
from phonenumbers import PhoneNumberFormat

from crm_core.ingest.identity import is_relay
from crm_core.records.search_terms import folded
from crm_core.schema import profile
from crm_core.store.audit import Entry
from crm_core.store.record import Change, RecordStore

FIELDS = ("name_state", "email_state", "phone_state", "birth_state")
CHUNK = 5000
OLDEST = 115


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What people type where a form insists on an answer.
NO_NAME = _words("""
    guest guests guest1 guest2 gast invitado ospite invite hospede гость 散客 客人 n/a na n.a. none null nil no unknown unbekannt inconnu
    desconocido desconhecido sconosciuto неизвестно tbd tba tbc test tester testing dummy x y z xx xxx xxxx name noname firstname lastname
    surname walkin walk-in anonymous anonym do-not-use mr mrs ms mr. mrs. ms. herr frau""") | {
    "walk in", "no name", "not known", "not provided", "hotel guest", "house guest", "last name", "first name", "in house"}
NO_LOCAL = _words("""
    n/a na n.a n-a no none nobody null nil unknown noemail no-email no_email no.email nomail no-mail no_mail notprovided not.provided
    noreply no-reply donotreply guest guests gast test test1 test123 tester testing x xx xxx abc aaa asdf example email mail
    keine keinemail sinemail sincorreo pasdemail nessuna semmail""")
NO_DOMAIN = _words("none none.com none.none noemail noemail.com noemail.none nomail.com no.com na.com n.a test.com xx.com xxx.com")
DESK = _words("reception frontdesk front.desk front-desk frontoffice fo reservation reservations booking bookings")
# Days that systems and clerks write for "not known": the first day of SQL Server's and Excel's calendars, and what the keyboard gives.
NO_BIRTH = frozenset(("1753-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1900-01-02", "1901-01-01", "1111-11-11"))
# A guest of the demo who books through a travel site hides behind this domain, which nobody owns.
DEMO_RELAY = "@guest.booking.example"
# Numbers of the demo: after the calling code come three zeros, which no country assigns. As with example.com, they count as good.
DEMO_PHONE = re.compile(r"(?:\+\d{1,3})?000\d{7}")
LOCAL = re.compile(r"[a-z0-9]+(?:[._+-][a-z0-9]+)*", re.I)


def states(given: str | None, family: str | None, email: str | None, phone: str | None, birth: dt.date | str | None, country: str | None,
           today: dt.date | None = None) -> dict[str, str]:
    """Return one of schema.FIELD_STATES for the name, the e-mail address, the phone and the birth date, by column of the profile.

    `today` is the day after which nobody can be born yet (default: the computer's day).
    """
    return {"name_state": name_state(given, family), "email_state": email_state(email), "phone_state": phone_state(phone, country),
            "birth_state": birth_state(birth, today or dt.date.today())}


def name_state(given: str | None, family: str | None) -> str:
    """Return the state of a name: one part that could be a person's makes it valid."""
    parts = [part for part in (folded(given), folded(family)) if part]
    if not parts:
        return "missing"
    real = [part for part in parts if part not in NO_NAME and " ".join(parts) not in NO_NAME]
    if any(_has_letters(part) for part in real):
        return "valid"
    return "invalid" if any(c.isalnum() for part in real for c in part) else "placeholder"


def _has_letters(part: str) -> bool:
    """A person's name has letters, more of them than digits, and is no address."""
    letters = sum(c.isalpha() for c in part)
    return letters > sum(c.isdecimal() for c in part) and "@" not in part


def email_state(email: str | None) -> str:
    """Return the state of an e-mail address by its form alone; nobody is asked, so a mailbox that is closed still counts as valid."""
    address = (email or "").strip().lower()
    if not address:
        return "missing"
    local, _, domain = address.rpartition("@")
    if is_relay(address) or address.endswith(DEMO_RELAY):
        return "relay"
    if _is_made_up(local, domain):
        return "placeholder"
    return "valid" if _is_address(address, local, domain) else "invalid"


def _is_made_up(local: str, domain: str) -> bool:
    if not local:
        return domain in NO_LOCAL or not any(c.isalnum() for c in domain)
    return local in NO_LOCAL or domain in NO_DOMAIN or (local in DESK and "hotel" in domain)


def _is_address(address: str, local: str, domain: str) -> bool:
    """Whether an address is well formed: a plain local part is told here, an unusual one by the library."""
    if LOCAL.fullmatch(local) and len(local) <= 64 and local.isascii():
        return _is_domain(domain)
    return _validates(address)


@lru_cache(maxsize=16_384)
def _is_domain(domain: str) -> bool:
    return _validates(f"a@{domain}")


def _validates(address: str) -> bool:
    """Ask email-validator; reserved domains such as example.com are in order, because the demo lives there."""
    try:
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as problem:
        return "special-use or reserved" in str(problem)
    return True


def phone_state(phone: str | None, country: str | None) -> str:
    """Return the state of a phone number, read with the guest's country where it has no calling code.

    A number without one, of a guest without a country, cannot be checked: with 7 to 15 digits it counts as valid.
    """
    number = _number(phone)
    if not number.strip("+"):
        return "placeholder" if (phone or "").strip() else "missing"
    bare = number.lstrip("+0")
    if len(set(bare)) < 2 or bare in ("123456", "1234567", "12345678", "123456789", "1234567890"):
        return "placeholder"
    if DEMO_PHONE.fullmatch(number):
        return "valid"
    if not (number.startswith("+") or _calling_code(country)):
        return "valid" if 7 <= len(number) <= 15 else "invalid"
    parsed = _parsed(number, country)
    return "valid" if parsed and phonenumbers.is_valid_number(parsed) else "invalid"


def phone_e164(phone: str | None, country: str | None) -> str | None:
    """Return a phone number as +4930901820, or None where it is no number that could be dialled."""
    number = _number(phone)
    if DEMO_PHONE.fullmatch(number):
        code = _calling_code(country)
        return number if number.startswith("+") else f"+{code}{number}" if code else None
    parsed = _parsed(number, country) if phone_state(phone, country) == "valid" else None
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164) if parsed else None


def _number(phone: str | None) -> str:
    """A number's digits, with a plus where it is written internationally; an extension is left out."""
    text = re.split(r"(?i)\s*(?:ext|x|#|;)", (phone or "").strip(), maxsplit=1)[0]
    digits = "".join(str(int(c)) for c in text if c.isdecimal())
    if text.startswith(("+", "＋")):
        return f"+{digits}"
    return f"+{digits[2:]}" if digits.startswith("00") and len(digits) > 10 and not digits.startswith("000") else digits


@lru_cache(maxsize=512)
def _calling_code(country: str | None) -> int:
    return phonenumbers.country_code_for_region((country or "").upper())


def _parsed(number: str, country: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(number, None if number.startswith("+") else (country or "").upper())
    except phonenumbers.NumberParseException:
        return None


def birth_state(birth: dt.date | str | None, today: dt.date) -> str:
    """Return the state of a birth date: invalid where it is still to come or longer ago than anybody has lived."""
    said = birth.isoformat() if isinstance(birth, dt.date) else (birth or "").strip()
    if not said:
        return "missing"
    if said in NO_BIRTH:
        return "placeholder"
    try:
        born = dt.date.fromisoformat(said)
    except ValueError:
        return "invalid"
    return "valid" if today.year - born.year <= OLDEST and born <= today else "invalid"


READ = ("id", "given_name", "family_name", "email", "phone", "birth_on", "country")


def refresh_states(change: Change, batch: int | None = None, since: int | None = None) -> int:
    """Fill the states of profiles that have none yet (all, those of a batch, or those that changed after a data version); return how many.

    The profiles are read and written in chunks, so that a million of them need no more memory than a few thousand.
    """
    p, done, after = profile.c, 0, 0
    wanted = [p.name_state == ""]
    wanted += [p.batch_id == batch] if batch is not None else []
    wanted += [p.revision > since] if since is not None else []
    today = dt.date.fromisoformat(change.at[:10])
    while rows := change.connection.execute(
            sa.select(*(p[name] for name in READ)).where(*wanted, p.id > after).order_by(p.id).limit(CHUNK)).all():
        change.connection.execute(_fill(), [_filled(row, change.revision, today) for row in rows])
        done, after = done + len(rows), rows[-1].id
    return done


def check_profiles(store: RecordStore, since: int | None = None) -> int:
    """Fill the states that profiles lack, as one change; return how many profiles lacked them. Without any, nothing is written."""
    p = profile.c
    lacking = sa.select(p.id).where(p.name_state == "", *([p.revision > since] if since is not None else [])).limit(1)
    with store.reading() as connection:
        if connection.execute(lacking).first() is None:
            return 0
    with store.changing(Entry("refresh", "check", "profile", fields=FIELDS)) as change:
        return refresh_states(change, since=since)


def _fill() -> sa.Update:
    p = profile.c
    # A bounce is known from what was sent: the form of the address says nothing against it.
    bounced = sa.case((p.email_state == "bounced", p.email_state), else_=sa.bindparam("email_state_"))
    return (sa.update(profile).where(p.id == sa.bindparam("id_")).values(
        revision=sa.bindparam("revision_"), email_state=bounced, **{name: sa.bindparam(f"{name}_") for name in FIELDS if name != "email_state"}))


def _filled(row: sa.Row, revision: int, today: dt.date) -> dict:
    found = states(*row[1:], today)
    return {"id_": row.id, "revision_": revision, **{f"{name}_": value for name, value in found.items()}}
