"""The S and M stores of the benchmarks: made once, kept outside the project, with what making them cost."""
import argparse
import json
from pathlib import Path

from benchmarks import measured
from crm_core import settings

# scale, stays factor: the demo itself; 200 k guests with 1.5 M stays; 1 M guests with 7.3 M stays.
SHAPES = {"demo": (1, 1), "S": (5, 3.5), "M": (25, 3.5)}


def at(size: str) -> settings.Settings:
    """Return the Settings of a benchmark store. Exits with the command that makes it where it is missing."""
    said = _settings(size)
    if not (said.warehouse / "current.json").exists():
        raise SystemExit(f"There is no {size} store yet: python -m benchmarks.stores {size}")
    return said


def _settings(size: str) -> settings.Settings:
    return settings.at(measured.folder() / size)


def make(size: str) -> None:
    """Generate and refresh one store unless it is there, and write down what that took."""
    said = _settings(size)
    if (said.warehouse / "current.json").exists():
        print(f"{size} is in {said.home}.")
        return
    made, fresh = measured.child(__file__, size, "--step", "generate"), measured.child(__file__, size, "--step", "refresh")
    rows = [(what, f"{cost.wall:.0f} s", f"{cost.cpu:.0f} s", f"{cost.peak:,.0f} MB", f"{_size(path):,.0f} MB")
            for what, cost, path in (("generate", made, said.sqlite_path), ("full refresh", fresh, next(said.warehouse.glob("*.duckdb"))))]
    counts = ", ".join(f"{made.said[name]:,} {name}s" for name in ("guest", "profile", "stay", "charge"))
    marts = ", ".join(f"{name.removeprefix('mart_')} {count:,}" for name, count in fresh.said.items())
    head = ("step", "wall", "CPU", "peak memory", "file")
    measured.write(f"Store {size}", f"{measured.table(head, rows)}\n\nRecords: {counts}. Marts: {marts}.")


def _size(path: Path) -> float:
    return path.stat().st_size / 2**20


def _generate(said: settings.Settings, scale: float, factor: float) -> dict:
    from crm_core.ingest import demo
    from crm_core.store.record import open_store
    said.sqlite_path.unlink(missing_ok=True)
    return demo.generate(open_store(said), scale=scale, stays_factor=factor)


def _refresh(said: settings.Settings) -> dict:
    from crm_core.refresh import refresh
    return refresh(said, full=True).rows


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", choices=list(SHAPES), default=list(SHAPES))
    parser.add_argument("--step", choices=("generate", "refresh"))
    asked = parser.parse_args()
    if asked.step:
        one = asked.sizes[0]
        print(json.dumps(_generate(_settings(one), *SHAPES[one]) if asked.step == "generate" else _refresh(_settings(one))))
    else:
        for one in asked.sizes:
            make(one)
