"""For whom a campaign worked: the lift in each group of a trait, told beside how many groups were looked at."""
import json

import numpy as np
import pandas as pd
from sqlalchemy import func, select

from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.queries.campaigns import UNTOLD, figures
from crm_core.queries.points import whole
from crm_core.queries.registry import query
from crm_core.schema import ARMS
from crm_core.scope import Scope
from crm_core.stats import alerts, uplift
from crm_core.store.warehouse import Warehouse

# What is known of a guest before the campaign; afterwards a campaign could have changed it.
TRAITS = ("trip", "is_member", "stays_before", "is_lapsed", "way", "country", "property")
COLUMNS = {"property": "property_id"}
COUNTRIES, OTHER = 10, "other"
LEAST = 30  # people in an arm
COUNTS = ("treated_n", "treated_booked", "control_n", "control_booked")


@query
def campaign_groups(warehouse: Warehouse, scope: Scope, *, campaign: int, traits: tuple[str, ...] = (), scan: bool = False) -> pd.DataFrame:
    """One row per group of a trait (TRAITS), by trait: treated_n, treated_booked, control_n, control_booked, lift with low and high (Newcombe), p, q.

    `traits`: those to look at, else those that the plan named beforehand; with `scan` all there are. q is over all groups told at once
    (Benjamini-Hochberg), p_same whether all groups of a trait could share one lift, is_named whether the plan named the trait. `few` marks groups
    with under thirty people in an arm: they are not told, nor counted among the looks. Nothing is told before the window is over, without a held-out
    arm, or of a broken split. Raises ValueError for a trait that there is not.
    """
    card = figures(warehouse, scope, campaign)
    named = _named(card)
    wanted = TRAITS if scan else traits or named
    if unknown := set(wanted) - set(TRAITS):
        raise ValueError(f"Groups are told by {', '.join(TRAITS)}, not by {', '.join(sorted(unknown))}.")
    rows = _rows(warehouse, scope, campaign)
    parts = [_told(_by(rows, trait), trait, bool(len(card)) and card["verdict"].iloc[0] not in UNTOLD) for trait in TRAITS if trait in wanted]
    frame = pd.concat(parts, ignore_index=True) if parts else _told(_by(rows, TRAITS[0]).head(0), TRAITS[0], False)
    return frame.assign(q=alerts.adjusted(frame["p"]), is_named=frame["trait"].isin(named).astype(int))


def _named(card: pd.DataFrame) -> tuple[str, ...]:
    """The traits that a plan named, as far as there are such."""
    said = json.loads(card["groups_said"].iloc[0] or "[]") if len(card) else []
    return tuple(trait for trait in TRAITS if trait in said)


def _rows(warehouse: Warehouse, scope: Scope, campaign: int) -> pd.DataFrame:
    """One row per arm and combination of all traits: one look at the people answers for each of them."""
    a = within(tables.assigned, scope).c
    keys = [a[COLUMNS.get(trait, trait)].label(trait) for trait in TRAITS]
    return warehouse.frame(select(a.arm, *keys, func.count().label("n"), whole(a.is_booked).label("booked"))
                           .where(a.campaign_id == campaign).group_by(a.arm, *keys))


def _by(rows: pd.DataFrame, trait: str) -> pd.DataFrame:
    """One row per value of a trait with the counts of both arms, the largest first; countries beyond the ten largest together, at the end."""
    values = rows[trait].fillna("").astype(str)
    if trait == "country":
        values = values.where(values.isin(rows.groupby(values)["n"].sum().nlargest(COUNTRIES).index), OTHER)
    sums = {f"{side}_{name}": rows[name].where(rows["arm"] == arm, 0).groupby(values).sum()
            for side, arm in zip(("treated", "control"), ARMS, strict=True) for name in ("n", "booked")}
    frame = pd.DataFrame(sums).rename_axis("value").reset_index()
    frame = frame.assign(last=frame["value"] == OTHER if trait == "country" else False, n=frame["treated_n"] + frame["control_n"])
    return frame.sort_values(["last", "n", "value"], ascending=[True, False, True], ignore_index=True)[["value", *COUNTS]]


def _told(frame: pd.DataFrame, trait: str, is_told: bool) -> pd.DataFrame:
    few = (frame[["treated_n", "control_n"]].min(axis=1) < LEAST).to_numpy()
    hidden = few | (not is_told)
    k1, n1, k0, n0 = (np.where(hidden, 0, frame[name].to_numpy(float)) for name in ("treated_booked", "treated_n", "control_booked", "control_n"))
    found = uplift.heterogeneity(k1, n1, k0, n0)
    told = {name: getattr(found, name) for name in ("difference", "low", "high", "p")}
    told = {"lift" if name == "difference" else name: np.where(hidden, np.nan, value) for name, value in told.items()}
    return frame.assign(few=few.astype(int), **told, p_same=found.p_same).assign(trait=trait)[
        ["trait", "value", *COUNTS, "few", "lift", "low", "high", "p", "p_same"]]  # fmt: skip
