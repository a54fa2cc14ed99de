"""`python -m local.rehearsal.emulator`: ministack with all of its services, CloudFormation and Lambda included, on GATEWAY_PORT."""

import os

import uvicorn
from ministack.app import app
from ministack.services.cloudformation import stacks
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

_custom = stacks._is_custom_resource


def accepts(kind: str) -> bool:
    """Whether the emulator makes resources of this CloudFormation type."""
    return kind in _RESOURCE_HANDLERS or kind.startswith(("Custom::", "AWS::CloudFormation::"))


def _waits(kind: str) -> bool:
    """What is to be provisioned in a thread: a nested stack's custom resource answers by HTTP, which the emulator must be free to hear."""
    return bool(_custom(kind)) or kind == "AWS::CloudFormation::Stack"


if __name__ == "__main__":
    stacks._is_custom_resource = _waits
    uvicorn.run(
        app, host="127.0.0.1", port=int(os.environ["GATEWAY_PORT"]), log_level="warning", access_log=False
    )
