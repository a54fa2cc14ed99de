"""Media: files that everybody may see, in the bucket that the CDN serves below `media_url`. A key is never written anew with
something else, so that whoever has a file may keep it for ever."""

from collections.abc import Sequence

from shared.platform import s3
from shared.platform.settings import settings

FOREVER = "public, max-age=31536000, immutable"


def put(key: str, content: bytes, content_type: str) -> None:
    """Write a file. Raises botocore's errors."""
    s3.client().put_object(
        Bucket=settings().media_bucket,
        Key=key,
        Body=content,
        ContentType=content_type,
        CacheControl=FOREVER,
    )


def delete(keys: Sequence[str]) -> None:
    """Delete files; one that is not there is deleted already. Raises botocore's errors, s3.NotDeleted."""
    s3.delete(settings().media_bucket, keys)


def address(key: str) -> str:
    """Where everybody finds the file."""
    return f"{settings().media_url}/{key}"
