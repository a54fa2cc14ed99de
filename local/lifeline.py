"""Children die with their parent, however it dies: the kernel sends them a signal (Linux; elsewhere nothing happens).

`python -m local.lifeline COMMAND…` becomes COMMAND, which gets SIGTERM when whoever started it is gone: so that a killed
`make` leaves nothing behind that holds a port.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
# Loaded before any fork, and all that the child does between fork and exec is this call: safe beside other threads.
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def die_with_parent(by: signal.Signals = signal.SIGINT) -> Callable[[], None]:
    """A `preexec_fn` for subprocess.Popen: the child gets the signal `by` when the thread that started it ends.

    Start such children from the main thread.
    """
    parent = os.getpid()

    def tie() -> None:
        _tie(parent, by)

    return tie


def _tie(parent: int, by: signal.Signals) -> None:
    if _prctl is None:
        return
    _prctl(_PR_SET_PDEATHSIG, int(by), 0, 0, 0)
    # The parent may have died before the kernel knew.
    if os.getppid() != parent:
        os.kill(os.getpid(), by)


if __name__ == "__main__":
    # Not SIGINT: a shell makes its background jobs deaf to it.
    _tie(os.getppid(), signal.SIGTERM)
    os.execvp(sys.argv[1], sys.argv[1:])
