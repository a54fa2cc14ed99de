"""The transport below the `stripe` library: keeps its connections, sends nothing twice, hides no library from others."""

import importlib
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from shared.billing.stripe_transport import Transport, stripe

_GOOD = b"HTTP/1.1 200 OK\r\nRequest-Id: req_1\r\nContent-Length: 2\r\n\r\n{}"


class Host:
    """Answers each request by the next of `answers`; None closes the connection in place of an answer."""

    def __init__(self, *answers: bytes | None, closes: bool = False) -> None:
        self.answers, self.closes = list(answers), closes
        self.requests: list[bytes] = []
        self.connections = 0
        self.closed = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/v1/things?a=1"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while self.answers:
            connection, _ = self._listening.accept()
            self.connections += 1
            with connection:
                while self.answers and (request := _read(connection)):
                    self.requests.append(request)
                    answer = self.answers.pop(0)
                    if answer is None:
                        break
                    connection.sendall(answer)
                    if self.closes:
                        break
            self.closed.set()
        self._listening.close()


def _read(connection: socket.socket) -> bytes:
    """One whole request; nothing when the client has closed."""
    read = b""
    while more := connection.recv(65536):
        read += more
        head, end, body = read.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head.lower())
        if end and len(body) >= int(length[1] if length else 0):
            return read
    return b""


@contextmanager
def transport() -> Iterator[Transport]:
    made = Transport(1.0, 1.0)
    yield made
    made.close()


def test_a_connection_serves_many_requests_and_headers_are_found_whatever_their_case() -> None:
    host = Host(_GOOD, _GOOD)
    with transport() as sent:
        for _ in range(2):
            body, status, headers = sent.request("post", host.url, {"Idempotency-Key": "k"}, "a=b")
            assert (body, status, headers["request-id"]) == ("{}", 200, "req_1")
    assert host.connections == 1
    assert host.requests[0].startswith(b"POST /v1/things?a=1 HTTP/1.1\r\n")
    assert host.requests[0].endswith(b"\r\n\r\na=b")


def test_a_connection_that_was_closed_while_idle_is_opened_again() -> None:
    host = Host(_GOOD, _GOOD, closes=True)
    with transport() as sent:
        sent.request("get", host.url, {})
        assert host.closed.wait(5)
        assert sent.request("get", host.url, {})[1] == 200
    assert host.connections == 2


def test_what_was_sent_and_not_answered_is_not_sent_again() -> None:
    host = Host(_GOOD, None, _GOOD)
    with transport() as sent:
        sent.request("post", host.url, {}, "a=1")
        with pytest.raises(stripe.APIConnectionError):
            sent.request("post", host.url, {}, "a=2")
    assert len(host.requests) == 2


def test_a_silent_host_is_waited_for_no_longer_than_allowed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(stripe.APIConnectionError):
        Transport(1.0, 0.05).request("get", f"http://127.0.0.1:{silent.getsockname()[1]}/", {})


def test_other_libraries_stay_importable() -> None:
    assert importlib.import_module("httpx").__name__ == "httpx"
