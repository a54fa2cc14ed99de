"""upload of imports: a file is read once, whatever happens meanwhile."""

import pytest

from functions.catalog.on_import_uploaded import handler
from shared.platform import steps
from shared.platform.brands import Brand
from tests.gateway import Bus
from tests.killing import Killed
from tests.media import PRIVATE, Store
from tests.people import rows
from tests.spreadsheets import Importer, lines, row, sheet

pytestmark = pytest.mark.usefixtures("issuer")


@pytest.fixture
def importer(brand: Brand, store: Store, bus: Bus) -> Importer:
    return Importer.of(brand, store, bus)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"a,b\n1,2\n", "no_known_column"),
        (b'Handle,Title\n"a', "malformed_csv"),
        (b"PK\x03\x04 an archive", "no_known_column"),
    ],
)
def test_what_is_no_product_file_ends_the_job_with_its_reason(
    brand: Brand, importer: Importer, content: bytes, code: str
) -> None:
    for mode in ("all_or_nothing", "skip_errors"):
        job = importer.run(content, mode)
        assert (job["status"], job["problem"]) == ("failed", code)
        assert [line["code"] for line in job["report"]] == [code]
    assert rows(brand, "SELECT id FROM catalog.products") == []


def test_a_file_with_nothing_but_a_heading_is_done(importer: Importer) -> None:
    job = importer.run("Handle,Title\n", "skip_errors")
    assert (job["status"], job["progress"]) == ("done", {"done": 0, "total": 0})


def test_what_cannot_be_read_is_told_before_the_rest_has_its_turn(brand: Brand, importer: Importer) -> None:
    job_id = importer.send(sheet(row("a"), row("b", price="x"), row("c")), "skip_errors")
    job = importer.job(job_id).body
    assert (job["status"], job["progress"]) == ("running", {"done": 1, "total": 3})
    assert lines(job) == [(3, "Variant Price", "amount_invalid")]
    assert rows(brand, "SELECT id FROM catalog.products") == []


@pytest.mark.parametrize("place", ["before_commit", "before_reach", "after_reach", "before_settle"])
def test_killed_anywhere_the_next_delivery_reads_it(importer: Importer, place: str) -> None:
    def die(name: str, function: str) -> None:
        if name == place and function == "catalog/on_import_uploaded":
            raise Killed

    steps.install(die)
    with pytest.raises(Killed):
        importer.send(sheet(row("a")))
    steps.install(None)
    [key] = importer.store.keys(PRIVATE)
    assert importer.store.arrive(handler, key, times=2) == []
    importer.carry_out()
    assert importer.job(key.rpartition("/")[2]).body["counts"]["products_created"] == 1


def test_a_second_file_for_one_job_is_left_alone(brand: Brand, importer: Importer) -> None:
    job_id = importer.send(sheet(row("a")))
    [key] = importer.store.keys(PRIVATE)
    importer.store.client.put_object(Bucket=PRIVATE, Key=key, Body=sheet(row("b")).encode())
    assert importer.store.arrive(handler, key) == []
    importer.carry_out()
    assert importer.store.arrive(handler, key) == []
    importer.carry_out()
    assert importer.job(job_id).body["counts"]["products_created"] == 1
    assert [each.slug for each in rows(brand, "SELECT slug FROM catalog.products")] == ["a"]


def test_another_brands_job_is_not_found_by_a_forged_key(
    brand: Brand, another_brand: Brand, importer: Importer
) -> None:
    importer.send(sheet(row("a")))
    [key] = importer.store.keys(PRIVATE)
    forged = key.replace(str(brand.id), str(another_brand.id))
    importer.store.client.put_object(Bucket=PRIVATE, Key=forged, Body=sheet(row("z")).encode())
    assert importer.store.arrive(handler, forged) == []
    importer.carry_out()
    assert rows(another_brand, "SELECT id FROM catalog.products") == []
