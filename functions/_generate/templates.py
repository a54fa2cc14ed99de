"""Writes `functions/<context>/template.yaml`: for each function its role, and a consumer's queue, rule and alarm."""

import re
from collections.abc import Iterable
from typing import Any

from functions._generate.cloudformation import GetAtt, If, Lines, Ref, Sub, dump
from functions._generate.deployment import Deployment, deployment_of
from functions._generate.discovery import Function, Kind

_HEADER = """\
# The functions of {context}. Written by `python -m functions` from their doors and {context}/deployment.toml: change those.
"""
# Spec 01: a queue hides a message for at least six times what its function may take, and gives up after five tries.
VISIBILITY_TIMES = 6
MAX_RECEIVES = 5
_DEAD_KEPT_SECONDS = 14 * 24 * 3600
# The longest EventBridge tries to deliver; past it the event goes where somebody looks.
_RULE = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/${EventBus}/*"

# Every context takes the same, so that the root passes one mapping to all.
PARAMETERS = (
    "Stage",
    "DependenciesLayer",
    "SharedLayer",
    "AppDatabase",
    "JobsDatabase",
    "EventBus",
    "LimitsTable",
    "RelayQueue",
    "RelayQueueUrl",
    "MailFrom",
    "MailDomain",
    "MasterKey",
    "StripeSecretKey",
    "StripeWebhookSecret",
    "PublicUrl",
    "MediaUrl",
    "DefaultBrand",
    "LogRetentionDays",
    "AlarmTopic",
)
_LISTS = ("SubnetIds", "SecurityGroupIds")

_ASSUMED_BY_LAMBDA = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}


def template(context: str, functions: Iterable[Function]) -> str:
    """The SAM template of one context."""
    resources: dict[str, Any] = {"Logs": _logs(context)}
    functions = list(functions)
    if any(function.kind is Kind.CONSUMER for function in functions):
        resources |= _undelivered(context)
    for function in functions:
        resources |= _function(function)
    resources["Errors"] = _error_count(context)
    resources["ErrorsAlarm"] = _errors_alarm(context)
    document = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Transform": "AWS::Serverless-2016-10-31",
        "Description": f"Comptoir, {context}",
        # W2001: a context need not use every parameter.
        "Metadata": {"cfn-lint": {"config": {"ignore_checks": ["W2001"]}}},
        "Parameters": {name: {"Type": "String"} for name in PARAMETERS}
        | {name: {"Type": "CommaDelimitedList"} for name in _LISTS},
        "Conditions": {"InVpc": {"Fn::Not": [{"Fn::Equals": [{"Fn::Join": ["", Ref("SubnetIds")]}, ""]}]}},
        "Globals": {"Function": _globals(context)},
        "Resources": resources,
    }
    return _HEADER.format(context=context) + _spaced(dump(document))


def schedule(every: str) -> str:
    """EventBridge Scheduler's expression for a period: `1 minute` → `rate(1 minute)`; `cron(…)` as it is."""
    return every if every.startswith("cron(") else f"rate({every})"


def _globals(context: str) -> dict[str, Any]:
    return {
        "Runtime": "python3.13",
        "Architectures": ["arm64"],
        "CodeUri": ".",
        "AutoPublishAlias": "live",
        "Layers": [Ref("DependenciesLayer"), Ref("SharedLayer")],
        "LoggingConfig": {"LogGroup": Ref("Logs"), "LogFormat": "JSON"},
        "VpcConfig": If(
            [
                "InVpc",
                {"SubnetIds": Ref("SubnetIds"), "SecurityGroupIds": Ref("SecurityGroupIds")},
                Ref("AWS::NoValue"),
            ]
        ),
        "Environment": {
            "Variables": {
                "STAGE": Ref("Stage"),
                "CONTEXT": context,
                "PUBLIC_URL": Ref("PublicUrl"),
                "MEDIA_URL": Ref("MediaUrl"),
                "DEFAULT_BRAND": Ref("DefaultBrand"),
            }
        },
        "Tags": {"context": context},
    }


def _function(function: Function) -> dict[str, Any]:
    deployed = deployment_of(function)
    resources: dict[str, Any] = {}
    events: dict[str, Any] = {}
    if function.kind is Kind.CONSUMER:
        resources |= _queue(function, deployed)
        events["Messages"] = _polled(GetAtt(f"{function.logical}Queue.Arn"), deployed)
    elif function.kind is Kind.WAKE:
        events["Messages"] = _polled(Ref("RelayQueue"), deployed)
    elif function.kind is Kind.JOB:
        events["Schedule"] = {
            "Type": "ScheduleV2",
            "Properties": {
                "Name": Sub("${Stage}-" + function.dashed),
                "ScheduleExpression": schedule(function.every),
                # A missed tick is made up by the next one.
                "RetryPolicy": {"MaximumRetryAttempts": 0},
            },
        }
    environment = {name: value for each in deployed.permissions for name, value in each.environment.items()}
    properties = Lines(
        FunctionName=Sub("${Stage}-" + function.dashed),
        Handler=f"{function.name}.handler",
        Description=function.summary[:256],
        MemorySize=deployed.memory,
        Timeout=deployed.timeout,
        Role=GetAtt(f"{function.logical}Role.Arn"),
    )
    if environment:
        properties["Environment"] = {"Variables": environment}
    if events:
        properties["Events"] = events
    resources[function.logical] = {"Type": "AWS::Serverless::Function", "Properties": properties}
    resources[f"{function.logical}Role"] = _role(function, deployed)
    return resources


def _polled(queue: Any, deployed: Deployment) -> dict[str, Any]:
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


def _role(function: Function, deployed: Deployment) -> dict[str, Any]:
    statements: list[dict[str, Any]] = [
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": GetAtt("Logs.Arn"),
        }
    ]
    statements += [statement for each in deployed.permissions for statement in each.statements]
    if function.kind in (Kind.CONSUMER, Kind.WAKE):
        own = GetAtt(f"{function.logical}Queue.Arn") if function.kind is Kind.CONSUMER else Ref("RelayQueue")
        statements.append(
            {
                "Effect": "Allow",
                "Action": [
                    "sqs:ReceiveMessage",
                    "sqs:DeleteMessage",
                    "sqs:ChangeMessageVisibility",
                    "sqs:GetQueueAttributes",
                ],
                "Resource": own,
            }
        )
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": _ASSUMED_BY_LAMBDA,
            # The network interfaces of a VPC: AWS knows no narrower resource for them.
            "ManagedPolicyArns": If(
                [
                    "InVpc",
                    [
                        Sub(
                            "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
                        )
                    ],
                    Ref("AWS::NoValue"),
                ]
            ),
            "Policies": [
                {"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}}
            ],
        },
    }


def _queue(function: Function, deployed: Deployment) -> dict[str, Any]:
    name = function.logical
    return {
        f"{name}Queue": {
            "Type": "AWS::SQS::Queue",
            "Properties": {
                "QueueName": Sub("${Stage}-" + function.dashed),
                "VisibilityTimeout": VISIBILITY_TIMES * deployed.timeout,
                "RedrivePolicy": {
                    "deadLetterTargetArn": GetAtt(f"{name}Dead.Arn"),
                    "maxReceiveCount": MAX_RECEIVES,
                },
            },
        },
        f"{name}Dead": _dead(function.dashed),
        f"{name}Alarm": _dead_alarm(function.dashed, f"{name}Dead"),
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


def _undelivered(context: str) -> dict[str, Any]:
    """Where EventBridge leaves what it could not put into a queue."""
    return {
        "Undelivered": {
            "Type": "AWS::SQS::Queue",
            "Properties": {
                "QueueName": Sub("${Stage}-" + context + "-undelivered"),
                "MessageRetentionPeriod": _DEAD_KEPT_SECONDS,
            },
        },
        "UndeliveredPolicy": _from_bus("Undelivered"),
        "UndeliveredAlarm": _dead_alarm(f"{context}-undelivered", "Undelivered"),
    }


def _dead(dashed: str) -> dict[str, Any]:
    return {
        "Type": "AWS::SQS::Queue",
        "Properties": {
            "QueueName": Sub("${Stage}-" + dashed + "-dead"),
            "MessageRetentionPeriod": _DEAD_KEPT_SECONDS,
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


def _dead_alarm(dashed: str, queue: str) -> dict[str, Any]:
    return _alarm(
        dashed + "-dead",
        "Messages nobody could apply. Redrive: docs/operations.md.",
        {
            "Namespace": "AWS/SQS",
            "MetricName": "ApproximateNumberOfMessagesVisible",
            "Dimensions": [{"Name": "QueueName", "Value": GetAtt(f"{queue}.QueueName")}],
            "Statistic": "Maximum",
        },
    )


def _logs(context: str) -> dict[str, Any]:
    return {
        "Type": "AWS::Logs::LogGroup",
        "Properties": {
            "LogGroupName": Sub("/comptoir/${Stage}/" + context),
            "RetentionInDays": Ref("LogRetentionDays"),
        },
    }


def _error_count(context: str) -> dict[str, Any]:
    return {
        "Type": "AWS::Logs::MetricFilter",
        "Properties": {
            "LogGroupName": Ref("Logs"),
            "FilterPattern": '{ $.level = "ERROR" || $.type = "platform.runtimeDone" && $.record.status != "success" }',
            "MetricTransformations": [
                {
                    "MetricNamespace": "Comptoir",
                    "MetricName": Sub("${Stage}-" + context + "-errors"),
                    "MetricValue": "1",
                }
            ],
        },
    }


def _errors_alarm(context: str) -> dict[str, Any]:
    return _alarm(
        f"{context}-errors",
        "Functions failed or logged errors.",
        {"Namespace": "Comptoir", "MetricName": Sub("${Stage}-" + context + "-errors"), "Statistic": "Sum"},
    )


def _alarm(name: str, description: str, metric: dict[str, Any]) -> dict[str, Any]:
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": Sub("${Stage}-" + name),
            "AlarmDescription": description,
            **metric,
            "Period": 300,
            "EvaluationPeriods": 1,
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": 0,
            "TreatMissingData": "notBreaching",
            "AlarmActions": [Ref("AlarmTopic")],
        },
    }


def _spaced(text: str) -> str:
    """A blank line before each section, and before each function."""
    text = re.sub(r"\n(?=[A-Z]\w*:)", "\n\n", text)
    return re.sub(r"\n(?=  \w+:\n    Type: AWS::Serverless::Function\n)", "\n\n", text)
