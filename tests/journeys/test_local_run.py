"""The local run itself: ready, stopped, killed, restarted; its clock, queues, jobs and mails."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from local.files import CHECKOUT
from tests.journeys.local_run import LocalRun, children_of, is_alive

type MakeRun = Callable[..., LocalRun]


def wait_until_dead(pids: list[int]) -> None:
    until = time.monotonic() + 20
    while any(map(is_alive, pids)):
        assert time.monotonic() < until, [pid for pid in pids if is_alive(pid)]
        time.sleep(0.05)


def test_it_says_where_everything_is_and_how_to_sign_in(run: LocalRun) -> None:
    for expected in ("/v1/docs", "/_local/mail", "admin@demo.test", "ada@demo.test", "demo-Passw0rd!"):
        assert expected in run.said
    assert run.http.get("/v1/health").json() == {"status": "ok"}
    for page in ("/v1/docs", "/_local", "/_local/mail", "/v1/openapi.json", "/.well-known/jwks.json"):
        assert run.http.get(page).status_code == 200, page


def test_an_unknown_address_is_our_own_problem_document(run: LocalRun) -> None:
    answer = run.http.get("/v1/store/nothing-here")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_clock_moves_and_jobs_run_by_name(run: LocalRun) -> None:
    before = run.local("/clock", method="GET")["offset_seconds"]
    moved = run.local("/clock", {"advance_seconds": 3600})["offset_seconds"]
    assert moved == pytest.approx(before + 3600)
    run.settle()
    assert run.run_job("relay_outbox") == {
        "job": "relay_outbox",
        "processed": 0,
        "failed": 0,
        "finished": True,
    }
    unknown = run.http.post("/_local/jobs/nothing", json={})
    assert unknown.status_code == 404
    assert "relay_outbox" in unknown.json()["jobs"]


def test_controls_refuse_what_they_do_not_understand(run: LocalRun) -> None:
    for path, body in (
        ("/clock", {}),
        ("/clock", {"now": "2026-01-01T00:00:00"}),
        ("/clock", {"advance_seconds": 1e15}),
        ("/limits", {"enabled": "perhaps"}),
        ("/faults", {"steps": [{"function": "x"}]}),
        ("/settle?timeout=soon", {}),
    ):
        assert run.http.post(f"/_local{path}", json=body).status_code == 422, path
    assert run.http.get("/_local/nothing").status_code == 404
    assert run.http.get("/_local/mail/999999").status_code == 404


def test_queues_show_their_depth(run: LocalRun) -> None:
    run.settle()
    depths = run.local("/queues", method="GET")
    assert depths["outbox"]["pending"] == 0
    assert all(set(depth) == {"visible", "in_flight", "dlq"} for depth in depths["queues"].values())
    assert not any(name.endswith("-dead") for name in depths["queues"])


def test_limits_can_be_switched(run: LocalRun) -> None:
    assert run.local("/limits", {"enabled": False}) == {"enabled": False}
    assert run.local("/limits", {"enabled": True}) == {"enabled": True}


def test_a_killed_worker_is_an_error_once(faulty: LocalRun) -> None:
    faulty.local("/faults", {"worker": "http"})
    assert [faulty.http.get("/v1/health").status_code for _ in range(3)] == [200, 200, 200]


def test_ctrl_c_leaves_nothing_running_and_the_data_stays(make_run: MakeRun) -> None:
    one = make_run()
    one.start()
    processes = [one.pid, *children_of(one.pid)]
    assert len(processes) >= 7
    one.local("/clock", {"advance_seconds": 86400})
    one.settle()
    assert one.stop() == 0
    wait_until_dead(processes)
    with make_run().running() as again:
        assert again.local("/clock", method="GET")["offset_seconds"] == pytest.approx(86400)


def test_after_a_kill_no_child_lives_and_the_next_run_starts(make_run: MakeRun) -> None:
    one = make_run()
    one.start()
    processes = children_of(one.pid)
    one.kill()
    wait_until_dead(processes)
    with make_run().running() as again:
        assert again.http.get("/v1/health").status_code == 200


def test_a_taken_port_and_a_second_run_are_clear_messages(make_run: MakeRun) -> None:
    one = make_run()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused = attempt(one, taken.getsockname()[1])
        assert refused.returncode == 1
        assert f"port {taken.getsockname()[1]} is taken" in refused.stderr
    with one.running():
        second = attempt(one, 0)
        assert second.returncode == 1
        assert f"process {one.pid} already runs" in second.stderr


def test_it_ends_when_what_it_needs_has_ended(make_run: MakeRun) -> None:
    one = make_run()
    one.start()
    aws = next(pid for pid in children_of(one.pid) if "local.aws" in command(pid))
    os.kill(aws, signal.SIGKILL)
    processes = [one.pid, *children_of(one.pid)]
    wait_until_dead(processes)
    assert "the local aws has ended" in one.said


def attempt(one: LocalRun, port: int) -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, "PORT": str(port), "LOCAL_HOME": str(one.home)}
    return subprocess.run(
        [sys.executable, "-m", "local"],
        cwd=CHECKOUT,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def command(pid: int) -> str:
    with open(f"/proc/{pid}/cmdline", "rb") as file:
        return file.read().replace(b"\0", b" ").decode()
