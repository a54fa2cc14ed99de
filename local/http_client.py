"""A small asynchronous HTTP/1.1 client for the runner's own neighbours on this machine; keeps its connections."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

Headers = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; header names are lower case."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        """The header's first value, empty when it is absent."""
        return next((value for known, value in self.headers if known == name), "")


class Unreachable(OSError):
    """The neighbour does not answer."""


class HttpClient:
    """Talks to one `host`:`port`, on as many connections as there are requests at once."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._kept: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def request(
        self, method: str, target: str, headers: Headers = (), body: bytes = b"", seconds: float = 30.0
    ) -> Answer:
        """One request. Raises Unreachable."""
        lines = [
            f"{method} {target} HTTP/1.1",
            f"host: {self._host}:{self._port}",
            f"content-length: {len(body)}",
        ]
        lines += [f"{name}: {value}" for name, value in headers]
        message = "\r\n".join([*lines, "", ""]).encode("latin-1") + body
        try:
            async with asyncio.timeout(seconds):
                while self._kept:
                    try:
                        return await self._exchange(*self._kept.pop(), message, method)
                    except (OSError, asyncio.IncompleteReadError):
                        # It was closed while it was kept.
                        continue
                reader, writer = await asyncio.open_connection(self._host, self._port, limit=2**20)
                return await self._exchange(reader, writer, message, method)
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            raise Unreachable(f"{self._host}:{self._port}: {error}") from error

    async def _exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, message: bytes, method: str
    ) -> Answer:
        try:
            writer.write(message)
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = [
                (name.lower(), value.strip())
                for name, _, value in (line.partition(":") for line in head[1:-2])
            ]
            status = int(head[0].split()[1])
            answer = Answer(status, headers, b"")
            if method != "HEAD" and status not in (204, 304):
                answer = Answer(status, headers, await _read_body(reader, answer))
        except BaseException:
            writer.close()
            raise
        if answer.header("connection").lower() == "close":
            writer.close()
        else:
            self._kept.append((reader, writer))
        return answer

    def close(self) -> None:
        """Let go of the kept connections."""
        for _, writer in self._kept:
            writer.close()
        self._kept.clear()


async def _read_body(reader: asyncio.StreamReader, answer: Answer) -> bytes:
    if answer.header("transfer-encoding").lower() == "chunked":
        parts = []
        while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
            parts.append(await reader.readexactly(size))
            await reader.readexactly(2)
        await reader.readuntil(b"\r\n")
        return b"".join(parts)
    return await reader.readexactly(int(answer.header("content-length") or 0))
