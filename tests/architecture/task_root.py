"""Lambda's view of a package, for one interpreter: run as a script with `-I -S`, it knows nothing but Python itself.

Reads one JSON object from standard input: `path` (what Lambda has on its own: the package, then the layers), `handler`, `event`,
`environment` (all there is of it). Writes the answer, or the traceback, as one JSON object.
"""

import importlib
import json
import os
import sys
import traceback


class Context:
    """What a handler is told of its invocation."""

    aws_request_id = "sample"
    function_name = "sample"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:eu-west-1:000000000000:function:sample"

    def get_remaining_time_in_millis(self) -> int:
        return 30_000


def main() -> None:
    asked = json.load(sys.stdin)
    # What the handler logs must not mix with the answer.
    answer_to = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.path[:0] = asked["path"]
    try:
        module, _, name = asked["handler"].rpartition(".")
        handler = getattr(importlib.import_module(module), name)
        answer = {"answer": handler(asked["event"], Context())}
    except BaseException:
        answer = {"failed": traceback.format_exc()}
    json.dump(answer, answer_to)
    answer_to.flush()


main()
