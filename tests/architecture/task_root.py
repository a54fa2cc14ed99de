"""Lambda's view of a package, again and again: run as a script with `-I -S` and the folders of the layers that all functions have, it
knows nothing but Python itself and those.

The libraries that every function imports are imported once. Then each line on standard input is one JSON object: `path` (what Lambda
has on its own: the package, then the layers), `handler`, `event`, `environment` (all there is of it), `answer` and `log` (files). A
process forked for it, in which no function has been imported, writes the answer, or the traceback, as one JSON object; `done` is said
when it has ended.
"""

import importlib
import json
import os
import signal
import sys
import traceback
from typing import Any

# How all others are imported comes first.
LIBRARIES = ("shared", "psycopg", "pydantic", "aws_lambda_powertools.logging")
_SECONDS = 60


class Context:
    """What a handler is told of its invocation."""

    aws_request_id = "sample"
    function_name = "sample"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:eu-west-1:000000000000:function:sample"

    def get_remaining_time_in_millis(self) -> int:
        return 30_000


def main() -> None:
    python = list(sys.path)
    sys.path[:0] = sys.argv[1:]
    for name in LIBRARIES:
        importlib.import_module(name)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            asked = json.loads(line)
            sys.path[:] = [*asked["path"], *python]
            _answer(asked)
        os.waitpid(child, 0)
        print("done", flush=True)


def _answer(asked: dict[str, Any]) -> None:
    signal.alarm(_SECONDS)
    log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.clear()
    os.environ.update(asked["environment"])
    try:
        module, _, name = asked["handler"].rpartition(".")
        handler = getattr(importlib.import_module(module), name)
        answer = {"answer": handler(asked["event"], Context())}
    except BaseException:
        answer = {"failed": traceback.format_exc()}
    with open(asked["answer"], "w") as file:
        json.dump(answer, file)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


main()
