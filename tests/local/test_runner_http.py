"""The local gateway over real sockets, with real workers: what holds when requests or functions are odd."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import uvloop

from local.front.connection import Request
from local.front.routes import Gateway, Routes
from local.front.server import Front
from tests.local import runner_parts
from tests.local.test_runner_gateway_event import operation

FUNCTIONS = [
    runner_parts.function(name, timeout)
    for name, timeout in (("echo", 10), ("fail", 10), ("die", 10), ("sleep", 1))
]
ROUTES = Routes(
    {
        "paths": {
            f"/v1/{one.name.rpartition('-')[2]}": {
                method: operation(f"tests-{one.name.rpartition('-')[2]}")
                for method in ("get", "post", "head")
            }
            for one in FUNCTIONS
        }
    }
)

type Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
type Open = Callable[[], Awaitable[Connection]]


@asynccontextmanager
async def serving(workers: int = 2, queue_limit: int = 100) -> AsyncIterator[Open]:
    async def surface(request: Request) -> bytes:
        return b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nlocal"

    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    async with runner_parts.pool(workers, *FUNCTIONS, queue_limit=queue_limit) as pool:
        functions = {one.name: one for one in FUNCTIONS}
        front = Front(Gateway(Routes({"paths": {}}), ROUTES), functions, "local-", pool, surface, port)
        await front.start(listening)
        yield lambda: asyncio.open_connection("127.0.0.1", port)
        await front.drain(2)


async def read(connection: Connection) -> tuple[int, bytes]:
    reader, _ = connection
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    status = int(head.split()[1])
    length = next(
        (int(line.split(":")[1]) for line in head.split("\r\n") if line.startswith("content-length:")), 0
    )
    return status, b"" if status == 100 else await reader.readexactly(length)


async def ask(open_connection: Open, raw: bytes) -> tuple[int, bytes]:
    connection = await open_connection()
    connection[1].write(raw)
    try:
        return await read(connection)
    finally:
        connection[1].close()


def get(path: str, headers: str = "") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: shop.test\r\n{headers}\r\n".encode()


def test_a_request_reaches_its_function_and_the_answer_comes_back() -> None:
    async def story() -> None:
        async with serving() as opened:
            status, body = await ask(opened, get("/v1/echo?a=1&a=2"))
            event = json.loads(body)
            assert (status, event["routeKey"]) == (200, "GET /v1/echo")
            assert event["queryStringParameters"] == {"a": "1,2"}
            assert event["requestContext"]["http"]["sourceIp"] == "127.0.0.1"
            assert await ask(opened, get("/_local/anything")) == (200, b"local")
            assert (await ask(opened, get("/v1/nothing")))[0] == 404

    uvloop.run(story())


def test_requests_on_one_connection_are_answered_in_their_order_also_when_sent_together() -> None:
    async def story() -> None:
        async with serving() as opened:
            connection = await opened()
            connection[1].write(b"".join(get(f"/v1/echo?n={number}") for number in range(20)))
            answers = [json.loads((await read(connection))[1])["rawQueryString"] for _ in range(20)]
            assert answers == [f"n={number}" for number in range(20)]

    uvloop.run(story())


def test_a_body_in_chunks_and_one_that_waits_to_be_asked_for_arrive_whole() -> None:
    async def story() -> None:
        async with serving() as opened:
            chunked = b"POST /v1/echo HTTP/1.1\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
            assert json.loads((await ask(opened, chunked))[1])["body"] == "abcde"
            connection = await opened()
            head = b"POST /v1/echo HTTP/1.1\r\nContent-Type: text/plain\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"
            connection[1].write(head)
            assert (await read(connection))[0] == 100
            connection[1].write(b"abc")
            assert json.loads((await read(connection))[1])["body"] == "abc"

    uvloop.run(story())


def test_a_function_that_fails_or_dies_is_a_500_and_the_next_request_is_served() -> None:
    async def story() -> None:
        async with serving(workers=1) as opened:
            for path in ("/v1/fail", "/v1/die", "/v1/fail", "/v1/die"):
                status, body = await ask(opened, get(path))
                assert (status, json.loads(body)) == (500, {"message": "Internal Server Error"})
            assert (await ask(opened, get("/v1/echo")))[0] == 200

    uvloop.run(story())


def test_a_function_that_takes_longer_than_it_may_is_ended() -> None:
    async def story() -> None:
        async with serving(workers=1) as opened:
            assert (await ask(opened, get("/v1/sleep?30")))[0] == 500
            assert (await ask(opened, get("/v1/sleep?0")))[0] == 204

    uvloop.run(story())


def test_too_many_waiting_requests_are_turned_away() -> None:
    async def story() -> None:
        async with serving(workers=1, queue_limit=1) as opened:
            answers = await asyncio.gather(*(ask(opened, get("/v1/sleep?0.5")) for _ in range(4)))
            assert sorted(status for status, _ in answers) == [204, 204, 503, 503]

    uvloop.run(story())


def test_what_is_too_large_or_no_http_is_refused() -> None:
    async def story() -> None:
        async with serving() as opened:
            large = f"POST /v1/echo HTTP/1.1\r\nContent-Length: {11 * 1024 * 1024}\r\n\r\n".encode()
            assert (await ask(opened, large))[0] == 413
            assert (await ask(opened, get("/v1/echo", f"X-Long: {'a' * 11_000}\r\n")))[0] == 431
            for broken in (
                b"HELLO\r\n\r\n",
                b"GET / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
                b"\x16\x03\x01\x00\xa5\r\n\r\n",
            ):
                assert (await ask(opened, broken))[0] == 400

    uvloop.run(story())


def test_a_large_body_is_refused_to_a_client_that_goes_on_sending() -> None:
    async def story() -> None:
        async with serving() as opened:
            connection = await opened()
            connection[1].write(b"POST /v1/echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")
            connection[1].write((b"100000\r\n" + b"a" * 0x100000 + b"\r\n") * 12)
            assert (await read(connection))[0] == 413
            connection[1].close()

    uvloop.run(story())


def test_an_offer_to_upgrade_is_not_taken_up() -> None:
    async def story() -> None:
        async with serving() as opened:
            offer = (
                "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"
            )
            connection = await opened()
            connection[1].write(get("/v1/echo", offer))
            assert (await read(connection))[0] == 200
            assert await connection[0].read() == b""

    uvloop.run(story())


def test_bytes_that_are_no_text_are_no_error_of_ours() -> None:
    async def story() -> None:
        async with serving() as opened:
            for raw in (
                b"GET /v1/echo?\xff\xfe=%ff%00 HTTP/1.1\r\nX-Odd: \xff\r\n\r\n",
                b"GET /v1/%ff HTTP/1.1\r\n\r\n",
                b"GET http://shop.test/v1/echo HTTP/1.1\r\n\r\n",
                b"GET /v1/echo%2Fx HTTP/1.1\r\n\r\n",
            ):
                assert (await ask(opened, raw))[0] in (200, 400, 404)

    uvloop.run(story())


def test_head_has_no_body_and_http_1_0_closes() -> None:
    async def story() -> None:
        async with serving() as opened:
            connection = await opened()
            connection[1].write(b"HEAD /v1/echo HTTP/1.1\r\n\r\n" + get("/v1/sleep?0"))
            head = await connection[0].readuntil(b"\r\n\r\n")
            assert b"content-length: " in head
            assert (await read(connection))[0] == 204
            old = await opened()
            old[1].write(b"GET /v1/echo HTTP/1.0\r\n\r\n")
            assert (await read(old))[0] == 200
            assert await old[0].read() == b""

    uvloop.run(story())
