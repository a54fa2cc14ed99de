"""Files in tests: the buckets, forms as browsers send them, and S3's own word that something has arrived."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import boto3
import pytest
from moto import mock_aws

from local.surface import post_policy
from shared.platform import s3, settings
from tests.gateway import Handler

PRIVATE, MEDIA = "test-private", "test-media"
SECRET = "test"
MEDIA_URL = "https://media.example"


@dataclass
class Store:
    """Both buckets."""

    client: Any

    def send(self, form: dict[str, Any], content: bytes, content_type: str = "image/png") -> str:
        """Post a file by a form, as S3 would take it: its key. Raises post_policy.PolicyFailed."""
        body = multipart(form["fields"], content, content_type)
        post_policy.check("multipart/form-data; boundary=b", body, PRIVATE, SECRET)
        key: str = form["fields"]["key"]
        self.client.put_object(Bucket=PRIVATE, Key=key, Body=content)
        return key

    def arrive(self, handler: Handler, key: str, *, event_id: str | None = None, times: int = 1) -> list[Any]:
        """S3 tells that the file at `key` has arrived, as often as that; what is given back."""
        told = json.dumps(arrival(key, event_id))
        answers = [handler({"Records": [_record(told)]}, None) for _ in range(times)]
        return [failure for answer in answers for failure in answer["batchItemFailures"]]

    def keys(self, bucket: str = MEDIA, prefix: str = "") -> list[str]:
        """What lies in a bucket."""
        listed = self.client.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
        return [each["Key"] for each in listed]

    def content(self, key: str, bucket: str = MEDIA) -> bytes:
        """A file's."""
        read: bytes = self.client.get_object(Bucket=bucket, Key=key)["Body"].read()
        return read


def multipart(fields: dict[str, str], content: bytes, content_type: str = "image/png") -> bytes:
    """A form's body, with `b` as its boundary."""
    sent = fields if "Content-Type" in fields else fields | {"Content-Type": content_type}
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in sent.items()
    ]
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\nContent-Type: x/y\r\n\r\n'
    return b"".join(parts) + head + content + b"\r\n--b--\r\n"


def arrival(key: str, event_id: str | None = None) -> dict[str, Any]:
    """EventBridge's event of an object that was created."""
    return {
        "version": "0",
        "id": event_id or str(uuid4()),
        "detail-type": "Object Created",
        "source": "aws.s3",
        "time": datetime.now(UTC).isoformat(),
        "detail": {"bucket": {"name": PRIVATE}, "object": {"key": key, "size": 1}},
    }


def _record(body: str) -> dict[str, Any]:
    return {
        "messageId": uuid4().hex,
        "receiptHandle": "handle",
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-west-1:000000000000:queue",
        "awsRegion": "eu-west-1",
    }


@pytest.fixture
def store(issuer: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The buckets that the functions' settings name."""
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("PRIVATE_BUCKET", PRIVATE)
    monkeypatch.setenv("MEDIA_BUCKET", MEDIA)
    monkeypatch.setenv("MEDIA_URL", MEDIA_URL)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    settings.forget()
    s3.forget()
    with mock_aws():
        # moto brings credentials of its own.
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, SECRET)
        monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
        client = boto3.client("s3", region_name="eu-west-1")
        for bucket in (PRIVATE, MEDIA):
            client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        yield Store(client)
    settings.forget()
    s3.forget()
