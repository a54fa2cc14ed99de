"""anchor_audit."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import psycopg
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from functions.platform.anchor_audit import handler
from shared.kernel.audit_chain import verify
from shared.platform import audit, audit_anchors, audit_reading, clock, settings, steps
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.killing import Killed

BUCKET = "test-audit"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The bucket as the template makes it."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AUDIT_BUCKET", BUCKET)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    settings.forget()
    audit_anchors.forget()
    with mock_aws():
        s3 = boto3.client("s3")
        s3.create_bucket(
            Bucket=BUCKET,
            ObjectLockEnabledForBucket=True,
            CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
        )
        retention = {"Mode": "COMPLIANCE", "Days": 3650}
        s3.put_object_lock_configuration(
            Bucket=BUCKET,
            ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention}},
        )
        yield s3
    settings.forget()
    audit_anchors.forget()


def deed(brand: Brand, *numbers: int) -> None:
    for number in numbers:
        with begin(brand, "test") as work:
            work.audit(action="tests.deed", after={"number": number})


def anchors(s3: Any) -> list[dict[str, Any]]:
    """Every anchor, in the order of brand and sequence."""
    listed = s3.list_objects_v2(Bucket=BUCKET, Prefix="anchors/").get("Contents", [])
    read = [json.loads(s3.get_object(Bucket=BUCKET, Key=each["Key"])["Body"].read()) for each in listed]
    return sorted(read, key=lambda anchor: (anchor["brand_id"], anchor["sequence"]))


def exported(brand: Brand) -> list[bytes]:
    with begin(brand, "test") as work:
        return audit_reading.part(work, 0, 1000).lines


def alerts(brand: Brand) -> list[Any]:
    with begin(brand, "test") as work:
        return work.all("SELECT rule, level, state FROM platform.alerts")


def later(monkeypatch: pytest.MonkeyPatch, hours: int) -> None:
    now = clock.now() + timedelta(hours=hours)
    monkeypatch.setattr(clock, "now", lambda: now)


def test_each_brands_newest_entry_is_anchored_once(brand: Brand, another_brand: Brand, bucket: Any) -> None:
    deed(brand, 1, 2, 3)
    deed(another_brand, 4)
    assert handler({}) == {"job": "anchor_audit", "processed": 2, "failed": 0, "finished": True}
    told = {anchor["brand_id"]: anchor["sequence"] for anchor in anchors(bucket)}
    assert told == {str(brand.id): 3, str(another_brand.id): 1}
    assert handler({})["processed"] == 0
    own = [anchor for anchor in anchors(bucket) if anchor["brand_id"] == str(brand.id)]
    report = verify([exported(brand)], own)
    assert (report.problems, report.anchors) == ([], 1)


def test_the_next_day_only_what_is_new_is_checked_and_anchored(
    brand: Brand, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    deed(brand, 1, 2)
    handler({})
    deed(brand, 3)
    assert handler({})["processed"] == 0
    later(monkeypatch, hours=24)
    assert handler({})["processed"] == 1
    assert [anchor["sequence"] for anchor in anchors(bucket)] == [2, 3]
    assert verify([exported(brand)], anchors(bucket)).anchors == 2


def test_a_brand_with_very_many_entries_is_anchored_in_steps(
    brand: Brand, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_anchors, "BATCH_ENTRIES", 2)
    deed(brand, 1, 2, 3)
    handler({})
    later(monkeypatch, hours=24)
    handler({})
    assert [anchor["sequence"] for anchor in anchors(bucket)] == [2, 3]


def test_nobody_can_take_an_anchor_back(brand: Brand, bucket: Any) -> None:
    deed(brand, 1)
    handler({})
    [version] = bucket.list_object_versions(Bucket=BUCKET)["Versions"]
    with pytest.raises(ClientError, match="AccessDenied"):
        bucket.delete_object(Bucket=BUCKET, Key=version["Key"], VersionId=version["VersionId"])


def test_a_chain_that_was_changed_is_not_anchored_and_an_alert_says_so(
    brand: Brand, another_brand: Brand, bucket: Any, worker_database: Any
) -> None:
    deed(brand, 1, 2, 3)
    deed(another_brand, 1)
    admin: psycopg.Connection = worker_database[1]
    with admin.transaction():
        admin.execute("SET LOCAL session_replication_role = replica")
        admin.execute(
            "UPDATE platform.audit_logs SET action = 'tests.nothing' WHERE sequence = 2 AND brand_id = %s",
            (brand.id,),
        )
    counts = handler({})
    assert (counts["processed"], counts["failed"], counts["finished"]) == (1, 1, False)
    assert [anchor["brand_id"] for anchor in anchors(bucket)] == [str(another_brand.id)]
    assert [tuple(row) for row in alerts(brand)] == [("audit.broken", "critical", "open")]
    assert alerts(another_brand) == []
    handler({})
    assert len(alerts(brand)) == 1


def test_what_was_erased_does_not_break_the_chain(brand: Brand, bucket: Any) -> None:
    deed(brand, 1)
    with begin(brand, "test") as work:
        work.audit(
            action="tests.deed", actor=audit.Actor("staff", brand.id, "admin", {"email": "a@b.example"})
        )
    with begin(brand, "test") as work:
        audit.erase_person(work, brand.id)
    assert handler({})["failed"] == 0


@pytest.mark.parametrize("place", ["before_commit", "after_reach", "before_settle"])
def test_a_run_that_is_killed_is_made_up_by_the_next(brand: Brand, bucket: Any, place: str) -> None:

    def die(name: str, function: str) -> None:
        if name == place:
            raise Killed

    deed(brand, 1)
    steps.install(die)
    with pytest.raises(Killed):
        handler({})
    steps.install(None)
    assert handler({})["processed"] == 1
    assert {anchor["sequence"] for anchor in anchors(bucket)} == {1}


def test_a_bucket_that_refuses_costs_one_try(
    brand: Brand, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    deed(brand, 1)
    monkeypatch.setenv("AUDIT_BUCKET", "not-there")
    settings.forget()
    counts = handler({})
    assert (counts["processed"], counts["failed"]) == (0, 1)
    monkeypatch.setenv("AUDIT_BUCKET", BUCKET)
    settings.forget()
    assert handler({})["processed"] == 1
