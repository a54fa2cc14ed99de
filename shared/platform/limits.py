"""Rate limits: shared counters in DynamoDB, spent through leases so that a request does not pay for a call.

The first two requests of a client in a window pass without a call: most people never make a third to the same function. Then a
warm function reports what it spent and holds a lease: it lets up to a tenth of the limit pass, for at most one second, before it
reports again. One function alone is exact; several together overshoot by less than (warm functions serving this client) x limit / 10,
and nobody is refused early.
Auth counts exactly (a lease of one) and fails closed; everything else fails open. PostgreSQL is never asked.
"""

import math
import mmap
import time
from dataclasses import dataclass
from functools import cache
from typing import Literal

from shared.kernel.networks import client_of
from shared.kernel.refusals import Refusal
from shared.platform import aws, clock
from shared.platform.brands import Brand
from shared.platform.logs import log
from shared.platform.settings import settings

type LimitClass = Literal["read", "write", "auth", "ingest", "none"]

_CALL_SECONDS = 0.5
_LEASE_SECONDS = 1.0
_LEASE_SHARE = 10
# A flood over many warm functions passes this much in each of them before any of them has asked, hence so little.
_REPORT_FIRST_AT = 3
_KEEP_AT_MOST = 10_000
_EXPIRE_AFTER_WINDOWS = 2
# A cart's token is its own client, but one address may not multiply its limit by making many carts.
_CARTS_PER_ADDRESS = 10


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `amount` requests per `window` seconds."""

    amount: int
    window: int


# Spec 01, "limits": the defaults; a brand's settings["limits"]["anonymous.write"] etc. override the amount.
DEFAULTS: dict[str, Limit] = {
    "anonymous.read": Limit(200, 10),
    "anonymous.write": Limit(20, 10),
    "cart.read": Limit(200, 10),
    "cart.write": Limit(30, 10),
    "account.read": Limit(600, 10),
    "account.write": Limit(60, 10),
    "anonymous.ingest": Limit(1000, 10),
    "account.ingest": Limit(1000, 10),
    "cart.ingest": Limit(1000, 10),
    "auth": Limit(5, 60),
    # Whoever names another account at each try; an office, or a mobile network, is one address too.
    "auth_address": Limit(120, 60),
    # Codes that open something and that one may try: an address has this many tries, right ones included.
    "guesses": Limit(100, 60),
    # Brands are kept warm, so that only who guesses them comes near this.
    "look_up": Limit(100, 10),
}


class TooManyRequests(Refusal):
    """Too many requests; wait a moment."""

    status = 429


class LimiterUnavailable(Refusal):
    """Sign-in is paused for a moment; try again."""

    status = 503


@dataclass(slots=True)
class _Lease:
    window: int
    counted: int
    unreported: int
    report_at: int
    until: float


_leases: dict[str, _Lease] = {}


def spend(
    brand: Brand, limited_as: str, client: str | None, address: str, kind: LimitClass
) -> dict[str, str]:
    """Count one request of `client`, or of whoever has the address; answers the RateLimit headers.

    Raises TooManyRequests, LimiterUnavailable.
    """
    if kind in ("none", "auth") or not settings().limits_table or switched_off():
        return {}
    name, address = f"{limited_as}.{kind}", client_of(address)
    limit = _limit(brand, name)
    if limited_as == "cart":
        capped = Limit(limit.amount * _CARTS_PER_ADDRESS, limit.window)
        _take(f"{brand.slug}|{name}|{address}", capped, _share(capped))
    return _take(f"{brand.slug}|{name}|{client or address}", limit, _share(limit))


def spend_auth(brand: Brand, account: str, address: str) -> dict[str, str]:
    """Count one sign-in attempt for the pair of account and address: exactly, failing closed; and among all that the address
    makes. Raises TooManyRequests, LimiterUnavailable."""
    if not settings().limits_table or switched_off():
        return {}
    address, everybody = client_of(address), _limit(brand, "auth_address")
    _take(f"{brand.slug}|auth_address|{address}", everybody, _share(everybody))
    return _take(f"{brand.slug}|auth|{account}|{address}", _limit(brand, "auth"), 1, fail_open=False)


def spend_guesses(brand: Brand, address: str, tries: int) -> None:
    """Count so many tries of an address at naming what it may not know of. Raises TooManyRequests."""
    if tries and settings().limits_table and not switched_off():
        limit = _limit(brand, "guesses")
        key = f"{brand.slug}|guesses|{client_of(address)}"
        for _ in range(tries):
            _take(key, limit, _share(limit))


def spend_look_up(address: str) -> None:
    """Count one request whose brand has yet to be looked up. Raises TooManyRequests."""
    if settings().limits_table and not switched_off():
        limit = DEFAULTS["look_up"]
        _take(f"look_up|{client_of(address)}", limit, _share(limit))


def _share(limit: Limit) -> int:
    return max(1, limit.amount // _LEASE_SHARE)


def _limit(brand: Brand, name: str) -> Limit:
    default = DEFAULTS[name]
    chosen = brand.settings.get("limits", {}).get(name) if brand.settings else None
    return Limit(int(chosen), default.window) if chosen else default


def _take(key: str, limit: Limit, share: int, *, fail_open: bool = True) -> dict[str, str]:
    now = clock.now().timestamp()
    window, tick = int(now // limit.window), time.monotonic()
    lease = _leases.get(key)
    if lease is None or lease.window != window:
        lease = _keep(key, _Lease(window, 0, 0, min(share, _REPORT_FIRST_AT), math.inf))
    unreported = lease.unreported + 1
    if lease.until < tick or (unreported >= lease.report_at and lease.counted <= limit.amount):
        counted = _report(key, limit, window, unreported, fail_open=fail_open)
        lease = _keep(key, _Lease(window, counted, 0, share, tick + _LEASE_SECONDS))
    else:
        lease.unreported = unreported
    reset = max(1, int((window + 1) * limit.window - now + 0.999))
    left = limit.amount - lease.counted - lease.unreported
    if left < 0:
        raise TooManyRequests(retry_after=reset, limit=limit.amount)
    return headers(limit.amount, left, reset)


def _keep(key: str, lease: _Lease) -> _Lease:
    if len(_leases) >= _KEEP_AT_MOST:
        _leases.clear()
    _leases[key] = lease
    return lease


def _report(key: str, limit: Limit, window: int, unreported: int, *, fail_open: bool) -> int:
    """Add what was spent since the last report to the shared counter; its new value."""
    try:
        return _count(f"{key}|{window}", unreported, (window + _EXPIRE_AFTER_WINDOWS) * limit.window)
    except (aws.AwsError, OSError) as error:
        log.warning("limit store down", extra={"reason": str(error), "fail_open": fail_open})
        if not fail_open:
            raise LimiterUnavailable(retry_after=1) from error
        # Open for the length of a lease, so that a store that is down is not asked by every request.
        return 0


def headers(amount: int, remaining: int, reset: int) -> dict[str, str]:
    """`RateLimit-*` and their older `X-RateLimit-*` twins; `reset` in seconds from now."""
    values = {"limit": str(amount), "remaining": str(remaining), "reset": str(reset)}
    return {f"{prefix}ratelimit-{name}": value for prefix in ("", "x-") for name, value in values.items()}


def _count(key: str, share: int, expires: int) -> int:
    """Add `share` to the shared counter and answer its new value."""
    answer = aws.call(
        "dynamodb",
        "UpdateItem",
        {
            "TableName": settings().limits_table,
            "Key": {"client": {"S": key}},
            "UpdateExpression": "ADD spent :share SET expires = :expires",
            "ExpressionAttributeValues": {":share": {"N": str(share)}, ":expires": {"N": str(expires)}},
            "ReturnValues": "UPDATED_NEW",
        },
        timeout=_CALL_SECONDS,
    )
    return int(answer["Attributes"]["spent"]["N"])


@cache
def _switch() -> mmap.mmap | None:
    path = settings().limits_switch_file
    if not path or settings().stage == "prod":
        return None
    with open(path, "rb") as file:
        return mmap.mmap(file.fileno(), 1, access=mmap.ACCESS_READ)


def switched_off() -> bool:
    """Whether limits are off for now, which a local run or a test stage may say and production never."""
    switch = _switch()
    return switch is not None and switch[0] == 1


def forget() -> None:
    """Drop this process's leases."""
    _leases.clear()
