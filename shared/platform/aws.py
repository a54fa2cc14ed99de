"""A thin signed client for AWS's JSON protocols, for calls on the hot path.

boto3 costs 170 ms or more at a cold start; DynamoDB, SQS, EventBridge, Secrets Manager and KMS all speak "AWS JSON 1.x",
which is one signed POST. Signature Version 4: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from shared.platform.settings import settings

if TYPE_CHECKING:
    import http.client

_TARGETS = {
    "dynamodb": ("DynamoDB_20120810", "1.0"),
    "sqs": ("AmazonSQS", "1.0"),
    "events": ("AWSEvents", "1.1"),
    "secretsmanager": ("secretsmanager", "1.1"),
    "kms": ("TrentService", "1.1"),
}
_TIMEOUT_SECONDS = 3.0
_connections: "dict[str, http.client.HTTPConnection]" = {}


class AwsError(Exception):
    """AWS answered an error: `code` is its error type, `status` the HTTP status."""

    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.status = code, status


def call(
    service: str, operation: str, body: dict[str, Any], timeout: float = _TIMEOUT_SECONDS
) -> dict[str, Any]:
    """POST one operation and answer its JSON. Raises AwsError, or OSError when AWS cannot be reached."""
    prefix, version = _TARGETS[service]
    payload = json.dumps(body, separators=(",", ":")).encode()
    endpoint = settings().aws_endpoint_url or f"https://{service}.{settings().aws_region}.amazonaws.com"
    headers = _signed(
        service,
        urlsplit(endpoint).netloc,
        f"{prefix}.{operation}",
        f"application/x-amz-json-{version}",
        payload,
    )
    status, answer = _post(endpoint, payload, headers, timeout)
    parsed = _parsed(answer, status)
    if status >= 300:
        code = str(parsed.get("__type", status)).rpartition("#")[2]
        raise AwsError(code, str(parsed.get("message") or parsed.get("Message") or ""), status)
    return parsed


def _parsed(answer: bytes, status: int) -> dict[str, Any]:
    try:
        parsed = json.loads(answer) if answer else {}
    except ValueError as error:
        raise AwsError("NotJson", repr(answer[:100]), status) from error
    if not isinstance(parsed, dict):
        raise AwsError("NotAnObject", repr(answer[:100]), status)
    return parsed


def _post(endpoint: str, payload: bytes, headers: dict[str, str], timeout: float) -> tuple[int, bytes]:
    """Over a kept connection; one that the server closed meanwhile is opened again once."""
    # Imported here: the first requests of most functions make no call.
    import http.client

    for fresh in (False, True):
        connection = None if fresh else _connections.get(endpoint)
        reused = connection is not None
        if connection is None:
            parts = urlsplit(endpoint)
            kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
            connection = _connections[endpoint] = kind(parts.hostname or "", parts.port, timeout=timeout)
        elif connection.sock is not None:
            # Kept by a call that had another patience.
            connection.timeout = timeout
            connection.sock.settimeout(timeout)
        try:
            connection.request("POST", "/", payload, headers)
            response = connection.getresponse()
            return response.status, response.read()
        except (
            http.client.RemoteDisconnected,
            ConnectionResetError,
            BrokenPipeError,
            http.client.CannotSendRequest,
        ):
            _forget(endpoint, connection)
            if not reused:
                raise
        except http.client.HTTPException as error:
            _forget(endpoint, connection)
            raise OSError(f"{type(error).__name__}: {error}") from error
        except BaseException:
            _forget(endpoint, connection)
            raise
    raise AssertionError("unreachable")


def _forget(endpoint: str, connection: "http.client.HTTPConnection") -> None:
    connection.close()
    _connections.pop(endpoint, None)


def _signed(service: str, host: str, target: str, content_type: str, payload: bytes) -> dict[str, str]:
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    day, region = moment[:8], settings().aws_region
    headers = {"content-type": content_type, "host": host, "x-amz-date": moment, "x-amz-target": target}
    if token := os.environ.get("AWS_SESSION_TOKEN"):
        headers["x-amz-security-token"] = token
    names = sorted(headers)
    canonical = "\n".join(
        [
            "POST",
            "/",
            "",
            *(f"{name}:{headers[name]}" for name in names),
            "",
            ";".join(names),
            hashlib.sha256(payload).hexdigest(),
        ]
    )
    scope = f"{day}/{region}/{service}/aws4_request"
    to_sign = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = ("AWS4" + os.environ.get("AWS_SECRET_ACCESS_KEY", "local")).encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.new(key, to_sign.encode(), "sha256").hexdigest()
    credential = f"{os.environ.get('AWS_ACCESS_KEY_ID', 'local')}/{scope}"
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={';'.join(names)}, Signature={signature}"
    )
    return headers
