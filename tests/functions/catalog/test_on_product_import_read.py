"""product_import.read: a file is taken whole, in one transaction, or not at all."""

import pytest

from functions.catalog.on_product_import_read import handler
from shared.platform import steps
from shared.platform.brands import Brand
from tests.gateway import Bus, batch
from tests.killing import Killed
from tests.media import Store
from tests.people import rows
from tests.shop import product, sell, variant
from tests.spreadsheets import Importer, lines, row, sheet

pytestmark = pytest.mark.usefixtures("issuer")
MANY = sheet(*(row(f"p-{number}") for number in range(5)))


@pytest.fixture
def importer(brand: Brand, store: Store, bus: Bus) -> Importer:
    return Importer.of(brand, store, bus)


def count(brand: Brand) -> int:
    return len(rows(brand, "SELECT id FROM catalog.products"))


def test_killed_before_its_commit_nothing_is_there_and_then_all_is(brand: Brand, importer: Importer) -> None:
    job_id = importer.send(MANY)
    [told] = importer.bus.relay()

    def die(name: str, function: str) -> None:
        if name == "before_commit":
            raise Killed

    steps.install(die)
    with pytest.raises(Killed):
        handler(batch([told]), None)
    steps.install(None)
    assert count(brand) == 0
    assert importer.job(job_id).body["status"] == "running"
    for _ in range(2):
        assert handler(batch([told]), None)["batchItemFailures"] == []
    assert count(brand) == 5
    assert importer.job(job_id).body["status"] == "done"


def test_what_somebody_takes_meanwhile_stops_all_of_it(brand: Brand, importer: Importer) -> None:
    job_id = importer.send(MANY)
    sell(brand, product("other", variant("P-3")), units=0)
    importer.carry_out()
    job = importer.job(job_id).body
    assert (job["status"], job["problem"], count(brand)) == ("failed", "rows_refused", 1)
    assert lines(job) == [(5, "Variant SKU", "sku_taken")]
    assert rows(brand, "SELECT * FROM catalog.imported_products") == []
