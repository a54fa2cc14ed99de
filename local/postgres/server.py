"""One PostgreSQL server of our own on a loopback port, for as long as the process that started it lives."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Self

from local.lifeline import die_with_parent
from local.postgres import ownership, places
from local.postgres.installation import PostgresFailed, account, binaries, major_version
from shared.migrations.provision import ROLES, DatabaseUrls, provision, url_as

HOST = "127.0.0.1"
ADMIN = "postgres"

_START_SECONDS = 60.0
_POLL_SECONDS = 0.02
_LOG_TAIL = 2_000
_LOG_KEPT = 10_000_000

_SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "huge_pages": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "checkpoint_timeout": "15min",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
    "default_text_search_config": "pg_catalog.simple",
}
# What is lost with the machine may be lost: a test's data does not outlive the test.
_FLEETING = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum_naptime": "10s",
}


class PortTaken(PostgresFailed):
    """Something else listens on the port."""


class PostgreSQL:
    """`with PostgreSQL(home) as server:` starts, and in the end stops, the server whose files lie below `home`.

    `home` is from `places.home()` or any folder that `account()` reaches. `port` 0 takes a free one. `durable=False`
    is for tests: nothing is flushed to the disk. `urls` are those of the database comptoir, once started; `admin_url`
    is the superuser's. Start it from the main thread: it dies, cleanly, with the thread that started it.
    """

    def __init__(self, home: Path, port: int = 0, *, durable: bool = True, major: int | None = None) -> None:
        self.major = major or major_version()
        self.home = home
        self.data = home / str(self.major)
        self.log = home / f"{self.major}.log"
        self.port = port
        self.urls: DatabaseUrls
        self._durable = durable
        self._lock = ownership.Lock(home / f"{self.major}.lock")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The server's process, while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def admin_url(self) -> str:
        """The superuser's URL of the database `postgres`: for making databases, never for functions."""
        return self.url_as(ADMIN, ADMIN)

    def url_as(self, role: str, database: str) -> str:
        """The URL of `database` for `role`, one of the three or the superuser."""
        return url_as(f"postgresql://{HOST}:{self.port}", role, self.passwords()[role], database)

    def start(self) -> None:
        """Make the cluster if there is none, start, make roles and database. Raises PostgresFailed, PortTaken."""
        places.enterable(self.home)
        self._lock.take()
        try:
            ownership.stop_orphan(self.data)
            folder = binaries(self.major, places.home())
            if not self.data.exists():
                self._make_cluster(folder)
            self.port = self.port or _free_port()
            self._run(folder)
            self.urls = provision(self.admin_url, self.passwords())
        except OSError as error:
            self.stop()
            who = f"uid {account().uid}" if account().switched else "us"
            raise PostgresFailed(f"PostgreSQL could not be run as {who} in {self.home}: {error}") from error
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Disconnect everybody, write everything, end. Does nothing when it does not run."""
        if self._process is not None:
            ownership.end(self._process)
            self._process = None
        self._lock.release()

    def _make_cluster(self, folder: Path) -> None:
        unfinished = self.home / f"{self.major}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        os.chown(unfinished, account().uid, account().gid)
        # PostgreSQL 17 brought locales that do not depend on the machine's.
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        locale = builtin if self.major >= 17 else [f"--locale={_utf8_locale()}"]
        flush = [] if self._durable else ["--no-sync"]
        secret = self.home / f"{self.major}.password"
        with open(os.open(secret, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            file.write(self.passwords()[ADMIN])
        os.chown(secret, account().uid, account().gid)
        made = subprocess.run(
            [folder / "initdb", "-D", unfinished, "-U", ADMIN, "-E", "UTF8", f"--pwfile={secret}",
             "--auth=scram-sha-256", *locale, *flush],
            check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=self.home,
            env=_environment(), **account().popen,
        )  # fmt: skip
        secret.unlink()
        if made.returncode:
            raise PostgresFailed(f"initdb failed:\n{made.stdout[-_LOG_TAIL:]}{made.stderr[-_LOG_TAIL:]}")
        (unfinished / "pg_hba.conf").write_text(f"host all all {HOST}/32 scram-sha-256\n")
        unfinished.rename(self.data)

    def _run(self, folder: Path) -> None:
        _refuse_taken(self.port)
        if self.log.exists() and self.log.stat().st_size > _LOG_KEPT:
            self.log.unlink()
        until = time.monotonic() + _START_SECONDS
        while not self._try_to_run(folder, until):
            # Backends of a killed server are still leaving; it would be unsafe to start beside them.
            if time.monotonic() > until:
                raise PostgresFailed(f"PostgreSQL did not start: {self._said(0)}")
            time.sleep(0.1)

    def _try_to_run(self, folder: Path, until: float) -> bool:
        """False when it may be tried again."""
        settings = _SETTINGS | ({} if self._durable else _FLEETING) | {"port": str(self.port)}
        with self.log.open("ab") as log:
            before = log.tell()
            self._process = subprocess.Popen(
                [folder / "postgres", "-D", self.data, *(f"-c{name}={value}" for name, value in settings.items())],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.home, env=_environment(),
                # Ctrl-C in the terminal is for the one who started us: the database is the last to go.
                start_new_session=True, preexec_fn=die_with_parent(), **account().popen,  # noqa: PLW1509 - see lifeline
            )  # fmt: skip
        while time.monotonic() < until:
            if self._process.poll() is not None:
                said = self._said(before)
                if "pre-existing shared memory block" in said:
                    return False
                if "could not bind" in said:
                    raise PortTaken(_taken(self.port))
                raise PostgresFailed(f"PostgreSQL did not start:\n{said}")
            if ownership.is_ready(self.data, self._process.pid):
                return True
            time.sleep(_POLL_SECONDS)
        raise PostgresFailed(f"PostgreSQL was not ready after {_START_SECONDS:.0f} s; see {self.log}")

    def _said(self, since: int) -> str:
        return self.log.read_bytes()[since:][-_LOG_TAIL:].decode(errors="replace")

    def passwords(self) -> dict[str, str]:
        """By role; made at the first start, readable by us alone."""
        kept = self.home / "passwords.json"
        if not kept.exists():
            made = json.dumps({role: secrets.token_urlsafe(18) for role in (ADMIN, *ROLES)})
            with open(os.open(kept, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
                file.write(made)
        found: dict[str, str] = json.loads(kept.read_text())
        return found


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _utf8_locale() -> str:
    known = (
        subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout.lower().split()
    )
    return "C.UTF-8" if {"c.utf8", "c.utf-8"} & set(known) else "C"


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def _refuse_taken(port: int) -> None:
    try:
        socket.create_server((HOST, port)).close()
    except OSError as error:
        raise PortTaken(_taken(port)) from error


def _taken(port: int) -> str:
    return f"port {port} on {HOST}, wanted by PostgreSQL, is taken: stop what listens there, or choose another port"
