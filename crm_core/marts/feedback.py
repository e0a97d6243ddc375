"""mart_said and mart_marks: reviews and what the scorer read in them; mart_reviews and mart_mentions: beside the stay they are about."""
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core import schema
from crm_core.dialects import add_days, local_time, minutes_between
from crm_core.marts import about, tables
from crm_core.marts.interactions import zones
from crm_core.marts.leads import today

# A review as bad as this (0 to 100) is critical, whatever it says; an answer to "would you recommend us" of 6 or less is a complaint too.
CRITICAL = 40
DETRACTS = 6
# Who rates low waits for an answer even without a word (KPI 21); what is younger than three days is not late yet.
ASKS_FOR_ANSWER = 60
ANSWER_DAYS = 3
# Within so many days somebody who complained should have been told what was done.
LOOP_DAYS = 30
PPM = 1_000_000.0


def said_rows() -> sa.Select:
    """Return the select that fills mart_said, in the order of its columns."""
    r, score, source = schema.review, schema.review_score, schema.review_source
    corrected = _corrections("").subquery("corrected")
    published = func.coalesce(local_time(r.c.reviewed_at, zones.c.zone), sa.cast(r.c.reviewed_on, sa.DateTime))
    span = sa.cast(10_000 - r.c.floor_bp, sa.Double)
    scored = (score.c.reason == "") & (score.c.label != "")
    values = {
        **{c.name: c for c in r.c},
        "review_id": r.c.id,
        "reservation_id": r.c.stay_id,
        "published_at": published,
        "rating": 100 * sa.cast(r.c.score_bp - r.c.floor_bp, sa.Double) / span,
        "language": func.coalesce(score.c.language, r.c.language),
        "coverage": func.coalesce(score.c.tier, ""),
        "is_scored": case((scored, 1), else_=0),
        "unscored": case((r.c.words == 0, "no_text"), else_=func.coalesce(score.c.reason, "waiting")),
        "label": func.coalesce(corrected.c.label, case((scored, score.c.label)), ""),
        "polarity": score.c.polarity_ppm / PPM,
        "confidence": score.c.confidence_ppm / PPM,
        "concern": func.coalesce(score.c.concern, ""),
        "scorer": func.coalesce(score.c.scorer, ""),
        "answered_at": local_time(r.c.answered_at, zones.c.zone),
        "weight": func.coalesce(source.c.weight_bp, 10_000) / 10_000.0,
        "is_answerable": case((r.c.kind == "survey", 0), else_=func.coalesce(source.c.is_answerable, 1)),
    }
    return select(*(sa.cast(values[c.name], c.type).label(c.name) for c in tables.said.c)).select_from(
        r.join(zones, zones.c.property_id == r.c.property_id)
        .outerjoin(score, score.c.review_id == r.c.id)
        .outerjoin(source, source.c.code == r.c.platform)
        .outerjoin(corrected, corrected.c.review_id == r.c.id)
    )


def mark_rows() -> sa.Select:
    """Return the select that fills mart_marks, in the order of its columns."""
    m, r = schema.mention, schema.review
    corrected = _corrections("clause").subquery("corrected")
    first = func.row_number().over(partition_by=(m.c.review_id, m.c.aspect), order_by=m.c.id)
    values = {
        **{c.name: c for c in m.c},
        "mention_id": m.c.id,
        "property_id": r.c.property_id,
        "label": func.coalesce(corrected.c.label, m.c.label),
        "polarity": m.c.polarity_ppm / PPM,
        "confidence": m.c.confidence_ppm / PPM,
        "mention_language": m.c.language,
        "is_first": case((first == 1, 1), else_=0),
    }
    same = sa.and_(*(corrected.c[name] == m.c[name] for name in ("review_id", "box", "start", "aspect")))
    joined = m.join(r, r.c.id == m.c.review_id).outerjoin(corrected, same)
    return select(*(sa.cast(values[c.name], c.type).label(c.name) for c in tables.marks.c)).select_from(joined)


def _corrections(what: str) -> sa.Select:
    """One row per thing that a person corrected, a clause or (empty) a whole review: the label that was given last."""
    k = schema.correction.c
    place = func.row_number().over(partition_by=(k.review_id, k.box, k.start, k.aspect), order_by=k.id.desc())
    mine = k.aspect != "" if what else k.aspect == ""
    each = select(k.review_id, k.box, k.start, k.aspect, k.label, place.label("place")).where(mine).subquery("each_correction").c
    return select(each.review_id, each.box, each.start, each.aspect, each.label).where(each.place == 1)


def invited_rows() -> sa.Select:
    """Return the select that fills mart_invited, in the order of its columns."""
    i, s = schema.invitation, schema.survey
    values = {
        **{c.name: c for c in i.c},
        "invitation_id": i.c.id,
        "reservation_id": i.c.stay_id,
        "survey": s.c.code,
        "survey_kind": s.c.kind,
        "answered_on": sa.cast(local_time(i.c.answered_at, zones.c.zone), sa.Date),
    }
    return select(*(sa.cast(values[c.name], c.type).label(c.name) for c in tables.invited.c)).select_from(
        i.join(s, s.c.id == i.c.survey_id).join(zones, zones.c.property_id == i.c.property_id)
    )


def benchmark_rows() -> sa.Select:
    """Return the select that fills mart_benchmarks, in the order of its columns."""
    b = schema.review_benchmark.c
    return select(b.property_id, b.name, b.month_on, b.figure, b.value, b.hotels, b.reviews, b.largest_bp)


def room_rows() -> sa.Select:
    """Return the select that fills mart_rooms, in the order of its columns."""
    r = schema.room.c
    return select(r.property_id, r.room, r.floor, r.block)


# --- at the as-of date ------------------------------------------------------------------------------------------------------------
def review_rows() -> sa.Select:
    """Return the select that fills mart_reviews, in the order of its columns."""
    said, d, k = tables.said, today, _cases_of_reviews()
    joined, found = about.beside(said, said.c.review_id)
    negative = (func.coalesce(said.c.nps, 10) <= DETRACTS) | (func.coalesce(said.c.rating, 100.0) <= CRITICAL)
    asks = (said.c.words > 0) | (func.coalesce(said.c.rating, 100.0) <= ASKS_FOR_ANSWER)
    answered = said.c.answered_at < sa.cast(d.c.as_of, sa.DateTime)
    until = case((answered, said.c.answered_at), else_=sa.cast(d.c.as_of, sa.DateTime))
    told = (k.c.closed_at.is_not(None)) & (k.c.told_at < sa.cast(add_days(said.c.reviewed_on, LOOP_DAYS + 1), sa.DateTime))
    values = {
        **{c.name: c for c in said.c},
        **found,
        "country": func.coalesce(said.c.country, found["country"]),
        "is_critical": case(((func.coalesce(said.c.rating, 100.0) <= CRITICAL) | (said.c.concern != ""), 1), else_=0),
        "is_negative": case((negative, 1), else_=0),
        "is_answerable": case((asks, said.c.is_answerable), else_=0),
        "is_answered": case((answered, 1), else_=0),
        "wait_minutes": func.greatest(0, minutes_between(said.c.published_at, until)),
        "ripe_on": add_days(said.c.reviewed_on, LOOP_DAYS),
        "case_id": k.c.case_id,
        "is_loop_closed": case((negative & told, 1), else_=0),
    }
    return select(*(sa.cast(values[c.name], c.type).label(c.name) for c in tables.reviews.c)).select_from(
        joined.join(d, sa.true()).outerjoin(k, k.c.review_id == said.c.review_id)
    )


def _cases_of_reviews() -> sa.Subquery:
    """One row per review from which a case was opened: the latest case."""
    c = tables.complaints.c
    place = func.row_number().over(partition_by=c.review_id, order_by=c.case_id.desc())
    each = select(c.review_id, c.case_id, c.closed_at, c.told_at, place.label("place")).where(c.review_id.is_not(None)).subquery("each_case").c
    return select(each.review_id, each.case_id, each.closed_at, each.told_at).where(each.place == 1).subquery("their_cases")


def mention_rows() -> sa.Select:
    """Return the select that fills mart_mentions, in the order of its columns."""
    m, r = tables.marks, tables.reviews
    values = {**{c.name: c for c in r.c}, **{c.name: c for c in m.c}}
    return select(*(sa.cast(values[c.name], c.type).label(c.name) for c in tables.mentions.c)).select_from(m.join(r, r.c.review_id == m.c.review_id))


SURVEY_DAYS = 21


def invitation_rows() -> sa.Select:
    """Return the select that fills mart_invitations, in the order of its columns."""
    i, d = tables.invited, today
    joined, found = about.beside(i, i.c.invitation_id)
    values = {
        **{c.name: c for c in i.c},
        **found,
        "ripe_on": add_days(i.c.sent_on, SURVEY_DAYS),
        "is_delivered": case(((i.c.is_bounced == 0) & i.c.sent_on.is_not(None), 1), else_=0),
        "is_answered": case((i.c.answered_on < d.c.as_of, 1), else_=0),
    }
    return select(*(sa.cast(values[c.name], c.type).label(c.name) for c in tables.invitations.c)).select_from(joined.join(d, sa.true()))
