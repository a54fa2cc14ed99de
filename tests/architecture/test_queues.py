"""Between the functions: what is told is heard, and nothing is lost or repeated on its way."""

import pytest

from functions._generate.discovery import Function, Kind, all_functions
from functions._generate.schemas import all_events
from shared.platform.doors.consumer import Consumer
from shared.platform.doors.upload import Upload
from tests.architecture.translated import ROOT, everywhere, pointed_at, resources

_TIMES = 6
_RECEIVES = 5
_QUEUE = "AWS::SQS::Queue"


@pytest.fixture(scope="module")
def functions() -> list[Function]:
    return all_functions()


def test_every_detail_type_of_a_rule_is_an_event_of_that_version_in_the_code() -> None:
    known = {(event.type, event.version) for event in all_events()}
    named = {
        (kind, version)
        for _, _, rule in everywhere("AWS::Events::Rule")
        if rule["EventPattern"]["source"] == ["comptoir"]
        for kind in rule["EventPattern"]["detail-type"]
        for version in rule["EventPattern"]["detail"]["version"]
    }
    assert named
    assert named <= known


def test_events_have_one_type_and_version_each() -> None:
    names = [(event.type, event.version) for event in all_events()]
    assert len(names) == len(set(names))


def test_each_consumer_has_a_queue_of_its_own_that_its_rule_fills(functions: list[Function]) -> None:
    heard = {
        (template.parent.name, pointed_at(target["Arn"])): set(rule["EventPattern"]["detail-type"])
        for template, _, rule in everywhere("AWS::Events::Rule")
        for target in rule["Targets"]
    }
    facts = {
        (each.context, f"{each.logical}Queue"): {event.type for event in each.listens}
        for each in functions
        if each.kind is Kind.CONSUMER
    }
    uploads = {
        (each.context, f"{each.logical}Queue"): {"Object Created"}
        for each in functions
        if each.kind is Kind.UPLOAD
    }
    assert heard == facts | uploads


def test_an_uploads_rule_hears_of_its_own_kind_in_the_private_bucket(functions: list[Function]) -> None:
    buckets = {
        name: bucket
        for _, name, bucket in everywhere("AWS::S3::Bucket")
        if "NotificationConfiguration" in bucket
    }
    assert set(buckets) == {"PrivateBucket"}
    for each in functions:
        if each.kind is Kind.UPLOAD:
            template = ROOT / "functions" / each.context / "template.yaml"
            rule = resources(template, "AWS::Events::Rule")[f"{each.logical}Rule"]
            assert "EventBusName" not in rule
            assert rule["EventPattern"]["detail"] == {
                "bucket": {"name": [{"Ref": "PrivateBucket"}]},
                "object": {"key": [{"prefix": f"uploads/{each.uploads}/"}]},
            }
            [statement] = resources(template, "AWS::SQS::QueuePolicy")[f"{each.logical}QueuePolicy"][
                "PolicyDocument"
            ]["Statement"]
            allowed = statement["Condition"]["ArnLike"]["aws:SourceArn"]
            assert pointed_at(allowed) == f"{each.logical}Rule"


def test_every_queue_gives_up_after_five_tries_into_a_dead_letter_queue_with_an_alarm() -> None:
    for template, name, queue in everywhere(_QUEUE):
        queues = resources(template, _QUEUE)
        dead = {
            pointed_at(each.get("RedrivePolicy", {}).get("deadLetterTargetArn")) for each in queues.values()
        }
        undelivered = {
            pointed_at(target["DeadLetterConfig"]["Arn"])
            for rule in resources(template, "AWS::Events::Rule").values()
            for target in rule["Targets"]
        }
        if name in dead | undelivered:
            watched = resources(template, "AWS::CloudWatch::Alarm").values()
            assert any(
                pointed_at(dimension["Value"]) == name
                for alarm in watched
                for dimension in alarm.get("Dimensions", ())
            ), name
        else:
            assert queue["RedrivePolicy"]["maxReceiveCount"] == _RECEIVES, name


def test_a_message_stays_hidden_six_times_as_long_as_its_function_may_take() -> None:
    root = resources(ROOT / "template.yaml", _QUEUE)
    for template, name, source in everywhere("AWS::Lambda::EventSourceMapping"):
        queues = resources(template, _QUEUE)
        queue = queues.get(pointed_at(source["EventSourceArn"])) or root["RelayQueue"]
        function = resources(template, "AWS::Lambda::Function")[_invoked(source)]
        assert queue["VisibilityTimeout"] >= _TIMES * function["Timeout"], name


def test_one_bad_message_fails_alone() -> None:
    for _, name, source in everywhere("AWS::Lambda::EventSourceMapping"):
        assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"], name


def test_every_consumer_goes_through_the_door_that_keeps_the_inbox(functions: list[Function]) -> None:
    consumers = [each for each in functions if each.kind in (Kind.CONSUMER, Kind.UPLOAD)]
    assert consumers
    assert [each.name for each in consumers if type(each.handler) not in (Consumer, Upload)] == []


def _invoked(source: object) -> str:
    alias = pointed_at(source["FunctionName"])  # type: ignore[index]
    return alias.removesuffix("Aliaslive")
