"""product_import.advanced: batch by batch, resumed where it was cut short, nothing doubled."""

from typing import Any

import pytest

from functions.catalog.on_product_import_advanced import handler
from shared.catalog.spreadsheets import importing
from shared.platform import steps
from shared.platform.brands import Brand
from tests.gateway import Bus, batch
from tests.killing import Killed
from tests.media import Store
from tests.people import rows
from tests.shop import product, sell, variant
from tests.spreadsheets import Importer, row, sheet

pytestmark = pytest.mark.usefixtures("issuer")
MANY = sheet(*(row(f"p-{number:02}", price="x" if number in (3, 11) else "5") for number in range(12)))


@pytest.fixture
def importer(brand: Brand, store: Store, bus: Bus, monkeypatch: pytest.MonkeyPatch) -> Importer:
    monkeypatch.setattr(importing, "BATCH", 3)
    return Importer.of(brand, store, bus)


def slugs(brand: Brand) -> list[str]:
    return [each.slug for each in rows(brand, "SELECT slug FROM catalog.products ORDER BY slug")]


def turn(importer: Importer, detail: Any) -> list[Any]:
    answer: list[Any] = handler(batch([detail]), None)["batchItemFailures"]
    return answer


def test_progress_shows_batch_by_batch(brand: Brand, importer: Importer) -> None:
    job_id = importer.send(MANY, "skip_errors")
    seen = []
    while told := importer.bus.relay():
        for detail in told:
            if detail["type"] == "product_import.advanced":
                turn(importer, detail)
                seen.append(importer.job(job_id).body["progress"]["done"])
    assert seen == [5, 8, 11, 12]
    assert importer.job(job_id).body["status"] == "done"
    assert len(slugs(brand)) == 10


@pytest.mark.parametrize("place", ["before_story", "before_commit", "after_commit", "before_delete"])
def test_killed_half_way_it_resumes_without_doubling(brand: Brand, importer: Importer, place: str) -> None:
    job_id = importer.send(MANY, "skip_errors")
    [first] = importer.bus.relay()
    turn(importer, first)
    [second] = [each for each in importer.bus.relay() if each["type"] == "product_import.advanced"]

    def die(name: str, function: str) -> None:
        if name == place:
            raise Killed

    steps.install(die)
    with pytest.raises(Killed):
        turn(importer, second)
    steps.install(None)
    for detail in (second, first, second):
        assert turn(importer, detail) == []
    importer.carry_out(twice=True)
    job = importer.job(job_id).body
    assert (job["status"], job["progress"]) == ("done", {"done": 12, "total": 12})
    assert job["counts"] == {"products_failed": 2, "products_created": 10}
    assert len(slugs(brand)) == len(set(slugs(brand))) == 10
    assert len(job["report"]) == 2
    assert rows(brand, "SELECT * FROM catalog.imported_products") == []


def test_a_sku_that_somebody_takes_meanwhile_is_told(brand: Brand, importer: Importer) -> None:
    importer.send(MANY, "skip_errors")
    sell(brand, product("other", variant("P-05")), units=0)
    importer.carry_out()
    assert "p-05" not in slugs(brand)
    assert "p-06" in slugs(brand)


def test_two_imports_at_once_do_not_disturb_each_other(brand: Brand, importer: Importer) -> None:
    first = importer.send(MANY, "skip_errors")
    second = importer.send(MANY, "skip_errors")
    importer.carry_out()
    done = [importer.job(each).body for each in (first, second)]
    assert [each["status"] for each in done] == ["done", "done"]
    counts = [
        (each["counts"].get("products_created", 0), each["counts"].get("products_unchanged", 0))
        for each in done
    ]
    assert tuple(map(sum, zip(*counts, strict=True))) == (10, 10)
    assert len(slugs(brand)) == 10
