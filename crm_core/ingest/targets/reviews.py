"""Reviews and survey answers, as their sources have them."""
from crm_core.i18n import N_
from crm_core.ingest.targets.definition import EMAIL, GUEST_REF, PROPERTY, Column, Target

REVIEWS = Target("reviews", N_("Reviews"), N_("One row per review or survey answer."), (
    Column("review_id", N_("The review's number. With it a later file updates the review."), "id", False, "RV-88"),
    PROPERTY,
    Column("reviewed_on", N_("The day the review was written."), "day", True, "2025-04-03"),
    Column("stay_month", N_("The month of the stay as 2025-03."), "month", False, "2025-03"),
    Column("score", N_("The score as the source gives it."), "decimal", False, "8.4"),
    Column("score_scale", N_("The best score that can be given: 5, 10 or 100; 10 where it is empty."), "decimal", False, "10"),
    Column("title", N_("The review's title."), "prose", False, "Lovely stay"),
    Column("text", N_("The review's text."), "prose", False, "Friendly people and a quiet room."),
    Column("liked", N_("What the guest liked, where the source asks for it apart."), "prose", False, ""),
    Column("disliked", N_("What the guest did not like, where the source asks for it apart."), "prose", False, ""),
    Column("language", N_("The text's language as a code."), "language", False, "en"),
    Column("guest_country", N_("The guest's country as a code or an English name."), "country", False, "DE"),
    Column("author", N_("The name under which the review stands."), "text", False, "Anna W."),
    Column("tags", N_("What the source says about the stay, separated by semicolons or commas."), "words", False, "couple; leisure trip"),
    Column("confirmation", N_("The number of the booking that the review is about."), "id", False, "R-1001"),
    EMAIL, GUEST_REF,
    Column("room", N_("The room's number or type."), "text", False, ""),
    Column("answer", N_("The hotel's answer."), "prose", False, ""),
    Column("answered_on", N_("The day, or the moment, of the answer."), "instant", False, ""),
), needs=("score", "text", "liked", "disliked", "title"), number="review_id")
