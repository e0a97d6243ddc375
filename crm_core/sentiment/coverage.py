"""Which language may be scored, and how far that can be trusted. A language rises only with figures in accuracy.json that justify it."""
from crm_core.sentiment.protocol import Tier

# Evidence (SENTIMENT.md, section 7): hotel reviews for en, de, es, zh; restaurants for nl, products for ja; for si no hotel text, for hy,
# fr, it, pt, ru no reviews at all. Amharic waits for seed sentences that native readers have checked.
# Head 9e32f8763c62 against the targets of section 9. On our own labelled set, which is small and hard on purpose (stories, irony, mixed
# clauses), the upper end of the interval of accuracy reaches the target in de, es, zh, nl, si, ar and hy, and misses it in English (.85, .88
# asked; VADER .65). English stays for what it does on real hotel reviews: 300 boxes of praise or blame that were not looked at before (others
# of the same file were, while sentences were written) gave macro-F1 .91, accuracy .91 (.88–.94), .97 at a confidence of .8 or more (72 % of
# them), calibration error .05; VADER .79. The boxes are weak labels: "nothing at all" stands among the complaints.
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
