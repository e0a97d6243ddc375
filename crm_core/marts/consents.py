"""What guests last said about marketing, by channel."""
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core import schema
from crm_core.marts.persons import persons


def last_word(channel: str) -> sa.Subquery:
    """One row per person with a word on marketing by a channel: its state and proof; at equal times the refusal wins."""
    c, who = schema.consent, persons()
    refusal_first = case((c.c.state == "given", 1), else_=0)
    place = func.row_number().over(partition_by=who.c.guest_id, order_by=(c.c.at.desc(), refusal_first, c.c.id.desc()))
    words = (
        select(who.c.guest_id, c.c.state, c.c.proof, place.label("place"))
        .join(who, who.c.strict_id == c.c.guest_id)
        .where(c.c.purpose == "marketing", c.c.channel == channel)
        .subquery(f"{channel}_words")
    )
    return select(words.c.guest_id, words.c.state, words.c.proof).where(words.c.place == 1).subquery(f"{channel}_word")
