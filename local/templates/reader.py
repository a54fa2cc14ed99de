"""Reads the root template, and every stack nested in it, into a System."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.templates.intrinsics import TemplateError
from local.templates.stack import Place, Stack
from local.templates.system import (
    Bucket,
    EventSource,
    Function,
    Queue,
    Rule,
    Schedule,
    System,
    Table,
)

_DEFAULT_TIMEOUT, _DEFAULT_MEMORY = 3, 128
_FUNCTION = ("AWS::Serverless::Function",)
_SCHEDULES = ("Schedule", "ScheduleV2")


def read(root: Path, place: Place, parameters: Mapping[str, str]) -> System:
    """The system that `root`/template.yaml describes when deployed with `parameters`. Raises TemplateError."""
    system = System()
    _read_stack(
        Stack(root / "template.yaml", parameters, place, f"comptoir-{place.stage}"),
        root,
        system,
    )
    for source in system.sources:
        if source.queue not in system.queues:
            raise TemplateError(
                f"{source.function} listens to the queue {source.queue}, which no template describes."
            )
    return system


def _read_stack(stack: Stack, root: Path, system: System) -> None:
    for logical, properties in stack.of_type(*_FUNCTION).items():
        _read_function(stack, logical, properties, root, system)
    for logical, properties in stack.of_type("AWS::SQS::Queue").items():
        queue = _queue(stack, logical, properties)
        system.queues[queue.name] = queue
    for logical, properties in stack.of_type("AWS::Events::Rule").items():
        _read_rule(stack, logical, properties, system)
    for properties in stack.of_type("AWS::Lambda::EventSourceMapping").values():
        resolved = stack.resolve(properties)
        function = str(resolved["FunctionName"]).partition("function:")[2] or str(resolved["FunctionName"])
        system.sources.append(_source(function.partition(":")[0], resolved, resolved["EventSourceArn"]))
    for logical, properties in stack.of_type("AWS::Scheduler::Schedule").items():
        _read_schedule(stack, logical, properties, system)
    for logical, properties in stack.of_type("AWS::DynamoDB::Table").items():
        table = _table(stack, logical, properties)
        system.tables[table.name] = table
    for logical, properties in stack.of_type("AWS::S3::Bucket").items():
        told = (properties.get("NotificationConfiguration") or {}).get("EventBridgeConfiguration") or {}
        system.buckets.append(Bucket(stack.physical_name(logical), bool(told.get("EventBridgeEnabled"))))
    system.buses += [stack.physical_name(logical) for logical in stack.of_type("AWS::Events::EventBus")]
    system.topics += [stack.physical_name(logical) for logical in stack.of_type("AWS::SNS::Topic")]
    for below in stack.nested.values():
        _read_stack(below, root, system)


def _read_function(
    stack: Stack, logical: str, properties: dict[str, Any], root: Path, system: System
) -> None:
    shared: dict[str, Any] = (stack.template.get("Globals") or {}).get("Function") or {}

    def setting(name: str, default: Any = None) -> Any:
        return stack.resolve(properties.get(name, shared.get(name, default)))

    if setting("PackageType") == "Image":
        return
    folder = (stack.path.parent / str(setting("CodeUri", "."))).resolve()
    module, _, attribute = str(setting("Handler")).rpartition(".")
    package = ".".join(folder.relative_to(root.resolve()).parts)
    name = stack.physical_name(logical)
    system.functions[name] = Function(
        name=name,
        module=f"{package}.{module.replace('/', '.')}" if package else module,
        attribute=attribute,
        timeout=int(setting("Timeout", _DEFAULT_TIMEOUT)),
        memory=int(setting("MemorySize", _DEFAULT_MEMORY)),
        environment=_environment(stack, shared) | _environment(stack, properties),
    )
    for event_name, event in (properties.get("Events") or {}).items():
        details = event.get("Properties") or {}
        if event["Type"] == "SQS":
            resolved = stack.resolve(details)
            system.sources.append(_source(name, resolved, resolved["Queue"]))
        elif (
            event["Type"] in _SCHEDULES
            and details.get("State") != "DISABLED"
            and details.get("Enabled", True)
        ):
            resolved = stack.resolve(
                {key: value for key, value in details.items() if key not in ("Role", "RoleArn")}
            )
            expression = resolved.get("ScheduleExpression") or resolved["Schedule"]
            zone = resolved.get("ScheduleExpressionTimezone", "UTC")
            system.schedules.append(
                Schedule(f"{name}-{event_name}", name, expression, zone, _payload(resolved))
            )


def _environment(stack: Stack, properties: dict[str, Any]) -> dict[str, str]:
    """Values that cannot be known locally (an attribute of a stack that is not deployed here) are left to the runner."""
    values: dict[str, str] = {}
    for name, value in ((properties.get("Environment") or {}).get("Variables") or {}).items():
        try:
            resolved = stack.resolve(value)
        except TemplateError:
            resolved = ""
        if resolved is not None:
            values[name] = str(resolved)
    return values


def _source(function: str, details: dict[str, Any], queue_arn: Any) -> EventSource:
    return EventSource(
        function=function,
        queue=str(queue_arn).rpartition(":")[2],
        batch_size=int(details.get("BatchSize", 10)),
        reports_failures="ReportBatchItemFailures" in (details.get("FunctionResponseTypes") or ()),
        maximum_concurrency=(details.get("ScalingConfig") or {}).get("MaximumConcurrency"),
    )


_QUEUE_NAMES = (
    "QueueName",
    "Tags",
    "KmsMasterKeyId",
    "SqsManagedSseEnabled",
    "RedriveAllowPolicy",
)


def _queue(stack: Stack, logical: str, properties: dict[str, Any]) -> Queue:
    resolved = stack.resolve({key: value for key, value in properties.items() if key not in _QUEUE_NAMES})
    attributes = {name: _attribute(value) for name, value in resolved.items()}
    return Queue(stack.physical_name(logical), attributes)


def _attribute(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value) if isinstance(value, dict) else str(value)


def _read_rule(stack: Stack, logical: str, properties: dict[str, Any], system: System) -> None:
    if "EventPattern" not in properties or properties.get("State") == "DISABLED":
        return
    resolved = stack.resolve({key: value for key, value in properties.items() if key != "RoleArn"})
    bus = str(resolved.get("EventBusName", "default")).rpartition("/")[2]
    targets = [
        {
            key: value
            for key, value in target.items()
            if key not in ("RoleArn", "DeadLetterConfig", "RetryPolicy")
        }
        for target in resolved.get("Targets", [])
    ]
    system.rules.append(Rule(stack.physical_name(logical), bus, resolved["EventPattern"], targets))


def _read_schedule(stack: Stack, logical: str, properties: dict[str, Any], system: System) -> None:
    if properties.get("State") == "DISABLED":
        return
    target = {
        key: stack.resolve(value) for key, value in properties["Target"].items() if key in ("Arn", "Input")
    }
    function = str(target["Arn"]).partition("function:")[2].partition(":")[0]
    if function:
        expression = stack.resolve(properties["ScheduleExpression"])
        zone = stack.resolve(properties.get("ScheduleExpressionTimezone", "UTC"))
        name = stack.physical_name(logical)
        system.schedules.append(Schedule(name, function, expression, zone, _payload(target)))


def _payload(details: dict[str, Any]) -> Any:
    given = details.get("Input")
    return json.loads(given) if isinstance(given, str) else given


_TABLE_PROPERTIES = (
    "AttributeDefinitions",
    "KeySchema",
    "BillingMode",
    "ProvisionedThroughput",
    "GlobalSecondaryIndexes",
    "LocalSecondaryIndexes",
)


def _table(stack: Stack, logical: str, properties: dict[str, Any]) -> Table:
    kept = stack.resolve({key: properties[key] for key in _TABLE_PROPERTIES if key in properties})
    ages: dict[str, Any] = stack.resolve(properties.get("TimeToLiveSpecification") or {})
    return Table(
        stack.physical_name(logical),
        kept,
        ages.get("AttributeName") if ages.get("Enabled") else None,
    )
