"""Before a release every message in the code speaks every language."""

import pytest

from crm_core.i18n import catalogues


@pytest.mark.parametrize("code", catalogues.TRANSLATED)
def test_every_message_is_translated(code):
    assert catalogues.untranslated(code) == []
