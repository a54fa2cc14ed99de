"""The account of the rehearsal: the emulator as a child process, its clients, and the secrets that an operator would have made."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import boto3
from botocore.config import Config

from local import children
from local.files import Files

REGION = "eu-west-1"
_PATIENCE = 60.0


@dataclass(frozen=True)
class Account:
    """Where AWS answers, and as whom one speaks to it."""

    port: int

    @property
    def url(self) -> str:
        """The one endpoint of all services."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What makes the SAM CLI and boto3 speak to this account."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "rehearsal",
            "AWS_SECRET_ACCESS_KEY": "rehearsal",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, service: str) -> Any:
        """A boto3 client."""
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id="rehearsal",
            aws_secret_access_key="rehearsal",
            config=Config(
                read_timeout=180, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}
            ),
        )

    def secret(self, name: str, value: str) -> str:
        """The ARN of a new secret."""
        return str(self.client("secretsmanager").create_secret(Name=name, SecretString=value)["ARN"])


@contextmanager
def opened(files: Files) -> Iterator[Account]:
    """An account without anything in it, for as long as the block lasts."""
    account = Account(files.port_for("rehearsal"))
    log = files.logs / "rehearsal-aws.log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | {
        "GATEWAY_PORT": str(account.port),
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "MINISTACK_WORKER_THREADS": "8",
        # What functions are told of where AWS is.
        "AWS_ENDPOINT_URL": account.url,
        "LAMBDA_EXECUTOR": "local",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "LOG_LEVEL": "INFO",
    }
    child = children.python("local.rehearsal.emulator", [], environment, children.open_log(log))
    try:
        _wait_for(account, child, log)
        yield account
    finally:
        children.stop(child)


def as_tls_or_not(url: str) -> str:
    """A database's URL for the server beside us, which speaks no TLS; the deployment asks for it wherever a URL says nothing."""
    return urlunsplit(urlsplit(url)._replace(query="sslmode=disable"))


def _wait_for(account: Account, child: Any, log: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            account.client("s3").list_buckets()
            return
        except Exception:
            if child.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the emulator did not start: {log}") from None
            time.sleep(0.2)
