"""The environment becomes one frozen Settings; nothing else reads os.environ."""
import datetime as dt
import os
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STORES = ("demo", "hotel")
FILES = {"demo": "demo.db", "hotel": "innsight.db"}
# Names the newest version in a warehouse's folder; a store has something to show once it is there.
POINTER = "current.json"


@dataclass(frozen=True)
class Settings:
    """Where one store and its warehouse live, and the operator's overrides."""

    store: str
    home: Path
    store_url: str
    warehouse: Path
    as_of: dt.date | None = None
    actor: str = "local"
    role: str = "local"

    @property
    def is_demo(self) -> bool:
        return self.store == "demo"

    @property
    def is_published(self) -> bool:
        return (self.warehouse / POINTER).exists()

    @property
    def sqlite_path(self) -> Path | None:
        """The record store's file, or None where it is a PostgreSQL."""
        return Path(self.store_url.removeprefix("sqlite:///")) if self.store_url.startswith("sqlite:///") else None


class SettingsProblem(ValueError):
    """The environment holds a value that Innsight cannot use; the text says which one and what it takes."""


def read(store: str | None = None, environ: dict[str, str] | None = None) -> Settings:
    """Return the Settings of one store ("demo" or "hotel"); without a name: CRM_STORE, else the hotel's own once it has data, else demo.

    Raises SettingsProblem for an unknown store, for the hotel's while a class is served, or for a CRM_AS_OF that is no ISO date.
    """
    env = os.environ if environ is None else environ
    home = Path(env.get("CRM_HOME", ROOT / "var")).resolve()
    name = store or ("demo" if is_class(env) else env.get("CRM_STORE") or _usual(env))
    if name not in STORES:
        raise SettingsProblem(f"Unknown store {name!r}: CRM_STORE is one of {', '.join(STORES)}.")
    if name not in stores(env):
        raise SettingsProblem("While a class is served, only the demo is open: the hotel's own store stays closed.")
    # The two URLs name the hotel's own store: demo data never shares a store with it.
    url = env.get("CRM_STORE_URL") if name == "hotel" else None
    marts = env.get("CRM_WAREHOUSE_URL") if name == "hotel" else None
    return Settings(
        store=name, home=home,
        store_url=url or f"sqlite:///{home / FILES[name]}",
        warehouse=Path(marts.removeprefix("duckdb:///")) if marts else home / "warehouse" / name,
        as_of=_date(env.get("CRM_AS_OF")),
    )


def is_class(environ: dict[str, str] | None = None) -> bool:
    """Say whether this process serves a class on the local network (CRM_CLASS=1): to the demo only, whatever else the environment names."""
    return (os.environ if environ is None else environ).get("CRM_CLASS") == "1"


def stores(environ: dict[str, str] | None = None) -> tuple[str, ...]:
    """Return the names of the stores that this process may open."""
    return ("demo",) if is_class(environ) else STORES


def class_environment() -> dict[str, str]:
    """Return the environment of a process that serves a class; it believes nobody in the network about where a visitor comes from."""
    return {**os.environ, "CRM_CLASS": "1", "FORWARDED_ALLOW_IPS": "127.0.0.1"}


def _usual(env: dict[str, str]) -> str:
    return "hotel" if read("hotel", env).is_published else "demo"


def named() -> str | None:
    """Return the store that the operator named in CRM_STORE, or None."""
    return os.environ.get("CRM_STORE") or None


def has_worker() -> bool:
    """Say whether the app starts the background worker: not where CRM_WORKER=0 leaves that to the operator."""
    return os.environ.get("CRM_WORKER") != "0"


def reads_by_itself() -> bool:
    """Say whether a worker reads the reviews that wait when it begins: not where CRM_READ=0 leaves that to `python -m crm_core score`."""
    return os.environ.get("CRM_READ") != "0"


def has_sql() -> bool:
    """Say whether analysts may ask the warehouse in SQL: only where the operator set CRM_SQL=1."""
    return os.environ.get("CRM_SQL") == "1"


def reports_home() -> Path | None:
    """Return the folder that the operator named in CRM_REPORTS for what is printed, or None."""
    named = os.environ.get("CRM_REPORTS")
    return Path(named).resolve() if named else None


def sentiment_model() -> Path | None:
    """Return the folder of a sentiment model of one's own that the operator named in INNSIGHT_SENTIMENT_MODEL, or None."""
    named = os.environ.get("INNSIGHT_SENTIMENT_MODEL")
    return Path(named) if named else None


def keep_models_offline() -> None:
    """Forbid the libraries of such models to ask a hub: this process only reads what lies on this machine."""
    os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"


def system_environment() -> dict[str, str]:
    """Return what a child process needs of the system to start at all, and nothing of Innsight's own settings."""
    return {key: os.environ[key] for key in ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH") if key in os.environ}


def _date(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise SettingsProblem(f"CRM_AS_OF={text!r} is no date: write it as 2025-04-01.") from error


def published() -> tuple[Settings, ...]:
    """Return the Settings of every store that has something to show, demo first."""
    return tuple(s for s in map(read, stores()) if s.is_published)


def at(home: Path, store: str = "demo", **changes) -> Settings:
    """Return Settings for a store in a folder of one's own (tests, benchmarks)."""
    return replace(read(store, {"CRM_HOME": str(home)}), **changes)
