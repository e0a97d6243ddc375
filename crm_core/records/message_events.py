"""Messages that a guest was sent, as events of the timeline."""
import datetime as dt

from sqlalchemy.engine import Connection

from crm_core.i18n import N_, t
from crm_core.records.events import Event
from crm_core.records.messages import messages_of
from crm_core.schema import ARMS
from crm_core.scope import Scope

OUTCOMES = {
    "delivered": N_("arrived"), "bounced": N_("came back"), "opened": N_("opened"), "machine_opened": N_("opened by the mail programme"),
    "clicked": N_("clicked"), "scanned": N_("clicked by a scanner"), "unsubscribed": N_("unsubscribed"), "complained": N_("complained"),
}  # fmt: skip
SENT = {"email": N_("E-mail: {campaign}"), "sms": N_("SMS: {campaign}"), "post": N_("Letter: {campaign}")}
ICONS = {"email": "outgoing_mail", "sms": "sms", "post": "markunread_mailbox"}
HELD = N_("Held out of {campaign}")


def messages(connection: Connection, scope: Scope, guest: int) -> list[Event]:
    """Each message with what became of it; of a file's control group, that the guest got none."""
    return [_event(row) for row in messages_of(connection, scope, guest)]


def _event(row: dict) -> Event:
    on = dt.date.fromisoformat(row["sent_at"][:10])
    if row["arm"] == ARMS[1] and not row["outcomes"]:  # something became of it: it was sent by mistake
        return Event(on, "messages", "pan_tool", t(HELD, campaign=row["campaign"]))
    head = t(SENT.get(row["channel"], SENT["email"]), campaign=row["campaign"])
    return Event(on, "messages", ICONS.get(row["channel"], ICONS["email"]), head, " · ".join(t(OUTCOMES[code]) for code in row["outcomes"]))
