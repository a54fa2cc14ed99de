"""The stack, made and changed through CloudFormation's API."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.rehearsal.account import Account

NAME = "comptoir-rehearsal"
_PATIENCE = 600.0


@dataclass(frozen=True)
class Outcome:
    """How it ended: CloudFormation's status, the reason of what failed first, the outputs."""

    status: str
    reason: str
    outputs: dict[str, str]


def deploy(account: Account, template_url: str, parameters: Mapping[str, str]) -> Outcome:
    """Create the stack, or update it; answers when that has ended."""
    formation = account.client("cloudformation")
    asked: dict[str, Any] = {
        "StackName": NAME,
        "TemplateURL": template_url,
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    }
    if _exists(formation):
        formation.update_stack(**asked)
    else:
        formation.create_stack(**asked)
    until = time.monotonic() + _PATIENCE
    while True:
        stack = formation.describe_stacks(StackName=NAME)["Stacks"][0]
        if not stack["StackStatus"].endswith("_IN_PROGRESS") or time.monotonic() > until:
            break
        time.sleep(0.5)
    outputs = {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}
    return Outcome(stack["StackStatus"], _first_failure(formation), outputs)


def _exists(formation: Any) -> bool:
    try:
        return bool(formation.describe_stacks(StackName=NAME)["Stacks"])
    except formation.exceptions.ClientError:
        return False


def _first_failure(formation: Any) -> str:
    events = formation.describe_stack_events(StackName=NAME)["StackEvents"]
    failed = [
        each
        for each in events
        if each["ResourceStatus"].endswith("_FAILED") and each.get("ResourceStatusReason")
    ]
    failed.sort(key=lambda each: each["Timestamp"])
    return f"{failed[0]['LogicalResourceId']}: {failed[0]['ResourceStatusReason']}" if failed else ""
