"""An HTML form's POST to S3, held to its policy as S3 does, which the local S3 itself does only in part.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

_BOUNDARY = re.compile(r'boundary="?([^";]+)"?', re.IGNORECASE)
_NAME = re.compile(r'name="([^"]*)"')
# What needs no condition.
_FREE = ("x-amz-signature", "file", "policy")
_FREE_PREFIX = "x-ignore-"


class PolicyFailed(Exception):
    """S3 would not take this form: its error's `code`, `status` and message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


def check(content_type: str, body: bytes, bucket: str, secret: str, now: datetime | None = None) -> None:
    """Raise PolicyFailed unless the form is signed by `secret`, still valid, and what it says it may be."""
    fields, size = _read(content_type, body)
    policy = _signed_policy(fields, secret)
    if _moment(policy["expiration"]) <= (now or datetime.now(UTC)):
        raise PolicyFailed(403, "AccessDenied", "Invalid according to Policy: Policy expired.")
    given = fields | {"bucket": bucket}
    known = {name for condition in policy["conditions"] for name in _checked(condition, given, size)}
    for name in fields:
        if name not in known and name not in _FREE and not name.startswith(_FREE_PREFIX):
            raise _denied(f"Extra input fields: {name}")


def _read(content_type: str, body: bytes) -> tuple[dict[str, str], int]:
    """The fields by their names in lower case, and how large the file is."""
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise PolicyFailed(
            412, "PreconditionFailed", "Bucket POST must be of the enclosure-type multipart/form-data"
        )
    fields: dict[str, str] = {}
    for part in body.split(b"--" + found[1].encode())[1:-1]:
        head, _, value = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        named = _NAME.search(head.decode("utf-8", "replace"))
        value = value.removesuffix(b"\r\n")
        if named and named[1].lower() == "file":
            # S3 reads nothing behind the file.
            return fields, len(value)
        if named:
            fields[named[1].lower()] = value.decode("utf-8", "replace")
    raise PolicyFailed(400, "InvalidArgument", "POST requires exactly one file upload per request.")


def _signed_policy(fields: Mapping[str, str], secret: str) -> dict[str, Any]:
    encoded = fields.get("policy", "")
    scope = fields.get("x-amz-credential", "").split("/")[1:]
    key = b"AWS4" + secret.encode()
    for part in scope:
        key = hmac.digest(key, part.encode(), "sha256")
    expected = hmac.new(key, encoded.encode(), hashlib.sha256).hexdigest()
    if len(scope) != 4 or not hmac.compare_digest(expected, fields.get("x-amz-signature", "")):
        raise PolicyFailed(
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided.",
        )
    try:
        policy: dict[str, Any] = json.loads(base64.b64decode(encoded))
    except (binascii.Error, ValueError) as error:
        raise PolicyFailed(400, "InvalidPolicyDocument", str(error)) from error
    return policy


def _checked(condition: Any, given: Mapping[str, str], size: int) -> list[str]:
    """The names that a condition speaks of, which holds."""
    if isinstance(condition, dict):
        for name, value in condition.items():
            if given.get(name.lower()) != value:
                raise _denied(f'Policy Condition failed: ["eq", "${name}", "{value}"]')
        return [name.lower() for name in condition]
    match condition:
        case ["content-length-range", least, most]:
            if size < int(least):
                raise PolicyFailed(
                    400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size"
                )
            if size > int(most):
                raise PolicyFailed(
                    400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size"
                )
            return []
        case ["starts-with", str(name), str(value)]:
            holds = given.get(name[1:].lower(), "").startswith(value)
        case ["eq", str(name), str(value)]:
            holds = given.get(name[1:].lower()) == value
        case _:
            raise PolicyFailed(400, "InvalidPolicyDocument", f"Invalid condition: {condition!r}")
    if not holds:
        raise _denied(f"Policy Condition failed: {json.dumps(condition)}")
    return [name[1:].lower()]


def _denied(why: str) -> PolicyFailed:
    return PolicyFailed(403, "AccessDenied", f"Invalid according to Policy: {why}")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
