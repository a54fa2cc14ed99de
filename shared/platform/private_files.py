"""Private files: what is about one person or one brand, in a bucket that nobody reads but by a link that soon ends."""

from collections.abc import Iterator
from datetime import timedelta

from shared.platform import s3
from shared.platform.settings import settings

# Long enough for a slow start of a download; the link in a mail is ours, and asks for a fresh one of these.
LINK_LIVES = timedelta(minutes=5)


def put(key: str, content: bytes, content_type: str) -> None:
    """Write a file, in the place of any of this key. Raises botocore's errors."""
    s3.client().put_object(Bucket=settings().private_bucket, Key=key, Body=content, ContentType=content_type)


def put_from(path: str, key: str, content_type: str) -> None:
    """Write a file of this machine's disk, in parts when it is large. Raises botocore's errors."""
    s3.client().upload_file(path, settings().private_bucket, key, ExtraArgs={"ContentType": content_type})


def get(key: str) -> bytes:
    """A file's content. Raises botocore's errors."""
    content: bytes = s3.client().get_object(Bucket=settings().private_bucket, Key=key)["Body"].read()
    return content


def delete(key: str) -> None:
    """Delete a file; one that is not there is deleted already. Raises botocore's errors."""
    s3.client().delete_object(Bucket=settings().private_bucket, Key=key)


def keys(prefix: str) -> Iterator[str]:
    """The keys that begin with `prefix`, in order. Raises botocore's errors."""
    pages = (
        s3.client().get_paginator("list_objects_v2").paginate(Bucket=settings().private_bucket, Prefix=prefix)
    )
    for page in pages:
        for found in page.get("Contents", ()):
            yield str(found["Key"])


def link(key: str, file_name: str, lives: timedelta = LINK_LIVES) -> str:
    """An address that opens the file for as long as it `lives`, saved under `file_name` (ASCII, without quotes)."""
    return str(
        s3.signer().generate_presigned_url(
            "get_object",
            Params={
                "Bucket": settings().private_bucket,
                "Key": key,
                "ResponseContentDisposition": f'attachment; filename="{file_name}"',
            },
            ExpiresIn=int(lives.total_seconds()),
        )
    )


def forget() -> None:
    """Drop the client: for tests."""
    s3.forget()
