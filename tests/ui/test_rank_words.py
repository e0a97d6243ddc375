"""Rules that put a campaign with an effect behind one without are counted, and the campaign in front is named."""
import pandas as pd

from crm_core.ui.rank_words import misranked

RULES = ("opened", "any")


def ranks(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["campaign_id", "campaign", "verdict", "rule", "bookings"])


SUN, LIGHT = (2, "September sun", "not_shown"), (3, "Winter light", "shown")


def test_the_rules_that_prefer_a_campaign_without_effect_are_counted():
    both = ranks((*SUN, "opened", 65), (*SUN, "any", 90), (*LIGHT, "opened", 58), (*LIGHT, "any", 143))
    assert misranked(both, 3, RULES) == "1 of the 2 published vendor rules ranks it below “September sun”, which shows no effect."
    assert misranked(both, 2, RULES) == ""


def test_a_campaign_that_every_rule_puts_in_front_needs_no_word():
    assert misranked(ranks((*SUN, "opened", 10), (*LIGHT, "opened", 58)), 3, RULES) == ""
    assert misranked(ranks(), 3, RULES) == ""
