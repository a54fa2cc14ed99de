"""Uploads: files that people send straight to the private bucket, by a form that S3 itself holds them to.

A form says for whom a file is, what kind it may be and how large, and is signed by the function's own role (an HTML form's POST:
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html). boto3 would do the same at a cold start of 170 ms.
What has arrived S3 tells by EventBridge, and the `upload` door of whoever waits for it. Nothing that was sent is shown to anybody
as it came; the bucket deletes it within two days.
"""

import base64
import hashlib
import hmac
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from shared.platform import s3
from shared.platform.models import Response
from shared.platform.settings import settings

FORM_LIVES = timedelta(hours=1)
FOLDER = "uploads"
_KEY = re.compile(
    FOLDER + r"/(?P<kind>[a-z_]+)/(?P<brand>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    r"/(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
)


class UploadForm(Response):
    """POST `fields` and, as the last field, `file` to `url` as multipart/form-data; at most `max_bytes`, before `expires_at`.
    Where `fields` lack a Content-Type, send one that says what the file is."""

    url: str
    fields: dict[str, str]
    max_bytes: int
    expires_at: datetime


class NotAnUpload(Exception):
    """A key that no form of ours has given."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that has arrived: `id` is what its form was made for."""

    key: str
    brand_id: UUID
    id: UUID
    size: int

    @classmethod
    def read(cls, stored: Any) -> "Uploaded":
        """The `object` of S3's event. Raises NotAnUpload."""
        found = _KEY.fullmatch(str(stored["key"]))
        if found is None:
            raise NotAnUpload(str(stored["key"])[:200])
        return cls(found[0], UUID(found["brand"]), UUID(found["id"]), int(stored.get("size", 0)))


def key_of(kind: str, brand_id: UUID, upload_id: UUID) -> str:
    """Where the file for `upload_id` arrives."""
    return f"{FOLDER}/{kind}/{brand_id}/{upload_id}"


def form(key: str, *, content_type: str, max_bytes: int) -> UploadForm:
    """A form for one file at `key`. `content_type` is the only one that S3 takes or, with a slash at its end, how it begins;
    empty for any. Who knows it better than the form may say so in its field."""
    # Real time: it is S3 that will look at its own clock.
    now = datetime.now(UTC)
    day, region = now.strftime("%Y%m%d"), settings().aws_region
    fields = {
        "key": key,
        "success_action_status": "201",
        "x-amz-algorithm": "AWS4-HMAC-SHA256",
        "x-amz-credential": f"{os.environ.get('AWS_ACCESS_KEY_ID', 'local')}/{day}/{region}/s3/aws4_request",
        "x-amz-date": now.strftime("%Y%m%dT%H%M%SZ"),
    }
    conditions: list[Any] = [{"bucket": settings().private_bucket}, ["content-length-range", 1, max_bytes]]
    if not content_type or content_type.endswith("/"):
        conditions.append(["starts-with", "$Content-Type", content_type])
    else:
        fields["Content-Type"] = content_type
    if token := os.environ.get("AWS_SESSION_TOKEN"):
        fields["x-amz-security-token"] = token
    conditions += [{name: value} for name, value in fields.items()]
    # S3 asks for the field, whatever stands in it.
    fields.setdefault("Content-Type", f"{content_type}*" if content_type else "application/octet-stream")
    expires_at = (now + FORM_LIVES).replace(microsecond=0)
    policy = {"expiration": expires_at.strftime("%Y-%m-%dT%H:%M:%S.000Z"), "conditions": conditions}
    fields["policy"] = base64.b64encode(json.dumps(policy).encode()).decode()
    fields["x-amz-signature"] = _signature(fields["policy"], day, region)
    return UploadForm(url=_address(), fields=fields, max_bytes=max_bytes, expires_at=expires_at)


def _signature(policy: str, day: str, region: str) -> str:
    key = ("AWS4" + os.environ.get("AWS_SECRET_ACCESS_KEY", "local")).encode()
    for part in (day, region, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.new(key, policy.encode(), hashlib.sha256).hexdigest()


def _address() -> str:
    known = settings()
    if endpoint := known.s3_public_url or known.aws_endpoint_url:
        return f"{endpoint}/{known.private_bucket}"
    return f"https://{known.private_bucket}.s3.{known.aws_region}.amazonaws.com/"


def read(key: str) -> bytes | None:
    """What arrived; None when it is not there any more. Raises botocore's errors."""
    from botocore.exceptions import ClientError

    try:
        content: bytes = s3.client().get_object(Bucket=settings().private_bucket, Key=key)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKey":
            return None
        raise
    return content


def older_than(moment: datetime) -> Iterator[str]:
    """The keys of what arrived before `moment`. Raises botocore's errors."""
    pages = (
        s3.client()
        .get_paginator("list_objects_v2")
        .paginate(Bucket=settings().private_bucket, Prefix=f"{FOLDER}/")
    )
    for page in pages:
        for found in page.get("Contents", ()):
            if found["LastModified"] < moment:
                yield str(found["Key"])


def delete(keys: list[str]) -> None:
    """Delete these. Raises botocore's errors, s3.NotDeleted."""
    s3.delete(settings().private_bucket, keys)
