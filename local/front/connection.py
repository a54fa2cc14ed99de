"""One HTTP/1.1 connection: reads requests (keep-alive, pipelined, chunked), hands each on, writes answers in order."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import httptools

from local.front import answer
from local.front.event import Headers

MAX_BODY_BYTES = 10 * 1024 * 1024
# What is sent here goes to S3, past the gateway.
OBJECTS_PREFIX = "/_local/s3/"
MAX_OBJECT_BYTES = 100 * 1024 * 1024
MAX_HEAD_BYTES = 10 * 1024
_MAX_PIPELINED = 16
_LINGER_SECONDS = 2.0


@dataclass(slots=True)
class Request:
    """A request as it came: `path` and `query` percent-encoded, header names in any case."""

    method: str
    path: str
    query: str
    headers: Headers
    body: bytes
    source_ip: str
    answer: Callable[[bytes], None]


Serve = Callable[[Request], None]


@dataclass(slots=True)
class _Reading:
    url: bytes = b""
    headers: Headers = field(default_factory=list)
    body: list[bytes] = field(default_factory=list)
    size: int = 0
    head_size: int = 0

    @property
    def most(self) -> int:
        """How large its body may be."""
        return MAX_OBJECT_BYTES if self.url.startswith(OBJECTS_PREFIX.encode()) else MAX_BODY_BYTES


class HttpConnection(asyncio.Protocol):
    """Calls `serve` with one request at a time; `serve` calls the request's `answer` once with the whole HTTP answer."""

    def __init__(self, serve: Serve, open_connections: set["HttpConnection"]) -> None:
        self._serve, self._open = serve, open_connections
        self._parser = httptools.HttpRequestParser(self)
        self._reading = _Reading()
        self._waiting: deque[tuple[_Reading, str, bool]] = deque()
        self._busy = False
        self._closing = self._is_last = False
        self._transport: asyncio.Transport
        self._peer = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._peer = str((transport.get_extra_info("peername") or ("",))[0])
        self._open.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._open.discard(self)
        self._closing = True

    def data_received(self, data: bytes) -> None:
        if self._closing:
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # Its request is being answered as if it had not asked; the parser reads no further.
            self._is_last = True
        except _Refused as refused:
            self._refuse(refused.status, refused.text)
        except httptools.HttpParserError as error:
            # A callback's exception arrives wrapped.
            inner = error.__context__
            if isinstance(inner, _Refused):
                self._refuse(inner.status, inner.text)
            else:
                self._refuse(400, "Bad Request")

    def on_message_begin(self) -> None:
        self._reading = _Reading()

    def on_url(self, url: bytes) -> None:
        self._reading.url += url
        self._count_head(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        self._reading.headers.append((name, value))
        self._count_head(len(name) + len(value))
        if name.lower() == b"content-length" and int(value or b"0") > self._reading.most:
            raise _Refused(413, "Request Entity Too Large")

    def _count_head(self, size: int) -> None:
        self._reading.head_size += size
        if self._reading.head_size > MAX_HEAD_BYTES:
            raise _Refused(431, "Request Header Fields Too Large")

    def on_headers_complete(self) -> None:
        for name, value in self._reading.headers:
            if name.lower() == b"expect" and value.lower() == b"100-continue":
                self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        self._reading.size += len(body)
        if self._reading.size > self._reading.most:
            raise _Refused(413, "Request Entity Too Large")
        self._reading.body.append(body)

    def on_message_complete(self) -> None:
        self._waiting.append((self._reading, self._parser.get_method().decode(), self._keeps_alive()))
        if len(self._waiting) > _MAX_PIPELINED:
            self._transport.pause_reading()
        if not self._busy:
            self._next()

    def _keeps_alive(self) -> bool:
        return bool(self._parser.should_keep_alive()) and self._parser.get_http_version() == "1.1"

    def _next(self) -> None:
        reading, method, keeps_alive = self._waiting.popleft()
        self._busy = True
        url = reading.url if reading.url.startswith(b"/") else b"/" + reading.url.split(b"/", 3)[-1]
        path, _, query = url.partition(b"#")[0].decode("latin-1").partition("?")

        def respond(data: bytes) -> None:
            self._answered(data, keeps_alive)

        self._serve(
            Request(method, path, query, reading.headers, b"".join(reading.body), self._peer, respond)
        )

    def _answered(self, data: bytes, keeps_alive: bool) -> None:
        self._busy = False
        if self._closing:
            return
        self._transport.write(data)
        if not keeps_alive or self._is_last:
            self.close()
        elif self._waiting:
            if len(self._waiting) <= _MAX_PIPELINED:
                self._transport.resume_reading()
            self._next()

    def _refuse(self, status: int, text: str) -> None:
        if not self._closing:
            self._closing = True
            self._transport.write(answer.message(status, text))
            # Closed at once, what the client is still sending would make its kernel drop our answer.
            self._transport.write_eof()
            asyncio.get_running_loop().call_later(_LINGER_SECONDS, self._transport.close)

    def close(self) -> None:
        """Close once what was written has left."""
        self._closing = True
        self._transport.close()

    def close_when_idle(self) -> None:
        """Take no further request: close now, or after the answer that is being made."""
        if self._busy:
            self._is_last = True
        else:
            self.close()


class _Refused(Exception):
    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text
