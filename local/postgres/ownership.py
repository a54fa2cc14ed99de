"""Which process a cluster belongs to: the launcher's lock, PostgreSQL's pid file, and what a killed launcher left."""

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from local.postgres.installation import PostgresFailed

# Each signal, and how long it is given: a fast shutdown, an immediate one (recovers at the next start), none at all.
_WAYS_TO_END = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
_POLL_SECONDS = 0.02
# Somebody who was just killed, or is about to end, may be waited for.
_HOLDER_ENDS_SECONDS = 2.0
_BACKENDS_END_SECONDS = 5.0
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
        until = time.monotonic() + _HOLDER_ENDS_SECONDS
        while not _locked(file):
            if time.monotonic() > until:
                holder = os.read(file, 20).decode().strip()
                os.close(file)
                raise AlreadyRunning(
                    f"process {holder} already runs the database of this checkout: stop it first"
                )
            time.sleep(_POLL_SECONDS)
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
        return None if _locked(file) else int(os.read(file, 20))
    finally:
        os.close(file)


def _locked(file: int) -> bool:
    """Take the lock if it is free."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_ready(data: Path, pid: int) -> bool:
    """Whether the server `pid` of this cluster accepts connections."""
    lines = _pid_file(data)
    return (
        len(lines) > _STATUS_LINE and lines[_PID_LINE] == str(pid) and lines[_STATUS_LINE].strip() == "ready"
    )


def stop_orphan(data: Path) -> None:
    """End what a killed launcher left on this cluster, so that PostgreSQL can start on it."""
    lines = _pid_file(data)
    if not lines or not lines[_PID_LINE].isdigit():
        return
    pid = int(lines[_PID_LINE])
    for way, seconds in _WAYS_TO_END:
        if not _serves(pid, data):
            break
        _signal([pid], way)
        _wait_while(lambda: _serves(pid, data), seconds)
    else:
        if _serves(pid, data):
            raise PostgresFailed(
                f"the PostgreSQL left by an earlier run (process {pid}) does not end: kill it"
            )
    if not _wait_while(lambda: _backends(data), _BACKENDS_END_SECONDS):
        _signal(_backends(data), signal.SIGKILL)
        _wait_while(lambda: _backends(data), _BACKENDS_END_SECONDS)
    if _exists(pid):
        # The number is now another's, or a dead one's whose parent has not asked: PostgreSQL would take it for a server.
        (data / "postmaster.pid").unlink(missing_ok=True)


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


def alive(pid: int) -> bool:
    """Whether there is a process of this number that has not ended."""
    if not _exists(pid):
        return False
    try:
        # After the name, which may hold anything: Z is an ended process whose parent has not asked yet.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        # Ended meanwhile, or a system without /proc.
        return _exists(pid)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _pid_file(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text().split("\n")
    except FileNotFoundError:
        return []


def _signal(pids: list[int], way: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, way)


def _wait_while(busy: Callable[[], object], seconds: float) -> bool:
    """Whether it came to an end in time."""
    until = time.monotonic() + seconds
    while busy():
        if time.monotonic() > until:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def _serves(pid: int, data: Path) -> bool:
    """Whether `pid` is a living postgres of this cluster, and not somebody who got the number of a dead one."""
    if not alive(pid):
        return False
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        # No /proc (macOS), or it has just ended.
        arguments = subprocess.run(
            ["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, check=False
        ).stdout
    return os.fsencode(data) in arguments


def _backends(data: Path) -> list[int]:
    """The processes that work in this cluster: after their server was killed they leave by themselves, soon."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cwd").readlink() == data:
                found.append(int(process.name))
    return found
