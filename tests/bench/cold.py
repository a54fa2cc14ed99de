"""Cold starts: every function's import and first answer to its sample event, in a fresh process with bytecode present.

`python -m tests.bench.cold [RUNS] [NAME…]` prints one JSON object a function. CPU, not wall time: it is what a Lambda's memory
setting buys, and what a busy machine blurs least.
"""

import compileall
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from py_compile import PycInvalidationMode
from statistics import median
from typing import Any

import psycopg

from functions._generate.discovery import ROOT, Function, Kind, all_functions
from shared.migrations.provision import DatabaseUrls, create_database, urls_of
from shared.platform import database as connections
from tests import database_server
from tests.architecture.packages import Layers, make_layer, make_package
from tests.architecture.sample_cloud import Cloud, deployed
from tests.architecture.sample_world import World, make_world
from tests.database_server import TestServer

_WORLD, _OWN = "bench_world", "bench_world_of_one"
_CHILD = Path(__file__).with_name("cold_child.py")
_SECONDS = 60
_EMPTY = "def handler(event, context):\n    return {'statusCode': 200}\n"
# What is imported whatever a function does: nothing of ours but how the libraries are imported.
_LIBRARIES = (
    "import shared\nimport psycopg\nimport pydantic\nfrom aws_lambda_powertools.logging import Logger\n"
    f"class One(pydantic.BaseModel):\n    one: int\n{_EMPTY}"
)
FLOORS = {
    "(an empty handler)": ("nothing", _EMPTY),
    "(psycopg, pydantic and a logger)": ("libraries", _LIBRARIES),
}


class NoAnswer(Exception):
    """A function's process ended without an answer."""


@dataclass
class ColdStart:
    """A function's runs: CPU milliseconds until imported and until answered, and its peak memory in MB."""

    function: str
    kind: str
    status: int = 0
    failed: bool = False
    imported: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    def forget(self) -> None:
        """Drop the runs so far."""
        for values in (self.imported, self.answered, self.memory):
            values.clear()

    def summary(self) -> dict[str, Any]:
        """The medians."""
        return {
            "function": self.function,
            "kind": self.kind,
            "status": self.status,
            "import_ms": round(median(self.imported), 1),
            "answer_ms": round(median(self.answered), 1),
            "memory_mb": round(median(self.memory), 1),
        }


class Bench:
    """Everything that a cold start needs around it."""

    def __init__(self, server: TestServer, cloud: Cloud, folder: Path) -> None:
        self._server, self._cloud, self._folder = server, cloud, folder
        self._layer = _compiled(make_layer(folder / "layer"), "shared")
        # Those that only some functions have come behind the one that all have.
        self._layers = Layers(folder / "layers")
        self._world = self._make_world()

    def floor(self, start: ColdStart) -> None:
        """A handler that does nothing, and imports nothing or what all do: of `FLOORS`, by its name."""
        name, source = FLOORS[start.function]
        package = self._folder / name
        if not package.exists():
            package.mkdir()
            (package / f"{name}.py").write_text(source)
            _compiled(package)
        lambdas = {"AWS_LAMBDA_FUNCTION_NAME": name}
        self._timed(start, [str(package), str(self._layer)], f"{name}.handler", {}, lambdas)

    def start(self, function: Function, start: ColdStart) -> None:
        """One more run, on a copy of the world of its own."""
        sample = json.loads((ROOT / "events" / function.context / f"{function.name}.json").read_text())
        package = self._folder / function.context
        if not package.exists():
            _compiled(make_package(function.context, package))
        with self._copy() as urls:
            self._timed(
                start,
                [str(package), str(self._layer), *self._layers.of(function)[1:]],
                f"{function.name}.handler",
                self._world.event(sample),
                self._cloud.environment(function, urls),
            )

    def _timed(
        self, start: ColdStart, path: list[str], handler: str, event: Any, environment: dict[str, str]
    ) -> None:
        asked = {"path": path, "handler": handler, "event": event, "environment": environment}
        child = subprocess.Popen(
            [sys.executable, "-I", "-S", str(_CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert child.stdin
        assert child.stdout
        child.stdin.write(json.dumps(asked).encode())
        child.stdin.close()
        told = json.loads(child.stdout.read() or b"{}")
        _, code, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(code)
        child.stdout.close()
        if child.returncode or not told:
            raise NoAnswer("it did not answer its sample event")
        start.status = told["status"]
        start.imported.append(told["imported"] * 1000)
        start.answered.append((used.ru_utime + used.ru_stime) * 1000)
        start.memory.append(told["memory"])

    def _make_world(self) -> World:
        with psycopg.connect(self._server.admin_url, autocommit=True) as admin:
            create_database(admin, _WORLD, template="comptoir")
        urls = self._urls(_WORLD)
        os.environ.update(self._cloud.everything(urls))
        made = make_world(self._server.admin_url.rpartition("/")[0] + f"/{_WORLD}")
        connections.close_all()
        return made

    @contextmanager
    def _copy(self) -> Iterator[DatabaseUrls]:
        with psycopg.connect(self._server.admin_url, autocommit=True) as admin:
            create_database(admin, _OWN, template=_WORLD)
            yield self._urls(_OWN)
            admin.execute(f'DROP DATABASE "{_OWN}" WITH (FORCE)'.encode())

    def _urls(self, name: str) -> DatabaseUrls:
        return urls_of(self._server.admin_url, self._server.passwords, name)


def _compiled(folder: Path, below: str = "") -> Path:
    """With bytecode as the build makes it."""
    mode = PycInvalidationMode.UNCHECKED_HASH
    compileall.compile_dir(folder / below, quiet=1, invalidation_mode=mode)
    return folder


def main(runs: int, names: list[str]) -> None:
    """Measure `runs` cold starts of each function (of `names` alone if there are some)."""
    functions = [each for each in all_functions() if not names or each.name in names]
    starts = [
        ColdStart(f"{each.context}/{each.name}", "endpoint" if each.kind is Kind.ENDPOINT else str(each.kind))
        for each in functions
    ]
    # What the functions log while the world is made must not mix with the figures.
    figures = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    server = database_server.server_of(os.getpid())
    try:
        with tempfile.TemporaryDirectory() as folder, deployed(Path(folder)) as cloud:
            bench = Bench(server, cloud, Path(folder))
            floors = [ColdStart(name, "floor") for name in FLOORS]
            for number in range(runs + 1):
                # Interleaved, so that a slow minute is shared by all; the first round fills the caches.
                for function, start in zip(functions, starts, strict=True):
                    if start.failed:
                        continue
                    try:
                        bench.start(function, start)
                    except (OSError, NoAnswer) as error:
                        start.failed = True
                        print(f"{start.function} is left out: {error}", file=sys.stderr)
                    if number == 0:
                        start.forget()
                for floor in floors:
                    bench.floor(floor)
            for each in (*floors, *(start for start in starts if not start.failed)):
                print(json.dumps(each.summary()), file=figures, flush=True)
    finally:
        database_server.stop(os.getpid())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5, sys.argv[2:])
