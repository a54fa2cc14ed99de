"""order_export.asked: the file of a job."""

import csv
import io
from typing import Any

import pytest

from functions.orders.export_orders import handler as export_orders
from functions.orders.on_order_export_asked import handler
from functions.platform.get_job import handler as get_job
from shared.orders import exporting
from shared.platform import private_files
from tests.functions.orders.conftest import Desk
from tests.gateway import batch
from tests.killing import DieAt, Killed
from tests.media import PRIVATE, Store


@pytest.fixture
def asked(desk: Desk, store: Store, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    monkeypatch.setattr(exporting, "MOST_AT_ONCE", 0)
    desk.unpaid(1), desk.paid(2)
    assert (
        desk.manager.call(
            export_orders, "GET", "/v1/admin/orders/export.csv", query={"status": "paid"}
        ).status
        == 202
    )
    desk.bus.relay()
    return desk.bus.of("order_export.asked")


def content(store: Store) -> list[dict[str, str]]:
    [key] = store.keys(PRIVATE)
    return list(csv.DictReader(io.StringIO(store.content(key, PRIVATE).decode(), newline="")))


def job_of(desk: Desk, asked: list[dict[str, Any]]) -> dict[str, Any]:
    job_id = asked[0]["data"]["job_id"]
    return dict(desk.manager.call(get_job, "GET", "/v1/admin/jobs/{job_id}", job_id=job_id).body)


def test_the_file_holds_what_was_asked_for_and_the_job_leads_to_it(
    desk: Desk, store: Store, asked: list[dict[str, Any]]
) -> None:
    assert handler(batch(asked * 2), None) == {"batchItemFailures": []}
    assert [row["Status"] for row in content(store)] == ["paid"]
    job = job_of(desk, asked)
    assert (job["status"], job["counts"], job["progress"]) == (
        "done",
        {"orders_exported": 1},
        {"done": 1, "total": 1},
    )
    assert job["result"]["file_name"].startswith("maison-orders-")


@pytest.mark.parametrize("step", ["before_reach", "after_reach", "before_settle", "before_commit"])
def test_killed_anywhere_the_job_ends_once(
    desk: Desk, store: Store, asked: list[dict[str, Any]], die_at: DieAt, step: str
) -> None:
    die_at(step)
    with pytest.raises(Killed):
        handler(batch(asked), None)
    assert handler(batch(asked), None) == {"batchItemFailures": []}
    assert job_of(desk, asked)["counts"] == {"orders_exported": 1}
    assert len(content(store)) == 1


def test_a_bucket_that_is_down_delays_it_and_leaves_nothing_on_the_disk(
    desk: Desk,
    store: Store,
    asked: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Any,
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def down(*_: object) -> None:
        raise OSError("down")

    with monkeypatch.context() as patch:
        patch.setattr(private_files, "put_from", down)
        assert len(handler(batch(asked), None)["batchItemFailures"]) == 1
    assert list(tmp_path.iterdir()) == []
    assert handler(batch(asked), None) == {"batchItemFailures": []}
    assert list(tmp_path.iterdir()) == []
    assert job_of(desk, asked)["status"] == "done"
