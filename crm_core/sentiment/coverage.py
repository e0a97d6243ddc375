"""Which language may be scored, and how far that can be trusted. A language rises only with figures in accuracy.json that justify it."""
from crm_core.sentiment.protocol import Tier

# Evidence (SENTIMENT.md, section 7): hotel reviews for en, de, es, zh; restaurants for nl, products for ja; for si no hotel text, for hy,
# fr, it, pt, ru no reviews at all. Amharic waits for seed sentences that native readers have checked.
TIERS = {
    **dict.fromkeys(("en", "de", "es", "zh"), Tier.VALIDATED),
    **dict.fromkeys(("nl", "ja"), Tier.VALIDATED_OTHER),
    **dict.fromkeys(("si", "ar", "hy", "fr", "it", "pt", "ru"), Tier.INDICATIVE),
    "am": Tier.NONE,
}
LANGUAGES = tuple(TIERS)  # those that are known to the rules of clauses, seeds and the labelled set


def tier(lang: str) -> Tier:
    """Return the coverage of a language; one that is not named here is not scored."""
    return TIERS.get(lang, Tier.NONE)
