"""In a worker: what the named steps of `shared.platform.steps` do when a fault is armed there."""

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

from local.faults import file
from shared.platform import steps

FIRED = "faults.fired.jsonl"


class InjectedFault(Exception):
    """A fault test made the function fail here."""


class StepFaults:
    """Reads FAULTS_FILE: `{"steps": [{"id", "function", "step", "action", "seconds", "times"}]}`.

    `function` is a file's name, with or without its context, or `*`; `action` is kill, fail, delay (for `seconds`) or repeat (the same event
    is handled again); `times` counts down over all workers together. What was done is noted in `FIRED` beside the file, a line each.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._seen = 0
        self._armed: list[dict[str, Any]] = []
        self._repeat = False

    @classmethod
    def installed(cls, path: str | None) -> "StepFaults":
        """Hook the steps, when there is a faults file."""
        faults = cls(path or "")
        if path:
            steps.install(faults.at)
        return faults

    def wants_repeat(self) -> bool:
        """Whether a step asked for the event to be handled again; asked once."""
        wanted, self._repeat = self._repeat, False
        return wanted

    def at(self, step: str, function: str) -> None:
        """The function stands at the step. Raises InjectedFault, sleeps, or never returns."""
        for fault in self._current():
            if fault["step"] == step and _names(fault["function"], function) and self._claim(fault["id"]):
                self._note(fault, step, function)
                self._do(fault, step, function)

    def _current(self) -> list[dict[str, Any]]:
        try:
            changed = os.stat(self._path).st_mtime_ns
        except OSError:
            return []
        if changed != self._seen:
            self._armed = file.read(self._path)
            self._seen = changed
        return self._armed

    def _claim(self, fault_id: str) -> bool:
        """Take one of the fault's remaining times; the file is the counter that all workers share."""

        def take(faults: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], bool]:
            for fault in faults:
                if fault["id"] == fault_id and fault["times"] > 0:
                    fault["times"] -= 1
                    return [one for one in faults if one["times"] > 0], True
            return faults, False

        return file.change(self._path, take)

    def _note(self, fault: dict[str, Any], step: str, function: str) -> None:
        done = {"function": function, "step": step, "action": fault["action"], "at": time.time()}
        # One write of one line: appended whole, whoever else appends.
        with open(Path(self._path).with_name(FIRED), "ab", buffering=0) as note:
            note.write(json.dumps(done).encode() + b"\n")

    def _do(self, fault: dict[str, Any], step: str, function: str) -> None:
        match fault["action"]:
            case "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            case "delay":
                time.sleep(fault["seconds"])
            case "fail":
                raise InjectedFault(f"{function} at {step}")
            case "repeat":
                self._repeat = True


def _names(wanted: str, function: str) -> bool:
    def plain(name: str) -> str:
        return name.replace("-", "_").replace("/", "_")

    return wanted == "*" or plain(function) == plain(wanted) or plain(function).endswith("_" + plain(wanted))
