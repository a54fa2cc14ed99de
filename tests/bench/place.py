"""Where it is measured: a PostgreSQL that flushes to the disk, the shop in it, and the local run with two workers for requests.

`python -m tests.bench.place VARIABLES [--uncached]` brings it up and stays until Ctrl-C: for other load generators. VARIABLES is the
file that tells them the port, the processes, slugs and variants, a `name=value` or `name[]=value` a line.
"""

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from local import postgres
from local.children import stop
from local.database import Database
from local.files import CHECKOUT, Files
from local.postgres import places
from shared.migrations.provision import DatabaseUrls
from shared.platform import brands
from shared.platform import database as connections
from shared.platform.settings import forget
from tests.bench.processes import Processes
from tests.bench.shop import Shop, open_shop

HOME = CHECKOUT / ".local" / "bench"
WORKERS = 2
_START_SECONDS = 120.0
_SETTLE_SECONDS = 120
_POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Run:
    """The local run, serving on `port`."""

    port: int
    runner: int
    processes: Processes

    def settle(self) -> None:
        """Wait until outbox and queues are empty. Raises TimeoutError."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_SETTLE_SECONDS + 10)
        connection.request("POST", f"/_local/settle?timeout={_SETTLE_SECONDS}")
        answer = json.loads(connection.getresponse().read())
        connection.close()
        if not answer["settled"]:
            raise TimeoutError(f"not settled: {answer}")


@dataclass(frozen=True, slots=True)
class Ground:
    """The database and the shop in it."""

    files: Files
    server: postgres.PostgreSQL
    urls: DatabaseUrls
    shop: Shop

    def vacuum(self) -> None:
        """Do now what autovacuum would do at some time, and so within whatever is measured then."""
        with psycopg.connect(self.server.url_as("postgres", "comptoir"), autocommit=True) as admin:
            admin.execute("VACUUM ANALYZE")

    @contextmanager
    def run(self, *, keeps_answers: bool = True) -> Iterator[Run]:
        """The local run; without `keeps_answers` its functions keep no written answers."""
        port = self.files.port_for("http")
        log = (self.files.logs / "bench.log").open("wb")
        runner = subprocess.Popen(
            [sys.executable, "-m", "local"],
            env=os.environ
            | {
                "LOCAL_HOME": str(self.files.home),
                "PORT": str(port),
                "WORKERS": str(WORKERS),
                "KEEP_ANSWERS": "1" if keeps_answers else "0",
            },
            cwd=CHECKOUT,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            self._wait(runner, Path(log.name))
            assert self.server.pid
            processes = Processes(runner.pid, self.server.pid)
            yield Run(port, runner.pid, processes)
        finally:
            stop(runner, 60.0)
            log.close()

    def _wait(self, runner: "subprocess.Popen[bytes]", log: Path) -> None:
        until = time.monotonic() + _START_SECONDS
        while b"READY" not in log.read_bytes():
            if runner.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the local run did not start:\n{log.read_text()[-2000:]}")
            time.sleep(_POLL_SECONDS)
        # Handlers are imported while nothing else is to be done.
        time.sleep(5.0)


@contextmanager
def ground() -> Iterator[Ground]:
    """PostgreSQL, migrated, and the shop: new each time, so that no bench is slowed by what an earlier one left."""
    _clear()
    HOME.mkdir(parents=True)
    os.environ.pop("DATABASE_URL", None)
    files = Files(HOME)
    try:
        with postgres.PostgreSQL(postgres.home(HOME), files.port_for("postgres")) as server:
            # For the local run too, which then leaves the server alone.
            os.environ["DATABASE_URL"] = server.admin_url
            database = Database(files)
            database.start()
            shop = _shop(database.urls)
            made = Ground(files, server, database.urls, shop)
            made.vacuum()
            yield made
    finally:
        _clear()


def _clear() -> None:
    places.remove(HOME)
    shutil.rmtree(HOME, ignore_errors=True)


def _shop(urls: DatabaseUrls) -> Shop:
    os.environ.update(APP_DATABASE=urls.app, JOBS_DATABASE=urls.jobs)
    forget()
    brands.forget()
    try:
        return open_shop(urls.jobs)
    finally:
        connections.close_all()


def main(variables: Path, *, keeps_answers: bool) -> None:
    """Bring everything up, tell `variables`, stay."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with ground() as made, made.run(keeps_answers=keeps_answers) as run:
        told: list[tuple[str, Any]] = [
            ("port", run.port),
            ("runner", run.runner),
            ("postgres", made.server.pid),
        ]
        told += [("slugs[]", slug) for slug in made.shop.slugs]
        told += [("variants[]", variant) for variant in made.shop.variants]
        variables.write_text("".join(f"{name}={value}\n" for name, value in told))
        print(f"READY {run.port}", flush=True)
        signal.pause()


if __name__ == "__main__":
    main(Path(sys.argv[1]), keeps_answers="--uncached" not in sys.argv)
