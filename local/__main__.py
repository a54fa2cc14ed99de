"""`python -m local` (what `make run` does): start everything, print READY and the addresses, stay until Ctrl-C."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psycopg
import uvloop

from local import environment
from local.aws.client import AwsFailed
from local.clock import MovableClock
from local.database import Database
from local.files import CHECKOUT, AlreadyRuns, Files
from local.neighbours import NeighbourFailed, Neighbours
from local.postgres import PostgresFailed
from local.progress import complain, doing, say
from local.runner import Runner
from local.templates.intrinsics import TemplateError

_DEFAULT_PORT = 3000
# A closed terminal says it several ways at once; a second Ctrl-C is a person's.
_IMPATIENT_AFTER_SECONDS = 0.5
_LOGINS = (
    "admin@demo.test",
    "manager@demo.test",
    "support@demo.test",
    "ada@demo.test",
    "owner@partner.test",
)
_PASSWORD = "demo-Passw0rd!"
_FAILURES = (PostgresFailed, NeighbourFailed, TemplateError, AwsFailed, AlreadyRuns, psycopg.Error)


class PortTaken(RuntimeError):
    """Something else listens there."""


def main() -> int:
    """The exit status: 0 after Ctrl-C, 1 when it could not run (on), 130 when it was stopped before it was ready."""
    database: Database | None = None
    try:
        files = Files(Path(os.environ.get("LOCAL_HOME") or CHECKOUT))
        files.lock()
        listening = _listen(int(os.environ.get("PORT") or _DEFAULT_PORT))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        clock = MovableClock(files.clock)
        neighbours = Neighbours(files, url, environment.webhook_secret(files))
        try:
            database = Database(files)
            database.start()
            return uvloop.run(_run(files, clock, neighbours, database, listening, url))
        finally:
            neighbours.stop()
    except (*_FAILURES, PortTaken) as error:
        complain(f"{error}")
        return 1
    except KeyboardInterrupt:
        return 130
    except subprocess.CalledProcessError as error:
        complain(f"the demo shop could not be loaded:\n{error.stderr}")
        return 1
    finally:
        if database:
            database.stop()


def _listen(port: int) -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
        listening.listen(2048)
    except OSError as error:
        raise PortTaken(
            f"port {port} is taken ({error.strerror}): stop what listens there, or set PORT to another one"
        ) from None
    return listening


async def _run(
    files: Files,
    clock: MovableClock,
    neighbours: Neighbours,
    database: Database,
    listening: socket.socket,
    url: str,
) -> int:
    settings = environment.Settings(
        public_url=url,
        aws_url=neighbours.aws.url,
        stripe_url=neighbours.stripe_url,
        paypal_url=neighbours.paypal_url,
        paypal_authority=str(files.paypal / "authority.pem"),
        urls=database.urls,
        webhook_secret=environment.webhook_secret(files),
        master_key=environment.master_key(files),
    )
    stopping = asyncio.Event()
    _hear_signals(stopping)
    with doing("starting the local services"):
        await neighbours.wait()
    links = _links(url)
    runner = Runner(files, clock, neighbours, settings, _facts(url, links))
    with doing("starting the functions"):
        await runner.start(listening)
    _announce(url, links)
    runner.warm()
    watching = asyncio.create_task(runner.watch(database.is_up))
    waiting = asyncio.create_task(stopping.wait())
    await asyncio.wait([watching, waiting], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if watching.done():
        failure = watching.exception()
        complain(
            str(failure) if isinstance(failure, _FAILURES) else repr(failure or "the database has ended")
        )
        return 1
    watching.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watching
    say("stopping …")
    await runner.stop()
    return 0


def _hear_signals(stopping: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    asked_at = 0.0

    def stop() -> None:
        nonlocal asked_at
        if not stopping.is_set():
            asked_at = loop.time()
            stopping.set()
        elif loop.time() - asked_at > _IMPATIENT_AFTER_SECONDS:
            # What is under way is cut off; children die with us.
            os._exit(1)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop)


def _links(url: str) -> list[tuple[str, str]]:
    return [
        ("API", f"{url}/v1"),
        ("Docs", f"{url}/v1/docs"),
        ("Mail", f"{url}/_local/mail"),
        ("Local run", f"{url}/_local"),
    ]


def _facts(url: str, links: list[tuple[str, str]]) -> dict[str, object]:
    return {"url": url, "links": links, "logins": _LOGINS, "password": _PASSWORD}


def _announce(url: str, links: list[tuple[str, str]]) -> None:
    say(f"READY {url}\n")
    for name, address in links:
        say(f"  {name:<10} {address}")
    say(f"\n  Demo logins, all with the password {_PASSWORD}")
    for login in _LOGINS:
        say(f"  {login}")
    say("\nCtrl-C stops it; the data stays. make reset forgets it.")


if __name__ == "__main__":
    sys.exit(main())
