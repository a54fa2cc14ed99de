"""What operators see and do, over HTTP: dead letters and their redrive, jobs by hand, figures of real traffic, a verified audit log."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.demo import ids
from shared.kernel import audit_chain
from tests.journeys.books import rows
from tests.journeys.local_run import LocalRun
from tests.journeys.shopper import Shopper, Staff

pytestmark = pytest.mark.usefixtures("unlimited")

TEA_TOWEL = ids.variant(8, 2)
QUEUE = "orders-on-order-paid"
_DEAD_SECONDS = 60


def admin(run: LocalRun, email: str = "admin@demo.test") -> Staff:
    return Staff(run, email)


def post(staff: Staff, path: str, body: Any = None) -> httpx.Response:
    return staff.run.http.post(path, json=body, headers=staff.headers)


def until_dead(run: LocalRun) -> None:
    """Have what failed tried again at once, until it is given up."""
    until = time.monotonic() + _DEAD_SECONDS
    while not run.local("/queues", method="GET")["queues"][f"local-{QUEUE}"]["dlq"]:
        assert time.monotonic() < until, "never dead" + run.logs()
        run.local("/faults", {"reveal": True})
        time.sleep(0.1)


def test_a_dead_letter_is_seen_with_its_reason_raises_an_alert_and_is_redriven(faulty: LocalRun) -> None:
    run, staff = faulty, admin(faulty, "manager@demo.test")
    run.fault("orders/on_order_paid", "before_story", "fail", times=100)
    buyer = Shopper(run).paid(TEA_TOWEL)
    until_dead(run)
    assert buyer.mails() == []
    told = staff.get("/v1/admin/dead-letters").json()
    assert {"queue": QUEUE, "messages": 1} in told["queues"]
    [letter] = [letter for letter in told["data"] if letter["queue"] == QUEUE]
    assert letter["type"] == "order.paid"
    assert letter["data"]["order_id"] == buyer.order["id"]
    assert "InjectedFault" in letter["reason"]
    run.run_job("raise_alerts")
    rules = {alert["rule"]: alert for alert in staff.get("/v1/admin/alerts", state="open").json()["data"]}
    assert rules["queue.dead_letters"]["subject"] == QUEUE
    health = staff.get("/v1/admin/health").json()
    assert (health["status"], health["queues"][QUEUE]["dlq"]) == ("degraded", 1)
    run.local("/faults", method="DELETE")
    answer = post(staff, f"/v1/admin/dead-letters/{QUEUE}/redrive")
    assert answer.json() == {"queue": QUEUE, "redriven": 1, "left": 0}
    run.settle()
    assert [mail["template"] for mail in buyer.mails()] == ["order_confirmation"]
    run.run_job("raise_alerts")
    standing = staff.get("/v1/admin/alerts", rule="queue.dead_letters").json()["data"]
    assert {alert["state"] for alert in standing} == {"resolved"}


def test_a_job_is_run_by_hand(run: LocalRun) -> None:
    answer = post(admin(run), "/v1/admin/schedules/purge_expired/run")
    assert answer.status_code == 200, answer.text + run.logs()
    assert (answer.json()["state"], answer.json()["finished"]) == ("finished", True)
    runs = {job["job"]: job for job in admin(run).get("/v1/admin/health").json()["jobs"]}
    assert runs["purge_expired"]["succeeded_at"]
    assert post(admin(run), "/v1/admin/schedules/nothing/run").status_code == 404
    assert post(admin(run, "manager@demo.test"), "/v1/admin/schedules/purge_expired/run").status_code == 403


def test_an_event_and_a_webhook_are_replayed_and_change_nothing(run: LocalRun) -> None:
    staff = admin(run, "manager@demo.test")
    buyer = Shopper(run).paid(TEA_TOWEL)
    run.settle()
    listed = staff.get("/v1/admin/outbox", type="order.paid", status="published", limit=100).json()["data"]
    [event] = [event for event in listed if event["data"]["order_id"] == buyer.order["id"]]
    assert post(staff, f"/v1/admin/outbox/{event['id']}/replay").json()["status"] == "pending"
    hooks = staff.get("/v1/admin/webhook-events", type="payment_intent.succeeded", limit=1).json()["data"]
    assert post(staff, f"/v1/admin/webhook-events/{hooks[0]['id']}/replay").status_code == 200
    run.settle()
    assert len(buyer.mails()) == 1
    assert [move["to"] for move in Staff(run).order(buyer.order["id"])["history"]] == [
        "pending_payment",
        "paid",
    ]


def test_figures_are_those_of_real_traffic(run: LocalRun) -> None:
    staff = admin(run)
    assert run.http.get("/v1/store/products", headers={"X-Brand": "demo"}).status_code == 200
    # Each process writes its first request at once, and the next ones every half minute.
    told = staff.get("/v1/admin/performance/endpoints", hours=24 * 14).json()
    assert told["requests"] >= 1
    for each in told["data"]:
        assert each["route"].partition(" ")[2].startswith("/")
        assert 0 < each["p50_ms"] <= each["p95_ms"] <= each["max_ms"]
    assert {level["name"] for level in told["service_levels"]} == {"p95_ms", "error_rate", "uptime"}
    for page in ("queries", "cache", "recommendations"):
        assert staff.get(f"/v1/admin/performance/{page}").status_code == 200


def test_the_audit_log_is_anchored_exported_and_verified_by_the_file_alone(
    run: LocalRun, tmp_path: Path
) -> None:
    staff = admin(run)
    assert staff.get("/v1/admin/orders").status_code == 200
    actions = {entry["action"] for entry in staff.get("/v1/admin/audit-logs", limit=100).json()["data"]}
    assert {"identity.sign_in_staff", "orders.list_orders"} <= actions
    # A run within the last hour would leave nothing to do.
    run.advance(2 * 3600)
    staff = admin(run)
    assert run.run_job("anchor_audit")["processed"] >= 1
    [(bucket_key,)] = rows(
        run,
        "SELECT object_key FROM platform.audit_anchors WHERE brand_id = %(brand)s ORDER BY anchored_at DESC LIMIT 1",
        brand=ids.DEMO_BRAND,
    )
    files: list[Path] = []
    after = 0
    while True:
        answer = staff.get("/v1/admin/audit-logs/export", after=after)
        assert answer.status_code == 200, answer.text
        files.append(tmp_path / f"part{len(files)}.jsonl")
        files[-1].write_bytes(answer.content)
        header = json.loads(answer.content.partition(b"\n")[0])
        after = header["last"]
        if after == header["head"]["sequence"]:
            break
    anchors = list((run.home / ".local").rglob(Path(bucket_key).name))
    assert len(anchors) == 1, bucket_key
    arguments = [str(file) for file in files] + ["--anchor", str(anchors[0])]
    ran = subprocess.run(
        [sys.executable, "-S", audit_chain.__file__, *arguments], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1 anchored" in ran.stdout
