"""Where the local run keeps its data: `.local` of the checkout, or of LOCAL_HOME."""

import fcntl
import json
import os
import secrets
import socket
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]


class AlreadyRuns(RuntimeError):
    """Another process runs on this data."""


class Files:
    """The paths below `home`/.local, made if need be."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.data = home / ".local"
        self.logs = self.data / "logs"
        self.clock = self.data / "clock"
        self.faults = self.data / "faults.json"
        self.limits = self.data / "limits"
        self.schedules = self.data / "schedules.json"
        self.consumers = self.data / "consumers.json"
        self.mail = self.data / "mail.jsonl"
        self.stripe = self.data / "stripe.sqlite"
        self.paypal = self.data / "paypal"
        self.logs.mkdir(parents=True, exist_ok=True)
        self._lock: int | None = None

    def lock(self) -> None:
        """Be the only one on this data until this process ends. Raises AlreadyRuns."""
        file = os.open(self.data / "run.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(file, 20).decode().strip()
            os.close(file)
            raise AlreadyRuns(
                f"process {holder} already runs this checkout: stop it first (make reset also does)"
            ) from None
        os.truncate(file, 0)
        os.pwrite(file, str(os.getpid()).encode(), 0)
        self._lock = file

    def port_for(self, name: str) -> int:
        """A free port for a neighbour of ours: the one it had the last time, if that is still free."""
        kept = self.data / "ports.json"
        try:
            ports: dict[str, int] = json.loads(kept.read_bytes())
        except (OSError, ValueError):
            ports = {}
        ports[name] = _free(ports.get(name, 0)) or _free(0)
        kept.write_text(json.dumps(ports))
        return ports[name]

    def secret(self, name: str, make: str | None = None) -> str:
        """A secret of this checkout, made at the first run (`make`, else random), readable by us alone."""
        kept = self.data / "secrets.json"
        try:
            known: dict[str, str] = json.loads(kept.read_bytes())
        except (OSError, ValueError):
            known = {}
        if name not in known:
            known[name] = make or secrets.token_urlsafe(24)
            with open(os.open(kept, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
                json.dump(known, file)
        return known[name]


def _free(wanted: int) -> int:
    """`wanted` if it is free, 0 if it is not; any free port for 0."""
    try:
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(("127.0.0.1", wanted))
            return int(tried.getsockname()[1])
    except OSError:
        return 0
