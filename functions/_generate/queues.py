"""A consumer's queue: filled by its rule, emptied by its function, with a place for what nobody could apply."""

from typing import Any

from functions._generate.cloudformation import GetAtt, Ref, Sub
from functions._generate.deployment import Deployment
from functions._generate.discovery import Function
from functions._generate.watching import dead_alarm

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
        f"{name}QueuePolicy": _from_bus(f"{name}Queue"),
        f"{name}Rule": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "EventBusName": Ref("EventBus"),
                "EventPattern": {
                    "source": ["comptoir"],
                    "detail-type": sorted({event.type for event in function.listens}),
                    # A later version of a fact is for those who know it.
                    "detail": {"version": sorted({event.version for event in function.listens})},
                },
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


def undelivered(context: str) -> dict[str, Any]:
    """Where EventBridge leaves what it could not put into a queue."""
    return {
        "Undelivered": {
            "Type": "AWS::SQS::Queue",
            "Properties": {
                "QueueName": Sub("${Stage}-" + context + "-undelivered"),
                "MessageRetentionPeriod": _DEAD_KEPT_SECONDS,
                "KmsMasterKeyId": Ref("DataKey"),
            },
        },
        "UndeliveredPolicy": _from_bus("Undelivered"),
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


def _from_bus(queue: str) -> dict[str, Any]:
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
                        "Condition": {"ArnLike": {"aws:SourceArn": Sub(_RULE)}},
                    }
                ],
            },
        },
    }
