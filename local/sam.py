"""`python -m local.sam`: the official SAM CLI on every template: `sam validate --lint` on each, then `sam build`.

With arguments it is that CLI itself (`python -m local.sam local invoke …`). It pins other versions of our packages, so it
runs apart from them, by uv; the Python and the uv that `sam build` needs are put on its path.
"""

import os
import subprocess
import sys
from pathlib import Path

from local.bootstrap.bring_uv import bring_uv, find_uv
from local.files import CHECKOUT

_CLI = "aws-sam-cli==1.170.0"
_PYTHON = CHECKOUT / ".venv" / "bin"
# Only for rules that ask which services a region has.
_REGION = "eu-west-1"


def main(arguments: list[str]) -> int:
    """The CLI's exit status, the first that is not 0."""
    uv = find_uv() or bring_uv()
    if arguments:
        return _sam(uv, *arguments)
    nested = [
        path for place in ("stacks/**/*.yaml", "functions/*/template.yaml") for path in CHECKOUT.glob(place)
    ]
    for template in (CHECKOUT / "template.yaml", *sorted(nested)):
        if status := _sam(uv, "validate", "--lint", "--template", str(template)):
            return status
    return _sam(uv, "build")


def _sam(uv: Path, *arguments: str) -> int:
    environment = {
        **os.environ,
        "AWS_DEFAULT_REGION": os.environ.get("AWS_DEFAULT_REGION", _REGION),
        "PATH": os.pathsep.join([str(_PYTHON), str(uv.parent), os.environ.get("PATH", "")]),
        "SAM_CLI_TELEMETRY": "0",
    }
    run = [str(uv), "tool", "run", "--quiet", "--python", str(_PYTHON / "python"), "--from", _CLI, "sam"]
    return subprocess.run([*run, *arguments], cwd=CHECKOUT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
