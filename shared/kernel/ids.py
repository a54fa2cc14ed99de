"""Identifiers: UUIDv7 (RFC 9562 §5.7), so that new rows land at the end of their index."""

import os
from datetime import datetime
from uuid import UUID

_VERSION_7 = 0x7 << 76
_VARIANT_RFC = 0b10 << 62
_RANDOM_BITS = (1 << 76) - 1
_LOW_62 = (1 << 62) - 1


def new_id(now: datetime) -> UUID:
    """A UUIDv7: 48 bits of Unix milliseconds of `now` (aware), 74 random bits."""
    milliseconds = int(now.timestamp() * 1000) & 0xFFFFFFFFFFFF
    random = int.from_bytes(os.urandom(10)) & _RANDOM_BITS
    return UUID(
        int=milliseconds << 80 | _VERSION_7 | (random >> 62 & 0xFFF) << 64 | _VARIANT_RFC | random & _LOW_62
    )


def earliest_id(at: datetime) -> UUID:
    """Below every id that `new_id` gives from the moment `at` (aware) on, above those before its millisecond: rows that were made in a
    time lie side by side in an index of ids."""
    return UUID(int=(max(0, int(at.timestamp() * 1000)) & 0xFFFFFFFFFFFF) << 80)
