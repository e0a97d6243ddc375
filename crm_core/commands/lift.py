"""What a campaign added, from the command line: any CSV file with one row per person, the arm and the outcome of each."""

import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np

from crm_core.commands.terminal import Problem
from crm_core.i18n import N_, t

CONTROLS = frozenset({
    "control", "controls", "control_group", "ctrl", "holdout", "hold_out", "held_out", "heldout", "holdout_group", "kontrolle", "kontroll", "kontrol",
    "kontrollgruppe", "kontrolgruppe", "temoin", "témoin", "groupe_témoin", "controle", "controllo", "no_mail", "no_email", "no_e_mail", "not_mailed",
    "not_treated", "untreated", "no_treatment", "none", "placebo",
})  # fmt: skip
TREATED = frozenset({"treatment", "treated", "is_treated", "mailed", "is_mailed", "sent", "is_sent", "exposed", "is_exposed"})
HELD_OUT = CONTROLS | {"is_control", "is_held_out", "is_holdout"}
YES = frozenset({"1", "yes", "y", "true", "t", "ja", "oui"})
NO = frozenset({"0", "no", "n", "false", "f", "nein", "non"})
MOST_ARMS, SHOWN = 20, 8
VERDICTS = {
    "broken": N_("the split is not the one planned: no lift is read"), "few": N_("too few to tell"), "shown": N_("lift shown"),
    "harm": N_("less than in the control"), "not_shown": N_("no lift shown"),
}  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What came of each person: "share" (0 or 1) or "amount", and how its numbers are written."""

    kind: str
    values: np.ndarray
    decimal: str | None = None
    currency: str | None = None


def add(command: Callable) -> None:
    """Add lift to the parser."""
    one = command("lift", run_lift, "compare the arms of a campaign in any CSV file: lift, interval, p", store=None)
    one.add_argument("file", metavar="FILE", type=Path, help="a CSV file with one row per person who was assigned")
    one.add_argument("--arm", metavar="COLUMN", required=True, help="the column that says who was treated and who was held out")
    one.add_argument("--outcome", metavar="COLUMN", required=True, help="the column of what came of it: 0 or 1, yes or no, or an amount")
    one.add_argument("--control", metavar="VALUE", help="the arm to compare with, where its name does not tell")
    one.add_argument("--ratio", metavar="ARM=PART,…", help="the planned split, to check it: mail=90,control=10; or: equal")
    one.add_argument("--json", action="store_true", help="print the figures as JSON")


def run_lift(asked) -> int:
    """Print the comparison; a file or a word that does not fit is one line and exit code 2."""
    from crm_core.ingest.problems import ImportProblem

    try:
        told = _told(asked)
    except (Problem, ImportProblem) as problem:
        print(problem, file=sys.stderr)
        return 2
    print(json.dumps(told, ensure_ascii=False, allow_nan=False) if asked.json else "\n".join(_lines(told)))
    return 0


def _told(asked) -> dict:
    """All figures, as they are printed in JSON: shares and relative changes as parts of 1, what cannot be told as null."""
    from crm_core.commands.sentiment import opened

    sheet = opened(asked.file)
    _even(sheet)
    arm, outcome = (_place(sheet.columns, name) for name in (asked.arm, asked.outcome))
    if arm == outcome:
        raise Problem(t("--arm and --outcome name the same column."))
    rows = [(line, row[arm].strip(), row[outcome]) for line, row in enumerate(sheet.rows, 2)]
    assigned = [row for row in rows if row[1]]
    arms = _arms([row[1] for row in assigned], sheet.columns[arm])
    control = _control(list(dict.fromkeys(arms)), sheet.columns[arm], asked.control)
    found = _outcome([(line, cell) for line, _, cell in assigned], sheet.columns[outcome])
    by_arm = {name: found.values[np.array(arms) == name] for name in sorted(set(arms), key=lambda name: (name != control, name))}
    split = _split({name: len(values) for name, values in by_arm.items()}, asked.ratio)
    return {"arm": sheet.columns[arm], "outcome": sheet.columns[outcome], "kind": found.kind, "decimal": found.decimal, "currency": found.currency,
            "rows": len(rows), "without_arm": len(rows) - len(assigned), "control": control, "srm": split,
            "arms": {name: {"n": len(values), "sum": float(values.sum()), "mean": float(values.mean())} for name, values in by_arm.items()},
            "comparisons": _comparisons(by_arm, control, found.kind, split)}  # fmt: skip


def _even(sheet) -> None:
    """Refuse a table with cells beyond its header: an amount with a decimal comma would be cut in two."""
    width = len(sheet.columns)
    while width and sheet.columns[width - 1] == f"column {width}":
        width -= 1
    if line := next((line for line, row in enumerate(sheet.rows, 2) if any(map(str.strip, row[width:]))), None):
        raise Problem(t("Row {line} has more cells than the header. Put amounts with a comma in quotation marks, or separate columns with ;.", line=line))


def _place(columns: Sequence[str], name: str) -> int:
    """The place of the column of that name, as it is written or else however its letters are."""
    for spelled in (str, _folded):
        if spelled(name) in (names := [spelled(column) for column in columns]):
            return names.index(spelled(name))
    raise Problem(t("There is no column {found}. Choose one of: {columns}.", found=name, columns=", ".join(columns)))


def _folded(name: str) -> str:
    return re.sub(r"[\s_-]+", "_", name.strip().casefold())


def _arms(cells: Sequence[str], column: str) -> list[str]:
    """The arm of each row, spelled as it was first. Raises Problem for arms that cannot be compared."""
    spelled: dict[str, str] = {}
    arms = [spelled.setdefault(cell.casefold(), cell) for cell in cells]
    people = Counter(arms)
    if not people:
        raise Problem(t("Column {column} is empty: nobody has an arm.", column=column))
    if len(people) == 1:
        raise Problem(t("There is one arm only: {arm}. A lift needs a control beside it.", arm=arms[0]))
    if len(people) > MOST_ARMS:
        raise Problem(t("Column {column} has {n} different values: is it the arm?", column=column, n=len(people)))
    if small := [arm for arm, n in people.items() if n < 2]:
        raise Problem(t("There is one person only in arm {arm}: an arm needs two at least. Correct the row, or leave it out.", arm=small[0]))
    return arms


def _control(arms: Sequence[str], column: str, chosen: str | None) -> str:
    """The arm to compare with: the chosen one, else the only one whose name says so."""
    listed = ", ".join(arms[:SHOWN])
    if chosen is not None:
        if chosen not in arms and _folded(chosen) not in map(_folded, arms):
            raise Problem(t("There is no arm {found}. Choose one of: {arms}.", found=chosen, arms=listed))
        return next(arm for spelled in (str, _folded) for arm in arms if spelled(arm) == spelled(chosen))
    named = CONTROLS if not {_folded(arm) for arm in arms} <= YES | NO else NO if _folded(column) in TREATED else YES if _folded(column) in HELD_OUT else ()
    possible = [arm for arm in arms if _folded(arm) in named]
    if len(possible) != 1:
        raise Problem(t("Which arm is the control? Say --control and one of: {arms}.", arms=listed))
    return possible[0]


def _outcome(cells: Sequence[tuple[int, str]], column: str) -> Outcome:
    """Yes or no where all values are, else amounts. Raises Problem for an empty cell and for text."""
    from crm_core.ingest.bare import bare, is_nothing

    bares = [(line, bare(cell)) for line, cell in cells]
    if missing := [line for line, cell in bares if is_nothing(cell)]:
        raise Problem(t("Column {column} is empty in {n} rows, the first of them row {line}. Everybody who was assigned counts: write 0 where nothing came.",
                        column=column, n=len(missing), line=missing[0]))  # fmt: skip
    words = [cell.casefold() for _, cell in bares]
    if set(words) <= YES | NO:
        return Outcome("share", np.array([word in YES for word in words], float))
    values, decimal, currency = _amounts(bares, column)
    is_share = set(values) <= {0, 1} and currency is None
    return Outcome("share" if is_share else "amount", np.array(values, float), None if is_share else decimal, currency)


def _amounts(cells: Sequence[tuple[int, str]], column: str) -> tuple[list, str, str | None]:
    """(values, decimal sign, currency or None): read with the sign that all cells fit, the point before the comma."""
    plain = [_plain(cell) for _, cell in cells]
    if None not in plain:
        return plain, ".", None
    read = {decimal: [_amount(cell, decimal) for _, cell in cells] for decimal in ".,"}
    decimal = min(read, key=lambda sign: read[sign].count(None))
    if None in read[decimal]:
        line, cell = cells[read[decimal].index(None)]
        raise Problem(t("Row {line} of column {column} says {found}, which is no outcome. Write 0 and 1, or amounts that are all written alike.",
                        line=line, column=column, found=repr(cell[:40])))  # fmt: skip
    currencies = {amount.currency for amount in read[decimal]} - {None}
    if len(currencies) > 1:
        raise Problem(t("Column {column} has amounts in {found}. Convert them into one currency first.", column=column, found=", ".join(sorted(currencies))))
    return [amount.value for amount in read[decimal]], decimal, *(currencies or {None})


def _plain(cell: str) -> Decimal | None:
    """A number as programs write it: 12, -0.5, 1e-3."""
    return Decimal(cell) if re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,2})?", cell, re.ASCII) else None


def _amount(cell: str, decimal: str):
    from crm_core.ingest.amounts import amounts
    from crm_core.ingest.problems import Fault

    try:
        return amounts(decimal)(cell)
    except Fault:
        return None


def _split(people: dict[str, int], ratio: str | None) -> dict | None:
    """The check of the split against the planned one; None where no plan was given."""
    from crm_core.stats.uplift import BROKEN, srm

    if ratio is None:
        return None
    planned = dict.fromkeys(people, 1.0) if ratio.strip().casefold() == "equal" else _planned(ratio, list(people))
    statistic, p = srm(list(people.values()), [planned[arm] for arm in people])
    return {"planned": {arm: part / sum(planned.values()) for arm, part in planned.items()}, "chi2": statistic, "p": p, "broken": p < BROKEN}


def _planned(ratio: str, arms: list[str]) -> dict[str, float]:
    parts = {_folded(name): _plain(part.strip()) for name, _, part in (one.rpartition("=") for one in ratio.split(","))}
    if set(parts) != set(map(_folded, arms)) or not all(part and part > 0 for part in parts.values()):
        raise Problem(t("--ratio does not fit the arms. Write a part above 0 for each of them: {example}.", example=",".join(f"{arm}=50" for arm in arms)))
    return {arm: float(parts[_folded(arm)]) for arm in arms}


def _comparisons(by_arm: dict[str, np.ndarray], control: str, kind: str, split: dict | None) -> list[dict]:
    """Each arm against the control. Where there are several, a lift is shown only if it is still one among them (q up to 0.05)."""
    from crm_core.stats.alerts import adjusted
    from crm_core.stats.uplift import detectable, lift, lift_mean, verdict

    found, held = {}, by_arm[control]
    for arm in by_arm.keys() - {control}:
        values = by_arm[arm]
        found[arm] = lift(values.sum(), len(values), held.sum(), len(held)) if kind == "share" else lift_mean(values, held)
    said = []
    for (arm, one), q in zip(sorted(found.items()), adjusted([found[arm].p for arm in sorted(found)]), strict=True):
        least = detectable(one.treated_n, one.control_n, one.control) if kind == "share" else None
        word = verdict(one, least, split["p"] if split else None)
        is_chance = len(found) > 1 and word in ("shown", "harm") and q > 0.05
        figures = {name: _number(value) for name, value in vars(one).items()}
        said.append({"arm": arm, "control_arm": control, **figures, "q": _number(q), "detectable": _number(least), "verdict": "not_shown" if is_chance else word})
    return said


def _number(value) -> float | None:
    return None if value is None or not np.isfinite(value) else float(value)


def _lines(told: dict) -> Iterator[str]:
    """The figures as text: a line for each arm, a few for each comparison."""
    kind = t("share of those with yes") if told["kind"] == "share" else t("mean amount (decimal sign {sign})", sign=told["decimal"])
    left = f"; {t('{n} rows without an arm left out', n=told['without_arm'])}" if told["without_arm"] else ""
    yield f"{told['outcome']}: {kind}; {told['rows']:,} {t('rows')}{left}"
    width = max(map(len, told["arms"]))
    for arm, one in told["arms"].items():
        yield f"  {arm:{width}}  n {one['n']:>9,}  {_value(one['mean'], told)}{'  ' + t('(control)') if arm == told['control'] else ''}"
    for one in told["comparisons"]:
        yield from _compared(one, told)
    yield _checked(told["srm"])


def _compared(one: dict, told: dict) -> Iterator[str]:
    is_share = told["kind"] == "share"
    statistic = f"z {_digits(one['z'], 3)}" if is_share else f"t {_digits(one['t'], 3)}"
    yield f"{one['arm']} − {one['control_arm']}: {t(VERDICTS[one['verdict']])}"
    yield (f"  {_value(one['difference'], told, '+')} ({_value(one['low'], told, '+')} … {_value(one['high'], told, '+')}), {statistic}, "
           f"p {_p(one['p'])}, q {_p(one['q'])}")  # fmt: skip
    limits = f" ({_percent(one['relative_low'])} … {_percent(one['relative_high'])})" if is_share and one["relative_low"] is not None else ""
    yield f"  {t('relative')} {_percent(one['relative'])}{limits}"
    yield f"  {t('in all')} {_digits(one['incremental'], 1)} ({_digits(one['incremental_low'], 1)} … {_digits(one['incremental_high'], 1)})"
    if one["detectable"] is not None:
        yield f"  {t('the smallest lift that these arms can show')}: {_value(one['detectable'], told, '+')}"


def _checked(split: dict | None) -> str:
    if split is None:
        return t("The split was not checked: say --ratio with the planned parts.")
    return f"{t('Planned split')}: χ² {split['chi2']:.3f}, p {_p(split['p'])}{' – ' + t(VERDICTS['broken']) if split['broken'] else ''}"


def _value(value: float | None, told: dict, sign: str = "") -> str:
    """A share in percent (a difference in percentage points), an amount as it is."""
    if value is None:
        return "–"
    return f"{100 * value:{sign}.3f} {'pp' if sign else '%'}" if told["kind"] == "share" else f"{value:{sign},.4f}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:+.1f} %"


def _digits(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:+,.{digits}f}"


def _p(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}" if value >= 0.0001 else "< 0.0001"
