"""Which process a cluster belongs to: the launcher's lock, PostgreSQL's pid file, and what a killed launcher left."""

import fcntl
import os
import signal
import subprocess
import time
from pathlib import Path

from local.postgres.installation import PostgresFailed

# Each signal, and how long it is given: a fast shutdown, an immediate one (recovers at the next start), none at all.
_WAYS_TO_END = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
_POLL_SECONDS = 0.02
# The lines of postmaster.pid.
_PID_LINE, _STATUS_LINE = 0, 7


class AlreadyRunning(PostgresFailed):
    """Another living process runs this cluster."""


class Lock:
    """Held by the launcher while its server runs; the kernel lets go of it when the launcher dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def take(self) -> None:
        """Raises AlreadyRunning, which names the holder's process."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(file, 20).decode().strip()
            os.close(file)
            raise AlreadyRunning(
                f"process {holder} already runs the database of this checkout: stop it first"
            ) from None
        os.truncate(file, 0)
        os.pwrite(file, str(os.getpid()).encode(), 0)
        self._file = file

    def release(self) -> None:
        """Let the next one have it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def holder(path: Path) -> int | None:
    """The process that holds the lock at `path`, or None."""
    try:
        file = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return int(os.read(file, 20))
    finally:
        os.close(file)
    return None


def is_ready(data: Path, pid: int) -> bool:
    """Whether the server `pid` of this cluster accepts connections."""
    lines = _pid_file(data)
    return (
        len(lines) > _STATUS_LINE and lines[_PID_LINE] == str(pid) and lines[_STATUS_LINE].strip() == "ready"
    )


def stop_orphan(data: Path) -> None:
    """End the server that a killed launcher left on this cluster; forget a pid file whose number is now another's."""
    lines = _pid_file(data)
    if not lines or not lines[_PID_LINE].strip("-").isdigit():
        return
    pid = abs(int(lines[_PID_LINE]))
    if not alive(pid):
        return
    if not _serves(pid, data):
        (data / "postmaster.pid").unlink(missing_ok=True)
        return
    for way, seconds in _WAYS_TO_END:
        _signal(pid, way)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if not (alive(pid) and _serves(pid, data)):
                return
            time.sleep(_POLL_SECONDS)
    raise PostgresFailed(f"the PostgreSQL left by an earlier run (process {pid}) does not end: kill it")


def end(process: "subprocess.Popen[bytes]") -> None:
    """Stop our own server."""
    for way, seconds in _WAYS_TO_END:
        if process.poll() is None:
            process.send_signal(way)
        try:
            process.wait(seconds)
            return
        except subprocess.TimeoutExpired:
            continue


def _pid_file(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text().split("\n")
    except FileNotFoundError:
        return []


def alive(pid: int) -> bool:
    """Whether there is a process of this number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _signal(pid: int, way: signal.Signals) -> None:
    try:
        os.kill(pid, way)
    except ProcessLookupError:
        return


def _serves(pid: int, data: Path) -> bool:
    """Whether `pid` is a postgres of this cluster, and not somebody who got the number of a dead one."""
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        # No /proc (macOS), or it has just ended.
        arguments = subprocess.run(
            ["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, check=False
        ).stdout
    return os.fsencode(data) in arguments
