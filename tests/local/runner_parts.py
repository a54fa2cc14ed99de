"""Parts of the local run, put together for a test."""

import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from local import children
from local.files import CHECKOUT
from local.templates.system import Function
from local.workers.pool import Pool

HANDLERS = "tests.local.runner_handlers"


def function(name: str, timeout: int = 10) -> Function:
    """A function of the test handlers."""
    return Function(f"local-tests-{name}", HANDLERS, name, timeout, 128, {})


def table(*functions: Function, **environment: str) -> dict[str, Any]:
    """What the workers are told."""
    return {
        one.name: {
            "module": one.module,
            "attribute": one.attribute,
            "memory": one.memory,
            "environment": environment,
        }
        for one in functions
    }


@asynccontextmanager
async def pool(size: int, *functions: Function, queue_limit: int = 100, **env: str) -> AsyncIterator[Pool]:
    """A pool of workers that know `functions`, with `env` in their environment."""
    settings = {**os.environ, "PYTHONPATH": str(CHECKOUT), **env}

    def spawn(theirs: socket.socket) -> Any:
        return children.python("local.workers", [str(theirs.fileno())], settings, None, [theirs.fileno()])

    made = Pool("tests", size, spawn, table(*functions, CONTEXT="tests"), queue_limit)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()
