"""Failed sign-ins: counted per account, whether or not there is such an account, and per client's address."""

import hashlib
from typing import Any, NamedTuple

from shared.identity.throttling import (
    FAILURES_BEFORE_LOCK,
    FREE_FAILURES_OF_ACCOUNT,
    FREE_FAILURES_OF_ADDRESS,
    WINDOW,
    seconds_to_wait,
)
from shared.kernel.networks import client_of
from shared.platform import limits
from shared.platform.work import Work

_FIND = """
    SELECT subject, failures, since, failed_at, locked_at FROM identity.sign_in_failures
     WHERE subject = 'account' AND key_hash = %(account)s OR subject = 'address' AND key_hash = %(address)s
"""
# Both rows in one statement and always in this order, so that two failures never wait for each other.
_COUNT = """
    INSERT INTO identity.sign_in_failures AS f (subject, key_hash, failures, since, failed_at)
    SELECT subject, key_hash, 1, %(now)s, %(now)s
      FROM (VALUES ('account', %(account)s::bytea), ('address', %(address)s)) AS v(subject, key_hash)
    ON CONFLICT (brand_id, subject, key_hash) DO UPDATE
       SET failures = CASE WHEN f.since <= %(window)s THEN 1 ELSE f.failures + 1 END,
           since = CASE WHEN f.since <= %(window)s THEN excluded.since ELSE f.since END,
           failed_at = excluded.failed_at
 RETURNING subject, failures, locked_at
"""
_LOCK = """
    UPDATE identity.sign_in_failures SET locked_at = %(now)s
     WHERE subject = 'account' AND key_hash = %(account)s AND locked_at IS NULL
"""
_FORGIVE = "DELETE FROM identity.sign_in_failures WHERE subject = 'account' AND key_hash = %(account)s"


class Standing(NamedTuple):
    """`locked`: only a mailed link helps; `wait`: seconds until the next try may come."""

    locked: bool
    wait: int


def standing(work: Work, account_key: str, source_ip: str) -> Standing:
    """Where an account and a client stand."""
    rows: dict[str, Any] = {row.subject: row for row in work.all(_FIND, **_keys(account_key, source_ip))}
    account, address = rows.get("account"), rows.get("address")
    locked = account is not None and account.locked_at is not None
    # What is locked answers at once, and like what is wrong.
    waits = [
        seconds_to_wait(row.failures, row.failed_at, row.since, free, work.now)
        for row, free in (
            (None if locked else account, FREE_FAILURES_OF_ACCOUNT),
            (address, FREE_FAILURES_OF_ADDRESS),
        )
        if row is not None
    ]
    return Standing(locked, 0 if limits.switched_off() else max(waits, default=0))


def count(work: Work, account_key: str, source_ip: str) -> bool:
    """Count one failure; whether it was the one that locked the account."""
    keys = _keys(account_key, source_ip)
    rows = {row.subject: row for row in work.all(_COUNT, now=work.now, window=work.now - WINDOW, **keys)}
    account = rows["account"]
    if account.locked_at is not None or account.failures < FAILURES_BEFORE_LOCK:
        return False
    return work.run(_LOCK, account=keys["account"], now=work.now) == 1


def forgive(work: Work, account_key: str) -> None:
    """The owner has come in: the account's failures and its lock are over. The client's stay."""
    work.run(_FORGIVE, account=_hash(account_key))


def _keys(account_key: str, source_ip: str) -> dict[str, bytes]:
    return {"account": _hash(account_key), "address": _hash(client_of(source_ip))}


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
