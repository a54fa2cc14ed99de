"""The one clock: CLOCK_FILE holds the seconds (little-endian float64) to add to the real time."""

import mmap
import os
import struct
import time
from functools import cache

_OFFSET = struct.Struct("<d")


@cache
def _offset() -> mmap.mmap | None:
    path = os.environ.get("CLOCK_FILE")
    if not path:
        return None
    with open(path, "rb") as file:
        return mmap.mmap(file.fileno(), _OFFSET.size, access=mmap.ACCESS_READ)


def now() -> int:
    """Epoch seconds, as every Stripe timestamp is."""
    moved = _offset()
    return int(time.time() + (_OFFSET.unpack_from(moved)[0] if moved else 0.0))
