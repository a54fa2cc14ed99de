"""Privacy requests carried out in tests: the bucket, and every consumer that has a part in it."""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from moto import mock_aws

from functions.billing.on_erasure_of_payments import handler as on_payments
from functions.cart.on_erasure_of_carts import handler as on_carts
from functions.catalog.on_erasure_of_reviews import handler as on_reviews
from functions.identity.on_data_export_started import handler as on_export
from functions.identity.on_personal_data_erased import handler as on_erased
from functions.inventory.on_erasure_of_restock_requests import handler as on_restock_requests
from functions.notifications.on_erasure_of_mails import handler as on_mails
from functions.orders.on_erasure_of_orders import handler as on_orders
from shared.platform import private_files, relay, settings
from tests.gateway import Bus, batch

BUCKET = "test-private"
ERASERS = (on_orders, on_carts, on_payments, on_reviews, on_restock_requests, on_mails)


@dataclass
class Carrier:
    """Publishes what waits and hands it to whoever carries out privacy requests."""

    s3: Any
    details: list[dict[str, Any]]

    def publish(self) -> list[dict[str, Any]]:
        """What was told since the last time."""
        before = len(self.details)
        while relay.relay_batch()[0]:
            continue
        return self.details[before:]

    def carry_out(self, *, twice: bool = False) -> list[Any]:
        """Deliver until nothing more is told, everything twice if asked; what was given back."""
        failures: list[Any] = []
        while told := self.publish():
            for _ in range(2 if twice else 1):
                for handler, kind in (
                    *((each, "erasure.started") for each in ERASERS),
                    (on_erased, "personal_data.erased"),
                    (on_export, "data_export.started"),
                ):
                    wanted = [detail for detail in told if detail["type"] == kind]
                    if wanted:
                        failures += handler(batch(wanted), None)["batchItemFailures"]
        return failures

    def keys(self, prefix: str = "") -> list[str]:
        """What lies in the bucket."""
        listed = self.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
        return [each["Key"] for each in listed]

    def content(self, key: str) -> bytes:
        """A file's."""
        read: bytes = self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
        return read

    def unzipped(self, key: str) -> dict[str, Any]:
        """An archive's files; JSON is read."""
        with zipfile.ZipFile(io.BytesIO(self.content(key))) as opened:
            return {
                name: json.loads(opened.read(name)) if name.endswith(".json") else opened.read(name).decode()
                for name in opened.namelist()
            }


@pytest.fixture
def carrier(issuer: str, bus: Bus, monkeypatch: pytest.MonkeyPatch) -> Iterator[Carrier]:
    """The private bucket, and the bus."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("PRIVATE_BUCKET", BUCKET)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    settings.forget()
    private_files.forget()
    with mock_aws():
        s3 = boto3.client("s3", region_name="eu-west-1")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        yield Carrier(s3, bus.details)
    settings.forget()
    private_files.forget()
