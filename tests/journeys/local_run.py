"""The real local run, as `make run` starts it, for journeys: on a free port, with data of its own."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from local.files import CHECKOUT
from local.lifeline import die_with_parent
from local.postgres import places

_READY_SECONDS = 120.0
_STOP_SECONDS = 30.0
_SETTLE_SECONDS = 60


class LocalRun:
    """`with LocalRun(home).running():` serves at `url`; `http` is a client of it. The data below `home` outlives a run."""

    def __init__(self, home: Path, **env: str) -> None:
        self.home = home
        self._env = env
        self._process: subprocess.Popen[str] | None = None
        self._said: list[str] = []
        self.url = ""
        self.http = httpx.Client(timeout=60)

    @contextmanager
    def running(self) -> "Iterator[LocalRun]":
        """Start, and in the end stop as Ctrl-C does."""
        self.start()
        try:
            yield self
        finally:
            self.stop()

    def start(self, port: int = 0) -> None:
        """Start and wait for READY."""
        env = {**os.environ, **self._env, "PORT": str(port), "LOCAL_HOME": str(self.home)}
        self._said = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "local"],
            cwd=CHECKOUT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            # Tests that are killed leave nothing running.
            preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - see local.lifeline
        )
        threading.Thread(target=self._listen, args=[self._process], daemon=True).start()
        until = time.monotonic() + _READY_SECONDS
        while not (ready := next((line for line in self._said if line.startswith("READY ")), None)):
            if self._process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"not ready ({self._process.poll()}):\n{self.said}{self.logs()}")
            time.sleep(0.02)
        self.url = ready.split()[1]
        self.http = httpx.Client(base_url=self.url, timeout=60)

    def stop(self, by: signal.Signals = signal.SIGINT) -> int:
        """Ask it to stop, as Ctrl-C does; answers its exit status."""
        self.http.close()
        if self._process is None:
            return 0
        process, self._process = self._process, None
        process.send_signal(by)
        try:
            return process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            raise AssertionError(f"did not stop:\n{self.said}") from None

    def kill(self) -> None:
        """Kill it, with no chance to say goodbye."""
        assert self._process
        self._process.kill()
        self._process.wait()
        self._process = None

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process
        return self._process.pid

    @property
    def said(self) -> str:
        """What it has printed."""
        return "\n".join(self._said)

    def logs(self) -> str:
        """The ends of its logs."""
        logs = sorted((self.home / ".local" / "logs").glob("*"))
        return "".join(f"\n== {log.name}\n{log.read_text(errors='replace')[-2000:]}" for log in logs)

    def local(self, path: str, body: Any = None, method: str = "POST") -> Any:
        """A control of the local surface; answers its JSON."""
        answer = self.http.request(method, f"/_local{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def settle(self, seconds: int = _SETTLE_SECONDS) -> None:
        """Wait until nothing is on its way."""
        answer = self.http.post(f"/_local/settle?timeout={seconds}", timeout=seconds + 10)
        assert answer.is_success, answer.text + self.logs()

    def advance(self, seconds: float) -> None:
        """Move the one clock, and wait for what that makes happen."""
        self.local("/clock", {"advance_seconds": seconds})
        self.settle()

    def run_job(self, name: str) -> dict[str, Any]:
        """Run a scheduled job now."""
        return dict(self.local(f"/jobs/{name}", {}))

    def mails(self, to: str, template: str | None = None) -> list[dict[str, Any]]:
        """The captured mails to an address, newest first."""
        query = {"to": to} | ({"template": template} if template else {})
        return list(self.http.get("/_local/mail.json", params=query).json()["data"])

    def fault(
        self, function: str, step: str, action: str = "kill", times: int = 1, seconds: float = 1.0
    ) -> None:
        """Arm a fault at a named step of a function."""
        fault = {"function": function, "step": step, "action": action, "times": times, "seconds": seconds}
        self.local("/faults", {"steps": [fault]})

    def forget(self) -> None:
        """Delete what PostgreSQL keeps outside of `home`."""
        places.remove(self.home)

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout
        for line in process.stdout:
            self._said.append(line.rstrip("\n"))


def children_of(pid: int) -> list[int]:
    """The processes that a process has started and that live."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(entry.parent.name))
    return found


def is_alive(pid: int) -> bool:
    """Whether the process lives; the dead that nobody has buried do not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def state(run: LocalRun) -> str:
    """For messages of failed assertions: what waits where."""
    return json.dumps(run.local("/queues", method="GET"))
