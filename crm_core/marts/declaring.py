"""How the warehouse's tables are declared: their types, their grain, and the columns that facts of a booking share."""
import sqlalchemy as sa

marts = sa.MetaData()

Whole, Day, Text, Flag = sa.BigInteger, sa.Date, sa.Text, sa.Integer


def mart(name: str, grain: str, /, **columns) -> sa.Table:
    """Declare a table of the warehouse; its comment is its grain."""
    return sa.Table(f"mart_{name}", marts, *(sa.Column(key, type_) for key, type_ in columns.items()), comment=grain)


def booking_dimensions() -> dict:
    """Return what a reservation is grouped by, repeated on each of its facts so that no query needs a join."""
    return {"property_id": Flag, "guest_id": Whole, "cluster": Whole, "channel": Text, "is_direct": Flag, "segment": Text, "room_type": Text,
            "country": Text, "party": Text, "lead_band": Text, "stay_key": Whole}
