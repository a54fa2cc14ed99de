"""One cold start, in Lambda's view of a package: run as a script with `-I -S`, it knows nothing but Python itself.

Reads one JSON object from standard input: `path` (the package, then the layers), `handler`, `event`, `environment`. Writes one:
the CPU seconds spent when the handler was imported, the status of its answer, and the memory it took.
"""

import importlib
import json
import os
import sys
import time


class Context:
    """What a handler is told of its invocation."""

    aws_request_id = "bench"
    function_name = "bench"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:eu-west-1:000000000000:function:bench"

    def get_remaining_time_in_millis(self) -> int:
        return 30_000


def peak_memory() -> float:
    """The most memory that this process has had, in MB (what wait4 tells includes its parent's)."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))


def main() -> None:
    asked = json.load(sys.stdin)
    # What the handler logs must not mix with the answer.
    answer_to = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.path[:0] = asked["path"]
    module, _, name = asked["handler"].rpartition(".")
    handler = getattr(importlib.import_module(module), name)
    imported = time.process_time()
    answer = handler(asked["event"], Context())
    told = {"imported": imported, "status": answer.get("statusCode", 200), "memory": peak_memory()}
    json.dump(told, answer_to)
    answer_to.flush()
    # A frozen Lambda does not wait for the interpreter to tidy up.
    os._exit(0)


main()
