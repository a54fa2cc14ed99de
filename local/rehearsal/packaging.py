"""What `sam build` and `sam package` make, by the real SAM CLI, for this machine's processor."""

import os
import platform
import subprocess
import sys
from pathlib import Path

from local.files import CHECKOUT
from local.rehearsal.account import Account

BUCKET = "rehearsal-artifacts"
ARCHITECTURE = "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64"


class NotPackaged(Exception):
    """The SAM CLI failed; its output has been shown."""


def packaged(account: Account, folder: Path) -> Path:
    """Build everything, upload it, and answer the root template that names what was uploaded. Raises NotPackaged."""
    build, template = folder / "build", folder / "packaged.yaml"
    account.client("s3").create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    _sam(account, "build", "--build-dir", str(build), "--parameter-overrides", f"Architecture={ARCHITECTURE}")
    _sam(
        account, "package", "--template-file", str(build / "template.yaml"), "--s3-bucket", BUCKET,
        "--output-template-file", str(template),
    )  # fmt: skip
    return template


def _sam(account: Account, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "local.sam", *arguments],
        cwd=CHECKOUT,
        env=os.environ | account.environment | {"ARCHITECTURE": ARCHITECTURE},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
        raise NotPackaged(f"sam {arguments[0]}")
