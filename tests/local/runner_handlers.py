"""Functions for the tests of the local run's workers, gateway and queues."""

import json
import os
import time
from pathlib import Path
from typing import Any

from shared.platform.steps import step


def echo(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers the event itself."""
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(event)}


def about(event: Any, context: Any) -> dict[str, Any]:
    """Answers what the context and the environment say."""
    return {
        "function": context.function_name,
        "memory": context.memory_limit_in_mb,
        "left": context.get_remaining_time_in_millis(),
        "context": os.environ.get("CONTEXT"),
        "pid": os.getpid(),
    }


def fail(event: Any, context: Any) -> None:
    """Raises."""
    raise ValueError("as asked")


def die(event: Any, context: Any) -> None:
    """Takes its process with it."""
    os._exit(9)


def sleep(event: Any, context: Any) -> dict[str, Any]:
    """Takes its time."""
    time.sleep(float(event.get("rawQueryString") or event.get("seconds", 0)))
    return {"statusCode": 204, "cookies": ["a=1", "b=2"]}


def stepping(event: Any, context: Any) -> dict[str, Any]:
    """Goes through a named step, noting each handling in the file `note`."""
    with Path(event["note"]).open("a") as file:
        file.write("handled\n")
    step("after_commit", "tests/stepping")
    return {}


def take(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A queue's consumer: notes each body in NOTE; bodies that say `bad` fail."""
    failed = []
    with Path(os.environ["NOTE"]).open("a") as file:
        for record in event["Records"]:
            body = record["body"]
            file.write(body + "\n")
            if "bad" in body:
                failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
