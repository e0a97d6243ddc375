"""An import that is killed at any step leaves the store as it was, and the same file comes in whole afterwards."""
import signal
import subprocess
import sys

import pytest
import sqlalchemy as sa

from crm_core import schema
from tests.ingest.conftest import BOOKING, csv_of

CHILD = """
import os, signal, sys
from pathlib import Path
from crm_core import settings
from crm_core.ingest import commit, people
from crm_core.ingest.importing import import_file
from crm_core.store import record

home, path, step = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
if step == "guests":
    people.Writer.write_terms = die
if step == "rejects":
    commit._rejects = die
import_file(record.open_store(settings.at(home)), path, progress=lambda done, total, phase: die() if phase == step else None)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("step", ["reading", "writing", "guests", "rejects"])
def test_a_killed_import_leaves_nothing_behind(desk, step):
    path = desk.write(csv_of([BOOKING | {"confirmation": f"R-{n}", "guest_ref": str(n)} for n in range(500)]))
    killed = subprocess.run([sys.executable, "-c", CHILD, str(desk.home), str(path), step], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert not any(desk.everything().values())
    with desk.store.reading() as connection:
        assert connection.execute(sa.text("PRAGMA integrity_check")).scalar() == "ok"
        assert connection.execute(sa.select(schema.store_state.c.revision)).scalar() == 0
    assert desk.bring(path.read_bytes()).accepted == 500
