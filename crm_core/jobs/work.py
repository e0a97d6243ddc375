"""What each kind of job does, and which jobs follow it."""

from dataclasses import asdict

from crm_core.ingest.importing import Progress
from crm_core.jobs import bringing, fitting, inbox, store, uploads
from crm_core.records.points import expire_due
from crm_core.settings import Settings
from crm_core.store.record import open_store


def perform(settings: Settings, job: store.Job, progress: Progress) -> dict:
    """Do a job and return its result as JSON can say it. What goes wrong is raised."""
    return WORK[job.kind](settings, job, progress)


def _import(settings: Settings, job: store.Job, progress: Progress) -> dict:
    path, cancelled = uploads.path(settings, job.id), store.cancel_asked(settings, job.id)
    return bringing.as_dict(bringing.bring_in(settings, path, actor=job.actor, progress=progress, cancelled=cancelled, **job.params))


def _inbox(settings: Settings, job: store.Job, progress: Progress) -> dict:
    return inbox.take(settings, job, progress)


def _refresh(settings: Settings, job: store.Job, progress: Progress) -> dict:
    from crm_core.classroom import pristine
    from crm_core.jobs.journeys import run_due
    from crm_core.jobs.printing import follow_refresh
    from crm_core.refresh import refresh  # brings SciPy, which a worker that waits has no use for

    made = refresh(settings, full=job.params.get("full", False), progress=progress)
    # Which day it is only the stays tell; what is over by it, or falls due on it, stands in the next version.
    if expire_due(open_store(settings), made.as_of) + run_due(settings, made.as_of):
        made = refresh(settings, progress=progress)
    if settings.is_demo:
        pristine.keep(settings)  # with what the scorer has read by now; not once somebody has worked in it
    return asdict(made) | asdict(follow_refresh(settings, made.as_of))


def match(settings: Settings, progress: Progress | None = None) -> dict:
    """Look for records of the same person and merge what is certain; return the counts, among them "merged"."""
    from crm_core.ingest import duplicates  # brings scikit-learn and rapidfuzz, which nothing else here needs

    return asdict(duplicates.search(settings, progress))


def _match(settings: Settings, job: store.Job, progress: Progress) -> dict:
    return match(settings, progress)


def score(settings: Settings, progress: Progress | None = None) -> dict:
    """Have the reviews read that wait for it; return how many that were as "scored"."""
    from crm_core.records import scoring  # brings the scorer, which nothing else here needs

    fitting.use(settings)
    return {"scored": scoring.score_all(open_store(settings), progress)}


def _score(settings: Settings, job: store.Job, progress: Progress) -> dict:
    return score(settings, progress)


def _report(settings: Settings, job: store.Job, progress: Progress) -> dict:
    from crm_core.jobs.printing import print_now

    return print_now(settings, job.params["report"])


WORK = {"import": _import, "inbox": _inbox, "refresh": _refresh, "match": _match, "score": _score, "fit": fitting.fit, "report": _report}


def follow(settings: Settings, job: store.Job, result: dict) -> None:
    """Queue what a finished job calls for: new rows want a refresh, a look for duplicates and a reading of what they say;
    merged people and scored reviews want another refresh; another head of the scorer wants all reviews read anew."""
    if job.kind in ("import", "inbox") and result.get("accepted") and not job.params.get("dry_run"):
        store.submit_once(settings, "refresh")
        store.submit_once(settings, "match")
        store.submit_once(settings, "score")
    if job.kind == "fit" and result.get("kept"):
        store.submit_once(settings, "score")
    if job.kind == "score" and result.get("scored"):
        store.submit_once(settings, "refresh")
    if job.kind == "match" and result.get("merged"):
        store.submit_once(settings, "refresh")
