"""GET /v1/admin/jobs/{job_id}."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from functions.platform.get_job import handler
from functions.platform.purge_expired import handler as purge
from shared.identity.permissions import Role
from shared.platform import background
from shared.platform.background import Line
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import signed_in
from tests.gateway import Answer, call
from tests.media import PRIVATE, Store
from tests.people import rows
from tests.till import Clock

pytestmark = pytest.mark.usefixtures("issuer", "bus", "store")


def open_job(brand: Brand) -> UUID:
    with begin(brand, "test") as work:
        return background.open_job(
            work, "things.count", needs="products:export", owner=uuid4(), asked={"of": "all"}
        )


def get(brand: Brand, job_id: UUID, role: Role = Role.SUPPORT, query: Any = None, **headers: str) -> Answer:
    return call(
        handler,
        "GET",
        f"/v1/admin/jobs/{job_id}",
        headers=signed_in(brand, role) | headers,
        path_params={"job_id": str(job_id)},
        query=query,
    )


def test_a_job_tells_how_far_it_is(brand: Brand) -> None:
    job_id = open_job(brand)
    body = get(brand, job_id).body
    assert (body["kind"], body["status"], body["progress"]) == (
        "things.count",
        "waiting",
        {"done": 0, "total": None},
    )
    assert (body["result"], body["problem"], body["report"], body["started_at"]) == (None, None, [], None)
    with begin(brand, "test") as work:
        job = background.lock_open(work, job_id, "things.count")
        assert job
        background.start(work, job, 10)
        background.advance(work, job, 4, {"counted": 3, "missed": 1})
    body = get(brand, job_id).body
    assert (body["status"], body["progress"]) == ("running", {"done": 4, "total": 10})
    assert body["counts"] == {"counted": 3, "missed": 1}
    with begin(brand, "test") as work:
        background.fail(work, job_id, "out_of_numbers")
        assert background.lock_open(work, job_id, "things.count") is None
    body = get(brand, job_id).body
    assert (body["status"], body["problem"]) == ("failed", "out_of_numbers")
    assert body["finished_at"]


def test_a_report_is_read_in_parts(brand: Brand) -> None:
    job_id = open_job(brand)
    with begin(brand, "test") as work:
        for number in range(2, 7):
            background.report(work, job_id, [Line(number, "Title", "error", "odd", "x" * 900)])
        background.report(work, job_id, [Line(None, None, "warning", "late", "later")])
    first = get(brand, job_id, query={"limit": 4}).body
    assert [line["row"] for line in first["report"]] == [2, 3, 4, 5]
    assert first["pagination"] == {"page": 1, "limit": 4, "total": 6, "pages": 2}
    assert len(first["report"][0]["message"]) == 500
    second = get(brand, job_id, query={"limit": 4, "page": 2}).body
    assert second["report"][-1] == {
        "row": None, "column": None, "severity": "warning", "code": "late", "message": "later",
    }  # fmt: skip


def test_a_report_ends_somewhere(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "MOST_LINES", 3)
    job_id = open_job(brand)
    with begin(brand, "test") as work:
        for _ in range(3):
            background.report(work, job_id, [Line(2, None, "error", "odd", "x")] * 2)
    assert get(brand, job_id).body["pagination"]["total"] == 3


def test_a_result_is_a_link_of_an_hour_for_who_may_have_it(brand: Brand, at: Clock) -> None:
    job_id = open_job(brand)
    with begin(brand, "test") as work:
        background.finish(work, job_id, result_key=f"results/{brand.id}/x.csv", result_name="x.csv")
    result = get(brand, job_id, Role.MANAGER).body["result"]
    assert f"results/{brand.id}/x.csv" in result["url"]
    assert PRIVATE in result["url"]
    assert "X-Amz-Expires=3600" in result["url"]
    assert result["file_name"] == "x.csv"
    # Support may see that there is one, and not have it.
    body = get(brand, job_id).body
    assert (body["status"], body["result"]) == ("done", None)
    at.move(days=8)
    assert get(brand, job_id, Role.MANAGER).body["result"] is None


def test_jobs_are_forgotten_after_a_month_with_their_reports(brand: Brand, at: Clock) -> None:
    job_id = open_job(brand)
    with begin(brand, "test") as work:
        background.report(work, job_id, [Line(2, None, "error", "odd", "x")])
    at.move(days=29)
    purge({}, None)
    assert get(brand, job_id).status == 200
    at.move(days=2)
    purge({}, None)
    assert get(brand, job_id).status == 404
    assert rows(brand, "SELECT * FROM platform.background_job_lines") == []


def test_who_may(brand: Brand, another_brand: Brand) -> None:
    job_id = open_job(brand)
    assert get(another_brand, job_id).code == "job_not_found"
    assert get(brand, uuid4()).code == "job_not_found"
    assert get(brand, job_id, Role.MEMBER).status == 403
    assert get(brand, job_id, authorization="").status == 401


def test_a_job_of_another_kind_is_nobodys(brand: Brand, store: Store) -> None:
    job_id = open_job(brand)
    with begin(brand, "test") as work:
        assert background.lock_open(work, job_id, "things.paint") is None
