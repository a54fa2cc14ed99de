"""What stands around the functions while they answer their samples: the local AWS services, with what the templates make of
them, a local Stripe and a local PayPal."""

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from functions._generate.discovery import ROOT, Function
from local.aws import process, resources
from local.aws.client import Aws
from local.clock import MovableClock
from local.templates import reader
from local.templates.stack import Place
from local.templates.system import System
from shared.migrations.provision import DatabaseUrls
from tests.accounts import ISSUER, MASTER_KEY
from tests.local_google import google_at_work
from tests.local_paypal import CLIENT_ID, CLIENT_SECRET, WEBHOOK_ID, Listener, PayPal
from tests.local_stripe import SECRET_KEY, WEBHOOK_SECRET, Account, open_account

STAGE = "dev"
_PATIENCE = 30.0
_ASKS_GOOGLE = ("start_google_sign_in", "finish_google_sign_in")
# Filled in for each sample: its database is its own.
_APP, _JOBS = "postgresql://app", "postgresql://jobs"
_PARAMETERS = {
    "Stage": STAGE,
    "PublicUrl": ISSUER,
    "MediaUrl": "https://media.example",
    "AppDatabase": _APP,
    "JobsDatabase": _JOBS,
    # The local server speaks no TLS.
    "DatabaseTls": "prefer",
    "MailFrom": "shop@comptoir.example",
    "MailDomain": "comptoir.example",
    "StripeSecretKey": SECRET_KEY,
    "StripeWebhookSecret": WEBHOOK_SECRET,
    "PayPalClientId": CLIENT_ID,
    "PayPalClientSecret": CLIENT_SECRET,
    "PayPalWebhookId": WEBHOOK_ID,
}


@dataclass(frozen=True)
class Cloud:
    """The deployed system: what the templates say, and where the services answer."""

    system: System
    aws_url: str
    stripe: Account
    paypal: PayPal
    google_url: str
    lambda_url: str

    def environment(self, function: Function, urls: DatabaseUrls) -> dict[str, str]:
        """Only what the function's template gives it, and what Lambda itself and the place of this test add."""
        given = dict(self.system.functions[f"{STAGE}-{function.dashed}"].environment)
        databases = {_APP: urls.app, _JOBS: urls.jobs}
        variables = {name: databases.get(value, value) for name, value in given.items()}
        if "MASTER_KEY" in variables:
            # KMS is none of the local services.
            variables["MASTER_KEY"] = MASTER_KEY
        if "STRIPE_SECRET_KEY" in variables:
            variables["STRIPE_API_BASE"] = self.stripe.url
        variables |= {name: value for name, value in self._paypal().items() if name in variables}
        if function.name in _ASKS_GOOGLE:
            variables["GOOGLE_ISSUER"] = self.google_url
        return variables | self._lambda() | {"AWS_LAMBDA_FUNCTION_NAME": f"{STAGE}-{function.dashed}"}

    def everything(self, urls: DatabaseUrls) -> dict[str, str]:
        """All settings at once: for making the world in this process."""
        together: dict[str, str] = {}
        for found in self.system.functions.values():
            together |= found.environment
        together.pop("CONTEXT")
        own = {"APP_DATABASE": urls.app, "JOBS_DATABASE": urls.jobs, "MASTER_KEY": MASTER_KEY}
        providers = {"STRIPE_API_BASE": self.stripe.url, "GOOGLE_ISSUER": self.google_url}
        return together | own | providers | self._paypal() | self._lambda()

    def _paypal(self) -> dict[str, str]:
        return {"PAYPAL_API_BASE": self.paypal.url, "PAYPAL_AUTHORITIES": str(self.paypal.authority)}

    def _lambda(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.aws_url,
            "AWS_ENDPOINT_URL_LAMBDA": self.lambda_url,
            "AWS_REGION": process.REGION,
            "AWS_DEFAULT_REGION": process.REGION,
            "AWS_ACCESS_KEY_ID": "sample",
            "AWS_SECRET_ACCESS_KEY": "sample",
        }


@contextmanager
def deployed(folder: Path) -> Iterator[Cloud]:
    """The templates, deployed into services of one's own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    clock = MovableClock(folder / "clock")
    services = process.start(folder / "aws", port, clock.file, folder / "aws.log")
    stripe = open_account(folder)
    paypal = PayPal(folder / "paypal", Listener())
    paypal.start()
    try:
        url = f"http://127.0.0.1:{port}"
        system = reader.read(ROOT, Place(process.REGION, url, STAGE), _PARAMETERS)
        asyncio.run(_deploy(port, system, services))
        with google_at_work() as google, _invocations() as lambda_url:
            yield Cloud(system, url, stripe, paypal, google.issuer, lambda_url)
    finally:
        stripe.stop()
        stripe.endpoint.close()
        paypal.stop()
        paypal.listener.close()
        services.terminate()
        services.wait(_PATIENCE)


class _Invocation(BaseHTTPRequestHandler):
    """Every job that is asked for has run, and found nothing to do."""

    def do_POST(self) -> None:
        """Lambda's Invoke."""
        report = json.dumps({"processed": 0, "failed": 0, "finished": True}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(report)))
        self.end_headers()
        self.wfile.write(report)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is said."""


@contextmanager
def _invocations() -> Iterator[str]:
    """Where Lambda answers."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Invocation)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


async def _deploy(port: int, system: System, services: Any) -> None:
    aws, until = Aws(port), time.monotonic() + _PATIENCE
    while not await aws.is_up():
        assert services.poll() is None, "the local AWS services did not start"
        assert time.monotonic() < until
        await asyncio.sleep(0.02)
    await resources.create(aws, system)
