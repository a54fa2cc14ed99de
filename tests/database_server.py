"""The PostgreSQL of one test run: a copy of an already migrated cluster, gone when pytest is.

`python -m tests.database_server FOLDER PID` serves until the process PID ends. Nothing is flushed to the disk.
"""

import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from local.postgres import PostgreSQL, home
from local.postgres.installation import DEFAULT_MAJOR, major_version
from local.postgres.ownership import alive, stop_orphan
from local.postgres.places import CHECKOUT, enterable

_START_SECONDS = 120.0
_POLL_SECONDS = 0.05
_CLUSTERS_KEPT = 3
_MAKES_THE_CLUSTER = ("shared/migrations", "local/postgres")


@dataclass(frozen=True, slots=True)
class TestServer:
    """A running server: the superuser's URL, and the password of each role."""

    __test__ = False
    admin_url: str
    passwords: dict[str, str]


def folder_of(controller: int) -> Path:
    """Where the run that the pytest process `controller` began keeps its server."""
    tests = home() / "tests"
    enterable(tests)
    return tests / f"run-{controller}"


def server_of(controller: int) -> TestServer:
    """The run's server, started by the first worker that asks."""
    folder = folder_of(controller)
    enterable(folder)
    with _locked(folder / "starting"):
        if not (folder / "ready.json").exists():
            _start(folder, controller)
    return TestServer(**json.loads((folder / "ready.json").read_text()))


def stop(controller: int) -> None:
    """End the run's server, if it has one, and delete its files."""
    folder = folder_of(controller)
    if not folder.exists():
        return
    if (folder / "ready.json").exists():
        serving = int((folder / "pid").read_text())
        with suppress(ProcessLookupError):
            os.kill(serving, signal.SIGTERM)
        until = time.monotonic() + _START_SECONDS
        while folder.exists() and alive(serving) and time.monotonic() < until:
            time.sleep(_POLL_SECONDS)
    shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path, controller: int) -> None:
    log = folder / "log"
    with log.open("wb") as output:
        serving = subprocess.Popen(
            [sys.executable, "-m", "tests.database_server", str(folder), str(controller)],
            cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
    (folder / "pid").write_text(str(serving.pid))
    until = time.monotonic() + _START_SECONDS
    while not (folder / "ready.json").exists():
        if serving.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"the tests' database did not start:\n{log.read_text()[-4000:]}")
        time.sleep(_POLL_SECONDS)


def _serve(folder: Path, controller: int) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        _copy(_migrated_cluster(), folder / "server")
        with PostgreSQL(folder / "server", durable=False) as server:
            found = {"admin_url": server.admin_url, "passwords": server.passwords()}
            (folder / "ready.new").write_text(json.dumps(found))
            (folder / "ready.new").rename(folder / "ready.json")
            while alive(controller):
                time.sleep(0.3)
    finally:
        if (folder / "ready.json").exists():
            shutil.rmtree(folder, ignore_errors=True)


def _migrated_cluster() -> Path:
    """A cluster with the migrated database, made once for each state of what makes it."""
    tests = home() / "tests"
    with _locked(tests / "lock"):
        _forget_dead_runs(tests)
        cluster = tests / f"cluster-{major_version()}-{_fingerprint()}"
        if not cluster.exists():
            unfinished = tests / "unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            from shared.migrations.upgrade import upgrade  # Half a second, and seldom needed.

            with PostgreSQL(unfinished, durable=False) as server:
                upgrade(server.urls.owner)
            unfinished.rename(cluster)
        os.utime(cluster)
        for old in sorted(tests.glob("cluster-*"), key=lambda path: path.stat().st_mtime)[:-_CLUSTERS_KEPT]:
            shutil.rmtree(old, ignore_errors=True)
        return cluster


def _forget_dead_runs(tests: Path) -> None:
    for run in tests.glob("run-*"):
        if not alive(int(run.name.removeprefix("run-"))):
            for data in run.glob("server/[0-9][0-9]"):
                stop_orphan(data)
            shutil.rmtree(run, ignore_errors=True)


def _fingerprint() -> str:
    digest = hashlib.sha256(str(DEFAULT_MAJOR).encode())
    for place in _MAKES_THE_CLUSTER:
        for path in sorted((CHECKOUT / place).rglob("*")):
            if path.suffix in {".py", ".sql"}:
                digest.update(str(path.relative_to(CHECKOUT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def _copy(cluster: Path, to: Path) -> None:
    # Keeps owners, which shutil does not.
    subprocess.run(["cp", "-a", cluster, to], check=True)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), int(sys.argv[2]))
