"""Numbers of documents are never kept: only a hash under a key of this installation, by which two records can be compared."""
import hmac
import os
import re
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes

from crm_core.store.record import RecordStore

Keyed = Callable[[str], str | None]
FILE = "secret"


def keyed(home: Path) -> Keyed:
    """Return the function from a document's number to its hash (64 hexadecimal digits), None for nothing.

    The key is read, or made, when the first number is hashed: file `secret` in `home`, which only its owner may read.
    """
    key: list[bytes] = []

    def hashed(number: str) -> str | None:
        plain = re.sub(r"[\W_]+", "", number).upper()
        if not plain:
            return None
        if not key:
            key.append(_key(home / FILE))
        return hmac.new(key[0], plain.encode(), sha256).hexdigest()
    return hashed


def home_of(store: RecordStore) -> Path:
    """Return the folder in which a store keeps its secret: its own for SQLite, the installation's for a server."""
    from crm_core import settings

    path = store.engine.url.database if store.engine.dialect.name == "sqlite" else None
    return Path(path).parent if path else settings.read("hotel").home


def _key(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = path.with_name(f"{FILE}.{os.getpid()}")  # written apart, so that nobody reads half a key
    with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(token_bytes(32))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):  # another process was first: its key counts
        os.link(whole, path)
    whole.unlink()
    return path.read_bytes()
