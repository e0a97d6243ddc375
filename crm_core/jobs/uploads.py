"""Uploaded files wait in a folder of their job, readable to this user only, and are removed when it ends: raw uploads are not kept."""

import shutil
from pathlib import Path
from typing import BinaryIO

from crm_core.jobs import store
from crm_core.settings import Settings

FILE = "upload"  # never the name that the visitor's computer gave it


def submit_import(settings: Settings, name: str, data: bytes | BinaryIO, *, actor: str | None = None, **options) -> int:
    """Keep an uploaded file, queue its import and return the job's id.

    `options` are those of import_file (source, target, form, mapping, property_code, dry_run) as JSON can say them.
    """
    params = {"name": name, **options}
    return store.submit(settings, "import", params, actor, beside=lambda id: _keep(folder(settings, id), data))


def folder(settings: Settings, id: int) -> Path:
    """Return the folder of a job's upload."""
    return settings.home / "uploads" / str(id)


def path(settings: Settings, id: int) -> Path:
    """Return the uploaded file of a job."""
    return folder(settings, id) / FILE


def _keep(place: Path, data: bytes | BinaryIO) -> None:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(mode=0o700)
    target = place / FILE
    target.touch(mode=0o600)
    with target.open("wb") as file:
        file.write(data) if isinstance(data, bytes) else shutil.copyfileobj(data, file)


def remove(settings: Settings, id: int) -> None:
    """Remove a job's upload, where it has one."""
    shutil.rmtree(folder(settings, id), ignore_errors=True)


def remove_left(settings: Settings) -> None:
    """Remove the uploads of jobs that have ended or are unknown (their worker died, or they were cancelled while they waited)."""
    for place in (settings.home / "uploads").glob("*"):
        job = store.job(settings, int(place.name)) if place.name.isdigit() else None
        if job is None or not job.is_open:
            shutil.rmtree(place, ignore_errors=True)
