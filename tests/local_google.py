"""A local Google of one's own for a test, and browsers that go there and come back."""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from local.google.provider import CLIENT_ID, CLIENT_SECRET, Provider
from shared.identity import google
from shared.identity.google import client_settings
from shared.platform import brands, clock, settings
from shared.platform.brands import Brand
from shared.platform.database import Role
from shared.platform.work import begin
from tests.gateway import Answer, Handler, call

_CHOOSE = "UPDATE platform.brands SET settings = settings || %(settings)s::jsonb WHERE id = %(id)s"
# A test may come back late.
_CODE_SECONDS = 3600.0


@contextmanager
def google_at_work() -> Iterator[Provider]:
    """A provider on a port of its own."""
    provider: Provider

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            path = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = provider.answer(self.command, path.path, path.query, headers, body)
            sent = reply.body.encode()
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        do_GET = do_POST = _serve

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    url = f"http://127.0.0.1:{server.server_port}"
    provider = Provider(url, lambda: clock.now().timestamp(), _CODE_SECONDS)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def _provider() -> Iterator[Provider]:
    with google_at_work() as made:
        yield made


@pytest.fixture
def provider(_provider: Provider, issuer: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """The module's local Google, which tells the truth until told otherwise."""
    _provider.changed = {}
    monkeypatch.setenv("GOOGLE_ISSUER", _provider.issuer)
    settings.forget()
    google.forget()
    yield _provider
    google.forget()


def offer_google(brand: Brand, client_id: str = CLIENT_ID, client_secret: str = CLIENT_SECRET) -> None:
    """The brand signs in with this client of Google's."""
    chosen = client_settings(brand.id, client_id, client_secret)
    with begin(brand, "test", Role.JOBS) as work:
        work.run(_CHOOSE, settings=json.dumps(chosen), id=brand.id)
    brands.forget()


class Browser:
    """A browser: it keeps cookies, and follows nobody unless told."""

    def __init__(self, brand: Brand) -> None:
        self.brand = brand
        self.cookies: dict[str, str] = {}

    def get(self, handler: Handler, path: str, query: dict[str, Any] | None = None) -> Answer:
        """What a function answers; its cookies are kept."""
        answer = call(
            handler,
            "GET",
            path,
            query=query,
            headers={"x-brand": self.brand.slug, "user-agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"},
            cookies=[f"{name}={value}" for name, value in self.cookies.items()],
        )
        for cookie in answer.cookies:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies = {key: kept for key, kept in self.cookies.items() if key != name}
            if value:
                self.cookies[name] = value
        return answer


def consent(location: str, email: str) -> dict[str, str]:
    """Somebody signs in at Google, where `location` has sent them; answers what the callback is given."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None

    opener = urllib.request.build_opener(Stay)
    with pytest.raises(urllib.error.HTTPError) as sent_back:
        opener.open(location, urlencode({"email": email}).encode())
    assert sent_back.value.code == 302, sent_back.value.read()
    return dict(parse_qsl(urlsplit(sent_back.value.headers["location"]).query))
