"""The client of S3, made when it is first needed: for files that functions read, write or hand out by a link."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from shared.platform.settings import settings

_CONNECT_SECONDS, _READ_SECONDS = 3, 20
_AT_ONCE = 1000


class NotDeleted(Exception):
    """S3 did not delete what it was told to."""


@cache
def client() -> Any:
    """For calls."""
    return _made(None)


@cache
def signer() -> Any:
    """For links, which are opened from elsewhere: locally the store has another address there."""
    public_url = settings().s3_public_url
    return _made(public_url) if public_url else client()


def _made(endpoint_url: str | None) -> Any:
    import boto3
    from botocore.config import Config

    # Locally the bucket is a path and no host name.
    style = "path" if settings().aws_endpoint_url else "virtual"
    # A session of its own: the default one keeps the credentials that it first saw.
    return boto3.session.Session().client(
        "s3",
        region_name=settings().aws_region,
        endpoint_url=endpoint_url,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": style},
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
        ),
    )


def delete(bucket: str, keys: Sequence[str]) -> None:
    """Delete objects; one that is not there is deleted already. Raises botocore's errors, NotDeleted."""
    for first in range(0, len(keys), _AT_ONCE):
        asked = {"Objects": [{"Key": key} for key in keys[first : first + _AT_ONCE]], "Quiet": True}
        answer = client().delete_objects(Bucket=bucket, Delete=asked)
        if errors := answer.get("Errors"):
            raise NotDeleted(f"{errors[0].get('Key')}: {errors[0].get('Code')}")


def forget() -> None:
    """Drop the clients: for tests."""
    client.cache_clear()
    signer.cache_clear()
