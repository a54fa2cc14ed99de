"""Passes requests on: to the local payment providers, to the local Google, and to the objects of the media bucket."""

import asyncio
from urllib.parse import quote, unquote

from local.aws.client import Aws, credential
from local.front import answer
from local.front.connection import Request
from local.google.provider import Provider
from local.http_client import HttpClient, Unreachable
from local.sendcloud.provider import Provider as Sendcloud
from local.surface.answers import Refused

_HOP_BY_HOP = ("connection", "keep-alive", "transfer-encoding", "host", "content-length", "upgrade", "expect")
_OBJECT_HEADERS = ("content-type", "etag", "last-modified", "cache-control")
# A provider that was told to hang answers after its caller has given up.
_PROVIDER_SECONDS = 90.0


async def to_provider(client: HttpClient, request: Request, path: str) -> bytes:
    """The provider's own answer. Raises Refused when it does not answer."""
    target = path + (f"?{request.query}" if request.query else "")
    headers = [
        (name.decode("latin-1").lower(), value.decode("latin-1"))
        for name, value in request.headers
        if name.decode("latin-1").lower() not in _HOP_BY_HOP
    ]
    try:
        answered = await client.request(request.method, target, headers, request.body, _PROVIDER_SECONDS)
    except Unreachable as error:
        raise Refused(502, f"The provider does not answer: {error}") from error
    kept = [(name, value) for name, value in answered.headers if name not in _HOP_BY_HOP]
    return answer.plain(answered.status, kept, answered.body, request.method == "HEAD")


def to_google(google: Provider, request: Request, path: str) -> bytes:
    """The local Google's answer, which it gives within this process."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in request.headers}
    reply = google.answer(request.method, path, request.query, headers, request.body)
    return answer.plain(reply.status, list(reply.headers.items()), reply.body.encode())


async def to_sendcloud(sendcloud: Sendcloud, request: Request, path: str) -> bytes:
    """The local Sendcloud's answer. In a thread: some wait for a webhook of it to be heard, by this very process."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in request.headers}
    reply = await asyncio.to_thread(sendcloud.answer, request.method, path, headers, request.body)
    return answer.plain(reply.status, list(reply.headers.items()), reply.body)


async def to_object(aws: Aws, bucket: str, request: Request, key: str) -> bytes:
    """The object of the media bucket, as a CDN would give it. Raises Refused."""
    headers = [("authorization", credential("s3"))]
    named = {name.lower(): value.decode("latin-1") for name, value in request.headers}
    if b"if-none-match" in named:
        headers.append(("if-none-match", named[b"if-none-match"]))
    try:
        answered = await aws.http.request("GET", f"/{bucket}/{quote(unquote(key))}", headers)
    except Unreachable as error:
        raise Refused(502, f"The object store does not answer: {error}") from error
    if answered.status not in (200, 304):
        raise Refused(404, "There is no such asset.")
    kept = [(name, value) for name, value in answered.headers if name in _OBJECT_HEADERS]
    kept.append(("access-control-allow-origin", "*"))
    return answer.plain(answered.status, kept, answered.body, request.method == "HEAD")
