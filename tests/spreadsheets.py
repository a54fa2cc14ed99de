"""Imports and exports in tests: from the order to the end of the job."""

import csv
import io
from dataclasses import dataclass
from typing import Any

from functions.catalog.import_products import handler as order
from functions.catalog.on_import_uploaded import handler as on_uploaded
from functions.catalog.on_product_import_advanced import handler as on_advanced
from functions.catalog.on_product_import_read import handler as on_read
from functions.platform.get_job import handler as get_job
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.accounts import signed_in
from tests.gateway import Answer, Bus, batch, call
from tests.media import Store

_LISTENERS = {"product_import.advanced": on_advanced, "product_import.read": on_read}


@dataclass(frozen=True)
class Importer:
    """Somebody who imports into a brand."""

    brand: Brand
    store: Store
    bus: Bus
    headers: dict[str, str]

    @classmethod
    def of(cls, brand: Brand, store: Store, bus: Bus) -> "Importer":
        """A manager of the brand."""
        return cls(brand, store, bus, signed_in(brand, Role.MANAGER))

    def run(self, content: str | bytes, mode: str = "all_or_nothing", *, dry_run: bool = False) -> Any:
        """The job at its end."""
        job_id = self.send(content, mode, dry_run=dry_run)
        self.carry_out()
        return self.job(job_id).body

    def send(self, content: str | bytes, mode: str = "all_or_nothing", *, dry_run: bool = False) -> str:
        """Order an import and send its file; the job's id."""
        answer = call(
            order,
            "POST",
            "/v1/admin/products/import",
            {"mode": mode, "dry_run": dry_run},
            headers=self.headers,
        )
        assert answer.status == 202, answer.body
        sent = content.encode() if isinstance(content, str) else content
        key = self.store.send(answer.body["upload"], sent or b" ", "text/csv")
        if not sent:
            self.store.client.put_object(Bucket="test-private", Key=key, Body=b"")
        assert self.store.arrive(on_uploaded, key) == []
        job_id: str = answer.body["id"]
        return job_id

    def carry_out(self, *, twice: bool = False) -> list[Any]:
        """Deliver until nothing more is told; what is given back."""
        failures: list[Any] = []
        while told := self.bus.relay():
            for detail in told:
                if listener := _LISTENERS.get(detail["type"]):
                    for _ in range(2 if twice else 1):
                        failures += listener(batch([detail]), None)["batchItemFailures"]
        return failures

    def job(self, job_id: str, **query: Any) -> Answer:
        """The job as staff see it."""
        return call(
            get_job,
            "GET",
            f"/v1/admin/jobs/{job_id}",
            headers=self.headers,
            path_params={"job_id": job_id},
            query={"limit": 100} | query,
        )


def sheet(*rows: dict[str, Any]) -> str:
    """A CSV of these rows, with the columns that any has."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    written = io.StringIO()
    sheet = csv.DictWriter(written, columns)
    sheet.writeheader()
    sheet.writerows(rows)
    return written.getvalue()


def row(handle: str, **fields: Any) -> dict[str, Any]:
    """A product on one row: 10.00, one variant of the handle's SKU."""
    given = {
        "Handle": handle,
        "Title": handle.title(),
        "Variant SKU": handle.upper(),
        "Variant Price": "10.00",
    }
    return given | {_NAMES.get(name, name): value for name, value in fields.items()}


_NAMES = {
    "title": "Title", "body": "Body (HTML)", "tags": "Tags", "status": "Status", "sku": "Variant SKU", "price": "Variant Price",
    "compare_at": "Variant Compare At Price", "category": "Product Category", "option": "Option1 Name", "value": "Option1 Value",
    "image": "Image Src", "alt": "Image Alt Text", "position": "Image Position", "barcode": "Variant Barcode",
    "grams": "Variant Grams", "seo_title": "SEO Title",
}  # fmt: skip


def lines(job: Any) -> list[tuple[int | None, str | None, str]]:
    """A report in short."""
    return [(line["row"], line["column"], line["code"]) for line in job["report"]]
