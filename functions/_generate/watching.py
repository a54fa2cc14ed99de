"""Logs that are forgotten in time, and the alarms that somebody hears."""

from typing import Any

from functions._generate.cloudformation import GetAtt, Ref, Sub


def logs(context: str) -> dict[str, Any]:
    """The one log group of a context's functions."""
    return {
        "Type": "AWS::Logs::LogGroup",
        "Properties": {
            "LogGroupName": Sub("/comptoir/${Stage}/" + context),
            "RetentionInDays": Ref("LogRetentionDays"),
            "KmsKeyId": Ref("DataKey"),
        },
    }


def failed_jobs() -> dict[str, Any]:
    """Counts rows that jobs could not do, for the alarm of the whole deployment (stacks/watching.yaml)."""
    return {
        "Type": "AWS::Logs::MetricFilter",
        "Properties": {
            "LogGroupName": Ref("Logs"),
            "FilterPattern": '{ $.message = "job" && $.failed > 0 }',
            "MetricTransformations": [
                {
                    "MetricNamespace": "Comptoir",
                    "MetricName": Sub("${Stage}-failed-jobs"),
                    "MetricValue": "$.failed",
                }
            ],
        },
    }


def error_count(context: str) -> dict[str, Any]:
    """Counts what functions log as errors, and those that die without a word."""
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


def errors_alarm(context: str) -> dict[str, Any]:
    """Rings when anything was counted."""
    return alarm(
        f"{context}-errors",
        "Functions failed or logged errors.",
        {"Namespace": "Comptoir", "MetricName": Sub("${Stage}-" + context + "-errors"), "Statistic": "Sum"},
    )


def dead_alarm(name: str, queue: str) -> dict[str, Any]:
    """Rings when the dead-letter `queue` (a logical id) holds anything."""
    return alarm(
        name,
        "Messages nobody could apply. Redrive: docs/operations.md.",
        {
            "Namespace": "AWS/SQS",
            "MetricName": "ApproximateNumberOfMessagesVisible",
            "Dimensions": [{"Name": "QueueName", "Value": GetAtt(f"{queue}.QueueName")}],
            "Statistic": "Maximum",
        },
    )


def alarm(name: str, description: str, metric: dict[str, Any]) -> dict[str, Any]:
    """An alarm on more than nothing in five minutes; `metric` says of what."""
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
