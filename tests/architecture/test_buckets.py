"""Buckets: nobody reads them from outside, and what was anchored cannot be taken back."""

from typing import Any

from tests.architecture.translated import everywhere, statements

_CLOSED = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


def test_no_bucket_is_open_to_the_public() -> None:
    for _, name, bucket in everywhere("AWS::S3::Bucket"):
        closed: dict[str, Any] = bucket["PublicAccessBlockConfiguration"]
        assert {closed[each] for each in _CLOSED} == {True}, name


def test_anchors_of_the_audit_log_are_locked_until_their_retention_is_over() -> None:
    [bucket] = [bucket for _, name, bucket in everywhere("AWS::S3::Bucket") if name == "AuditBucket"]
    assert bucket["ObjectLockEnabled"] is True
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    retention = bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert retention == {"Mode": {"Ref": "AuditLock"}, "Days": {"Ref": "AuditRetentionDays"}}


def test_no_role_may_take_an_anchor_back() -> None:
    for _, name, role in everywhere("AWS::IAM::Role"):
        for statement in statements(role):
            if "AuditBucket" in str(statement["Resource"]):
                assert statement["Action"] == "s3:PutObject", name
