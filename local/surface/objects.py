"""S3 as a browser on this machine sees it: forms are posted to /_local/s3/<bucket>, links open /_local/s3/<bucket>/<key>.

The local S3 takes much that AWS does not; here a form is held to its policy and a link to its signature, so that what works
against the local run works against the cloud.
"""

from collections.abc import Collection
from html import escape

from local.aws.client import Aws, credential
from local.front import answer
from local.front.connection import OBJECTS_PREFIX, Request
from local.http_client import Unreachable
from local.surface import post_policy, presigned
from local.surface.answers import Refused

# The account's, as the workers sign (local.environment).
SECRET = "local"
_CORS = [
    ("access-control-allow-origin", "*"),
    ("access-control-allow-methods", "GET, HEAD, POST"),
    ("access-control-allow-headers", "*"),
    ("access-control-expose-headers", "ETag"),
    ("access-control-max-age", "3600"),
]
_KEPT = ("content-type", "etag", "last-modified", "cache-control", "location")
_SECONDS = 60.0


class Objects:
    """The objects of `buckets`, for whoever holds a signed form or link."""

    def __init__(self, aws: Aws, buckets: Collection[str]) -> None:
        self._aws, self._buckets = aws, buckets

    async def __call__(self, request: Request) -> bytes:
        """The HTTP answer, in S3's own words. Raises Refused when there is no S3."""
        bucket, _, key = request.path.removeprefix(OBJECTS_PREFIX).partition("/")
        if bucket not in self._buckets:
            return _error(404, "NoSuchBucket", "The specified bucket does not exist")
        try:
            if request.method == "OPTIONS":
                return answer.plain(204, _CORS, b"")
            if request.method == "POST" and not key:
                return await self._take(request, bucket)
            if request.method in ("GET", "HEAD") and key:
                return await self._give(request, bucket, key)
        except Unreachable as error:
            raise Refused(502, f"The object store does not answer: {error}") from error
        return _error(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")

    async def _take(self, request: Request, bucket: str) -> bytes:
        named = {name.lower(): value.decode("latin-1") for name, value in request.headers}
        kind = named.get(b"content-type", "")
        try:
            post_policy.check(kind, request.body, bucket, SECRET)
        except post_policy.PolicyFailed as failed:
            return _error(failed.status, failed.code, str(failed))
        headers = [("authorization", credential("s3")), ("content-type", kind)]
        taken = await self._aws.http.request("POST", f"/{bucket}", headers, request.body, _SECONDS)
        return _passed_on(taken.status, taken.headers, taken.body)

    async def _give(self, request: Request, bucket: str, key: str) -> bytes:
        named = {name.lower(): value.decode("latin-1") for name, value in request.headers}
        try:
            asked = presigned.check(
                request.method, request.path, request.query, named.get(b"host", ""), SECRET
            )
        except presigned.LinkRefused as refused:
            return _error(403, "AccessDenied", str(refused))
        given = await self._aws.http.request(
            "GET", f"/{bucket}/{key}", [("authorization", credential("s3"))], b"", _SECONDS
        )
        shown = [
            ("content-disposition", asked[name]) for name in asked if name == "response-content-disposition"
        ]
        return _passed_on(given.status, [*given.headers, *shown], given.body, request.method == "HEAD")


def _passed_on(status: int, headers: list[tuple[str, str]], body: bytes, is_head: bool = False) -> bytes:
    kept = [(name, value) for name, value in headers if name in (*_KEPT, "content-disposition")]
    return answer.plain(status, kept + _CORS, body, is_head)


def _error(status: int, code: str, message: str) -> bytes:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>'
    return answer.plain(status, [("content-type", "application/xml"), *_CORS], body.encode())
