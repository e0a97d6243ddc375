"""Writes example.zip from the sources in example/: `python data/association/build.py`, from the folder of the project."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from crm_core.association import packs  # noqa: E402

(HERE / "example.zip").write_bytes(packs.write(packs.from_folder(HERE / "example")))
