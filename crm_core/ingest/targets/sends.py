"""Messages that were sent, one to a person; a message that a file tells twice without a number of its own counts once."""
from crm_core.i18n import N_
from crm_core.ingest.targets.arms import HELD_OUT, of_message
from crm_core.ingest.targets.definition import Column, Target
from crm_core.ingest.targets.landing import Landing, Misfit, Row, land
from crm_core.ingest.targets.messages import messages, past
from crm_core.outreach.domains import provider
from crm_core.schema import send

Whose = tuple[int, str | int]  # campaign, and the address or the profile


def _look_up(landing: Landing, rows: list[Row]) -> None:
    """Ask for what the campaigns of some rows sent to the same people already."""
    found = messages(landing)
    found.look_up_campaigns(rows)
    profiles = {landing.find.profile(row) for row in rows} - {None}
    landing.told = {}
    for one in found.to({found.campaign(row) for row in rows} - {None}, {row["email"] for row in rows}, profiles):
        _note(landing, one.campaign_id, one.address, one.profile_id, one.external_id if one.source == landing.source else None, one.arm)


def _send(landing: Landing, row: Row) -> dict | None:
    """Return a message; None for one that was told already. Raises Misfit."""
    sent_at, whose, arm = past(landing, row, "sent_at"), landing.find.profile(row), of_message(row["arm"])
    campaign_id = messages(landing).campaign_or_new(row)
    told = [said for key in _keys(campaign_id, row["email"], whose) for said in landing.told.get(key, ()) if row.number is None or said[0] != row.number]
    if any((arm == HELD_OUT) != (said == HELD_OUT) for _, said in told):
        raise Misfit("arm", "two_arms")
    if told and row.number is None:
        landing.counts["resent"] += 1
        return None
    _note(landing, campaign_id, row["email"], whose, row.number, arm)
    landing.counts["unlinked"] += whose is None
    return {"campaign_id": campaign_id, "profile_id": whose, "address": row["email"], "sent_at": sent_at, "arm": arm, "domain": provider(row["email"])}


def _note(landing: Landing, campaign_id: int, address: str | None, profile_id: int | None, number: str | None, arm: str) -> None:
    for key in _keys(campaign_id, address, profile_id):
        landing.told.setdefault(key, []).append((number, arm))


def _keys(campaign_id: int, address: str | None, profile_id: int | None) -> list[Whose]:
    return [(campaign_id, whose) for whose in (address, profile_id) if whose]


def write(landing: Landing) -> None:
    """Write messages; a campaign that is not here is created with its name."""
    land(landing, send, _send, ahead=_look_up)


SENDS = Target("sends", N_("Messages sent"), N_("One row per message to one person. A second message of a campaign to the same person needs a number "
    "of its own; people are counted once."), (
    Column("send_id", N_("The message's number on its platform."), "id", False, "K-17-204"),
    Column("campaign_id", N_("The campaign's number on its platform."), "id", True, "K-17"),
    Column("campaign_name", N_("The campaign's name, by which a new one is created."), "text", False, "Spring at the coast"),
    Column("email", N_("The address that the message went to."), "email", True, "anna.weber@example.com"),
    Column("guest_ref", N_("The guest's number in your system."), "id", False, "G-77"),
    Column("sent_at", N_("The moment of sending; a time without a zone is UTC."), "instant", True, "2025-02-03T09:00:00Z"),
    Column("arm", N_("The variant, or holdout for those who got nothing."), "text", False, "A"),
), number="send_id", write=write, keeps_equals=False)
