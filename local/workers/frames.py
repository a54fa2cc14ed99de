"""How the runner and its workers talk over a socket pair: length, kind, payload."""

import struct
from enum import IntEnum

HEADER = struct.Struct(">IB")


class Kind(IntEnum):
    """What a frame holds. To a worker: INVOKE and PRELOAD; from it: the others."""

    INVOKE = 1
    PRELOAD = 2
    HTTP = 3
    VALUE = 4
    ERROR = 5
    LOADED = 6
    # Never sent: how the runner itself reports an invocation without an answer.
    CRASHED = 7
    TIMED_OUT = 8


def pack(kind: Kind, payload: bytes) -> bytes:
    """One frame."""
    return HEADER.pack(len(payload), kind) + payload
