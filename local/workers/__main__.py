"""A worker process: `python -m local.workers FD`. Reads events from the socket, runs their handlers, writes the answers."""

import importlib
import io
import json
import os
import socket
import sys
import traceback
from collections.abc import Callable
from typing import Any, BinaryIO

import orjson

from local.faults.hook import StepFaults
from local.front import answer
from local.workers.context import LambdaContext
from local.workers.frames import HEADER, Kind, pack

Handler = Callable[[Any, LambdaContext], Any]


class Functions:
    """The handlers, imported when first needed. `table` as the pool sends it: name → module, attribute, memory, environment."""

    def __init__(self, table: dict[str, dict[str, Any]]) -> None:
        self._table = table
        self._handlers: dict[str, Handler] = {}
        self._own_variables: dict[str, str] = {}

    def handler(self, name: str) -> Handler:
        """The function's handler, with the variables that are its own in the environment."""
        entry = self._table[name]
        own: dict[str, str] = entry["environment"]
        if own != self._own_variables:
            for gone in self._own_variables.keys() - own.keys():
                os.environ.pop(gone, None)
            os.environ.update(own)
            self._own_variables = own
        found = self._handlers.get(name)
        if found is None:
            found = self._handlers[name] = getattr(
                importlib.import_module(entry["module"]), entry["attribute"]
            )
        return found

    def memory(self, name: str) -> int:
        """The function's memory in MB."""
        return int(self._table[name]["memory"])


def main(connection: socket.socket) -> None:
    """Serve until the runner closes its end."""
    # A killed worker's last words are in the log, one write a line.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True)
    reader = connection.makefile("rb")
    functions = Functions(orjson.loads(_read(reader)[1]))
    faults = StepFaults.installed(os.environ.get("FAULTS_FILE"))
    region = os.environ.get("AWS_REGION", "")
    while True:
        try:
            kind, payload = _read(reader)
        except EOFError:
            return
        if kind == Kind.PRELOAD:
            connection.sendall(_preload(functions, payload.decode()))
        else:
            connection.sendall(_invoke(functions, faults, region, orjson.loads(payload)))


def _read(reader: BinaryIO) -> tuple[int, bytes]:
    header = reader.read(HEADER.size)
    if len(header) < HEADER.size:
        raise EOFError
    size, kind = HEADER.unpack(header)
    return kind, reader.read(size)


def _preload(functions: Functions, name: str) -> bytes:
    try:
        functions.handler(name)
    except Exception:
        # The first real event meets the same error and reports it.
        traceback.print_exc()
    return pack(Kind.LOADED, b"")


def _invoke(functions: Functions, faults: StepFaults, region: str, call: dict[str, Any]) -> bytes:
    name = call["function"]
    context = LambdaContext(name, call["id"], functions.memory(name), region, call["deadline"])
    try:
        handler = functions.handler(name)
        result = handler(call["event"], context)
        if faults.wants_repeat():
            result = handler(call["event"], context)
        if call["http"]:
            return pack(Kind.HTTP, answer.render(result, call["http"] == "HEAD"))
        return pack(Kind.VALUE, json.dumps(result).encode())
    except Exception as error:
        report = {
            "errorType": type(error).__name__,
            "errorMessage": str(error),
            "stackTrace": traceback.format_exception(error),
        }
        line = {"level": "ERROR", "message": "the function failed", "function": name, **report}
        print(json.dumps(line), file=sys.stderr, flush=True)
        return pack(Kind.ERROR, json.dumps(report).encode())


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
