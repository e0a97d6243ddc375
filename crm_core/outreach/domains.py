"""Which large mail provider an address is with: where messages arrive differs by provider, and a domain of one's own would name a person."""

OTHER = "other"
# Public providers, each with the domains of its mailboxes. Source: the providers' own sign-up pages; common knowledge.
PROVIDERS: dict[str, tuple[str, ...]] = {
    "gmail.com": ("gmail.com", "googlemail.com"),
    "outlook.com": (
        "outlook.com", "hotmail.com", "live.com", "msn.com", "outlook.de", "outlook.fr", "outlook.es", "hotmail.de", "hotmail.fr", "hotmail.it",
        "hotmail.es", "hotmail.co.uk", "live.de", "live.fr", "live.nl", "live.co.uk"),
    "yahoo.com": (
        "yahoo.com", "ymail.com", "rocketmail.com", "yahoo.de", "yahoo.fr", "yahoo.it", "yahoo.es", "yahoo.co.uk", "yahoo.co.in", "yahoo.in",
        "yahoo.com.br", "yahoo.com.au", "yahoo.ca", "yahoo.com.sg", "aol.com"),
    "yahoo.co.jp": ("yahoo.co.jp",),
    "icloud.com": ("icloud.com", "me.com", "mac.com"),
    "proton.me": ("proton.me", "protonmail.com", "pm.me"),
    "gmx": ("gmx.de", "gmx.net", "gmx.at", "gmx.ch", "gmx.com"), "web.de": ("web.de",), "t-online.de": ("t-online.de",), "freenet.de": ("freenet.de",),
    "mail.com": ("mail.com", "email.com"), "bluewin.ch": ("bluewin.ch",),
    "mail.ru": ("mail.ru", "bk.ru", "list.ru", "inbox.ru"), "yandex": ("yandex.ru", "yandex.com", "ya.ru"), "rambler.ru": ("rambler.ru",),
    "orange.fr": ("orange.fr", "wanadoo.fr"), "free.fr": ("free.fr",), "laposte.net": ("laposte.net",), "sfr.fr": ("sfr.fr",),
    "libero.it": ("libero.it",), "virgilio.it": ("virgilio.it",), "btinternet.com": ("btinternet.com",), "sky.com": ("sky.com",),
    "ziggo.nl": ("ziggo.nl",), "telenet.be": ("telenet.be",), "wp.pl": ("wp.pl",), "o2.pl": ("o2.pl",), "onet.pl": ("onet.pl",),
    "seznam.cz": ("seznam.cz",), "comcast.net": ("comcast.net",), "att.net": ("att.net",), "verizon.net": ("verizon.net",),
    "uol.com.br": ("uol.com.br",), "bigpond.com": ("bigpond.com",), "rediffmail.com": ("rediffmail.com",), "zoho.com": ("zoho.com",),
    "qq.com": ("qq.com", "foxmail.com"), "163.com": ("163.com", "126.com"), "naver.com": ("naver.com",), "docomo.ne.jp": ("docomo.ne.jp",),
}  # fmt: skip
OF_DOMAIN = {domain: provider for provider, domains in PROVIDERS.items() for domain in domains}


def provider(address: str | None) -> str:
    """Return the large provider that an e-mail address is with, "other" for every other domain, "" for what is no address."""
    _, sign, domain = (address or "").rpartition("@")
    return OF_DOMAIN.get(domain.strip().lower(), OTHER) if sign and domain.strip() else ""
