"""Every chart is tried on a light and on a dark page."""

import pytest


@pytest.fixture(params=["light", "dark"])
def mode(request):
    return request.param
