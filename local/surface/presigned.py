"""A presigned link to an object, verified as S3 does.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
"""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote


class LinkRefused(Exception):
    """The link was not signed by us, or for something else, or is over."""


def check(
    method: str, path: str, query: str, host: str, secret: str, now: datetime | None = None
) -> dict[str, str]:
    """What the link asks for, its parameters by name; `path` and `query` as they came. Raises LinkRefused."""
    asked = dict(parse_qsl(query, keep_blank_values=True))
    try:
        signature = asked.pop("X-Amz-Signature")
        _, day, region, service, end = asked["X-Amz-Credential"].split("/")
        signed_at = datetime.strptime(asked["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        lives = timedelta(seconds=int(asked["X-Amz-Expires"]))
    except (KeyError, ValueError) as error:
        raise LinkRefused("Access Denied") from error
    canonical = "&".join(
        f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in sorted(asked.items())
    )
    request = "\n".join([method, path, canonical, f"host:{host}\n", "host", "UNSIGNED-PAYLOAD"])
    scope = "/".join((day, region, service, end))
    to_sign = "\n".join(
        ["AWS4-HMAC-SHA256", asked["X-Amz-Date"], scope, hashlib.sha256(request.encode()).hexdigest()]
    )
    key = b"AWS4" + secret.encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    if not hmac.compare_digest(hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest(), signature):
        raise LinkRefused("The request signature we calculated does not match the signature you provided.")
    if (now or datetime.now(UTC)) > signed_at + lives:
        raise LinkRefused("Request has expired")
    return asked
