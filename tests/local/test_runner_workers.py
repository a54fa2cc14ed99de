"""Worker processes: context, environment, failures, faults at named steps."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
import uvloop

from local.faults.hook import FIRED
from local.workers.invoke import FunctionFailed, invoke
from tests.local import runner_parts


def test_a_handler_is_told_what_lambda_tells() -> None:
    async def story() -> dict[str, Any]:
        about = runner_parts.function("about", timeout=7)
        async with runner_parts.pool(1, about) as pool:
            return dict(await invoke(pool, about, {}))

    told = uvloop.run(story())
    assert (told["function"], told["memory"], told["context"]) == ("local-tests-about", "128", "tests")
    assert 0 < told["left"] <= 7000


def test_a_failure_is_reported_with_its_reason_and_a_death_is_told_from_it() -> None:
    async def story() -> list[Any]:
        names = [runner_parts.function(name) for name in ("fail", "die")]
        async with runner_parts.pool(1, *names) as pool:
            results = [await asyncio.gather(invoke(pool, one, {}), return_exceptions=True) for one in names]
            return [error.report["errorType"] for (error,) in results if isinstance(error, FunctionFailed)]

    assert uvloop.run(story()) == ["ValueError", "Runtime.ExitError"]


def test_a_killed_worker_is_replaced_and_an_idle_one_fails_nobody() -> None:
    async def story() -> list[int]:
        about = runner_parts.function("about")
        async with runner_parts.pool(1, about) as pool:
            first = (await invoke(pool, about, {}))["pid"]
            assert pool.kill_one()
            return [first, (await invoke(pool, about, {}))["pid"]]

    first, second = uvloop.run(story())
    assert first != second


def test_handlers_are_imported_ahead_while_real_events_go_first() -> None:
    async def story() -> None:
        about, sleep = runner_parts.function("about"), runner_parts.function("sleep")
        async with runner_parts.pool(1, about, sleep) as pool:
            pool.preload([about.name, sleep.name])
            assert (await invoke(pool, about, {}))["function"] == about.name

    uvloop.run(story())


@pytest.mark.parametrize(
    ("action", "handled", "outcome"),
    [("fail", 1, "InjectedFault"), ("kill", 1, "Runtime.ExitError"), ("repeat", 2, None), ("delay", 1, None)],
)
def test_a_fault_at_a_step_happens_as_often_as_armed(
    tmp_path: Path, action: str, handled: int, outcome: str | None
) -> None:
    note, file = tmp_path / "note", tmp_path / "faults.json"
    fault = {
        "id": "1",
        "function": "stepping",
        "step": "after_commit",
        "action": action,
        "seconds": 0.01,
        "times": 1,
    }
    file.write_text(json.dumps({"steps": [fault]}))

    async def story() -> list[str | None]:
        stepping = runner_parts.function("stepping")
        outcomes: list[str | None] = []
        async with runner_parts.pool(2, stepping, FAULTS_FILE=str(file)) as pool:
            for _ in range(3):
                try:
                    await invoke(pool, stepping, {"note": str(note)})
                    outcomes.append(None)
                except FunctionFailed as failed:
                    outcomes.append(failed.report["errorType"])
        return outcomes

    assert uvloop.run(story()) == [outcome, None, None]
    assert len(note.read_text().splitlines()) == handled + 2
    (done,) = (tmp_path / FIRED).read_text().splitlines()
    assert json.loads(done)["action"] == action
