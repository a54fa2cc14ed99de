"""product_export.asked: the file of a job, written whole and found by a link."""

import pytest

from functions.catalog.export_products import handler as export
from functions.catalog.on_product_export_asked import handler
from functions.platform.get_job import handler as get_job
from shared.catalog.spreadsheets import exporting
from shared.identity.permissions import Role
from shared.platform import steps
from shared.platform.brands import Brand
from tests.accounts import signed_in
from tests.functions.catalog.test_export_products import filled
from tests.gateway import Bus, batch, call
from tests.killing import Killed
from tests.media import PRIVATE, Store

pytestmark = pytest.mark.usefixtures("issuer")


def asked(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """The id of a job, and what its file is to hold."""
    caller = signed_in(brand, Role.MANAGER)
    content = call(export, "GET", "/v1/admin/products/export", headers=caller).body
    monkeypatch.setattr(exporting, "MOST_AT_ONCE", 0)
    return call(export, "GET", "/v1/admin/products/export", headers=caller).body["id"], content


def test_the_file_is_what_an_answer_would_have_been(
    brand: Brand, store: Store, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(brand)
    job_id, content = asked(brand, monkeypatch)
    [told] = [each for each in bus.relay() if each["type"] == "product_export.asked"]
    for _ in range(2):
        assert handler(batch([told]), None)["batchItemFailures"] == []
    [key] = store.keys(PRIVATE)
    assert key == f"results/{brand.id}/{job_id}.csv"
    assert store.content(key, PRIVATE).decode() == content
    job = call(
        get_job,
        "GET",
        f"/v1/admin/jobs/{job_id}",
        headers=signed_in(brand, Role.MANAGER),
        path_params={"job_id": job_id},
    ).body
    assert (job["status"], job["progress"]) == ("done", {"done": 2, "total": 2})
    assert job["result"]["file_name"].startswith("maison-products-")


@pytest.mark.parametrize("place", ["before_reach", "after_reach", "before_settle", "before_commit"])
def test_killed_anywhere_the_next_delivery_writes_it(
    brand: Brand, store: Store, bus: Bus, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    filled(brand)
    job_id, _ = asked(brand, monkeypatch)
    [told] = [each for each in bus.relay() if each["type"] == "product_export.asked"]

    def die(name: str, function: str) -> None:
        if name == place:
            raise Killed

    steps.install(die)
    with pytest.raises(Killed):
        handler(batch([told]), None)
    steps.install(None)
    assert handler(batch([told]), None)["batchItemFailures"] == []
    assert store.keys(PRIVATE) == [f"results/{brand.id}/{job_id}.csv"]
