"""CPU and memory of the local run's processes, by what they are, from /proc (Linux)."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
# How a process of the local run is told by its command line, the first that fits.
_KINDS = (
    ("local.aws", "aws"),
    ("local.stripe", "stripe"),
    ("local.workers", "workers"),
    ("postgres", "postgres"),
)


class Processes:
    """The tree below the runner and below PostgreSQL's postmaster."""

    def __init__(self, runner: int, postmaster: int) -> None:
        self._roots = (runner, postmaster)

    def cpu(self) -> dict[str, float]:
        """CPU seconds so far of: functions, background, postgres, front, aws, stripe."""
        spent: dict[str, float] = {}
        for pid, kind in self._kinds().items():
            spent[kind] = spent.get(kind, 0.0) + _cpu(pid)
        return spent

    def memory(self, kind: str) -> list[float]:
        """Megabytes of each process of a kind: its own and its share of what it shares (PSS)."""
        return [_pss(pid) for pid, known in self._kinds().items() if known == kind]

    def environment(self, kind: str) -> dict[str, str]:
        """The environment that the first process of a kind was started with."""
        pid = next(pid for pid, known in self._kinds().items() if known == kind)
        pairs = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
        return dict(pair.split("=", 1) for pair in pairs if "=" in pair)

    def _kinds(self) -> dict[int, str]:
        children: dict[int, list[int]] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and (fields := _stat(int(entry.name))):
                children.setdefault(int(fields[1]), []).append(int(entry.name))
        found: dict[int, str] = {}
        waiting = list(self._roots)
        while waiting:
            pid = waiting.pop()
            found[pid] = _kind(pid)
            waiting += children.get(pid, ())
        return found


def _kind(pid: int) -> str:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return "gone"
    kind = next((kind for mark, kind in _KINDS if mark in command), "front")
    if kind == "workers":
        # The pools' workers differ in nothing but the log that they write.
        return "background" if "background" in os.path.realpath(f"/proc/{pid}/fd/1") else "functions"
    return kind


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _cpu(pid: int) -> float:
    fields = _stat(pid)
    # A postmaster's reaped backends count as its children's time, so that none is lost.
    return sum(int(field) for field in fields[11:15]) / _TICKS if fields else 0.0


def _pss(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)
