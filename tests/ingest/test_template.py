"""The canonical files to start from, and their reference in docs/."""
import csv
import io
from pathlib import Path

import pytest

from crm_core import i18n
from crm_core.ingest.targets import TARGETS
from crm_core.ingest.template import explained, reference, template

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize("target", TARGETS)
def test_a_template_has_all_columns_and_fills_in_what_is_required(target):
    header, example, *_ = csv.reader(io.StringIO(template(target)))
    assert header == [row["column"] for row in explained(target)]
    assert all(example[header.index(row["column"])] for row in explained(target) if row["required"])


def test_the_reference_of_columns_is_the_one_in_docs():
    """Made by: python -m crm_core template --explain > docs/columns.md"""
    i18n.use("en")
    assert (DOCS / "columns.md").read_text(encoding="utf-8") == reference()
