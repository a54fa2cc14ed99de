"""Starts the local AWS services as a child process."""

import os
import subprocess
from pathlib import Path

from local import children

REGION = "eu-west-1"
_SERVICES = ("sqs", "events", "dynamodb", "s3", "ses", "sns", "secretsmanager")


def start(data: Path, port: int, clock_file: Path, log: Path) -> "subprocess.Popen[bytes]":
    """Serve on `port`, with S3's objects and the captured mails kept below `data`."""
    data.mkdir(parents=True, exist_ok=True)
    env = {
        **os.environ,
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "MINISTACK_WORKER_THREADS": "4",
        "SERVICES": ",".join(_SERVICES),
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(data / "s3"),
        "MAIL_FILE": str(data / "mail.jsonl"),
        "CLOCK_FILE": str(clock_file),
        "STAGE": "local",
    }
    return children.python("local.aws", [], env, children.open_log(log))
