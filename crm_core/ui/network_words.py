"""What the page of the network says in words: how many members and events there are, what a pack holds and what it would change."""
import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence

from crm_core import formats
from crm_core.association.network import Entry
from crm_core.association.packs import Change
from crm_core.association.texts import Texts, said
from crm_core.i18n import N_, language, t, tn
from crm_core.ui.text import plain

KINDS = {"standards": N_("Checklists"), "playbooks": N_("Playbooks"), "lessons": N_("Lessons"), "courses": N_("Courses"),
         "benchmarks": N_("Benchmarks"), "network": N_("Members, events, news")}
CHANGES = {"new": N_("New"), "replaces": N_("Takes the place of what is here"), "same": N_("Here already, the same")}
ENTRIES = {"member": N_("Member"), "event": N_("Event"), "news": N_("News")}
GROUP = 8  # characters of a checksum that are read in one go


def words(texts: Texts) -> str:
    """Return a text in the language of the page, as one line."""
    return plain(said(texts, language()))


def found_title(n: Mapping[str, int], asked: str) -> str:
    """Return how many entries of each kind there are, or what a search found."""
    if not any(n.values()):
        return t("Nothing fits “{text}”", text=plain(asked)) if asked else t("The association is quiet: nothing came in yet")
    parts = [tn("{n} member", "{n} members", n["member"], n=formats.count(n["member"])), tn("{n} event", "{n} events", n["event"], n=formats.count(n["event"])),
             tn("{n} piece of news", "{n} pieces of news", n["news"], n=formats.count(n["news"]))]
    return ", ".join(part for part, kind in zip(parts, ENTRIES, strict=True) if n[kind])


def days(entry: Entry) -> str:
    """Return when an event or a piece of news is: one day, or from the first to the last."""
    if entry.on is None:
        return ""
    first = formats.date(entry.on)
    return t("{first} to {last}", first=first, last=formats.date(entry.until)) if entry.until and entry.until != entry.on else first


def ahead(entry: Entry, day: dt.date) -> str:
    """Return how far an event lies ahead of a day."""
    left = (entry.on - day).days
    return t("now") if left <= 0 else tn("in {n} day", "in {n} days", left, n=formats.count(left))


def holds(counts: Mapping[str, int]) -> str:
    """Return what a pack holds: "Checklists 2 · Playbooks 5"."""
    return " · ".join(f"{t(name)} {formats.count(counts[kind])}" for kind, name in KINDS.items() if counts.get(kind)) or t("nothing")


def coming(changes: Sequence[Change]) -> str:
    """Return what bringing in a pack would do, in one sentence: the finding of the preview."""
    n = Counter(one.change for one in changes)
    parts = [tn("{n} thing is new", "{n} things are new", n["new"], n=formats.count(n["new"]))] if n["new"] else []
    if n["replaces"]:
        parts.append(tn("{n} takes the place of what is here", "{n} take the place of what is here", n["replaces"], n=formats.count(n["replaces"])))
    parts += [tn("{n} is here already", "{n} are here already", n["same"], n=formats.count(n["same"]))] if n["same"] else []
    return ", ".join(parts) or t("The pack is empty")


def checksum(hexadecimal: str) -> str:
    """Return a checksum in groups, as it is compared over the telephone."""
    return " ".join(hexadecimal[at : at + GROUP] for at in range(0, len(hexadecimal), GROUP))
