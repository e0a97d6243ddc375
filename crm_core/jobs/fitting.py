"""The scorer's head of one store: fitted to what its people have labelled, used for all of its reviews, given up again."""
import datetime as dt
from dataclasses import asdict
from pathlib import Path

from crm_core.ingest.importing import Progress
from crm_core.jobs import store
from crm_core.jobs.words import Refused
from crm_core.records.corrections import labelled_own
from crm_core.scope import Scope, default_period
from crm_core.settings import Settings
from crm_core.store.record import open_store


def own_head(settings: Settings) -> Path:
    """Return where the head of a store lies, where it has one of its own."""
    return settings.home / f"head-{settings.store}.npz"


def use(settings: Settings) -> None:
    """Score with the head of this store from now on, or with the shipped one where it has none."""
    from crm_core import sentiment

    path = own_head(settings)
    sentiment.use(path if path.exists() else None)


def forget(settings: Settings) -> None:
    """Give the own head up: the shipped one reads all reviews again."""
    own_head(settings).unlink(missing_ok=True)


def fit(settings: Settings, job: store.Job, progress: Progress) -> dict:
    """Fit a head to the labels of whole reviews in the asked properties; return what came of it, as sentiment.own.Fitted. Refused below 100."""
    from crm_core.sentiment import own  # brings the encoder

    today = dt.date.today()
    scope = Scope("local", tuple(job.params.get("properties", ())), default_period(today), today, user=job.actor)
    labels = [(row["text"], row["language"], row["label"]) for row in labelled_own(open_store(settings), scope) if not row["aspect"]]
    if len(labels) < own.FEWEST:
        raise Refused("few_labels", n=len(labels), wanted=own.FEWEST)
    return asdict(own.fit(labels, own_head(settings), lambda done, total: progress(done, total, "fitting")))
