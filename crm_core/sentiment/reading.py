"""Reads texts: clears them, finds the language, cuts clauses, has each judged once, and puts a review's score together from them."""
import hashlib
import json
import math
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from crm_core.sentiment import aspect_words, langid, wrapping
from crm_core.sentiment.clauses import clauses as cut
from crm_core.sentiment.protocol import UNSURE, Clause, Judge, Judged, Mention, NotScored, Score, Tier

# A change of what is cleared, cut or put together gives other answers: it counts as another version.
RULES = "3"
SUREST = 0.99  # that one clause counts for: none outvotes all the others
LEAST = 0.6  # confidence below which a text is neither praise nor blame
LEAST_INDICATIVE = 0.8
RANKS = (Tier.VALIDATED, Tier.VALIDATED_OTHER, Tier.INDICATIVE, Tier.NONE)


class Known(Protocol):
    """Where judgements of clauses are kept, as text, by their keys."""

    def kept(self, keys: Collection[str]) -> dict[str, str]:
        """Return what is kept of these keys."""

    def keep(self, found: dict[str, str]) -> None:
        """Keep these too."""


class Memory(dict):
    """Judgements kept for as long as this object lives."""

    def kept(self, keys: Collection[str]) -> dict[str, str]:
        """Return what is kept of these keys."""
        return {key: self[key] for key in keys if key in self}

    keep = dict.update


@dataclass(frozen=True)
class Reading:
    """What was read in one text: its score or why it has none, what it speaks of, its language, how far to trust that, and its clauses' keys."""

    result: Score | NotScored
    mentions: tuple[Mention, ...]
    lang: str
    tier: Tier
    keys: tuple[str, ...] = ()


def version(judge: Judge | None) -> str:
    """Return the version of everything that an answer depends on."""
    return f"{judge.version}-r{RULES}" if judge else f"none-r{RULES}"


def read(judge: Judge | None, texts: Sequence[str | None], langs: Sequence[str | None] | None = None, known: Known | None = None) -> list[Reading]:
    """Return one Reading for each text, in order; a text that cannot be read never spoils another.

    `known` keeps what was judged of clauses: what it has is not judged again, and what is judged is put there.
    """
    found = [_prepared(judge, text, lang) for text, lang in zip(texts, langs or [None] * len(texts), strict=True)]
    judged = _judged(judge, [clause for one in found if isinstance(one, tuple) for clause in one[1]], Memory() if known is None else known)
    return [one if isinstance(one, Reading) else _together(judge, *one, judged) for one in found]


def _prepared(judge: Judge | None, text: str | None, hint: str | None) -> "Reading | tuple[str, list[Clause]]":
    """The language and clauses of a text, or at once why it is not judged."""
    try:
        plain = wrapping.cleared(text)
        lang = langid.language(plain, hint)
        reason = wrapping.problem(plain, lang)
        tier = judge.supports(lang) if judge else Tier.NONE
        if not reason and tier == Tier.NONE:
            reason = "no_scorer" if judge is None else "unsure_language" if lang == UNSURE else "unsupported_language"
        return Reading(NotScored(reason, lang), (), lang, tier) if reason else (lang, _in_languages(cut(plain, lang), lang))
    except (ValueError, TypeError, AttributeError, RecursionError):  # a text that breaks a rule of ours is told as such and spoils no other
        return Reading(NotScored("error"), (), UNSURE, Tier.NONE)


def _in_languages(found: list[Clause], lang: str) -> list[Clause]:
    """Give a clause in another script the language of that script: texts may be mixed."""
    scripts = [langid.language(c.words, lang) if langid.script_of(c.words) != langid.script_of_language(lang) else lang for c in found]
    return [Clause(c.start, c.end, c.words, own) for c, own in zip(found, scripts, strict=True)]


def _judged(judge: Judge | None, wanted: list[Clause], known: Known) -> dict[str, Judged]:
    """What is judged of each clause, by key; each is judged once, and not at all where it is known."""
    fresh = {key(c, judge): c for c in wanted if judge.supports(c.lang) != Tier.NONE} if wanted else {}
    found = {k: Judged(**_tupled(json.loads(text))) for k, text in known.kept(fresh).items()}
    missing = [k for k in fresh if k not in found]
    made = dict(zip(missing, judge.judge([fresh[k] for k in missing]) if missing else (), strict=True))
    known.keep({k: json.dumps({"positive": one.positive, "neutral": one.neutral, "aspects": one.aspects}) for k, one in made.items()})
    return found | made


def _tupled(values: dict) -> dict:
    return values | {"aspects": tuple(values["aspects"])}


def key(clause: Clause, judge: Judge) -> str:
    """Return by what a clause's judgement is known: a hash of its words as they are judged, its language and the scorer's version."""
    plain = unicodedata.normalize("NFC", clause.words)
    return hashlib.sha256(f"{version(judge)}\x00{clause.lang}\x00{plain}".encode("utf-8", "replace")).hexdigest()


def _together(judge: Judge, lang: str, found: list[Clause], judged: dict[str, Judged]) -> Reading:
    pairs = [(c, judged[k]) for c in found if (k := key(c, judge)) in judged]
    keys = tuple(key(c, judge) for c, _ in pairs)
    if not pairs:
        return Reading(NotScored("unsupported_language", lang), (), lang, judge.supports(lang))
    lang = _majority(pairs, judge)
    tier = judge.supports(lang)
    mentions = tuple(m for c, one in pairs for m in _mentions(c, one, judge.supports(c.lang)))
    return Reading(_scored(pairs, lang, tier, version(judge)), mentions, lang, tier, keys)


def _majority(pairs: list[tuple[Clause, Judged]], judge: Judge) -> str:
    """The language of most of the text; on a tie the one that is trusted less."""
    letters: Counter[str] = Counter()
    for clause, _ in pairs:
        letters[clause.lang] += wrapping.letters(clause.words)
    return max(letters, key=lambda lang: (letters[lang], RANKS.index(judge.supports(lang))))


def _scored(pairs: list[tuple[Clause, Judged]], lang: str, tier: Tier, by: str) -> Score | NotScored:
    weights = [max(1, len(c.words)) * (1 - 0.8 * j.neutral) for c, j in pairs]  # what is only told weighs little against praise and blame
    p = _mean(weights, [j.positive for _, j in pairs])
    neutral = sum(len(c.words) * j.neutral for c, j in pairs) / max(1, sum(len(c.words) for c, _ in pairs))
    confidence = max(p, 1 - p)
    if tier == Tier.INDICATIVE and confidence < LEAST_INDICATIVE:
        return NotScored("low_confidence", lang)
    return Score(2 * p - 1, label(p, neutral), confidence, lang, by)


def _mean(weights: list[float], shares: list[float]) -> float:
    """The probability of praise by the weighted mean of log-odds: on real reviews nearer to the share that is right than a mean of probabilities."""
    odds = [math.log(p / (1 - p)) for p in (min(max(share, 1 - SUREST), SUREST) for share in shares)]
    return 1 / (1 + math.exp(-sum(w * o for w, o in zip(weights, odds, strict=True)) / max(sum(weights), 1e-9)))


def label(p: float, neutral: float) -> str:
    """Return "positive", "negative" or "neutral": neither where it says neither or is not sure enough."""
    if neutral > 0.5 or max(p, 1 - p) < LEAST:
        return "neutral"
    return "positive" if p > 0.5 else "negative"


def _mentions(clause: Clause, judged: Judged, tier: Tier) -> list[Mention]:
    """What a clause speaks of. In a language that is only indicative its tone is told where it is sure; it is a mention in any case."""
    sure = max(judged.positive, 1 - judged.positive)
    told = tier != Tier.INDICATIVE or sure >= LEAST_INDICATIVE
    tone = (2 * judged.positive - 1, label(judged.positive, judged.neutral), sure) if told else (None, "", None)
    return [Mention(aspect, *tone, clause.start, clause.end, clause.lang) for aspect in aspect_words.spoken_of(clause, judged)]
