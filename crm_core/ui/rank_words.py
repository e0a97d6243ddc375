"""Where rules of attribution put a campaign that caused bookings behind one that caused none, in words."""
from collections import Counter
from collections.abc import Collection

import pandas as pd

from crm_core import formats
from crm_core.i18n import tn


def misranked(found: pd.DataFrame, campaign: int, rules: Collection[str]) -> str:
    """Return how many of the rules credit another campaign, without a shown effect, with more bookings than this one, whose effect is shown.

    `found` from the query credit_ranks. Nothing where the campaign shows no effect, or every rule puts it in front.
    """
    mine = found[(found["campaign_id"] == campaign) & (found["verdict"] == "shown")].set_index("rule")["bookings"]
    others = found[(found["verdict"] == "not_shown") & found["rule"].isin(rules)]
    if mine.empty or others.empty:
        return ""
    ahead = others[others["bookings"] > others["rule"].map(mine)]
    if ahead.empty:
        return ""
    name, n = Counter(ahead["campaign"]).most_common(1)[0]
    words = {"n": formats.count(n), "all": formats.count(len(rules)), "name": name}
    return tn("{n} of the {all} published vendor rules ranks it below “{name}”, which shows no effect.",
              "{n} of the {all} published vendor rules rank it below “{name}”, which shows no effect.", n, **words)
