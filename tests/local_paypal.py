"""A local PayPal of one's own for a test: its process, its buyers, and the endpoint it tells."""

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
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from shared.billing import paypal as paypal_client
from shared.billing import paypal_signatures
from shared.platform.settings import forget

CLIENT_ID, CLIENT_SECRET = "client_of_the_tests", "secret_of_the_tests"
WEBHOOK_ID = "1WEBHOOK2OF3THE4TESTS"
_PATIENCE = 20.0
_SEE_OTHER = 303


class _Stays(urllib.request.HTTPRedirectHandler):
    """Where the browser would be sent is what the test looks at."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_browser = urllib.request.build_opener(_Stays)


@dataclass
class Note:
    """One notification as it arrived."""

    body: bytes
    headers: dict[str, str]

    @property
    def event(self) -> dict[str, Any]:
        """The event in it."""
        return dict(json.loads(self.body))


class Listener:
    """Where notifications arrive."""

    def __init__(self) -> None:
        self.arrived: queue.Queue[Note] = queue.Queue()
        listener = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()
                listener.arrived.put(
                    Note(body, {name.lower(): value for name, value in self.headers.items()})
                )

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1/webhooks/paypal"

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


@dataclass
class PayPal:
    """The account; `listener` is told its events."""

    folder: Path
    listener: Listener
    process: subprocess.Popen[bytes] | None = None
    port: int = 0

    def start(self) -> None:
        """Start the process and wait until it answers."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [
            *(sys.executable, "-m", "local.paypal", "--port", str(self.port), "--data", str(self.folder)),
            *("--webhook-url", self.listener.url, "--webhook-id", WEBHOOK_ID, "--events", "*"),
            *("--client-id", CLIENT_ID, "--client-secret", CLIENT_SECRET),
        ]
        root = Path(__file__).parent.parent
        self.process = subprocess.Popen(command, cwd=root, env={"PYTHONPATH": str(root)})
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                self.control()
                return
            except OSError:
                assert self.process.poll() is None, "the local PayPal did not start"
                assert time.monotonic() < until
                time.sleep(0.02)

    def stop(self) -> None:
        """End the process."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(_PATIENCE)
            self.process = None

    @property
    def url(self) -> str:
        """The API's base."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def authority(self) -> Path:
        """Who vouches for its certificates."""
        return self.folder / "authority.pem"

    def send(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """A plain HTTP request with a JSON body: status and JSON."""
        sent = json.dumps(body).encode() if body is not None else None
        named = {"content-type": "application/json", **(headers or {})}
        request = urllib.request.Request(self.url + path, sent, named, method=method)
        try:
            with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def approve(self, approval_url: str, instrument: str = "good", outcome: str = "approve") -> str:
        """The buyer decides on PayPal's page; where they are sent."""
        form = urlencode({"outcome": outcome, "instrument": instrument}).encode()
        request = urllib.request.Request(approval_url, form, method="POST")
        try:
            _browser.open(request, timeout=_PATIENCE).close()
        except urllib.error.HTTPError as sent_on:
            if sent_on.code == _SEE_OTHER:
                return str(sent_on.headers["location"])
            raise
        return ""

    def control(self, path: str = "", **wanted: Any) -> dict[str, Any]:
        """Set faults (`requests=`, `webhooks=`, `reset=`) or do something beside the API; what stands."""
        body = json.dumps(wanted).encode() if wanted or path else None
        with urllib.request.urlopen(f"{self.url}/_control{path}", body, timeout=_PATIENCE) as answer:
            return dict(json.loads(answer.read()))

    def order(self, order_id: str) -> dict[str, Any]:
        """An order as the account keeps it, however old."""
        with urllib.request.urlopen(f"{self.url}/_control/orders", timeout=_PATIENCE) as answer:
            return next(each for each in json.loads(answer.read())["data"] if each["id"] == order_id)

    def take(self, *types: str) -> list[Note]:
        """The notifications of these types that come now, waiting for each."""
        wanted, found = list(types), []
        while wanted:
            note = self.listener.arrived.get(timeout=_PATIENCE)
            if note.event["event_type"] in wanted:
                wanted.remove(note.event["event_type"])
                found.append(note)
        return found


@pytest.fixture(scope="module")
def _paypal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PayPal]:
    account = PayPal(tmp_path_factory.mktemp("paypal"), Listener())
    account.start()
    yield account
    account.stop()
    account.listener.close()


@pytest.fixture
def paypal_account(_paypal: PayPal) -> PayPal:
    """The module's local PayPal, without faults and with nothing on its way."""
    _paypal.control(reset=True)
    while any(_paypal.control()["deliveries"][state] for state in ("waiting", "in_flight")):
        time.sleep(0.02)
    while not _paypal.listener.arrived.empty():
        _paypal.listener.arrived.get()
    return _paypal


@pytest.fixture
def paypal(paypal_account: PayPal, monkeypatch: pytest.MonkeyPatch) -> Iterator[PayPal]:
    """The same, behind the functions."""
    monkeypatch.setenv("PAYPAL_API_BASE", paypal_account.url)
    monkeypatch.setenv("PAYPAL_CLIENT_ID", CLIENT_ID)
    monkeypatch.setenv("PAYPAL_CLIENT_SECRET", CLIENT_SECRET)
    monkeypatch.setenv("PAYPAL_WEBHOOK_ID", WEBHOOK_ID)
    monkeypatch.setenv("PAYPAL_AUTHORITIES", str(paypal_account.authority))
    forget()
    paypal_client.forget()
    paypal_signatures.forget()
    yield paypal_account
    paypal_client.forget()
    paypal_signatures.forget()
    forget()
