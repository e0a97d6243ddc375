"""The search for records of the same person: sure pairs are merged, doubtful ones wait for a person to decide."""
import json
import time
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core.records import identity
from crm_core.records.duplicates import by_hand
from crm_core.records.persons import persons_of
from crm_core.schema import guest, match_pair, match_run, profile
from crm_core.settings import Settings
from crm_core.stats import matching
from crm_core.store import bulk
from crm_core.store.audit import Entry
from crm_core.store.record import Change, open_store

DOUBTFUL = 0.5
FIELDS = {"given_name": "given_name", "family_name": "family_name", "email": "email", "phone": "phone", "birth_on": "birth_date",
          "document_hash": "document", "street": "street", "postcode": "postcode", "city": "city", "country": "country",
          "loyalty_number": "loyalty_number"}
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Found:
    """What a search did: profiles looked at, pairs compared, pairs merged, pairs that wait, and how long it took."""

    profiles: int
    compared: int
    merged: int
    to_review: int
    seconds: float


def search(settings: Settings, progress: Progress | None = None, actor: str = "matching") -> Found:
    """Look through all profiles for records of the same person; return what was found. The pairs that waited before are found anew.

    What staff have decided stands: a pair they called two persons is neither merged nor proposed again.
    """
    started, store = time.monotonic(), open_store(settings)
    with store.reading() as connection:
        people, owner = _people(connection)
        kept_apart = _by_hand(connection)
    if people.empty:
        return Found(0, 0, 0, 0, 0.0)
    result = matching.match(people, threshold=DOUBTFUL, progress=progress)
    pairs, against = _by_guest(result.pairs, owner), _by_guest(result.against.assign(probability=0.0), owner)
    sure = matching.sound_links(pairs, matching.AUTOMATIC, against)
    sure = sure[~(sure["left"].isin(kept_apart) | sure["right"].isin(kept_apart))]
    with store.changing(Entry(actor, "match", "guest")) as change:
        merged = identity.link_all(change, _rows(sure), decided_by="rule", actor=actor)
        waiting = _wait(change, pairs)
        found = Found(len(people), result.compared, merged, waiting, round(time.monotonic() - started, 2))
        _note(change, found, result)
    return found


def _people(connection: Connection) -> tuple[pd.DataFrame, dict[int, int]]:
    """Return all profiles as the table that matching takes, and the guest record of each."""
    columns = [profile.c[name].label(called) for name, called in FIELDS.items()]
    asked = (select(profile.c.id, profile.c.guest_id, *columns).join(guest, guest.c.id == profile.c.guest_id)
             .where(guest.c.erased_at.is_(None)).order_by(profile.c.id))
    frame = pd.DataFrame(connection.execute(asked).all(), columns=["id", "guest_id", *FIELDS.values()])
    frame["birth_date"] = [None if day is None else str(day) for day in frame["birth_date"]]
    return frame.drop(columns="guest_id"), dict(zip(frame["id"].tolist(), frame["guest_id"].tolist(), strict=True))


def _by_hand(connection: Connection) -> set[int]:
    """Return the guest records of the properties that merge by hand only."""
    places = by_hand(connection)
    return set(connection.execute(select(profile.c.guest_id).where(profile.c.property_id.in_(places))).scalars()) if places else set()


def _by_guest(pairs: pd.DataFrame, owner: dict[int, int]) -> pd.DataFrame:
    """Turn pairs of profiles into pairs of guest records, the lower id left; of several, the most probable one speaks."""
    left, right = (pairs[side].map(owner).astype("int64") for side in ("left", "right"))
    pairs = pairs.assign(left=left.where(left < right, right), right=right.where(left < right, left))
    pairs = pairs[pairs["left"] != pairs["right"]].sort_values("probability", ascending=False, kind="stable")
    if "conflict" in pairs:
        pairs["conflict"] = pairs.groupby(["left", "right"])["conflict"].transform("any")
    return pairs.drop_duplicates(["left", "right"])


def _rows(pairs: pd.DataFrame):
    weights = [name for name in pairs.columns if name.startswith("w_")]
    for row in pairs.to_dict("records"):
        yield row["left"], row["right"], row["probability"], {name: round(row[name], 1) for name in weights if row[name]}


def _wait(change: Change, pairs: pd.DataFrame) -> int:
    """Replace the pairs that wait by those of this search that are still two persons and that nobody has decided on; return how many."""
    connection = change.connection
    before = set(connection.execute(select(match_pair.c.a_id).union(select(match_pair.c.b_id))).scalars())
    connection.execute(sa.delete(match_pair))
    whose, apart = persons_of(connection, {*pairs["left"].tolist(), *pairs["right"].tolist()}), identity.differing(connection)
    rows = []
    for row, (a, b, probability, evidence) in zip(pairs["conflict"], _rows(pairs), strict=True):
        if whose[a] != whose[b] and tuple(sorted((whose[a], whose[b]))) not in apart:
            rows.append((a, b, probability, json.dumps(evidence), int(row), change.at))
    bulk.insert(connection, match_pair, ("a_id", "b_id", "probability", "evidence", "conflict", "found_at"), rows)
    identity.settle(change, before | {i for row in rows for i in row[:2]})
    return len(rows)


def _note(change: Change, found: Found, result: matching.Result) -> None:
    dropped = result.blocks.to_dict("records")
    change.connection.execute(sa.insert(match_run).values(
        at=change.at, profiles=found.profiles, compared=found.compared, merged=found.merged, to_review=found.to_review,
        model=json.dumps(result.model.as_dict()), dropped=json.dumps(dropped, default=str)))
