"""Connections to a provider's hosts, kept between calls. Only what Python brings along: other HTTP libraries cost a cold start."""

import http.client
import select
import socket
import ssl
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, cast
from urllib.parse import urlsplit


class HttpAnswer(NamedTuple):
    """What a host answered. `headers` know their names whatever their case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Connections:
    """Keeps one connection to each host. `connect` and `read` are the longest waits for either, in seconds; `verifying` gives the
    context by which a host's certificate is checked."""

    def __init__(self, connect: float, read: float, verifying: Callable[[], ssl.SSLContext]) -> None:
        self._connect, self._read, self._verifying = connect, read, verifying
        self._kept: dict[str, http.client.HTTPConnection] = {}

    def send(self, method: str, url: str, headers: Mapping[str, str], body: Any = None) -> HttpAnswer:
        """One request, sent once. Raises OSError, http.client.HTTPException."""
        parts = urlsplit(url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection = self._kept.pop(parts.netloc, None)
        if connection is None or _was_closed(connection.sock):
            connection = self._opened(parts.scheme, parts.hostname or "", parts.port)
        try:
            connection.request(method.upper(), target, body, dict(headers))
            response = connection.getresponse()
            # They are a mapping in all but their type.
            told = cast(Mapping[str, str], response.headers)
            answer = HttpAnswer(response.status, told, response.read())
        except BaseException:
            connection.close()
            raise
        self._kept[parts.netloc] = connection
        return answer

    def close(self) -> None:
        """Let go of the connections."""
        for connection in self._kept.values():
            connection.close()
        self._kept.clear()

    def _opened(self, scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
        connection = (
            http.client.HTTPConnection(host, port, timeout=self._connect)
            if scheme == "http"
            else http.client.HTTPSConnection(host, port, timeout=self._connect, context=self._verifying())
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
