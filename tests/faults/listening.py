"""`python -m tests.faults.listening`: feed the listener from its queue as Lambda would, until killed."""

import os
import time
from typing import Any

from local.faults.hook import InjectedFault, StepFaults
from shared.platform import aws
from tests.faults.listener import Listener
from tests.faults.messages import LISTENER_QUEUE as QUEUE

_PAUSE_SECONDS = 0.3
_VISIBLE_AGAIN_SECONDS = 60


def main() -> None:
    """Listen."""
    faults = StepFaults.installed(os.environ["FAULTS_FILE"])
    url = f"{os.environ['AWS_ENDPOINT_URL']}/000000000000/{QUEUE}"
    handler = Listener()
    while True:
        try:
            _take(url, handler, faults)
        except (aws.AwsError, OSError, InjectedFault):
            time.sleep(_PAUSE_SECONDS)


def _take(url: str, handler: Listener, faults: StepFaults) -> None:
    asked = {
        "QueueUrl": url,
        "MaxNumberOfMessages": 10,
        "WaitTimeSeconds": 1,
        "AttributeNames": ["All"],
        "VisibilityTimeout": _VISIBLE_AGAIN_SECONDS,
    }
    messages: list[dict[str, Any]] = aws.call("sqs", "ReceiveMessage", asked).get("Messages", [])
    if not messages:
        return
    event = {"Records": [_record(message) for message in messages]}
    result = handler(event)
    if faults.wants_repeat():
        result = handler(event)
    failed = {failure["itemIdentifier"] for failure in result["batchItemFailures"]}
    for message in messages:
        if message["MessageId"] not in failed:
            aws.call("sqs", "DeleteMessage", {"QueueUrl": url, "ReceiptHandle": message["ReceiptHandle"]})


def _record(message: dict[str, Any]) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:eu-west-1:000000000000:{QUEUE}",
        "awsRegion": "eu-west-1",
    }


if __name__ == "__main__":
    main()
