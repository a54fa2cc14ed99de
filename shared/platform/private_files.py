"""Private files: what is about one person or one brand, in a bucket that nobody reads but by a link that lives for minutes."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from shared.platform.settings import settings

# Long enough for a slow start of a download; the link in a mail is ours, and asks for a fresh one of these.
LINK_SECONDS = 300
_CONNECT_SECONDS, _READ_SECONDS = 3, 20


def put(key: str, content: bytes, content_type: str) -> None:
    """Write a file, in the place of any of this key. Raises botocore's errors."""
    _s3().put_object(Bucket=settings().private_bucket, Key=key, Body=content, ContentType=content_type)


def get(key: str) -> bytes:
    """A file's content. Raises botocore's errors."""
    content: bytes = _s3().get_object(Bucket=settings().private_bucket, Key=key)["Body"].read()
    return content


def delete(key: str) -> None:
    """Delete a file; one that is not there is deleted already. Raises botocore's errors."""
    _s3().delete_object(Bucket=settings().private_bucket, Key=key)


def keys(prefix: str) -> Iterator[str]:
    """The keys that begin with `prefix`, in order. Raises botocore's errors."""
    pages = _s3().get_paginator("list_objects_v2").paginate(Bucket=settings().private_bucket, Prefix=prefix)
    for page in pages:
        for found in page.get("Contents", ()):
            yield str(found["Key"])


def link(key: str, file_name: str) -> str:
    """An address that opens the file for LINK_SECONDS, saved under `file_name` (ASCII, without quotes)."""
    return str(
        _s3().generate_presigned_url(
            "get_object",
            Params={
                "Bucket": settings().private_bucket,
                "Key": key,
                "ResponseContentDisposition": f'attachment; filename="{file_name}"',
            },
            ExpiresIn=LINK_SECONDS,
        )
    )


@cache
def _s3() -> Any:
    import boto3
    from botocore.config import Config

    # Locally the bucket is a path and no host name.
    style = "path" if settings().aws_endpoint_url else "virtual"
    return boto3.client(
        "s3",
        region_name=settings().aws_region,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": style},
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
        ),
    )


def forget() -> None:
    """Drop the client: for tests."""
    _s3.cache_clear()
