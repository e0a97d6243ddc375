"""Which arm of an experiment a word means: held out, or contacted, perhaps with a variant of its own."""
from crm_core.ingest.aliases import folded
from crm_core.schema import ARMS

CONTACT, HELD_OUT = ARMS
CONTROL_WORDS = frozenset(map(folded, (
    "held_out", "hold_out", "holdout", "holdout group", "control", "control group", "universal holdout", "global holdout", "not sent", "none",
    "Kontrolle", "Kontrollgruppe", "contrôle", "groupe témoin", "témoin", "control grupo", "grupo de control", "controllo", "gruppo di controllo",
    "controle", "grupo de controle", "controlegroep", "контроль", "контрольная группа")))  # fmt: skip
CONTACT_WORDS = frozenset(map(folded, (
    "contact", "contacted", "sent", "treatment", "treated", "treatment group", "test group", "target", "target group", "Testgruppe", "Zielgruppe",
    "groupe test", "grupo de prueba", "тестовая группа")))  # fmt: skip


def arm_of(said: str, cell: str = "") -> tuple[str, str]:
    """Return the arm and the variant that a word means: a word that is no arm is the variant of somebody who was contacted."""
    word = folded(said)
    if word in CONTROL_WORDS:
        return HELD_OUT, ""
    return CONTACT, cell or ("" if word in CONTACT_WORDS else said)


def of_message(said: str) -> str:
    """Return the arm as a message keeps it: held_out, or the variant."""
    arm, cell = arm_of(said)
    return HELD_OUT if arm == HELD_OUT else cell
