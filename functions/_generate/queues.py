"""A consumer's queue: filled by its rule, emptied by its function, with a place for what nobody could apply."""

from collections.abc import Iterable
from typing import Any

from functions._generate.cloudformation import GetAtt, Ref, Sub
from functions._generate.deployment import Deployment
from functions._generate.discovery import Function, Kind
from functions._generate.watching import dead_alarm
from shared.platform.uploads import FOLDER

# Spec 01: a queue hides a message for at least six times what its function may take, and gives up after five tries.
_VISIBILITY_TIMES = 6
_MAX_RECEIVES = 5
_DEAD_KEPT_SECONDS = 14 * 24 * 3600
# KMS is asked once an hour for each queue and its users, not every five minutes: it is paid by the call.
_KEY_REUSED_SECONDS = 3600
# Any rule of our bus.
_RULE = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/${EventBus}/*"


def queue(function: Function, deployed: Deployment) -> dict[str, Any]:
    """The queue with its dead-letter queue and alarm, and the rule that fills it, by logical id."""
    name = function.logical
    return {
        f"{name}Queue": {
            "Type": "AWS::SQS::Queue",
            "Properties": {
                "QueueName": Sub("${Stage}-" + function.dashed),
                "VisibilityTimeout": _VISIBILITY_TIMES * deployed.timeout,
                "KmsMasterKeyId": Ref("DataKey"),
                "KmsDataKeyReusePeriodSeconds": _KEY_REUSED_SECONDS,
                "RedrivePolicy": {
                    "deadLetterTargetArn": GetAtt(f"{name}Dead.Arn"),
                    "maxReceiveCount": _MAX_RECEIVES,
                },
            },
        },
        f"{name}Dead": _dead(function.dashed),
        f"{name}Alarm": dead_alarm(function.dashed + "-dead", f"{name}Dead"),
        f"{name}QueuePolicy": _from_rules(f"{name}Queue", [_filling(function)]),
        f"{name}Rule": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                **(_of_uploads(function) if function.kind is Kind.UPLOAD else _of_facts(function)),
                "Targets": [
                    {
                        "Id": "queue",
                        "Arn": GetAtt(f"{name}Queue.Arn"),
                        "DeadLetterConfig": {"Arn": GetAtt("Undelivered.Arn")},
                    }
                ],
            },
        },
    }


def _of_facts(function: Function) -> dict[str, Any]:
    return {
        "EventBusName": Ref("EventBus"),
        "EventPattern": {
            "source": ["comptoir"],
            "detail-type": sorted({event.type for event in function.listens}),
            # A later version of a fact is for those who know it.
            "detail": {"version": sorted({event.version for event in function.listens})},
        },
    }


def _of_uploads(function: Function) -> dict[str, Any]:
    """AWS's own services speak on the account's default bus."""
    return {
        "EventPattern": {
            "source": ["aws.s3"],
            "detail-type": ["Object Created"],
            "detail": {
                "bucket": {"name": [Ref("PrivateBucket")]},
                "object": {"key": [{"prefix": f"{FOLDER}/{function.uploads}/"}]},
            },
        }
    }


def _filling(function: Function) -> Any:
    """The rule that may fill the function's queue."""
    return GetAtt(f"{function.logical}Rule.Arn") if function.kind is Kind.UPLOAD else Sub(_RULE)


def polled(queue: Any, deployed: Deployment) -> dict[str, Any]:
    """The event source that gives a queue's messages to the function."""
    return {
        "Type": "SQS",
        "Properties": {
            "Queue": queue,
            "BatchSize": deployed.batch,
            "MaximumBatchingWindowInSeconds": deployed.batch_window,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "ScalingConfig": {"MaximumConcurrency": deployed.concurrency},
        },
    }


def undelivered(context: str, functions: Iterable[Function]) -> dict[str, Any]:
    """Where EventBridge leaves what it could not put into the queues of these functions."""
    rules = [Sub(_RULE), *(_filling(each) for each in functions if each.kind is Kind.UPLOAD)]
    return {
        "Undelivered": {
            "Type": "AWS::SQS::Queue",
            "Properties": {
                "QueueName": Sub("${Stage}-" + context + "-undelivered"),
                "MessageRetentionPeriod": _DEAD_KEPT_SECONDS,
                "KmsMasterKeyId": Ref("DataKey"),
            },
        },
        "UndeliveredPolicy": _from_rules("Undelivered", rules),
        "UndeliveredAlarm": dead_alarm(f"{context}-undelivered", "Undelivered"),
    }


def _dead(dashed: str) -> dict[str, Any]:
    return {
        "Type": "AWS::SQS::Queue",
        "Properties": {
            "QueueName": Sub("${Stage}-" + dashed + "-dead"),
            "MessageRetentionPeriod": _DEAD_KEPT_SECONDS,
            "KmsMasterKeyId": Ref("DataKey"),
        },
    }


def _from_rules(queue: str, rules: list[Any]) -> dict[str, Any]:
    return {
        "Type": "AWS::SQS::QueuePolicy",
        "Properties": {
            "Queues": [Ref(queue)],
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "events.amazonaws.com"},
                        "Action": "sqs:SendMessage",
                        "Resource": GetAtt(f"{queue}.Arn"),
                        "Condition": {"ArnLike": {"aws:SourceArn": rules[0] if len(rules) == 1 else rules}},
                    }
                ],
            },
        },
    }
