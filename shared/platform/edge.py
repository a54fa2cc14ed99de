"""Requests that come by the CDN: the gateway sees the CDN's address and host, so the CDN says who the visitor is and which host they
asked for, and proves that it is the CDN by a secret that only it and we know.

Where `ORIGIN_SECRET` is set, the CDN is the only way in: whoever finds the gateway's own address, past limits and firewall, is refused.
"""

import hmac
import json
import os
import time
from functools import cache

from shared.kernel.refusals import Refusal
from shared.platform.settings import resolve

_SECRET, _ADDRESS, _HOST = "x-origin-secret", "x-viewer-address", "x-viewer-host"
_LOOK_AGAIN_SECONDS = 60.0

_looked_at = 0.0


class NotByTheFrontDoor(Refusal):
    """Please use the public address."""

    status = 403


def visitor(headers: dict[str, str], source_ip: str) -> str:
    """The visitor's address. Behind a CDN it is the CDN's word, as is the `host` that `headers` then hold; the CDN's own headers
    are taken out. Raises NotByTheFrontDoor."""
    if not os.environ.get("ORIGIN_SECRET"):
        return source_ip
    shown, address, host = (headers.pop(name, "") for name in (_SECRET, _ADDRESS, _HOST))
    if not (_is_ours(shown) and address and host):
        raise NotByTheFrontDoor
    headers["host"] = host
    return address


def _is_ours(shown: str) -> bool:
    """Whether `shown` is one of the accepted secrets; looks for a rotated one at most once a minute."""
    global _looked_at
    if not shown:
        return False
    if _among(shown, _accepted()):
        return True
    now = time.monotonic()
    if now - _looked_at < _LOOK_AGAIN_SECONDS:
        return False
    _looked_at = now
    _accepted.cache_clear()
    resolve.cache_clear()
    return _among(shown, _accepted())


def _among(shown: str, accepted: tuple[str, ...]) -> bool:
    # Every one is compared, so that the time taken tells nothing.
    return sum(hmac.compare_digest(shown.encode(), each.encode()) for each in accepted) > 0


@cache
def _accepted() -> tuple[str, ...]:
    """The secret, or while it is being rotated those of its JSON: `{"current": …, "previous": …}`."""
    given = resolve(os.environ["ORIGIN_SECRET"])
    values = json.loads(given).values() if given.startswith("{") else (given,)
    return tuple(value for value in values if value)


def forget() -> None:
    """Drop what was read: for tests."""
    global _looked_at
    _looked_at = 0.0
    _accepted.cache_clear()
