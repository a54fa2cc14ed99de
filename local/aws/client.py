"""The runner's client of the local AWS services: AWS's JSON protocols, and the emulator's own questions."""

from typing import Any

import orjson

from local.aws.process import REGION
from local.http_client import HttpClient, Unreachable

_TARGETS = {
    "sqs": ("AmazonSQS", "1.0"),
    "events": ("AWSEvents", "1.1"),
    "dynamodb": ("DynamoDB_20120810", "1.0"),
}


class AwsFailed(Exception):
    """The local AWS services refused a call; `code` is AWS's error type."""

    def __init__(self, operation: str, status: int, body: bytes) -> None:
        super().__init__(f"{operation}: {status} {body[:300]!r}")
        try:
            self.code = str(orjson.loads(body).get("__type", "")).rpartition("#")[2]
        except (orjson.JSONDecodeError, AttributeError):
            self.code = ""


class Aws:
    """Calls the services on `port` of this machine."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.http = HttpClient("127.0.0.1", port)

    async def call(self, service: str, operation: str, body: dict[str, Any]) -> dict[str, Any]:
        """One operation. Raises AwsFailed, local.http_client.Unreachable."""
        prefix, version = _TARGETS[service]
        headers = [
            ("content-type", f"application/x-amz-json-{version}"),
            ("x-amz-target", f"{prefix}.{operation}"),
            ("authorization", credential(service)),
        ]
        answer = await self.http.request("POST", "/", headers, orjson.dumps(body))
        if answer.status >= 300:
            raise AwsFailed(operation, answer.status, answer.body)
        return dict(orjson.loads(answer.body)) if answer.body else {}

    async def own(
        self, question: str, body: dict[str, Any] | None = None, seconds: float = 60.0
    ) -> dict[str, Any]:
        """Ask the emulator itself: `receive`, `depths`, `faults`, `failed`, `close`."""
        payload = orjson.dumps(body) if body is not None else b""
        answer = await self.http.request("POST", f"/_runner/{question}", (), payload, seconds)
        if answer.status != 200:
            raise AwsFailed(question, answer.status, answer.body)
        return dict(orjson.loads(answer.body))

    async def is_up(self) -> bool:
        """Whether the services answer."""
        try:
            return (await self.http.request("GET", "/_ministack/health", seconds=2.0)).status == 200
        except Unreachable:
            return False


def credential(service: str) -> str:
    """What ministack reads of a signature: the service and the region. It verifies none."""
    scope = f"local/20260101/{REGION}/{service}/aws4_request"
    return f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=local"
