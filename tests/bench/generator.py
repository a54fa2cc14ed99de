"""A closed-loop HTTP/1.1 load generator: each client waits for its answer before it asks again, over one kept connection.

Our own because none that PyPI carries is both light and able to follow a flow (an answer's id in the next request): this
one thread takes some 20 µs a request, which `Load.generator_cpu` reports, and needs no package.
"""

import selectors
import socket
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import NamedTuple

_READ_BYTES = 1 << 18
_PATIENCE_SECONDS = 60.0


class Ask(NamedTuple):
    """One request as it goes over the wire; `expect` is the status of a good answer."""

    step: str
    request: bytes
    expect: int = 200


class Answer(NamedTuple):
    """The answer's status and body."""

    status: int
    body: bytes


type Flow = Generator[Ask, Answer]
type Probe = Callable[[], dict[str, float]]


@dataclass
class Load:
    """What was measured: whole flows in `seconds`, latencies in milliseconds, `cpu` seconds by who spent them."""

    clients: int
    seconds: float = 0.0
    flows: list[float] = field(default_factory=list)
    steps: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)
    cpu: dict[str, float] = field(default_factory=dict)
    generator_cpu: float = 0.0

    @property
    def rate(self) -> float:
        """Whole flows per second."""
        return len(self.flows) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """The latency that `share` of the flows stayed below."""
        ordered = sorted(self.flows)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0

    def cpu_per_flow(self, who: str) -> float:
        """Milliseconds of CPU that `who` spent on one flow."""
        return self.cpu.get(who, 0.0) / len(self.flows) * 1000 if self.flows else 0.0


def request(
    method: str, path: str, headers: dict[str, str], body: bytes = b"", step: str = "", expect: int = 200
) -> Ask:
    """An Ask for `path`."""
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if body or method != "GET":
        lines.append(f"Content-Length: {len(body)}")
    return Ask(step or path, "\r\n".join([*lines, "", ""]).encode() + body, expect)


def drive(
    port: int,
    flow: Callable[[], Flow],
    clients: int,
    *,
    seconds: float = 0.0,
    flows: int = 0,
    warm_up: float = 0.0,
    probe: Probe = dict,
) -> Load:
    """Run `clients` at once, for `seconds` after `warm_up`, or until `flows` have been begun and ended."""
    return _Run(port, flow, clients, seconds, flows, warm_up, probe).result()


class _Client:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), _PATIENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.flow: Flow
        self.ask: Ask
        self.buffer = b""
        self.needed = 0
        self.began = self.asked = 0.0

    def send(self, ask: Ask) -> None:
        self.ask, self.buffer, self.needed = ask, b"", 0
        self.asked = time.perf_counter()
        self.socket.sendall(ask.request)

    def receive(self) -> Answer | None:
        """The answer, once it is whole. Raises ConnectionError."""
        read = self.socket.recv(_READ_BYTES)
        if not read:
            raise ConnectionError(f"closed while {self.ask.step}")
        data = self.buffer = self.buffer + read if self.buffer else read
        if not self.needed:
            end = data.find(b"\r\n\r\n")
            if end < 0:
                return None
            length = data.find(b"\r\ncontent-length: ", 0, end)
            size = int(data[length + 18 : data.index(b"\r\n", length + 18)]) if length >= 0 else 0
            self.needed = end + 4 + size
        if len(data) < self.needed:
            return None
        return Answer(int(data[9:12]), data[data.index(b"\r\n\r\n") + 4 :])


class _Run:
    def __init__(
        self,
        port: int,
        flow: Callable[[], Flow],
        clients: int,
        seconds: float,
        flows: int,
        warm_up: float,
        probe: Probe,
    ) -> None:
        self._flow, self._probe = flow, probe
        self._left = flows or None
        self._hot = not warm_up
        self._ready = selectors.DefaultSelector()
        self._clients = [_Client(port) for _ in range(clients)]
        self._load = Load(clients)
        self._warm_up, self._seconds = warm_up, seconds

    def result(self) -> Load:
        for client in self._clients:
            self._ready.register(client.socket, selectors.EVENT_READ, client)
        began = time.perf_counter()
        self._start_window()
        for client in self._clients:
            self._next_flow(client)
        while self._ready.get_map():
            events = self._ready.select(_PATIENCE_SECONDS)
            if not events:
                raise TimeoutError(f"no answer to {self._clients[0].ask.step} in {_PATIENCE_SECONDS:.0f} s")
            for key, _ in events:
                self._heard(key.data)
            if self._left is None:
                now = time.perf_counter() - began
                if not self._hot and now >= self._warm_up:
                    self._hot = True
                    self._start_window()
                elif now >= self._warm_up + self._seconds:
                    break
        self._end_window()
        for client in self._clients:
            client.socket.close()
        return self._load

    def _start_window(self) -> None:
        self._before, self._cpu_before = self._probe(), time.process_time()
        self._window = time.perf_counter()

    def _end_window(self) -> None:
        load = self._load
        load.seconds = time.perf_counter() - self._window
        load.generator_cpu = time.process_time() - self._cpu_before
        after = self._probe()
        load.cpu = {who: after[who] - self._before.get(who, 0.0) for who in after}

    def _next_flow(self, client: _Client) -> None:
        if self._left is not None:
            if self._left == 0:
                self._ready.unregister(client.socket)
                return
            self._left -= 1
        client.flow = self._flow()
        client.began = time.perf_counter()
        client.send(next(client.flow))

    def _heard(self, client: _Client) -> None:
        answer = client.receive()
        if answer is None:
            return
        now, ask = time.perf_counter(), client.ask
        if answer.status != ask.expect:
            if self._hot:
                self._load.errors[
                    f"{ask.step}: {answer.status} {answer.body[:200].decode(errors='replace')}"
                ] += 1
            client.flow.close()
            self._next_flow(client)
            return
        if self._hot:
            self._load.steps[ask.step].append((now - client.asked) * 1000)
        try:
            client.send(client.flow.send(answer))
        except StopIteration:
            if self._hot:
                self._load.flows.append((now - client.began) * 1000)
            self._next_flow(client)
