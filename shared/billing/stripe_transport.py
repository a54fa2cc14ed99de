"""The `stripe` library, over the HTTP client of Python's standard library.

When it is imported, the library looks for other HTTP libraries and imports those it finds: a third of its cold start, in the
function that takes the money. Over ours, a call costs half of what it costs over them.
"""

import http.client
import select
import socket
import ssl
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, cast
from urllib.parse import urlsplit


@contextmanager
def _unseen(*libraries: str) -> Iterator[None]:
    hidden = [name for name in libraries if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


with _unseen("requests", "httpx", "aiohttp", "pycurl"):
    import stripe

__all__ = ["Transport", "stripe"]


class Transport(stripe.HTTPClient):
    """Keeps one connection to each host. `connect` and `read` are the longest waits for either, in seconds."""

    name = "http.client"

    def __init__(self, connect: float, read: float) -> None:
        super().__init__()
        self._connect, self._read = connect, read
        self._kept: dict[str, http.client.HTTPConnection] = {}

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        """What the library asks of its HTTP client. Raises stripe.APIConnectionError."""
        try:
            return self._sent(method, url, dict(headers or {}), post_data)
        except (OSError, http.client.HTTPException, UnicodeDecodeError) as error:
            raise stripe.APIConnectionError(f"{type(error).__name__}: {error}") from error  # type: ignore[no-untyped-call]

    def close(self) -> None:
        """Let go of the connections."""
        for connection in self._kept.values():
            connection.close()
        self._kept.clear()

    def _sent(
        self, method: str, url: str, headers: dict[str, str], body: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        parts = urlsplit(url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection = self._kept.pop(parts.netloc, None)
        if connection is None or _was_closed(connection.sock):
            connection = self._opened(parts.scheme, parts.hostname or "", parts.port)
        try:
            answer = self._answer(connection, method, target, headers, body)
        except BaseException:
            connection.close()
            raise
        self._kept[parts.netloc] = connection
        return answer

    @staticmethod
    def _answer(
        connection: http.client.HTTPConnection, method: str, target: str, headers: dict[str, str], body: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        connection.request(method.upper(), target, body, headers)
        response = connection.getresponse()
        # It is one in all but its type, and knows its names whatever their case.
        told = cast(Mapping[str, str], response.headers)
        return response.read().decode(), response.status, told

    def _opened(self, scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
        connection = (
            http.client.HTTPConnection(host, port, timeout=self._connect)
            if scheme == "http"
            else http.client.HTTPSConnection(host, port, timeout=self._connect, context=_verifying())
        )
        connection.connect()
        connection.sock.settimeout(self._read)
        return connection


def _was_closed(kept: socket.socket | None) -> bool:
    """Whether the host has closed it while it was idle, when nothing else could be there to read. What is closed later, on a
    request that was sent, is not sent again: that is for the caller to decide."""
    if kept is None:
        return True
    looking = select.poll()
    looking.register(kept, select.POLLIN)
    return bool(looking.poll(0))


@cache
def _verifying() -> ssl.SSLContext:
    """By the authorities that the library trusts."""
    return ssl.create_default_context(cafile=stripe.ca_bundle_path)
