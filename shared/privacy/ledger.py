"""The ledger of erasures: a file each, outside the database, so that a restored backup forgets nobody's wish to be forgotten."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID

from shared.platform import private_files

_PREFIX = "erasures/"


class Entry(NamedTuple):
    """An erasure that was carried out: of which brand, by which request, and the file that says of whom."""

    brand_id: UUID
    request_id: UUID
    key: str


def key_of(brand_id: UUID, request_id: UUID) -> str:
    """Where an erasure's certificate lies; a later run of the same request takes its place."""
    return f"{_PREFIX}{brand_id}/{request_id}.json"


def document(certificate: str, payload: dict[str, Any]) -> bytes:
    """The file: the signed certificate, and in plain words what it signs."""
    told = {
        "certificate": certificate,
        "says": payload,
        "verify": "The certificate is a JWT signed by Ed25519 (RFC 8037). Its key is among `erasure_certificate_keys` of"
        f" {payload['iss']}/.well-known/openid-configuration.",
    }
    return (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode()


def entries() -> Iterator[Entry]:
    """Every erasure of every brand. Raises botocore's errors."""
    for key in private_files.keys(_PREFIX):
        brand, _, request = key.removeprefix(_PREFIX).removesuffix(".json").partition("/")
        yield Entry(UUID(brand), UUID(request), key)


def subject(entry: Entry) -> dict[str, Any]:
    """Of whom it was: `user_id`, `customer_ids`, and `asked_at`. Raises botocore's errors."""
    says = json.loads(private_files.get(entry.key))["says"]
    return {**says["subject"], "asked_at": says["request"]["asked_at"]}
