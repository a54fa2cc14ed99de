"""Transaction poolers over a single server connection: a small one of ours, and PgBouncer where the machine has it.

Both give the one connection to whoever begins a transaction, for that transaction alone: so what a session would keep
(a setting, a prepared statement, a lock) is what the next client finds.
"""

import os
import shutil
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from local.lifeline import die_with_parent
from local.postgres import home
from local.postgres.installation import account
from local.postgres.places import enterable

_PGBOUNCER = shutil.which("pgbouncer", path=os.environ.get("PATH", "") + ":/usr/sbin")
_START_SECONDS = 20.0

_PROTOCOL_3 = 196608
_TERMINATE, _QUERY, _SYNC, _READY = b"X", b"Q", b"S", b"Z"
_READY_FOR_QUERY = b"Z\x00\x00\x00\x05I"
_AUTHENTICATED = b"R\x00\x00\x00\x08\x00\x00\x00\x00"
_ROLLBACK = b"Q" + struct.pack("!i", 13) + b"ROLLBACK\x00"
_STATUSES = ("server_version", "client_encoding", "standard_conforming_strings", "TimeZone", "DateStyle")


@contextmanager
def small_pooler(url: str) -> Iterator[str]:
    """A pooler of ours before the database `url`: its URL."""
    with psycopg.connect(url, autocommit=True) as server, socket.create_server(("127.0.0.1", 0)) as listener:
        pool = _Pool(server)
        threading.Thread(target=pool.accept, args=[listener], daemon=True).start()
        yield _at(url, listener.getsockname()[1])


class _Pool:
    def __init__(self, server: psycopg.Connection) -> None:
        self._server = socket.socket(fileno=os.dup(server.fileno()))
        self._server.setblocking(True)
        self._server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._statuses = b"".join(
            _message(b"S", f"{name}\0{server.info.parameter_status(name)}\0".encode()) for name in _STATUSES
        )
        self._turn = threading.Lock()

    def accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            try:
                self._greet(client)
                while (message := _read(client))[0:1] != _TERMINATE:
                    with self._turn:
                        self._transaction(client, message)
            except (ConnectionError, EOFError):
                return

    def _greet(self, client: socket.socket) -> None:
        while struct.unpack("!ii", (start := _exactly(client, 8)))[1] != _PROTOCOL_3:
            client.sendall(b"N")  # Neither TLS nor GSSAPI.
        _exactly(client, struct.unpack("!i", start[:4])[0] - 8)
        client.sendall(_AUTHENTICATED + self._statuses + _READY_FOR_QUERY)

    def _transaction(self, client: socket.socket, message: bytes) -> None:
        """Forward from the first message to the end of the transaction."""
        idle = False
        try:
            while not idle:
                self._server.sendall(message)
                if message[0:1] in (_QUERY, _SYNC):
                    idle = self._answer(client)
                if not idle:
                    message = _read(client)
                    if message[0:1] == _TERMINATE:
                        raise EOFError
        except (ConnectionError, EOFError):
            self._server.sendall(_ROLLBACK)
            while _read(self._server)[0:1] != _READY:
                pass
            raise

    def _answer(self, client: socket.socket) -> bool:
        """Forward the server's answer; whether no transaction is open after it."""
        while (answer := _read(self._server))[0:1] != _READY:
            client.sendall(answer)
        client.sendall(answer)
        return answer.endswith(b"I")


@contextmanager
def pgbouncer(url: str) -> Iterator[str]:
    """PgBouncer in transaction mode before the database `url`: its URL."""
    parts = urlsplit(url)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder = home() / "tests" / f"pgbouncer-{os.getpid()}-{port}"
    enterable(folder.parent)
    enterable(folder)
    try:
        _configure(
            folder,
            parts.hostname or "",
            parts.port or 0,
            port,
            parts.path[1:],
            parts.username,
            parts.password,
        )
        bouncing = subprocess.Popen(
            [_PGBOUNCER or "pgbouncer", "-q", folder / "pgbouncer.ini"],
            cwd=folder, preexec_fn=die_with_parent(), **account().popen,  # noqa: PLW1509 - see lifeline
        )  # fmt: skip
        try:
            _wait_for(port)
            yield _at(url, port)
        finally:
            bouncing.kill()
            bouncing.wait()
    finally:
        shutil.rmtree(folder)


def _configure(
    folder: Path,
    host: str,
    server_port: int,
    port: int,
    database: str,
    user: str | None,
    password: str | None,
) -> None:
    (folder / "users.txt").write_text(f'"{user}" "{password}"\n')
    (folder / "pgbouncer.ini").write_text(
        f"""
        [databases]
        {database} = host={host} port={server_port} dbname={database}
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = {port}
        unix_socket_dir =
        auth_type = scram-sha-256
        auth_file = {folder}/users.txt
        pool_mode = transaction
        default_pool_size = 1
        """.replace("        ", "")
    )
    for file in folder.iterdir():
        os.chown(file, account().uid, account().gid)


def _wait_for(port: int) -> None:
    until = time.monotonic() + _START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def _at(url: str, port: int) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{port}"))


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body


def _read(source: socket.socket) -> bytes:
    head = _exactly(source, 5)
    return head + _exactly(source, struct.unpack("!i", head[1:])[0] - 4)


def _exactly(source: socket.socket, size: int) -> bytes:
    got = bytearray()
    while len(got) < size:
        part = source.recv(size - len(got))
        if not part:
            raise EOFError
        got += part
    return bytes(got)


POOLERS: dict[str, Callable[[str], AbstractContextManager[str]]] = {"ours": small_pooler}
if _PGBOUNCER:
    POOLERS["pgbouncer"] = pgbouncer
