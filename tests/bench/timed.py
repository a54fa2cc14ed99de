"""Calls, timed one by one."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Timed:
    """One thing's calls: wall and CPU milliseconds each."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def call(self, work: Callable[[], Any]) -> Any:
        """What `work` answers."""
        wall, cpu = time.perf_counter(), time.process_time()
        answer = work()
        self.cpu.append((time.process_time() - cpu) * 1000)
        self.wall.append((time.perf_counter() - wall) * 1000)
        return answer
