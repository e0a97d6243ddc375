"""A store's own head is fitted to what its people labelled, used for its own reviews alone, and given up again."""
import pytest

from crm_core import schema, sentiment, settings
from crm_core.jobs import fitting, store, work, worker
from crm_core.jobs.words import Refused, message
from crm_core.records import scoring
from crm_core.sentiment import own
from crm_core.store import record
from tests.hotel import Hotel


@pytest.fixture
def labelled(tmp_path):
    """Settings of a store in which two reviews are labelled, and a clause of one."""
    here = settings.at(tmp_path, "hotel")
    built = Hotel(record.open_store(here)).open()
    built.property("LIS", 10)
    for text, label in (("Fine", "positive"), ("Cold", "negative")):
        review = built.review(None, 5.0, "LIS", reviewed_on="2025-03-10", text=text)
        with built.changing("correct") as change:
            for aspect in ("", "room") if text == "Fine" else ("",):
                built._add(change, schema.correction, review_id=review, box="text" if aspect else "", start=0, stop=4, aspect=aspect, label=label,
                           was="neutral", language="en", scorer="test", actor="ana", at=change.at, revision=change.revision)
    yield here
    built.store.engine.dispose()


def job(here) -> store.Job:
    return store.job(here, store.submit(here, "fit", {"properties": [1]}))


def test_too_few_labels_say_how_many_are_needed(labelled):
    with pytest.raises(Refused) as refused:
        fitting.fit(labelled, job(labelled), lambda *_: None)
    assert message(refused.value.code, refused.value.values) == "2 reviews are labelled, 100 are needed. Label more on the page Accuracy."


def test_whole_reviews_are_fitted_to_and_not_clauses(labelled, monkeypatch):
    seen = []
    monkeypatch.setattr(own, "FEWEST", 2)
    monkeypatch.setattr(own, "fit", lambda labels, path, progress: seen.append((labels, path.name)) or own.Fitted(2, 1, 2, kept=True))
    assert fitting.fit(labelled, job(labelled), lambda *_: None) == {"own": 2, "before": 1, "after": 2, "kept": True}
    assert seen == [([("Fine", "en", "positive"), ("Cold", "en", "negative")], "head-hotel.npz")]


@pytest.mark.parametrize(("kept", "kinds"), [(True, ["score"]), (False, [])])
def test_another_head_has_all_reviews_read_anew(labelled, kept, kinds):
    fit = job(labelled)
    store.claim(labelled)
    work.follow(labelled, fit, {"kept": kept})
    assert [one.kind for one in store.queued(labelled)] == kinds


def test_a_store_scores_with_its_own_head_and_no_other_does(labelled, monkeypatch):
    used = []
    monkeypatch.setattr(sentiment, "use", used.append)
    fitting.own_head(labelled).write_bytes(b"-")
    fitting.use(labelled)
    fitting.use(settings.at(labelled.home, "demo"))
    fitting.forget(labelled)
    fitting.use(labelled)
    assert used == [labelled.home / "head-hotel.npz", None, None]


def test_a_worker_that_begins_reads_what_waits_unless_the_operator_does_it(labelled, monkeypatch):
    asked = []
    monkeypatch.setattr(worker.settings, "published", lambda: (labelled,))
    monkeypatch.setattr(worker.store, "submit_once", lambda here, kind: asked.append(kind))
    monkeypatch.setattr(scoring, "waiting", lambda connection: 3)
    monkeypatch.setenv("CRM_READ", "0")
    worker.unread()
    assert asked == []
    monkeypatch.delenv("CRM_READ")
    worker.unread()
    assert asked == ["score"]
