"""Invoking handlers as Lambda does, each in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

_SCRIPT = Path(__file__).with_name("task_root.py")


class Lambdas:
    """`with Lambdas(layers):` answers `invoke`; `layers` are the folders that all functions have on their path."""

    def __init__(self, layers: Sequence[str]) -> None:
        self._layers = layers
        self._process: subprocess.Popen[str]

    def __enter__(self) -> Self:
        # -I and -S: no working directory, no user's or site's packages, no variables.
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(_SCRIPT), *self._layers],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # By this `shared` knows that it is in the cloud, before it is told whose place it takes.
            env={"AWS_LAMBDA_FUNCTION_NAME": "sample"},
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def invoke(self, folder: Path, **asked: Any) -> dict[str, Any]:
        """What `handler` answers to `event`, with this `path` and `environment`; `folder` takes its files."""
        answer, log = folder / "answer.json", folder / "log"
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(asked | {"answer": str(answer), "log": str(log)}) + "\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "done\n", "the process that forks has ended"
        # Shown when the test fails: why, in the handler's own words.
        print(log.read_text() if log.exists() else "")
        assert answer.exists(), "it died, or took too long"
        told: dict[str, Any] = json.loads(answer.read_text())
        assert "failed" not in told, told["failed"]
        found: dict[str, Any] = told["answer"]
        return found
