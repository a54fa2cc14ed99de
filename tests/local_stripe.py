"""A local Stripe of one's own for a test: its process, the official library on it, and the endpoint it tells."""

import json
import queue
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

if TYPE_CHECKING:
    import stripe

SECRET_KEY = "sk_test_of_the_tests"
WEBHOOK_SECRET = "whsec_of_the_tests"
_PATIENCE = 20.0


@dataclass
class Hook:
    """One webhook as it arrived."""

    body: bytes
    signature: str

    @property
    def event(self) -> dict[str, Any]:
        """The event in it."""
        return dict(json.loads(self.body))


class Endpoint:
    """Where webhooks arrive; `answers` are the statuses of the next ones, 200 after them."""

    def __init__(self) -> None:
        self.arrived: queue.Queue[Hook] = queue.Queue()
        self.answers: list[int] = []
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                status = endpoint.answers.pop(0) if endpoint.answers else 200
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()
                endpoint.arrived.put(Hook(body, self.headers["stripe-signature"]))

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1/webhooks/stripe"

    def take(self, count: int) -> list[Hook]:
        """The next `count` webhooks, in the order they arrived."""
        return [self.arrived.get(timeout=_PATIENCE) for _ in range(count)]

    def nothing_comes(self, seconds: float = 0.3) -> bool:
        """Whether it stays silent."""
        try:
            self.arrived.get(timeout=seconds)
        except queue.Empty:
            return True
        return False

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


@dataclass
class Account:
    """The account: `client` is the official library, `endpoint` is told its events."""

    data: Path
    endpoint: Endpoint
    environment: dict[str, str] = field(default_factory=dict)
    events: str = "*"
    process: subprocess.Popen[bytes] | None = None
    port: int = 0

    def start(self) -> None:
        """Start the process and wait until it answers."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [
            *(sys.executable, "-m", "local.stripe", "--port", str(self.port), "--data", str(self.data)),
            *("--webhook-url", self.endpoint.url, "--webhook-secret", WEBHOOK_SECRET),
            *("--secret-key", SECRET_KEY, "--events", self.events),
        ]
        root = Path(__file__).parent.parent
        self.process = subprocess.Popen(command, cwd=root, env={"PYTHONPATH": str(root), **self.environment})
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                self.control()
                return
            except OSError:
                assert self.process.poll() is None, "the local Stripe did not start"
                assert time.monotonic() < until
                time.sleep(0.02)

    def stop(self, *, kill: bool = False) -> None:
        """End the process, politely or not."""
        if self.process is not None:
            (self.process.kill if kill else self.process.terminate)()
            self.process.wait(_PATIENCE)
            self.process = None

    @property
    def url(self) -> str:
        """The API's base."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def client(self) -> "stripe.StripeClient":
        """The official library with the account's secret key."""
        return self.client_with(SECRET_KEY)

    def client_with(self, key: str) -> "stripe.StripeClient":
        """The official library with another key."""
        import stripe

        return stripe.StripeClient(
            key,
            base_addresses={"api": self.url},
            max_network_retries=0,
            http_client=stripe.RequestsClient(timeout=_PATIENCE),
        )

    def send(
        self,
        method: str,
        path: str,
        form: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, Any]:
        """A plain HTTP request, as a browser or curl makes it: status and JSON."""
        body = urlencode(form).encode() if form is not None else None
        request = urllib.request.Request(self.url + path, body, headers or {}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def control(self, **wanted: Any) -> dict[str, Any]:
        """Set faults (`requests=`, `webhooks=`, `reset=`) and tell what stands."""
        body = json.dumps(wanted).encode() if wanted else None
        with urllib.request.urlopen(f"{self.url}/_control", body, timeout=_PATIENCE) as answer:
            return dict(json.loads(answer.read()))

    def resend(self, event_id: str, copies: int = 1) -> None:
        """Have an event delivered again."""
        body = json.dumps({"copies": copies}).encode()
        urllib.request.urlopen(
            f"{self.url}/_control/events/{event_id}/resend", body, timeout=_PATIENCE
        ).close()

    def intent(self, amount: int = 1999, key: str | None = None, **params: Any) -> "stripe.PaymentIntent":
        """A new PaymentIntent as our checkout makes it."""
        automatic = {"enabled": True, "allow_redirects": "never"}
        asked: Any = {"amount": amount, "currency": "eur", "automatic_payment_methods": automatic, **params}
        return self.client.v1.payment_intents.create(asked, {"idempotency_key": key} if key else {})


def open_account(folder: Path, **environment: str) -> Account:
    """A started account whose data lies in `folder`."""
    account = Account(folder / "stripe.sqlite", Endpoint(), environment)
    account.start()
    return account


@pytest.fixture(scope="module")
def _account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    account = open_account(tmp_path_factory.mktemp("stripe"))
    yield account
    account.stop()
    account.endpoint.close()


@pytest.fixture
def account(_account: Account) -> Account:
    """The module's local Stripe, without faults and with nothing on its way."""
    _account.control(reset=True)
    _account.endpoint.answers.clear()
    while any(_account.control()["deliveries"][state] for state in ("waiting", "in_flight")):
        time.sleep(0.02)
    while not _account.endpoint.arrived.empty():
        _account.endpoint.arrived.get()
    return _account
