"""Writes `functions/<context>/template.yaml`: for each function its role, and a consumer's queue, rule and alarm."""

import re
from collections.abc import Iterable
from typing import Any

from functions._generate.cloudformation import GetAtt, If, Lines, Ref, Sub, dump
from functions._generate.deployment import deployment_of
from functions._generate.discovery import Function, Kind
from functions._generate.queues import polled, queue, undelivered
from functions._generate.roles import role
from functions._generate.watching import error_count, errors_alarm, failed_jobs, logs

_HEADER = """\
# The functions of {context}. Written by `python -m functions` from their doors and {context}/deployment.toml: change those.
"""

# Every context takes the same, so that the root passes one mapping to all.
PARAMETERS = (
    "Stage",
    "Architecture",
    "DependenciesLayer",
    "SharedLayer",
    "SqlAlchemyLayer",
    "PillowLayer",
    "DocumentsLayer",
    "LayerVersions",
    "SnapStart",
    "GradualDeployment",
    "DeploymentType",
    "DeploymentRole",
    "ReservedConsumers",
    "AppDatabase",
    "JobsDatabase",
    "DatabaseHost",
    "DatabaseConnectSeconds",
    "DatabaseTls",
    "DatabaseAuthorities",
    "EventBus",
    "LimitsTable",
    "TimersTable",
    "RelayQueue",
    "RelayQueueUrl",
    "MailFrom",
    "MailDomain",
    "MasterKey",
    "DataKey",
    "AuditBucket",
    "MediaBucket",
    "PrivateBucket",
    "StripeSecretKey",
    "StripeWebhookSecret",
    "PayPalApiBase",
    "PayPalClientId",
    "PayPalClientSecret",
    "PayPalWebhookId",
    "PayPalAuthorities",
    "OriginSecret",
    "PublicUrl",
    "MediaUrl",
    "DefaultBrand",
    "LogRetentionDays",
    "AlarmTopic",
    "Schema",
)
# Parameters that are settings as they stand; the root bounds their lengths, so that a version's description holds them.
_SPOKEN = ("PublicUrl", "MediaUrl", "DefaultBrand", "MailFrom")
_LISTS = ("SubnetIds", "SecurityGroupIds")
# What `layers` in a context's deployment.toml may name.
_LAYERS = {
    "sqlalchemy": Ref("SqlAlchemyLayer"),
    "pillow": Ref("PillowLayer"),
    "documents": Ref("DocumentsLayer"),
}
_QUEUED = (Kind.CONSUMER, Kind.UPLOAD)


def template(context: str, functions: Iterable[Function]) -> str:
    """The SAM template of one context."""
    resources: dict[str, Any] = {"Logs": logs(context)}
    functions = list(functions)
    if any(function.kind in _QUEUED for function in functions):
        resources |= undelivered(context, functions)
    for function in functions:
        resources |= _function(function)
    if any(function.kind is Kind.JOB for function in functions):
        resources["FailedJobs"] = failed_jobs()
    resources["Errors"] = error_count(context)
    resources["ErrorsAlarm"] = errors_alarm(context)
    document = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Transform": "AWS::Serverless-2016-10-31",
        "Description": f"Comptoir, {context}",
        # W2001, W8001: a context need not use every parameter and condition.
        "Metadata": {"cfn-lint": {"config": {"ignore_checks": ["W2001", "W8001"]}}},
        "Parameters": {name: {"Type": "String"} for name in PARAMETERS}
        | {name: {"Type": "CommaDelimitedList"} for name in _LISTS},
        "Conditions": {
            "InVpc": _unless({"Fn::Join": ["", Ref("SubnetIds")]}, ""),
            "BehindCdn": _unless(Ref("OriginSecret"), ""),
            "TakesPayPal": _unless(Ref("PayPalClientSecret"), ""),
            "ReservesConsumers": _unless(Ref("ReservedConsumers"), "0"),
        },
        "Globals": {"Function": _globals(context)},
        "Resources": resources,
    }
    return _HEADER.format(context=context) + _spaced(dump(document))


def schedule(every: str) -> str:
    """EventBridge Scheduler's expression for a period: `1 minute` → `rate(1 minute)`; `cron(…)` as it is."""
    return every if every.startswith("cron(") else f"rate({every})"


def _unless(value: Any, empty: str) -> dict[str, Any]:
    return {"Fn::Not": [{"Fn::Equals": [value, empty]}]}


def _globals(context: str) -> dict[str, Any]:
    return {
        "Runtime": "python3.13",
        "Architectures": [Ref("Architecture")],
        "CodeUri": ".",
        "AutoPublishAlias": "live",
        "Layers": [Ref("DependenciesLayer"), Ref("SharedLayer")],
        "LoggingConfig": {"LogGroup": Ref("Logs"), "LogFormat": "JSON"},
        # SAM reads the first two itself, so they are parameters rather than conditions.
        "DeploymentPreference": {
            "Enabled": Ref("GradualDeployment"),
            "Type": Ref("DeploymentType"),
            "Role": Ref("DeploymentRole"),
            "Alarms": [Ref("ErrorsAlarm")],
        },
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


def _version(environment: dict[str, Any]) -> Sub:
    """What a published version is made of beyond its template's text. SAM publishes a new one for a new text only; a new
    layer or setting comes by a parameter's value (serverless-application-model#3610, #3820), and a description that
    changes makes CloudFormation publish, too."""
    settings = [name for name in _SPOKEN if name != "MailFrom" or name in environment.values()]
    return Sub(" ".join(f"${{{name}}}" for name in ("LayerVersions", *settings)))


def _function(function: Function) -> dict[str, Any]:
    deployed = deployment_of(function)
    resources: dict[str, Any] = {}
    events: dict[str, Any] = {}
    if function.kind in _QUEUED:
        resources |= queue(function, deployed)
        events["Messages"] = polled(GetAtt(f"{function.logical}Queue.Arn"), deployed)
    elif function.kind is Kind.WAKE:
        events["Messages"] = polled(Ref("RelayQueue"), deployed)
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
        AutoPublishAliasAllProperties=True,
        VersionDescription=_version(environment),
    )
    if deployed.layers:
        # They come on top of what the context's Globals give.
        properties["Layers"] = [_LAYERS[name] for name in deployed.layers]
    if function.kind is Kind.ENDPOINT:
        properties["SnapStart"] = {"ApplyOn": Ref("SnapStart")}
    elif function.kind in _QUEUED:
        properties["ReservedConcurrentExecutions"] = If(
            ["ReservesConsumers", Ref("ReservedConsumers"), Ref("AWS::NoValue")]
        )
    if environment:
        properties["Environment"] = {"Variables": environment}
    if events:
        properties["Events"] = events
    resources[function.logical] = {"Type": "AWS::Serverless::Function", "Properties": properties}
    resources[f"{function.logical}Role"] = role(function, deployed)
    return resources


def _spaced(text: str) -> str:
    """A blank line before each section, and before each function."""
    text = re.sub(r"\n(?=[A-Z]\w*:)", "\n\n", text)
    return re.sub(r"\n(?=  \w+:\n    Type: AWS::Serverless::Function\n)", "\n\n", text)
