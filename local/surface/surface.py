"""Answers everything below /_local."""

import asyncio
import sys
import traceback
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl, unquote

from local.aws.client import Aws, AwsFailed
from local.aws.mailbox import Mailbox
from local.front.connection import Request
from local.google.provider import Provider
from local.http_client import HttpClient, Unreachable
from local.sendcloud.provider import Provider as Sendcloud
from local.surface import proxies
from local.surface.answers import Refused, document, problem
from local.surface.controls import Controls
from local.surface.lambda_api import LambdaApi
from local.surface.objects import Objects
from local.surface.pages import Pages

_PREFIX = "/_local"

type Answer = Callable[[Request], Awaitable[bytes]]


class Surface:
    """`providers` maps a provider's name in the path to its server; `media_bucket` is where /_local/assets lie."""

    def __init__(
        self,
        controls: Controls,
        pages: Pages,
        mailbox: Mailbox,
        aws: Aws,
        media_bucket: str,
        providers: dict[str, HttpClient],
        functions: LambdaApi,
        google: Provider,
        sendcloud: Sendcloud,
        objects: Objects,
    ) -> None:
        self._controls, self._pages, self._mailbox = controls, pages, mailbox
        self._aws, self._media_bucket, self._providers = aws, media_bucket, providers
        self._functions, self._google, self._objects = functions, google, objects
        self._sendcloud = sendcloud
        self._exact: dict[tuple[str, str], Answer] = {
            ("GET", "/clock"): lambda _: _json(controls.clock()),
            ("POST", "/clock"): lambda request: _json(controls.move_clock(request.body)),
            ("GET", "/queues"): lambda _: _json(controls.queues()),
            ("GET", "/limits"): lambda _: _json(controls.limits()),
            ("POST", "/limits"): lambda request: _json(controls.switch_limits(request.body)),
            ("GET", "/faults"): lambda _: _json(controls.faults()),
            ("POST", "/faults"): lambda request: _json(controls.arm_faults(request.body)),
            ("DELETE", "/faults"): lambda _: _json(controls.clear_faults()),
            ("POST", "/settle"): lambda request: _json(controls.settle(_query(request))),
            ("GET", "/mail.json"): self._mails_json,
            ("GET", "/mail"): self._mails_page,
            ("GET", ""): self._home,
        }

    async def __call__(self, request: Request) -> bytes:
        """The HTTP answer."""
        try:
            return await self._route(request)
        except Refused as refused:
            return problem(refused)
        except (AwsFailed, Unreachable) as error:
            return problem(Refused(502, str(error)))
        except asyncio.CancelledError:
            raise
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            return problem(Refused(500, f"{type(error).__name__}: {error}"))

    async def _route(self, request: Request) -> bytes:
        path = request.path.removeprefix(_PREFIX).rstrip("/")
        exact = self._exact.get((request.method, path))
        if exact is not None:
            return await exact(request)
        first, _, rest = path.removeprefix("/").partition("/")
        if first in self._providers:
            return await proxies.to_provider(
                self._providers[first], request, request.path.removeprefix(f"{_PREFIX}/{first}")
            )
        if first == "s3":
            return await self._objects(request)
        if first == "lambda":
            return await self._functions(request, rest)
        if first == "sendcloud":
            return await proxies.to_sendcloud(self._sendcloud, request, f"/{rest}")
        if first == "google":
            return proxies.to_google(self._google, request, f"/{rest}")
        if first == "jobs" and request.method == "POST":
            return document(await self._controls.run_job(unquote(rest)))
        if first == "assets" and request.method in ("GET", "HEAD"):
            return await proxies.to_object(self._aws, self._media_bucket, request, rest)
        if first == "mail" and rest and request.method == "GET":
            return self._pages.mail_body(rest)
        raise Refused(404, f"There is no {request.method} {request.path} here.")

    async def _mails_json(self, request: Request) -> bytes:
        query = _query(request)
        return document({"data": self._mailbox.find(query.get("to"), query.get("template"))})

    async def _mails_page(self, request: Request) -> bytes:
        return self._pages.mails(_query(request))

    async def _home(self, _: Request) -> bytes:
        return self._pages.home()


def _query(request: Request) -> dict[str, str]:
    return dict(parse_qsl(request.query))


async def _json(answered: Awaitable[object]) -> bytes:
    return document(await answered)
