"""Child processes that never outlive the runner, not even when it is killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from local.lifeline import die_with_parent

_LOG_BYTES_KEPT = 32 * 1024 * 1024


def python(
    module: str,
    arguments: Sequence[str],
    env: Mapping[str, str],
    log: IO[bytes] | None,
    pass_fds: Sequence[int] = (),
) -> "subprocess.Popen[bytes]":
    """Start `python -m module arguments`, deaf to the terminal's Ctrl-C; `log` None means the runner's own terminal.

    To be called from the main thread: a child dies with the thread that started it.
    """
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        pass_fds=pass_fds,
        start_new_session=True,
        preexec_fn=die_with_parent(signal.SIGKILL),  # noqa: PLW1509 - see lifeline
    )


def open_log(path: Path) -> IO[bytes]:
    """A log to append to; one that has grown large is set aside first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > _LOG_BYTES_KEPT:
        os.replace(path, path.with_suffix(".old" + path.suffix))
    return path.open("ab", buffering=0)


def stop(child: "subprocess.Popen[bytes]", seconds: float = 5.0) -> None:
    """Ask the child to end, and end it when it has not after `seconds`."""
    if child.poll() is not None:
        return
    child.terminate()
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
