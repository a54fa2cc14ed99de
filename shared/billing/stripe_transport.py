"""The `stripe` library, over the HTTP client of Python's standard library.

When it is imported, the library looks for other HTTP libraries and imports those it finds: a third of its cold start, in the
function that takes the money. Over ours, a call costs half of what it costs over them.
"""

import http.client
import ssl
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from shared.billing.connections import Connections


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
        self._connections = Connections(connect, read, _verifying)

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
            answer = self._connections.send(method, url, headers or {}, post_data)
            return answer.body.decode(), answer.status, answer.headers
        except (OSError, http.client.HTTPException, UnicodeDecodeError) as error:
            raise stripe.APIConnectionError(f"{type(error).__name__}: {error}") from error  # type: ignore[no-untyped-call]

    def close(self) -> None:
        """Let go of the connections."""
        self._connections.close()


@cache
def _verifying() -> ssl.SSLContext:
    """By the authorities that the library trusts."""
    return ssl.create_default_context(cafile=stripe.ca_bundle_path)
