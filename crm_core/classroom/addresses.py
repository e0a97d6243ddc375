"""Where phones find this machine, and the addresses that a class is sent to."""

import socket
from urllib.parse import urlencode

from crm_core.association.lessons import Lesson

LOOPBACK = ("127.0.0.1", "localhost", "::1")
# An address of documentation (RFC 5737): nothing is sent there, only the way to it is looked up.
ELSEWHERE = ("192.0.2.1", 9)


def own_address() -> str:
    """Return this machine's address in the local network, 127.0.0.1 where it is in none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect(ELSEWHERE)
            return sock.getsockname()[0]
        except OSError:
            return _named()


def _named() -> str:
    """The address by the machine's own name: a network without a way out has no route to anywhere."""
    try:
        found = socket.gethostbyname_ex(socket.gethostname())[2]
    except OSError:
        found = []
    return next((one for one in found if not one.startswith("127.")), "127.0.0.1")


def join_link(address: str, port: int, code: str = "") -> str:
    """Return the address at which participants join, that of one class with its code."""
    return f"http://{address}:{port}/class" + (f"/{code}" if code else "")


def view_link(lesson: Lesson, language: str, *, honest: bool = False) -> str:
    """Return the address, below this server, of a lesson's view of the demo; honest: of the view that tells the truth."""
    page, params = (lesson.honest_page, lesson.honest_params) if honest else (lesson.page, lesson.params)
    return f"/{'' if page == 'briefing' else page}?{urlencode({**params, 'store': 'demo', 'lang': language})}"
