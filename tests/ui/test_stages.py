"""What the card of stages counts from the moves of guests."""
import pandas as pd

from crm_core.queries.stages import STAGES
from crm_core.ui import stages


def test_who_stays_is_neither_come_nor_gone_and_who_was_not_known_came():
    moves = pd.DataFrame([("first", "first", 5), ("first", "repeat", 3), (None, "first", 2), ("repeat", "lapsed", 1)],
                         columns=["before", "stage", "guests"])
    table = stages.counted(moves).set_index("stage")
    assert table.loc["first"].to_dict() == {"now": 7, "entered": 2, "left": 3}
    assert table.loc["repeat"].to_dict() == {"now": 3, "entered": 3, "left": 1}
    assert table.loc["lapsed"].to_dict() == {"now": 1, "entered": 1, "left": 0}
    assert table.loc["member"].sum() == 0


def test_every_stage_has_its_name_its_rule_and_its_badge():
    assert tuple(stages.NAMES) == tuple(stages.RULES) == tuple(stages.BADGES) == STAGES
